"""Processes of our own: Ctrl-C is for the main one, and none outlives it."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

UNGUARDED = 77  # exit code


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
    """End a spawned process that runs its parent's script again as it starts: what renders there would start processes
    of its own, and meet its parent's lock. The parent hears `UNGUARDED`."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        sys.exit(UNGUARDED)


def settle_in() -> None:
    """The first thing that a child does: ignore Ctrl-C where `deaf` could not, and leave when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # it was killed: nobody waits for us
