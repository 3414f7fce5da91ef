"""Trainings of a recipe as tasks of a Ray cluster: the same run folders, on storage that all its machines share."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mixreal.production.cluster import RETRIES, connected, result
from mixreal.progress import Advance
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import Place, job_folder
from mixreal.reproducing.scheduling import told, train_job
from mixreal.runs import is_done

LOOK = 0.5  # seconds between looks at the tasks
TELL = 2.0  # seconds between a training's words on how far it is


class Board:
    """An actor that every training tells how many images it has trained on."""

    def __init__(self) -> None:
        self.counts: dict[str, tuple[int, int]] = {}

    def tell(self, name: str, images: int, earlier: int) -> None:
        """Note the images of one training's present attempt, and those that attempts before it have left."""
        self.counts[name] = images, earlier

    def read(self) -> dict[str, tuple[int, int]]:
        """Images of the present attempt and of earlier ones, by training."""
        return self.counts


def train_on_ray(jobs: Sequence[Job], place: Place, device: str, processes: int, threads: int,
                 advance: Advance, on: str) -> Iterator[tuple[Job, str]]:
    """Train each job in a task of `threads` cores (and a GPU on "cuda"); yields those that failed, and why.

    A task whose worker dies is tried again and goes on from the training's last checkpoint. Ctrl-C leaves checkpoints.
    """
    data = place.data or os.environ.get("MIXREAL_DATA")
    place = replace(place, data=str(Path(data).expanduser().absolute()) if data else None)  # known to every machine
    with connected(on, processes * threads) as ray:
        resources = {"num_cpus": threads, "num_gpus": 1 if device.startswith("cuda") else 0}
        task = ray.remote(_train).options(max_retries=RETRIES, **resources)
        board = ray.remote(Board).options(num_cpus=0).remote()
        running = {task.remote(job, place, device.partition(":")[0], threads, board): job for job in jobs}
        known: dict[str, tuple[int, int]] = {}
        try:
            while running:
                done, _ = ray.wait(list(running), num_returns=1, timeout=LOOK)
                counts = ray.get(board.read.remote())
                for name, (images, earlier) in counts.items():
                    before = known.get(name, (0, 0))
                    if (images, earlier) != before:
                        advance.earlier(earlier - before[1])
                        advance(images - before[0])  # below 0 where an attempt was lost: what it left is earlier now
                    known[name] = images, earlier
                for one in done:
                    job = running.pop(one)
                    reason = _reason(ray, one, job, place)
                    if reason:
                        yield job, reason
        except BaseException:
            for one in running:
                ray.cancel(one)  # as Ctrl-C in its worker: the training leaves a checkpoint
            ray.wait(list(running), num_returns=len(running), timeout=60)
            raise


def _reason(ray: Any, task: Any, job: Job, place: Place) -> str:
    """Why a task's training has failed; "" if it has not."""
    try:
        failed, host = result(ray, task)
    except Exception as error:
        return told(error)
    if failed or is_done(job_folder(job, place)):
        return str(failed)
    return (f"it was trained on {host}, but its run folder is not here: give an --out on storage that all machines of "
            "the cluster share")


# -- in the worker ---------------------------------------------------------------------------------------------------


def _train(job: Job, place: Place, device: str, threads: int, board: Any) -> tuple[str, str]:
    """One training; returns why it failed, if it did, and the machine's name."""
    import torch

    torch.set_num_threads(threads)
    name, images, earlier, last = str(job_folder(job, place)), 0, 0, time.monotonic()

    def before(count: int) -> None:
        nonlocal earlier
        earlier += count

    def fresh(count: int) -> None:
        nonlocal images, last
        images += count
        if time.monotonic() - last >= TELL:
            last = time.monotonic()
            board.tell.remote(name, images, earlier)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what `ray.cancel` raises, the training hears
    try:
        train_job(job, place, device, Advance(fresh, before))
    except Exception as error:
        return told(error), socket.gethostname()
    board.tell.remote(name, images, earlier)
    return "", socket.gethostname()
