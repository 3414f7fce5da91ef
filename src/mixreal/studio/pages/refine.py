"""Refine: MrGAN's stages as a chain one can extend, before and after each of them, alarms in words, and curves."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from nicegui import ui

from mixreal import runs as run_files
from mixreal.errors import BadInput
from mixreal.refining.choosing import ringing
from mixreal.refining.spec import PRESETS
from mixreal.studio import chains, curves, jobs, matching, opened, orders, shell
from mixreal.studio.chains import Chain, StageFolder
from mixreal.studio.gallery import data_url
from mixreal.studio.joblist import job_list
from mixreal.studio.jobs import Job
from mixreal.studio.look import count, curve_charts, filled, use_look
from mixreal.studio.orders import RefineOrder
from mixreal.studio.workspace import Workspace, confined, runs, shown

EACH = 6  # images a class in a grid
SIDES = {"synthetic": "Synthetic images, made real", "real": "Real images, made synthetic"}
PRESET_NAMES = {"fast": "fast: half an hour a stage on two cores", "paper": "paper: its networks, for a large GPU",
                "paper-literal": "paper-literal: its text to the letter"}
CAPTIONS = {"kid": "KID to the stage's real side", "a_distance": "A-distance", "label_real": "labels still seen"}


def page(workspace: Workspace) -> None:
    """The chain to train on the left, jobs on the right; below, what chains have made."""
    use_look()
    with ui.element("div").classes("order-and-jobs"):
        with shell.card("A new chain of stages", classes="order"):
            after = _form(workspace)
        with ui.element("div"):
            after.append(job_list(workspace, ("refine",), lambda job: _live(workspace, job),
                                  "No refinement yet: choose both sides, and press Refine."))
    _made(workspace)


def _form(workspace: Workspace) -> list[Callable[[], None]]:
    """The form; the functions in the list returned are called once a refinement has been started."""
    after: list[Callable[[], None]] = []
    photos, renderings = opened.real_choices(workspace), opened.synthetic_choices(workspace)
    first = matching.first_pair(workspace, photos, renderings)
    real = ui.select(photos, label="Real images", value=first[0], with_input=True,
                     new_value_mode="add-unique", key_generator=str).props("outlined dense").mark("real")
    synthetic = ui.select(renderings, label="Synthetic images", value=first[1] or None, with_input=True) \
        .props("outlined dense").mark("synthetic")
    mismatch = ui.label().classes("mismatch small").props('role="status"').mark("mismatch")
    if not renderings:
        ui.label("There is no rendered dataset in this folder yet: make one on the Batch page.").classes("soft small")
    ui.label("Stages, in turn").classes("small")
    names: list[str] = list(chains.next_stages(()))
    stages = ui.element("div").classes("chain").mark("chain")
    preset = ui.select({name: PRESET_NAMES.get(name, name) for name in PRESETS}, label="Preset", value="fast") \
        .props("outlined dense").mark("preset")
    with ui.element("div").classes("fields"):
        iterations, batch = count("Iterations a stage"), count("Minibatch")
        per_class, seed = count("Photos a class", least=0, empty="all"), count("Seed", 0, least=0)
    out = ui.input("Folder for all stages", value=f"{orders.RUNS}/refined").props("outlined dense").mark("out")
    ui.label("Chains that begin alike share their first stages: keep one folder for them.").classes("soft small")
    command = ui.label().classes("command").mark("command")
    trouble = ui.element("div")

    def order() -> RefineOrder:
        start = PRESETS[preset.value]
        spec = replace(start, iterations=int(iterations.value or start.iterations),
                       batch=int(batch.value or start.batch), seed=int(seed.value or 0))
        return RefineOrder(str(out.value or ""), str(real.value or ""), str(synthetic.value or ""), tuple(names),
                           preset.value, int(per_class.value or 0), spec)

    def tell() -> None:
        start = PRESETS[preset.value]
        mismatch.text = matching.lacking(workspace, str(real.value or ""), synthetic.value) if synthetic.value else ""
        mismatch.set_visibility(bool(mismatch.text))
        iterations.props["placeholder"], batch.props["placeholder"] = f"{start.iterations:,}", str(start.batch)
        try:
            command.text = f"mixreal {shlex.join(orders.refine_argv(workspace, order()))}"
        except BadInput as problem:
            command.text = str(problem)

    def draw() -> None:
        stages.clear()
        with stages:
            _chain(names, extend, shorten)
        tell()

    def extend(name: str) -> None:
        names.append(name)
        draw()

    def shorten() -> None:
        names.pop()
        draw()

    def launch() -> None:
        trouble.clear()
        try:
            jobs.start(workspace, orders.refine_argv(workspace, order()), f"Refine {', '.join(names)}")
        except BadInput as problem:
            with trouble:
                shell.trouble(str(problem))
            return
        for look in after:
            look()

    for element in (real, synthetic, preset, iterations, batch, per_class, seed, out):
        element.on_value_change(tell)
    ui.button("Refine", icon="auto_fix_high", on_click=launch).props("no-caps unelevated").classes("go").mark("launch")
    draw()
    return after


def _chain(names: Sequence[str], extend: Callable[[str], None], shorten: Callable[[], None]) -> None:
    """The stages so far, and a button for each that may follow."""
    with ui.element("ol").classes("stages"):
        for number, name in enumerate(names, 1):
            with ui.element("li"):
                ui.label(str(number)).classes("stage-number")
                with ui.element("div"):
                    shell.words("strong", name).mark(f"stage-{number}")
                    ui.label(chains.told_stage(name)).classes("soft small")
                if number == len(names) and number > 1:
                    ui.button(icon="close", on_click=shorten).props("flat round dense") \
                        .props(f'aria-label="Leave out {name}"').classes("push").mark("shorten")
    with ui.element("div").classes("row").props('role="group" aria-label="Stages that may follow"'):
        ui.label("then").classes("soft small")
        for name in chains.next_stages(names):
            button = ui.button(name, icon="add", on_click=partial(extend, name)).props("outline dense no-caps")
            button.props["title"] = chains.told_stage(name)
            button.mark(f"add-{name}")


def _live(workspace: Workspace, job: Job) -> Callable[[Job], None]:
    """Curves and alarms of the stage that a job is at."""
    with ui.element("details").classes("curves") as details:
        head = shell.words("summary", "Curves")
        said = ui.element("div")
        draw = curve_charts("iteration", 190)
    if job.state == "running":
        details.props("open")
    seen: list[tuple[Path, int]] = []

    def update(now: Job) -> None:
        stage = _latest(workspace, now)
        details.set_visibility(stage is not None)
        file = stage / run_files.METRICS if stage else None
        if stage is None or file is None or not file.is_file() or seen == [(stage, file.stat().st_size)]:
            return
        seen[:] = [(stage, file.stat().st_size)]
        head.text = f"Curves of {stage.name}"  # type: ignore[attr-defined]
        rows = curves.read_rows(stage)
        said.clear()
        with said:
            _said(rows, {})
        draw(curves.refinement(rows))

    return update


def _latest(workspace: Workspace, job: Job) -> Path | None:
    """The stage folder that a job wrote last."""
    try:
        root = confined(workspace, job.out)
    except BadInput:
        return None
    found = [(path.stat().st_mtime, path.parent) for path in root.glob(f"*/{run_files.METRICS}")]
    return max(found)[1] if found else None


def _made(workspace: Workspace) -> None:
    """A chain of the workspace to look at: images as they began and after every stage, then each stage's numbers."""
    with shell.card("What stages made", classes="made"):
        with ui.element("div").classes("row"):
            choice = ui.select({}, label="Chain").props("outlined dense").classes("choose").mark("chain-choice")
            fresh = ui.button(icon="refresh").props('flat round dense aria-label="Look for new stages"').mark("refresh")
        body = ui.element("div").classes("stack made-body").mark("made")
    known: dict[str, Chain] = {}
    wanted = shell.query("chain")

    async def show() -> None:
        chain = known.get(choice.value or "")
        if chain is None:
            body.clear()
            with body:
                shell.empty("No stage is under way or finished yet.", "auto_fix_off")
            return
        await filled(body, lambda: _told(chain), lambda told: _draw(chain, *told), "Reading the stages …")

    async def look() -> None:
        known.clear()
        found = chains.find_chains(runs(workspace))
        known.update({shown(workspace, chain.stages[-1].folder): chain for chain in found})
        asked = choice.value or wanted
        chosen = asked if asked in known else next(iter(known), None)
        same = chosen == choice.value
        choice.set_options({key: f"{chain.name} · {shown(workspace, chain.folder)}" + (
            "" if all(stage.done for stage in chain.stages) else " · under way") for key, chain in known.items()},
            value=chosen)
        if same:  # else the change of choice has shown it
            await show()

    choice.on_value_change(show)
    fresh.on_click(look)
    ui.timer(0, look, once=True)


