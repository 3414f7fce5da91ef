"""What one training works on, put together from real and synthetic images and checked before anything is computed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mixreal.datasets.columnfiles import ColumnFiles
from mixreal.datasets.dataset import Dataset, with_classes
from mixreal.errors import BadInput, did_you_mean
from mixreal.learning import augment
from mixreal.learning.evaluation import channel_statistics, thinned
from mixreal.learning.minibatches import Mix
from mixreal.learning.trainspec import TrainSpec, check_numbers, made_by, mixed_steps, steps_of_epochs
from mixreal.real.sets import RealData
from mixreal.spec import fingerprint
from mixreal.streaming import Fresh

SUMMED_UP = 4096  # rows of latents that stay in files
HASHED_WHOLE = 1 << 30  # bytes of images: larger sets are told apart by 4,096 of them


@dataclass(frozen=True, eq=False)
class Task:
    """One training, before its first step."""

    spec: TrainSpec
    mix: Mix
    classes: tuple[str, ...]
    size: int  # pixels a side
    real: Dataset | None  # real training images, labelled or (with "0:1") only looked at by norm = "real"
    synthetic: Dataset | None  # None with "1:0"; of fresh images the sample
    tests: dict[str, Dataset]  # "test", "test_large", "validation": those that have images; and any others asked for
    steps: int
    steps_per_epoch: float
    mean: tuple[float, ...]  # (3,) of [0, 1] pixels of the images trained on: the real ones if there are any
    std: tuple[float, ...]
    data: dict[str, Any]  # what the sets are: source, counts, fingerprint, latents
    fresh: Fresh | None = None  # trained on instead of `synthetic`

    @property
    def mixed_steps(self) -> int:
        """How many steps see the mix; the others, at the end, real images alone."""
        return mixed_steps(self.spec, self.steps)

    @property
    def identity(self) -> str:
        """The name of what this training makes."""
        prints = {name: about["fingerprint"] for name, about in self.data.items()}
        return fingerprint("run", made_by(self.spec), list(self.classes), self.size, prints)


def check_spec(spec: TrainSpec) -> Mix:
    """The spec's mix; `BadInput` for what cannot work, whatever the images."""
    mix = Mix.parse(spec.mix)
    mix.counts(spec.batch)
    check_numbers(spec)
    if spec.finish and not (mix.real and mix.synthetic):
        raise BadInput(f"finish is {spec.finish:g} and the mix {spec.mix}: it lets a mix of both end on real images "
                       "alone, so use a mix such as 1:1, or finish 0")
    if spec.evenly and not mix.real:
        raise BadInput(f"evenly is of real images, and the mix {spec.mix} has none: leave it out")
    augment.check(spec.augment)
    return mix


def make_task(real: RealData | Dataset | None, synthetic: Dataset | Fresh | None, spec: TrainSpec,
              more_tests: Mapping[str, Dataset] | None = None) -> Task:
    """Check the spec against the images; `BadInput` for the first thing that cannot work.

    Of fresh images the sample stands for all: its classes are checked, its statistics taken where there are no real
    images. They have no end, hence no epochs of their own: with "0:1" a training of them is told in steps.
    """
    mix = check_spec(spec)
    counts = mix.counts(spec.batch)
    train, tests = _real_sets(real)
    fresh = synthetic if isinstance(synthetic, Fresh) and mix.synthetic else None
    synthetic = None if mix.synthetic == 0 else synthetic.sample if isinstance(synthetic, Fresh) else synthetic
    if fresh is not None and mix.real == 0 and (spec.epochs or spec.lr_drops or spec.linear_from):
        key = next(key for key in ("epochs", "lr_drops", "linear_from") if getattr(spec, key))
        raise BadInput(f"{key} counts epochs, and fresh images without real ones have none: give steps instead")
    classes = _classes(train, synthetic, mix)
    tests |= {name: with_classes(it, classes) for name, it in (more_tests or {}).items() if len(it)}
    if synthetic is not None:
        synthetic = with_classes(synthetic, classes)
    used = {"real": train if mix.real else None, "synthetic": synthetic}
    for name, count in zip(used, counts):
        if count and not used[name]:
            raise BadInput(f"mix {spec.mix} needs {name} images and there are none: "
                           f"give some, or use mix {'0:1' if name == 'real' else '1:0'}")
    _check_classes_present(classes, used)
    sets = {"real": train, "synthetic": synthetic, **tests}
    size = _size(sets)
    leading, count = (train, counts[0]) if mix.real else (synthetic, counts[1])
    assert leading is not None
    steps_per_epoch = len(leading) / count
    steps = spec.steps or steps_of_epochs(spec.epochs, len(leading), count)
    mean, std = channel_statistics(leading.images)
    data = {name: describe(dataset) for name, dataset in sets.items() if dataset is not None}
    if fresh is not None and synthetic is not None:
        latents = data["synthetic"].get("latents")
        data["synthetic"] = fresh.describe() | ({"latents": latents} if latents else {})
    return Task(spec, mix, classes, size, train, synthetic, tests, steps, steps_per_epoch, mean, std, data, fresh)


