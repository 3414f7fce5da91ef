"""Cells at work: datasets first, then trainings over processes and devices, in one progress view; failures are kept."""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from mixreal.children import deaf, settle_in
from mixreal.datasets.locks import Held
from mixreal.errors import BadInput
from mixreal.hardware import open_device
from mixreal.learning.branching import Branch
from mixreal.learning.interrupts import pause
from mixreal.learning.training import train
from mixreal.production.cluster import connected
from mixreal.progress import Advance, progress
from mixreal.reproducing import records, refinement
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import (
    Place,
    check_rendered,
    dataset_folder,
    is_rendered,
    job_folder,
    refined_of,
    rendered_for,
    sets_of,
    synthetic_of,
)
from mixreal.reproducing.tasks import Task, beginnings_shared, is_left, stage_tasks, training_task
from mixreal.runs import MODEL, is_done

LOOK = 0.2  # seconds between looks at the processes
WEIGHTS_KEPT = 50 << 20  # bytes: larger models (AlexNet's 230 MB a run) leave scores and predictions, no weights


@dataclass
class Board:
    """What the main process and one training share."""

    done: Any  # images trained on so far
    earlier: Any  # images that an earlier try had trained on
    stop: Any  # not 0: leave at the next step, with a checkpoint
    told: int = 0  # of `done`, on the progress view
    told_earlier: int = 0

    def tell(self, advance: Advance) -> None:
        """Take what is new to the progress view."""
        done, earlier = self.done.value, self.earlier.value
        if earlier > self.told_earlier:
            advance.earlier(earlier - self.told_earlier)
        if done > self.told:
            advance(done - self.told)
        self.told, self.told_earlier = done, earlier


