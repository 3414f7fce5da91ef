"""A folder of class folders of photos: found, decoded, squared and split, with the unreadable files named."""

import hashlib
import os
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mixreal.datasets.dataset import Images
from mixreal.errors import BadInput, check_known, check_name, tell_left_out
from mixreal.folders import hidden, visible_files
from mixreal.pixels import rgb
from mixreal.progress import progress
from mixreal.real.splits import rank

SUFFIXES = frozenset([".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm",
                      ".pgm", ".avif"])
#: Photos too, but not to us: they are named among the files left out.
UNREADABLE = frozenset([".heic", ".heif", ".cr2", ".cr3", ".nef", ".arw", ".dng", ".psd"])
SPLIT_NAMES = {"train": "train", "training": "train", "validation": "validation", "valid": "validation",
               "val": "validation", "test": "test", "testing": "test"}
SHARES = (0.70, 0.15, 0.15)  # train, validation, test


@dataclass(frozen=True, eq=False)
class Photos:
    """The readable photos of a folder, in order of class and path."""

    images: NDArray[np.uint8]  # (n, size, size, 3) sRGB
    labels: NDArray[np.int64]  # (n,)
    classes: tuple[str, ...]  # sorted
    splits: NDArray[np.str_]  # (n,) "train" | "validation" | "test"; "" = not yet split
    paths: tuple[str, ...]  # below the folder
    problems: tuple[str, ...]  # files left out: "path: reason"


@dataclass(frozen=True)
class _File:
    path: Path
    name: str  # below the root, with /
    class_name: str
    split: str  # "" = not given by a folder


def class_names(folder: str | Path) -> tuple[str, ...]:
    """The classes of a folder of photos, sorted, without reading a photo."""
    return tuple(sorted({file.class_name for file in _find(Path(folder))}))


def read(folder: str | Path, size: int, classes: Sequence[str] = ()) -> Photos:
    """Read FOLDER/CLASS/*.jpg, or FOLDER/{train,validation,test}/CLASS/*.jpg; sub-folders of classes are walked.

    classes: read only these (none given: all).

    What no split folder settles is split 70/15/15 within each class in the order of the hashes of its paths, so that
    a new photo moves few of the others; every class has at least one training and one test image. Of a class's
    files with the same bytes one is read, and the others are told: no photo is both trained on and tested on.
    """
    found, files = _read(Path(folder), size, classes)
    if len(found.classes) < 2:
        raise BadInput(f"{folder}: photos of one class only ({found.classes[0]}): "
                       "expected two or more class folders with photos in each")
    return replace(found, splits=np.array(_splits(Path(folder), files, found.classes)))


def read_whole(folder: str | Path, size: int, classes: Sequence[str] = ()) -> Photos:
    """The same, unsplit, of one class or more: `splits` holds what folders say, "" where they say nothing."""
    return _read(Path(folder), size, classes)[0]


def _read(root: Path, size: int, classes: Sequence[str]) -> tuple[Photos, list[_File]]:
    files, unnamed = _with_names(_find(root, classes))
    files, copies = _without_copies(files)
    images, good, problems = _decode_all(root, files, size)
    problems = (*unnamed, *problems, *copies)
    tell_left_out(root, problems)
    found = tuple(sorted({file.class_name for file in files}))
    readable = {file.class_name for file in good}
    for name in found:
        if name not in readable:
            raise BadInput(f"{root}: no photo of class {name!r} can be read")
    label_of = {name: label for label, name in enumerate(found)}
    labels = np.array([label_of[file.class_name] for file in good], np.int64)
    splits = np.array([file.split for file in good])
    return Photos(images, labels, found, splits, tuple(file.name for file in good), problems), good


def open_photo(path: str | Path, size: int) -> NDArray[np.uint8]:
    """One photo as uint8 (size, size, 3) sRGB: turned as its EXIF says, alpha laid on white, the middle square cut
    out, resized with antialiasing; of an animation the first frame. `BadInput` if it cannot be read."""
    if Path(path).suffix.lower() in UNREADABLE:
        raise BadInput(f"{path} cannot be read: {Path(path).suffix} is not readable here: convert it to jpg or png")
    try:
        with Image.open(path) as image:
            image.draft("RGB", (2 * size, 2 * size))  # JPEG: decode at a fraction of the size where that is enough
            return square(rgb(ImageOps.exif_transpose(image)), size)
    except FileNotFoundError:
        raise BadInput(f"there is no file {path}") from None
    except Exception as error:  # whatever a decoder makes of broken bytes: struct.error, SyntaxError, MemoryError, ...
        reason = "not an image" if isinstance(error, Image.UnidentifiedImageError) else _line(error)
        raise BadInput(f"{path} cannot be read: {reason}") from None


