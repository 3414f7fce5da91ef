"""Records: finished trainings without weights and pixels, a few kilobytes each, to be committed and taken up elsewhere.

A table of days need not be made on one machine, and what it was made of can be looked at without making it again.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.production.origin import unplaced
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import Place, job_folder
from mixreal.spec import to_toml

FILES = (runs.CONFIG, runs.METRICS, runs.RESULT, runs.PREDICTIONS)


def take_up(jobs: Sequence[Job], place: Place) -> int:
    """Make run folders of the records of trainings that are not finished here; how many there were."""
    if place.records is None:
        return 0
    if place.records.exists() and not place.records.is_dir():
        raise BadInput(f"--records {str(place.records)!r} is a file: give the folder of records, or one to be made")
    count = 0
    for job in jobs:
        folder = job_folder(job, place)
        record = place.records / folder.name
        if runs.is_done(record) and not runs.is_done(folder):
            runs.open_run(record)  # a damaged one is told, and nothing is copied
            folder.mkdir(parents=True, exist_ok=True)
            for name in (*FILES, runs.DONE):
                shutil.copyfile(record / name, folder / name)
            count += 1
    return count


def keep(folder: Path, place: Place) -> None:
    """Leave the record of a finished run folder, where records are asked for and it has none yet."""
    if place.records is None or not runs.is_done(folder) or runs.is_done(place.records / folder.name):
        return
    record = place.records / folder.name
    record.mkdir(parents=True, exist_ok=True)
    runs.write_text(record / runs.CONFIG, to_toml(_without_places(runs.read_config(folder))))
    lines = [json.dumps(row) for row in runs.read_metrics(folder) if "test" in row or "validation" in row]
    runs.write_text(record / runs.METRICS, "".join(f"{line}\n" for line in lines))
    shutil.copyfile(folder / runs.RESULT, record / runs.RESULT)
    with np.load(folder / runs.PREDICTIONS, allow_pickle=False) as told:
        arrays = {name: told[name] for name in told.files}
    with runs.atomic(record / runs.PREDICTIONS) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **_chosen(arrays))  # type: ignore[arg-type]
    runs.mark_done(record)


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
