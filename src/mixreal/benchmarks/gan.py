"""The benchmark of refinement: iterations/s of our loop and of a plain CycleGAN loop, in turns."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from mixreal.benchmarks.load import busy_elsewhere
from mixreal.benchmarks.plain_cyclegan import PlainCycleGan
from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput
from mixreal.hardware import hardware, open_device, versions
from mixreal.refining import discriminator, generator
from mixreal.refining.fitting import bf16
from mixreal.refining.losses import draw_labels
from mixreal.refining.notation import generator_layers
from mixreal.refining.pairs import Pairs
from mixreal.refining.sets import Pixels
from mixreal.refining.spec import PAPER, RefineSpec, preset
from mixreal.refining.stagestate import MAIN, StageState, begin_phase
from mixreal.refining.translator import Networks, open_translator
from mixreal.refining.updates import update_discriminators, update_generators

CLASSES = ("car", "bicycle", "motorcycle", "train")
IMAGES = 1_200  # of each domain, of noise: what they show costs nothing

Work = Callable[[int], float]  # so many iterations; iterations/s


@dataclass(frozen=True)
class Bench:
    """What to measure."""

    networks: tuple[str, ...] = ("paper", "fast")  # presets whose generator and discriminator are used
    size: int = 32
    batch: int = 32
    device: str = "cpu"
    threads: int = 2
    turns: int = 3  # of each contender
    iterations: int = 2  # a turn, of 5 generator updates and one of the discriminators each
    compile: bool = False  # ours, by torch.compile


def run(bench: Bench, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure each network, and tell; the result is JSON. `BadInput` for what cannot be measured."""
    if bench.turns < 1 or bench.iterations < 1 or not bench.networks:
        raise BadInput("nothing to measure: expected some networks, a turn and an iteration")
    for name in bench.networks:
        _check_size(spec_of(name, bench), bench.size)
    open_device(bench.device)
    before = torch.get_num_threads()
    torch.set_num_threads(bench.threads)
    say(f"CycleGAN, {bench.size} px, batch {bench.batch}, {PAPER.g_updates} generator updates to "
        f"{PAPER.d_updates}, {bench.threads} threads on {bench.device}; iterations/s, medians of {bench.turns} turns")
    try:
        cells = [_measured(name, bench, say) for name in bench.networks]
    finally:
        torch.set_num_threads(before)
    return {"benchmark": "gan", "hardware": hardware(torch.device(bench.device)), "versions": versions(),
            "settings": {**vars(bench), "networks": list(bench.networks)}, "cells": cells}


def spec_of(name: str, bench: Bench) -> RefineSpec:
    """The paper's losses and updates with a preset's networks, batch norm and tanh."""
    found = preset(name)
    return replace(PAPER, generator=found.generator, discriminator=found.discriminator, batch=bench.batch)


def ours(spec: RefineSpec, bench: Bench) -> Work:
    """The steps of `mixreal.refining.fitting`, without its checkpoints and measurements."""
    device, pairs = torch.device(bench.device), _pairs(spec, bench)
    translator, chance = open_translator("cyclegan"), torch.Generator().manual_seed(0)
    nets = Networks(spec, translator.extra(spec, chance), chance)
    nets.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if bench.compile:
        for network in (nets.to_real, nets.to_synthetic, nets.d_real, nets.d_synthetic):
            network.compile()
    state = StageState(nets, replace(spec, pretrain_g=0, pretrain_d=0))
    begin_phase(state)
    assert state.players is not None
    makers, critics = state.players
    done = 0

    def iterate() -> None:
        nonlocal done
        with torch.autocast(device.type, torch.bfloat16, enabled=bf16(spec, device)):
            for k in range(spec.g_updates):
                pair = pairs(MAIN, done * spec.g_updates + k)
                fakes, _ = update_generators(makers, spec.g_lr, nets, translator, pair, spec, chance)
            update_discriminators(critics, spec.d_lr, nets, pair, fakes, spec, chance)
        done += 1

    return _timed(iterate, device)


def plain(spec: RefineSpec, bench: Bench) -> Work:
    """The plain loop on the same images."""
    device, pairs = torch.device(bench.device), _pairs(spec, bench)
    model, chance = PlainCycleGan(spec, device), torch.Generator().manual_seed(0)
    done = 0

    def iterate() -> None:
        nonlocal done
        for k in range(spec.g_updates):
            pair = pairs(MAIN, done * spec.g_updates + k)
            model.optimize_generators(pair.synthetic.contiguous(), pair.real.contiguous())
        model.optimize_discriminators(*(draw_labels(spec, spec.batch, chance) for _ in range(2)))
        done += 1

    return _timed(iterate, device)


def _check_size(spec: RefineSpec, size: int) -> None:
    """`BadInput` for images that the networks cannot work on: ours pads what its layers cannot halve, the plain loop
    does not, and both are to do the same work."""
    generator.check_size(spec, size, size)
    discriminator.check_size(spec, size, size)
    multiple = 2 ** sum(layer.kind == "d" for layer in generator_layers(spec.generator))
    if size % multiple:
        raise BadInput(f"size {size}: the generator {spec.generator} halves images {multiple.bit_length() - 1} times: "
                       f"give a multiple of {multiple}, such as {-(-size // multiple) * multiple}, or other --networks")


def _measured(name: str, bench: Bench, say: Callable[[str], None]) -> dict[str, Any]:
    spec = spec_of(name, bench)
    contenders = {"ours": ours(spec, bench), "plain": plain(spec, bench)}
    for work in contenders.values():
        work(1)
    rates: dict[str, list[float]] = {who: [] for who in contenders}
    elsewhere = 0.0
    for turn in range(bench.turns):
        for who in (list(contenders) if turn % 2 == 0 else list(contenders)[::-1]):
            with busy_elsewhere() as busy:
                rates[who].append(contenders[who](bench.iterations))
            elsewhere = max(elsewhere, busy())
    ratios = [a / b for a, b in zip(rates["ours"], rates["plain"])]
    say(f"  {spec.generator}; {spec.discriminator}")
    say(f"    ours {np.median(rates['ours']):.3f}, plain {np.median(rates['plain']):.3f}: "
        f"{np.median(ratios):.2f}x ({min(ratios):.2f}-{max(ratios):.2f})"
        + (f"  ({elsewhere:.1f} cores were busy elsewhere)" if elsewhere > 0.2 else ""))
    return {"networks": name, "generator": spec.generator, "discriminator": spec.discriminator,
            "iterations_per_second": rates, "ratio": {"median": float(np.median(ratios)), "least": min(ratios),
                                                      "most": max(ratios), "turns": ratios},
            "busy_elsewhere": round(elsewhere, 3)}


def _timed(iterate: Callable[[], None], device: torch.device) -> Work:
    def work(iterations: int) -> float:
        start = time.perf_counter()
        for _ in range(iterations):
            iterate()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return iterations / (time.perf_counter() - start)

    return work


def _pairs(spec: RefineSpec, bench: Bench) -> Pairs:
    device = torch.device(bench.device)
    sides = [Pixels(_noise(domain, bench.size), (), device) for domain in ("real", "synthetic")]
    return Pairs(sides[0], sides[1], len(CLASSES), spec.batch, True, False, 0)


def _noise(domain: str, size: int) -> Dataset:
    rng = np.random.default_rng(len(domain))
    images = rng.integers(0, 256, (IMAGES, size, size, 3), np.uint8)
    return Dataset(images, np.arange(IMAGES) % len(CLASSES), CLASSES, domain, np.arange(IMAGES), {}, None, "noise")
