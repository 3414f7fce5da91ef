"""What a run gets wrong: accuracy by class, which class is taken for which, and the very images behind it."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets.dataset import Dataset, read
from mixreal.datasets.shards import read_header
from mixreal.errors import BadInput
from mixreal.learning.scores import Accuracy, confusion, per_class
from mixreal.learning.task import dataset_fingerprint
from mixreal.real import sets
from mixreal.runs import Run, read_predictions
from mixreal.studio.opened import real_set
from mixreal.studio.workspace import Workspace, datasets, photo_folders

ENDINGS = {"test": " test", "test_large": " all test images", "validation": " validation"}  # of a part's source


@dataclass(frozen=True, eq=False)
class Answers:
    """What a classifier said about one test set."""

    key: str  # "test/shared"
    classes: tuple[str, ...]
    labels: NDArray[np.int64]  # (n,)
    said: NDArray[np.int64]  # (n,) the likeliest class
    sure: NDArray[np.float64]  # (n,) its probability by the softmax, in [0, 1]; nan in a record, which keeps none

    @property
    def by_class(self) -> dict[str, Accuracy]:
        """Accuracy among the images of each class, with its interval."""
        return per_class(self.labels, self.said, self.classes)

    @property
    def counts(self) -> NDArray[np.int64]:
        """(classes, classes): row = label, column = what was said."""
        return confusion(self.labels, self.said, len(self.classes))


def answers(run: Run, key: str = "") -> Answers:
    """The run's predictions on a test set; "" is its headline."""
    key = key or run.headline
    told = read_predictions(run, key)
    scores = told.logits.astype(np.float64)
    scores = np.exp(scores - scores.max(1, keepdims=True))
    sure = (scores / scores.sum(1, keepdims=True)).max(1)
    if told.recorded:
        sure = np.full_like(sure, np.nan)
    return Answers(key, run.classes, told.labels, scores.argmax(1), sure)


def rows_of(found: Answers, label: int, said: int) -> NDArray[np.int64]:
    """The images of class `label` that were taken for `said`, those it was surest of first; -1 is any other class."""
    hit = (found.labels == label) & ((found.said != label) if said < 0 else (found.said == said))
    rows = np.flatnonzero(hit)
    return rows[np.argsort(-found.sure[rows], kind="stable")]


def tested_images(run: Run, key: str, workspace: Workspace) -> Dataset:
    """The images of a test set, in the order of its predictions. `BadInput` where they are not to be found.

    They are looked for among the real sets and the workspace's datasets; pixels and labels have to be the very ones
    that the run was tested on.
    """
    name = key.split("/")[0]
    about = run.config.get("data", {}).get(name)
    if about is None:
        raise BadInput(f"the run does not say which images its test {name!r} had")
    for dataset in _candidates(run, name, about, workspace):
        if len(dataset) == about["images"] and dataset_fingerprint(dataset) == about["fingerprint"]:
            return dataset
    raise BadInput(f"the tested images ({about['source']}) are not in this studio's folders, or they have changed: "
                   "start the studio on the folder that holds them")


def _candidates(run: Run, name: str, about: dict[str, Any], workspace: Workspace) -> Iterator[Dataset]:
    """What might be the tested images: real sets whose source reads alike, else datasets of that size."""
    size, part = int(run.config["size"]), name.partition("@")[0]
    if about["domain"] != "real":
        for folder in datasets(workspace):
            with suppress(BadInput):
                header = read_header(folder)
                if (header.domain, header.images, header.width) == (about["domain"], about["images"], size):
                    yield read(folder)
        return
    title = _title(str(about["source"]))
    names = [title] if title in sets.names() else [str(p) for p in photo_folders(workspace) if p.name == title]
    for one in names:
        for classes in ((), run.classes):
            with suppress(BadInput):
                real = real_set(workspace, one, size, classes)
                yield from (getattr(real, which) for which in dict.fromkeys((part, *ENDINGS)) if which in ENDINGS)


def _title(source: str) -> str:
    """The real set behind the words of a part: "cifar-da4 test" is of cifar-da4."""
    return next((source.removesuffix(ending) for ending in ENDINGS.values() if source.endswith(ending)), source)
