"""Train: a classifier from photos and renderings, its curves while it learns, and what it reached."""

import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints
from urllib.parse import urlencode

from nicegui import ui

from mixreal.errors import BadInput
from mixreal.learning import augment
from mixreal.learning.trainspec import TrainSpec
from mixreal.runs import METRICS, open_run
from mixreal.studio import curves, jobs, matching, opened, orders, shell
from mixreal.studio.joblist import job_list
from mixreal.studio.jobs import Job
from mixreal.studio.look import count, curve_charts, pills, use_look
from mixreal.studio.orders import MIXES, TrainOrder
from mixreal.studio.outcomes import told_result
from mixreal.studio.workspace import Workspace, confined, model_folders, shown

STEPS = 1000  # the form's own
BATCH = 64  # parts of every mix on the slider divide it
RENDER = "render:"  # before the models of renderings that are yet to be made
FRESH = "fresh:"  # before those of renderings that are made while training
NORM_NAMES = {"shared": "shared: one set of statistics", "real": "real: re-estimated on photos for the test",
              "split": "split: each domain by its own"}
CLASSIFIERS = {"resnet20": "ResNet-20", "alexnet": "AlexNet variant"}


def page(workspace: Workspace) -> None:
    """The form on the left, jobs with their curves on the right."""
    use_look()
    with ui.element("div").classes("order-and-jobs"):
        with shell.card("A new training", classes="order"):
            look = _form(workspace)
        with ui.element("div"):
            again = job_list(workspace, ("train",), lambda job: _curves(workspace, job),
                             "No training yet: choose photos and renderings, and press Train.")
    look.append(again)


def _form(workspace: Workspace) -> list[Callable[[], None]]:
    """The form; the functions in the list returned are called once a training has been started."""
    after: list[Callable[[], None]] = []
    default = TrainSpec(steps=STEPS, batch=BATCH, seed=0)
    photos = opened.real_choices(workspace)
    renderings = _renderings(workspace)
    first = matching.first_pair(workspace, photos, renderings, RENDER)
    real = ui.select({"": "none"} | photos, label="Photos", value=first[0], with_input=True,
                     new_value_mode="add-unique", key_generator=str).props("outlined dense").mark("real")
    synthetic = ui.select(renderings, label="Renderings", value=first[1], with_input=True).props("outlined dense") \
        .mark("synthetic")
    mismatch = ui.label().classes("mismatch small").props('role="status"').mark("mismatch")
    with ui.element("div").classes("latent"):
        with ui.element("div").classes("row latent-head"):
            ui.label("Mix, real to synthetic")
            mix_name = ui.label().classes("push strong number").mark("mix")
        mix = ui.slider(min=0, max=len(MIXES) - 1, step=1, value=MIXES.index(default.mix)) \
            .props('snap markers aria-label="Mix, real to synthetic"').mark("mix-slider")
        mix_said = ui.label().classes("soft small")
    with ui.element("div").classes("fields"):
        steps, batch = count("Steps", default.steps), count("Minibatch", default.batch)
        seed, per_class = count("Seed", default.seed, least=0), count("Photos a class", least=0, empty="all")
        images = count("Images to render", empty="4,000 a class")
        size = count("Pixels a side", orders.SIZE, least=8)
        classes = ui.input("Classes", placeholder="all; else car, traffic light") \
            .props("outlined dense stack-label").mark("classes")
        lr = count("Learning rate", default.lr, least=0, empty=f"{default.lr:g}", whole=False)
    classifier = ui.select(CLASSIFIERS, label="Classifier", value=default.classifier, with_input=True,
                           new_value_mode="add-unique", key_generator=str).props("outlined dense").mark("classifier")
    norms = get_args(get_type_hints(TrainSpec)["norm"])
    norm = ui.select({name: NORM_NAMES.get(name, name) for name in norms}, label="Batch norm", value=default.norm) \
        .props("outlined dense").mark("norm")
    wish = _Wish(default.augment)

    def choose(names: tuple[str, ...]) -> None:
        wish.augment = names
        tell()

    ui.label("Augmentation of every minibatch").classes("small")
    pills(augment.NAMES, default.augment, choose, "Augmentation")
    out = ui.input("Folder of the run", value=orders.fresh_name(workspace, "train")).props("outlined dense").mark("out")
    command = ui.label().classes("command").mark("command")
    trouble = ui.element("div")

    def order() -> TrainOrder:
        chosen = str(synthetic.value or "")
        fresh = chosen.startswith(FRESH)
        render = fresh or chosen.startswith(RENDER)
        training = replace(default, mix=MIXES[int(mix.value)], steps=_whole(steps.value), batch=_whole(batch.value),
                           seed=_whole(seed.value), lr=default.lr if lr.value is None else float(lr.value),
                           classifier=str(classifier.value or ""), norm=norm.value, augment=wish.augment)
        return TrainOrder(str(out.value or ""), str(real.value or ""), "" if render else chosen,
                          chosen.partition(":")[2] if render else "procedural", _whole(images.value),
                          _whole(per_class.value), _whole(size.value) or orders.SIZE, training, fresh,
                          _names(str(classes.value or "")))

    def tell() -> None:
        """The mix in words, and the command that the form stands for, or why it stands for none."""
        now = order()
        mix_name.text = now.training.mix
        mixed = ":0" not in now.training.mix and "0:" not in now.training.mix
        mismatch.text = matching.lacking(workspace, now.real, now.synthetic or now.models, now.classes) \
            if mixed else ""
        mismatch.set_visibility(bool(mismatch.text))
        images.set_visibility(str(synthetic.value or "").startswith(RENDER))
        size.set_visibility(str(synthetic.value or "").startswith((RENDER, FRESH)))
        with suppress(BadInput):
            mix_said.text = orders.told_mix(now.training.mix, now.training.batch)
        try:
            command.text = f"mixreal {shlex.join(orders.train_argv(workspace, now))}"
        except BadInput as problem:
            command.text = str(problem)

    def launch() -> None:
        trouble.clear()
        try:
            argv = orders.train_argv(workspace, order())
            jobs.start(workspace, argv, f"Train {out.value}")
        except BadInput as problem:
            with trouble:
                shell.trouble(str(problem))
            return
        out.value = orders.fresh_name(workspace, "train")
        for look in after:
            look()

    for element in (real, synthetic, mix, steps, batch, seed, per_class, images, size, classes, lr, classifier, norm,
                    out):
        element.on_value_change(tell)
    ui.button("Train", icon="model_training", on_click=launch).props("no-caps unelevated").classes("go").mark("launch")
    tell()
    return after


