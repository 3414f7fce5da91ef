"""Whether photos and renderings show the same classes, told before a job is started: from names alone."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from mixreal.datasets.shards import read_header
from mixreal.errors import BadInput
from mixreal.models.shapes import CLASSES
from mixreal.real import sets
from mixreal.real.photos import SPLIT_NAMES
from mixreal.studio.workspace import Workspace, confined

BY_NAME = {"cifar-da4": sets.DA4, "cifar-da9": sets.DA9, "airplane-bicycle": sets.AIRPLANE_BICYCLE}
SHOWN = 4  # classes that are named in a sentence


def classes_of(workspace: Workspace, source: str) -> tuple[str, ...]:
    """The classes of a real set, a dataset or a folder of class folders; () where that takes reading to know."""
    if source in sets.names():
        return BY_NAME.get(source.partition(":")[0], ())
    if source == "procedural":
        return tuple(CLASSES)
    with suppress(BadInput, OSError):
        folder = confined(workspace, source)
        if (folder / "dataset.toml").is_file():
            return read_header(folder).classes
        inside = _folders(folder)
        splits = [name for name in inside if name.lower() in SPLIT_NAMES]
        return tuple(_folders(folder / splits[0]) if splits and len(splits) == len(inside) else inside)
    return ()


def lacking(workspace: Workspace, real: str, renderings: str, chosen: Collection[str] = ()) -> str:
    """A sentence on the photos' classes that the renderings lack; "" where they lack none, or it is not known.

    `chosen` are those that are to be learnt; () = all.
    """
    photos, rendered = classes_of(workspace, real) if real else (), classes_of(workspace, renderings)
    missing = [name for name in photos if name not in rendered and (not chosen or name in chosen)]
    if not missing or not rendered:
        return ""
    return (f"The photos show {_listed(missing)}, which the renderings do not ({_listed(rendered)}): "
            "choose others, or this will fail.")


def first_pair(workspace: Workspace, photos: Iterable[str], renderings: Iterable[str],
               prefix: str = "") -> tuple[str, str]:
    """The first photos of which some renderings have all classes, and these; else the first of both, "" for none.

    `prefix` may stand before the folders that `renderings` names.
    """
    reals, known = list(photos), list(renderings)
    for real in reals:
        mine = set(classes_of(workspace, real))
        for one in known:
            if mine and mine <= set(classes_of(workspace, one.removeprefix(prefix))):
                return real, one
    return (reals[0] if reals else "", known[0] if known else "")


def _folders(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return ", ".join(known[:SHOWN]) + more
