"""One writer a folder, or one a part of it: a lock file, taken over when the process that it names is gone.

No clock is compared with another: a lock of this machine is judged by its process, one of another machine by whether
it is touched while we watch. So a clock that jumps neither frees a lock nor keeps one.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mixreal import lifesigns
from mixreal.datasets.writing import room_for
from mixreal.errors import BadInput

EMPTY = 2.0  # seconds of watching a lock without content, which is killed while being written, or written right now
LOOK = 0.25  # seconds between looks

THIS_PROCESS = os.urandom(8).hex()  # tells us from an earlier process that had our number


class Held(BadInput):
    """Somebody else is writing it."""


@contextmanager
def lock(folder: Path, part: str = "") -> Iterator[Path]:
    """Hold `folder` (made if missing) for writing, or only `part` ("3/8") of it; yields the lock file.

    `BadInput` if somebody else holds the folder or the part, or a part while all of it is asked for.
    """
    path = folder / (f".lock-{part.replace('/', '-of-')}" if part else ".lock")
    with room_for(folder, 0):
        folder.mkdir(parents=True, exist_ok=True)
        _take(path)
    try:
        with lifesigns.beating(path, lambda: held(path)):  # looking at others may take minutes
            for other in _in_the_way(path):
                _refuse(other)
            yield path
    finally:
        if held(path):
            path.unlink(missing_ok=True)


def held(path: Path, process: str = "") -> bool:
    """Whether this process (or the one named) holds a lock file; from another machine, whether we see its folder."""
    return (_read(path) or {}).get("process") == (process or THIS_PROCESS)


def _in_the_way(mine: Path) -> list[Path]:
    """The live locks that exclude ours: of the whole folder, or of a part where the whole or other parts are asked."""
    ending = "-of-" + mine.name.partition("-of-")[2]  # parts of as many do not overlap
    others = [path for path in mine.parent.glob(".lock*") if path != mine and not path.name.endswith(".tmp")
              and not (mine.name != ".lock" and path.name.endswith(ending))]
    return [path for path in others if not _free(path)]


def _refuse(path: Path) -> None:
    found, part = _read(path) or {}, path.name.removeprefix(".lock").removeprefix("-").replace("-of-", "/")
    what = f"part {part} of {path.parent}" if part else f"{path.parent}"
    raise Held(f"{what} is being written by process {found.get('pid')} on {found.get('host')}: "
               f"wait for it, give another folder, or delete {path} if that process is gone")


def _take(path: Path) -> None:
    mine = json.dumps({**lifesigns.told(), "process": THIS_PROCESS})
    for _ in range(3):
        if _created(path, mine):
            return
        found = _read(path)
        if found is None:  # released between our two looks
            continue
        if not _free(path):
            _refuse(path)
        # Somebody may have taken it over since we read it: move it aside and look at what we moved.
        aside = path.with_name(f"{path.name}.{THIS_PROCESS}.tmp")
        with suppress(FileNotFoundError):
            os.replace(path, aside)
            if _read(aside) != found:
                with suppress(FileExistsError):  # by now a third may hold it
                    os.link(aside, path)
            aside.unlink(missing_ok=True)
    raise Held(f"{path.parent} is being written by others: try again")


def _created(path: Path, content: str) -> bool:
    """Create a file with its content at once; False where there is one."""
    temporary = path.with_name(f"{path.name}.{THIS_PROCESS}.{threading.get_ident()}.tmp")
    try:
        temporary.write_text(content, encoding="utf-8")
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                file.write(content)
                return True
            return False
        return True
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, object] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except FileNotFoundError:
        return None
    except ValueError:
        return {}  # killed while it wrote the lock, or writing it now


def _free(path: Path) -> bool:
    """Whether the holder of a lock file is surely gone."""
    found = _read(path)
    if found is None:
        return True
    if not found:
        return _untouched(path, EMPTY)
    if lifesigns.here(found) and isinstance(found.get("pid"), int):
        return found.get("process") != THIS_PROCESS if found["pid"] == os.getpid() else not lifesigns.runs(found)
    if "machine" not in found:  # of a version that does not touch its locks: we cannot know
        return False
    print(f"{path.parent} was being written by process {found.get('pid')} on {found.get('host')}: "
          f"watching for {lifesigns.SILENT:.0f} s whether it lives", file=sys.stderr, flush=True)
    return _untouched(path, lifesigns.SILENT)


def _untouched(path: Path, seconds: float) -> bool:
    """Whether a lock stays as it is for so long, by our own running clock."""
    before, start = lifesigns.last_touch(path), time.monotonic()
    while time.monotonic() - start < seconds:
        time.sleep(LOOK)
        if lifesigns.last_touch(path) != before:
            return not path.exists()  # released, or it lives
    return True
