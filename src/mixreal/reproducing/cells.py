"""A recipe laid out: cells of rows and columns, and the runs that they need, each counted once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from typing import Any

from mixreal.errors import BadInput, did_you_mean
from mixreal.learning.trainspec import made_by as training_made_by
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.refinement import made_by
from mixreal.reproducing.setting import Setting, laid_over, make_setting
from mixreal.spec import rendered_by, to_mapping


@dataclass(frozen=True)
class Cell:
    """One place of the table."""

    row: str
    column: str
    setting: Setting
    candidates: tuple[Setting, ...]  # what is run: the setting itself, or with mix = "best" one for each ratio
    paper: float | None  # in %

    @property
    def name(self) -> str:
        return f"{self.row}/{self.column}"


@dataclass(frozen=True)
class Job:
    """One training, and all that is tested with it: cells that differ only in their test photos share one."""

    settings: tuple[Setting, ...]  # the first one's real images are trained on and validated on
    seed: int

    @property
    def setting(self) -> Setting:
        return self.settings[0]

    def suffix(self, setting: Setting) -> str:
        """What the names of this setting's test sets end in: "" for the first one's, then "@2", "@3", ..."""
        place = [tested(one) for one in self.settings].index(tested(setting))
        return f"@{place + 1}" if place else ""


def lay_out(recipe: Recipe) -> tuple[Cell, ...]:
    """Every cell, row by row: `run`, then the row's keys, the column's, the preset's and the profile's over it."""
    if recipe.kind == "sheet":
        return ()
    cells = []
    for r, row in enumerate(recipe.rows):
        for c, column in enumerate(recipe.columns):
            keys = recipe.run
            for layer in (row.keys, column.keys, recipe.over):
                keys = laid_over(keys, layer)
            setting = make_setting(keys, f"{recipe.name}: {row.name} / {column.name}")
            mixes = setting.best_of if setting.best else (setting.train.mix,)
            candidates = tuple(replace(setting, best_of=(), train=replace(setting.train, mix=mix)) for mix in mixes)
            cells.append(Cell(row.name, column.name, setting, candidates, recipe.paper[r][c]))
    return tuple(cells)


def jobs(cells: Sequence[Cell], seeds: Sequence[int]) -> tuple[Job, ...]:
    """The trainings behind some cells: the first seed of all of them, then the second, so that a table fills early."""
    groups: dict[str, list[Setting]] = {}
    for cell in cells:
        for setting in cell.candidates:
            group = groups.setdefault(repr(trained(setting)), [])
            if tested(setting) not in [tested(one) for one in group]:
                group.append(setting)
    return tuple(Job(tuple(group), seed) for seed in seeds for group in groups.values())


def job_of(found: Sequence[Job], setting: Setting, seed: int) -> Job:
    """The training that serves a setting with a seed."""
    return next(job for job in found if job.seed == seed and trained(job.setting) == trained(setting)
                and tested(setting) in [tested(one) for one in job.settings])


def set_apart(found: Sequence[Job], cannot: Callable[[Setting], bool]) -> tuple[Job, ...]:
    """The same trainings, settings that cannot be had taken out of those that they share with others."""
    out: list[Job] = []
    for job in found:
        good = tuple(one for one in job.settings if not cannot(one))
        out += [Job(good, job.seed)] if good else []
        out += [Job((one,), job.seed) for one in job.settings if cannot(one)]
    return tuple(out)


def chosen_cells(cells: Sequence[Cell], patterns: Sequence[str]) -> tuple[Cell, ...]:
    """The cells that one of the patterns fits, "ROW/COLUMN" with * and ?; all without patterns."""
    if not patterns:
        return tuple(cells)
    for pattern in patterns:
        if not any(_fits(cell, pattern) for cell in cells):
            raise BadInput(f"--only {pattern!r} fits no cell: {did_you_mean(pattern, [cell.name for cell in cells])}")
    return tuple(cell for cell in cells if any(_fits(cell, pattern) for pattern in patterns))


def trained(setting: Setting) -> dict[str, Any]:
    """What decides the weights, but for the seed. Photos do not where none is trained on and no statistics are theirs:
    a network without batch norm that sees rendered images only."""
    mapping = to_mapping(setting)
    mapping["train"] = training_made_by(setting.train)
    for name in ("test", "best_of"):
        del mapping[name]
    if setting.train_on == "raw":
        for name in ("refine", "stage"):
            del mapping[name]
    if setting.photo_seed < 0:
        del mapping["photo_seed"]
    if setting.mix.synthetic == 0:
        for name in ("synthetic", "refine", "stage", "train_on"):
            mapping.pop(name, None)
    if setting.mix.real == 0 and setting.train.classifier == "alexnet" and setting.train_on == "raw":
        for name in ("real", "per_class", "photo_seed", "stand_in", "stand_in_images", "stand_in_train"):
            mapping.pop(name, None)
    return mapping


def tested(setting: Setting) -> tuple[Any, ...]:
    """What decides which images are tested on."""
    refined: tuple[Any, ...] = ()
    if setting.test != "real":
        refined = (repr(made_by(setting)), setting.per_class, setting.photo_seed)
        if setting.mix.synthetic == 0:  # else what it was trained on tells: the stages saw rendered images
            refined += (repr(rendered_by(setting.synthetic)),)
    return (setting.real, setting.classes, setting.size, setting.through, setting.stand_in, setting.stand_in_images,
            setting.stand_in_train, setting.test, *refined)


def _fits(cell: Cell, pattern: str) -> bool:
    return fnmatch(cell.name, pattern) or fnmatch(cell.row, pattern)
