"""Part of a dataset as a dataset of its own: the images that fulfil a condition, or some of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import shards
from mixreal.datasets.columnfiles import Columns, columns_at
from mixreal.datasets.conditions import Condition, holds, parse
from mixreal.datasets.dataset import Dataset, read, rows_at, write_picked
from mixreal.datasets.provenance import digest, origins_of, with_origin
from mixreal.datasets.shards import Header
from mixreal.errors import BadInput, check_known
from mixreal.folders import check_writable

AT_ONCE = 65_536  # rows whose columns are looked at together


def select_to(folder: str | Path, out: str | Path, where: str = "", count: int = 0, per_class: int = 0,
              seed: int = 0) -> Header:
    """Write the images of the dataset `folder` that `where` holds for to the folder `out`; of many, `count`.

    count, per_class: so many in all, or of each class that has any, drawn by `seed`; 0 = all. Order, index, labels and
    latents stay as they are. Stopped half-way, the same call goes on. `BadInput` where fewer are found than asked for.
    """
    if count < 0 or per_class < 0 or (count and per_class):
        raise BadInput(f"count = {count}, per_class = {per_class}: give one of them, above 0")
    if seed < 0:
        raise BadInput(f"seed is {seed}: expected a whole number from 0")
    check_writable(out)
    if not (where or count or per_class):
        raise BadInput("nothing to select by: give a condition (--where), --count or --per-class")
    root = Path(folder)
    dataset, header = read(root, resident=0), shards.read_header(root)
    rows = choose(dataset, where, count, per_class, seed)
    origins = origins_of(root, header)
    names = {name: name for name in origins}
    asked = {"where": where, "count": count, "per_class": per_class, "seed": seed}
    made_by: dict[str, Any] = {"kind": "selected", "of": digest(root), **asked, "origins": origins}
    made = replace(header, images=len(rows), source=f"{len(rows):,} of: {header.source}", made_by=made_by)

    def pick(here: slice) -> tuple[NDArray[np.uint8], Columns]:
        return dataset.images[rows[here]], with_origin(rows_at(dataset, rows[here]), names)

    write_picked(out, made, pick, "selecting")
    return made


def choose(dataset: Dataset, where: str = "", count: int = 0, per_class: int = 0, seed: int = 0) -> NDArray[np.int64]:
    """The rows that `where` holds for, of them `count` or `per_class` drawn by the seed, in rising order."""
    rows = matching(dataset, where) if where else np.arange(len(dataset))
    if not len(rows):
        raise BadInput(f"no image of {len(dataset):,} fulfils {where!r}: look at the ranges with `mixreal data show`")
    rng = np.random.default_rng([seed, 4])  # a stream beside those of minibatches
    if count:
        return _drawn(rows, count, rng, "images fulfil the condition" if where else "images are there")
    if per_class:
        labels = dataset.labels[rows]
        parts = [_drawn(rows[labels == label], per_class, rng, f"of class {dataset.classes[label]!r} are there")
                 for label in np.unique(labels).tolist()]
        return np.sort(np.concatenate(parts))
    return rows


def matching(dataset: Dataset, where: str) -> NDArray[np.int64]:
    """The rows that a condition holds for. In it, `label` is the name of the class."""
    condition = parse(where, dict.fromkeys(["label", "index", *(["parent"] if dataset.parent is not None else []),
                                            *dataset.latents]))
    _check_labels(condition, dataset)
    latents = [name for name in condition.names if name in dataset.latents]
    names = np.asarray(dataset.classes)
    found = []
    for start in range(0, len(dataset), AT_ONCE):
        here = slice(start, min(start + AT_ONCE, len(dataset)))
        values: Columns = columns_at(dataset.latents, here, latents) if latents else {}
        values |= {"label": names[dataset.labels[here]], "index": dataset.index[here]}
        if dataset.parent is not None:
            values["parent"] = dataset.parent[here]
        found.append(start + np.flatnonzero(holds(condition, values)))
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _check_labels(condition: Condition, dataset: Dataset) -> None:
    """Names that are compared with `label` are classes: a misspelt one would only find nothing."""
    import ast

    for node in ast.walk(condition.tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Name) and side.id == "label" for side in sides):
                words = [leaf.value for side in sides for leaf in ast.walk(side)
                         if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)]
                check_known(words, dataset.classes, "class")


def _drawn(rows: NDArray[np.int64], count: int, rng: np.random.Generator, what: str) -> NDArray[np.int64]:
    if count > len(rows):
        raise BadInput(f"{count:,} asked for, {len(rows):,} {what}: ask for fewer")
    return np.sort(rng.permutation(rows)[:count])
