"""Results: every recipe, ours beside the paper's, and a run's errors by class with the images behind them."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

from nicegui import ui

from mixreal.reporting.findings import points
from mixreal.reporting.recipe_report import PICTURE, stamp
from mixreal.reproducing.outcome import CellOutcome, Outcome, Paired, read_outcome
from mixreal.reproducing.plan import SHEET
from mixreal.reproducing.recipe import PROFILES
from mixreal.studio import charts, jobs, orders, shell
from mixreal.studio.joblist import job_list
from mixreal.studio.look import captioned, filled, table, use_look
from mixreal.studio.outcomes import TESTS, RecipeCard, RunCard, recipe_cards, run_cards
from mixreal.studio.runview import run_view
from mixreal.studio.thumbs import file_url, viewer
from mixreal.studio.workspace import Workspace, confined, shown

PROFILE_NAMES = {"smoke": "smoke: seconds, its numbers mean nothing", "cpu": "cpu: hours on two cores",
                 "gpu": "gpu: half an hour on a large GPU", "paper": "paper: everything, to the letter"}


def page(workspace: Workspace) -> None:
    """A run where the address names one, else a recipe, else the list of both."""
    use_look()
    run, recipe = shell.query("run"), shell.query("recipe")
    if run:
        with ui.element("nav").classes("row crumbs").props('aria-label="Where you are"'):
            ui.link("All results", "/results")
            ui.label(run).classes("soft")
        run_view(workspace, run, viewer(workspace))
        return
    if recipe:
        with ui.element("nav").classes("row crumbs").props('aria-label="Where you are"'):
            ui.link("All results", "/results")
            ui.label(recipe).classes("soft")
        _recipe(workspace, recipe)
        return
    with ui.element("div").classes("stack"):
        with shell.card("Recipes", note="tables and figures of the paper, and what goes beyond it"):
            box = ui.element("div")
        with shell.card("Trainings"):
            runs = ui.element("div")
        job_list(workspace, ("reproduce",), nothing="No recipe has been started from here yet.")

    async def look() -> None:
        await filled(box, partial(recipe_cards, workspace), partial(_recipes, workspace), "Reading recipes …")
        await filled(runs, partial(run_cards, workspace), partial(_runs, workspace), "Reading runs …")

    ui.timer(0, look, once=True)


def _recipes(workspace: Workspace, found: Sequence[RecipeCard]) -> None:
    with ui.element("div").classes("recipes"):
        for card in found:
            with ui.element("article").classes("recipe").mark(f"recipe-{card.name}"):
                with ui.element("div"):
                    shell.words("h3", card.title)
                    ui.label(" · ".join(part for part in (card.name, card.source) if part)).classes("soft small")
                    if card.trouble:
                        shell.trouble(card.trouble)
                with ui.element("div").classes("row"):
                    for folder in card.folders:
                        place = urlencode({"recipe": shown(workspace, folder)})
                        ui.link(f"Results: {folder.name}", f"/results?{place}").classes("small")
                    if not card.trouble and card.source != "its recipe is not here":
                        _reproduce(workspace, card)


def _reproduce(workspace: Workspace, card: RecipeCard) -> None:
    """A profile, and a button that starts the recipe."""
    with ui.element("details").classes("reproduce"):
        shell.words("summary", "Reproduce").mark(f"reproduce-{card.name}")
        with ui.element("div").classes("row"):
            names = {name: PROFILE_NAMES.get(name, name) for name in PROFILES}
            profile = ui.select(names, label="Profile", value="cpu") \
                .props("outlined dense").classes("choose").mark("profile")

            def launch() -> None:
                argv = orders.reproduce_argv(workspace, card.name, profile.value)
                jobs.start(workspace, argv, f"Reproduce {card.name}, {profile.value}")
                ui.notify("started; it goes on if you close this page")

            ui.button("Start", icon="play_arrow", on_click=launch).props("outline dense no-caps").mark("launch")


def _runs(workspace: Workspace, cards: Sequence[RunCard]) -> None:
    if not cards:
        shell.empty("No training yet: start one on the Train page.", "model_training")
        return
    with ui.element("ul").classes("runs"):
        for card in cards:
            with ui.element("li"):
                ui.link(card.told, f"/results?{urlencode({'run': shown(workspace, card.folder)})}").mark("run-link")


def _recipe(workspace: Workspace, text: str) -> None:
    """A reproduced recipe: its table, its picture, comparisons, and the runs behind each cell."""
    body = ui.element("div").classes("stack").mark("recipe")

    async def look() -> None:
        await filled(body, lambda: read_outcome(confined(workspace, text)), lambda found: _outcome(workspace, found),
                     "Reading runs …")

    ui.timer(0, look, once=True)


def _outcome(workspace: Workspace, found: Outcome) -> None:
    plan = found.plan
    with shell.card(plan.title):
        about = (plan.source, f"profile {plan.profile}", f"preset {plan.preset}")
        ui.label(" · ".join(part for part in about if part)).classes("soft")
        if plan.profile == "smoke":
            shell.trouble("SMOKE: seconds of training show that everything works; these numbers mean nothing.")
        if found.stand_in:
            shell.trouble(f"{found.real[0]}: these figures say nothing about photographs.")
        if plan.note:
            ui.label(plan.note).classes("note")
        _picture(found)
        if plan.cells:
            _cells(found)
        ui.label(stamp(found)).classes("soft small")
        for page in ("report.html", "report.md"):
            if (found.folder / page).is_file():
                ui.button(page, icon="download", on_click=lambda _, page=page: ui.download(found.folder / page)) \
                    .props("flat dense no-caps")
    if any(cell.main() for cell in found.cells):
        with shell.card("Ours beside the paper's"), ui.element("div").classes("panels"):
            for column in plan.columns:
                _beside(found, column)
    if found.paired:
        with shell.card("Paired comparisons", note="the same test images, seed by seed; 95% intervals"):
            _paired(found.paired)
    if plan.cells:
        with shell.card("The runs behind each cell"):
            _cell_runs(workspace, found)


def _picture(found: Outcome) -> None:
    name = SHEET if found.plan.kind == "sheet" else PICTURE
    if found.plan.kind in ("sheet", "curves", "budget") and (found.folder / name).is_file():
        picture = ui.element("img").classes("report-picture")
        picture.props["src"], picture.props["alt"] = file_url(found.folder / name), found.plan.title


def _cells(found: Outcome) -> None:
    columns = found.plan.columns
    heads = ["", *(head for column in columns for head in (f"{column}: ours", "paper"))]
    rows = [[row, *(said for column in columns for said in _told(found.cell(row, column)))] for row in found.plan.rows]
    table(heads, rows).mark("table")


def _told(cell: CellOutcome) -> tuple[str, str]:
    """Ours with its interval, or how far it is; the paper's."""
    score, paper = cell.main(), f"{cell.paper:.2f}" if cell.paper is not None else ""
    if score is None:
        return cell.state + (f": {cell.reason}" if cell.reason else ""), paper
    mean, low, high = score.told
    said = f"{points(mean)} ({points(low)}–{points(high)})"
    return said + (f", {cell.mix}" if cell.validation and cell.mix else "") + (
        f", {len(cell.seeds)} seeds so far" if cell.state != "done" else ""), paper


