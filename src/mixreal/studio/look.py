"""What the pages of data, training and results share on the screen: their style, pills, charts and safe loading."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nicegui import run, ui

from mixreal.errors import BadInput
from mixreal.studio import shell
from mixreal.studio.charts import lines
from mixreal.studio.curves import Panel


def use_look() -> None:
    """Add the style of these pages to the page that is being built."""
    ui.add_css(Path(__file__).with_name("pages.css"))


def pills(options: Sequence[str] | Mapping[str, str], chosen: Sequence[str],
          on_change: Callable[[tuple[str, ...]], Any], said: str) -> None:
    """Buttons of which any number is pressed; `on_change` is called with those, in the order of `options`."""
    names = dict(options) if isinstance(options, Mapping) else {option: option for option in options}
    pressed = set(chosen)

    def press(option: str, button: ui.element) -> None:
        pressed.symmetric_difference_update([option])
        button.props(f'aria-pressed={"true" if option in pressed else "false"}')
        on_change(tuple(name for name in names if name in pressed))

    with ui.element("div").classes("pills").props('role="group"') as group:
        group.props["aria-label"] = said
        for option, name in names.items():
            button = shell.words("button", name).classes("pill").mark(f"pill-{option}")
            button.props(f'type="button" aria-pressed={"true" if option in pressed else "false"}')
            button.on("click", lambda _, option=option, button=button: press(option, button))


def count(label: str, value: float | None = None, *, least: float = 1, empty: str = "",
          whole: bool = True) -> ui.number:
    """A field for a number, marked by its label ("photos-a-class"); `empty` is what an empty field stands for."""
    found = ui.number(label, value=value, min=least, precision=0 if whole else None)
    found.props("outlined dense" + (" stack-label" if value is None else "")).mark(label.lower().replace(" ", "-"))
    if empty:
        found.props["placeholder"] = empty
    return found


def chart(options: dict[str, Any], said: str, height: int = 240) -> ui.echart:
    """A chart drawn on the page itself; `said` tells what it is to those who do not see it."""
    found = ui.echart(options).classes("chart").style(f"height: {height}px")
    found.props["role"], found.props["aria-label"] = "img", said
    return found


def captioned(title: str, options: dict[str, Any], height: int = 210) -> ui.echart:
    """A chart under its title."""
    with ui.element("figure"):
        shell.words("h4", title).classes("small soft")
        return chart(options, title, height)


def curve_charts(along: str, height: int = 210) -> Callable[[Sequence[Panel]], None]:
    """A place for curves over `along`; call what is returned with panels, again when there are new points.

    A chart that is there already is drawn anew, not made anew.
    """
    box = ui.element("div").classes("panels").mark("curves")
    there: list[ui.echart] = []

    def update(panels: Sequence[Panel]) -> None:
        options = [lines(panel, along) for panel in panels]
        if len(options) == len(there):
            for found, option in zip(there, options):
                redraw(found, option)
            return
        box.clear()
        with box:
            there[:] = [captioned(panel.title, option, height) for panel, option in zip(panels, options)]

    return update


def redraw(found: ui.echart, options: dict[str, Any]) -> None:
    """Show other options in a chart."""
    found.options.clear()
    found.options.update(options)
    found.update()


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], classes: str = "") -> ui.element:
    """A table of plain words; the first column heads its rows."""
    with ui.element("div").classes("wide"), ui.element("table").classes(f"plain {classes}") as found:
        with ui.element("thead"), ui.element("tr"):
            for head in heads:
                shell.words("th", head).props('scope="col"')
        with ui.element("tbody"):
            for row in rows:
                with ui.element("tr"):
                    for k, said in enumerate(row):
                        shell.words("th" if k == 0 else "td", said).props('scope="row"' if k == 0 else "")
    return found


async def filled(where: ui.element, work: Callable[[], Any], show: Callable[[Any], Any], doing: str) -> bool:
    """Do `work` in a thread, with a spinner in `where` meanwhile, and `show` what it gave there; False if it failed.

    What went wrong stands there as a sentence: nothing is raised.
    """
    where.clear()
    with where, ui.element("div").classes("row soft").props('role="status"'):
        ui.spinner(size="sm")
        ui.label(doing)
    try:
        found, problem = await run.io_bound(work), ""
    except BadInput as error:
        found, problem = None, str(error)
    except Exception as error:  # of a damaged file, say: the page lives
        found, problem = None, f"{type(error).__name__}: {error}"
    if where.is_deleted:
        return False
    where.clear()
    with where:
        if problem:
            shell.trouble(problem)
            return False
        told = show(found)
        if isinstance(told, Awaitable):
            await told
    return True
