"""The training benchmark: mixed minibatches and unmixed ones, our loop and a plain DataLoader's, in turns."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from mixreal.benchmarks.load import busy_elsewhere
from mixreal.benchmarks.plain_loop import open_plain_loop
from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput
from mixreal.hardware import bf16_gains, hardware, open_device, versions
from mixreal.learning.checkpoints import State
from mixreal.learning.classifiers import build
from mixreal.learning.compiling import PAYS, compiled, pays
from mixreal.learning.minibatches import minibatches
from mixreal.learning.results import constants
from mixreal.learning.task import make_task
from mixreal.learning.training import make_optimizer, take_step
from mixreal.learning.trainspec import TrainSpec
from mixreal.streaming import Fresh

TURNS = 7  # of each contender: A, B, C, then C, B, A, ...
CLASSES = tuple(f"class {k}" for k in range(9))
REAL, SYNTHETIC = 4_500, 36_000  # images, of noise: what they show costs nothing

AUGMENT = ("crop", "flip")

Work = Callable[[float], float]  # trains for about so many seconds, at least one step; images/s


@dataclass(frozen=True)
class Bench:
    """What to measure."""

    classifier: str = "resnet20"
    size: int = 32
    batch: int = 128
    mix: str = "1:1"
    device: str = "cpu"
    threads: int = 1
    seconds: float = 5.0  # of each contender in a turn
    workers: tuple[int, ...] = (0, 2)  # of the DataLoader: the faster one counts
    compile: str = "auto"  # of ours; "auto" as in a long training
    turns: int = TURNS
    augment: tuple[str, ...] = AUGMENT  # of all contenders


def run(bench: Bench, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure, and tell; the result is JSON. `BadInput` for what cannot be measured."""
    if bench.seconds <= 0 or not bench.workers or min(bench.workers) < 0 or bench.turns < 1:
        raise BadInput("nothing to measure: expected some seconds, a turn and a count of workers from 0")
    open_device(bench.device)
    before = torch.get_num_threads()
    torch.set_num_threads(bench.threads)
    try:
        contenders = _contenders(bench)
        say(f"{bench.classifier}, {bench.size} px, batch {bench.batch}, {bench.threads} threads on {bench.device}; "
            f"images/s, medians of {bench.turns} turns, least-most in brackets")
        rates, elsewhere = _in_turns(contenders, bench)
        costs = _mixed_costs(contenders, bench.seconds * bench.turns)
    finally:
        torch.set_num_threads(before)
    result = _as_json(bench, rates, costs, elsewhere)
    for name, told in result["images_per_second"].items():
        say(f"  {name:<28} {told['median']:>9,.0f} ({told['least']:,.0f}-{told['most']:,.0f})")
    say(f"mixed minibatches cost {100 * result['mixed_costs']['median']:+.1f}% a step (median of {len(costs)} pairs of "
        f"neighbouring steps; half of them {100 * result['mixed_costs']['lower']:+.1f} to "
        f"{100 * result['mixed_costs']['upper']:+.1f})")
    for name, told in result["ratio"].items():
        say(f"{name}: {told['median']:.2f}x ({told['least']:.2f}-{told['most']:.2f})")
    if elsewhere > 0.2:
        say(f"({elsewhere:.1f} cores were busy elsewhere)")
    return result


