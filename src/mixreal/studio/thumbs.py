"""Thumbnails on a page, each a button, and one image large with all that is recorded of it."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from nicegui import run, ui

from mixreal.errors import BadInput
from mixreal.studio import shell
from mixreal.studio.gallery import Album, Rows, data_url, latents_of, units
from mixreal.studio.parents import parent_of
from mixreal.studio.redrawn import as_ranges
from mixreal.studio.workspace import Workspace

SIDE = 160  # pixels a side of the largest thumbnail sent

#: Shows the image of `rows` at a place, large; its neighbours are a key away.
Show = Callable[[Album, Rows, int], Awaitable[None]]


@dataclass(frozen=True)
class Thumb:
    """One thumbnail."""

    url: str
    said: str  # what it is, for those who do not see it
    note: str = ""  # below it


def wall(found: Sequence[Thumb], on_open: Callable[[int], Any]) -> None:
    """A wall of thumbnails; `on_open` is called with the number of the one pressed."""
    with ui.element("div").classes("thumbs"):
        for number, thumb in enumerate(found):
            button = ui.element("button").props('type="button"').classes("thumb").mark("thumb")
            button.props["aria-label"] = button.props["title"] = thumb.said
            with button:
                picture(thumb.url, "")
                if thumb.note:
                    shell.words("span", thumb.note).classes("soft small")
            button.on("click", lambda _, number=number: on_open(number))


def of_rows(album: Album, rows: Rows) -> list[Thumb]:
    """The thumbnails of some rows of an album; reads their pictures."""
    return [Thumb(data_url(image, SIDE), f"{album.classes[album.labels[row]]}, image {album.index[row]:,}")
            for image, row in zip(album.look(rows), rows)]


def picture(url: str, said: str) -> ui.element:
    """An image that is not smoothed where it is enlarged."""
    found = ui.element("img").classes("pixels")
    found.props["src"], found.props["alt"] = url, said
    return found


def figure(url: str, said: str, mark: str = "image") -> None:
    """An image and what it is, below it."""
    with ui.element("figure").mark(mark):
        picture(url, said)
        shell.words("figcaption", said)


def file_url(path: Path) -> str:
    """A PNG file in a URL."""
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode()


def viewer(workspace: Workspace) -> Show:
    """A dialog, built once: call what is returned to show an image in it."""
    with ui.dialog() as dialog, ui.element("div").classes("card viewer").props('tabindex="-1"').mark("viewer") as box:
        pass
    place = _Place()

    async def show(album: Album, rows: Rows, at: int) -> None:
        place.album, place.rows, place.at = album, rows, at
        try:
            image = await run.io_bound(lambda: album.look(rows[at:at + 1])[0])
        except BadInput as problem:
            image, said = None, str(problem)
        if place.rows is not rows or place.at != at:  # another one was asked for meanwhile
            return
        box.clear()
        with box:
            _head(album, int(rows[at]), dialog.close)
            if image is None:
                shell.trouble(said)
            else:
                with ui.element("div").classes("viewer-images") as images:
                    figure(data_url(image), f"{album.domain}, {image.shape[1]} x {image.shape[0]} px")
                _neighbours(rows, at, step)
                _latents(album, int(rows[at]))
        dialog.open()
        if image is not None and album.parent is not None:
            await _parent(album, int(rows[at]), workspace, images)

    async def step(by: int) -> None:
        if place.album is not None and 0 <= place.at + by < len(place.rows):
            await show(place.album, place.rows, place.at + by)

    box.on("keydown.left", lambda: step(-1))
    box.on("keydown.right", lambda: step(1))
    return show


@dataclass
class _Place:
    """What the dialog shows."""

    album: Album | None = None
    rows: Rows = None  # type: ignore[assignment]
    at: int = 0


def _head(album: Album, row: int, close: Callable[[], Any]) -> None:
    with ui.element("div").classes("row viewer-head"):
        shell.words("h2", album.classes[album.labels[row]])
        ui.label(f"{album.title}, image {album.index[row]:,}").classes("soft small")
        ui.button(icon="close", on_click=close).props('flat round dense autofocus aria-label="Close"').classes("push")


def _neighbours(rows: Rows, at: int, step: Callable[[int], Awaitable[None]]) -> None:
    with ui.element("div").classes("row"):
        ui.button("Previous", icon="chevron_left", on_click=lambda: step(-1)).props("flat dense no-caps") \
            .set_enabled(at > 0)
        ui.button("Next", on_click=lambda: step(1)).props("flat dense no-caps icon-right=chevron_right") \
            .mark("next-image").set_enabled(at + 1 < len(rows))
        ui.label(f"{at + 1:,} of {len(rows):,}; the arrow keys turn, Esc closes").classes("soft small")


def _latents(album: Album, row: int) -> None:
    """Every latent with its unit, by variation, and a button that copies them as the ranges of a recipe."""
    told = latents_of(album, row)
    if not told:
        ui.label("A photograph has no latents.").classes("soft")
        return
    groups: dict[str, list[str]] = {}
    for name, value in told.items():
        unit, doc = units().get(name, ("", ""))
        said = shell.number(value) if isinstance(value, float) else value
        groups.setdefault(name.partition(".")[0] if "." in name else "model", []).append(
            f'<dt title="{escape(doc, quote=True)}">{escape(name)}</dt><dd>{escape(said)} {escape(unit)}</dd>')
    body = "".join(f'<dl class="facts">{"".join(lines)}</dl>' for lines in groups.values())
    ui.html(f'<div class="latents">{body}</div>', sanitize=False).mark("latents")

    def copy() -> None:
        ui.clipboard.write(as_ranges(album, row))
        ui.notify("copied: the ranges of a recipe that makes this image's latents")

    ui.button("Copy as TOML", icon="content_copy", on_click=copy).props("outline dense no-caps")


async def _parent(album: Album, row: int, workspace: Workspace, where: ui.element) -> None:
    """The image that this one was made from, beside it."""
    def look() -> tuple[str, str] | None:
        found = parent_of(album, row, workspace)
        if found is None:
            return None
        other, there = found
        return data_url(other.look(np.array([there]))[0]), f"made from {other.title}, image {other.index[there]:,}"

    found = await run.io_bound(look)
    if where.is_deleted:
        return
    with where:
        if found:
            figure(*found, "parent")
        else:
            assert album.parent is not None
            ui.label(f"Made from image {album.parent[row]:,} of a dataset that is not in this studio's folders.") \
                .classes("soft small").mark("parent")