@dataclass
class _Wish:
    """What the pills say."""

    augment: tuple[str, ...]


def _curves(workspace: Workspace, job: Job) -> Callable[[Job], None]:
    """Curves of a job's run below its card; returns what brings them up to date."""
    with ui.element("details").classes("curves") as details:
        shell.words("summary", "Curves")
        draw = curve_charts("step")
    if job.state == "running":
        details.props("open")
    result = ui.element("div").classes("result")
    seen = {"size": -1, "ended": False}  # bytes of metrics.jsonl drawn; whether the result is told

    def update(now: Job) -> None:
        try:
            folder = confined(workspace, now.out)
        except BadInput:
            return
        file = folder / METRICS
        size = file.stat().st_size if file.is_file() else 0
        details.set_visibility(size > 0)
        if size != seen["size"]:
            seen["size"] = size
            draw(curves.training(curves.read_rows(folder)))
        if now.state == "done" and not seen["ended"]:
            seen["ended"] = True
            with result:
                _result(workspace, folder)

    return update


def _result(workspace: Workspace, folder: Path) -> None:
    try:
        run = open_run(folder)
    except BadInput as problem:
        shell.trouble(str(problem))
        return
    if run.headline in run.results:
        shell.words("p", told_result(run)).classes("strong").mark("result")
    else:
        shell.words("p", "Trained; there were no photos to test it on.").classes("strong").mark("result")
    place = urlencode({"run": shown(workspace, folder)})
    ui.link("Its errors by class, and the images behind them", f"/results?{place}").classes("small")


def _renderings(workspace: Workspace) -> dict[str, str]:
    """Finished synthetic datasets, then what could be rendered first, or while training."""
    models = {"procedural": "the built-in models"} | {told: told for folder in model_folders(workspace)
                                                     for told in [shown(workspace, folder)]}
    return (opened.synthetic_choices(workspace) | {f"{RENDER}{name}": f"render first: {told}"
                                                   for name, told in models.items()}
            | {f"{FRESH}{name}": f"fresh while training: {told}" for name, told in models.items()})


def _whole(value: Any) -> int:
    """A number field's value; 0 where it is empty."""
    return int(value or 0)


def _names(text: str) -> tuple[str, ...]:
    """The classes that a field names: between commas, where a name may have blanks; without a comma between blanks."""
    return tuple(name.strip() for name in (text.split(",") if "," in text else text.split()) if name.strip())
