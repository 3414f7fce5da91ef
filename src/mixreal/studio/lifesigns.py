"""Signs of life of a job's process: by its number on this machine, on another one by a file that it touches.

As with locks, no clock is compared with another: what counts is for how long we have watched without a touch.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from mixreal.datasets.locks import BEAT, SILENT, alive, born, this_machine

_seen: dict[Path, tuple[int, float]] = {}  # file -> its last touch, and since when we know of no later one


def told() -> dict[str, Any]:
    """This process, told from those of any machine."""
    return {"host": socket.gethostname(), "machine": this_machine(), "pid": os.getpid(), "born": born(os.getpid())}


@contextmanager
def beating(path: Path) -> Iterator[None]:
    """Touch a file now and then, for those who watch it from other machines."""
    stop = threading.Event()
    threading.Thread(target=_beat, args=(path, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def here(process: Mapping[str, Any]) -> bool:
    """Whether a process told of is one of this machine and container: another's number would name a stranger here."""
    machine = this_machine()
    return process.get("host") == socket.gethostname() and process.get("machine", machine) == machine


def lives(process: Mapping[str, Any], path: Path) -> bool:
    """Whether a process told of is there; one of another machine until we have watched `path` in vain for a while."""
    if here(process):
        pid = process.get("pid")
        return isinstance(pid, int) and alive(pid) and process.get("born") == born(pid)
    return not _silent(path)


def _beat(path: Path, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        with suppress(OSError):
            os.utime(path)


def _silent(path: Path) -> bool:
    try:
        with path.open("rb") as file:  # opened, so that a network file system asks its server
            touched = os.fstat(file.fileno()).st_mtime_ns
    except OSError:
        return True
    now = time.monotonic()
    before, since = _seen.get(path, (None, now))
    if before != touched:
        _seen[path] = touched, now
        return False
    return now - since >= SILENT
