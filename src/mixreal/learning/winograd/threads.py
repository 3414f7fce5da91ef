"""Blocks of work shared by torch's own threads: those of its OpenMP runtime, where it can be found, else a pool.

Between two of torch's operations its threads spin, waiting for the next; a pool of ours would have to take the cores
from them. Refining with two threads on two cores: 0.42 iterations/s with a pool, 0.53 with torch's own threads.
"""

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import torch

_PARALLEL = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def shared(work: Callable[[int, int], Any], blocks: int, together: int = 1) -> list[Any]:
    """`work(first, count)` for all blocks, in nearly equal parts, one a thread of torch's at most; what they return.

    together: so many blocks, from the first on, stay in one part.
    """
    whole = -(-blocks // together)
    threads = min(torch.get_num_threads(), whole)
    if threads == 1:
        return [work(0, blocks)]
    edges = [min(whole * k // threads * together, blocks) for k in range(threads + 1)]
    parts = [(a, b - a) for a, b in zip(edges, edges[1:])]
    runtime = _openmp()
    return _in_team(runtime, parts, work) if runtime else list(_pool(threads).map(work, *zip(*parts)))


def _in_team(runtime: Any, parts: list[tuple[int, int]], work: Callable[[int, int], Any]) -> list[Any]:
    out: list[Any] = [None] * len(parts)
    failed: list[BaseException] = []

    def member(_: Any) -> None:
        try:
            for k in range(runtime.omp_get_thread_num(), len(parts), runtime.omp_get_num_threads()):
                out[k] = work(*parts[k])
        except BaseException as error:  # nothing may leave a function that C calls
            failed.append(error)

    runtime.GOMP_parallel(_PARALLEL(member), None, len(parts), 0)
    if failed:
        raise failed[0]
    return out


@cache
def _openmp() -> Any:
    """The OpenMP runtime that this torch brings along and uses, or None."""
    found = sorted((Path(torch.__file__).parent / "lib").glob("libgomp*.so*"))
    try:
        runtime = ctypes.CDLL(str(found[0]))
        runtime.GOMP_parallel.argtypes = [_PARALLEL, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
        runtime.GOMP_parallel.restype = None
        return runtime if runtime.omp_get_num_threads() == 1 else None  # a team of one, outside of teams
    except (IndexError, OSError, AttributeError):
        return None


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads)
