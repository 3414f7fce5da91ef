"""Recipes of kind "sheet": variations switched on one by one (Figure 2), or images after each stage (Figure 6)."""

from dataclasses import replace
from pathlib import Path

from mixreal.errors import BadInput, check_known
from mixreal.hardware import processor
from mixreal.production.origin import models_of, unplaced
from mixreal.reporting.refine_figures import grid, stacked
from mixreal.reporting.refine_report import chain_heads, chain_images, read_stage
from mixreal.reporting.sheets import save
from mixreal.reporting.variation_sheet import variation_sheet
from mixreal.reproducing.plan import ABOUT, SHEET, Plan, write_plan
from mixreal.reproducing.preparing import Place, refined_of, render_spec
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.setting import Setting, laid_over, make_setting
from mixreal.runs import atomic, write_json


def draw_sheet(recipe: Recipe, place: Place, folder: Path, device: str = "auto") -> None:
    """Draw sheet.png into the recipe's folder, its titles beside it. Seconds: so it is drawn anew each time."""
    size, examples = sheet_numbers(recipe)
    keys = laid_over({"train.steps": 1, "synthetic.images": 1, "train.mix": "0:1"}, recipe.run)
    setting = make_setting(laid_over(keys, recipe.over), f"{recipe.name}: run")
    if setting.stage:
        _draw_stages(recipe, setting, place, folder, device)
        return
    spec = replace(render_spec(setting, place), seed=recipe.seeds[0], images=0, per_model=0)
    sheet, columns, rows = variation_sheet(spec, size, setting.synthetic.vary, examples)
    save(sheet, folder / SHEET)
    write_json(folder / ABOUT, {"size": size, "rows": list(rows), "columns": list(columns),
                                "models": unplaced(models_of(spec)),
                                "processor": processor()})
    write_plan(Plan(recipe.name, recipe.title, recipe.source, recipe.kind, recipe.note, recipe.profile, recipe.preset,
                    recipe.seeds, rows, columns, "", (), ()), folder)


def sheet_numbers(recipe: Recipe) -> tuple[int, int]:
    """Pixels a side of each picture and examples a row; `BadInput` for a key or number that cannot be."""
    check_known(recipe.sheet, ("size", "examples"), f"key of {recipe.name}: sheet")
    size, examples = recipe.sheet.get("size", 128), recipe.sheet.get("examples", 2)
    for name, given in (("size", size), ("examples", examples)):
        if not isinstance(given, int) or isinstance(given, bool) or given < 1:
            raise BadInput(f"{recipe.name}: sheet.{name} = {given!r}: expected a whole number from 1")
    return size, examples


def _draw_stages(recipe: Recipe, setting: Setting, place: Place, folder: Path, device: str) -> None:
    """Real images on the left, rendered ones on the right, each as it began and after every stage."""
    made = refined_of(replace(setting, train_on="refined"), recipe.seeds[0], place, device)
    told = [read_stage(one.folder) for one in made.stages]
    sides = {side: chain_images(told, side) for side in ("real", "synthetic")}
    heads = {side: chain_heads(told, side) for side in sides}
    folder.mkdir(parents=True, exist_ok=True)
    with atomic(folder / SHEET) as temporary:
        temporary.write_bytes(stacked([grid(sides[side], heads[side]) for side in sides]))
    rows = tuple(made.synthetic.classes)
    columns = tuple(f"{', '.join(names)}" for names in heads.values())
    write_json(folder / ABOUT, {"size": setting.size, "rows": list(rows), "columns": list(columns),
                                "models": unplaced(models_of(render_spec(setting, place))),
                                "processor": processor()})
    write_plan(Plan(recipe.name, recipe.title, recipe.source, recipe.kind, recipe.note, recipe.profile, recipe.preset,
                    recipe.seeds, rows, columns, "", (), ()), folder)
