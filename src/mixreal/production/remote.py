"""Datasets at a URL, by fsspec: shards uploaded whole with the marker last, gone on with by listing, fetched.

Object stores write a file whole or not at all, and list it at once. They have no locks: two renders of one dataset at
one URL write the same bytes twice, and renders of two datasets at one URL are told apart by the header.
"""

import json
import re
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import shards
from mixreal.datasets.locks import lock
from mixreal.datasets.shards import Files, Header, room_for
from mixreal.datasets.writing import write
from mixreal.errors import BadInput
from mixreal.folders import check_writable
from mixreal.progress import progress


def begin(url: str, header: Header) -> Header:
    """Write the header, or compare it with the one that is there and return that."""
    if not _exists(url, "dataset.toml"):
        if [name for name in _listed(url) if not name.startswith(".")]:
            raise BadInput(f"{url} is not empty and not a dataset: give another URL")
        try:
            _put(url, "dataset.toml", shards.header_bytes(header), mode="create")
            return header
        except FileExistsError:  # another part has begun since
            pass
    found = read_header(url)
    shards.check_same(url, header, found)
    return found


def read_header(url: str) -> Header:
    """The header of the dataset at a URL; `BadInput` where there is none."""
    return shards.parse_header(_get(url, "dataset.toml"), url)


def clear_unfinished(url: str, of: Container[int] | None = None) -> None:
    """Nothing: what is not whole is not there."""
    del url, of


def finished_shards(url: str) -> set[int]:
    """The shards whose marker is there, and whose files have the size that it notes."""
    sizes = _listed(url)
    markers = [name for name in sizes if name.startswith("shard-") and name.endswith(".json") and name[6:-5].isdigit()]
    there, path = _open(url)
    contents = there.cat([f"{path}/{name}" for name in markers], on_error="omit") if markers else {}
    if isinstance(contents, bytes):  # of a single one
        contents = {f"{path}/{markers[0]}": contents}
    whole = set()
    for place, content in contents.items():
        files = _noted(content)
        if files and all(sizes.get(name) == noted["bytes"] for name, noted in files.items()):
            whole.add(int(place.rpartition("/shard-")[2].removesuffix(".json")))
    return whole


def write_shard(url: str, shard: int, images: NDArray[np.uint8], rows: dict[str, NDArray[Any]]) -> None:
    """Upload shard number `shard`: images uint8 (n, h, w, 3) and as many rows."""
    push_files(url, shards.shard_files(shard, images, rows))


def push_files(url: str, files: Files) -> None:
    """Upload a shard's files in their order, the marker last."""
    for name, parts in files:
        _put(url, name, b"".join(parts))


def push_shard(folder: Path, url: str, shard: int) -> None:
    """Upload one finished shard of a folder."""
    marker = (folder / shards.marker_name(shard)).read_bytes()
    push_files(url, [*((name, ((folder / name).read_bytes(),)) for name in _noted(marker)),
                     (shards.marker_name(shard), (marker,))])


def finish(url: str) -> None:
    """Write `done`; `BadInput` if a shard is missing."""
    header = read_header(url)
    missing = set(range(header.shards)) - finished_shards(url)
    if missing:
        raise BadInput(f"{url} is unfinished: {len(missing)} of {header.shards} shards missing: "
                       "run the command that made it again")
    _put(url, "done", shards.done_bytes(header))


def is_done(url: str) -> bool:
    """Whether the dataset was finished."""
    return _exists(url, "done")


def fetch(url: str, folder: str | Path) -> Header:
    """Copy a finished dataset from a URL into `folder`, each file against its checksum; again, only what is missing."""
    check_writable(folder)
    root, url = Path(folder), url.rstrip("/")
    header = read_header(url)
    if not is_done(url):
        raise BadInput(f"{url} is unfinished ({len(finished_shards(url))} of {header.shards} shards): "
                       "run the command that made it again, it continues where it stopped")
    with lock(root):
        header = shards.begin(root, header)
        shards.clear_unfinished(root)
        finished = shards.finished_shards(root)
        done = sum(len(header.rows_of(shard)) for shard in finished)
        with progress("fetching", header.images, "images", done) as advance:
            for shard in sorted(set(range(header.shards)) - finished):
                _fetch_shard(url, root, shard)
                advance(len(header.rows_of(shard)))
        shards.finish(root)
    return header


def _fetch_shard(url: str, root: Path, shard: int) -> None:
    name = shards.marker_name(shard)
    marker = _get(url, name)
    ours = re.compile(rf"(images|rows)-{shard:05d}\.(npy|parquet)")
    strange = [other for other in _noted(marker) if not ours.fullmatch(other)]
    if strange:  # it comes from elsewhere, and such a name may lead out of the folder
        raise BadInput(f"shard {shard} of {url} came damaged ({name} names {strange[0]!r}): do not use it")
    files: Files = [(other, (_get(url, other),)) for other in _noted(marker)]
    with room_for(root, sum(len(parts[0]) for _, parts in files)):
        for other, parts in files:
            write(root / other, *parts)
        write(root / name, marker)
    problems = shards.shard_problems(root, shard)
    if problems:
        (root / name).unlink()
        raise BadInput(f"shard {shard} of {url} came damaged ({problems[0]}): fetch again; if it stays so, delete "
                       f"{name} and done there and run the command that made it again")


def _noted(marker: bytes) -> dict[str, dict[str, Any]]:
    """The files that a marker notes; {} of one that cannot be read."""
    try:
        files: dict[str, dict[str, Any]] = json.loads(marker)["files"]
        return files
    except (ValueError, KeyError, TypeError):
        return {}


def _listed(url: str) -> dict[str, int]:
    """Name -> bytes of the files at a URL; {} where there is nothing yet."""
    there, path = _open(url)
    try:
        found = there.ls(path, detail=True)
    except FileNotFoundError:
        return {}
    except Exception as error:  # each kind of storage has its own
        raise _told(url, error) from error
    return {entry["name"].rstrip("/").rpartition("/")[2]: int(entry.get("size") or 0) for entry in found
            if entry["name"].rstrip("/") != path.rstrip("/")}


def _exists(url: str, name: str) -> bool:
    there, path = _open(url)
    try:
        return bool(there.exists(f"{path}/{name}"))
    except Exception as error:
        raise _told(url, error) from error


def _get(url: str, name: str) -> bytes:
    there, path = _open(url)
    try:
        return bytes(there.cat_file(f"{path}/{name}"))
    except FileNotFoundError:
        what = "is not a dataset: it has no dataset.toml" if name == "dataset.toml" else f"lacks {name}: make it again"
        raise BadInput(f"{url} {what}") from None
    except Exception as error:
        raise _told(url, error) from error


def _put(url: str, name: str, content: bytes, mode: str = "overwrite") -> None:
    there, path = _open(url)
    try:
        there.makedirs(path, exist_ok=True)
        there.pipe_file(f"{path}/{name}", content, mode=mode)
    except FileExistsError:
        raise
    except Exception as error:
        raise _told(url, error) from error


def _open(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise BadInput(f"{url}: URLs need fsspec: pip install fsspec, or give a folder") from None
    try:
        there, path = fsspec.core.url_to_fs(url, use_listings_cache=False)
    except (ImportError, ValueError) as error:  # its own words name the package to install, or the known protocols
        raise BadInput(f"{url}: {error}") from None
    return there, str(path).rstrip("/")


def _told(url: str, error: Exception) -> BadInput:
    said = " ".join(str(error).split()) or type(error).__name__
    return BadInput(f"{url}: {said}: look at the address, your credentials and the network, and run the same command "
                    "again (what is finished is kept)")
