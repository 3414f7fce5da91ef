"""Processes of our own: Ctrl-C is for the main one, and none outlives it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mixreal.errors import BadInput


@contextmanager
def deaf() -> Iterator[None]:
    """Processes started in here ignore Ctrl-C from their first instruction on, until they say otherwise."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def check_in_main() -> None:
    """`BadInput` in a spawned process that runs its parent's script again as it starts: what renders there would start
    processes of its own, and meet its parent's lock."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise BadInput("a process that was started to render runs your script again: put what calls mixreal below "
                       '`if __name__ == "__main__":`')


def settle_in() -> None:
    """The first thing that a child does: ignore Ctrl-C where `deaf` could not, and leave when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # it was killed: nobody waits for us
