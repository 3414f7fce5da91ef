"""A dataset on disk: a header, numbered shards with checksums, and `done`, each written whole or not at all.

    dataset.toml           what it is and what made it (written first)
    images-00000.npy       uint8 (n, h, w, 3), sRGB
    rows-00000.parquet     label, index, parent (refined only) and every latent, one typed column each
    shard-00000.json       counts and checksums of those two: written last, so a shard with one is whole
    done                   written last of all
"""

import errno
import hashlib
import io
import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mixreal.errors import BadInput
from mixreal.spec import to_toml

FORMAT = 1  # of the folder; raised when an older mixreal could no longer read it
SHARD = 4096  # images a shard
SHARD_BYTES = 256 << 20  # larger images make shards of fewer of them


@dataclass(frozen=True)
class Header:
    """`dataset.toml`: what a dataset is, known before its first image."""

    domain: str  # "real" | "synthetic" | "refined"
    classes: tuple[str, ...]
    images: int
    height: int
    width: int
    source: str  # in words
    shard: int = SHARD  # images in each shard but the last
    #: What made it, in plain TOML values. Compared on resuming, but for "spec": that is how to draw it again, and names
    #: folders by path, where "identity" names them by content.
    made_by: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # for people; not compared
    format: int = FORMAT

    @property
    def shards(self) -> int:
        return -(-self.images // self.shard)

    def rows_of(self, shard: int) -> range:
        """The row numbers that stand in a shard."""
        return range(shard * self.shard, min((shard + 1) * self.shard, self.images))


def shard_size(height: int, width: int) -> int:
    """Images a shard at this size: 4,096, or the power of two that keeps a shard under 256 MiB."""
    fitting = max(SHARD_BYTES // (height * width * 3), 1)
    return min(SHARD, 1 << (fitting.bit_length() - 1))


def begin(folder: Path, header: Header) -> Header:
    """Start a dataset folder, or take up the one that the same `made_by` started: its header is returned.

    Another dataset, or other files, in the folder is `BadInput` naming what differs.
    """
    if (folder / "dataset.toml").is_file():
        found = read_header(folder)
        differing = made_differently(header.made_by, found)
        if differing or (found.images, found.height, found.width, found.classes) != (
                header.images, header.height, header.width, header.classes):
            what = "; ".join(differing[:4]) or "other classes or counts"
            raise BadInput(f"{folder} holds a dataset made by something else ({what}): "
                           "give another folder, or delete this one")
        return found
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: give a folder")
    if folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir()):
        raise BadInput(f"{folder} is not empty and not a dataset: give a new or empty folder")
    with room_for(folder, 0):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "dataset.toml", to_toml(plain(asdict(header))).encode())
    return header


def read_header(folder: Path) -> Header:
    """Read `dataset.toml`; `BadInput` says what is wrong with the folder."""
    path = folder / "dataset.toml"
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}: give the folder of a dataset")
    if not path.is_file():
        raise BadInput(f"{folder} is not a dataset: it has no dataset.toml (photos go to --real)")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise BadInput(f"{path} cannot be read ({error}): delete the folder and make it again") from None
    version = values.get("format")
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        advice = "upgrade mixreal" if newer else "make it again"
        raise BadInput(f"{folder} has dataset format {version!r}, this mixreal reads {FORMAT}: {advice}")
    try:
        header = Header(**(values | {"classes": tuple(values["classes"])}))
    except (TypeError, KeyError) as error:
        raise BadInput(f"{path} lacks or has unknown keys ({error}): delete the folder and make it again") from None
    numbers = (header.images, header.height, header.width, header.shard)
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or header.shard < 1:
        raise BadInput(f"{path} has a count that is not a whole number: delete the folder and make it again")
    return header


def write_shard(folder: Path, shard: int, images: NDArray[np.uint8], rows: dict[str, NDArray[Any]]) -> None:
    """Write shard number `shard`: images uint8 (n, h, w, 3) and as many rows. Rewriting one gives the same bytes."""
    names = (f"images-{shard:05d}.npy", f"rows-{shard:05d}.parquet")
    with room_for(folder, images.nbytes):
        files = {names[0]: _write(folder / names[0], *_npy(images)),
                 names[1]: _write(folder / names[1], _parquet(rows, len(images)))}
        marker = {"images": len(images), "files": files}
        _write(folder / f"shard-{shard:05d}.json", json.dumps(marker, indent=1).encode())


def finished_shards(folder: Path) -> set[int]:
    """The numbers of the shards that are whole: marker written, both files there at their full size."""
    return {int(p.stem[6:]) for p in folder.glob("shard-*.json")
            if p.stem[6:].isdigit() and not shard_problems(folder, int(p.stem[6:]), checksums=False)}


