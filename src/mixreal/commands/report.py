"""`mixreal report`: run folders, or a recipe's name -> one HTML page and one Markdown page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mixreal.commands.parse import parse


@dataclass(frozen=True)
class Report:
    """Report on all finished runs at or below some folders, or on recipes by name, from what lies there alone."""

    # folders with runs; or recipes such as table2, and folders that `mixreal reproduce` wrote
    runs: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="DIR|RECIPE")]
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="DIR")] = ""  # where the pages go; "" = the first folder
    title: str = "mixreal report"  # the pages' title
    reproduced: str = "runs/reproduce"  # where recipes lie: --out of `mixreal reproduce`


def run(argv: Sequence[str]) -> int:
    """Parse, gather, write; prints the table and where the pages lie."""
    asked = parse(Report, argv, "report")

    from mixreal.errors import BadInput
    from mixreal.folders import check_writable
    from mixreal.reporting.report import gather, write_pages
    from mixreal.reporting.text import text_table

    if not asked.runs:
        raise BadInput("no folder given: mixreal report DIR [DIR ...]")
    found = {name: _recipes(name, asked.reproduced) for name in asked.runs}
    if any(found.values()):
        return _report_recipes(asked, found)
    findings = gather(asked.runs, asked.title)
    check_writable(asked.out or asked.runs[0], "--out" if asked.out else "pages go beside the runs without --out DIR:")
    pages = write_pages(findings, asked.out or asked.runs[0])
    print(text_table(findings))
    print("\n".join(str(page) for page in pages))
    return 0


def _recipes(name: str, root: str) -> list[Path]:
    """The folders of a recipe: the one named, or all of that recipe below `root`; none for a folder of runs."""
    from mixreal.errors import BadInput, nearest
    from mixreal.reporting.recipe_report import find_recipe_folders
    from mixreal.reproducing.plan import PLAN
    from mixreal.reproducing.recipe import names

    if (Path(name) / PLAN).is_file():
        return [Path(name)]
    if Path(name).is_dir():
        return []
    found = find_recipe_folders(name, root)
    near = nearest(name, names())
    if not found and near and near != name:
        raise BadInput(f"there is no folder and no recipe {name!r}: did you mean {near!r}?")
    if not found and name in names():
        raise BadInput(f"recipe {name!r} has not been reproduced in {root}: run mixreal reproduce {name}, or say where "
                       "it lies with --reproduced DIR")
    return found


def _report_recipes(asked: Report, found: dict[str, list[Path]]) -> int:
    from mixreal.errors import BadInput
    from mixreal.reporting.recipe_report import terminal, write_report
    from mixreal.reproducing.outcome import read_outcome

    other = next((name for name, folders in found.items() if not folders), None)
    if other is not None:
        raise BadInput(f"{other!r} is no recipe: recipes are reported in their own folders, so name them alone, and "
                       "folders of runs in another command")
    if asked.out:
        raise BadInput("recipes are reported in their own folders: leave --out out")
    for folder in dict.fromkeys(folder for folders in found.values() for folder in folders):
        pages = write_report(folder)
        outcome = read_outcome(folder)
        if outcome.plan.kind != "sheet":
            print(terminal(outcome))
        print("\n".join(str(page) for page in pages))
    return 0
