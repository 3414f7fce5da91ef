"""The training loop of one stage: pretraining, five generator updates to one, checkpoints, exact resume (App. 6.2)."""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.learning.interrupts import patient
from mixreal.metrics import open_metrics, write_line
from mixreal.progress import advancing
from mixreal.refining import parallel, stagestate, translating
from mixreal.refining.choosing import choose
from mixreal.refining.losses import learning_rate
from mixreal.refining.pairs import Pairs
from mixreal.refining.spec import RefineSpec
from mixreal.refining.stagestate import MAIN, PHASES, PRETRAIN_D, PRETRAIN_G, StageState
from mixreal.refining.translating import GENERATORS, Translators
from mixreal.refining.translator import Networks, Translator
from mixreal.refining.updates import (
    Judges,
    pretrain_generators,
    translated,
    update_discriminators,
    update_generators,
)

LOG_EVERY = 20  # iterations between lines of metrics
SAVE_EVERY = 60.0  # seconds
CANDIDATES = "checkpoints"  # generators of every measured checkpoint, until one is chosen
NORM_MINIBATCHES = 8  # that "estimated" batch-norm statistics come from
WEIGHT_STREAM, STEP_STREAM = 5, 6  # of random numbers

#: What a checkpoint is measured by: the translators (None: the stage's inputs) and whether to train a probe.
Measure = Callable[[Translators | None, bool], dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Work:
    """One stage, ready to be trained."""

    identity: str
    label: str  # of the progress
    spec: RefineSpec
    translator: Translator
    pairs: Pairs
    judges: Judges | None
    measure: Measure
    folder: Path
    device: torch.device
    on_progress: Callable[[int], None] | None = None  # told the count of iterations; None shows progress


def fit(work: Work) -> Translators:
    """Train from the last checkpoint, or from nothing, to the end; the translators of the checkpoint that is kept.

    Leaves metrics.jsonl, generators.safetensors and chosen.json in the folder. Stopped at any time, the same call
    goes on where it was, to the same weights as an unbroken run.
    """
    spec, first = work.spec, parallel.rank() == 0
    nets = _networks(work)
    state = StageState(nets, spec)
    stagestate.load(work.folder, work.identity, state, work.device)
    parallel.share(spec.batch)
    total = stagestate.total_steps(spec)
    if first and not state.inputs:
        state.inputs = work.measure(None, spec.probes > 0)
    nets.train()
    with (advancing(work.label, total, "iterations", state.step, work.on_progress) as advance,
          patient() as interrupted,
          (open_metrics(work.folder, state.metrics_bytes) if first else nullcontext()) as metrics):
        saved = time.perf_counter()
        while state.step < total and not state.diverged:
            if state.iteration == 0:
                stagestate.begin_phase(state)
            lap = time.perf_counter()
            phase, iteration = stagestate.phase_of(spec, state.step)
            _add(state, _step(work, state, phase, iteration))
            state.step += 1
            advance(1)
            measured = phase == MAIN and iteration + 1 in _measured(spec)
            log = measured or (iteration + 1) % LOG_EVERY == 0 or state.iteration == 0
            row = _row(state, phase, iteration + 1) if log else {}
            if log:  # of any rank: all leave the loop together
                state.diverged = parallel.any_of(state.diverged, work.device)
            state.seconds += time.perf_counter() - lap
            if measured and not state.diverged:
                row |= _checkpoint(work, state, iteration + 1) if first else {}
                parallel.wait()
            if row and metrics:
                write_line(metrics, row | {"seconds": round(state.seconds, 2)})
            stop = interrupted()
            if stop or measured or time.perf_counter() - saved > SAVE_EVERY:
                if metrics:
                    state.metrics_bytes = metrics.tell()
                    stagestate.save(work.folder, work.identity, state)
                saved = time.perf_counter()
            if stop:
                raise KeyboardInterrupt
    return _keep(work, state)


def _networks(work: Work) -> Networks:
    generator = _generator(work.spec.seed, WEIGHT_STREAM)
    nets = Networks(work.spec, work.translator.extra(work.spec, generator), generator)
    nets.to(work.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if work.spec.compile:
        for network in (nets.to_real, nets.to_synthetic, nets.d_real, nets.d_synthetic):
            network.compile(mode="max-autotune-no-cudagraphs" if work.device.type == "cuda" else "default")
    return nets


def _step(work: Work, state: StageState, phase: int, iteration: int) -> dict[str, Tensor]:
    """One iteration of a phase; its randomness is a function of (seed, phase, iteration)."""
    spec, nets, pairs = work.spec, state.nets, work.pairs
    assert state.players is not None
    makers, critics = state.players
    part = parallel.share(spec.batch)
    draws = _generator(spec.seed, STEP_STREAM, phase, iteration, parallel.rank())
    with torch.autocast(work.device.type, torch.bfloat16, enabled=bf16(spec, work.device)):
        if phase == PRETRAIN_G:
            return pretrain_generators(makers, spec.g_lr, nets, pairs(phase, iteration, part))
        if phase == PRETRAIN_D:
            pair = pairs(phase, iteration, part)
            return update_discriminators(critics, spec.d_lr, nets, pair, translated(nets, pair), spec, draws)
        g_rate, d_rate = (learning_rate(spec, top, iteration) for top in (spec.g_lr, spec.d_lr))
        terms: dict[str, Tensor] = {}
        each = spec.g_updates if spec.g_batches == "fresh" else 1
        for k in range(spec.g_updates):
            pair = pairs(MAIN, iteration * each + min(k, each - 1), part)
            fakes, terms = update_generators(makers, g_rate, nets, work.translator, pair, spec, draws, work.judges)
            stagestate.follow(state, iteration * spec.g_updates + k)
        for k in range(spec.d_updates):  # the first sees what the generators just made, as in CycleGAN's code
            if k:
                pair = pairs(MAIN + k, iteration, part)
                fakes = translated(nets, pair)
            terms |= update_discriminators(critics, d_rate, nets, pair, fakes, spec, draws, state.pools)
    return terms


def current(work: Work, state: StageState) -> Translators:
    """The generators as they are now, or their averages, at rest."""
    networks = state.averages or (state.nets.to_real, state.nets.to_synthetic)
    samples = [work.pairs(99, k) for k in range(NORM_MINIBATCHES)]
    return translating.freeze(*networks, work.spec, [pair.synthetic for pair in samples],
                              [pair.real for pair in samples])


def _checkpoint(work: Work, state: StageState, iteration: int) -> dict[str, Any]:
    """Measure, and put the generators aside as a candidate."""
    found = current(work, state)
    told = work.measure(found, iteration in _probed(work.spec))
    translating.save(work.folder / CANDIDATES / f"{iteration:07d}.safetensors", found)
    state.rows.append({"iteration": iteration, **told})
    return told


def _keep(work: Work, state: StageState) -> Translators:
    """Choose a checkpoint by the spec's rule and leave its generators alone."""
    if parallel.rank() == 0:
        if not state.rows:
            raise BadInput(f"{work.label} diverged before its first checkpoint (after {state.step} steps): use lower "
                           "learning rates, less flip, or more checkpoints, and a new folder")
        kept, rule = choose(state.rows, work.spec.choose)
        candidates = work.folder / CANDIDATES
        chosen = candidates / f"{state.rows[kept]['iteration']:07d}.safetensors"
        with runs.atomic(work.folder / GENERATORS) as temporary:
            temporary.write_bytes(chosen.read_bytes())
        runs.write_json(work.folder / "chosen.json", {
            "rule": rule, "kept": kept, "diverged": state.diverged, "inputs": state.inputs,
            "checkpoints": state.rows, "seconds": round(state.seconds, 2), "steps": state.step})
    parallel.wait()
    return translating.load(work.folder / GENERATORS, work.spec, work.device)


def _row(state: StageState, phase: int, iteration: int) -> dict[str, Any]:
    """Means since the last line; notes a divergence."""
    means = {name: float(total) / state.count for name, total in state.sums.items()}
    state.diverged = not all(math.isfinite(value) for value in means.values())
    state.sums, state.count = {}, 0
    row: dict[str, Any] = {"phase": PHASES[phase], "iteration": iteration}
    row |= {name: round(value, 6) if math.isfinite(value) else None for name, value in means.items()}
    return row | ({"diverged": True} if state.diverged else {})


def _add(state: StageState, terms: dict[str, Tensor]) -> None:
    for name, value in terms.items():
        value = value.detach().float()
        state.sums[name] = state.sums[name] + value if name in state.sums else value
    state.count += 1


def _measured(spec: RefineSpec) -> frozenset[int]:
    """Iterations (from 1) after which a checkpoint is measured; the last is one."""
    count = min(spec.checkpoints, spec.iterations)
    return frozenset(round(spec.iterations * (k + 1) / count) for k in range(count))


def _probed(spec: RefineSpec) -> frozenset[int]:
    """Of them, the last `probes`, evenly spread over the second half where they are fewer."""
    measured = sorted(_measured(spec))
    if not spec.probes:
        return frozenset()
    places = np.linspace(max(len(measured) - 1 - 2 * (spec.probes - 1), 0), len(measured) - 1, spec.probes).round()
    return frozenset(measured[int(place)] for place in places)


def bf16(spec: RefineSpec, device: torch.device) -> bool:
    """On CPUs float32 wins: measured without AMX, bfloat16 took 1.5 times as long."""
    if spec.precision == "auto":
        return device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return spec.precision == "bf16"


def _generator(*key: int) -> torch.Generator:
    word = int(np.random.SeedSequence(list(key)).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(word >> 1)
