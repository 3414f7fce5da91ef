"""What is exported: a dataset, its images encoded and its rows as plain values."""

import io
import math
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mixreal.datasets.dataset import Dataset, rows_at
from mixreal.datasets.provenance import open_recipe, origins_of
from mixreal.datasets.shards import Header

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis


@dataclass(frozen=True, eq=False)
class Source:
    """A finished dataset, left in its files."""

    folder: Path
    header: Header
    dataset: Dataset

    @cached_property
    def recipes(self) -> dict[str, "Synthesis | None"]:
        """The recipe of each origin of its rows, opened; None for one that was not rendered."""
        return {name: open_recipe(name, about) for name, about in origins_of(self.folder, self.header).items()}


def pngs(source: Source, rows: range) -> Iterator[bytes]:
    """The images as PNG files, in order: lossless, without metadata."""
    images = source.dataset.images[rows.start:rows.stop]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(_png, images)


def told(source: Source, rows: range) -> list[dict[str, Any]]:
    """What is known of each image, as JSON: label, class, domain, index, parent and every latent; NaN is null."""
    columns = rows_at(source.dataset, slice(rows.start, rows.stop))
    listed = {name: values.tolist() for name, values in columns.items()}
    classes, domain = source.dataset.classes, source.dataset.domain
    out = []
    for k in range(len(rows)):
        label = listed["label"][k]
        about = {"label": label, "class": classes[label], "domain": domain}
        out.append(about | {name: _plain(values[k]) for name, values in listed.items() if name != "label"})
    return out


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _png(image: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()