def describe(dataset: Dataset) -> dict[str, Any]:
    """A dataset in plain values, for a config file: latents as [lowest, mean, highest] or a list of names."""
    counts = np.bincount(dataset.labels, minlength=len(dataset.classes))
    about: dict[str, Any] = {"source": dataset.source, "domain": dataset.domain, "images": len(dataset),
                             "per_class": [int(count) for count in counts],
                             "fingerprint": dataset_fingerprint(dataset)}
    columns = dataset.latents
    if isinstance(columns, ColumnFiles):
        columns = columns.at(thinned(len(dataset), SUMMED_UP))
    latents = {name: summary for name, values in columns.items() if (summary := _summary(values))}
    return about | ({"latents": latents} if latents else {})


def dataset_fingerprint(dataset: Dataset, whole: bool = False) -> str:
    """A hash of pixels, labels and class names. Sets above 1 GiB are hashed by 4,096 images, evenly spread, unless
    `whole` asks for all."""
    whole = whole or dataset.images.nbytes <= HASHED_WHOLE
    rows = np.arange(len(dataset)) if whole else thinned(len(dataset), 4096)
    digest = hashlib.blake2b(repr((dataset.images.shape, dataset.classes)).encode(), digest_size=8)
    digest.update(np.ascontiguousarray(dataset.labels, np.int64).data)
    for start in range(0, len(rows), 4096):
        digest.update(np.ascontiguousarray(dataset.images[rows[start:start + 4096]]).data)
    return digest.hexdigest()


def _real_sets(real: RealData | Dataset | None) -> tuple[Dataset | None, dict[str, Dataset]]:
    if real is None or isinstance(real, Dataset):
        return real, {}
    tests = {"test": real.test, "test_large": real.test_large, "validation": real.validation}
    return (real.train if len(real.train) else None), {name: it for name, it in tests.items() if len(it)}


def _classes(real: Dataset | None, synthetic: Dataset | None, mix: Mix) -> tuple[str, ...]:
    if real is None and synthetic is None:
        raise BadInput(f"nothing to train on with mix {mix}: give real images, synthetic images, or both")
    if real is None or synthetic is None:
        only = real if real is not None else synthetic
        assert only is not None
        return only.classes
    for name, here, there in (("synthetic", synthetic, real), ("real", real, synthetic)):
        other = "real" if name == "synthetic" else "synthetic"
        missing = sorted(set(there.classes) - set(here.classes))
        if missing:
            raise BadInput(f"class {missing[0]!r} has {other} images but no {name} ones: give both sides the same "
                           f"classes ({did_you_mean(missing[0], here.classes)})")
    return real.classes


def _check_classes_present(classes: tuple[str, ...], used: dict[str, Dataset | None]) -> None:
    counts = sum(np.bincount(it.labels, minlength=len(classes)) for it in used.values() if it is not None)
    absent = [name for name, count in zip(classes, np.atleast_1d(counts)) if count == 0]
    if absent:
        raise BadInput(f"no training images of class {absent[0]!r}: give some, or leave the class out")
    if len(classes) < 2:
        raise BadInput(f"only one class ({classes[0]!r}): a classifier needs at least 2")


def _size(sets: dict[str, Dataset | None]) -> int:
    shapes = {name: it.images.shape[1:3] for name, it in sets.items() if it is not None}
    (first, (height, width)), *others = shapes.items()
    if height != width:
        raise BadInput(f"{first} images are {width}x{height} px: training wants squares")
    for name, shape in others:
        if shape != (height, width):
            raise BadInput(f"{first} images are {width}x{height} px and {name} ones {shape[1]}x{shape[0]}: "
                           "load or render both at one size")
    return int(height)


def _summary(values: np.ndarray[Any, Any]) -> list[Any] | str | None:
    if not len(values):
        return None
    if values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        numbers = numbers[np.isfinite(numbers)]
        return [float(f"{v:.5g}") for v in (numbers.min(), numbers.mean(), numbers.max())] if len(numbers) else None
    names = sorted({str(value) for value in values})
    return names if len(names) <= 12 else f"{len(names)} distinct"
