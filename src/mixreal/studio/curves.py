"""The curves of a training or of a refinement's stage, from its metrics.jsonl, while that file still grows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mixreal.reporting.refine_figures import MEASURED, PANELS
from mixreal.runs import METRICS

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Line:
    """One curve."""

    name: str
    points: Points
    marked: bool = False  # few points, each measured by itself
    rest: float | None = None  # the same number for what a stage started from: a level to compare with


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes."""

    title: str
    lines: tuple[Line, ...]
    percent: bool = False  # values are shares in [0, 1]


def read_rows(folder: Path) -> list[dict[str, Any]]:
    """The whole lines of metrics.jsonl; [] before there are any. A line that is being written counts as none."""
    try:
        text = (folder / METRICS).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    rows = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if isinstance(row, dict):
            rows.append(row)
    return rows


def training(rows: Sequence[dict[str, Any]]) -> tuple[Panel, ...]:
    """Loss, and accuracy on some validation and test images, over steps; () before the first point."""
    panels = (Panel("Loss", _lines(rows, "step", (("loss", "loss on the minibatches"),))),
              Panel("Accuracy", _lines(rows, "step", (("validation", "validation"), ("test", "test")), marked=True),
                    percent=True))
    return tuple(panel for panel in panels if panel.lines)


def refinement(rows: Sequence[dict[str, Any]], inputs: dict[str, Any] | None = None) -> tuple[Panel, ...]:
    """What is measured of a stage, over the iterations of its main phase; the panels are the report's."""
    main = [row for row in rows if row.get("phase") == "main"]
    panels = [Panel(title[:1].upper() + title[1:], _lines(main, "iteration", names, inputs=inputs or {}))
              for title, names in PANELS]
    return tuple(panel for panel in panels if panel.lines)


def speed(rows: Sequence[dict[str, Any]]) -> float | None:
    """Images a second of the latest line that tells."""
    return next((row["images_per_second"] for row in reversed(rows) if "images_per_second" in row), None)


def _lines(rows: Sequence[dict[str, Any]], along: str, names: Sequence[tuple[str, str]], *, marked: bool = False,
           inputs: dict[str, Any] | None = None) -> tuple[Line, ...]:
    out = []
    for key, name in names:
        points = tuple((float(row[along]), float(row[key])) for row in rows
                       if row.get(key) is not None and row.get(along) is not None)
        if points:
            out.append(Line(name, points, marked or key in MEASURED, (inputs or {}).get(key)))
    return tuple(out)
