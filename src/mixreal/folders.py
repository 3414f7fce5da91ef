"""Folders that people name: what lies below one, and whether anything can be written to another."""

import os
from pathlib import Path

from mixreal.errors import BadInput, check_name


def visible_files(folder: str | Path) -> list[Path]:
    """Every file below `folder`, sorted, links followed, hidden ones and those in hidden folders left out.

    A folder that may not be read is `BadInput`: what lies in it would be missing without a word.
    """
    found: list[Path] = []
    seen = set()
    for place, folders, files in os.walk(folder, onerror=_tell, followlinks=True):
        here = os.stat(place)
        if (here.st_dev, here.st_ino) in seen and here.st_ino:  # a link to a folder above it, which would not end
            folders.clear()
            continue
        seen.add((here.st_dev, here.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place) / name for name in files if not name.startswith(".")]
    return sorted(found)


def check_writable(folder: str | Path, flag: str = "--out") -> None:
    """`BadInput` for a folder that can be neither written to nor made: told before the work rather than after it."""
    path = Path(folder).absolute()
    check_name(path)
    there = next(place for place in (path, *path.parents) if place.exists())
    if not there.is_dir():
        raise BadInput(f"{flag} {str(folder)!r}: {str(there)!r} is a file: give another folder")
    if not os.access(there, os.W_OK | os.X_OK):
        raise BadInput(f"{flag} {str(folder)!r}: nothing may be written to {str(there)!r}: give another folder")


def _tell(error: OSError) -> None:
    """A folder that has gone meanwhile is empty; every other one has something that cannot be seen."""
    if not isinstance(error, FileNotFoundError):
        raise BadInput(f"{str(error.filename)!r} cannot be read ({error.strerror}): give yourself permission, or move "
                       "it away from there") from None
