"""One writer a folder: a lock file with the writer's host and process, taken over when that process is gone."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mixreal.errors import BadInput

_THIS_PROCESS = os.urandom(8).hex()  # tells us from an earlier process that had our number


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold `folder` (made if missing) for writing; `BadInput` if somebody else does."""
    path = folder / ".lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _take(path)
    except OSError as error:
        raise BadInput(f"cannot write to {folder}: {error.strerror or error}: give another folder") from None
    try:
        yield
    finally:
        if (_read(path) or {}).get("process") == _THIS_PROCESS:
            path.unlink(missing_ok=True)


def _take(path: Path) -> None:
    mine = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "born": _born(os.getpid()),
                       "process": _THIS_PROCESS})
    for _ in range(3):
        with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
            file.write(mine)
            return
        found = _read(path)
        if found is None:  # released between our two looks
            continue
        if not (_stale(found) if found else _left_empty(path)):
            raise BadInput(f"{path.parent} is being written by process {found.get('pid')} on {found.get('host')}: "
                           f"wait for it, give another folder, or delete {path} if that process is gone")
        # Somebody may have taken it over since we read it: move it aside and look at what we moved.
        aside = path.with_name(f".lock.{_THIS_PROCESS}.tmp")
        with suppress(FileNotFoundError):
            os.replace(path, aside)
            if _read(aside) != found:
                with suppress(FileExistsError):  # by now a third may hold it
                    os.link(aside, path)
            aside.unlink(missing_ok=True)
    raise BadInput(f"{path.parent} is being written by others: try again")


def _read(path: Path) -> dict[str, object] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except FileNotFoundError:
        return None
    except ValueError:
        return {}  # killed while it wrote the lock, or writing it now


def _left_empty(path: Path) -> bool:
    """Whether a lock without content is old: writing one takes no time."""
    try:
        return time.time() - path.stat().st_mtime > 10
    except FileNotFoundError:
        return True


def _stale(found: dict[str, object]) -> bool:
    """Whether the holder is surely gone. On another host we cannot know."""
    if found.get("host") != socket.gethostname() or not isinstance(found.get("pid"), int):
        return False
    pid = int(str(found["pid"]))
    if pid == os.getpid():
        return found.get("process") != _THIS_PROCESS
    return not _alive(pid) or found.get("born") != _born(pid)


def _born(pid: int) -> str:
    """When the process began, in clock ticks since boot; "" where the system does not say."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def _alive(pid: int) -> bool:
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
