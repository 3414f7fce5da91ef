"""A recipe: TOML with rows, columns and the paper's numbers, with a preset and a profile laid over it."""

import math
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from mixreal.errors import BadInput, check_known, did_you_mean
from mixreal.reproducing.setting import Keys, flat, laid_over

PROFILES = ("smoke", "cpu", "gpu", "paper")
PRESETS = ("paper", "paper-literal")
KINDS = ("table", "budget", "curves", "sheet")
TOP = ("title", "source", "kind", "like", "seeds", "columns", "rows", "run", "compare", "note", "paper", "sheet",
       "profile", "preset")
#: What a profile or preset may replace whole; all its other keys are laid over every cell.
WHOLE = ("seeds", "rows", "columns", "sheet")


@dataclass(frozen=True)
class Axis:
    """A row or a column: its name, and the keys that it lays over the recipe's `run`."""

    name: str
    keys: Keys
    against: str = ""  # of a row: the row that it is compared with, in place of the recipe's


@dataclass(frozen=True)
class Recipe:
    """What is to be made again, read and checked, with profile and preset chosen."""

    name: str
    title: str
    source: str  # where in the paper
    kind: str  # of KINDS: how its report looks
    seeds: tuple[int, ...]
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...]
    run: Keys  # of every cell, under its row's and its column's keys
    over: Keys  # of the preset and the profile: over everything
    compare: str  # "row NAME", "column NAME", "previous row", or "": what each cell is compared with
    paper: tuple[tuple[float | None, ...], ...]  # accuracies in %, rows x columns; None where the paper has none
    note: str  # what a reader must know
    sheet: dict[str, Any]  # of kind "sheet": size, examples
    profile: str
    preset: str


def names() -> tuple[str, ...]:
    """The recipes that come with mixreal."""
    folder = files("mixreal.recipes")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def open_recipe(name: str, profile: str = "cpu", preset: str = "paper", seeds: tuple[int, ...] = ()) -> Recipe:
    """A built-in recipe by name, or one from a .toml file; `seeds` go over its own. `BadInput` for what cannot be."""
    values = _read(name)
    title = Path(name).stem if name.endswith(".toml") else name
    check_known(values, TOP, f"key of recipe {title}")
    _check_tables(values, title)
    check_known([profile], PROFILES, "profile")
    check_known([preset], list(dict.fromkeys([*PRESETS, *values.get("preset", {})])), "preset")
    layers = [dict(values.get("preset", {}).get(preset, {})), dict(values.get("profile", {}).get(profile, {}))]
    whole = {key: layer.pop(key) for layer in layers for key in WHOLE if key in layer}
    asked, last = (flat(layer, f"{title}: {what}")
                   for layer, what in zip(layers, (f"preset.{preset}", f"profile.{profile}")))
    over = laid_over(asked, last)
    if preset != "paper" and over == last and not whole.keys() & values.get("preset", {}).get(preset, {}).keys():
        raise BadInput(f"preset {preset!r} changes nothing of {title} with profile {profile}, which sets the same keys "
                       "or has none of them: leave --preset out, or use another profile")
    merged = values | whole
    _check_tables(merged, title)
    kind = merged.get("kind", "table")
    if kind not in KINDS:
        raise BadInput(f"{title}: kind {kind!r}: {did_you_mean(str(kind), KINDS)}")
    if kind == "budget" and not str(merged.get("compare", "")).startswith("column "):
        raise BadInput(f'{title}: kind "budget" needs compare = "column NAME", the column of real images alone')
    rows, columns = (_axes(merged.get(axis, [{"name": "all"}]), f"{title}: {axis}") for axis in ("rows", "columns"))
    return Recipe(title, str(merged.get("title", title)), str(merged.get("source", "")), kind,
                  _seeds(seeds or merged.get("seeds", [0]), title), rows, columns,
                  flat(merged.get("run", {}), f"{title}: run"), over, _compare(merged, rows, columns, title),
                  _paper(merged.get("paper", {}), rows, columns, title), str(merged.get("note", "")),
                  dict(merged.get("sheet", {})), profile, preset)


