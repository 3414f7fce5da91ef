"""Real data by name: the paper's splits of CIFAR, fewer training images, and names that cannot work."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from album import album
from mixreal.errors import BadInput
from mixreal.real import cifar, splits
from mixreal.real.sets import DA4, DA9, RealData, limited, load

DATA = os.environ.get("MIXREAL_DATA")  # before the fixtures hide it from the tests
needs_shared = pytest.mark.skipif(not DATA, reason="needs the CIFAR files in MIXREAL_DATA")


def test_the_written_splits_have_the_paper_s_counts_and_are_disjoint() -> None:
    for name, parts in splits.PARTS.items():
        for split, count in (("train", 500), ("validation", 50), ("test", 50)):
            each = [len(splits.cifar()[part][split]) for part in parts]
            assert each == [count // len(parts)] * len(parts), name
        for part in parts:
            table = splits.cifar()[part]
            judged = [*table["validation"], *table["test"], *table["rest"]]
            assert len(set(judged)) == len(judged) == (1000 if part.startswith("cifar10/") else 100)
            assert len(set(table["train"])) == len(table["train"])


def test_the_rule_ignores_the_order_of_files_and_images_beyond_the_first() -> None:
    train = [(k, f"image_{k}.png") for k in range(4000)]
    test = [(k if k % 7 else -1, f"test_{k}.png") for k in range(1000)]
    chosen = splits.choose("cifar10/horse", 1, train, test)
    assert chosen == splits.choose("cifar10/horse", 1, [*train[::-1], (4000, "later.png")], test[::-1])
    assert chosen != splits.choose("cifar10/truck", 1, train, test)


@pytest.fixture
def numbered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """In place of CIFAR: images that show the number of their original class in the list returned."""
    parts = sorted({part for several in splits.PARTS.values() for part in several})
    sources = {}
    for kind in cifar.ARCHIVES:
        rows = [(parts.index(part), split != "train", key if isinstance(key, int) else -1, f"{key}")
                for part in parts if part.startswith(f"{kind}/")
                for split, keys in splits.cifar()[part].items() for key in keys]
        number, in_test, index, names = (np.array(column) for column in zip(*rows))
        images = np.broadcast_to(number.astype(np.uint8)[:, None, None, None], (len(rows), 32, 32, 3))
        classes = tuple(part.split("/")[1] for part in parts)
        sources[kind] = cifar.Cifar(images, number, classes, in_test, index, names, "")
    monkeypatch.setattr(cifar, "read", lambda kind, data=None: sources[kind])
    return parts


@pytest.mark.parametrize(("name", "car"), [("cifar-da9", "cifar10/automobile"), ("cifar-da4", "cifar10/automobile"),
                                           ("cifar-da4:pickup", "cifar100/pickup_truck")])
def test_the_paper_s_classes_hold_the_right_originals(numbered: list[str], name: str, car: str) -> None:
    real = load(name)
    people = {f"cifar100/{who}" for who in ("baby", "boy", "girl", "man", "woman")}
    for part, each in ((real.train, 500), (real.validation, 50), (real.test, 50), (real.test_large, None)):
        for label, class_name in enumerate(real.classes):
            shown = [numbered[k] for k in part.images[part.labels == label][:, 0, 0, 0]]
            assert each is None or len(shown) == each
            assert set(shown) == (people if class_name == "person" else {car} if class_name == "car" else {
                part for part in numbered if part.endswith(f"/{class_name}")})
            if class_name == "person":
                assert len({shown.count(who) for who in people}) == 1  # drawn evenly
    assert len(real.test_large) == {"cifar-da9": 4450, "cifar-da4": 1100, "cifar-da4:pickup": 200}[name]
    for part in (real.train, real.validation, real.test_large):
        assert len(set(zip(part.labels.tolist(), part.index.tolist()))) == len(part)


@needs_shared
def test_the_rule_still_gives_the_written_splits() -> None:
    for parts in splits.PARTS.values():
        for part in parts:
            kind, name = part.split("/")
            source = cifar.read(kind, DATA)
            own = source.labels == source.classes.index(name)
            pairs = [[(int(i), str(n)) for i, n in zip(source.index[rows], source.names[rows])]
                     for rows in (own & ~source.in_test, own & source.in_test)]
            assert splits.choose(part, len(parts), *pairs) == splits.cifar()[part]


@needs_shared
def test_da9_and_da4() -> None:
    nine, four = load("cifar-da9", data=DATA), load("cifar-da4", data=DATA)
    assert (nine.classes, four.classes) == (DA9, DA4)
    for real in (nine, four):
        for part, each in ((real.train, 500), (real.validation, 50), (real.test, 50)):
            assert np.bincount(part.labels).tolist() == [each] * len(real.classes)
        seen = [set(zip(part.labels.tolist(), part.index.tolist())) for part in (real.validation, real.test_large)]
        assert not seen[0] & seen[1]
    assert np.bincount(four.test_large.labels).tolist() == [950, 50, 50, 50]
    assert np.array_equal(images_of(nine, "car"), images_of(four, "car"))
    for name in ("cifar-da9", "cifar-da9:pickup"):
        real = load(name, data=DATA)
        trained = {image.tobytes() for image in real.train.images}
        assert not any(image.tobytes() in trained for image in (*real.validation.images, *real.test_large.images))
    pickup = load("cifar-da4:pickup", data=DATA)
    assert np.array_equal(images_of(pickup, "train"), images_of(four, "train"))
    assert not np.array_equal(images_of(pickup, "car"), images_of(four, "car"))


@needs_shared
def test_the_full_archive_gives_the_same_da4_as_the_subset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The 99 test images whose place the subset does not know are found by name there, and get the same index."""
    subset = load("cifar-da4", data=DATA)
    full = {}
    for kind in cifar.ARCHIVES:
        source = cifar.read(kind, DATA)
        full[kind] = cifar.Cifar(source.images, source.labels, source.classes, source.in_test, np.where(
            source.index < 0, 9900 + np.arange(len(source.index)) % 99, source.index), source.names, "full")
    monkeypatch.setattr(cifar, "read", lambda kind, data=None: full[kind])
    again = load("cifar-da4", data=DATA)
    for part in ("train", "validation", "test", "test_large"):
        assert np.array_equal(getattr(again, part).images, getattr(subset, part).images)
        assert np.array_equal(getattr(again, part).index, getattr(subset, part).index)


