"""The image that a refined one was made from, looked for among the workspace's datasets and real sets."""

import re
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from mixreal.datasets.shards import read_header
from mixreal.errors import BadInput
from mixreal.real import sets
from mixreal.studio.gallery import Album, album_of, latents_of
from mixreal.studio.opened import PARTS, dataset_album, part_of, real_set
from mixreal.studio.workspace import Workspace, datasets, photo_folders

_REFINED = re.compile(r"R+S? of (?P<start>.+)", re.DOTALL)
_PART = re.compile(r"(?P<title>.+) (train|validation|test|all test images)(, \d+ a class \(seed \d+\))?")


def parent_of(album: Album, row: int, workspace: Workspace) -> tuple[Album, int] | None:
    """The album and row of the image that row `row` of a refined album was made from; None where it is not found.

    It has to agree in its place in the source, its label and every latent.
    """
    if album.parent is None:
        return None
    return next(((found, there) for found in _candidates(album, workspace)
                 for there in _alike(album, row, found)), None)


def start_of(source: str) -> str:
    """What a refined dataset's images began as, in words: "RS of X" is of X."""
    found = _REFINED.fullmatch(source)
    return found["start"] if found else ""


def _candidates(album: Album, workspace: Workspace) -> Iterator[Album]:
    start = start_of(album.source)
    for folder in datasets(workspace):
        with suppress(BadInput):
            header = read_header(folder)
            if header.domain != "refined" and header.source == start:
                yield dataset_album(workspace, folder)
    part = _PART.fullmatch(start)
    if not part:
        return
    title = part["title"]
    names = [title] if title in sets.names() else [str(p) for p in photo_folders(workspace) if p.name == title]
    for name in names:
        for classes in ((), album.classes):
            with suppress(BadInput):
                real = real_set(workspace, name, album.size, classes)
                yield from (album_of(part_of(real, which), f"{title}, {which}") for which in PARTS)


def _alike(album: Album, row: int, found: Album) -> Iterator[int]:
    assert album.parent is not None
    label, latents = album.classes[album.labels[row]], _in_words(album, row)
    for there in np.flatnonzero(found.index == album.parent[row]):
        same = found.classes[found.labels[there]] == label
        if same and _in_words(found, int(there)) == latents:
            yield int(there)


def _in_words(album: Album, row: int) -> str:
    """Its latents, to compare: as words nan is nan."""
    return str(sorted(latents_of(album, row).items()))
