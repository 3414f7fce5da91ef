"""Contact sheets: a dataset on one picture, a row or more a class, and what it holds in words."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mixreal.datasets.dataset import Dataset

GROUND, INK = (24, 27, 33), (222, 226, 232)
GAP, MARGIN = 2, 10  # pixels


def contact_sheet(dataset: Dataset, columns: int = 16, rows: int = 1, size: int = 0) -> NDArray[np.uint8]:
    """(h, w, 3) sRGB: the first columns x rows images of each class, its name before them.

    `size` is the side of one image on the sheet; 0 keeps theirs, a whole multiple of it below 64 pixels.
    """
    side = size or dataset.images.shape[1] * max(1, 64 // dataset.images.shape[1])
    font = ImageFont.load_default(size=max(11, min(20, side // 4)))
    names = max((int(font.getlength(name)) for name in dataset.classes), default=0)
    left = MARGIN * 2 + names
    step = side + GAP
    sheet = Image.new("RGB", (left + columns * step + MARGIN, 2 * MARGIN + len(dataset.classes) * rows * step), GROUND)
    pen = ImageDraw.Draw(sheet)
    for label, name in enumerate(dataset.classes):
        top = MARGIN + label * rows * step
        pen.text((MARGIN, top + side // 2), name, fill=INK, font=font, anchor="lm")
        for k, row in enumerate(np.flatnonzero(dataset.labels == label)[:columns * rows]):
            image = Image.fromarray(np.asarray(dataset.images[row]))
            if image.size != (side, side):
                enlarge = side % image.width == 0
                image = image.resize((side, side), Image.Resampling.NEAREST if enlarge else Image.Resampling.BOX)
            sheet.paste(image, (left + k % columns * step, top + k // columns * step))
    return np.asarray(sheet)


def titled(images: NDArray[np.uint8], heads: Sequence[str], names: Sequence[str]) -> NDArray[np.uint8]:
    """(rows, columns, h, w, 3) images on white, a head above each column and a name beside each row: (H, W, 3).

    Images of less than 64 px are enlarged, each pixel a square. The left upper one is at `corner(images, names)`.
    """
    rows, columns, height, width, _ = images.shape
    zoom, (left, top) = max(1, 64 // height), corner(images, names)
    h, w = height * zoom, width * zoom
    font = _font(h)
    sheet = Image.new("RGB", (left + columns * (w + GAP) - GAP, top + rows * (h + GAP) - GAP), "white")
    pen = ImageDraw.Draw(sheet)
    for c, head in enumerate(heads):
        pen.text((left + c * (w + GAP) + w // 2, top // 2), head, fill="black", font=font, anchor="mm")
    for r, name in enumerate(names):
        pen.text((left - MARGIN, top + r * (h + GAP) + h // 2), name, fill="black", font=font, anchor="rm")
        for c in range(columns):
            image = Image.fromarray(images[r, c]).resize((w, h), Image.Resampling.NEAREST)
            sheet.paste(image, (left + c * (w + GAP), top + r * (h + GAP)))
    return np.asarray(sheet)


def corner(images: NDArray[np.uint8], names: Sequence[str]) -> tuple[int, int]:
    """(x, y) in pixels of the left upper image on a titled sheet."""
    font = _font(images.shape[2] * max(1, 64 // images.shape[2]))
    return 2 * MARGIN + max((int(font.getlength(name)) for name in names), default=0), 2 * MARGIN + int(font.size)


def save(sheet: NDArray[np.uint8], path: Path) -> None:
    """Write a sheet as PNG, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(path, "PNG", optimize=True)


def summary(dataset: Dataset) -> str:
    """Counts by class and the range of every latent, as text."""
    height, width = dataset.images.shape[1:3]
    counts = np.bincount(dataset.labels, minlength=len(dataset.classes))
    lines = [f"{dataset.source or dataset.domain}: {len(dataset):,} {dataset.domain} images, {width} x {height} px"]
    lines += [f"  {name:<14} {count:>8,}" for name, count in zip(dataset.classes, counts)]
    if dataset.latents:
        lines.append("latents")
        lines += [f"  {name:<28} {_range(values)}" for name, values in dataset.latents.items()]
    return "\n".join(lines)


def _font(side: int) -> ImageFont.FreeTypeFont:
    """For titles of images of so many pixels."""
    font = ImageFont.load_default(size=max(11, min(20, side // 8)))
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's own, where a size is asked for
    return font


def _range(values: NDArray[Any]) -> str:
    if len(values) == 0:
        return "none"
    if not np.issubdtype(values.dtype, np.number):
        return f"{len(np.unique(values)):,} different"
    numbers = values.astype(np.float64)
    there = numbers[np.isfinite(numbers)]  # of merged sets, those that have the latent
    lack = f" ({len(numbers) - len(there):,} images have none)" if len(there) < len(numbers) else ""
    if not len(there):
        return "none"
    low, middle, high = np.quantile(there, [0, 0.5, 1])
    return (f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}, median {middle:.4g}") + lack
