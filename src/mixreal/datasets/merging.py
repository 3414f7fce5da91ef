"""Several datasets as one: same size and domain, classes matched by name, every row with where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import shards
from mixreal.datasets.columnfiles import Columns, columns_at
from mixreal.datasets.dataset import Dataset, read, rows_at, write_picked
from mixreal.datasets.provenance import Origins, digest, origins_of, with_origin
from mixreal.datasets.shards import Header
from mixreal.errors import BadInput
from mixreal.folders import check_writable


@dataclass(frozen=True, eq=False)
class Source:
    """One of the datasets to merge."""

    folder: Path
    header: Header
    dataset: Dataset
    names: dict[str, str]  # what each of its origins is called in the merged one


def merge(folders: Sequence[str | Path], out: str | Path, union: bool = False) -> Header:
    """Write the images of all `folders`, one after the other, to the folder `out`. Stopped half-way, it goes on.

    Rows are numbered anew; `origin` and `origin.index` keep which dataset each was in, and where. Classes are matched
    by name; with `union`, those of any dataset are classes of the merged one. Latents that some lack are NaN there
    (whole numbers become floats), texts empty. `BadInput` for what does not go together.
    """
    check_writable(out)
    sources, origins = _open(folders)
    classes = _classes(sources, union)
    first = sources[0].header
    total = sum(source.header.images for source in sources)
    kinds = _kinds(sources)
    made_by: dict[str, Any] = {"kind": "merged", "of": [digest(source.folder) for source in sources],
                               "origins": origins}
    made = replace(first, classes=classes, images=total, made_by=made_by,
                   shard=shards.shard_size(first.height, first.width),
                   source=" + ".join(dict.fromkeys(source.header.source for source in sources)))
    starts = np.concatenate([[0], np.cumsum([source.header.images for source in sources])])

    def pick(here: slice) -> tuple[NDArray[np.uint8], Columns]:
        parts = [_part(source, slice(max(here.start - start, 0), here.stop - start), classes, kinds)
                 for source, start, stop in zip(sources, starts[:-1].tolist(), starts[1:].tolist())
                 if start < here.stop and here.start < stop]
        columns = {name: np.concatenate([part[1][name] for part in parts]) for name in parts[0][1]}
        columns["index"] = np.arange(here.start, here.stop, dtype=np.int64)
        return np.concatenate([images for images, _ in parts]), columns

    write_picked(out, made, pick, "merging")
    return made


def _open(folders: Sequence[str | Path]) -> tuple[list[Source], Origins]:
    """The sources and all their origins, each under a name of its own."""
    if len(folders) < 2:
        raise BadInput(f"{len(folders)} dataset to merge: give two or more")
    sources: list[Source] = []
    origins: Origins = {}
    seen: dict[str, Path] = {}
    for folder in map(Path, folders):
        dataset, header = read(folder, resident=0), shards.read_header(folder)
        if (other := seen.setdefault(digest(folder), folder)) is not folder:
            raise BadInput(f"{folder} and {other} are the same dataset: give each once")
        names = {}
        for name, about in origins_of(folder, header).items():
            now, number = name, 2
            while now in origins and origins[now] != about:
                now, number = f"{name}-{number}", number + 1
            names[name], origins[now] = now, about
        sources.append(Source(folder, header, dataset, names))
        _check_fits(sources[0], sources[-1])
    return sources, origins


def _check_fits(first: Source, other: Source) -> None:
    a, b = first.header, other.header
    if (a.height, a.width) != (b.height, b.width):
        raise BadInput(f"{first.folder} has images of {a.width}x{a.height} px and {other.folder} of "
                       f"{b.width}x{b.height}: render both at one size")
    if a.domain == b.domain and (first.dataset.parent is None) != (other.dataset.parent is None):
        lacks, has = (first, other) if first.dataset.parent is None else (other, first)
        raise BadInput(f"{lacks.folder} does not say which image each of its own was made from, and {has.folder} does: "
                       "sets refined elsewhere are merged with such sets alone")
    if a.domain != b.domain:
        raise BadInput(f"{first.folder} is {a.domain} and {other.folder} is {b.domain}: only sets of one domain are "
                       "merged; training mixes real and synthetic ones")


def _classes(sources: Sequence[Source], union: bool) -> tuple[str, ...]:
    known = sources[0].header.classes
    for source in sources[1:]:
        theirs = source.header.classes
        for one, many, where, other in ((theirs, known, source.folder, sources[0].folder),
                                        (known, theirs, sources[0].folder, source.folder)):
            strange = [name for name in one if name not in many]
            if strange and not union:
                near = get_close_matches(strange[0], many, n=1, cutoff=0.6)
                hint = f" (is it what is called {near[0]!r} there?)" if near else ""
                raise BadInput(f"class {strange[0]!r} is in {where} and not in {other}{hint}: name classes alike, or "
                               "merge with --union to have the classes of all")
        known += tuple(name for name in theirs if name not in known)
    return known


def _kinds(sources: Sequence[Source]) -> dict[str, np.dtype[Any]]:
    """Every latent's type in the merged dataset; text as plain `str`."""
    kinds: dict[str, np.dtype[Any]] = {}
    lacked = {name for source in sources for name in source.dataset.latents
              if not all(name in other.dataset.latents for other in sources)}
    for source in sources:
        if not len(source.dataset):
            continue
        for name, values in columns_at(source.dataset.latents, slice(0, 1)).items():
            kind = np.dtype(str) if values.dtype.kind in "UO" else values.dtype
            before = kinds.get(name, kind)
            if (before.kind == "U") != (kind.kind == "U"):
                raise BadInput(f"column {name!r} is text in one dataset and a number in {source.folder}: they cannot "
                               "be merged")
            kinds[name] = kind if kind.kind == "U" else np.promote_types(before, kind)
            if name in lacked and kind.kind in "biu":
                kinds[name] = np.dtype(np.float64)
    return kinds


def _part(source: Source, here: slice, classes: tuple[str, ...],
          kinds: dict[str, np.dtype[Any]]) -> tuple[NDArray[np.uint8], Columns]:
    """Some rows of one source, as the merged dataset has them."""
    images = source.dataset.images[here]
    columns = with_origin(rows_at(source.dataset, here), source.names)
    position = np.array([classes.index(name) for name in source.header.classes], np.int64)
    out: Columns = {"label": position[columns["label"]], "index": columns["index"]}
    if "parent" in columns:
        out["parent"] = columns["parent"]
    for name, kind in kinds.items():
        if name in columns:
            out[name] = columns[name] if kind.kind == "U" else columns[name].astype(kind)
        else:
            out[name] = np.full(len(images), "") if kind.kind == "U" else np.full(len(images), np.nan, kind)
    return images, out | {name: columns[name] for name in ("origin", "origin.index")}