def defaults(device: str, processes: int) -> tuple[str, int, int]:
    """(device, processes, threads in each): CUDA where there is one; on a CPU one thread a process, as many as cores.

    Two trainings of a thread each do 1.2 times what one of two threads does, and wait for no other program.
    """
    device = str(open_device(device))
    cores = os.cpu_count() or 1
    if processes == 0:
        processes = torch.cuda.device_count() if device == "cuda" else 1 if device.startswith("cuda") else min(cores, 8)
    return device, processes, max(cores // processes, 1)


def render_all(jobs: Sequence[Job], place: Place, on: str = "") -> dict[Path, str]:
    """Render what is missing for the trainings that are left, and see that what is there is what it was.

    Returns the reasons of those that failed.
    """
    wanted = {(dataset_folder(one, place), one.size): one for job in jobs if not is_done(job_folder(job, place))
              for one in job.settings if rendered_for(one)}
    failed = dict[Path, str]()
    for folder, setting in {folder: setting for (folder, _), setting in wanted.items()}.items():
        try:
            check_rendered(setting, place)
        except Exception as error:
            failed[folder] = told(error)
            print(f"failed: {failed[folder]}", file=sys.stderr, flush=True)
    missing = {key: setting for key, setting in wanted.items()
               if key[0] not in failed and not is_rendered(setting, place)}
    for number, ((folder, _), setting) in enumerate(missing.items(), 1):
        vary = ", ".join(setting.synthetic.vary) or "nothing varied"
        print(f"dataset {number} of {len(missing)}: {setting.synthetic.size} px, {vary}", flush=True)
        try:
            synthetic_of(setting, place, on=on)
        except Exception as error:
            failed[folder] = told(error)
    return failed


def refine_all(stages: Sequence[Task], place: Place, device: str) -> dict[str, str]:
    """Train missing stages of GANs one after the other, with all cores; name -> reason of those that failed."""
    failed: dict[str, str] = {}
    for task in stages:
        print(task.label, flush=True)
        reason = _failed_before(task, failed)
        try:
            if not reason:
                _work_on(task, place, device, None)
        except Exception as error:
            reason = told(error)
            print(f"failed: {task.label}: {reason}", file=sys.stderr, flush=True)
        if reason:
            failed[task.name] = reason
    return failed


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
    failed: dict[Path, str] = {}
    left: list[Task] = []
    for job in jobs:
        folder = job_folder(job, place)
        if is_done(folder):
            continue
        if lacking := [made for one in job.settings if rendered_for(one)
                       and (made := dataset_folder(one, place)) in no_images]:
            failed[folder] = no_images[lacking[0]]
            continue
        try:
            left.append(training_task(job, place))
        except Exception as error:
            failed[folder] = told(error)
    if not on:  # tasks of a cluster know nothing of each other
        left = beginnings_shared(left, place)
    stages = stage_tasks([task.job for task in left])
    together = processes > 1 and not on  # then a stage and a training run at once; else the stages come first
    no_stages = {} if together else refine_all(stages, place, device)
    for task in [task for task in left if _failed_before(task, no_stages)]:
        failed[job_folder(task.job, place)] = _failed_before(task, no_stages)
        left.remove(task)
    if left:
        title = f"{label}, {len(left)} trainings" + (f", {len(stages)} stages" if stages and together else "")
        work = left if not together else stages + left
        with progress(title, sum(task.images for task in work), "images") as advance:
            for task, reason in _at_work(work, place, device, processes, threads, advance, on):
                if task.stage is None:
                    failed[job_folder(task.job, place)] = reason
                print(f"failed: {task.label}: {reason}", file=sys.stderr, flush=True)
    return failed


def _at_work(tasks: Sequence[Task], place: Place, device: str, processes: int, threads: int,
             advance: Advance, on: str) -> Iterator[tuple[Task, str]]:
    """Do all tasks; yields those that failed, and why."""
    if on:
        from mixreal.reproducing.on_ray import train_on_ray  # it needs `train_job`

        named = {task.name: task for task in tasks}
        for job, reason in train_on_ray([task.job for task in tasks], place, device, processes, threads, advance, on):
            yield named[str(job_folder(job, place))], reason
    elif processes > 1:
        yield from _side_by_side(tasks, place, device, processes, threads, advance)
    else:
        for task in tasks:
            try:
                _work_on(task, place, device, advance)
            except Exception as error:
                yield task, told(error)


def _side_by_side(tasks: Sequence[Task], place: Place, device: str, processes: int, threads: int,
                  advance: Advance) -> Iterator[tuple[Task, str]]:
    """A process a task, in turn, each as soon as what it needs is there: one that dies takes no other with it."""
    context = multiprocessing.get_context("spawn")
    waiting, running = list(tasks), dict[int, tuple[Task, Any, Any, Board]]()
    failed: dict[str, str] = {}
    try:
        while waiting or running:
            for task in [task for task in waiting if _failed_before(task, failed)]:
                waiting.remove(task)
                failed[task.name] = _failed_before(task, failed)
                yield task, failed[task.name]
            for slot in range(processes):
                unmade = {task.name for task in waiting} | {task.name for task, *_ in running.values()}
                ready = next((task for task in waiting if unmade.isdisjoint(task.needs)
                              and (task.after not in unmade or is_left(task, place))), None)
                if ready is not None and slot not in running:
                    waiting.remove(ready)
                    running[slot] = _start(context, ready, place, _device(device, slot), threads)
            time.sleep(LOOK)
            for slot, (task, process, pipe, board) in list(running.items()):
                finished = not process.is_alive()  # before the last look at its count
                board.tell(advance)
                if finished:
                    del running[slot]
                    reason = _received(pipe)
                    if reason or not (process.exitcode == 0 if task.stage else is_done(job_folder(task.job, place))):
                        failed[task.name] = reason or (
                            f"its process ended without a word (exit code {process.exitcode}; out of memory?): run the "
                            "same command again with fewer --processes")
                        yield task, failed[task.name]
    except BaseException:
        for _, _, _, board in running.values():
            board.stop.value = 1
        for _, process, _, _ in running.values():
            process.join(60)
        raise


def _failed_before(task: Task, failed: Mapping[str, str]) -> str:
    """Why something that a task needs is not there; "" if nothing has failed."""
    return next((failed[name] for name in task.needs if name in failed), "")


def _received(pipe: Any) -> str:
    try:
        return str(pipe.recv())
    except EOFError:  # it had nothing to say
        return ""


def _start(context: Any, task: Task, place: Place, device: str, threads: int) -> tuple[Task, Any, Any, Board]:
    ours, theirs = context.Pipe(duplex=False)
    # Without locks, which a killed process may leave locked: each number has one writer.
    done, earlier = (context.Value("q", 0, lock=False) for _ in range(2))
    board = Board(done, earlier, context.Value("b", 0, lock=False))
    process = context.Process(target=_work, args=(task, place, device, threads, board.done, board.earlier, board.stop,
                                                  theirs))
    with deaf():
        process.start()
    theirs.close()
    return task, process, ours, board


def _work(task: Task, place: Place, device: str, threads: int, done: Any, earlier: Any, stop: Any,
          reason: Any) -> None:
    """One task in its own process. Ctrl-C is for the main process, which sets `stop`."""
    settle_in()  # Ctrl-C reaches the main process, which tells us
    torch.set_num_threads(threads)

    def fresh(count: int) -> None:
        done.value += count
        if stop.value:
            signal.raise_signal(signal.SIGINT)  # as if it had been pressed here: the loop leaves a checkpoint

    def before(count: int) -> None:
        earlier.value += count

    try:
        _work_on(task, place, device, Advance(fresh, before))
    except KeyboardInterrupt:
        pass
    except Exception as error:
        reason.send(told(error))


def _work_on(task: Task, place: Place, device: str, on_progress: Advance | None) -> None:
    """One task in this process; one that is begun is gone on with. None shows a stage's own progress."""
    if task.stage is None:
        assert on_progress is not None
        train_job(task.job, place, device, on_progress, task.leaves)
        return
    batch = refinement.refine_spec(task.stage).batch
    told_images = None if on_progress is None else Advance(lambda count: on_progress(count * batch),
                                                           lambda count: on_progress.earlier(count * batch))
    while True:
        try:
            refined_of(task.stage, task.job.seed, place, device, told_images)
            return
        except Held:  # two seeds that choose the same photos share a stage, as do two commands: the second waits
            pause(LOOK, told_images)


def train_job(job: Job, place: Place, device: str, on_progress: Callable[[int], None],
              leaves: Sequence[Job] = ()) -> None:
    """One training of a recipe, in this process; one that is begun is gone on with. leaves: see `Task`."""
    sets, folder = sets_of(job, place), job_folder(job, place)
    branches = [Branch(replace(one.setting.train, seed=one.seed), job_folder(one, place)) for one in leaves]
    train(sets.real, sets.synthetic, replace(job.setting.train, seed=job.seed), folder, device=device,
          tests=sets.tests, branches=branches, on_progress=on_progress)
    weights = folder / MODEL
    if weights.is_file() and weights.stat().st_size > WEIGHTS_KEPT:
        weights.unlink()
    with suppress(BadInput, OSError):  # the main process keeps it too, at the end, and tells
        records.keep(folder, place)


def _device(device: str, slot: int) -> str:
    return f"cuda:{slot % max(torch.cuda.device_count(), 1)}" if device == "cuda" else device


def told(error: BaseException) -> str:
    """What went wrong, in one line."""
    said = " ".join(str(error).split())
    return said if isinstance(error, BadInput) else f"{type(error).__name__}: {said}"