def _told(chain: Chain) -> tuple[dict[str, Any], list[tuple[StageFolder, list[dict[str, Any]], dict[str, Any]]]]:
    """(side -> its grid, (stage, rows of metrics, what chosen.json says) of each stage), from files."""
    grids = {side: chains.grid(chain, side) for side in SIDES}
    return grids, [(stage, curves.read_rows(stage.folder), chains.chosen(stage.folder)) for stage in chain.stages]


def _draw(chain: Chain, grids: dict[str, Any], stages: Sequence[tuple[StageFolder, Any, dict[str, Any]]]) -> None:
    for side, (heads, images, classes) in grids.items():
        if heads:
            shell.words("h3", f"{SIDES[side]}: {' → '.join(heads)}")
            ui.html(_strips(heads, images, classes), sanitize=False).mark(f"grid-{side}")
    if not any(heads for heads, _, _ in grids.values()):
        ui.label("No images yet: a stage draws them when it is finished.").classes("soft")
    for stage, rows, chosen in stages:
        with ui.element("section").classes("stage-told"):
            state = "" if stage.done else ", under way"
            shell.words("h3", f"Stage {stage.number}: {stage.name}, {chains.told_stage(stage.name)}{state}")
            _said(rows, chosen)
            curve_charts("iteration", 190)(curves.refinement(rows, chosen.get("inputs")))


