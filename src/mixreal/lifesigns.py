"""Whether a process told of in a file lives: by its number on this machine, on another one by a file that it touches.

No clock is compared with another: what counts is for how long we have watched without a touch.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

BEAT = 10.0  # seconds between touches
SILENT = 60.0  # seconds of watching without a touch: whoever should touch it is gone

_seen: dict[Path, tuple[Any, float]] = {}  # file -> its last touch, and since when we know of no later one


def told() -> dict[str, Any]:
    """This process, told from those of any machine."""
    return {"host": socket.gethostname(), "machine": this_machine(), "pid": os.getpid(), "born": born(os.getpid())}


def here(process: Mapping[str, Any]) -> bool:
    """Whether a process told of is one of this machine and container: another's number would name a stranger here."""
    machine = this_machine()
    return process.get("host") == socket.gethostname() and process.get("machine", machine) == machine


def runs(process: Mapping[str, Any]) -> bool:
    """Whether a process told of that is `here` is still there, and no later one of its number."""
    pid = process.get("pid")
    return isinstance(pid, int) and alive(pid) and process.get("born") == born(pid)


def lives(process: Mapping[str, Any], path: Path) -> bool:
    """Whether a process told of is there; one of another machine until we have watched `path` in vain for a while.

    Returns at once: whoever asks now and then is the one who watches.
    """
    return runs(process) if here(process) else not _silent(path)


@contextmanager
def beating(path: Path, ours: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Touch a file now and then while it is `ours`, for those who watch it from other machines."""
    stop = threading.Event()
    threading.Thread(target=_beat, args=(path, ours, stop), daemon=True).start()
    try:
        yield
    finally:
        stop.set()


def last_touch(path: Path) -> tuple[int, bytes] | None:
    """The time of a file's last touch, compared with nothing but itself, and its content; None where there is none."""
    try:
        with path.open("rb") as file:  # opened, so that a network file system asks its server
            return os.fstat(file.fileno()).st_mtime_ns, file.read()
    except FileNotFoundError:
        return None


def this_machine() -> str:
    """Tells this machine since its last start, and this container in it, from others of the same name."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    return ""


def born(pid: int) -> str:
    """When the process began, in clock ticks since boot; "" where the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    if sys.platform == "win32":  # os.kill(pid, 0) would send Ctrl-C there
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(handle)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _beat(path: Path, ours: Callable[[], bool], stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        with suppress(OSError):
            if not ours():
                return
            os.utime(path)


def _silent(path: Path) -> bool:
    try:
        touched = last_touch(path)
    except OSError:
        return True
    if touched is None:
        return True
    now = time.monotonic()
    before, since = _seen.get(path, (None, now))
    if before != touched:
        _seen[path] = touched, now
        return False
    return now - since >= SILENT
