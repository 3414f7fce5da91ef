"""How long a recipe will take: from finished runs of such a processor and renderings here, else a stated figure."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from mixreal.errors import BadInput
from mixreal.hardware import processor
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import (
    Place,
    dataset_folder,
    job_folder,
    rendering_seconds,
    steps_of,
    synthetic_count,
)
from mixreal.reproducing.tasks import steps_shared
from mixreal.runs import find_runs, is_done

#: Images a second of one core, float32, with AVX-512 and without (docs/log.md); on CUDA, a guess for a whole device.
CORE = {"resnet20": 350.0, "alexnet": 125.0} if "AVX512" in torch.backends.cpu.get_cpu_capability() else {
    "resnet20": 210.0, "alexnet": 90.0}
CUDA = {"resnet20": 20_000.0, "alexnet": 10_000.0}
RENDERED = 500.0 * 32**2  # pixels a second a core, models of 20,000 triangles


@dataclass(frozen=True)
class Estimate:
    """What is left to do of a recipe."""

    jobs: int
    done: int
    steps: int  # of the trainings left
    images: int  # that they train on
    to_render: int  # images
    seconds: float
    based_on: str  # where the rates come from, in words


def estimate(jobs: Sequence[Job], place: Place, device: str, processes: int, on: str = "") -> Estimate:
    """Count what is missing, and how long it takes with so many processes at once; `on` as in `run_all`."""
    cuda = device.startswith("cuda")
    rates, based_on = _measured(place, cuda)
    left = [job for job in jobs if not is_done(job_folder(job, place))]
    steps = images = 0
    seconds, shared = 0.0, {} if on else steps_shared(left, place)  # a cluster's tasks share no beginnings
    for job in left:
        count = steps_of(job.setting, place) - shared.get(str(job_folder(job, place)), 0)
        steps, images = steps + count, images + count * job.setting.train.batch
        name = job.setting.train.classifier
        seconds += count * job.setting.train.batch / rates.get((name, job.setting.size), _stated(job, cuda))
    missing = {dataset_folder(job.setting, place): job.setting for job in left if job.setting.mix.synthetic}
    missing = {folder: setting for folder, setting in missing.items() if not is_done(folder)}
    to_render = sum(synthetic_count(setting, place) for setting in missing.values())
    rendering = sum(synthetic_count(setting, place) / _rendering_rate(place, setting.synthetic.size)
                    for setting in missing.values())
    return Estimate(len(jobs), len(jobs) - len(left), steps, images, to_render, rendering + seconds / processes,
                    based_on)


def _measured(place: Place, cuda: bool) -> tuple[dict[tuple[str, int], float], str]:
    """Median images/s of a run, by classifier and size, of the runs made on this kind of processor."""
    found: dict[tuple[str, int], list[float]] = {}
    try:
        finished = find_runs(place.root / "runs") if (place.root / "runs").is_dir() else []
    except BadInput:  # one that cannot be read: reproducing tells
        finished = []
    for run in finished:
        made_on = run.config.get("hardware", {})
        if made_on.get("processor") == processor() and (made_on.get("device") == "cuda") == cuda and run.steps >= 100:
            found.setdefault((run.spec.classifier, run.config.get("size", 0)), []).append(run.images_per_second)
    rates = {key: statistics.median(values) for key, values in found.items()}
    stated = ", ".join(f"{name} {rate:,.0f}" for name, rate in (CUDA if cuda else CORE).items())
    return rates, ("runs finished on such a processor" if rates else
                   f"stated images/s, not measured here ({stated} a {'device' if cuda else 'core'})")


def _stated(job: Job, cuda: bool) -> float:
    table = CUDA if cuda else CORE
    size, name = job.setting.size, job.setting.train.classifier
    base = table.get(name, table["resnet20"])
    return base * ((32 / size) ** 2 if name != "alexnet" else min((64 / size) ** 1.5, 1.0))


def _rendering_rate(place: Place, size: int) -> float:
    rates = [told["images"] / told["seconds"] for told in rendering_seconds(place)
             if told["size"] == size and told["seconds"] > 0]
    return statistics.median(rates) if rates else RENDERED / size**2 * (os.cpu_count() or 1)
