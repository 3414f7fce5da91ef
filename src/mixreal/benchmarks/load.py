"""How busy other programs keep the machine: a benchmark says so rather than pretend to have been alone."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def busy_elsewhere() -> Iterator[Callable[[], float]]:
    """Yields a function that, after the block, gives the cores that other programs used on average during it.

    0 where the system does not tell (no /proc/stat).
    """
    before, own, start = _busy(), _own(), time.perf_counter()
    found = 0.0
    yield lambda: found
    taken = max(time.perf_counter() - start, 1e-9)
    found = max(0.0, (_busy() - before - (_own() - own)) / taken)


def _busy() -> float:
    """CPU seconds since the start that were neither idle nor waiting, of all cores."""
    try:
        first = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    except OSError:
        return 0.0
    ticks = [int(word) for word in first]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
