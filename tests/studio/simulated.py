"""A visitor without a browser: NiceGUI's simulated user on a studio, in an ordinary test function.

    def test_it(tmp_path):
        async def journey(user):
            await user.open("/doctor")
            await user.should_see("python")

        visit(open_workspace(tmp_path), journey)
"""

import asyncio
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from nicegui import Client
from nicegui.testing import User, user_simulation

from mixreal.studio.access import TOKEN
from mixreal.studio.app import build
from mixreal.studio.workspace import Workspace

SECRET = "test-token"
PATIENCE = 60.0  # seconds: pages fill themselves from threads, and the machine may be busy


def visit(workspace: Workspace, journey: Callable[[User], Awaitable[Any]]) -> None:
    """Build the studio on `workspace`, let a user in, and run the journey to its end."""

    async def walk() -> None:
        async with user_simulation() as user:
            for sight in ("should_see", "should_not_see"):  # which look again each 0.1 s
                setattr(user, sight, partial(getattr(user, sight), retries=int(PATIENCE / 0.1)))
            try:
                build(workspace, SECRET)
                await user.http_client.get(f"/?{TOKEN}={SECRET}")
                await journey(user)
            except AssertionError as failed:
                failed.add_note(_state(user))
                raise
            finally:
                # NiceGUI forgets the modules of all pages at the end of a simulation; ours have to stay the same.
                Client.page_routes.clear()

    asyncio.run(walk())


async def until(true: Callable[[], Any], seconds: float = PATIENCE) -> None:
    """Wait until something holds, with the server at work; fails if it does not in time."""
    for _ in range(int(seconds / 0.05)):
        with suppress(AssertionError):  # what `find` says of an element that is not there yet
            if true():
                return
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s")


def _state(user: User) -> str:
    """What went wrong on the page, and what its threads are at: a test that waited in vain should say why."""
    elements = user.client.elements.values() if user.client else ()
    told = [str(getattr(one, "text", "")) for one in elements if "trouble" in one.classes or (
        one.parent_slot and "trouble" in one.parent_slot.parent.classes)]
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = [f"thread {names.get(ident)}:\n" + "".join(traceback.format_stack(frame))
              for ident, frame in sys._current_frames().items() if ident != threading.get_ident()]
    return "\n".join([f"troubles on the page: {[one for one in told if one]}", *stacks])


def only(user: User, marker: str) -> Any:
    """The one visible element with a marker, whatever its kind."""
    (element,) = user.find(marker=marker).elements
    return element


def put(user: User, marker: str, value: Any) -> None:
    """Set a field, as somebody at the page would."""
    element = only(user, marker)
    with user:
        element.value = value


def words(user: User, marker: str) -> str:
    """What the one visible element with a marker says; "" while there is none."""
    with suppress(AssertionError):
        return str(only(user, marker).text)
    return ""
