"""Progress that a person can follow: done, rate and time left; a bar on a terminal, a line now and then in a log."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

LOG_EVERY = 10.0  # seconds between lines where no terminal is watching
FILE = "MIXREAL_PROGRESS"  # names a file that progress is kept in as JSON, for programs that watch
FILE_EVERY = 0.5  # seconds between its versions


@dataclass(frozen=True)
class Advance:
    """Call it with the count of things just finished, from any thread."""

    fresh: Callable[[int], None]
    earlier: Callable[[int], None]  # the same for what an earlier try had finished: it is progress, and no speed

    def __call__(self, count: int) -> None:
        self.fresh(count)


@contextmanager
def progress(label: str, total: int, unit: str = "images", done: int = 0) -> Iterator[Advance]:
    """Yield `advance(n)`: call it with the count of things just finished, from any thread.

    `done` is what an earlier run had finished: it counts as progress, not towards the rate.
    """
    shown = contextmanager(_bar if sys.stderr.isatty() else _lines)
    with shown(label, total, unit, done) as advance, _kept(label, total, unit, done) as keep:

        def both(fresh: int, earlier: int) -> None:
            advance(fresh, earlier)
            keep(fresh, earlier)

        yield Advance(lambda count: both(count, 0), lambda count: both(0, count))


@contextmanager
def advancing(label: str, total: int, unit: str, done: int,
              on_progress: Callable[[int], None] | None) -> Iterator[Callable[[int], None]]:
    """`on_progress` of a caller who shows progress itself, told first what was `done` before; or `progress`."""
    if on_progress is not None:
        (on_progress.earlier if isinstance(on_progress, Advance) else on_progress)(done)
        yield on_progress
    else:
        with progress(label, total, unit, done) as advance:
            yield advance


def _bar(label: str, total: int, unit: str, done: int) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
               TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    start, turn = time.monotonic(), threading.Lock()
    with Progress(*columns, console=Console(stderr=True), transient=False) as bar:
        task = bar.add_task(label, total=total, completed=done, rate="")

        def advance(fresh: int, earlier: int) -> None:
            nonlocal done
            with turn:
                done += earlier
                bar.tasks[task].completed += earlier  # behind its back: the time left is told by what it is told
                bar.advance(task, fresh)
                count = bar.tasks[task].completed - done
            bar.update(task, rate=f"{count / max(time.monotonic() - start, 1e-9):,.0f} {unit}/s")

        yield advance


def _lines(label: str, total: int, unit: str, done: int) -> Iterator[Callable[[int, int], None]]:
    start = last = time.monotonic()
    count = done

    def advance(fresh: int, earlier: int) -> None:
        nonlocal count, done, last
        count, done = count + fresh + earlier, done + earlier
        now = time.monotonic()
        if now - last >= LOG_EVERY:
            last = now
            rate = (count - done) / (now - start)
            left = (total - count) / rate if rate > 0 else float("inf")
            print(f"{label}: {count:,}/{total:,} {unit}, {rate:,.0f} {unit}/s, {left:,.0f} s left",
                  file=sys.stderr, flush=True)

    yield advance


@contextmanager
def _kept(label: str, total: int, unit: str, done: int) -> Iterator[Callable[[int, int], None]]:
    """Progress in the file that `MIXREAL_PROGRESS` names: label, unit, done, total, rate a second, seconds left."""
    place = os.environ.get(FILE)
    start, last, count = time.monotonic(), 0.0, done
    turn = threading.Lock()

    def write() -> None:
        rate = (count - done) / max(time.monotonic() - start, 1e-9)
        told = {"label": label, "unit": unit, "done": count, "total": total, "rate": rate,
                "left": (total - count) / rate if rate > 0 else None}
        temporary = f"{place}.{os.getpid()}.tmp"
        with suppress(OSError):  # whoever watches has to wait; the work goes on
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(told, file)
            os.replace(temporary, str(place))

    def keep(fresh: int, earlier: int) -> None:
        nonlocal count, done, last
        with turn:
            count, done = count + fresh + earlier, done + earlier
            if time.monotonic() - last >= FILE_EVERY:
                last = time.monotonic()
                write()

    if not place:
        yield lambda fresh, earlier: None
        return
    write()
    try:
        yield keep
    finally:
        with turn:
            write()
