"""Records: finished trainings without weights and pixels, some 10 to 25 KB each, to be committed and taken up again.

A table of days need not be made on one machine, and what it was made of can be looked at without making it again.
"""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs
from mixreal.datasets.locks import Held, lock
from mixreal.errors import BadInput
from mixreal.folders import check_writable
from mixreal.learning import checkpoints
from mixreal.learning.task import dataset_fingerprint
from mixreal.production.origin import unplaced
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import Place, job_folder, real_of
from mixreal.spec import to_toml

FILES = (runs.METRICS, runs.RESULT, runs.PREDICTIONS, runs.CONFIG)  # in the order in which they are copied


def open_records(folder: str | Path) -> Path:
    """The folder of records, made where it is missing; `BadInput` where nothing can be written there."""
    check_writable(folder, "--records")
    path = Path(folder).absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def recorded(jobs: Sequence[Job], place: Place) -> list[Job]:
    """The trainings that are not finished here and have a record."""
    return [] if place.records is None else [
        job for job in jobs if not runs.is_done(job_folder(job, place))
        and runs.is_done(place.records / job_folder(job, place).name)]


def take_up(jobs: Sequence[Job], place: Place) -> int:
    """Make run folders of the records of trainings that are not finished here; how many there were.

    `BadInput` for a damaged record, and for one of other photos than those that are here: a name tells photos of one's
    own apart by their paths and sizes alone.
    """
    taken = 0
    for job in recorded(jobs, place):
        assert place.records is not None
        folder = job_folder(job, place)
        record = place.records / folder.name
        _check(record, job, place)
        with suppress(Held), lock(folder):  # held: it is being trained, and goes on so
            if runs.is_done(folder):
                continue
            for old in (checkpoints.CHECKPOINT, runs.MODEL, runs.SAMPLES):  # of a training that was begun here
                (folder / old).unlink(missing_ok=True)
            for name in FILES:
                with runs.atomic(folder / name) as temporary:
                    shutil.copyfile(record / name, temporary)
            runs.mark_done(folder)
            taken += 1
    return taken


def keep(folder: Path, place: Place) -> None:
    """Leave the record of a finished run folder, where records are asked for and it has none yet: whole or not."""
    if place.records is None or not runs.is_done(folder) or runs.is_done(place.records / folder.name):
        return
    run, made = runs.open_run(folder), place.records / f".{folder.name}.{secrets.token_hex(4)}"
    made.mkdir()
    try:
        runs.write_text(made / runs.CONFIG, to_toml(_without_places(run.config)))
        lines = [json.dumps(row) for row in runs.read_metrics(folder) if "test" in row or "validation" in row]
        runs.write_text(made / runs.METRICS, "".join(f"{line}\n" for line in lines))
        runs.write_text(made / runs.RESULT, (folder / runs.RESULT).read_text(encoding="utf-8"))
        with runs.atomic(made / runs.PREDICTIONS) as temporary, open(temporary, "wb") as file:
            np.savez_compressed(file, **_chosen(runs.read_arrays(folder / runs.PREDICTIONS)))  # type: ignore[arg-type]
        runs.mark_done(made)
        with suppress(OSError):  # another command has finished the same training just now
            os.rename(made, place.records / folder.name)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _check(record: Path, job: Job, place: Place) -> None:
    try:
        run = runs.open_run(record)
        runs.read_metrics(record)
        for key in run.results:
            runs.read_predictions(run, key)
    except BadInput as error:
        raise BadInput(f"the record {str(record)!r} is damaged: delete that folder, and it is trained again. "
                       f"{error}") from None
    if run.spec != replace(job.setting.train, seed=job.seed):
        raise BadInput(f"the record {str(record)!r} is of another training than its name says: delete that folder")
    told = {name: about.get("fingerprint") for name, about in run.config.get("data", {}).items()}
    for name, (photos, fingerprint) in _photos(job, place).items():
        if name in told and told[name] != fingerprint:
            raise BadInput(f"the record {str(record)!r} has other photos than {photos!r} names here (its set {name}): "
                           "use those photos, or another folder of records")


def _photos(job: Job, place: Place) -> dict[str, tuple[str, str]]:
    """(name, fingerprint) of the photos that a training sees, by the names of sets in its config.

    Without those that are refined, those that it only carries along, and those that cannot be had here.
    """
    out = dict[str, tuple[str, str]]()
    for one in job.settings:
        with suppress(BadInput):
            real, suffix = real_of(one, job.seed, place), job.suffix(one)
            sets = {"real": real.train} if one is job.setting and one.mix.real else {}
            if one.test == "real":
                sets |= {f"validation{suffix}": real.validation, f"test{suffix}": real.test,
                         f"test_large{suffix}": real.test_large}
            out |= {name: (one.real, dataset_fingerprint(part)) for name, part in sets.items() if len(part)}
    return out


def _chosen(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Predictions with the class that was chosen in place of logits."""
    out = dict[str, NDArray[Any]]()
    for name, values in arrays.items():
        key, _, kind = name.rpartition("/")
        if kind == "logits":
            out[f"{key}/{runs.CHOSEN}"] = values.argmax(1).astype(np.uint16)
        else:
            out[name] = values.astype(np.int32) if kind in ("labels", "index") else values
    return out


def _without_places(config: dict[str, Any]) -> dict[str, Any]:
    """A run's config without folders of this machine, and without the summary of every latent."""
    data = {name: {key: unplaced(value) if key == "source" else value for key, value in about.items()
                   if key != "latents"} if isinstance(about, dict) else about
            for name, about in config.get("data", {}).items()}
    return config | {"data": data}