def _read(name: str, likes: tuple[str, ...] = ()) -> dict[str, Any]:
    """The TOML of a recipe; `like = "table2"` takes another's and lays this one's keys over it, tables in tables."""
    if name in likes:
        raise BadInput(f"{likes[-1]!r}: like = {name!r} leads back to itself: let one of them stand alone")
    if name.endswith(".toml"):
        path = Path(name).expanduser()
        if not path.is_file():
            raise BadInput(f"no recipe file {name!r}: give a .toml file or one of {', '.join(names())}")
        values = _parsed(path.read_bytes(), name)
    else:
        check_known([name], names(), "recipe")
        values = _parsed((files("mixreal.recipes") / f"{name}.toml").read_bytes(), name)
    if "like" not in values:
        return values
    like = _read(str(values.pop("like")), (*likes, name))
    return _merged(like, values)


def _parsed(content: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except ValueError as error:  # also of bytes that are not UTF-8
        raise BadInput(f"{name!r} is not TOML: {error}") from None


def _check_tables(values: dict[str, Any], title: str) -> None:
    for key in ("run", "paper", "sheet", "profile", "preset"):
        table = values.get(key, {})
        inner = table.items() if key in ("profile", "preset") and isinstance(table, dict) else ()
        for where, given in [(key, table), *((f"{key}.{name}", one) for name, one in inner)]:
            if not isinstance(given, dict):
                raise BadInput(f"{title}: {where} = {given!r}: expected a table, [{where}]")


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged, everything else is replaced."""
    out = dict(under)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(out.get(key), dict)
        out[key] = _merged(out[key], value) if both else value
    return out


def _axes(given: Any, where: str) -> tuple[Axis, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and "name" in one for one in given):
        raise BadInput(f'{where}: expected a list of tables with names, such as [{{ name = "1:1", mix = "1:1" }}]')
    axes = tuple(Axis(str(one["name"]), flat({k: v for k, v in one.items() if k not in ("name", "against")},
                                             f"{where}, {one['name']}"), str(one.get("against", ""))) for one in given)
    named = [axis.name for axis in axes]
    check_known([axis.against for axis in axes if axis.against], named, f"row that another is compared with in {where}")
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{where}: {twice!r} is named twice: give each its own name")
    return axes


def _seeds(given: Any, title: str) -> tuple[int, ...]:
    whole = isinstance(given, (list, tuple)) and all(isinstance(s, int) and not isinstance(s, bool) for s in given)
    if not whole or not given or min(given) < 0 or len(set(given)) < len(given):
        raise BadInput(f"{title}: seeds {given!r}: expected different whole numbers from 0, such as [0, 1, 2]")
    return tuple(given)


def _compare(values: dict[str, Any], rows: tuple[Axis, ...], columns: tuple[Axis, ...], title: str) -> str:
    asked = str(values.get("compare", ""))
    kind, _, name = asked.partition(" ")
    if asked and asked != "previous row" and kind not in ("row", "column"):
        raise BadInput(f'{title}: compare {asked!r}: expected "row NAME", "column NAME" or "previous row"')
    if kind in ("row", "column"):
        check_known([name], [axis.name for axis in (rows if kind == "row" else columns)], f"{kind} in compare")
    return asked


def _paper(table: dict[str, Any], rows: tuple[Axis, ...], columns: tuple[Axis, ...],
           title: str) -> tuple[tuple[float | None, ...], ...]:
    """Filled up with None to rows x columns: rows that are ours alone stand below the paper's."""
    check_known(table, ["accuracy"], f"key of {title}: paper")
    given = table.get("accuracy", [])
    if not isinstance(given, list) or not all(isinstance(line, list) for line in given) \
            or any(isinstance(value, bool) or not isinstance(value, (int, float)) for line in given for value in line):
        raise BadInput(f"{title}: paper.accuracy: expected a list of rows of numbers in %, such as [[70.3], [75.0]], "
                       "nan where the paper has none")
    if len(given) > len(rows) or any(len(line) > len(columns) for line in given):
        raise BadInput(f"{title}: paper.accuracy is larger than {len(rows)} rows x {len(columns)} columns")
    lines = [[None if math.isnan(value) else float(value) for value in line] for line in given]
    lines += [[] for _ in range(len(rows) - len(lines))]
    return tuple(tuple(line + [None] * (len(columns) - len(line))) for line in lines)
