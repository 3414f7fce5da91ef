"""Arrays that took long to make, kept in the user's cache folder and read back at once the next time."""

import hashlib
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.folders import visible_files
from mixreal.real.download import cache_folder
from mixreal.spec import fingerprint

MOST = 4  # folders of a kind: those not used for longest go,
IN_USE = 86_400.0  # seconds: but not one that a program at work may have mapped
#: One thread at a time reads the headers of .npy files: NumPy parses them as Python (`mixreal.parsing`), and not every
#: program has called `parse_in_turn`.
HEADERS = threading.Lock()
_ABOUT = "about.json"  # written last: a folder without it is not read


@dataclass(frozen=True)
class Kept:
    """Plain arrays (no structured dtypes) by name, and what else belongs to them, as JSON."""

    arrays: dict[str, NDArray[Any]]
    about: dict[str, Any] = field(default_factory=dict)
    lasting: bool = True  # False: it may come out otherwise the next time, so it is not kept


def kept(kind: str, key: Any, make: Callable[[], Kept], fits: Callable[[dict[str, Any]], bool] | None = None) -> Kept:
    """What `make` returned for this key, now or earlier; read back, its arrays are memory-mapped, copied on writing.

    key: everything that decides what is made, as JSON, the code included. fits: whether what is there still serves, by
    its `about`. A cache folder that cannot be written to, or a disk without room, only costs the time of making it
    again.
    """
    try:
        folder = cache_folder() / f"{kind}-{fingerprint(key, digits=20)}"
    except RuntimeError:  # no home folder
        return make()
    found = _read(folder)
    if found is not None and (fits is None or fits(found.about)):
        return found
    made = make()
    if made.lasting:
        with suppress(OSError):
            _write(folder, made)
            _make_room(folder)
    return made


def signature(folder: str | Path) -> str:
    """A hash of the names, sizes and times of change of every visible file below a folder: none is read.

    A folder in it that may not be read is `BadInput`.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in visible_files(Path(folder).expanduser()):
        digest.update(f"{path}\0{file_signature(path)}\0".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def file_signature(path: str | Path) -> str:
    """The size and time of change of one file."""
    try:
        about = os.stat(path)
        return f"{about.st_size}\0{about.st_mtime_ns}"
    except OSError:  # a link whose end is not there
        return "absent"


def code_digest(paths: Iterable[Path]) -> str:
    """A hash of source files: what other code makes is something else."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _read(folder: Path) -> Kept | None:
    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        with HEADERS:
            arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="c" if size else None, allow_pickle=False)
                      for name, size in about["arrays"].items()}
    except (OSError, ValueError, KeyError, TypeError, EOFError):  # not there, or damaged: it is made again
        return None
    with suppress(OSError):
        os.utime(folder)
    return Kept(arrays, about["about"])


def _write(folder: Path, made: Kept) -> None:
    size = sum(array.nbytes for array in made.arrays.values())
    folder.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder.parent).free < 4 * size + (1 << 30):
        return
    part = folder.with_name(f".{folder.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        part.mkdir()
        for name, array in made.arrays.items():
            np.save(part / f"{name}.npy", array, allow_pickle=False)
        sizes = {name: array.size for name, array in made.arrays.items()}
        (part / _ABOUT).write_text(json.dumps({"arrays": sizes, "about": made.about}), encoding="utf-8")
        found = _read(folder)
        if found is not None and found.about == json.loads(json.dumps(made.about)):
            return  # another process's, as good as ours: somebody may have mapped it, on another machine too
        shutil.rmtree(folder, ignore_errors=True)  # damaged, or of other files
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _make_room(folder: Path) -> None:
    kind, now = folder.name.rsplit("-", 1)[0], time.time()
    same = {path: path.stat().st_mtime for path in folder.parent.glob(f"{kind}-*") if path.is_dir()}
    for old in sorted(same, key=same.__getitem__)[:-MOST]:
        if now - same[old] > IN_USE:
            shutil.rmtree(old, ignore_errors=True)
    for left in folder.parent.glob(f".{kind}-*"):  # of a process that was killed as it wrote
        if now - left.stat().st_mtime > IN_USE:
            shutil.rmtree(left, ignore_errors=True)
