"""The pictures of a recipe's report, as PNG bytes: dots with intervals beside the paper's, budgets, training curves."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mixreal.reporting.figures import INK, colour
from mixreal.reporting.worth import images_a_class
from mixreal.reproducing.outcome import CellOutcome, Outcome, curve


def picture(outcome: Outcome) -> bytes | None:
    """What suits the recipe's kind; None while there is nothing to show. The stamp is on the picture too."""
    if not any(cell.main() for cell in outcome.cells):
        return None
    draw = {"table": _dots, "budget": _budget, "curves": _curves}[outcome.plan.kind]
    figure = draw(outcome)
    stamp = f"{outcome.plan.name}, profile {outcome.plan.profile}, preset {outcome.plan.preset}"
    stamp += "  SMOKE: means nothing" if outcome.plan.profile == "smoke" else ""
    stamp += "  STAND-IN for real photos" if outcome.stand_in else ""
    figure.supxlabel(stamp, color=INK, fontsize=6.5)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", transparent=True)
    return buffer.getvalue()


def _dots(outcome: Outcome) -> Figure:
    """A row a row, a panel a column: ours with its interval, each seed, and the paper's."""
    rows, columns = outcome.plan.rows, outcome.plan.columns
    figure = Figure(figsize=(2.0 + 3.0 * len(columns), 1.3 + 0.34 * len(rows)), dpi=150, layout="constrained")
    panels = _panels(figure, len(columns), sharey=True)
    for axes, column in zip(panels, columns):
        for place, row in enumerate(rows):
            cell = outcome.cell(row, column)
            score = cell.main()
            if score:
                mean, low, high = score.told
                seeds = 100 * np.array(score.told_by_seed)
                axes.plot([100 * low, 100 * high], [place] * 2, color=colour(1), linewidth=2)
                axes.plot(seeds, [place] * len(seeds), "|", color=colour(1), alpha=0.7)
                axes.plot(100 * mean, place, "o", color=colour(1), label="ours")
            if cell.paper is not None:
                axes.plot(cell.paper, place, "D", markerfacecolor="none", color=colour(2),
                          label="the paper's (other data)")
        axes.set_yticks(range(len(rows)), rows)
        axes.set_title(column, color=INK, fontsize=9)
        axes.set_xlabel("accuracy on real images, %")
        _quiet(axes)
    panels[0].invert_yaxis()  # the panels share it
    _legend(figure, panels)
    return figure


def _budget(outcome: Outcome) -> Figure:
    """Accuracy over real images a class, a line a column."""
    figure = Figure(figsize=(5.6, 3.6), dpi=150, layout="constrained")
    (axes,) = _panels(figure, 1)
    known = [(count, cell) for cell in outcome.cells if (count := images_a_class(cell))]
    for k, column in enumerate(outcome.plan.columns):
        cells = sorted(((count, cell) for count, cell in known if cell.column == column and cell.main()),
                       key=lambda pair: pair[0])
        points = np.array([_told(cell) for _, cell in cells])
        if len(points):
            x = [count for count, _ in cells]
            axes.plot(x, 100 * points[:, 0], "o-", color=colour(k), linewidth=1.8, markersize=4, label=column)
            axes.fill_between(x, 100 * points[:, 1], 100 * points[:, 2], color=colour(k), alpha=0.15, linewidth=0)
    axes.set_xscale("log")
    ticks = sorted({count for count, _ in known})
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("real images a class")
    axes.set_ylabel("accuracy, classes weighted equally, %")
    _quiet(axes)
    _legend(figure, [axes])
    return figure


def _curves(outcome: Outcome) -> Figure:
    """Accuracy on real test images while training, a panel a column, a line a row."""
    columns = outcome.plan.columns
    figure = Figure(figsize=(1.0 + 3.6 * len(columns), 3.4), dpi=150, layout="constrained")
    panels = _panels(figure, len(columns), sharey=True)
    for axes, column in zip(panels, columns):
        cells = [outcome.cell(row, column) for row in outcome.plan.rows]
        shown = [_trained(cell) for cell in cells if not cell.validation]
        for k, (row, cell) in enumerate(zip(outcome.plan.rows, cells)):
            found = curve(cell)
            if found and not (cell.validation and _trained(cell) in shown):  # what was chosen has its line already
                steps, accuracy = found
                for line in accuracy:
                    axes.plot(steps, 100 * line, color=colour(k), alpha=0.25, linewidth=0.8)
                axes.plot(steps, 100 * accuracy.mean(0), color=colour(k), linewidth=1.8, label=row)
        axes.set_title(column, color=INK, fontsize=9)
        axes.set_xlabel("optimizer steps")
        _quiet(axes)
    panels[0].set_ylabel("test accuracy, %")
    _legend(figure, panels)
    return figure


def _trained(cell: CellOutcome) -> list[Path]:
    return [run.folder for run in cell.runs]


def _told(cell: CellOutcome) -> tuple[float, float, float]:
    score = cell.main()
    assert score is not None  # only cells that have one come here
    return score.told


def _panels(figure: Figure, count: int, sharey: bool = False) -> list[Any]:
    return list(figure.subplots(1, count, squeeze=False, sharey=sharey)[0])


def _quiet(axes: Any) -> None:
    axes.patch.set_alpha(0)
    axes.grid(color=INK, alpha=0.22, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=7.5, length=2)
    axes.xaxis.label.set(color=INK, fontsize=8)
    axes.yaxis.label.set(color=INK, fontsize=8)
    for side, spine in axes.spines.items():
        spine.set(color=INK, linewidth=0.7, visible=side in ("bottom", "left"))


def _legend(figure: Figure, panels: Sequence[Any]) -> None:
    """Every name once, whichever panel has it: a cell may not be there."""
    named: dict[str, Any] = {}
    for axes in panels:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            named.setdefault(label, handle)
    if named:
        figure.legend(named.values(), named.keys(), loc="outside upper center", ncols=4, frameon=False, fontsize=7.5,
                      labelcolor=INK)
