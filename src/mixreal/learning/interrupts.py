"""Ctrl-C that waits until work can be put down safely."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def patient() -> Iterator[Callable[[], bool]]:
    """Let a first Ctrl-C wait for the end of the step: yields a function that tells whether there was one.

    A second Ctrl-C stops at once. Outside the main thread nothing changes.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def wait(_signal: int, _frame: object) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, wait)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def pause(seconds: float, on_progress: Callable[[int], None] | None = None) -> None:
    """Wait for someone else's work; Ctrl-C, pressed here or passed on by `on_progress`, ends it."""
    with patient() as stopped:
        time.sleep(seconds)
        if on_progress is not None:
            on_progress(0)
        if stopped():
            raise KeyboardInterrupt
