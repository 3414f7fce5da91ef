"""The stage of the Scene page: the one image that is looked at, or sixteen draws of the recipe."""

import asyncio
from typing import Any

from nicegui import ui

from mixreal.spec import RenderSpec
from mixreal.studio import desk as desks
from mixreal.studio import preview, shell, study
from mixreal.studio.desk import DRAWS, Desk
from mixreal.studio.newest import Newest
from mixreal.studio.preview import VIEWS, Shown, Wanted
from mixreal.synthesis import Synthesis

NAMES = {"rgb": "Image", "mask": "Mask", "depth": "Depth", "normal": "Normal"}
SAID = {"rgb": "as the camera sees it", "mask": "white: seen; blue: hidden by something in front",
        "depth": "the nearer, the brighter", "normal": "x, y, z as red, green, blue"}
PAUSE = 0.5  # seconds without a move
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="


def stage(desk: Desk) -> None:
    """Build the stage, and keep it up to date as the desk changes."""
    with shell.card(classes="stage"):
        _switch(desk)
        with ui.element("div").classes("picture") as one:
            image = ui.element("img").props(f'src="{BLANK}"').classes("big").mark("preview")
            waiting = ui.label("Loading models … the first time takes half a minute").classes("waiting")
        with ui.element("div").classes("draws") as many:
            cells = [_cell(desk, k) for k in range(DRAWS)]
        trouble = shell.trouble("")
        trouble.set_visibility(False)
        caption = ui.label().classes("small soft caption").props('aria-live="polite"').mark("caption")
        with ui.element("div").classes("row under") as under:
            small = ui.element("img").classes("pixels stored").mark("stored")
            with ui.element("div").classes("row push"):
                _turns(desk)
        with ui.element("div").classes("row under") as pages:
            _pages(desk)

    def tell(problem: Exception) -> None:
        if image.is_deleted:
            return
        trouble.clear()
        with trouble:
            ui.icon("error_outline").props('aria-hidden="true"')
            ui.label(str(problem))
        trouble.set_visibility(True)
        waiting.set_visibility(False)

    def put(request: tuple[Synthesis, Wanted], made: Shown) -> None:
        if image.is_deleted:
            return
        _, asked = request
        trouble.set_visibility(False)
        waiting.set_visibility(False)
        image.props["src"] = made.picture
        desk.shown = made
        name = str(made.scenes.latents["model"][0])
        image.props["alt"] = f"{NAMES[asked.view].lower()} of {name}"
        if asked.rest:
            held = f", {len(asked.study.held)} held" if asked.study.held else ""
            caption.text = f"image {int(made.scenes.index[0]):,} of the recipe: {name}{held}; {SAID[asked.view]}"
            small.props["src"] = made.stored
            size = made.synthesis.spec.size
            small.props["alt"] = f"the same at {size} px, as the dataset stores it"
            small.props["title"] = small.props["alt"]
            for follow in desk.followers:
                follow()

    def put_all(request: tuple[Synthesis, RenderSpec, list[int], str], made: list[str]) -> None:
        if image.is_deleted:
            return
        indices, view = request[2:]
        trouble.set_visibility(False)
        for cell, index, source in zip(cells, indices, made):
            cell.props["src"] = source
            cell.props["alt"] = f"image {index:,} of the recipe"
        whose = desk.of_class or "all classes"
        caption.text = (f"images {min(indices):,} to {max(indices):,} of the recipe, {whose}, "
                        f"at {desk.study.spec.size} px; {SAID[view]}")

    pictures: Newest[tuple[Synthesis, Wanted], Shown] = Newest(lambda asked: preview.picture(*asked), put, tell)
    walls: Newest[tuple[Synthesis, RenderSpec, list[int], str], list[str]] = Newest(
        lambda asked: preview.draws(*asked), put_all, tell)

    moves = [0]

    def wanted(rest: bool) -> None:
        if desk.base is None:
            return
        moves[0] += 1
        if desk.mode == "image":
            pictures.ask((desk.base, desks.wanted(desk, rest)))
            if not rest:
                asyncio.get_running_loop().call_later(PAUSE, settle, moves[0])
        else:
            walls.ask((desk.base, desk.study.spec, desks.draw_indices(desk), desk.view))

    def settle(number: int) -> None:
        """A hand that pauses sees the exact image, though it has not let go."""
        if moves[0] == number and not image.is_deleted:
            wanted(True)

    def arrange() -> None:
        one.set_visibility(desk.mode == "image")
        under.set_visibility(desk.mode == "image")
        many.set_visibility(desk.mode == "recipe")
        pages.set_visibility(desk.mode == "recipe")

    def reopen() -> None:
        waiting.set_visibility(True)

    arrange()
    desk.wanted.append(wanted)
    desk.rearranged.append(arrange)
    desk.reopened.append(reopen)
    desk.troubles.append(tell)


