"""CIFAR-10 and CIFAR-100: read from the official archives, or from .npz files, given or downloaded."""

import pickle
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from lzma import LZMAError
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import datahome
from mixreal.errors import BadInput
from mixreal.real.download import cache_folder, fetch

SITE = "https://www.cs.toronto.edu/~kriz/"


@dataclass(frozen=True, eq=False)
class Cifar:
    """All images of one of the two sets, or those a file has, in rows."""

    images: NDArray[np.uint8]  # (n, h, w, 3) sRGB
    labels: NDArray[np.int64]  # (n,) index into classes
    classes: tuple[str, ...]  # original names
    in_test: NDArray[np.bool_]  # (n,) of the original test split
    index: NDArray[np.int64]  # (n,) position in the original split; -1 = not known
    names: NDArray[np.str_]  # (n,) original file names
    source: str  # the file they were read from


@dataclass(frozen=True)
class Archive:
    """What the official file of one set looks like."""

    file: str
    md5: str
    folder: str  # inside
    train: tuple[str, ...]
    test: str
    meta: str
    classes_key: str
    labels_key: str
    subset: str  # the .npz that may stand in for it


ARCHIVES = {
    "cifar10": Archive("cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a", "cifar-10-batches-py",
                       tuple(f"data_batch_{k}" for k in range(1, 6)), "test_batch", "batches.meta",
                       "label_names", "labels", "cifar10_subset.npz"),
    "cifar100": Archive("cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85", "cifar-100-python",
                        ("train",), "test", "meta", "fine_label_names", "fine_labels", "cifar100_subset.npz"),
}


def read(name: str, data: str | None = None) -> Cifar:
    """CIFAR-10 ("cifar10") or CIFAR-100 ("cifar100").

    Looked for in the data folder (official archive, unpacked archive, or .npz), then in the cache, then downloaded;
    `NoData` if that fails. Read once a process.
    """
    archive, found = ARCHIVES[name], find(name, data)
    if found is not None:
        return read_file(name, found)
    advice = f"put {archive.file} into MIXREAL_DATA/{datahome.FOLDERS['cifar']}, or give a folder of photos"
    return read_file(name, fetch(SITE + archive.file, archive.md5, advice))


def find(name: str, data: str | None = None) -> Path | None:
    """Where the set lies on this machine; None where it would be downloaded."""
    archive = ARCHIVES[name]
    for place in (datahome.find("cifar", data), cache_folder()):
        for file in (archive.file, archive.folder, archive.subset) if place else ():
            if place and (place / file).exists():
                return place / file
    return None


def read_file(name: str, path: Path) -> Cifar:
    """One set from an official archive (as it is, or unpacked) or an .npz file."""
    changed = path.stat().st_mtime_ns
    return _read_npz(path, changed) if path.suffix == ".npz" else _read_archive(name, path, changed)


def read_npz(path: Path) -> Cifar:
    """Images from an .npz file with the arrays `images` uint8 (n, h, w, 3), `label` (n,), `class_names` (k,) and
    `split` (n,) of "train" and "test"; `index` and `filename` (n,) if it has them."""
    return _read_npz(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read_npz(path: Path, changed: int) -> Cifar:
    arrays = _arrays(path)
    for name in ("images", "label", "class_names", "split"):
        if name not in arrays:
            raise BadInput(f"{path} has no array {name!r} (it has {', '.join(sorted(arrays)) or 'none'}): "
                           "images, label, class_names and split are needed")
    images, labels = arrays["images"], arrays["label"]
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3 or 0 in images.shape:
        raise BadInput(f"{path}: images is {images.dtype} {images.shape}: expected uint8 (n, h, w, 3)")
    classes = tuple(str(c) for c in np.atleast_1d(arrays["class_names"]))
    index = arrays.get("index", np.full(len(images), -1))
    names = arrays.get("filename", np.array([f"{row:08d}" for row in range(len(images))]))
    for name, values in (("label", labels), ("split", arrays["split"]), ("index", index), ("filename", names)):
        if values.shape != (len(images),):
            raise BadInput(f"{path}: {name} has shape {values.shape}: expected ({len(images)},), one for each image")
    if labels.dtype.kind not in "iu" or int(labels.min()) < 0 or int(labels.max()) >= len(classes):
        raise BadInput(f"{path}: label must be whole numbers from 0 to {len(classes) - 1}, one for each class name")
    splits = set(np.unique(arrays["split"]).tolist())
    if not splits <= {"train", "test"}:
        raise BadInput(f"{path}: split has {sorted(map(str, splits))[:4]}: expected 'train' and 'test' only")
    return Cifar(images, labels.astype(np.int64), classes, arrays["split"] == "test", index.astype(np.int64),
                 names.astype(str), str(path))


def _arrays(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as raw:
            file = np.load(raw, allow_pickle=False)
            if isinstance(file, np.lib.npyio.NpzFile):
                return {name: file[name] for name in file.files}
        raise ValueError("it holds one array without a name")
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, LZMAError,
            NotImplementedError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise BadInput(f"{path} is not a readable .npz file ({reason}): give a whole copy of it") from None


@lru_cache(maxsize=4)
def _read_archive(name: str, path: Path, changed: int) -> Cifar:
    form = ARCHIVES[name]
    try:
        if path.is_dir():
            return _assemble(form, lambda member: (path / member).read_bytes(), str(path))
        with tarfile.open(path) as tar:
            return _assemble(form, lambda member: _member(tar, f"{form.folder}/{member}"), str(path))
    except (OSError, EOFError, tarfile.TarError, zlib.error, LZMAError, pickle.UnpicklingError, KeyError, ValueError,
            TypeError, IndexError, AttributeError) as error:
        if isinstance(error, BadInput):
            raise
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise BadInput(f"{path} is not a readable {form.file} ({reason}): delete it and fetch it again "
                       f"from {SITE}{form.file}") from None


def _assemble(form: Archive, member: Callable[[str], bytes], source: str) -> Cifar:
    meta = _unpickle(member(form.meta))
    batches = [_unpickle(member(batch)) for batch in (*form.train, form.test)]
    counts = [len(batch[form.labels_key]) for batch in batches]
    train = sum(counts[:-1])
    pixels = np.concatenate([np.asarray(batch["data"], np.uint8) for batch in batches])
    return Cifar(
        images=np.ascontiguousarray(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)),
        labels=np.concatenate([np.asarray(batch[form.labels_key], np.int64) for batch in batches]),
        classes=tuple(meta[form.classes_key]), in_test=np.arange(sum(counts)) >= train,
        index=np.concatenate([np.arange(train), np.arange(counts[-1])]),
        names=np.concatenate([np.asarray(batch["filenames"], str) for batch in batches]), source=source)


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(f"no file {name}")
    return file.read()


class _PlainUnpickler(pickle.Unpickler):
    """Reads numpy arrays, lists, dicts and text: a pickle that asks for anything else could run any code."""

    def find_class(self, module: str, name: str) -> Any:
        known = {"_reconstruct": np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
                 "ndarray": np.ndarray, "dtype": np.dtype}
        if module.split(".")[0] == "numpy" and name in known:
            return known[name]
        if (module, name) == ("_codecs", "encode"):
            return _encode
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no CIFAR file does")


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


def _unpickle(content: bytes) -> dict[str, Any]:
    found = _PlainUnpickler(BytesIO(content), encoding="latin1").load()
    if not isinstance(found, dict):
        raise ValueError("a batch is not a table")
    return {key.decode() if isinstance(key, bytes) else key: value for key, value in found.items()}
