"""A dataset on disk: a header, numbered shards with checksums, and `done`, each written whole or not at all.

    dataset.toml           what it is and what made it (written first)
    images-00000.npy       uint8 (n, h, w, 3), sRGB
    rows-00000.parquet     label, index, parent (refined only) and every latent, one typed column each
    shard-00000.json       counts and checksums of those two: written last, so a shard with one is whole
    done                   written last of all
"""

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mixreal.datasets.headers import (
    Header,
    begin,
    check_same,
    differences,
    header_bytes,
    made_differently,
    parse_header,
    plain,
    read_header,
)
from mixreal.datasets.writing import clear_unfinished, full_disk, room_for, write
from mixreal.errors import BadInput, unreadable

__all__ = ["Files", "Header", "begin", "check_same", "clear_unfinished", "column_names", "differences", "done_bytes",
           "finish", "finished_shards", "full_disk", "header_bytes", "is_done", "made_differently", "marker_name",
           "open_images", "parse_header", "plain", "read_header", "read_rows", "room_for", "shard_files",
           "shard_problems", "shard_size", "write_files", "write_shard"]

SHARD = 4096  # images a shard
SHARD_BYTES = 256 << 20  # larger images make shards of fewer of them

Files = list[tuple[str, tuple[bytes | memoryview, ...]]]  # names and contents, in the order to write them


def shard_size(height: int, width: int) -> int:
    """Images a shard at this size: 4,096, or the power of two that keeps a shard under 256 MiB."""
    fitting = max(SHARD_BYTES // (height * width * 3), 1)
    return min(SHARD, 1 << (fitting.bit_length() - 1))


def write_shard(folder: Path, shard: int, images: NDArray[np.uint8], rows: dict[str, NDArray[Any]]) -> None:
    """Write shard number `shard`: images uint8 (n, h, w, 3) and as many rows. Rewriting one gives the same bytes."""
    write_files(folder, shard_files(shard, images, rows))


def shard_files(shard: int, images: NDArray[np.uint8], rows: dict[str, NDArray[Any]]) -> Files:
    """The three files of a shard, its marker last: whoever writes them in this order never has half a shard."""
    files: Files = [(f"images-{shard:05d}.npy", _npy(images)),
                    (f"rows-{shard:05d}.parquet", (_parquet(rows, len(images)),))]
    noted = {}
    for name, parts in files:
        digest = hashlib.blake2b(digest_size=16)
        for part in parts:
            digest.update(part)
        noted[name] = {"bytes": sum(memoryview(part).nbytes for part in parts), "blake2b": digest.hexdigest()}
    return [*files, (marker_name(shard), (json.dumps({"images": len(images), "files": noted}, indent=1).encode(),))]


def write_files(folder: Path, files: Files) -> None:
    """Write a shard's files in their order, each whole or not at all."""
    with room_for(folder, sum(memoryview(part).nbytes for _, parts in files for part in parts)):
        for name, parts in files:
            write(folder / name, *parts)


def marker_name(shard: int) -> str:
    """The file that says that a shard is whole."""
    return f"shard-{shard:05d}.json"


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
        write(folder / "done", done_bytes(header))


def done_bytes(header: Header) -> bytes:
    """The content of `done`."""
    return json.dumps({"images": header.images, "shards": header.shards}).encode()


def is_done(folder: Path) -> bool:
    """Whether the dataset in `folder` was finished."""
    return (folder / "done").is_file()


def read_rows(folder: Path, shard: int, names: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
    """The columns of one shard, as written: all of them, or those named."""
    path = folder / f"rows-{shard:05d}.parquet"
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(columns=None if names is None else list(names))
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error, _repair(shard)) from None
    missing = sorted(set(names or ()) - set(table.column_names))
    if missing:
        raise BadInput(f"{path} has no column {missing[0]!r}: {_repair(shard)}")
    return {name: _column(table.column(name)) for name in table.column_names}


def column_names(folder: Path, shard: int) -> tuple[str, ...]:
    """The names of one shard's columns, in the order they were written."""
    path = folder / f"rows-{shard:05d}.parquet"
    try:
        return tuple(pq.read_schema(path).names)
    except (OSError, pa.ArrowException) as error:
        raise unreadable(path, error, _repair(shard)) from None


def open_images(folder: Path, shard: int) -> NDArray[np.uint8]:
    """The images of one shard, memory-mapped."""
    path = folder / f"images-{shard:05d}.npy"
    try:
        images: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise unreadable(path, error, _repair(shard)) from None
    return images


def shard_problems(folder: Path, shard: int, checksums: bool = True) -> list[str]:
    """What is wrong with one shard's files, a line each; without `checksums` only presence and size are looked at.

    Files that are there and may not be read are `BadInput`: nobody should make them again for that.
    """
    marker = folder / f"shard-{shard:05d}.json"
    try:
        noted = json.loads(marker.read_text(encoding="utf-8"))
        files = {str(name): (int(it["bytes"]), str(it["blake2b"])) for name, it in noted["files"].items()}
    except FileNotFoundError:
        return [f"shard {shard} is missing: run the command that made the dataset again"]
    except PermissionError as error:
        raise unreadable(marker, error, "") from None
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
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except PermissionError as error:
        raise unreadable(path, error, "") from None


def _repair(shard: int) -> str:
    return f"delete shard-{shard:05d}.json and 'done', and run the command that made the dataset again"
