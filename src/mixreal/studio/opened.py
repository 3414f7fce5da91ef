"""Albums that pages look at, kept while what they were read from stays as it is."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from mixreal.datasets.dataset import Dataset
from mixreal.datasets.shards import is_done, read_header
from mixreal.errors import BadInput
from mixreal.keeping import signature
from mixreal.real import sets
from mixreal.real.sets import RealData
from mixreal.studio.gallery import Album, album_of, open_album
from mixreal.studio.workspace import Workspace, confined, datasets, photo_folders, shown

SIZE = 32  # pixels a side that named sets are shown at: CIFAR's own
PHOTO_SIZE = 64  # of a folder of photos
PARTS = ("train", "validation", "test", "test_large")
DATASETS = "datasets"  # where `mixreal reproduce` keeps what recipes share
KEPT = 3  # real sets in memory


def dataset_album(workspace: Workspace, text: str | Path) -> Album:
    """The album of a dataset folder of the workspace. `BadInput` says what is wrong with it, or with the path."""
    folder = confined(workspace, text)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {shown(workspace, folder)!r} any more: choose another dataset")
    done = folder / "done"
    album = _album(str(folder), done.stat().st_mtime_ns if done.exists() else 0)
    return replace(album, title=shown(workspace, folder))


def real_album(workspace: Workspace, name: str, part: str = "train", size: int = 0) -> Album:
    """One part of a real set, by name or by folder of photos; `size` 0 is a good one to look at."""
    real = real_set(workspace, name, size)
    dataset = part_of(real, part)
    title = name if name in sets.names() else shown(workspace, confined(workspace, name))
    return album_of(dataset, f"{title}, {part.replace('_', ' ')}")


def real_set(workspace: Workspace, name: str, size: int = 0, classes: Sequence[str] = ()) -> RealData:
    """A real set by name or by folder of photos, read once while its files stay as they are."""
    data = str(workspace.data) if workspace.data else ""
    if name in sets.names():
        return _real(name, size or SIZE, tuple(classes), data, "")
    folder = confined(workspace, name)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {shown(workspace, folder)!r}: choose a folder of class folders of photos, "
                       f"or one of {', '.join(sets.names())}")
    return _real(str(folder), size or PHOTO_SIZE, tuple(classes), data, signature(folder))


def names() -> tuple[str, ...]:
    """The real sets that are known by name."""
    return sets.names()


def part_of(real: RealData, part: str) -> Dataset:
    """One of `PARTS`."""
    found: dict[str, Dataset] = {name: getattr(real, name) for name in PARTS}
    if part not in found:
        raise BadInput(f"no part {part!r} of {real.name}: known are {', '.join(PARTS)}")
    return found[part]


def real_choices(workspace: Workspace) -> dict[str, str]:
    """What real sets can be chosen: those by name, then folders of photos; value -> how it is told."""
    folders = {shown(workspace, folder): f"photos: {shown(workspace, folder)}" for folder in photo_folders(workspace)}
    return folders | {name: name for name in sets.names()}


def synthetic_choices(workspace: Workspace) -> dict[str, str]:
    """The finished datasets of synthetic images, refined ones too; folder -> how it is told."""
    out: dict[str, dict[str, str]] = {"synthetic": {}, "refined": {}}  # as rendered first
    for folder in sorted(datasets(workspace), key=lambda path: path.parent.name == DATASETS):  # recipes' own ones last
        with suppress(BadInput):
            header = read_header(folder)
            rendered = header.domain == "synthetic" or str(header.made_by.get("set", "")).endswith("S")
            if rendered and is_done(folder):
                told = shown(workspace, folder)
                out[header.domain][told] = f"{told} · {header.domain}, {header.images:,} images"
    return out["synthetic"] | out["refined"]


@lru_cache(maxsize=8)
def _album(folder: str, changed: int) -> Album:
    return open_album(folder)


@lru_cache(maxsize=KEPT)
def _real(name: str, size: int, classes: tuple[str, ...], data: str, unchanged: str) -> RealData:
    return sets.load(name, size=size, data=data or None, classes=classes)
