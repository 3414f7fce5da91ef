"""Progress that a person can follow: done, rate and time left; a bar on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

LOG_EVERY = 10.0  # seconds between lines where no terminal is watching


@contextmanager
def progress(label: str, total: int, unit: str = "images", done: int = 0) -> Iterator[Callable[[int], None]]:
    """Yield `advance(n)`: call it with the count of things just finished, from any thread.

    `done` is what an earlier run had finished: it counts as progress, not towards the rate.
    """
    if sys.stderr.isatty():
        yield from _bar(label, total, unit, done)
    else:
        yield from _lines(label, total, unit, done)


def _bar(label: str, total: int, unit: str, done: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
               TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    start = time.monotonic()
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(label, total=total, completed=done, rate="")

        def advance(count: int) -> None:
            bar.advance(task, count)
            fresh = bar.tasks[task].completed - done
            bar.update(task, rate=f"{fresh / max(time.monotonic() - start, 1e-9):,.0f} {unit}/s")

        yield advance


def _lines(label: str, total: int, unit: str, done: int) -> Iterator[Callable[[int], None]]:
    start = last = time.monotonic()
    count = done

    def advance(fresh: int) -> None:
        nonlocal count, last
        count += fresh
        now = time.monotonic()
        if now - last >= LOG_EVERY:
            last = now
            rate = (count - done) / (now - start)
            left = (total - count) / rate if rate > 0 else float("inf")
            print(f"{label}: {count:,}/{total:,} {unit}, {rate:,.0f} {unit}/s, {left:,.0f} s left",
                  file=sys.stderr, flush=True)

    yield advance
