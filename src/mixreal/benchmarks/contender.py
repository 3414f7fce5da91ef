"""A contender: one renderer at work on a task, so that it can be timed in turns with the others."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]  # (n, size, size, 3)


@dataclass(frozen=True)
class Contender:
    """A renderer that is ready: opened, compiled and warm."""

    name: str
    images: Callable[[int], Images]  # the task's first n scenes
    work: Callable[[float], float]  # renders for about so many seconds; images/s


def one_after_another(name: str, draw: Callable[[list[int]], Images], scenes: int, batch: int = 1) -> Contender:
    """A contender that draws `batch` scenes at a call, round and round through the task's `scenes`."""
    done = 0

    def work(seconds: float) -> float:
        nonlocal done
        start, first = time.perf_counter(), done
        while True:
            draw([(done + k) % scenes for k in range(batch)])
            done += batch
            taken = time.perf_counter() - start
            if taken >= seconds:
                return (done - first) / taken

    def images(count: int) -> Images:
        parts = [draw([(k + j) % scenes for j in range(batch)]) for k in range(0, count, batch)]
        return np.concatenate(parts)[:count]

    images(1)  # whatever it builds or compiles at its first image
    return Contender(name, images, work)
