"""The pictures of a report, as PNG bytes: bars by class, learning curves, example images, histograms of latents.

Their ground is transparent and their ink mid-grey, so that one picture serves a light page and a dark one.
"""

import io
from collections.abc import Sequence

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from mixreal.reporting.findings import Arm, Task

INK = "#8a93a0"
#: One colour an arm, told apart by people who see colours differently (Okabe and Ito).
COLOURS = ("#8a93a0", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a000")

matplotlib.use("Agg")


def class_bars(task: Task) -> bytes:
    """Accuracy by class, one bar an arm, sorted by what the first arm finds hard."""
    order = np.argsort(task.arms[0].per_class)
    figure, axes = _figure(width=max(5.0, 0.9 * len(task.classes) + 1.5), height=3.0)
    span = 0.8 / len(task.arms)
    for k, arm in enumerate(task.arms):
        at = np.arange(len(order)) + (k - (len(task.arms) - 1) / 2) * span
        axes.bar(at, 100 * arm.per_class[order], span * 0.92, color=colour(k), label=arm.name)
    axes.set_xticks(range(len(order)), [task.classes[c] for c in order])
    axes.set_ylabel("accuracy, %")
    axes.set_ylim(0, 100)
    _legend(axes, len(task.arms))
    return _png(figure)


def curves(task: Task) -> bytes | None:
    """Accuracy by step, on validation images where there are some: each arm's mean, its seeds faintly."""
    drawn = [(k, arm) for k, arm in enumerate(task.arms) if arm.curve is not None and len(arm.curve.steps) > 1]
    if not drawn:
        return None
    figure, axes = _figure(width=5.4, height=3.0)
    kinds = list(dict.fromkeys(arm.curve.test for _, arm in drawn if arm.curve is not None))
    for k, arm in drawn:
        assert arm.curve is not None
        name = arm.name if len(kinds) == 1 else f"{arm.name} ({arm.curve.test})"
        for line in arm.curve.accuracy:
            axes.plot(arm.curve.steps, 100 * line, color=colour(k), alpha=0.3, linewidth=0.8)
        axes.plot(arm.curve.steps, 100 * arm.curve.accuracy.mean(0), color=colour(k), linewidth=1.9, label=name)
    axes.set_xlabel("optimizer steps")
    axes.set_ylabel(f"{' or '.join(kinds)} accuracy, %")
    _legend(axes, len(drawn))
    return _png(figure)


def latent_strip(latents: dict[str, NDArray[np.float64]], most: int = 12) -> bytes | None:
    """A histogram a latent, for up to `most` of those that vary: of each variation in turn, so that all are seen."""
    varying = [name for name, values in latents.items() if np.ptp(values) > 0]
    turn = {name: [n for n in varying if _owner(n) == _owner(name)].index(name) for name in varying}
    first = sorted(varying, key=lambda name: turn[name])[:most]
    names = [name for name in varying if name in first]
    if not names:
        return None
    columns = 6
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(1.75 * columns, 1.25 * rows), dpi=160, layout="constrained")
    for k, name in enumerate(names):
        axes = figure.add_subplot(rows, columns, k + 1)
        axes.hist(latents[name], bins=24, color=COLOURS[1], alpha=0.85)
        axes.set_title(name, color=INK, fontsize=7)
        axes.set_yticks([])
        _quiet(axes, size=6)
    return _png(figure)


def image_grid(images: NDArray[np.uint8], zoom_to: int = 56, gap: int = 3) -> bytes:
    """(rows, k, h, w, 3) images as one PNG, a row a class, enlarged without smoothing so that pixels show."""
    rows, count, height, width, _ = images.shape
    zoom = max(1, round(zoom_to / height))
    big = images.repeat(zoom, 2).repeat(zoom, 3)
    sheet = np.zeros((rows * (height * zoom + gap) - gap, count * (width * zoom + gap) - gap, 4), np.uint8)
    for r in range(rows):
        for c in range(count):
            top, left = r * (height * zoom + gap), c * (width * zoom + gap)
            sheet[top:top + height * zoom, left:left + width * zoom, :3] = big[r, c]
            sheet[top:top + height * zoom, left:left + width * zoom, 3] = 255 if images[r, c].any() else 0
    buffer = io.BytesIO()
    Image.fromarray(sheet).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def colour(k: int) -> str:
    """The colour of arm k."""
    return COLOURS[k % len(COLOURS)]


def arm_colours(arms: Sequence[Arm]) -> dict[str, str]:
    """Arm name -> its colour, the same in every picture of a task."""
    return {arm.name: colour(k) for k, arm in enumerate(arms)}


def _owner(latent: str) -> str:
    """The variation of "variation.control"."""
    return latent.partition(".")[0]


def _figure(width: float, height: float) -> tuple[Figure, "matplotlib.axes.Axes"]:
    figure = Figure(figsize=(width, height), dpi=160, layout="constrained")
    axes = figure.add_subplot()
    axes.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    _quiet(axes, size=8)
    return figure, axes


def _quiet(axes: "matplotlib.axes.Axes", size: float) -> None:
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, labelsize=size, length=2)
    axes.xaxis.label.set(color=INK, fontsize=size + 1)
    axes.yaxis.label.set(color=INK, fontsize=size + 1)
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.7, visible=side in ("bottom", "left"))


def _legend(axes: "matplotlib.axes.Axes", count: int) -> None:
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=min(count, 4), frameon=False, fontsize=7.5,
                labelcolor=INK, handlelength=1.2, columnspacing=1.4)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", transparent=True)
    return buffer.getvalue()
