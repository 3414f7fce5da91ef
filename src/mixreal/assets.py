"""Textures, backgrounds and environment maps for the renderer: from folders, or procedural."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mixreal.errors import BadInput
from mixreal.images import backgrounds as made_backgrounds
from mixreal.images import photos, skies
from mixreal.images import textures as made_textures
from mixreal.images.photos import Pictures
from mixreal.keeping import HEADERS
from mixreal.pixels import is_plain
from mixreal.real.download import cache_folder
from mixreal.real.photos import open_photo
from mixreal.runs import atomic


@dataclass(frozen=True)
class Assets:
    """Pictures as arrays; each `*_names` runs in parallel to its array."""

    textures: NDArray[np.uint8]  # (k, 256, 256, 3) sRGB
    backgrounds: NDArray[np.uint8]  # (b, 256, 256, 3) sRGB
    envmaps: NDArray[np.float32]  # (e, 256, 512, 3) linear radiance, equirectangular, row 0 is up
    texture_names: tuple[str, ...]
    background_names: tuple[str, ...]
    envmap_names: tuple[str, ...]
    problems: tuple[str, ...]  # a line for each file left out: which, and why
    digest: str  # of the files' contents, or of the code that made them


def open_assets(backgrounds: str = "procedural", textures: str = "procedural",
                envmaps: str = "procedural") -> Assets:
    """Each of the three is a folder of pictures (.hdr for `envmaps`) or "procedural".

    Broken files are left out and named in `problems`; a folder without any usable picture is `BadInput`.
    """
    for source, what in ((textures, "textures"), (backgrounds, "backgrounds"), (envmaps, "envmaps")):
        if source != "procedural":  # a wrong folder is told at once, before the others are read
            photos.find_pictures(Path(source).expanduser(), what)
    t = _open(textures, lambda folder: photos.read_photos(folder, "textures"), made_textures.make, "texture")
    b = _open(backgrounds, lambda folder: photos.read_photos(folder, "backgrounds"), made_backgrounds.make,
              "background")
    e = _open(envmaps, photos.read_envmaps, skies.make, "sky")
    digest = hashlib.blake2b(digest_size=16)
    for source, pictures in ((textures, t), (backgrounds, b), (envmaps, e)):
        _add(digest, source, pictures)
    for source, pictures in ((textures, t), (backgrounds, b)):
        for name in _read_again(source, pictures):  # older datasets of theirs were made of other pixels
            digest.update(f"{name}\0in 8 bits, on white\0".encode("utf-8", "surrogateescape"))
    return Assets(t.pixels, b.pixels, e.pixels, t.names, b.names, e.names,
                  t.problems + b.problems + e.problems, digest.hexdigest())


def _open(source: str, read: Callable[[Path], Pictures], make: Callable[[], NDArray[Any]], what: str) -> Pictures:
    if source != "procedural":
        return read(Path(source).expanduser())
    pixels = _kept(make, what)
    return Pictures(pixels, tuple(f"{what}-{i:02d}" for i in range(len(pixels))), ())


def _read_again(source: str, pictures: Pictures) -> list[str]:
    """Lay what has alpha on white and scale what has 16 bits, in place; the names of such pictures.

    photos.py converts them as Pillow does, white and with what alpha hides. It is read after, not changed, since
    datasets with procedural pictures are named by the text of every file beside it.
    """
    again: list[str] = []
    for row, name in enumerate(pictures.names if source != "procedural" else ()):
        path = Path(source).expanduser() / name
        with Image.open(path) as opened:
            plain = is_plain(opened)
        if not plain:
            pictures.pixels[row] = open_photo(path, photos.SIDE)
            again.append(name)
    return again


def _kept(make: Callable[[], NDArray[Any]], what: str) -> NDArray[Any]:
    """Made once and kept beside the downloads, under a hash of the code that makes them; a lost file costs time."""
    code = hashlib.blake2b(digest_size=8)
    _add(code, "procedural", Pictures(np.zeros((0, 1, 1, 3), np.uint8), (), ()))
    try:
        place = cache_folder() / f"pictures-{code.hexdigest()}" / f"{what}.npy"
    except RuntimeError:  # no home folder
        return make()
    try:
        with HEADERS:
            return np.load(place)
    except (OSError, ValueError, EOFError):
        pixels = make()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with atomic(place) as temporary, open(temporary, "wb") as file:
            np.save(file, pixels)
    except (OSError, BadInput):  # a full disk, or a folder that only others may write to
        pass
    return pixels


def _add(digest: Any, source: str, pictures: Pictures) -> None:
    """Take in the files as they lie on disk: the hash is the same on every machine. For made ones, their code."""
    folder = Path(__file__).parent / "images" if source == "procedural" else Path(source).expanduser()
    names = sorted(p.name for p in folder.glob("*.py")) if source == "procedural" else pictures.names
    for name in names:
        content = (folder / name).read_bytes()
        content = content.replace(b"\r\n", b"\n") if source == "procedural" else content
        digest.update(f"{name}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
        digest.update(content)