def _contenders(bench: Bench) -> dict[str, Work]:
    real, synthetic = _noise("real", REAL, bench.size), _noise("synthetic", SYNTHETIC, bench.size)
    spec = TrainSpec(mix=bench.mix, classifier=bench.classifier, batch=bench.batch, lr=0.01, augment=bench.augment,
                     steps=max(PAYS // bench.batch, 1) + 1, compile=bench.compile)  # type: ignore[arg-type]
    out = {"ours, mixed": open_loop(real, synthetic, spec, bench),
           "ours, unmixed": open_loop(real, None, replace(spec, mix="1:0"), bench)}
    if bench.compile != "no":
        out["ours, unmixed, not compiled"] = open_loop(real, None, replace(spec, mix="1:0", compile="no"), bench)
    for workers in bench.workers:
        out[f"DataLoader, {workers} workers"] = open_plain_loop(real, spec, bench.device, workers)
    for work in out.values():
        work(0.0)  # whatever it builds at its first step
    return out


def open_loop(real: Dataset | None, synthetic: Dataset | Fresh | None, spec: TrainSpec, bench: Bench) -> Work:
    """The steps of `mixreal.learning.training`, without its checkpoints and evaluations."""
    device = torch.device(bench.device)
    task = make_task(real, synthetic, spec)
    model = build(spec.classifier, len(task.classes), torch.Generator().manual_seed(0), task.size)
    model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    state = State(0, 0, 0.0, torch.zeros((), device=device), 0, "bf16" if bf16_gains(device) else "fp32")
    fitted = compiled(model, task, device, state.precision)[0] if pays(task, model, device) else model
    optimizer, (mean, std) = make_optimizer(model, spec), constants(task, device)
    batches = minibatches(task.real, task.fresh or task.synthetic, task.mix, spec.batch, 0, 0, device, task.classes)

    def work(seconds: float) -> float:
        start, steps = time.perf_counter(), 0
        while True:
            state.loss_sum += take_step(fitted, optimizer, next(batches), spec, state, mean, std)
            state.step += 1
            steps += 1
            if time.perf_counter() - start >= seconds:
                float(state.loss_sum)  # waits for the device
                return steps * spec.batch / (time.perf_counter() - start)

    return work


def _in_turns(contenders: dict[str, Work], bench: Bench) -> tuple[dict[str, list[float]], float]:
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    worst = 0.0
    for turn in range(bench.turns):
        order = list(contenders) if turn % 2 == 0 else list(contenders)[::-1]
        for name in order:
            with busy_elsewhere() as busy:
                rates[name].append(contenders[name](bench.seconds))
            worst = max(worst, busy())
    return rates, worst


def _mixed_costs(contenders: dict[str, Work], seconds: float) -> list[float]:
    """What a mixed step takes more than the unmixed one beside it, as a share: in pairs, each first in turn, so that
    neither another program nor the processor's clock favours one of them."""
    names, start = ["ours, mixed", "ours, unmixed"], time.perf_counter()
    costs: list[float] = []
    while time.perf_counter() - start < seconds or len(costs) < 2:
        rates = {name: contenders[name](0.0) for name in names}
        costs.append(rates["ours, unmixed"] / rates["ours, mixed"] - 1)
        names.reverse()
    return costs


def _as_json(bench: Bench, rates: dict[str, list[float]], costs: list[float], elsewhere: float) -> dict[str, Any]:
    loaders = {name: turns for name, turns in rates.items() if name.startswith("DataLoader")}
    fastest = max(loaders, key=lambda name: float(np.median(loaders[name])))
    ours = [name for name in rates if name.startswith("ours, unmixed")]
    ratio = {f"{name} against {fastest}": _summary([a / b for a, b in zip(rates[name], rates[fastest])])
             for name in ours}
    return {"benchmark": "train", "hardware": hardware(torch.device(bench.device)) | {"threads": bench.threads},
            "versions": versions(),
            "settings": {**vars(bench), "workers": list(bench.workers), "augment": list(bench.augment)},
            "busy_elsewhere": round(elsewhere, 3), "cores": os.cpu_count(),
            "images_per_second": {name: _summary(turns) for name, turns in rates.items()},
            "mixed_costs": {"median": float(np.median(costs)), "lower": float(np.quantile(costs, 0.25)),
                            "upper": float(np.quantile(costs, 0.75)), "pairs": len(costs)}, "ratio": ratio}


def _summary(values: Sequence[float]) -> dict[str, Any]:
    return {"median": float(np.median(values)), "least": min(values), "most": max(values), "turns": list(values)}


def _noise(domain: str, count: int, size: int) -> Dataset:
    images = np.random.default_rng(count).integers(0, 256, (count, size, size, 3), np.uint8)
    return Dataset(images, np.arange(count) % len(CLASSES), CLASSES, domain, np.arange(count), {}, source="noise")
