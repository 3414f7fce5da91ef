"""Data: any dataset, filtered by class and by latents; one image and all that is known of it; two sets side by side."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
from nicegui import ui

from mixreal.datasets.shards import is_done, read_header
from mixreal.errors import BadInput
from mixreal.studio import gallery, opened, shell, thumbs
from mixreal.studio.gallery import Album, Asked, Range, Rows, Words
from mixreal.studio.look import filled, pills, use_look
from mixreal.studio.workspace import Workspace, confined, datasets, shown

EACH, EACH_BESIDE = 60, 30  # thumbnails a page, of one dataset and of two
SIDES = {56: "S", 84: "M", 132: "L"}  # pixels a thumbnail
PARTS = {part: part.replace("_", " ") for part in opened.PARTS}
STEPS = 200  # of a slider from end to end
PAUSE = 0.15  # seconds after the last change of a filter until pictures follow


@dataclass
class _Wish:
    """What the visitor has asked for, of all datasets shown."""

    classes: tuple[str, ...] = ()
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by: str = ""


@dataclass
class _Side:
    """One dataset on the page."""

    text: str  # a folder, or a real set's name
    wish: _Wish
    show: thumbs.Show
    each: int  # thumbnails a page
    box: ui.element
    wall: ui.element | None = None
    album: Album | None = None
    rows: Rows = field(default_factory=lambda: np.zeros(0, np.int64))
    number: int = 0  # of the page


def page(workspace: Workspace) -> None:
    """Choose a dataset, and perhaps one beside it; filters on the left, pictures on the right."""
    use_look()
    found = _datasets(workspace)
    choices = found | opened.real_choices(workspace)
    asked = [shell.query(name) for name in ("set", "beside")]
    choices |= {text: text for text in asked if text and text not in choices}  # opening it will say what is wrong
    show = thumbs.viewer(workspace)
    with shell.card(), ui.element("div").classes("row"):
        left = ui.select(choices, label="Dataset", value=asked[0] or next(iter(found), None), with_input=True) \
            .props("outlined dense").classes("choose").mark("set")
        right = ui.select({"": "nothing"} | choices, label="Beside it", value=asked[1], with_input=True) \
            .props("outlined dense").classes("choose").mark("beside")
        part = ui.select(PARTS, label="Part of real sets", value="train").props("outlined dense").classes("short") \
            .mark("part")
        size = ui.toggle(SIDES, value=84).props('dense no-caps unelevated aria-label="Size of the thumbnails"') \
            .classes("push")
    with ui.element("div").classes("browse"):
        with ui.element("details").classes("card filter").props("open") as details:
            shell.words("summary", "Filter")
            panel = ui.element("div").classes("stack")
        walls = ui.element("div").classes("walls").style(f"--thumb: {size.value}px")
    ui.run_javascript("if (innerWidth <= 860) document.querySelector('details.filter').open = false")
    latest = [0]

    async def open_sets() -> None:
        latest[0] += 1
        mine, wish = latest[0], _Wish()
        wanted = [text for text in (left.value, right.value) if text]
        ui.navigate.history.replace(_address(left.value, right.value))
        for element in (walls, panel):
            element.clear()
        details.set_visibility(bool(wanted))
        if not wanted:
            with walls:
                shell.empty("No dataset here yet: render one on the Batch page, or choose a real set by its name.",
                            "collections")
            return
        sides = []
        for text in wanted:
            with walls:
                box = ui.element("section").classes("card side").mark("side")
            sides.append(_Side(text, wish, show, EACH if len(wanted) == 1 else EACH_BESIDE, box))
        for side in sides:
            await filled(side.box, partial(_open, workspace, side.text, part.value), partial(_begin, side),
                         f"Opening {side.text} …")
            if mine != latest[0]:  # another choice was made meanwhile
                return

        def fill_all() -> None:
            for side in sides:
                _fill(side, 0)

        with panel:
            _filters([side.album for side in sides if side.album], wish, fill_all)

    for select in (left, right, part):
        select.on_value_change(open_sets)
    size.on_value_change(lambda: walls.style(f"--thumb: {size.value}px"))
    ui.timer(0, open_sets, once=True)


def _open(workspace: Workspace, text: str, part: str) -> Album:
    """A dataset's folder, a real set by name, or a folder of photos."""
    if text in opened.names():
        return opened.real_album(workspace, text, part)
    folder = confined(workspace, text)
    if folder.is_dir() and not (folder / "dataset.toml").is_file():
        return opened.real_album(workspace, text, part)
    return opened.dataset_album(workspace, folder)


def _begin(side: _Side, album: Album) -> None:
    """The head of a dataset's card, and its first page."""
    side.album = album
    with ui.element("div").classes("row side-head"):
        shell.words("h2", album.title)
        ui.label(album.domain).classes(f"chip {album.domain}")
        ui.label(album.source).classes("soft small")
    side.wall = ui.element("div")
    _fill(side, 0)


def _fill(side: _Side, number: int) -> None:
    """Page `number` of the images that fit."""
    album, wall = side.album, side.wall
    if album is None or wall is None or wall.is_deleted:
        return
    side.rows = gallery.fitting(album, _fitted(side.wish, album))
    side.number = min(max(number, 0), gallery.pages(side.rows, side.each) - 1)
    here = gallery.page_of(side.rows, side.number, side.each)
    first = side.number * side.each
    wall.clear()
    with wall:
        try:
            found = thumbs.of_rows(album, here)
        except BadInput as problem:  # deleted since it was opened
            shell.trouble(str(problem))
            return
        if not found:
            shell.empty("No image fits these filters.", "filter_alt_off")
            return
        _pager(side, len(here))
        thumbs.wall(found, lambda k: side.show(album, side.rows, first + k))


