"""Dataset: images with labels, latents and where they came from. Real, synthetic and refined ones are one type."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.datasets import shards
from mixreal.datasets.locks import lock
from mixreal.datasets.shards import Header, finish, finished_shards, write_shard
from mixreal.errors import BadInput, check_known

__all__ = ["Dataset", "check", "concatenate", "finish", "finished_shards", "read", "select", "with_classes", "write",
           "write_shard"]

DOMAINS = ("real", "synthetic", "refined")


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images in rows. Two of them are compared by their arrays, never by `==`."""

    images: NDArray[np.uint8]  # (n, h, w, 3) sRGB; may be memory-mapped, so read-only
    labels: NDArray[np.int64]  # (n,) index into classes
    classes: tuple[str, ...]
    domain: str  # "real" | "synthetic" | "refined"
    index: NDArray[np.int64]  # (n,) where in its source each image stands
    latents: dict[str, NDArray[Any]]  # column name -> (n,) values; {} for real
    parent: NDArray[np.int64] | None = None  # refined: the index of the image it was made from
    source: str = ""  # in words: what it is

    def __post_init__(self) -> None:
        count = len(self.images)
        columns = {"labels": self.labels, "index": self.index, **self.latents}
        if self.parent is not None:
            columns["parent"] = self.parent
        for name, values in columns.items():
            if np.shape(values) != (count,):
                raise ValueError(f"{name}: expected shape ({count},), got {np.shape(values)}")
        if self.domain not in DOMAINS:
            raise ValueError(f"domain {self.domain!r}: expected one of {DOMAINS}")

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
    return replace(
        dataset, images=dataset.images[rows], labels=dataset.labels[rows], index=dataset.index[rows],
        latents={name: values[rows] for name, values in dataset.latents.items()},
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
    kept = select(replace(dataset, labels=labels), labels >= 0)
    return replace(kept, classes=tuple(classes))


def concatenate(first: Dataset, *others: Dataset) -> Dataset:
    """Rows of several datasets one after the other: same classes, domain and image size, and the same latents."""
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
    root = Path(folder)
    _, height, width, _ = dataset.images.shape
    header = Header(dataset.domain, dataset.classes, len(dataset), height, width, dataset.source,
                    shards.shard_size(height, width), made_by)
    with lock(root):
        header = shards.begin(root, header)
        if shards.is_done(root):
            return
        shards.clear_unfinished(root)
        for shard in sorted(set(range(header.shards)) - finished_shards(root)):
            rows = header.rows_of(shard)
            here = slice(rows.start, rows.stop)
            write_shard(root, shard, dataset.images[here], _rows(dataset, here))
        finish(root)


def read(folder: str | Path) -> Dataset:
    """Read a finished dataset. One shard is memory-mapped; several are read into one array in memory."""
    root = Path(folder)
    header = shards.read_header(root)
    if not shards.is_done(root):
        count = len(finished_shards(root))
        raise BadInput(f"{root} is unfinished ({count} of {header.shards} shards): "
                       "run the command that made it again, it continues where it stopped")
    images = _images(root, header)
    tables = [shards.read_rows(root, shard) for shard in range(header.shards)]
    names = list(tables[0]) if tables else ["label", "index"]
    try:
        rows = {name: np.concatenate([table[name] for table in tables]) if tables else np.zeros(0, np.int64)
                for name in names}
        labels, index = rows.pop("label").astype(np.int64), rows.pop("index").astype(np.int64)
        parent = rows.pop("parent").astype(np.int64) if "parent" in rows else None
        return Dataset(images, labels, header.classes, header.domain, index, rows, parent, header.source)
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


def _rows(dataset: Dataset, here: slice) -> dict[str, NDArray[Any]]:
    rows = {"label": dataset.labels[here], "index": dataset.index[here]}
    if dataset.parent is not None:
        rows["parent"] = dataset.parent[here]
    return rows | {name: values[here] for name, values in dataset.latents.items()}


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