def square(image: Image.Image, size: int) -> NDArray[np.uint8]:
    """The middle square of an RGB image, resized (bicubic, antialiased when made smaller): uint8 (size, size, 3)."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    if image.size == (size, size):
        return np.asarray(image)
    return np.asarray(image.resize((size, size), Image.Resampling.BICUBIC, (left, top, left + side, top + side),
                                   reducing_gap=3.0))


def resized(images: Images, size: int) -> Images:
    """A stack of images at another size, as photos are resized: uint8 (n, size, size, 3)."""
    if images.shape[1:3] == (size, size):
        return images
    return np.stack([square(Image.fromarray(image), size) for image in images]) if len(images) else np.zeros(
        (0, size, size, 3), np.uint8)


def _find(root: Path, classes: Sequence[str] = ()) -> list[_File]:
    """The photos of all classes, or of those asked for: what stands beside them is not looked into."""
    if not root.is_dir():
        raise BadInput(f"there is no folder {root}: give a folder of class folders of photos")
    if (root / "dataset.toml").is_file():
        raise BadInput(f"{root} is a dataset that mixreal made, not a folder of photos: read it as a dataset")
    check_known(classes, sorted({path.name for path, _ in _class_folders(root)}), f"class of {root}")
    files = sorted((file for path, split in _class_folders(root) if not classes or path.name in classes
                    for file in _photos(root, path, split)), key=lambda file: (file.class_name, file.name))
    if not files:
        loose = any(p.suffix.lower() in SUFFIXES for p in root.iterdir())
        found = "photos, but no class folders" if loose else "no class folders with photos"
        raise BadInput(f"{root} has {found}: expected {root}/CLASS/*.jpg (jpg, png, webp, bmp, gif, tif)")
    return files


def _class_folders(root: Path) -> list[tuple[Path, str]]:
    """(the folder of a class, the split that it stands in; "" = none)."""
    if not _has_split_folders(root):
        return [(folder, "") for folder in _folders(root)]
    return [(folder, SPLIT_NAMES[split.name.lower()]) for split in _folders(root)
            if split.name.lower() in SPLIT_NAMES for folder in _folders(split)]


def _has_split_folders(root: Path) -> bool:
    """Whether "train" is a split and not the class: it holds folders and no photos, and a test or validation folder
    stands beside it, or nothing does."""
    names = {SPLIT_NAMES.get(p.name.lower(), "") for p in _folders(root)}
    train = [p for p in _folders(root) if SPLIT_NAMES.get(p.name.lower()) == "train"]
    return (bool(train) and all(_folders(p) and not any(q.suffix.lower() in SUFFIXES for q in p.iterdir())
                                for p in train) and (bool(names & {"test", "validation"}) or names == {"train"}))


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if path.is_dir() and not hidden(path.name))


def _photos(root: Path, class_folder: Path, split: str) -> Iterator[_File]:
    check_name(class_folder)
    for path in visible_files(class_folder):
        if path.suffix.lower() in SUFFIXES | UNREADABLE:
            yield _File(path, path.relative_to(root).as_posix(), class_folder.name, split)


def _with_names(files: Sequence[_File]) -> tuple[list[_File], tuple[str, ...]]:
    """(the files whose names can be written down, a line for each of the others)."""
    named, problems = [], []
    for file in files:
        try:
            check_name(file.path)
            named.append(file)
        except BadInput as error:
            problems.append(str(error))
    return named, tuple(problems)


def _without_copies(files: Sequence[_File]) -> tuple[list[_File], tuple[str, ...]]:
    """(one file of each content, "path: reason" for the others): that of a test folder first, then of validation."""
    sizes = Counter(size for file in files if (size := _bytes(file)) >= 0)
    first: dict[tuple[str, str], _File] = {}
    copies: dict[str, str] = {}
    for file in sorted(files, key=lambda file: ("test", "validation", "train", "").index(file.split)):  # stable
        if sizes[_bytes(file)] > 1:  # reading them all would take longer than decoding
            with suppress(OSError):  # told when it is decoded
                content = hashlib.sha256(file.path.read_bytes()).hexdigest()
                kept = first.setdefault((file.class_name, content), file)
                if kept is not file:
                    copies[file.name] = f"{file.name}: a copy of {kept.name}"
    return [file for file in files if file.name not in copies], tuple(copies.values())


def _bytes(file: _File) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return -1


def _decode_all(root: Path, files: list[_File], size: int
                ) -> tuple[NDArray[np.uint8], list[_File], tuple[str, ...]]:
    def decode(file: _File) -> NDArray[np.uint8] | str:
        try:
            return open_photo(file.path, size)
        except BadInput as error:
            return f"{file.name}: {str(error).removeprefix(f'{file.path} cannot be read: ')}"

    images = np.empty((len(files), size, size, 3), np.uint8)
    good: list[_File] = []
    problems: list[str] = []
    with (warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count() or 1) as pool,
          progress(f"reading {root}", len(files), "photos") as advance):
        warnings.simplefilter("ignore")  # odd EXIF and the like: the photo is read all the same
        for file, found in zip(files, pool.map(decode, files), strict=True):
            advance(1)
            if isinstance(found, str):
                problems.append(found)
            else:
                images[len(good)] = found
                good.append(file)
    if not good:
        raise BadInput(f"{root}: none of {len(files)} photos can be read; the first: {problems[0]}")
    return images[:len(good)], good, tuple(problems)


def _splits(root: Path, files: list[_File], classes: tuple[str, ...]) -> list[str]:
    splits = [file.split for file in files]
    rows_of: dict[str, list[int]] = {name: [] for name in classes}
    for row, file in enumerate(files):
        rows_of[file.class_name].append(row)
    for name, rows in rows_of.items():
        given = Counter(files[row].split for row in rows)
        open_rows = sorted((row for row in rows if files[row].split in ("", "train")),
                           key=lambda row: rank(files[row].name))
        count = len(open_rows)
        tests = 0 if given["test"] else max(1, round(SHARES[2] * count))
        checks = 0 if given["validation"] else max(1, round(SHARES[1] * count)) if count - tests > 1 else 0
        if count - tests - checks < 1:
            raise BadInput(f"{root}: class {name!r} has {count} readable training photos: "
                           f"at least {tests + 1} are needed")
        for place, row in enumerate(open_rows):
            splits[row] = "test" if place < tests else "validation" if place < tests + checks else "train"
    return splits


def _line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
