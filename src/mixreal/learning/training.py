"""One loop: fit a classifier to mixed minibatches, resume exactly, evaluate, and leave a run folder."""

import math
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal import runs
from mixreal.datasets.dataset import Dataset
from mixreal.datasets.locks import lock
from mixreal.errors import BadInput
from mixreal.folders import check_writable
from mixreal.hardware import bf16_gains, hardware, open_device, versions
from mixreal.learning import checkpoints
from mixreal.learning.augment import prepare
from mixreal.learning.batch_norm import set_real, with_domain_norm
from mixreal.learning.branching import Branch, leave, partings
from mixreal.learning.checkpoints import State
from mixreal.learning.classifiers import build
from mixreal.learning.compiling import compiled, pays
from mixreal.learning.evaluation import logits, thinned
from mixreal.learning.interrupts import patient
from mixreal.learning.minibatches import Minibatch, Mix, minibatches
from mixreal.learning.results import constants, write_results
from mixreal.learning.schedules import learning_rate
from mixreal.learning.task import Task, make_task
from mixreal.learning.trainspec import TrainSpec
from mixreal.metrics import open_metrics, write_line
from mixreal.progress import advancing
from mixreal.real.sets import RealData
from mixreal.runs import Run
from mixreal.spec import to_mapping, to_toml
from mixreal.streaming import Fresh

__all__ = ["TrainSpec", "train"]

LOG_EVERY = 20  # steps between lines of metrics: reading the loss waits for the device
CHECKPOINT_EVERY = 30.0  # seconds
CURVE_IMAGES = 500  # of each set, at each point of the curve
STEP_STREAM, WEIGHT_STREAM = 2, 3  # beside the two of minibatches


def train(real: RealData | Dataset | None, synthetic: Dataset | Fresh | None, spec: TrainSpec, folder: str | Path, *,
          device: str = "auto", tests: Mapping[str, Dataset] | None = None, branches: Sequence[Branch] = (),
          on_progress: Callable[[int], None] | None = None) -> Run:
    """Train a classifier and leave everything about it in `folder`.

    With `RealData` its test and validation sets are evaluated too, and so are further `tests`, by name. Stopped at any
    time, the same call goes on where it was, to the same weights as an unbroken run (same processor and thread count;
    on CUDA some gradients are summed in no fixed order, and last bits differ); finished, it only reads. A folder that
    holds something else is `BadInput`.
    branches: trainings of the same images that differ in `finish` alone; each gets a checkpoint to go on from.
    on_progress: called with the count of images just trained on, those of an earlier try first; None shows progress.
    """
    folder, task = Path(folder), make_task(real, synthetic, spec, tests)
    where = open_device(device)
    model = build(spec.classifier, len(task.classes), _generator(spec.seed, WEIGHT_STREAM), task.size)
    if spec.norm == "split":
        model = with_domain_norm(model)
    with lock(folder):
        if _claim(folder, task.identity) and runs.is_done(folder):
            return runs.open_run(folder)
        runs.write_text(folder / runs.CONFIG, to_toml(_config(task, where)))
        model.to(where, memory_format=torch.channels_last)  # type: ignore[call-overload]
        state = _fit(task, model, folder, where, on_progress, branches)
        write_results(task, model, folder, where, state)
        runs.mark_done(folder)
        checkpoints.remove(folder)
    return runs.open_run(folder)