def _beside(found: Outcome, column: str) -> None:
    """Ours and the paper's on one axis."""
    cells = [found.cell(row, column) for row in found.plan.rows]
    if not any(cell.main() for cell in cells):
        return
    ours = [score.told if (score := cell.main()) else None for cell in cells]
    captioned(column if len(found.plan.columns) > 1 else "Accuracy by row",
              charts.beside(found.plan.rows, ours, [cell.paper for cell in cells]), 70 + 34 * len(cells))


def _paired(found: Sequence[Paired]) -> None:
    rows = [[p.row, p.column, p.against, TESTS.get(p.test, p.test) + (", classes equal" if p.balanced else ""),
             f"{points(p.difference, True)} ({points(p.low, True)} to {points(p.high, True)})",
             "yes" if p.settled else "no", ", ".join(map(str, p.seeds)),
             f"{p.paper:+.2f}" if p.paper is not None else ""] for p in found]
    table(["row", "column", "less", "test", "points", "settled", "seeds", "paper's"], rows)


def _cell_runs(workspace: Workspace, found: Outcome) -> None:
    with ui.element("dl").classes("facts"):
        for cell in found.cells:
            shell.words("dt", f"{cell.row} / {cell.column}")
            with ui.element("dd").classes("row"):
                if not cell.runs:
                    ui.label(cell.state).classes("soft")
                for run in cell.runs:
                    place = urlencode({"run": shown(workspace, run.folder)})
                    ui.link(f"seed {run.spec.seed}", f"/results?{place}").mark("run-link")
