"""`mixreal reproduce`: a table or figure of the paper, by one command."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import tyro

from mixreal.commands.parse import Out, check_count, parse
from mixreal.errors import BadInput

FAILED = 1


@dataclass(frozen=True)
class Reproduce:
    """Render, train and report every cell of a recipe; ours beside the paper's numbers, with intervals.

    Stopped half-way? Run it again: what is finished is kept. A cell that fails is reported, the others go on.
    """

    recipe: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]  # table1, table2, ... or a .toml file
    profile: Literal["smoke", "cpu", "gpu", "paper"] = "cpu"  # how much work: seconds, hours on two cores, a GPU, all
    preset: str = "paper"  # "paper" as we read it, or "paper-literal"
    seeds: tuple[int, ...] = ()  # instead of the recipe's
    out: Out = "runs/reproduce"  # datasets, runs and reports of all recipes, what they share made once
    # Finished trainings without their weights, some 10 to 25 KB each: those found there are taken as they are, new ones
    # are added, so that a table can be gone on with on another machine, and what it was made of can be committed.
    records: str = ""
    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    device: str = "auto"  # auto, cpu, cuda, cuda:1
    processes: int = 0  # trainings at once; 0 = one a core (one thread each), or one a GPU
    on: str = ""  # ray, ray:auto, ray:HOST:PORT or ray://HOST:PORT: rendering and trainings are a Ray cluster's tasks
    dry_run: bool = False  # only tell: cells, steps, images to render, and the time to expect
    only: tuple[str, ...] = ()  # only cells that fit ROW/COLUMN, with * and ?


def run(argv: Sequence[str]) -> int:
    """Parse and do it; prints the table and where the pages lie. 1 where a cell that was asked for failed."""
    asked = parse(Reproduce, argv, "reproduce")
    check_count("--processes", asked.processes, 0, 1024)

    from mixreal.reporting.recipe_report import terminal
    from mixreal.reproducing.cells import chosen_cells, lay_out
    from mixreal.reproducing.outcome import read_outcome
    from mixreal.reproducing.recipe import open_recipe
    from mixreal.reproducing.reproduce import dry_run, reproduce

    recipe = open_recipe(asked.recipe, asked.profile, asked.preset, asked.seeds)
    if asked.records and recipe.kind == "sheet":
        raise BadInput(f"--records keeps trainings, and {recipe.name} is a sheet of images: leave it out")
    if asked.dry_run:
        print(dry_run(recipe, asked.out, data=asked.data or None, device=asked.device, processes=asked.processes,
                      only=asked.only, on=asked.on, records=asked.records or None))
        return 0
    pages, failed = reproduce(recipe, asked.out, data=asked.data or None, device=asked.device,
                              processes=asked.processes, only=asked.only, on=asked.on,
                              records=asked.records or None)
    cells = []
    if recipe.kind != "sheet":
        outcome = read_outcome(pages[0].parent)
        print(terminal(outcome))
        cells = [outcome.cell(one.row, one.column) for one in chosen_cells(lay_out(recipe), asked.only)]
    print("\n".join(str(page) for page in pages))
    for folder, reason in failed.items():
        print(f"mixreal: a run failed ({folder.name}): {reason}", file=sys.stderr)
    broken = [cell for cell in cells if cell.state == "failed"]
    for cell in broken:
        if cell.reason not in failed.values():  # a run that was finished, and can no longer be read
            print(f"mixreal: a cell failed ({cell.row} / {cell.column}): {cell.reason}", file=sys.stderr)
    return FAILED if failed or broken else 0