def _fit(task: Task, model: nn.Module, folder: Path, device: torch.device,
         on_progress: Callable[[int], None] | None = None, branches: Sequence[Branch] = ()) -> State:
    """Take the model from its last checkpoint, or from nothing, to its last step."""
    spec, leaving = task.spec, partings(task, branches)
    optimizer = make_optimizer(model, spec)
    state = checkpoints.load(folder, task.identity, model, optimizer) or State(
        0, 0, 0.0, torch.zeros(()), 0, _precision(spec, device), pays(task, model, device))
    state.loss_sum = state.loss_sum.to(device)
    batches = _batches(task, state.step, device)
    mean, std = constants(task, device)
    every = spec.evaluate_every or max(task.steps // 10, 1)
    model.train()
    fitted = model  # what is stepped; `model` itself, of the same weights, is evaluated and saved
    if state.compiled:
        fitted, state.compiled = compiled(model, task, device, state.precision)
    images = f"{spec.classifier} {task.mix}", task.steps * spec.batch, "images", state.step * spec.batch
    with (closing(batches), advancing(*images, on_progress) as advance, patient() as interrupted, _flushed(),
          open_metrics(folder, state.metrics_bytes) as metrics):
        lap = saved = time.perf_counter()
        pause = CHECKPOINT_EVERY
        logged = state.step, state.seconds
        while state.step < task.steps:
            lr = learning_rate(spec, state.step, task.steps, task.steps_per_epoch)
            for group in optimizer.param_groups:
                group["lr"] = lr
            state.loss_sum += take_step(fitted, optimizer, next(batches), spec, state, mean, std)
            state.loss_count += 1
            state.step += 1
            advance(spec.batch)
            curve = state.step % every == 0 or state.step == task.steps
            log = curve or state.step % LOG_EVERY == 0
            stop = interrupted()
            save = stop or time.perf_counter() - saved > pause
            parting = leaving.get(state.step, ())
            if not (log or save or parting):
                continue
            loss = _mean_loss(state, spec) if log else 0.0  # reading it waits for the device: before the clock is read
            state.seconds += time.perf_counter() - lap
            if log:
                rate = (state.step - logged[0]) * spec.batch / max(state.seconds - logged[1], 1e-9)
                row = {"step": state.step, "epoch": round(state.step / task.steps_per_epoch, 4), "loss": loss,
                       "lr": lr, "images_per_second": round(rate, 1)}
                write_line(metrics, row | (_curve_point(task, model, mean, std) if curve else {}))
                state.loss_sum, state.loss_count = torch.zeros((), device=device), 0
                logged = state.step, state.seconds
            state.metrics_bytes = metrics.tell()
            for branch in parting:
                config = to_toml(_config(replace(task, spec=branch.spec), device))
                leave(branch, task, folder, config, state, model, optimizer)
            if save:
                began = time.perf_counter()
                checkpoints.save(folder, task.identity, state, model, optimizer)
                saved = time.perf_counter()
                pause = CHECKPOINT_EVERY * max(1.0, saved - began)  # large models: a thirtieth of the time
            if stop:
                raise KeyboardInterrupt
            lap = time.perf_counter()
    return state


def _batches(task: Task, step: int, device: torch.device) -> Generator[Minibatch, None, None]:
    """What a training sees from `step` on: the mix, then, if it is to finish so, real images alone."""
    spec, mixed = task.spec, task.mixed_steps
    if step < mixed:
        with closing(minibatches(task.real, task.fresh or task.synthetic, task.mix, spec.batch, spec.seed, step, device,
                                 task.classes, spec.evenly)) as batches:
            yield from islice(batches, mixed - step)
    with closing(minibatches(task.real, None, Mix(1, 0), spec.batch, spec.seed, max(step - mixed, 0), device,
                             evenly=spec.evenly)) as alone:
        yield from alone


@contextmanager
def _flushed() -> Iterator[None]:
    """Numbers below 1e-38 count as 0 on this thread: gradients of a loss near 0 are such, and slow to compute with."""
    already = float(torch.tensor(1e-39) * 1) == 0
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(already)


def take_step(model: nn.Module, optimizer: torch.optim.Optimizer, minibatch: Minibatch, spec: TrainSpec, state: State,
          mean: Tensor, std: Tensor) -> Tensor:
    """One update; returns the loss (), on the device, unread. All randomness is a function of (seed, step)."""
    device = mean.device
    generator = _generator(spec.seed, STEP_STREAM, state.step)
    images = prepare(minibatch.images, spec.augment, generator, mean, std)
    with torch.random.fork_rng([device] if device.type == "cuda" else []):  # dropout draws from the global stream
        torch.manual_seed(int(torch.randint(2**62, (), generator=generator)))
        with torch.autocast(device.type, torch.bfloat16, enabled=state.precision == "bf16"):
            set_real(model, minibatch.real if spec.norm == "split" else 0)
            scores = model(images)
    loss = F.cross_entropy(scores.float(), minibatch.labels)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return loss.detach()


def _claim(folder: Path, identity: str) -> bool:
    """Whether the folder holds this very training; False if it is empty; `BadInput` if it holds anything else."""
    if (folder / runs.CONFIG).is_file():
        found = runs.read_config(folder).get("identity")
        if found != identity:
            raise BadInput(f"{str(folder)!r} holds another training ({found}, asked for: {identity}): "
                           "give another folder, or delete that one")
        return True
    check_free(folder)
    return False


def check_free(folder: Path) -> None:
    """`BadInput` for a folder that holds anything but a training run, or that nothing can be written to."""
    check_writable(folder)
    if folder.is_dir() and not (folder / runs.CONFIG).is_file() and any(
            not path.name.startswith(".") for path in folder.iterdir()):
        raise BadInput(f"{str(folder)!r} holds files that are no training run: give a new or an empty folder")


def _config(task: Task, device: torch.device) -> dict[str, Any]:
    return {"identity": task.identity, "classes": list(task.classes), "size": task.size,
            "mean": list(task.mean), "std": list(task.std), "steps": task.steps,
            "steps_per_epoch": round(task.steps_per_epoch, 4), "train": to_mapping(task.spec), "data": task.data,
            "hardware": hardware(device), "versions": versions()}


def make_optimizer(model: nn.Module, spec: TrainSpec) -> torch.optim.Optimizer:
    """The spec's optimizer, its update of all parameters fused into one pass."""
    if spec.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), spec.lr, weight_decay=spec.weight_decay, fused=True)
    return torch.optim.SGD(model.parameters(), spec.lr, spec.momentum, weight_decay=spec.weight_decay, fused=True)


def _precision(spec: TrainSpec, device: torch.device) -> str:
    return ("bf16" if bf16_gains(device) else "fp32") if spec.precision == "auto" else spec.precision


def _mean_loss(state: State, spec: TrainSpec) -> float:
    loss = float(state.loss_sum) / state.loss_count
    if not math.isfinite(loss):
        raise BadInput(f"training diverged before step {state.step} (the loss is {loss}): "
                       f"use an lr below {spec.lr:g}, and a new folder")
    return round(loss, 6)


def _curve_point(task: Task, model: nn.Module, mean: Tensor, std: Tensor) -> dict[str, float]:
    """Accuracy on at most 500 validation and test images, with the statistics of training."""
    point: dict[str, float] = {}
    for name in ("validation", "test"):
        if name in task.tests:
            dataset = task.tests[name]
            rows = thinned(len(dataset), CURVE_IMAGES)
            scores = logits(model, dataset.images[rows], mean, std)
            point[name] = round(float((scores.argmax(1) == dataset.labels[rows]).mean()), 5)
    return point


def _generator(*key: int) -> torch.Generator:
    """A generator on the CPU, seeded by whole numbers."""
    word = int(np.random.SeedSequence(list(key)).generate_state(1, np.uint64)[0])
    return torch.Generator().manual_seed(word >> 1)
