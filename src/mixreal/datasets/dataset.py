"""Dataset: images with labels, latents and where they came from. Real, synthetic and refined ones are one type."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.datasets import shards
from mixreal.datasets.columnfiles import ColumnFiles, Columns, columns_at
from mixreal.datasets.imagefiles import ImageFiles, open_files
from mixreal.datasets.locks import lock
from mixreal.datasets.shards import Header, finish, finished_shards, write_shard
from mixreal.errors import BadInput, check_known
from mixreal.progress import progress

__all__ = ["Dataset", "check", "concatenate", "finish", "finished_shards", "read", "rows_at", "select", "with_classes",
           "write", "write_picked", "write_shard"]

DOMAINS = ("real", "synthetic", "refined")
Images = NDArray[np.uint8] | ImageFiles
#: How rows are chosen: a slice, row numbers, or a mask.
Key = slice | NDArray[Any]
RESIDENT = 2 << 30  # bytes of images: larger sets stay in their files and are read as they are needed


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images in rows. Two of them are compared by their arrays, never by `==`."""

    images: Images  # (n, h, w, 3) sRGB, uint8; may be memory-mapped, so read-only; or left in files
    labels: NDArray[np.int64]  # (n,) index into classes
    classes: tuple[str, ...]
    domain: str  # "real" | "synthetic" | "refined"
    index: NDArray[np.int64]  # (n,) where in its source each image stands
    latents: Mapping[str, NDArray[Any]]  # column name -> (n,) values; {} for real; in files where images are
    parent: NDArray[np.int64] | None = None  # refined: the index of the image it was made from
    source: str = ""  # in words: what it is

    def __post_init__(self) -> None:
        count = len(self.images)
        columns = {"labels": self.labels, "index": self.index}
        if isinstance(self.latents, ColumnFiles):  # reading them all is what it is there to avoid
            if self.latents.count != count:
                raise ValueError(f"latents: expected {count} rows, got {self.latents.count}")
        else:
            columns |= self.latents
        if self.parent is not None:
            columns["parent"] = self.parent
        for name, values in columns.items():
            if np.shape(values) != (count,):
                raise ValueError(f"{name}: expected shape ({count},), got {np.shape(values)}")
        if self.domain not in DOMAINS:
            raise ValueError(f"domain {self.domain!r}: expected one of {DOMAINS}")
        if len(self.images.shape) != 4 or self.images.shape[3] != 3:
            raise ValueError(f"images: expected shape (n, h, w, 3), RGB, got {self.images.shape}")
        if self.images.dtype != np.uint8:
            raise ValueError(f"images: expected uint8 from 0 to 255, got {self.images.dtype}: of floats from 0 to 1 "
                             "give (x * 255).round().astype(np.uint8)")
        if self.labels.dtype.kind not in "iu":
            raise ValueError(f"labels: expected whole numbers, got {self.labels.dtype}")
        if count and not 0 <= self.labels.min() <= self.labels.max() < len(self.classes):
            raise ValueError(f"labels: expected numbers from 0 to {len(self.classes) - 1}, of {len(self.classes)} "
                             f"classes, got {self.labels.min()} to {self.labels.max()}")

    def __len__(self) -> int:
        return len(self.images)


def select(dataset: Dataset, keep: ArrayLike) -> Dataset:
    """The rows that `keep` names: a boolean mask (n,), or indices in the order wanted."""
    rows = np.asarray(keep)
    if rows.dtype == bool:
        if rows.shape != (len(dataset),):
            raise ValueError(f"mask: expected shape ({len(dataset)},), got {rows.shape}")
        rows = np.flatnonzero(rows)
    rows = rows.astype(np.int64)
    images, latents = dataset.images, dataset.latents
    return replace(
        dataset, images=images.take(rows) if isinstance(images, ImageFiles) else images[rows],
        labels=dataset.labels[rows], index=dataset.index[rows],
        latents=latents.take(rows) if isinstance(latents, ColumnFiles) else columns_at(latents, rows),
        parent=None if dataset.parent is None else dataset.parent[rows])


