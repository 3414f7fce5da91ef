"""Outcomes of recipes put together by hand, for tests of what is read off them."""

import json
from pathlib import Path

from mixreal import runs
from mixreal.learning.trainspec import TrainSpec
from mixreal.reproducing.outcome import CellOutcome, Outcome, Score
from mixreal.reproducing.plan import Plan, PlannedCell
from mixreal.runs import Run


def cell(row: str, column: str, accuracy: float | None, *, per_class: int = 0, paper: float | None = None,
         run: Run | None = None, validation: dict[str, float] | None = None) -> CellOutcome:
    """A cell of one seed; without an accuracy it has not been run."""
    scores = {} if accuracy is None else {"test": Score(accuracy, accuracy - 0.1, accuracy + 0.1, 100, (accuracy,),
                                                        None, ())}
    return CellOutcome(row, column, paper, "not run" if accuracy is None else "done", "",
                       PlannedCell(row, column, {}, 10, 8, per_class, "real"), "1:1", validation or {},
                       (run,) if run else (), "", scores, {})


def trained(folder: Path, per_class: tuple[int, ...] = ()) -> Run:
    """A run of so many photos of each class, with a curve of two points."""
    folder.mkdir()
    lines = [json.dumps({"step": step, "test": step / 20}) for step in (5, 10)]
    (folder / runs.METRICS).write_text("\n".join(lines) + "\n")
    config = {"data": {"real": {"per_class": list(per_class)}}} if per_class else {}
    return Run(folder, TrainSpec(steps=10), ("ball", "cube"), {}, 10, 1.0, 1.0, config=config)


def outcome(kind: str, cells: list[CellOutcome], compare: str = "") -> Outcome:
    """A recipe of these cells, rows and columns in their order."""
    rows, columns = (tuple(dict.fromkeys(names)) for names in (
        [one.row for one in cells], [one.column for one in cells]))
    plan = Plan("small", "Small", "", kind, "", "cpu", "paper", (0,), rows, columns, compare, (),
                tuple(one.plan for one in cells))
    return Outcome(plan, Path(), tuple(cells), (), (), (), {})