def _pager(side: _Side, shown_now: int) -> None:
    first, last = side.number * side.each + 1, side.number * side.each + shown_now
    assert side.album is not None
    total = f"{len(side.rows):,}" + (f" that fit, of {len(side.album):,}" if len(side.rows) < len(side.album) else "")
    with ui.element("nav").classes("row pager").props('aria-label="Pages of images"'):
        ui.label(f"{first:,} to {last:,} of {total}").classes("soft small number").props('aria-live="polite"') \
            .mark("count")
        for name, icon, to, able in (("First page", "first_page", 0, side.number > 0),
                                     ("Previous page", "chevron_left", side.number - 1, side.number > 0),
                                     ("Next page", "chevron_right", side.number + 1, last < len(side.rows)),
                                     ("Last page", "last_page", 1 << 40, last < len(side.rows))):
            button = ui.button(icon=icon, on_click=lambda _, to=to: _fill(side, to)).props("flat round dense")
            button.props["aria-label"] = name
            button.mark(name.lower().replace(" ", "-")).set_enabled(able)


def _filters(albums: list[Album], wish: _Wish, changed: Callable[[], Any]) -> None:
    """Pills of classes, an order, and what each latent may be, by variation."""
    if not albums:
        return
    timer = ui.timer(PAUSE, changed, active=False, immediate=False)

    def soon() -> None:  # the pictures follow once the hand rests
        timer.deactivate()
        timer.activate()

    def once() -> None:
        timer.deactivate()
        changed()

    timer.callback = once
    classes = list(dict.fromkeys(name for album in albums for name in album.classes))

    def choose(names: tuple[str, ...]) -> None:
        wish.classes = names
        changed()

    pills(classes, (), choose, "Classes; none pressed shows all")
    latents = {one.name: one for album in reversed(albums) for one in gallery.filters(album)}
    numbers = [one.name for one in latents.values() if isinstance(one, Range)]
    if not latents:
        ui.label("Photographs have no latents to filter by.").classes("soft small")
        return

    def order(name: str) -> None:
        wish.by = name
        changed()

    ui.select({"": "as they were made"} | {name: name for name in numbers}, label="In the order of", value="",
              with_input=True, on_change=lambda e: order(e.value or "")).props("outlined dense").mark("order")
    groups: dict[str, list[Range | Words]] = {}
    for one in latents.values():
        groups.setdefault(one.name.partition(".")[0], []).append(one)
    for group, members in groups.items():
        with ui.element("details").classes("group").mark(f"group-{group}"):
            shell.words("summary", group)
            for one in members:
                if isinstance(one, Range):
                    _range(one, wish, soon)
                else:
                    _words(one, wish, soon)


def _range(latent: Range, wish: _Wish, changed: Callable[[], None]) -> None:
    unit, doc = gallery.units().get(latent.name, ("", ""))
    step = (latent.high - latent.low) / STEPS

    def told(low: float, high: float) -> str:
        return f"{shell.number(low)} to {shell.number(high)} {unit}".strip()

    def move() -> None:
        low, high = float(slider.value["min"]), float(slider.value["max"])
        said.text = told(low, high)
        whole = low <= latent.low + step / 2 and high >= latent.high - step / 2
        if whole:
            wish.ranges.pop(latent.name, None)
        else:
            wish.ranges[latent.name] = (low - step / 2, high + step / 2)
        changed()

    with ui.element("div").classes("latent"):
        with ui.element("div").classes("row latent-head"):
            name = ui.label(latent.name.partition(".")[2] or latent.name).classes("small")
            said = ui.label(told(latent.low, latent.high)).classes("soft small push number")
        name.props["title"] = doc
        slider = ui.range(min=latent.low, max=latent.high, step=step, value={"min": latent.low, "max": latent.high},
                          on_change=move).mark(latent.name)
        slider.props["aria-label"] = latent.name


def _words(latent: Words, wish: _Wish, changed: Callable[[], None]) -> None:
    def choose(names: tuple[str, ...]) -> None:
        wish.words[latent.name] = names
        changed()

    if len(latent.options) > 6:
        ui.select(list(latent.options), label=latent.name, multiple=True, with_input=True, value=[],
                  on_change=lambda e: choose(tuple(e.value))).props("outlined dense use-chips").mark(latent.name)
        return
    with ui.element("div").classes("latent"):
        ui.label(latent.name.partition(".")[2] or latent.name).classes("small")
        pills(latent.options, (), choose, latent.name)


def _fitted(wish: _Wish, album: Album) -> Asked:
    """The wish, as far as this album can know it."""
    return Asked(wish.classes, {name: asked for name, asked in wish.ranges.items() if name in album.latents},
                 {name: asked for name, asked in wish.words.items() if name in album.latents},
                 wish.by if wish.by in album.latents else "")


def _datasets(workspace: Workspace) -> dict[str, str]:
    """Every dataset folder, and what is in it."""
    out = {}
    for folder in datasets(workspace):
        told = shown(workspace, folder)
        said = "cannot be read"
        with suppress(BadInput):
            header = read_header(folder)
            said = f"{header.domain}, {header.images:,} images, {header.width} px"
            said += "" if is_done(folder) else ", unfinished"
        out[told] = f"{told} · {said}"
    return out


def _address(left: str | None, right: str | None) -> str:
    """The page's own address, that opens these datasets again."""
    asked = {name: text for name, text in (("set", left), ("beside", right)) if text}
    return "/data" + (f"?{urlencode(asked)}" if asked else "")
