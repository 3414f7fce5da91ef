"""Real images by name or folder: CIFAR and the paper's CIFAR-DA4 and -DA9, .npz files, folders of photos."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mixreal import datahome
from mixreal.datasets.dataset import Dataset, concatenate, select, with_classes
from mixreal.errors import BadInput, check_known, did_you_mean, first_line
from mixreal.real import cifar, photos, splits
from mixreal.real.cifar import Cifar
from mixreal.real.download import NoData

__all__ = ["NoData", "RealData", "limited", "load", "names"]

DA4 = ("car", "bicycle", "motorcycle", "train")
DA9 = ("airplane", "bicycle", "bus", "car", "horse", "motorcycle", "person", "train", "truck")
AIRPLANE_BICYCLE = ("airplane", "bicycle")
NAMES = ("cifar-da4", "cifar-da4:pickup", "cifar-da9", "cifar-da9:pickup", "cifar10", "cifar100", "airplane-bicycle")
SIZES = range(8, 1025)  # pixels a side
EQUAL = 96  # px that every photo of airplane-bicycle is first brought to: no larger than the smallest of any source


@dataclass(frozen=True, eq=False)
class RealData:
    """Real images, split."""

    name: str
    classes: tuple[str, ...]
    train: Dataset
    validation: Dataset
    test: Dataset  # CIFAR-DA: the paper's 50 a class
    test_large: Dataset  # every image of the test split that is not in validation; elsewhere the same as test
    problems: tuple[str, ...] = ()  # photos left out: "path: reason"


def load(name_or_folder: str | Path, *, size: int = 32, data: str | None = None, per_class: int | None = None,
         seed: int = 0, classes: Sequence[str] = (), through: int = 0) -> RealData:
    """Real images at `size` x `size` pixels.

    name_or_folder: one of `names()`, an .npz file (arrays as in `cifar.read_npz`), or a folder of class folders.
    data: the data folder, in place of `MIXREAL_DATA`. per_class: only so many training images a class, chosen by
    `seed` (None or 0: all). classes: only these, labelled in this order (none given: all).
    through: pixels a side that every image is brought to first, before it is resized to `size` (0: none), so that
    sources of different sharpness become alike.
    The splits never depend on `seed`.
    """
    if size not in SIZES:
        raise BadInput(f"size {size}: expected {SIZES.start} to {SIZES.stop - 1} pixels a side")
    if through and through not in SIZES:
        raise BadInput(f"through {through}: expected 0, or {SIZES.start} to {SIZES.stop - 1} pixels a side")
    real = _open(str(name_or_folder), through or size, data, tuple(classes))
    if through and through != size:
        real = _each(real, lambda part: replace(part, images=photos.resized(part.images, size)), real.classes)
    if classes:
        check_known(classes, real.classes, f"class of {real.name}")
        if len(set(classes)) < len(classes):
            raise BadInput(f"classes {', '.join(classes)}: one is named twice")
        real = _each(real, lambda part: with_classes(part, tuple(classes)), tuple(classes))
    return limited(real, per_class, seed) if per_class else real


def limited(real: RealData, per_class: int, seed: int) -> RealData:
    """`real` with `per_class` training images a class, chosen by `seed`: 10 of them are a subset of 50."""
    if per_class < 1:
        raise BadInput(f"{per_class} images a class: expected 1 or more")
    if seed < 0:
        raise BadInput(f"seed {seed}: expected 0 or more")
    labels = real.train.labels
    keep: list[NDArray[np.int64]] = []
    for label, name in enumerate(real.classes):
        rows = np.flatnonzero(labels == label)
        if len(rows) < per_class:
            raise BadInput(f"{real.name}: class {name!r} has {len(rows)} training images, {per_class} were asked: "
                           f"ask for {len(rows)} or fewer")
        # Keyed by the class's name: the same images whichever other classes there are.
        rng = np.random.default_rng([seed, splits.rank(name)])
        keep.append(rng.permutation(rows)[:per_class])
    train = select(real.train, np.sort(np.concatenate(keep)))
    return replace(real, train=replace(train, source=f"{real.train.source}, {per_class} a class (seed {seed})"))


def at_hand(name_or_folder: str | Path, data: str | None = None) -> bool:
    """Whether `load` finds the images, or their absence, without a download."""
    kind = str(name_or_folder).partition(":")[0]
    needed = {"cifar10": ("cifar10",), "cifar100": ("cifar100",)}.get(kind, tuple(cifar.ARCHIVES))
    return not kind.startswith("cifar") or str(name_or_folder) not in NAMES or all(
        cifar.find(name, data) is not None for name in needed)


def names() -> tuple[str, ...]:
    """The names that `load` knows beside folders and .npz files."""
    return NAMES


def _open(name: str, size: int, data: str | None, classes: tuple[str, ...]) -> RealData:
    """What the name stands for. Folders read only `classes` (all if none); the others leave choosing to `load`."""
    if name in NAMES:
        kind, _, variant = name.partition(":")
        if kind == "airplane-bicycle":
            return _airplane_bicycle(size, data, classes)
        if kind in ("cifar10", "cifar100"):
            return _whole(name, cifar.read(kind, data), size)
        return _paper(name, DA4 if kind == "cifar-da4" else DA9, variant == "pickup", size, data)
    path = Path(name).expanduser()
    if path.suffix == ".npz" and path.is_file():
        return _whole(path.stem, cifar.read_npz(path), size)
    if path.exists() and not path.is_dir():
        raise BadInput(f"{name} is a file: give a folder of class folders of photos, or an .npz file")
    if path.is_dir() or len(path.parts) > 1:
        return _folder(path, size, classes)
    raise BadInput(f"no folder and no known real data {name!r}: {did_you_mean(name, NAMES)}")


def _folder(path: Path, size: int, classes: tuple[str, ...], name: str = "", first: int = 0) -> RealData:
    """`first`: pixels a side that photos are decoded to before they are resized to `size`; 0 = at once."""
    found = photos.read(path, first or size, classes)
    title = name or path.resolve().name
    whole = Dataset(photos.resized(found.images, size), found.labels, found.classes, "real",
                    np.arange(len(found.labels)), _sources(path, found.paths))
    parts = {split: replace(select(whole, found.splits == split), source=f"{title} {split}")
             for split in ("train", "validation", "test")}
    return RealData(title, found.classes, parts["train"], parts["validation"], parts["test"], parts["test"],
                    found.problems)


def _airplane_bicycle(size: int, data: str | None, classes: tuple[str, ...]) -> RealData:
    place = datahome.find("airplane-bicycle", data)
    if place is None:
        raise NoData("airplane-bicycle: photos are needed in MIXREAL_DATA/data/airplane_bicycle "
                     "({train,test}/{airplane,bicycle}/*.jpg): put them there, or give any folder of photos")
    return _folder(place, size, classes, "airplane-bicycle", EQUAL)


def _sources(folder: Path, paths: Sequence[str]) -> dict[str, NDArray[np.str_]]:
    """Which collection each photo comes from, where an index.csv (columns path, source) beside them says."""
    index = folder / "index.csv"
    if not index.is_file():
        return {}
    try:
        with index.open(encoding="utf-8-sig", newline="") as file:  # Excel writes a mark before the first name
            known = {row.get("path", ""): row.get("source", "") for row in csv.DictReader(file)}
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"{index} cannot be read ({first_line(error)}): expected UTF-8 with columns path and source; "
                       "save it so, or take it away") from None
    told = [known.get(path) or "" for path in paths]
    return {"source": np.array(told)} if any(told) else {}


def _whole(name: str, source: Cifar, size: int) -> RealData:
    """All of a set: its own test split, and a tenth of each class's training images for validation."""
    validation = np.zeros(len(source.labels), bool)
    for label in range(len(source.classes)):
        rows = np.flatnonzero((source.labels == label) & ~source.in_test)
        order = sorted(rows, key=lambda row: splits.rank(f"{label}/{source.names[row]}/{source.index[row]}"))
        validation[order[:max(len(rows) // 10, 1)]] = True
    masks = {"train": ~source.in_test & ~validation, "validation": validation, "test": source.in_test}
    for split, mask in masks.items():
        short = np.setdiff1d(np.arange(len(source.classes)), source.labels[mask])
        if len(short):
            raise BadInput(f"{source.source}: class {source.classes[short[0]]!r} has no {split} images: "
                           "at least two of split 'train' and one of 'test' are needed")
    parts = {split: Dataset(photos.resized(source.images[mask], size), source.labels[mask], source.classes, "real",
                            source.index[mask], {}, source=f"{name} {split}") for split, mask in masks.items()}
    return RealData(name, source.classes, parts["train"], parts["validation"], parts["test"], parts["test"])


def _paper(name: str, classes: tuple[str, ...], pickup: bool, size: int, data: str | None) -> RealData:
    """CIFAR-DA4 or -DA9, as `mixreal.real.splits` has written them down (3.3, 4.4)."""
    keys = {c: "car:pickup" if pickup and c == "car" else c for c in classes}
    sources = {kind: cifar.read(kind, data)
               for kind in sorted({part.split("/")[0] for key in keys.values() for part in splits.PARTS[key]})}
    lookups = {part: _lookup(sources[part.split("/")[0]], part.split("/")[1])
               for key in keys.values() for part in splits.PARTS[key]}

    twice = splits.ALSO_PICKUP if pickup else None

    def gather(*wanted: str, title: str) -> Dataset:
        one_class = [_gather(label, classes, splits.PARTS[keys[class_name]], wanted, sources, lookups, twice)
                     for label, class_name in enumerate(classes)]
        joined = concatenate(*one_class)
        return replace(joined, images=photos.resized(joined.images, size), source=f"{name} {title}")

    return RealData(name, classes, train=gather("train", title="train"),
                    validation=gather("validation", title="validation"), test=gather("test", title="test"),
                    test_large=gather("test", "rest", title="all test images"))


def _gather(label: int, classes: tuple[str, ...], parts: tuple[str, ...], wanted: tuple[str, ...],
            sources: Mapping[str, Cifar], lookups: Mapping[str, dict[tuple[bool, splits.Key], int]],
            but: tuple[str, splits.Key] | None) -> Dataset:
    images, index = [], []
    for split in wanted:
        for part in parts:
            source = sources[part.split("/")[0]]
            keys = [key for key in splits.cifar()[part][split] if (part, key) != but]
            try:
                rows = [lookups[part][split != "train", key] for key in keys]
            except KeyError as error:
                raise BadInput(f"{source.source} lacks image {error.args[0][1]!r} of class {part.split('/')[1]!r}: "
                               "give the whole CIFAR archive or the .npz subset") from None
            images.append(source.images[rows])
            index += [key if isinstance(key, int) else -1 - splits.rank(f"{part}/{key}") for key in keys]
    pixels = np.concatenate(images)
    return Dataset(pixels, np.full(len(pixels), label), classes, "real", np.array(index, np.int64), {})


def _lookup(source: Cifar, class_name: str) -> dict[tuple[bool, splits.Key], int]:
    """The row of each image of a class, by (in the test split, position) and by (in the test split, file name)."""
    if class_name not in source.classes:
        raise BadInput(f"{source.source} has no class {class_name!r} (it has {', '.join(source.classes[:12])}): "
                       "give the whole CIFAR archive or the .npz subset")
    rows = np.flatnonzero(source.labels == source.classes.index(class_name))
    found: dict[tuple[bool, splits.Key], int] = {}
    for row in rows.tolist():
        found[bool(source.in_test[row]), int(source.index[row])] = row
        found[bool(source.in_test[row]), str(source.names[row])] = row
    return found


def _each(real: RealData, change: Callable[[Dataset], Dataset], classes: tuple[str, ...]) -> RealData:
    return replace(real, classes=classes, train=change(real.train), validation=change(real.validation),
                   test=change(real.test), test_large=change(real.test_large))