def with_classes(dataset: Dataset, classes: tuple[str, ...]) -> Dataset:
    """The same images labelled by position in `classes`, without those of other classes; order of rows is kept."""
    if tuple(classes) == dataset.classes:
        return dataset
    check_known(classes, dataset.classes, "class")
    position = np.full(len(dataset.classes), -1, np.int64)
    for new, name in enumerate(classes):
        position[dataset.classes.index(name)] = new
    labels = position[dataset.labels]
    kept = select(dataset, labels >= 0) if labels.min(initial=0) < 0 else dataset
    return replace(kept, labels=labels[labels >= 0], classes=tuple(classes))


def rows_at(dataset: Dataset, key: Key) -> Columns:
    """All that stands beside some of the images, by column: label, index, parent (of refined ones), latents."""
    columns = {"label": dataset.labels[key], "index": dataset.index[key]}
    if dataset.parent is not None:
        columns["parent"] = dataset.parent[key]
    return columns | columns_at(dataset.latents, key)


def concatenate(first: Dataset, *others: Dataset) -> Dataset:
    """Rows of several datasets one after the other: same classes, domain and image size, and the same latents.

    All of it in memory: large ones are joined on disk, by `merging.merge`.
    """
    parts = (first, *others)
    for part in others:
        if (part.classes, part.domain, part.images.shape[1:]) != (first.classes, first.domain, first.images.shape[1:]):
            raise BadInput(f"cannot join {first.source or 'a dataset'!r} and {part.source or 'a dataset'!r}: "
                           "classes, domain and image size must be the same")
        if part.latents.keys() != first.latents.keys() or (part.parent is None) != (first.parent is None):
            raise BadInput(f"cannot join {first.source or 'a dataset'!r} and {part.source or 'a dataset'!r}: "
                           "they record different latents")
    parents = [part.parent for part in parts if part.parent is not None]
    return replace(
        first, images=np.concatenate([p.images for p in parts]), labels=np.concatenate([p.labels for p in parts]),
        index=np.concatenate([p.index for p in parts]), parent=np.concatenate(parents) if parents else None,
        latents={name: np.concatenate([p.latents[name] for p in parts]) for name in first.latents},
        source=" + ".join(dict.fromkeys(p.source for p in parts if p.source)))


def write(folder: str | Path, dataset: Dataset, made_by: dict[str, Any]) -> None:
    """Write a dataset; `made_by` (plain TOML values) names what made it. Resumable; a finished one is left as it is."""
    _, height, width, _ = dataset.images.shape
    header = Header(dataset.domain, dataset.classes, len(dataset), height, width, dataset.source,
                    shards.shard_size(height, width), made_by)
    write_picked(folder, header, lambda here: (dataset.images[here], rows_at(dataset, here)))


def write_picked(folder: str | Path, header: Header,
                 pick: Callable[[slice], tuple[NDArray[np.uint8], Columns]], label: str = "") -> None:
    """Write the dataset that `header` tells of, a shard at a time: `pick` gives images and columns of a slice of rows.

    Resumable. Progress is shown under the label; "" = not at all.
    """
    root = Path(folder)
    with lock(root):
        header = shards.begin(root, header)
        finished = finished_shards(root)
        if shards.is_done(root) and len(finished) == header.shards:  # else somebody has deleted files since
            return
        shards.clear_unfinished(root)
        done = sum(len(header.rows_of(shard)) for shard in finished)
        with progress(label, header.images, "images", done) if label else nullcontext(lambda _: None) as advance:
            for shard in sorted(set(range(header.shards)) - finished):
                rows = header.rows_of(shard)
                write_shard(root, shard, *pick(slice(rows.start, rows.stop)))
                advance(len(rows))
        finish(root)