def finish(folder: Path) -> None:
    """Write `done`; `BadInput` if a shard is missing."""
    header = read_header(folder)
    missing = sorted(set(range(header.shards)) - finished_shards(folder))
    if missing:
        raise BadInput(f"{folder} is unfinished: {len(missing)} of {header.shards} shards missing: "
                       "run the command that made it again")
    with room_for(folder, 0):
        _write(folder / "done", json.dumps({"images": header.images, "shards": header.shards}).encode())


def is_done(folder: Path) -> bool:
    """Whether the dataset in `folder` was finished."""
    return (folder / "done").is_file()


def read_rows(folder: Path, shard: int) -> dict[str, NDArray[Any]]:
    """The columns of one shard, as written."""
    path = folder / f"rows-{shard:05d}.parquet"
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise BadInput(f"{path} cannot be read ({_line(error)}): {_repair(shard)}") from None
    return {name: _column(table.column(name)) for name in table.column_names}


def open_images(folder: Path, shard: int) -> NDArray[np.uint8]:
    """The images of one shard, memory-mapped."""
    path = folder / f"images-{shard:05d}.npy"
    try:
        images: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise BadInput(f"{path} cannot be read ({_line(error)}): {_repair(shard)}") from None
    return images


def shard_problems(folder: Path, shard: int, checksums: bool = True) -> list[str]:
    """What is wrong with one shard's files, a line each; without `checksums` only presence and size are looked at."""
    marker = folder / f"shard-{shard:05d}.json"
    try:
        noted = json.loads(marker.read_text(encoding="utf-8"))
        files = {str(name): (int(it["bytes"]), str(it["blake2b"])) for name, it in noted["files"].items()}
    except FileNotFoundError:
        return [f"shard {shard} is missing: run the command that made the dataset again"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return [f"{marker.name} cannot be read: {_repair(shard)}"]
    problems = []
    for name, (size, digest) in files.items():
        path = folder / name
        if not path.is_file():
            problems.append(f"{name} is missing: {_repair(shard)}")
        elif path.stat().st_size != size:
            problems.append(f"{name} has {path.stat().st_size} bytes, not {size}: {_repair(shard)}")
        elif checksums and _digest(path) != digest:
            problems.append(f"{name} does not match its checksum: {_repair(shard)}")
    return problems


def made_differently(asked: dict[str, Any], found: Header) -> list[str]:
    """In which keys `asked` differs from what made the dataset of header `found`, a line each."""
    now, then = ({k: v for k, v in plain(made_by).items() if k != "spec"} for made_by in (asked, found.made_by))
    return differences(now, then)


def differences(asked: Any, found: Any, where: str = "") -> list[str]:
    """The keys in which two nested plain values differ, as "spec.seed: 1 asked, 0 in the folder"."""
    if isinstance(asked, dict) and isinstance(found, dict):
        keys = sorted(asked.keys() | found.keys())
        nothing = "nothing"
        return [line for k in keys
                for line in differences(asked.get(k, nothing), found.get(k, nothing), f"{where}.{k}".lstrip("."))]
    short = [json.dumps(v) if len(json.dumps(v)) <= 60 else json.dumps(v)[:57] + "..." for v in (asked, found)]
    return [] if asked == found else [f"{where}: {short[0]} asked, {short[1]} in the folder"]


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


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed writer left half-written. Only under the folder's lock."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def _write(path: Path, *parts: bytes | memoryview) -> dict[str, Any]:
    """Write by a temporary file and a rename; returns the size and checksum."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    digest, size = hashlib.blake2b(digest_size=16), 0
    try:
        with temporary.open("wb") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size += memoryview(part).nbytes
            _flush(file)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return {"bytes": size, "blake2b": digest.hexdigest()}


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())  # else a crash of the machine could leave a marker beside an empty file


def _npy(images: NDArray[np.uint8]) -> tuple[bytes, memoryview]:
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3:
        raise ValueError(f"expected uint8 (n, h, w, 3), got {images.dtype} {images.shape}")
    array = np.ascontiguousarray(images)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    return head.getvalue(), array.reshape(-1).data


def _parquet(rows: dict[str, NDArray[Any]], count: int) -> memoryview:
    for name, values in rows.items():
        if values.shape != (count,):
            raise ValueError(f"column {name!r}: expected shape ({count},), got {values.shape}")
    table = pa.table({name: pa.array(values.tolist() if values.dtype.kind in "UO" else values)
                      for name, values in rows.items()})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getbuffer()


def _column(column: pa.ChunkedArray) -> NDArray[Any]:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        words = column.combine_chunks().dictionary_encode()  # few words, many rows
        return np.array(words.dictionary.to_pylist(), dtype=str)[words.indices.to_numpy()]
    return np.asarray(column.to_numpy())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def plain(value: Any) -> Any:
    """The value as it comes back from the file: tuples are lists, keys are text, what is None is left out."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value


def _repair(shard: int) -> str:
    return f"delete shard-{shard:05d}.json and 'done', and run the command that made the dataset again"


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
