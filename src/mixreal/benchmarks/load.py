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
    """CPU seconds of this process, of children that have ended, and of those at work, such as a DataLoader's."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system + _of_descendants(os.getpid())


def _of_descendants(parent: int) -> float:
    """CPU seconds of the processes below one that run now, and of those that ended below them."""
    children: dict[int, list[int]] = {}
    taken: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(errors="replace").rpartition(")")[2].split()  # a name may hold anything
        except OSError:  # it has just ended
            continue
        number = int(path.parent.name)
        children.setdefault(int(words[1]), []).append(number)
        taken[number] = sum(map(int, words[11:15]))  # utime, stime, cutime, cstime
    ticks, left = 0, list(children.get(parent, ()))
    while left:
        number = left.pop()
        ticks += taken[number]
        left += children.get(number, ())
    return ticks / os.sysconf("SC_CLK_TCK")
