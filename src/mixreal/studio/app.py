"""The studio as a program: its pages, its door, and a server on this machine alone."""

import importlib
import importlib.util
import logging
import re
import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from nicegui import app, ui

from mixreal.errors import BadInput
from mixreal.parsing import parse_in_turn
from mixreal.studio import shell
from mixreal.studio.access import TOKEN, Guard
from mixreal.studio.pages import PAGES, Page
from mixreal.studio.workspace import Workspace

HOST, PORT = "127.0.0.1", 8470
RECONNECT = 60.0  # seconds for which a page waits for its browser: an ssh tunnel may drop


def serve(workspace: Workspace, host: str = HOST, port: int = PORT, token: str = "", show: bool = True) -> None:
    """Run the studio until Ctrl-C; prints the address with its token. `port` 0 takes a free one."""
    token = token or secrets.token_urlsafe(16)
    if not re.fullmatch(r"[A-Za-z0-9_-]+", token):  # it stands in an address and in a cookie
        raise BadInput("--token: expected letters, digits, - and _ alone: leave it out to have one made")
    port = _free_port(host, port)
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}/?{TOKEN}={token}"
    build(workspace, token)
    print(f"mixreal studio on {workspace.root}\n\n  {address}\n\n"
          "Ctrl-C ends the studio; jobs that it started go on.", flush=True)
    ui.run(host=host, port=port, title="mixreal", favicon=Path(__file__).with_name("favicon.svg"), dark=None,
           language="en-US", reload=False, show=f"/?{TOKEN}={token}" if show else False, show_welcome_message=False,
           tailwind=False, reconnect_timeout=RECONNECT, binding_refresh_interval=0.5)


def build(workspace: Workspace, token: str) -> None:
    """Register the pages, the style sheet and the guard at the door on NiceGUI's application."""
    parse_in_turn()
    app.add_middleware(Guard, token=token)
    for name in ("nicegui", "uvicorn.error"):
        logging.getLogger(name).addFilter(_is_fault)
    app.add_static_file(local_file=Path(__file__).with_name("style.css"), url_path=shell.STYLE, max_cache_age=60)
    there = {path: page for path, page in PAGES.items() if importlib.util.find_spec(page.module)}
    for path, page in there.items():
        ui.page(path, title=f"{page.title} · mixreal", response_timeout=30)(_framed(workspace, path, page, there))


def _framed(workspace: Workspace, path: str, page: Page, there: dict[str, Page]) -> Callable[[], None]:
    fill = importlib.import_module(page.module).page

    def framed() -> None:
        with shell.frame(workspace, path, page, there):
            try:
                fill(workspace)
            except BadInput as problem:
                shell.trouble(str(problem))

    return framed


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether a record is worth a line in the terminal: a person's mistake stands on the page already, and a browser
    that leaves while it is being answered is nobody's."""
    left = record.exc_info and str(record.exc_info[1]) == "No response returned."
    return not (left or isinstance(record.msg, BadInput))


def _free_port(host: str, port: int) -> int:
    """The port asked for if it is free; `BadInput` with what to do if it is not."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"cannot listen on {host}:{port} ({error.strerror}): another studio may run there: "
                           "give --port 0 for a free one") from None
        return int(probe.getsockname()[1])
