"""The frame around every page: navigation, theme, a place for content, and how trouble is told."""

from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager

from nicegui import Client, background_tasks, ui
from nicegui.elements.mixins.text_element import TextElement

from mixreal.errors import BadInput
from mixreal.studio.pages import Page
from mixreal.studio.workspace import Workspace

STYLE = "/studio/style.css"
THEME = "mixreal-theme"  # a cookie: "dark" or "light"; without it the system's wish counts
_TOGGLE = """() => {
  const dark = !document.body.classList.contains('body--dark');
  document.cookie = 'mixreal-theme=' + (dark ? 'dark' : 'light') + '; path=/; max-age=31536000; samesite=lax';
  Quasar.Dark.set(dark);
}"""


@contextmanager
def frame(workspace: Workspace, path: str, page: Page, pages: Mapping[str, Page]) -> Iterator[None]:
    """The page's header and its main part, into which the content goes."""
    ui.add_head_html(f'<link rel="stylesheet" href="{STYLE}">')
    ui.dark_mode({"dark": True, "light": False}.get(ui.context.client.request.cookies.get(THEME, "")))
    ui.on_exception(_told)
    with ui.element("header").classes("top"):
        with ui.element("a").props('href="/" aria-label="mixreal studio"').classes("brand"):
            ui.html('<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><rect x="1.5" y="1.5" '
                    'width="14" height="14" rx="3" fill="none" stroke="currentColor" stroke-width="2"/><rect x="8.5" '
                    'y="8.5" width="14" height="14" rx="3" fill="currentColor"/></svg>', sanitize=False)
            ui.label("mixreal")
        with ui.element("nav").props('aria-label="Pages"'):
            for where, other in pages.items():
                current = ' aria-current="page"' if where == path else ""
                with ui.element("a").props(f'href="{where}"{current}'):
                    ui.label(other.title)
        with ui.element("div").classes("place") as place:
            ui.label(workspace.root.name or str(workspace.root))
        place.props["title"] = str(workspace.root)
        ui.button(icon="contrast").props('flat round dense aria-label="Dark or light"').classes("theme") \
            .on("click", js_handler=_TOGGLE)
    with ui.element("main").classes("main") as main:
        ui.skip_link("Skip to the content", target=main)
        with ui.element("div").classes("title"):
            words("h1", page.title)
            words("p", page.said).classes("soft")
        yield


@contextmanager
def card(title: str = "", *, note: str = "", classes: str = "") -> Iterator[ui.element]:
    """A titled section on its own ground."""
    with ui.element("section").classes(f"card {classes}") as section:
        if title:
            with ui.element("div").classes("card-head"):
                words("h2", title)
                if note:
                    ui.label(note).classes("soft small")
        yield section


def trouble(said: str) -> ui.element:
    """A sentence about what went wrong, where the content would stand."""
    with ui.element("div").classes("trouble").props('role="alert"') as box:
        ui.icon("error_outline").props('aria-hidden="true"')
        ui.label(said)
    return box


def empty(said: str, icon: str = "inbox") -> ui.element:
    """What stands where there is nothing yet: why, and what to do."""
    with ui.element("div").classes("empty") as box:
        ui.icon(icon).props('aria-hidden="true"')
        ui.label(said)
    return box


def later(client: Client, work: Awaitable[None]) -> None:
    """Do something that waits, for a page: what goes wrong is told there."""
    background_tasks.create(work, context=client)


def query(name: str) -> str:
    """A parameter of the page's address; "" where it is absent."""
    return str(ui.context.client.request.query_params.get(name, ""))


def words(tag: str, said: str) -> TextElement:
    """Plain words in an element of any tag."""
    return TextElement(tag=tag, text=said)


def number(value: float) -> str:
    """A number for people: four figures, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def duration(seconds: float) -> str:
    """Seconds for people: "8 s", "3 min", "2 h 05 min".

    >>> duration(8), duration(190), duration(7500)
    ('8 s', '3 min', '2 h 05 min')
    """
    if seconds != seconds or seconds == float("inf"):
        return "not known"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60:02d} min"


def _told(problem: Exception) -> None:
    """What an event handler raised: a person's mistake is a sentence; a fault of ours is one, too (and in the log)."""
    if isinstance(problem, BadInput):
        ui.notify(str(problem), type="warning", multi_line=True, close_button="OK", timeout=0)
    else:
        ui.notify(f"a fault of ours: {type(problem).__name__}: {problem}", type="negative", multi_line=True,
                  close_button="OK", timeout=0)
