"""Read a folder of photographs or material images as squares of one size."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mixreal.errors import BadInput, check_name
from mixreal.images.radiance import ENVMAP_SIZE, read_hdr, shrink

SIDE = 256  # pixels of every background and texture
MOST = 2048  # pictures kept of one folder: 400 MB
PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".ppm")


@dataclass(frozen=True)
class Pictures:
    """What one folder held, sorted by name."""

    pixels: NDArray[Any]  # (k, h, w, 3)
    names: tuple[str, ...]  # paths below the folder
    problems: tuple[str, ...]  # a line for each file left out: which, and why


def read_photos(folder: Path, what: str) -> Pictures:
    """Every picture below `folder`: uint8 (k, 256, 256, 3), the centre square, EXIF turned. `what` is for errors."""
    return _read(folder, what, _photo, (SIDE, SIDE), np.uint8)


def read_envmaps(folder: Path) -> Pictures:
    """Every .hdr below `folder`: float32 (k, 64, 128, 3), linear radiance."""
    return _read(folder, "envmaps", lambda path: shrink(read_hdr(path)), ENVMAP_SIZE, np.float32)


def find_pictures(folder: Path, what: str) -> list[Path]:
    """The picture files below `folder`, sorted, .hdr alone if `what` is "envmaps"; hidden ones are left out.

    No folder, or none of them in it, is `BadInput`.
    """
    suffixes = (".hdr",) if what == "envmaps" else PHOTO_SUFFIXES
    expected = f"give a folder of {', '.join(suffixes)} files, or \"procedural\""
    if not folder.is_dir():
        raise BadInput(f"{what} {str(folder)!r}: no such folder: {expected}")
    found = []
    for place, folders, files in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place) / n for n in files if not n.startswith(".") and n.lower().endswith(suffixes)]
    if not found:
        raise BadInput(f"{what} {str(folder)!r}: no picture in it: {expected}")
    return sorted(found)


def _read(folder: Path, what: str, read: Callable[[Path], NDArray[Any]], size: tuple[int, int],
          kind: type) -> Pictures:
    found = find_pictures(folder, what)
    chosen = [found[i] for i in np.linspace(0, len(found) - 1, min(MOST, len(found))).round().astype(int)]
    problems = [] if len(chosen) == len(found) else [
        f"{what} {str(folder)!r}: {len(found):,} pictures: {MOST:,} of them, evenly spread by name, are used"]
    pixels: NDArray[Any] = np.zeros((len(chosen), *size, 3), kind)

    def place(row: int) -> str:
        try:
            check_name(chosen[row])
            pixels[row] = read(chosen[row])
            return ""
        except BadInput as problem:
            return str(problem)
        except Exception as error:  # PIL raises OSError, SyntaxError, ValueError and more on broken files
            return f"{chosen[row]}: cannot be read as a picture: {' '.join(str(error).split())[:200]}"

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:  # PIL lets go of the interpreter as it decodes
        said = list(pool.map(place, range(len(chosen))))
    good = np.array([not text for text in said])
    problems += [text for text in said if text]
    if not good.any():
        raise BadInput(f"{what} {str(folder)!r}: none of its {len(chosen)} pictures can be read: {problems[-1]}")
    names = tuple(p.relative_to(folder).as_posix() for p, ok in zip(chosen, good, strict=True) if ok)
    return Pictures(pixels if good.all() else pixels[good], names, tuple(problems))


def _photo(path: Path) -> NDArray[np.uint8]:
    """The centre square at `SIDE` pixels, antialiased."""
    with Image.open(path) as opened:
        opened.draft("RGB", (SIDE, SIDE))  # a JPEG far too large is decoded at a half, quarter or eighth
        photo = ImageOps.exif_transpose(opened)
        photo = photo.convert("RGB") if photo.mode != "RGB" else photo
        width, height = photo.size
        side = min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        square = photo.resize((SIDE, SIDE), Image.Resampling.BICUBIC, (left, top, left + side, top + side))
    return np.asarray(square)
