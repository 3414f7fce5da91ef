"""Pictures of refinement, as PNG bytes: grids of images before and after, curves of what was measured."""

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mixreal.refining.choosing import ringing
from mixreal.reporting.figures import COLOURS, INK

GROUND, TEXT = (24, 27, 33), (222, 226, 232)
SIDE, GAP, HEAD, BLOCKS = 64, 2, 22, 4  # pixels; images of a class beside each other

#: One panel each: title, and (key, name) of its lines; those of checkpoints have points.
PANELS = (
    ("KID", (("kid", "to the stage's real side"), ("kid_real", "to R"), ("kid_synthetic", "back"))),
    ("A-distance", (("a_distance", "to the stage's real side"), ("a_distance_real", "to R"))),
    ("change after there and back", (("cycle_error", "mean, of the range"),)),
    ("discriminator accuracy", (("d_real_accuracy", "of R"), ("d_synthetic_accuracy", "of S"))),
    ("labels seen", (("label_real", "refined synthetic"), ("label_synthetic", "refined real"),
                     ("probe", "probe on real validation"))),
    ("losses", (("adversarial", "generators, adversarial"), ("d_loss", "discriminators"))),
)
MEASURED = ("kid", "kid_real", "kid_synthetic", "a_distance", "a_distance_real", "label_real", "label_synthetic",
            "cycle_error", "probe")


def grid(images: NDArray[np.uint8], heads: Sequence[str]) -> bytes:
    """(rows, columns, h, w, 3): blocks of rows side by side, each image enlarged without smoothing, heads above."""
    rows, columns, height, width, _ = images.shape
    zoom = max(1, SIDE // height)
    h, w = height * zoom, width * zoom
    down = -(-rows // BLOCKS)
    block = columns * (w + GAP) + 4 * GAP
    sheet = Image.new("RGB", (BLOCKS * block, HEAD + down * (h + GAP)), GROUND)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=12)
    for k in range(rows):
        left, top = (k % BLOCKS) * block, HEAD + (k // BLOCKS) * (h + GAP)
        for c in range(columns):
            image = Image.fromarray(images[k, c]).resize((w, h), Image.Resampling.NEAREST)
            sheet.paste(image, (left + c * (w + GAP), top))
            if k < BLOCKS:
                pen.text((left + c * (w + GAP), 4), heads[c][:max(3, w // 7)], fill=TEXT, font=font)
    return _png(sheet)


def stacked(pictures: Sequence[bytes]) -> bytes:
    """PNGs one above the other."""
    sheets = [Image.open(io.BytesIO(png)) for png in pictures]
    out = Image.new("RGB", (max(one.width for one in sheets), sum(one.height for one in sheets)), GROUND)
    top = 0
    for one in sheets:
        out.paste(one, (0, top))
        top += one.height
    return _png(out)


def curves(metrics: Sequence[dict[str, Any]], chosen: dict[str, Any]) -> bytes:
    """What was measured while a stage trained; dotted: its inputs; grey: the checkpoint kept; red: an alarm."""
    rows = [row for row in metrics if row.get("phase") == "main"]
    figure = Figure(figsize=(11, 5.4), dpi=150, layout="constrained")
    for k, (title, lines) in enumerate(PANELS):
        axes = figure.add_subplot(2, 3, k + 1)
        for number, (key, name) in enumerate(lines):
            points = [(row["iteration"], row[key]) for row in rows if row.get(key) is not None]
            if not points:
                continue
            x, y = zip(*points)
            colour = COLOURS[number + 1]
            axes.plot(x, y, color=colour, marker="o" if key in MEASURED else "", markersize=3, linewidth=1.4,
                      label=name)
            if key in chosen["inputs"]:
                axes.axhline(chosen["inputs"][key], color=colour, linestyle=":", linewidth=1)
        axes.axvline(chosen["checkpoints"][chosen["kept"]]["iteration"], color=INK, linewidth=0.8)
        for row in chosen["checkpoints"]:
            if ringing(row):
                at = row["iteration"]
                axes.axvspan(0.985 * at, 1.015 * at, color="#d55e00", alpha=0.12, linewidth=0)
        axes.set_title(title, color=INK, fontsize=9)
        axes.tick_params(colors=INK, labelsize=7)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(frameon=False, fontsize=7, labelcolor=INK)
        for spine in axes.spines.values():
            spine.set(color=INK, linewidth=0.6)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _png(sheet: Image.Image) -> bytes:
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
