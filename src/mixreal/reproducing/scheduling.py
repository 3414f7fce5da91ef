"""Cells at work: datasets first, then trainings over processes and devices, in one progress view; failures are kept."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch

from mixreal.children import deaf, settle_in
from mixreal.errors import BadInput
from mixreal.learning.training import train
from mixreal.production.cluster import connected
from mixreal.progress import progress
from mixreal.reproducing import refinement
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import (
    Place,
    dataset_folder,
    job_folder,
    refined_of,
    sets_of,
    steps_of,
    synthetic_of,
)
from mixreal.reproducing.setting import Setting
from mixreal.runs import MODEL, is_done
from mixreal.spec import fingerprint, to_mapping

LOOK = 0.2  # seconds between looks at the processes
WEIGHTS_KEPT = 50 << 20  # bytes: larger models (AlexNet's 230 MB a run) leave scores and predictions, no weights


@dataclass
class Board:
    """What the main process and one training share."""

    done: Any  # images trained on so far
    stop: Any  # not 0: leave at the next step, with a checkpoint
    told: int = 0  # of `done`, on the progress view


def defaults(device: str, processes: int) -> tuple[str, int, int]:
    """(device, processes, threads in each): CUDA where there is one; on a CPU one thread a process, as many as cores.

    Two trainings of a thread each do 1.2 times what one of two threads does, and wait for no other program.
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    cores = os.cpu_count() or 1
    if processes == 0:
        processes = max(torch.cuda.device_count(), 1) if device == "cuda" else min(cores, 8)
    return device, processes, max(cores // processes, 1)


def render_all(jobs: Sequence[Job], place: Place, on: str = "") -> dict[Path, str]:
    """Render what is missing for the trainings that are left; returns the reasons of those that failed."""
    wanted = {dataset_folder(job.setting, place): job.setting for job in jobs
              if job.setting.mix.synthetic and not is_done(job_folder(job, place))}
    missing = {folder: setting for folder, setting in wanted.items() if not is_done(folder)}
    failed = {}
    for number, (folder, setting) in enumerate(missing.items(), 1):
        vary = ", ".join(setting.synthetic.vary) or "nothing varied"
        print(f"dataset {number} of {len(missing)}: {setting.synthetic.size} px, {vary}", flush=True)
        try:
            synthetic_of(setting, place, on=on)
        except Exception as error:
            failed[folder] = told(error)
    return failed


def refine_all(jobs: Sequence[Job], place: Place, device: str) -> dict[str, str]:
    """Train the missing stages of GANs for the trainings that are left, with all cores; name -> reason of failures."""
    wanted = {_stages(one, job): (one, job) for job in jobs if not is_done(job_folder(job, place))
              for one in job.settings if refinement.needs_stages(one)}
    failed = {}
    for name, (setting, job) in wanted.items():
        print(f"stages {', '.join(refinement.chain(setting))}", flush=True)
        try:
            refined_of(setting, job.seed, place, device)
        except Exception as error:
            failed[name] = told(error)
            print(f"failed: stages {', '.join(refinement.chain(setting))}: {failed[name]}", file=sys.stderr, flush=True)
    return failed


def _stages(setting: Setting, job: Job) -> str:
    """Tells the stages of a recipe's cells apart: by photos, rendered images, seed of the photos and keys."""
    rendered = to_mapping(setting.synthetic)
    seed = (job.seed if setting.photo_seed < 0 else setting.photo_seed) if setting.per_class else 0
    return fingerprint(setting.real, setting.size, setting.through, list(setting.classes), setting.per_class,
                       setting.stand_in, seed, rendered, refinement.made_by(setting))


def run_all(label: str, jobs: Sequence[Job], place: Place, device: str = "cpu", processes: int = 1,
            threads: int = 1, on: str = "") -> dict[Path, str]:
    """Train what is not finished; returns run folder -> reason of those that failed. Ctrl-C leaves checkpoints.

    on: "ray", "ray:ADDRESS", "ray://HOST:PORT": a training is a task of a Ray cluster, of so many threads.
    """
    with connected(on, processes * threads) if on else nullcontext():
        return _run_all(label, jobs, place, device, processes, threads, on)


def _run_all(label: str, jobs: Sequence[Job], place: Place, device: str, processes: int, threads: int,
             on: str) -> dict[Path, str]:
    no_images = render_all(jobs, place, on)
    no_stages = refine_all(jobs, place, device)
    failed: dict[Path, str] = {}
    left: list[Job] = []
    total = 0
    for job in jobs:
        folder = job_folder(job, place)
        if is_done(folder):
            continue
        if job.setting.mix.synthetic and dataset_folder(job.setting, place) in no_images:
            failed[folder] = no_images[dataset_folder(job.setting, place)]
            continue
        lacking = [_stages(one, job) for one in job.settings if refinement.needs_stages(one)]
        if any(name in no_stages for name in lacking):
            failed[folder] = next(no_stages[name] for name in lacking if name in no_stages)
            continue
        try:
            total += steps_of(job.setting, place) * job.setting.train.batch
            left.append(job)
        except Exception as error:
            failed[folder] = told(error)
    if left:
        with progress(f"{label}, {len(left)} trainings", total, "images") as advance:
            work = _one_after_another if processes == 1 else _side_by_side
            if on:
                from mixreal.reproducing.on_ray import train_on_ray  # it needs `train_job`

                work = partial(train_on_ray, on=on)
            for job, reason in work(left, place, device, processes, threads, advance):
                failed[job_folder(job, place)] = reason
                print(f"failed: mix {job.setting.train.mix}, seed {job.seed}: {reason}", file=sys.stderr, flush=True)
    return failed


def _one_after_another(jobs: Sequence[Job], place: Place, device: str, processes: int, threads: int,
                       advance: Callable[[int], None]) -> Iterator[tuple[Job, str]]:
    del processes, threads  # this process's own
    for job in jobs:
        try:
            train_job(job, place, device, advance)
        except Exception as error:
            yield job, told(error)


def _side_by_side(jobs: Sequence[Job], place: Place, device: str, processes: int, threads: int,
                  advance: Callable[[int], None]) -> Iterator[tuple[Job, str]]:
    """A process a training: one that dies takes no other with it."""
    context = multiprocessing.get_context("spawn")
    waiting, running = list(jobs), dict[int, tuple[Job, Any, Any, Board]]()
    try:
        while waiting or running:
            for slot in range(processes):
                if waiting and slot not in running:
                    running[slot] = _start(context, waiting.pop(0), place, _device(device, slot), threads)
            time.sleep(LOOK)
            for slot, (job, process, pipe, board) in list(running.items()):
                finished = not process.is_alive()  # before the last look at its count
                count = board.done.value
                if count > board.told:
                    advance(count - board.told)
                board.told = count
                if finished:
                    del running[slot]
                    reason = _received(pipe)
                    if reason or not is_done(job_folder(job, place)):
                        yield job, reason or (f"its process ended without a word (exit code {process.exitcode}; out "
                                              "of memory?): run the same command again with fewer --processes")
    except BaseException:
        for _, _, _, board in running.values():
            board.stop.value = 1
        for _, process, _, _ in running.values():
            process.join(60)
        raise


def _received(pipe: Any) -> str:
    try:
        return str(pipe.recv())
    except EOFError:  # it had nothing to say
        return ""


def _start(context: Any, job: Job, place: Place, device: str, threads: int) -> tuple[Job, Any, Any, Board]:
    ours, theirs = context.Pipe(duplex=False)
    # Without locks, which a killed process may leave locked: each number has one writer.
    board = Board(context.Value("q", 0, lock=False), context.Value("b", 0, lock=False))
    process = context.Process(target=_work, args=(job, place, device, threads, board.done, board.stop, theirs))
    with deaf():
        process.start()
    theirs.close()
    return job, process, ours, board


def _work(job: Job, place: Place, device: str, threads: int, done: Any, stop: Any, reason: Any) -> None:
    """One training in its own process. Ctrl-C is for the main process, which sets `stop`."""
    settle_in()  # Ctrl-C reaches the main process, which tells us
    torch.set_num_threads(threads)

    def on_progress(count: int) -> None:
        done.value += count
        if stop.value:
            signal.raise_signal(signal.SIGINT)  # as if it had been pressed here: the loop leaves a checkpoint

    try:
        train_job(job, place, device, on_progress)
    except KeyboardInterrupt:
        pass
    except Exception as error:
        reason.send(told(error))


def train_job(job: Job, place: Place, device: str, on_progress: Callable[[int], None]) -> None:
    """One training of a recipe, in this process; one that is begun is gone on with."""
    sets, folder = sets_of(job, place), job_folder(job, place)
    train(sets.real, sets.synthetic, replace(job.setting.train, seed=job.seed), folder, device=device,
          tests=sets.tests, on_progress=on_progress)
    weights = folder / MODEL
    if weights.is_file() and weights.stat().st_size > WEIGHTS_KEPT:
        weights.unlink()


def _device(device: str, slot: int) -> str:
    return f"cuda:{slot % max(torch.cuda.device_count(), 1)}" if device == "cuda" else device


def told(error: BaseException) -> str:
    """What went wrong, in one line."""
    said = " ".join(str(error).split())
    return said if isinstance(error, BadInput) else f"{type(error).__name__}: {said}"
