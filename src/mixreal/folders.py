"""Folders that people name: what lies below one, and whether anything can be written to another."""

import os
from pathlib import Path

from mixreal.errors import BadInput, check_name

#: At the root of disks and in archives: of the system, not of whoever keeps photos or models there.
SYSTEM = ("lost+found", "System Volume Information", "$RECYCLE.BIN", "__MACOSX")


def hidden(name: str) -> bool:
    """Whether a file or folder of that name is passed over."""
    return name.startswith(".") or name in SYSTEM


def visible_files(folder: str | Path) -> list[Path]:
    """Every file below `folder`, sorted, links followed, hidden ones and those in hidden folders left out.

    A folder that may not be read is `BadInput`: what lies in it would be missing without a word.
    """
    found: list[Path] = []
    above: dict[str, frozenset[tuple[int, int]]] = {}  # a folder still to come -> those that it lies in
    for place, folders, files in os.walk(folder, onerror=_tell, followlinks=True):
        mine, here = above.pop(place, frozenset()), _identity(place)
        if here in mine:  # a link to a folder above it, which would not end
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not hidden(name))
        above |= dict.fromkeys((os.path.join(place, name) for name in folders), mine | ({here} if here else set()))
        found += [Path(place) / name for name in files if not hidden(name)]
    return sorted(found)


def check_writable(folder: str | Path, flag: str = "--out") -> None:
    """`BadInput` for a folder that can be neither written to nor made: told before the work rather than after it."""
    if "://" in str(folder):
        raise BadInput(f"{flag} {str(folder)!r}: only `mixreal render` writes to a URL: give a folder")
    path = Path(folder).absolute()
    check_name(path)
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise BadInput(f"{flag} {str(folder)!r}: {str(there)!r} is a file: give another folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadInput(f"{flag} {str(folder)!r}: nothing may be written to {str(there)!r}: give another folder")


def _identity(folder: str) -> tuple[int, int] | None:
    """What tells it from other folders, whatever its path; None where it is gone, or the file system does not say."""
    try:
        about = os.stat(folder)
    except OSError:
        return None
    return (about.st_dev, about.st_ino) if about.st_ino else None


def _tell(error: OSError) -> None:
    """A folder that has gone meanwhile is empty; every other one has something that cannot be seen."""
    if not isinstance(error, FileNotFoundError):
        raise BadInput(f"{str(error.filename)!r} cannot be read ({error.strerror}): give yourself permission, or move "
                       "it away from there") from None
