"""Comparisons are of the same images: not of others that stand in the same places of their sources."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mixreal import runs
from mixreal.reproducing.outcome import CellOutcome, Score, _pairs
from mixreal.reproducing.plan import Plan, PlannedCell

SCORES = {"test": Score(0.5, 0.4, 0.6, 8, (0.5,), None)}


def cell(row: str, folder: Path, test: str = "real", **setting: Any) -> CellOutcome:
    run = runs.open_run(folder)
    plan = PlannedCell(row, "all", {}, 4, 8, 0, test, {"real": "photos", **setting})
    return CellOutcome(row, "all", None, "done", "", plan, run.spec.mix, {}, (run,), "", SCORES)


def compared(*cells: CellOutcome) -> int:
    plan = Plan("x", "x", "", "table", "", "cpu", "paper", (0,), tuple(one.row for one in cells), ("all",),
                "row first", (), tuple(one.plan for one in cells))
    return len(list(_pairs(cells, plan)))


def copied(run: Path, to: Path, fingerprint: str = "", swapped: bool = False) -> Path:
    """A run as if it had been tested on photos of another fingerprint, or of labels the other way round."""
    shutil.copytree(run, to)
    if fingerprint:
        known = runs.open_run(run).config["data"]["test"]["fingerprint"]
        text = (to / runs.CONFIG).read_text()
        (to / runs.CONFIG).write_text(text.replace(known, fingerprint))
    if swapped:
        told = runs.read_arrays(to / runs.PREDICTIONS)
        np.savez(to / runs.PREDICTIONS, **(told | {"test/labels": 1 - told["test/labels"]}))
    return to


def test_other_photos_of_the_same_places_are_not_paired(tiny_runs: Path, tmp_path: Path) -> None:
    first, same = cell("first", tiny_runs / "0-0"), cell("second", tiny_runs / "1-0")
    assert compared(first, same) == 1
    assert compared(first, cell("second", copied(tiny_runs / "1-0", tmp_path / "a", "0123456789abcdef"))) == 0
    assert compared(first, cell("second", copied(tiny_runs / "1-0", tmp_path / "b", swapped=True))) == 0


def test_refined_photos_are_paired_with_those_that_they_were_made_of(tiny_runs: Path, tmp_path: Path) -> None:
    first, other = cell("first", tiny_runs / "0-0"), copied(tiny_runs / "1-0", tmp_path / "a", "0123456789abcdef")
    assert compared(first, cell("second", other, "RR")) == 1
    assert compared(first, cell("second", other, "RR", real="other photos")) == 0
    assert compared(first, cell("second", other, "RR", classes=["ball", "cube"])) == 0


@pytest.mark.parametrize("seeds", [(1,), ()])
def test_without_a_common_seed_nothing_is_paired(tiny_runs: Path, seeds: tuple[int, ...]) -> None:
    second = cell("second", tiny_runs / "1-1")
    second = second if seeds else replace(second, runs=())
    assert compared(cell("first", tiny_runs / "0-0"), second) == 0