def _said(rows: Sequence[dict[str, Any]], chosen: dict[str, Any]) -> None:
    """What a stage's checkpoint measured, and its alarms in words."""
    measured = [row for row in rows if "kid" in row]
    kept = chosen["checkpoints"][chosen["kept"]] if chosen else measured[-1] if measured else None
    if chosen.get("diverged"):
        shell.trouble("Training diverged and was stopped; what was kept is from before.")
    if kept is not None:
        inputs = chosen.get("inputs", {})
        what = f"Kept: iteration {kept['iteration']:,}" if chosen else f"Latest, iteration {kept['iteration']:,}"
        told = [f"{name} {kept[key]:.4g}" + (f" (before {inputs[key]:.4g})" if key in inputs else "")
                for key, name in CAPTIONS.items() if key in kept]
        ui.label(f"{what}: {', '.join(told)}.").classes("small number")
        for said in chains.alarms(kept):
            shell.trouble(said).mark("alarm")
        if not ringing(kept):
            with ui.element("div").classes("row good small").mark("no-alarm"):
                ui.icon("verified").props('aria-hidden="true"')
                ui.label("No alarm: images change, differ from one another and keep their labels.")
    if not any(row.get("phase") == "main" for row in rows):
        ui.label("Nothing measured yet.").classes("soft small")


def _strips(heads: Sequence[str], images: np.ndarray[Any, Any], classes: Sequence[str]) -> str:
    """Some images of each class, every one as a strip: as it began, then after each stage."""
    out = []
    for name in dict.fromkeys(classes):
        rows = [k for k, one in enumerate(classes) if one == name][:EACH]
        strips = "".join(f'<span class="strip">{_images(name, heads, images[row])}</span>' for row in rows)
        out.append(f'<figure><figcaption>{escape(name)}</figcaption><div class="strips">{strips}</div></figure>')
    return f'<div class="refined">{"".join(out)}</div>'


def _images(name: str, heads: Sequence[str], strip: np.ndarray[Any, Any]) -> str:
    return "".join(f'<img class="pixels" src="{data_url(image)}" alt="{escape(f"{name}, {head}", quote=True)}" '
                   f'title="{escape(head, quote=True)}">' for head, image in zip(heads, strip))
