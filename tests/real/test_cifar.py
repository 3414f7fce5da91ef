"""CIFAR from official archives and .npz files, whole and damaged."""

import io
import os
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.errors import BadInput
from mixreal.real import cifar
from mixreal.real.sets import load

TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HUNDRED = ("baby", "bicycle", "boy", "bus", "girl", "man", "motorcycle", "pickup_truck", "train", "woman")


class Python2Pickler(pickle._Pickler):  # type: ignore[name-defined, misc]
    """Writes bytes as Python 2 wrote its strings, which is how the official files hold pixels and text."""

    dispatch: ClassVar[dict[Any, Any]] = dict(pickle._Pickler.dispatch)  # type: ignore[attr-defined]

    def save_bytes(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    dispatch[bytes] = save_bytes


def pickled(value: Any) -> bytes:
    out = io.BytesIO()
    Python2Pickler(out, 2).dump(value)
    return out.getvalue().replace(b"numpy._core.multiarray", b"numpy.core.multiarray")


def archive(kind: str, classes: tuple[str, ...], splits_: list[int], folder: Path) -> Path:
    """A tiny official archive: batches of so many images a class, pixel = a number that tells batch and row."""
    form = cifar.ARCHIVES[kind]
    path = folder / form.file
    with tarfile.open(path, "w:gz") as tar:
        for k, (name, each) in enumerate(zip((*form.train, form.test), splits_)):
            count = each * len(classes)
            batch = {b"data": np.full((count, 3072), k, np.uint8), form.labels_key.encode(): [
                row % len(classes) for row in range(count)],
                b"filenames": [f"{k}_{row}.png".encode() for row in range(count)]}
            batch[b"data"][:, 1] = np.arange(count)  # the second pixel of the red plane
            put(tar, f"{form.folder}/{name}", pickled(batch))
        put(tar, f"{form.folder}/{form.meta}", pickled({form.classes_key.encode(): [c.encode() for c in classes]}))
    return path


def put(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size = len(content)
    tar.addfile(about, io.BytesIO(content))


def npz(path: Path, **changes: Any) -> Path:
    """Five training and two test images of each of two classes."""
    arrays: dict[str, Any] = {
        "images": np.arange(14, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8),
        "label": np.array([0, 1] * 7, np.uint8), "class_names": np.array(["cat", "dog"]),
        "split": np.array(["train"] * 10 + ["test"] * 4)}
    np.savez(path, **{k: v for k, v in (arrays | changes).items() if v is not None})
    return path


def test_official_archive(tmp_path: Path) -> None:
    found = cifar.read_file("cifar10", archive("cifar10", TEN, [2, 1, 1, 1, 1, 3], tmp_path))
    assert found.classes == TEN
    assert found.images.shape == (90, 32, 32, 3)
    assert found.in_test.sum() == 30
    assert found.index.tolist() == [*range(60), *range(30)]
    assert found.images[25, 0, 1].tolist() == [5, 1, 1]  # row 5 of batch 1: planes became channels
    assert found.names[25] == "1_5.png"
    assert found.labels[25] == 5


def test_unpacked_archive_and_the_order_of_looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, cache = tmp_path / "home", tmp_path / "cache"
    (home / "data/cifar").mkdir(parents=True)
    cache.mkdir()
    monkeypatch.setenv("MIXREAL_CACHE", str(cache))
    monkeypatch.setenv("MIXREAL_DATA", str(home))
    archive("cifar100", HUNDRED, [4, 2], cache)
    assert cifar.read("cifar100").source == str(cache / "cifar-100-python.tar.gz")
    with tarfile.open(cache / "cifar-100-python.tar.gz") as tar:
        tar.extractall(home / "data/cifar", filter="data")
    assert cifar.read("cifar100").source == str(home / "data/cifar/cifar-100-python")
    real = load("cifar100", classes=("train", "bus"))
    assert (len(real.train), len(real.validation), len(real.test)) == (6, 2, 4)
    assert real.classes == real.test.classes == ("train", "bus")


class Dangerous:
    def __reduce__(self) -> Any:
        return os.system, ("echo this must not run",)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cifar-100-python.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        put(tar, "cifar-100-python/meta", pickle.dumps({"fine_label_names": Dangerous()}))
    with pytest.raises(BadInput, match=r"asks for (posix|nt)\.system"):
        cifar.read_file("cifar100", path)
    assert "must not run" not in capfd.readouterr().out


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b"not a tar", lambda b: b[:len(b) // 2]])
def test_damaged_archive(tmp_path: Path, damage: Any) -> None:
    path = archive("cifar100", HUNDRED, [2, 1], tmp_path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(BadInput, match=r"not a readable cifar-100-python\.tar\.gz"):
        cifar.read_file("cifar100", path)


def test_npz(tmp_path: Path) -> None:
    real = load(npz(tmp_path / "pets.npz"), size=16)
    assert (real.name, real.classes) == ("pets", ("cat", "dog"))
    assert (len(real.train), len(real.validation), len(real.test)) == (8, 2, 4)
    assert real.train.images.shape == (8, 16, 16, 3)
    assert sorted([*real.train.images[:, 0, 0, 0], *real.validation.images[:, 0, 0, 0]]) == list(range(10))
    assert np.bincount(real.validation.labels).tolist() == [1, 1]


@pytest.mark.parametrize(("changes", "message"), [
    ({"split": None}, "no array 'split'"),
    ({"images": np.zeros((14, 8, 8), np.uint8)}, "expected uint8"),
    ({"images": np.zeros((14, 8, 8, 3), np.float32)}, "expected uint8"),
    ({"label": np.zeros(3, np.uint8)}, r"label has shape \(3,\): expected \(14,\)"),
    ({"label": np.full(14, 2)}, "whole numbers from 0 to 1"),
    ({"split": np.full(14, "validation")}, "expected 'train' and 'test' only"),
    ({"split": np.full(14, "train")}, "no test images"),
    ({"label": np.array([{}] * 14)}, "not a readable .npz"),  # would need pickle
])
def test_wrong_arrays_in_npz(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        load(npz(tmp_path / "pets.npz", **changes))


def test_one_array_is_not_an_npz(tmp_path: Path) -> None:
    with (tmp_path / "pets.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(BadInput, match="one array without a name"):
        load(tmp_path / "pets.npz")


@given(st.data())
def test_a_damaged_npz_is_one_clear_line(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = npz(tmp_path_factory.mktemp("npz") / "pets.npz")
    content = path.read_bytes()
    path.write_bytes(content[:data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(BadInput, match=r"pets\.npz is not a readable \.npz file") as caught:
        load(path)
    assert "\n" not in str(caught.value)
