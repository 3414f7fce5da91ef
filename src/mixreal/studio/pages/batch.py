"""Batch: a dataset from a recipe: launch, watch, stop and go on; a contact sheet as it grows."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nicegui import ui

from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import contact, jobs, recipes, shell
from mixreal.studio.joblist import job_list
from mixreal.studio.jobs import Job
from mixreal.studio.rendering_orders import RenderOrder, devices, render_argv
from mixreal.studio.workspace import Workspace, confined, shown, specs

COUNT = 10_000  # images, where a recipe does not say
SIZES = (32, 48, 64, 96, 128, 224, 256)


def page(workspace: Workspace) -> None:
    """The form beside the jobs."""
    with ui.element("div").classes("batch"):
        with ui.element("div").classes("stack"):
            order, button = _form(workspace)
        with ui.element("div").classes("stack"):
            look = job_list(workspace, ("render",), lambda job: _sheet(workspace, job),
                            "Nothing rendered yet. Choose a recipe and a number of images, and start.")

    def start() -> None:
        argv = render_argv(workspace, order())
        jobs.start(workspace, argv, f"Render {jobs.option(argv, '--out')}")
        look()

    button.on_click(start)


def _form(workspace: Workspace) -> tuple[Callable[[], RenderOrder], ui.button]:
    """The form: a function that reads it, and the button that sends it."""
    asked = shell.query("spec")
    names = {"": "as it comes", **{path.stem: path.stem for path in specs(workspace)}}
    first = _spec(workspace, asked)

    def choose() -> None:
        now = _spec(workspace, str(recipe.value or ""))
        size.value = now.size
        out.value = _free(workspace, str(recipe.value or "synthetic"))

    with shell.card("A new dataset"), ui.element("div").classes("form"):
        recipe = ui.select(names, value=asked if asked in names else "", label="Recipe", on_change=choose) \
            .props("dense outlined options-dense").mark("recipe")
        out = ui.input("Folder", value=_free(workspace, asked or "synthetic")).props("dense outlined").mark("out")
        with ui.element("div").classes("pair"):
            count = ui.number("How many", value=first.images or first.per_model or COUNT, min=1, precision=0) \
                .props("dense outlined").mark("count")
            each = ui.select({"images": "in all", "per_model": "of each model"},
                             value="per_model" if first.per_model else "images", label="Counted") \
                .props("dense outlined options-dense").mark("each")
        sizes = {side: f"{side} px" for side in sorted({*SIZES, first.size})}
        with ui.element("div").classes("pair"):
            size = ui.select(sizes, value=first.size, label="Size", with_input=False) \
                .props("dense outlined options-dense").mark("size")
            device = ui.select(devices(), value="cpu", label="On").props("dense outlined options-dense").mark("device")
        with ui.element("div").classes("pair"):
            processes = ui.number("Processes", value=1, min=1, max=256, precision=0).props("dense outlined") \
                .mark("processes")
            threads = ui.number("Threads in each, 0: all", value=0, min=0, precision=0).props("dense outlined") \
                .mark("threads")
        button = ui.button("Render", icon="play_arrow").props("unelevated no-caps").mark("start")
        ui.label("A job goes on when this page, or the studio, is closed. Stopped, it keeps what is finished; the same "
                 "recipe into the same folder goes on from there.").classes("soft small")

    def order() -> RenderOrder:
        return RenderOrder(str(out.value or ""), str(recipe.value or ""), count.value, str(each.value), size.value,
                           str(device.value), processes.value, threads.value)

    return order, button


def _spec(workspace: Workspace, name: str) -> RenderSpec:
    return recipes.load(workspace, name) if name else RenderSpec()


def _free(workspace: Workspace, name: str) -> str:
    """A folder for a dataset of that name that is not there yet."""
    tries = (f"data/{name}" if k < 2 else f"data/{name}-{k}" for k in range(1, 10_000))
    return next(folder for folder in tries if not (workspace.root / folder).exists())


def _sheet(workspace: Workspace, job: Job) -> Callable[[Job], None]:
    """A contact sheet below a job, renewed as more is finished."""
    with ui.element("figure").classes("sheet") as figure:
        with ui.element("div").classes("wide"):
            image = ui.element("img").classes("pixels").mark("sheet")
        caption = shell.words("figcaption", "").classes("soft small").mark("sheet-said")
        link = ui.element("a").mark("sheet-link")
        with link:
            ui.label("Look into it")
    figure.set_visibility(False)
    seen = {"count": 0, "busy": 0}
    client = ui.context.client

    def update(now: Job) -> None:
        done = now.progress.done if now.progress else 0
        if not seen["busy"] and (done > seen["count"] or (now.state == "done" and seen["count"] >= 0)):
            seen["busy"] = 1
            shell.later(client, renew(now, done))

    async def renew(now: Job, done: int) -> None:
        try:
            folder = confined(workspace, now.out)
            found = await asyncio.to_thread(_made, workspace, folder, done)
            if found is None or image.is_deleted:
                return
            seen["count"] = -1 if now.state == "done" else done
            image.props["src"], caption.text = found.picture, found.said
            image.props["alt"] = f"contact sheet of {now.out}: {found.said}"
            link.props["href"] = f"/data?set={shown(workspace, folder)}"
            link.set_visibility(now.state == "done")
            figure.set_visibility(True)
        except BadInput as problem:  # the dataset was deleted meanwhile
            seen["count"] = -1
            if not image.is_deleted:
                caption.text = str(problem)
        finally:
            seen["busy"] = 0

    return update


def _made(workspace: Workspace, folder: Path, done: int) -> contact.Sheet | None:
    """The sheet of what is on disk, or of what will be."""
    with suppress(FileNotFoundError):
        return contact.sheet_of_files(folder) or contact.sheet_drawn_again(workspace, folder, done)
    return None
