"""The chooser of the Scene page: classes, and the models of one, by their looks."""

import asyncio
from dataclasses import replace

from nicegui import ui

from mixreal.studio import preview, shell
from mixreal.studio.desk import Desk

MODELS = 24  # models a page of the strip


def chooser(desk: Desk) -> None:
    """Build the chooser, and keep it up to date as the desk changes."""
    with shell.card(classes="chooser"):
        classes = ui.element("div").classes("class-strip").props('role="group" aria-label="classes"')
        models = ui.element("div").classes("model-strip").props('role="group" aria-label="models"')
    client = ui.context.client
    page = {"label": -1, "first": 0, "count": 0}

    async def rebuild() -> None:
        """Both strips, for the library that is open now."""
        library = desk.ready.library
        firsts = [int((library.class_of < k).sum()) for k in range(len(library.classes))]
        looks = await asyncio.to_thread(preview.thumbnails, desk.ready, firsts)
        classes.clear()
        with classes:
            for name, first, look in zip(library.classes, firsts, looks):
                _thumb(look, name, lambda first=first: choose(first), f"class-{name}", show_name=True)
        page["label"] = -1
        await follow()

    def choose(model: int) -> None:
        desk.change(replace(desk.study, model=model, turn=0))
        shell.later(client, follow())

    async def leaf(by: int) -> None:
        page["first"] = min(max(page["first"] + by * MODELS, 0), max(page["count"] - 1, 0))
        await strip()

    async def follow() -> None:
        """The strip of the class that is looked at, and which buttons are pressed."""
        library = desk.ready.library
        if desk.label != page["label"]:
            page["label"], page["count"] = desk.label, int((library.class_of == desk.label).sum())
            page["first"] = (desk.study.model - _first(desk)) // MODELS * MODELS
            await strip()
        for k, button in enumerate(classes):
            button.props(f'aria-pressed={"true" if k == desk.label else "false"}')
        for button in models:
            if "data-model" in button.props:
                chosen = int(button.props["data-model"]) == desk.study.model
                button.props(f'aria-pressed={"true" if chosen else "false"}')

    async def strip() -> None:
        library = desk.ready.library
        start = _first(desk) + page["first"]
        numbers = list(range(start, min(start + MODELS, _first(desk) + page["count"])))
        looks = await asyncio.to_thread(preview.thumbnails, desk.ready, numbers)
        models.clear()
        with models:
            if page["first"] > 0:
                ui.button(icon="chevron_left", on_click=lambda: leaf(-1)).props(
                    'flat round dense aria-label="models before"')
            for number, look in zip(numbers, looks):
                button = _thumb(look, library.names[number], lambda number=number: choose(number), f"model-{number}")
                button.props["data-model"] = number
                button.props(f'aria-pressed={"true" if number == desk.study.model else "false"}')
            if page["first"] + MODELS < page["count"]:
                ui.button(icon="chevron_right", on_click=lambda: leaf(1)).props(
                    'flat round dense aria-label="more models"')

    async def again() -> None:
        if desk.synthesis is not None and not classes.is_deleted:
            if page["label"] < 0 or len(list(classes)) != len(desk.ready.library.classes):
                await rebuild()
            else:
                await follow()

    def forget() -> None:
        page["label"] = -1
        classes.clear()
        models.clear()

    def arrange() -> None:
        shell.later(client, again())

    desk.rearranged.append(arrange)
    desk.reopened.append(forget)


def _first(desk: Desk) -> int:
    """The first model of the class that is looked at."""
    return int((desk.ready.library.class_of < desk.label).sum())


def _thumb(look: str, name: str, chosen: object, marker: str, show_name: bool = False) -> ui.element:
    with ui.element("button").props("type=button aria-pressed=false").classes("thumb").mark(marker) as button:
        button.on("click", chosen)  # type: ignore[arg-type]
        button.props["title"] = button.props["aria-label"] = name
        ui.element("img").props(f'src="{look}" alt=""')
        if show_name:
            shell.words("span", name).classes("small")
    return button
