"""A dataset as a gallery: an album that reads only the pictures it is asked for, rows that fit a filter, pages."""

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mixreal.assets import Assets
from mixreal.datasets import dataset as datasets
from mixreal.datasets.columnfiles import columns_at
from mixreal.datasets.dataset import Dataset
from mixreal.datasets.shards import read_header
from mixreal.errors import BadInput
from mixreal.spec import DEFAULT_VARY
from mixreal.variations.chain import open_chain
from mixreal.variations.variation import Variation

IN_MEMORY = 1 << 18  # images up to which latents are kept in memory
WORDS = 1500  # different words of a latent above which it is no filter

Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Album:
    """A dataset to be looked at; pictures are read when they are shown."""

    title: str
    domain: str  # "real" | "synthetic" | "refined"
    classes: tuple[str, ...]
    labels: NDArray[np.int64]  # (n,)
    index: NDArray[np.int64]  # (n,) where in its source each image stands
    latents: Mapping[str, NDArray[Any]]
    parent: NDArray[np.int64] | None
    size: int  # pixels a side
    source: str  # in words
    look: Callable[[Rows], NDArray[np.uint8]]  # rows -> (k, h, w, 3); `BadInput` where they have gone
    made_by: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Range:
    """A latent of numbers, as a filter."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Words:
    """A latent of words, as a filter."""

    name: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """Which images are wanted."""

    classes: tuple[str, ...] = ()  # () = all
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # both ends count
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # () = all
    by: str = ""  # a latent of numbers that decides the order; "" = as they stand


def open_album(folder: str | Path) -> Album:
    """The album of a finished dataset folder. `BadInput` if it is none, unfinished or damaged."""
    root = Path(folder)
    return replace(album_of(datasets.read(root, resident=0), root.name), made_by=read_header(root).made_by)


def album_of(dataset: Dataset, title: str) -> Album:
    """The album of a dataset in memory or in its files."""
    def look(wanted: Rows) -> NDArray[np.uint8]:
        return np.asarray(dataset.images[wanted])

    latents = dataset.latents
    if len(dataset) <= IN_MEMORY:
        latents = columns_at(latents, slice(None))
    return Album(title, dataset.domain, dataset.classes, dataset.labels, dataset.index, latents, dataset.parent,
                 int(dataset.images.shape[2]), dataset.source, look)


def filters(album: Album) -> tuple[Range | Words, ...]:
    """The latents that can be filtered by, in their order: those that vary (of a very large set, in a part of it)."""
    out: list[Range | Words] = []
    for name, values in columns_at(album.latents, slice(IN_MEMORY)).items():
        if values.dtype.kind in "iuf":
            finite = values[np.isfinite(values)]
            if len(finite) and finite.min() < finite.max():
                out.append(Range(name, float(finite.min()), float(finite.max())))
        else:
            options = np.unique(values)
            if 1 < len(options) <= WORDS:
                out.append(Words(name, tuple(str(option) for option in options)))
    return tuple(out)


def fitting(album: Album, asked: Asked) -> Rows:
    """The rows that fit, in the order asked for. `BadInput` for a class or latent that the album has not."""
    keep = np.ones(len(album), bool)
    if asked.classes:
        keep &= np.isin(album.labels, [k for k, name in enumerate(album.classes) if name in asked.classes])
    for name, (low, high) in asked.ranges.items():
        values = _column(album, name)
        keep &= (values >= low) & (values <= high)
    for name, options in asked.words.items():
        if options:
            keep &= np.isin(_column(album, name).astype(str), options)
    rows = np.flatnonzero(keep)
    return rows[np.argsort(_column(album, asked.by)[rows], kind="stable")] if asked.by else rows


def pages(rows: Rows, each: int) -> int:
    """How many pages of `each` images; an empty gallery has one."""
    return max(-(-len(rows) // each), 1)


def page_of(rows: Rows, number: int, each: int) -> Rows:
    """The rows of page `number`, from 0; the nearest page where there is none of that number."""
    number = min(max(number, 0), pages(rows, each) - 1)
    return rows[number * each:(number + 1) * each]


def latents_of(album: Album, row: int) -> dict[str, float | str]:
    """Every latent of one image, in plain values that are short to read."""
    return {name: float(f"{value:.6g}") if values.dtype.kind in "iuf" else str(value)
            for name, values in columns_at(album.latents, np.array([row])).items() for value in values}


@lru_cache(maxsize=1)
def known_variations() -> tuple[Variation, ...]:
    """The built-in variations, without pictures to choose from: for what their controls are."""
    one = np.zeros((1, 4, 4, 3), np.uint8)
    assets = Assets(one, one, one.astype(np.float32), ("-",), ("-",), ("-",), (), "")
    return open_chain(DEFAULT_VARY, {}, 0, assets).variations


@lru_cache(maxsize=1)
def units() -> dict[str, tuple[str, str]]:
    """(unit, what it is) of every latent of the built-in variations, from their controls: "camera.elevation"."""
    return {f"{variation.name}.{name}": (getattr(control, "unit", ""), control.doc)
            for variation in known_variations() for name, control in variation.controls.items()}


def data_url(image: NDArray[np.uint8], side: int = 0) -> str:
    """An image (h, w, 3) as a PNG in a URL; made smaller to `side` pixels where it is larger (0: never)."""
    picture = Image.fromarray(np.ascontiguousarray(image))
    if side and max(picture.size) > side:
        picture.thumbnail((side, side), Image.Resampling.BOX)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _column(album: Album, name: str) -> NDArray[Any]:
    if name not in album.latents:
        raise BadInput(f"{album.title} records no latent {name!r}: filter by another")
    return album.latents[name]
