"""Scene: every latent of an image under one's hand, and the ranges of the recipe that it comes from."""

import asyncio

from nicegui import ui

from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import preview, recipes, shell, study
from mixreal.studio.chooser import chooser
from mixreal.studio.desk import Desk
from mixreal.studio.panel import panel
from mixreal.studio.stage import stage
from mixreal.studio.study import Study
from mixreal.studio.workspace import Workspace


def page(workspace: Workspace) -> None:
    """The stage and the recipe's file on the left; models, settings and latents on the right."""
    name = shell.query("spec")
    spec = recipes.load(workspace, name) if name else RenderSpec()
    desk = Desk(workspace, Study(spec))
    with ui.element("div").classes("scene"):
        with ui.element("div").classes("stack scene-left"):
            stage(desk)
            _written(desk)
        with ui.element("div").classes("stack"):
            recipes.bar(desk, name)
            chooser(desk)
            recipes.settings(desk)
            panel(desk)

    async def load() -> None:
        """Models and pictures, in a thread: the first time takes a while."""
        asked = desk.study.spec
        try:
            base = await asyncio.to_thread(preview.opened, workspace, asked)
            if asked is desk.study.spec:  # nobody chose another one meanwhile
                desk.opened(base)
        except BadInput as problem:
            for tell in desk.troubles:
                tell(problem)

    client = ui.context.client

    def reopen() -> None:
        shell.later(client, load())

    desk.reopened.append(reopen)
    ui.timer(0, load, once=True)


def _written(desk: Desk) -> None:
    """The latents of the shown image, to take away as TOML or Python."""
    writers = {"TOML": study.as_toml, "Python": study.as_python}
    with ui.element("details").classes("card written"):
        with ui.element("summary"):
            shell.words("h2", "This image, written down")
        with ui.element("div").classes("row"):
            kind = ui.toggle(list(writers), value="TOML", on_change=lambda: write()).props("no-caps unelevated") \
                .mark("written-kind")
            ui.button("Copy", icon="content_copy", on_click=lambda: copy()).props("flat dense no-caps") \
                .classes("push").mark("copy")
        text = shell.words("pre", "").classes("log").mark("written")

    def write() -> None:
        if desk.shown is not None:
            text.text = writers[str(kind.value)](desk.study, desk.shown.synthesis, desk.shown.scenes)

    def copy() -> None:
        ui.clipboard.write(text.text)
        ui.notify(f"{kind.value} copied", type="positive")

    desk.followers.append(write)
