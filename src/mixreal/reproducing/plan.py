"""The plan of a recipe as a file: what was asked for, and in which run folder each cell's numbers lie."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mixreal.errors import BadInput, unreadable
from mixreal.production.origin import models_of, unplaced
from mixreal.reproducing.cells import Cell, Job, job_of
from mixreal.reproducing.preparing import Place, job_folder, render_spec, steps_of, unnamed_folder
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.setting import Setting
from mixreal.runs import write_json
from mixreal.spec import RenderSpec, to_mapping

PLAN = "plan.json"
SHEET, ABOUT = "sheet.png", "sheet.json"  # of kind "sheet": the picture, and its titles


@dataclass(frozen=True)
class PlannedRun:
    """One training of a cell."""

    seed: int
    folder: str  # below the root
    suffix: str  # of the names of the test sets that are this cell's


@dataclass(frozen=True)
class PlannedCell:
    """One place of the table."""

    row: str
    column: str
    runs: dict[str, tuple[PlannedRun, ...]]  # mix -> its runs, by seed; several mixes with mix = "best"
    steps: int
    batch: int
    per_class: int  # real training images a class; 0 = all
    test: str  # "real" or "refined"
    setting: dict[str, Any] = field(default_factory=dict)  # every key, in plain values
    paper: float | None = None  # accuracy, %


@dataclass(frozen=True)
class Plan:
    """Everything about a recipe that its report needs beside the run folders."""

    name: str
    title: str
    source: str
    kind: str
    note: str
    profile: str
    preset: str
    seeds: tuple[int, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    compare: str
    models: tuple[str, ...]  # what the rendered images are of: folders of models, or "procedural"
    cells: tuple[PlannedCell, ...]
    failed: dict[str, str] = field(default_factory=dict)  # run folder below the root -> reason
    against: dict[str, str] = field(default_factory=dict)  # row -> the row it is compared with, where it names one


def recipe_folder(recipe: Recipe, place: Place) -> Path:
    """Where the recipe's plan and report lie."""
    preset = "" if recipe.preset == "paper" else f"-{recipe.preset}"
    return place.root / f"{recipe.name}-{recipe.profile}{preset}"


def make_plan(recipe: Recipe, cells: Sequence[Cell], jobs: Sequence[Job], place: Place,
              failed: dict[Path, str], unnamed: Sequence[Job] = ()) -> Plan:
    """The plan of these cells. unnamed: further trainings, of which nothing is known but that they cannot be run."""
    def folder_of(job: Job) -> str:
        return _below(unnamed_folder(job, place) if job in unnamed else job_folder(job, place), place)

    planned, jobs = [], (*jobs, *unnamed)
    for cell in cells:
        runs = {setting.train.mix: tuple(
            PlannedRun(seed, folder_of(job), job.suffix(setting))
            for seed in recipe.seeds for job in [job_of(jobs, setting, seed)]) for setting in cell.candidates}
        first = cell.candidates[0]
        planned.append(PlannedCell(cell.row, cell.column, runs, _steps(first, place), first.train.batch,
                                   first.per_class, cell.setting.test, to_mapping(cell.setting), cell.paper))
    models = {unplaced(models_of(spec)) for cell in cells for one in cell.candidates if one.mix.synthetic
              for spec in _rendered(one, place)}
    return Plan(recipe.name, recipe.title, recipe.source, recipe.kind, recipe.note, recipe.profile, recipe.preset,
                recipe.seeds, tuple(axis.name for axis in recipe.rows), tuple(axis.name for axis in recipe.columns),
                recipe.compare, tuple(sorted(models)), tuple(planned),
                {_below(folder, place): reason for folder, reason in failed.items()},
                {axis.name: axis.against for axis in recipe.rows if axis.against})


def write_plan(plan: Plan, folder: Path) -> None:
    """Write plan.json, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / PLAN, {**vars(plan), "cells": [_plain(cell) for cell in plan.cells]})


def read_plan(folder: Path) -> Plan:
    """The plan in a recipe's folder; `BadInput` where there is none."""
    try:
        values = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        cells = tuple(PlannedCell(**one | {"runs": {mix: tuple(PlannedRun(**run) for run in runs)
                                                    for mix, runs in one["runs"].items()}})
                      for one in values.pop("cells"))
        return Plan(**_tuples(values), cells=cells)
    except FileNotFoundError:
        raise BadInput(f"{str(folder)!r} holds no recipe (it has no {PLAN}): "
                       "give a folder that `mixreal reproduce` wrote") from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise unreadable(folder / PLAN, error, "reproduce the recipe again, finished runs are kept") from None


def _steps(setting: Setting, place: Place) -> int:
    try:
        return steps_of(setting, place)
    except (BadInput, OSError):  # epochs of photos or models that cannot be had: the cell fails and says so
        return 0


def _rendered(setting: Setting, place: Place) -> list[RenderSpec]:
    try:
        return [render_spec(setting, place)]
    except BadInput:  # classes of photos that cannot be had
        return []


def _plain(cell: PlannedCell) -> dict[str, Any]:
    return {**vars(cell), "runs": {mix: [vars(run) for run in runs] for mix, runs in cell.runs.items()}}


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def _below(folder: Path, place: Place) -> str:
    return folder.relative_to(place.root).as_posix()