def images_of(real: RealData, name: str) -> Any:
    return real.train.images[real.train.labels == real.classes.index(name)]


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> RealData:
    return load(album(tmp_path_factory.mktemp("pets"), {"cat": 40, "dog": 60}), size=8)


@given(seed=st.integers(0, 2**32), small=st.integers(1, 20))
def test_fewer_images_are_a_subset_of_more(pets: RealData, seed: int, small: int) -> None:
    few, more = (set(limited(pets, count, seed).train.index.tolist()) for count in (small, 25))
    assert few <= more
    assert np.bincount(limited(pets, small, seed).train.labels).tolist() == [small, small]


def test_limited_differs_by_seed_alone(pets: RealData) -> None:
    zero, one = limited(pets, 10, 0), limited(pets, 10, 1)
    assert zero.train.index.tolist() != one.train.index.tolist()
    assert np.array_equal(zero.test.index, one.test.index)
    assert "10 a class (seed 1)" in one.train.source
    with pytest.raises(BadInput, match="class 'cat' has 28 training images, 29 were asked"):
        limited(pets, 29, 0)
    with pytest.raises(BadInput, match="expected 1 or more"):
        limited(pets, 0, 0)


def test_names_and_numbers_that_cannot_work(tmp_path: Path, pets: RealData) -> None:
    with pytest.raises(BadInput, match="did you mean 'cifar-da4'"):
        load("cifar-d4")
    with pytest.raises(BadInput, match="there is no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="is a file"):
        load(__file__)
    for size in (0, -1, 5_000_000):
        with pytest.raises(BadInput, match=f"size {size}: expected 8 to 1024"):
            load("cifar-da4", size=size)
    album(tmp_path, {"cat": 4, "dog": 4, "eel": 1})
    with pytest.raises(BadInput, match="did you mean 'dog'"):
        load(tmp_path, classes=("dogs", "cat"))
    with pytest.raises(BadInput, match="named twice"):
        load(tmp_path, size=8, classes=("dog", "cat", "dog"))
    real = load(tmp_path, size=8, classes=("dog", "cat"), per_class=2)  # the one eel is no matter
    assert real.classes == real.train.classes == ("dog", "cat")
    assert np.bincount(real.train.labels).tolist() == [2, 2]
