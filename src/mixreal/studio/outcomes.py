"""What has come out: recipes and where they were reproduced, trainings and what each reached; from files alone."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mixreal import runs as run_files
from mixreal.errors import BadInput
from mixreal.learning.scores import LEVEL
from mixreal.refining.mrgan import JUDGES
from mixreal.reporting.findings import points
from mixreal.reproducing.plan import PLAN
from mixreal.reproducing.recipe import open_recipe
from mixreal.runs import Run
from mixreal.studio.workspace import Workspace, plans, recipes, runs, shown

NORMS = {"shared": "shared statistics", "real": "statistics of real images", "split": "statistics of each domain"}
TESTS = {"test_large": "large test", "test": "test", "validation": "validation"}


@dataclass(frozen=True)
class RecipeCard:
    """A recipe, and where it has been reproduced."""

    name: str  # as `mixreal reproduce` takes it
    title: str
    source: str
    folders: tuple[Path, ...]  # with its plan, newest first
    trouble: str = ""  # why it cannot be read


@dataclass(frozen=True)
class RunCard:
    """A training run in a line."""

    folder: Path
    told: str


def recipe_cards(workspace: Workspace) -> list[RecipeCard]:
    """Every recipe that mixreal brings or the workspace holds; then reproductions of recipes that are neither."""
    made: dict[str, list[Path]] = {}
    for folder in plans(workspace):
        made.setdefault(_plan_name(folder), []).append(folder)
    out = []
    for name in recipes(workspace):
        stem = Path(name).stem if name.endswith(".toml") else name
        folders = tuple(made.pop(stem, ()))
        told = shown(workspace, Path(name)) if name.endswith(".toml") else name
        try:
            recipe = open_recipe(name)
            out.append(RecipeCard(told, recipe.title, recipe.source, folders))
        except BadInput as problem:
            out.append(RecipeCard(told, stem, "", folders, str(problem)))
    out += [RecipeCard(name, name, "its recipe is not here", tuple(folders)) for name, folders in made.items()]
    return out


def run_cards(workspace: Workspace) -> list[RunCard]:
    """Every training below the root, newest first, with what it reached; refinement's stages and judges are none."""
    out = []
    for folder in runs(workspace):
        with suppress(BadInput):
            config = run_files.read_config(folder)
            if "train" in config and folder.parent.name != JUDGES:
                out.append(RunCard(folder, f"{shown(workspace, folder)} · {_told_training(config)}{_reached(folder)}"))
    return out


def told_result(run: Run, key: str = "") -> str:
    """A result in words: "large test: 51.0% (95% interval 48.0 to 53.9, n = 1,100), shared statistics"."""
    key = key or run.headline
    score = run.results[key]
    test, norm = told_key(key)
    return (f"{test}: {points(score['accuracy'])}% ({round(100 * LEVEL)}% interval {points(score['low'])} to "
            f"{points(score['high'])}, n = {int(score['n']):,}), {norm}")


def told_key(key: str) -> tuple[str, str]:
    """A result's test set and batch norm in words: "test_large@2/real" is of the second set of photos."""
    test, _, norm = key.partition("/")
    name, _, more = test.partition("@")
    return TESTS.get(name, name) + (f", photos {more}" if more else ""), NORMS.get(norm, norm)


def _told_training(config: dict[str, Any]) -> str:
    train = config["train"] if isinstance(config["train"], dict) else {}
    return f"{train.get('mix', '?')}, {train.get('classifier', '?')}, seed {train.get('seed', '?')}"


def _reached(folder: Path) -> str:
    """The headline's accuracy, or that there is none yet."""
    if not run_files.is_done(folder):
        return " · unfinished"
    try:
        result = json.loads((folder / run_files.RESULT).read_text(encoding="utf-8"))
        return f" · {points(result['results'][result['headline']]['accuracy'])}%"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _plan_name(folder: Path) -> str:
    try:
        return str(json.loads((folder / PLAN).read_text(encoding="utf-8"))["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return folder.name
