"""The benchmark of fresh images: training on them against training on as many from memory, in turns."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from mixreal.benchmarks.load import busy_elsewhere
from mixreal.benchmarks.train import Bench as TrainBench
from mixreal.benchmarks.train import open_loop
from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput
from mixreal.hardware import hardware, versions
from mixreal.learning.ahead import spare_cores
from mixreal.learning.minibatches import Mix
from mixreal.learning.trainspec import TrainSpec
from mixreal.spec import RenderSpec
from mixreal.streaming import Fresh, open_fresh

REAL = 4_500  # images, of noise: what they show costs nothing


@dataclass(frozen=True)
class Bench:
    """What to measure."""

    render: RenderSpec = field(default_factory=RenderSpec)
    classifier: str = "resnet20"
    batch: int = 128
    mix: str = "1:1"
    device: str = "cpu"
    threads: int = 1  # of training
    seconds: float = 10.0  # of each in a turn
    turns: int = 5
    compile: str = "no"


def run(bench: Bench, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure, and tell; the result is JSON."""
    if bench.seconds <= 0 or bench.turns < 1 or Mix.parse(bench.mix).synthetic == 0:
        raise BadInput("nothing to measure: expected some seconds, a turn and a mix with synthetic images")
    before = torch.get_num_threads()
    torch.set_num_threads(bench.threads)
    try:
        fresh = open_fresh(bench.render, bench.device)
        threads = spare_cores(torch.device(bench.device), fresh.synthesis.renderer.device)
        rendering = _rendering_rate(fresh, threads, bench.seconds)
        rates, elsewhere = _in_turns(bench, fresh, 2 * (threads + 1) * fresh.batch / rendering)
    finally:
        torch.set_num_threads(before)
    result = _as_json(bench, fresh, threads, rendering, rates, elsewhere)
    for line in told(result):
        say(line)
    return result


def told(result: dict[str, Any]) -> list[str]:
    """The result in words: rates, the ratio, and what bounds training on fresh images."""
    settings, rate, needs = result["settings"], result["images_per_second"], result["needs"]
    lines = [f"{settings['classifier']}, {settings['size']} px, batch {settings['batch']}, mix {settings['mix']}; "
             f"training on {settings['threads']} threads, rendering on {settings['rendering_threads']}, "
             f"{result['cores']} cores"]
    lines += [f"  {name:<22} {rate[name]['median']:>9,.0f} images/s ({rate[name]['least']:,.0f}-"
              f"{rate[name]['most']:,.0f})" for name in ("from memory", "fresh")]
    lines.append(f"  {'rendering alone':<22} {rate['rendering alone']:>9,.0f} images/s; training from memory takes "
                 f"{needs:,.0f} synthetic ones a second")
    ratio = result["ratio"]
    lines.append(f"fresh against memory: {ratio['median']:.3f} ({ratio['least']:.3f}-{ratio['most']:.3f}); "
                 f"bound by {result['bound']}")
    return lines


def _rendering_rate(fresh: Fresh, threads: int, seconds: float) -> float:
    """Images a second with nothing beside it."""
    fresh.render(np.arange(fresh.batch))
    start, done = time.perf_counter(), 0
    with ThreadPoolExecutor(threads) as pool:
        while time.perf_counter() - start < seconds:
            parts = [np.arange(fresh.batch) + (done + k) * fresh.batch for k in range(2 * threads)]
            list(pool.map(fresh.render, parts))
            done += len(parts)
    return done * fresh.batch / (time.perf_counter() - start)


def _in_turns(bench: Bench, fresh: Fresh, pause: float) -> tuple[dict[str, list[float]], float]:
    """Rates by contender. `pause`: seconds in which what was rendered ahead is used up, and rendered anew."""
    spec = TrainSpec(mix=bench.mix, classifier=bench.classifier, batch=bench.batch, lr=0.01, steps=1_000_000,
                     compile=bench.compile)  # type: ignore[arg-type]
    size = bench.render.size
    real = None
    if Mix.parse(bench.mix).real:
        noise = np.random.default_rng(0).integers(0, 256, (REAL, size, size, 3), np.uint8)
        real = Dataset(noise, np.arange(REAL) % len(fresh.classes), fresh.classes, "real", np.arange(REAL), {})
    setting = TrainBench(device=bench.device, threads=bench.threads)
    loops = {"from memory": open_loop(real, fresh.sample, spec, setting),
             "fresh": open_loop(real, fresh, spec, setting)}
    for work in loops.values():
        work(0.0)
    rates: dict[str, list[float]] = {name: [] for name in loops}
    worst = 0.0
    for turn in range(bench.turns):
        for name in list(loops) if turn % 2 == 0 else list(loops)[::-1]:
            if name == "fresh":  # what was rendered ahead while others had their turn does not count
                _use_up(loops[name], fresh, bench)
            with busy_elsewhere() as busy:
                rates[name].append(loops[name](bench.seconds))
            worst = max(worst, busy())
            time.sleep(pause)
    return rates, worst


def _use_up(work: Callable[[float], float], fresh: Fresh, bench: Bench) -> None:
    count = Mix.parse(bench.mix).counts(bench.batch)[1]
    ahead = (spare_cores(torch.device(bench.device), fresh.synthesis.renderer.device) + 1) * fresh.batch
    for _ in range(-(-ahead // count)):
        work(0.0)


def _as_json(bench: Bench, fresh: Fresh, threads: int, rendering: float, rates: dict[str, list[float]],
             elsewhere: float) -> dict[str, Any]:
    ratios = [a / b for a, b in zip(rates["fresh"], rates["from memory"])]
    memory = float(np.median(rates["from memory"]))
    share = Mix.parse(bench.mix).counts(bench.batch)[1] / bench.batch
    if rendering < memory * share:
        bound = "rendering"
    elif bench.device == "cpu" and bench.threads + threads > (os.cpu_count() or 1):
        bound = "the cores, which training and rendering share"
    else:
        bound = "training"
    settings = {"classifier": bench.classifier, "size": bench.render.size, "batch": bench.batch, "mix": bench.mix,
                "device": bench.device, "threads": bench.threads, "rendering_threads": threads,
                "seconds": bench.seconds, "turns": bench.turns, "compile": bench.compile, "models": bench.render.models}
    return {"benchmark": "stream", "hardware": hardware(torch.device(bench.device)), "versions": versions(),
            "settings": settings, "busy_elsewhere": round(elsewhere, 3), "cores": os.cpu_count(),
            "images_per_second": {**{name: _summary(turns) for name, turns in rates.items()},
                                  "rendering alone": rendering},
            "needs": memory * share, "ratio": _summary(ratios), "bound": bound}


def _summary(values: list[float]) -> dict[str, Any]:
    return {"median": float(np.median(values)), "least": min(values), "most": max(values), "turns": values}
