"""One epoch over a dataset on disk: `python -m mixreal.benchmarks.epoch DATASET`, rates and memory as JSON.

The walk through minibatches alone, over all images; then training on them and on a few images from memory, in turns:
images/s, and by how much the memory of the process had grown at most (its own, not the pages that the system keeps of
files). Memory at the start is taken once everything that does not depend on the dataset is loaded.
"""

import argparse
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mixreal.benchmarks.train import Bench, Work, open_loop
from mixreal.datasets.dataset import RESIDENT, Dataset, read
from mixreal.datasets.imagefiles import ImageFiles
from mixreal.errors import BadInput
from mixreal.learning.minibatches import Mix, minibatches
from mixreal.learning.trainspec import TrainSpec

TURNS = 4


def main(argv: list[str] | None = None) -> int:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m mixreal.benchmarks.epoch", description=__doc__)
    parser.add_argument("dataset", help="the folder of a dataset")
    parser.add_argument("--batch", type=int, default=128, help="images a minibatch")
    parser.add_argument("--images", type=int, default=0, help="of the walk; 0 = all, a whole epoch")
    parser.add_argument("--seconds", type=float, default=20, help="of training each way; 0 = none")
    parser.add_argument("--train-epoch", action="store_true", help="train for a whole epoch instead")
    parser.add_argument("--threads", type=int, default=1, help="of training")
    parser.add_argument("--resident", type=int, default=RESIDENT, help="bytes of images that are read into memory")
    asked = parser.parse_args(argv)
    try:
        told = measure(asked.dataset, asked.batch, asked.images, asked.seconds, asked.threads, asked.resident,
                       asked.train_epoch)
    except BadInput as error:
        parser.error(str(error))
    print(json.dumps(told, indent=1))
    return 0


def measure(folder: str | Path, batch: int = 128, images: int = 0, seconds: float = 20.0, threads: int = 1,
            resident: int = RESIDENT, train_epoch: bool = False) -> dict[str, Any]:
    """The figures of one dataset."""
    if not (batch >= 1 and images >= 0 and threads >= 1 and 0 <= seconds < float("inf")):
        raise BadInput(f"batch {batch}, images {images}, threads {threads}, seconds {seconds}: expected no less than "
                       "1, 0, 1 and 0")
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        _warm_up(batch)
        start = memory()
        with watched(start) as grown:
            dataset = read(folder, resident)
            told: dict[str, Any] = {
                "dataset": str(folder), "images": len(dataset), "bytes": int(dataset.images.nbytes),
                "in_files": isinstance(dataset.images, ImageFiles), "batch": batch, "threads": threads,
                "walk": _walk(dataset, batch, images)}
            told["walk"]["memory_above_start"] = grown()
            if seconds > 0 or train_epoch:
                told["training"] = _epoch(dataset, batch) if train_epoch else _against_memory(dataset, batch, seconds)
            told["memory_at_start"], told["memory_above_start"] = start, grown()
        return told
    finally:
        torch.set_num_threads(before)


def memory() -> int:
    """Bytes that this process holds in memory now, of its own and of mapped files; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


@contextmanager
def watched(start: int, every: float = 0.02) -> Iterator[Any]:
    """Yields a function that tells by how many bytes memory had grown at most so far."""
    peak, ended = memory(), threading.Event()

    def look() -> None:
        nonlocal peak
        while not ended.wait(every):
            peak = max(peak, memory())

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: max(peak - start, 0)
    finally:
        ended.set()
        thread.join()


def _walk(dataset: Dataset, batch: int, images: int) -> dict[str, Any]:
    """Minibatches alone, each touched once."""
    steps = max((images or len(dataset)) // batch, 1)
    batches, seen = minibatches(None, dataset, Mix(0, 1), batch, 0), 0
    start = time.perf_counter()
    try:
        for _ in range(steps):
            minibatch = next(batches)
            seen += len(minibatch.labels)
            minibatch.images[:, ::8, ::8].sum()
    finally:
        batches.close()
    seconds = time.perf_counter() - start
    return {"images": seen, "seconds": round(seconds, 3), "images_per_second": round(seen / seconds, 1)}


def _epoch(dataset: Dataset, batch: int) -> dict[str, Any]:
    """ResNet-20 on these images alone, once through them."""
    work, steps = _loop(dataset, batch), max(len(dataset) // batch, 1)
    start = time.perf_counter()
    for _ in range(steps):
        work(0.0)
    taken = time.perf_counter() - start
    return {"images": steps * batch, "seconds": round(taken, 1), "images_per_second": round(steps * batch / taken, 1)}


def _against_memory(dataset: Dataset, batch: int, seconds: float) -> dict[str, Any]:
    """ResNet-20 on these images alone, and on a few from memory, in turns."""
    loops = {"from_files": _loop(dataset, batch), "from_memory": _loop(_few(batch, dataset.images.shape[1]), batch)}
    rates: dict[str, list[float]] = {name: [] for name in loops}
    for turn in range(TURNS):
        for name in list(loops) if turn % 2 == 0 else list(loops)[::-1]:
            rates[name].append(loops[name](seconds / TURNS))
    ratios = [a / b for a, b in zip(rates["from_files"], rates["from_memory"])]
    return {name: {"images_per_second": round(float(np.median(turns)), 1)} for name, turns in rates.items()} | {
        "ratio": round(float(np.median(ratios)), 4), "ratios": [round(ratio, 4) for ratio in ratios]}


def _loop(dataset: Dataset, batch: int) -> Work:
    spec = TrainSpec(mix="0:1", batch=batch, lr=0.01, steps=1_000_000, compile="no")
    work = open_loop(None, dataset, spec, Bench(batch=batch))
    work(0.0)
    return work


def _few(batch: int, size: int = 32) -> Dataset:
    """As many images as a few minibatches, of noise."""
    rng = np.random.default_rng(0)
    count = 4 * batch
    return Dataset(rng.integers(0, 256, (count, size, size, 3), np.uint8), np.arange(count) % 2, ("a", "b"),
                   "synthetic", np.arange(count), {})


def _warm_up(batch: int) -> None:
    """A step on a handful of images: what PyTorch allocates for itself is not the dataset's."""
    _loop(_few(batch), batch)


if __name__ == "__main__":
    raise SystemExit(main())