def read(folder: str | Path, resident: int = RESIDENT) -> Dataset:
    """Read a finished dataset. One shard is memory-mapped; several are read into one array in memory.

    A set of more than `resident` bytes of images stays in its files, latents too: images are read as they are asked
    for, a column when it is.
    """
    root = Path(folder)
    header = shards.read_header(root)
    if not shards.is_done(root):
        count = len(finished_shards(root))
        raise BadInput(f"{root} is unfinished ({count} of {header.shards} shards): "
                       "run the command that made it again, it continues where it stopped")
    in_files = header.images * header.height * header.width * 3 > resident
    images = _image_files(root, header) if in_files else _images(root, header)
    names = list(shards.column_names(root, 0)) if header.shards else ["label", "index"]
    kept = [name for name in names if name in ("label", "index", "parent")] if in_files else names
    tables = [shards.read_rows(root, shard, kept if in_files else None) for shard in range(header.shards)]
    try:
        rows = {name: np.concatenate([table[name] for table in tables]) if tables else np.zeros(0, np.int64)
                for name in kept}
        labels, index = rows.pop("label").astype(np.int64), rows.pop("index").astype(np.int64)
        parent = rows.pop("parent").astype(np.int64) if "parent" in rows else None
        latents: Mapping[str, NDArray[Any]] = rows
        if in_files:
            latents = ColumnFiles(partial(shards.read_rows, root), tuple(n for n in names if n not in kept),
                                  _starts(header))
        return Dataset(images, labels, header.classes, header.domain, index, latents, parent, header.source)
    except (KeyError, ValueError) as error:
        raise BadInput(f"{root} has rows that do not fit its images ({error}): make it again") from None


def check(folder: str | Path) -> list[str]:
    """What is wrong with a dataset folder, a line each; [] if every file is there and matches its checksum."""
    root = Path(folder)
    try:
        header = shards.read_header(root)
    except BadInput as error:
        return [str(error)]
    problems = [] if shards.is_done(root) else ["not finished: run the command that made it again"]
    for shard in range(header.shards):
        found = shards.shard_problems(root, shard)
        problems += found or _content_problems(root, header, shard)
    expected = {f"shard-{shard:05d}.json" for shard in range(header.shards)}
    problems += [f"{path.name} does not belong to this dataset of {header.shards} shards"
                 for path in sorted(root.glob("shard-*.json")) if path.name not in expected]
    return problems


def _starts(header: Header) -> NDArray[np.int64]:
    return np.minimum(np.arange(header.shards + 1, dtype=np.int64) * header.shard, header.images)


def _image_files(root: Path, header: Header) -> ImageFiles:
    files = tuple(root / f"images-{shard:05d}.npy" for shard in range(header.shards))
    return open_files(files, [len(header.rows_of(shard)) for shard in range(header.shards)], header.height,
                      header.width)


def _images(root: Path, header: Header) -> NDArray[np.uint8]:
    if header.shards == 1:
        images = shards.open_images(root, 0)
        if images.shape != (header.images, header.height, header.width, 3):
            raise BadInput(f"{root}: images-00000.npy has shape {images.shape}: make the dataset again")
        return images
    out = np.empty((header.images, header.height, header.width, 3), np.uint8)
    for shard in range(header.shards):
        rows, images = header.rows_of(shard), shards.open_images(root, shard)
        if images.shape != (len(rows), header.height, header.width, 3):
            raise BadInput(f"{root}: images-{shard:05d}.npy has shape {images.shape}: make the dataset again")
        out[rows.start:rows.stop] = images
    out.flags.writeable = False  # as a memory-mapped one is
    return out


def _content_problems(root: Path, header: Header, shard: int) -> list[str]:
    try:
        images, rows = shards.open_images(root, shard), shards.read_rows(root, shard)
    except BadInput as error:
        return [str(error)]
    count = len(header.rows_of(shard))
    if images.shape != (count, header.height, header.width, 3) or images.dtype != np.uint8:
        return [f"images-{shard:05d}.npy has {images.dtype} {images.shape}, "
                f"not uint8 {(count, header.height, header.width, 3)}"]
    problems = [f"rows-{shard:05d}.parquet: column {name!r} has {len(values)} rows, not {count}"
                for name, values in rows.items() if len(values) != count]
    problems += [f"rows-{shard:05d}.parquet has no column {name!r}" for name in ("label", "index") if name not in rows]
    if not problems and count and (rows["label"].min() < 0 or rows["label"].max() >= len(header.classes)):
        problems.append(f"rows-{shard:05d}.parquet has labels outside the {len(header.classes)} classes")
    return problems
