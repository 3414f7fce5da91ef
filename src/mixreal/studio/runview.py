"""A run on a page: what it reached, its curves, its errors by class, and the very images behind them."""

from pathlib import Path

import numpy as np
from nicegui import ui
from nicegui.events import EChartPointClickEventArguments

from mixreal.errors import BadInput
from mixreal.reporting.findings import points
from mixreal.runs import Run, is_done, open_run, read_config
from mixreal.studio import charts, curves, mistakes, shell, thumbs
from mixreal.studio.gallery import Album, album_of, data_url
from mixreal.studio.look import chart, curve_charts, filled, table, use_look
from mixreal.studio.mistakes import Answers
from mixreal.studio.outcomes import told_key, told_result
from mixreal.studio.workspace import Workspace, confined, shown

EACH = 48  # wrongly named images shown
ANY = -1  # any other class


def run_view(workspace: Workspace, text: str, show: thumbs.Show) -> None:
    """The run in folder `text`; what is wrong with it stands there as a sentence."""
    use_look()
    body = ui.element("div").classes("stack").mark("run")

    async def look() -> None:
        folder = confined(workspace, text)
        if (folder / "config.toml").is_file() and not is_done(folder):
            with body:
                _unfinished(workspace, folder)
            return
        await filled(body, lambda: open_run(folder), lambda run: _run(workspace, run, show), "Reading the run …")

    async def safely() -> None:
        try:
            await look()
        except BadInput as problem:
            with body:
                shell.trouble(str(problem))

    ui.timer(0, safely, once=True)


def _unfinished(workspace: Workspace, folder: Path) -> None:
    read_config(folder)  # a damaged one is told
    shell.trouble(f"{shown(workspace, folder)} is unfinished: go on with it on the Train page.")
    _curves(folder)


def _run(workspace: Workspace, run: Run, show: thumbs.Show) -> None:
    with shell.card(shown(workspace, run.folder)):
        if run.headline in run.results:
            shell.words("p", told_result(run)).classes("verdict").mark("headline")
        _facts(workspace, run)
        if run.results:
            table(("test", "batch norm", "accuracy, %", "95% interval", "images"), [
                (*told_key(key), points(score["accuracy"]), f"{points(score['low'])} to {points(score['high'])}",
                 f"{int(score['n']):,}") for key, score in run.results.items()]).classes("results")
        for note in run.notes:
            ui.label(note).classes("soft small")
    _curves(run.folder)
    if run.headline not in run.results:
        shell.empty("There were no photos to test it on, so there are no errors to show.")
        return
    _errors(workspace, run, show)


def _facts(workspace: Workspace, run: Run) -> None:
    data = run.config.get("data", {})
    told = {"mix": run.spec.mix, "classifier": run.spec.classifier,
            "augmentation": ", ".join(run.spec.augment) or "none",
            "trained": f"{run.steps:,} steps of {run.spec.batch}, seed {run.spec.seed}, "
                       f"{shell.duration(run.seconds)} at {run.images_per_second:,.0f} images/s",
            "photos": str(data.get("real", {}).get("source", "none")) if run.spec.mix != "0:1" else "none trained on",
            "renderings": str(data.get("synthetic", {}).get("source", "none"))}
    with ui.element("dl").classes("facts"):
        for name, said in told.items():
            shell.words("dt", name)
            shell.words("dd", said)


def _curves(folder: Path) -> None:
    panels = curves.training(curves.read_rows(folder))
    if panels:
        with shell.card("Curves"):
            curve_charts("step")(panels)


def _errors(workspace: Workspace, run: Run, show: thumbs.Show) -> None:
    """A test set to choose; its classes' accuracies, the confusions, and the images of one confusion."""
    keys = {key: ", ".join(told_key(key)) for key in run.results}
    with shell.card("Errors by class") as card:
        card.classes("errors")
        choice = ui.select(keys, label="Test set", value=run.headline).props("outlined dense").classes("choose") \
            .mark("test-set")
        body = ui.element("div").classes("stack")

    async def look() -> None:
        await filled(body, lambda: mistakes.answers(run, choice.value),
                     lambda found: _answers(workspace, run, found, show), "Reading predictions …")

    choice.on_value_change(look)
    ui.timer(0, look, once=True)


async def _answers(workspace: Workspace, run: Run, found: Answers, show: thumbs.Show) -> None:
    by_class = found.by_class
    worst = min((name for name, one in by_class.items() if one.n), key=lambda name: by_class[name].accuracy)
    height = 80 + 30 * len(by_class)
    with ui.element("div").classes("panels"):
        chart(charts.bars(list(by_class), [one.accuracy if one.n else 0.0 for one in by_class.values()],
                          [(one.low, one.high) for one in by_class.values()]), "accuracy by class", height)
        confusions = chart(charts.confusions(found.classes, found.counts.tolist()), "which class is taken for which",
                           height)
    with ui.element("div").classes("row"):
        truth = ui.select({k: name for k, name in enumerate(found.classes)}, label="Images of class",
                          value=found.classes.index(worst)).props("outlined dense").classes("short").mark("truth")
        said = ui.select({ANY: "any other class"} | dict(enumerate(found.classes)), label="taken for", value=ANY) \
            .props("outlined dense").classes("short").mark("said")
    wall = ui.element("div").mark("mistakes")
    album: list[Album] = []

    def draw() -> None:
        wall.clear()
        with wall:
            _mistaken(found, album[0] if album else None, int(truth.value), int(said.value), show)

    def press(event: EChartPointClickEventArguments) -> None:
        if isinstance(event.value, list) and len(event.value) == 3:
            said.value, truth.value = int(event.value[0]), int(event.value[1])

    confusions.on_point_click(press)
    await filled(wall, lambda: mistakes.tested_images(run, found.key, workspace),
                 lambda tested: album.append(album_of(tested, tested.source)), "Looking for the tested images …")
    if album:
        draw()
        for element in (truth, said):
            element.on_value_change(draw)


def _mistaken(found: Answers, album: Album | None, truth: int, said: int, show: thumbs.Show) -> None:
    """The images of one confusion, those that the classifier was surest of first."""
    if album is None:
        return
    rows = mistakes.rows_of(found, truth, said)
    name, total = found.classes[truth], int((found.labels == truth).sum())
    other = "another class" if said < 0 else found.classes[said]
    what = f"{len(rows):,} of {total:,} images of {name} were taken for {other}"
    ui.label(what + (f"; the {EACH} it was surest of:" if len(rows) > EACH else
                     ", surest first:" if len(rows) else ".")).classes("small").mark("confusion")
    few = rows[:EACH]
    pictures = [thumbs.Thumb(data_url(image, thumbs.SIDE), f"{name}, taken for {found.classes[found.said[row]]}",
                             found.classes[found.said[row]] + _surely(found.sure[row]))
                for image, row in zip(album.look(np.asarray(few)), few)]
    thumbs.wall(pictures, lambda k: show(album, rows, k))


def _surely(share: float) -> str:
    """A probability in words; records keep none."""
    return "" if np.isnan(share) else f" {100 * share:.0f}%"