def _switch(desk: Desk) -> None:
    """One image or the recipe; which view of it."""

    def choose(event: Any) -> None:
        if event.value != desk.mode:
            desk.mode = event.value
            desk.rearrange(desk.study)

    def follow() -> None:  # a draw was opened as the one image
        mode.value = desk.mode

    def look(event: Any) -> None:
        desk.view = event.value
        for tell in desk.wanted:
            tell(True)

    with ui.element("div").classes("switch"):
        mode = ui.toggle({"image": "One image", "recipe": "The recipe"}, value=desk.mode, on_change=choose) \
            .props('no-caps unelevated aria-label="what is looked at"').mark("mode")
    with ui.element("div").classes("switch views"):
        ui.toggle({view: NAMES[view] for view in VIEWS}, value=desk.view, on_change=look) \
            .props('no-caps unelevated aria-label="view"').mark("view")
    desk.rearranged.append(follow)


def _cell(desk: Desk, k: int) -> ui.element:
    """One of the draws; a click looks at it as the one image."""

    def open_it() -> None:
        if desk.synthesis is None:
            return
        model, turn = study.place_of(desk.ready, desks.draw_indices(desk)[k])
        desk.mode = "image"
        desk.rearrange(study.Study(desk.study.spec, model, turn))
        for follow in desk.followers:
            follow()

    with ui.element("button").props("type=button").classes("thumb").on("click", open_it).mark(f"draw-{k}") as button:
        button.props["aria-label"] = f"look at draw {k + 1}"
        return ui.element("img").props(f'src="{BLANK}" alt=""').classes("pixels")


def _turns(desk: Desk) -> None:
    """Buttons for other draws of the model that is looked at."""

    def turn(by: int) -> None:
        now = desk.study
        desk.change(study.Study(now.spec, now.model, max(now.turn + by, 0), now.held))

    def let_go() -> None:
        desk.change(study.let_go(desk.study))

    free = ui.button("Let go of all", icon="lock_open", on_click=let_go).props("flat dense no-caps").mark("let-go")
    ui.button(icon="chevron_left", on_click=lambda: turn(-1)).props('flat round dense aria-label="the draw before"')
    ui.button("Another draw", icon="casino", on_click=lambda: turn(1)).props("outline dense no-caps").mark("another")
    free.set_visibility(False)

    def follow() -> None:
        free.set_visibility(bool(desk.study.held))

    desk.followers.append(follow)


def _pages(desk: Desk) -> None:
    """Buttons that leaf through the draws."""

    def leaf(by: int) -> None:
        desk.first = max(desk.first + by * DRAWS, 0)
        for tell in desk.wanted:
            tell(True)

    ui.button(icon="chevron_left", on_click=lambda: leaf(-1)).props('flat round dense aria-label="draws before"') \
        .classes("push")
    ui.button("Next sixteen", icon="casino", on_click=lambda: leaf(1)).props("outline dense no-caps").mark("next-draws")
