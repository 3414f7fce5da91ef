"""Files written whole or not at all, and the troubles of disks told in words."""

import errno
import os
import re
import shutil
import socket
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mixreal.errors import BadInput


def write(path: Path, *parts: bytes | memoryview, first: bool = False) -> None:
    """Write by a temporary file and a rename. `first`: FileExistsError where somebody else was."""
    writer = f"{socket.gethostname()}-{os.getpid()}-{threading.get_ident()}"
    temporary = path.with_name(f".{path.name}.{writer}.tmp")
    try:
        with temporary.open("wb") as file:
            for part in parts:
                file.write(part)
            _flush(file)
        if not (first and _linked(temporary, path)):
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def clear_unfinished(folder: Path, of: Container[int] | None = None) -> None:
    """Remove what killed writers left half-written: of all shards under the folder's lock, of some under a part's."""
    for path in folder.glob(".*.tmp"):
        number = re.match(r"\.(?:images|rows|shard)-(\d+)\.", path.name)
        if of is None or (number and int(number[1]) in of):
            path.unlink(missing_ok=True)


@contextmanager
def room_for(folder: Path, need: int) -> Iterator[None]:
    """Turn a full disk, a forbidden folder and the like into `BadInput`; `need` is in bytes, 0 if unknown."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
            raise BadInput(full_disk(folder, need)) from None
        raise BadInput(f"cannot write to {folder}: {error.strerror or error}: give another folder") from None


def full_disk(folder: Path, need: int) -> str:
    """The message for a disk with too little space; `need` in bytes."""
    place = next((p for p in (folder, *folder.absolute().parents) if p.exists()), Path("."))
    wanted = f", {need / 1e6:,.0f} MB more are needed" if need else ""
    return (f"the disk under {folder} is full: {shutil.disk_usage(place).free / 1e6:,.0f} MB free{wanted}: "
            "make room and run the same command again (what is finished is kept)")


def _linked(temporary: Path, path: Path) -> bool:
    """Give a file a second name, if nobody else has that; False on a file system that cannot."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        return False
    return True


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())  # else a crash of the machine could leave a marker beside an empty file
