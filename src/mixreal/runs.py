"""Run folders: files written whole or not at all, the `done` marker, and a finished run read back."""

import errno
import json
import os
import secrets
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput, did_you_mean, unreadable
from mixreal.learning.trainspec import TrainSpec
from mixreal.spec import from_mapping

CONFIG, METRICS, RESULT = "config.toml", "metrics.jsonl", "result.json"
CHOSEN = "chosen"  # of predictions that keep no logits: the class alone
MODEL, PREDICTIONS, SAMPLES, DONE = "model.safetensors", "predictions.npz", "samples.npz", "done"


@dataclass(frozen=True)
class Run:
    """A finished training run, as its folder tells it."""

    folder: Path
    spec: TrainSpec
    classes: tuple[str, ...]
    results: dict[str, dict[str, float]]  # "test/shared" -> {accuracy, low, high, n}; accuracies in [0, 1]
    steps: int
    images_per_second: float  # of training alone, evaluation left out
    seconds: float  # the same time
    notes: tuple[str, ...] = ()  # what a reader of the results must know
    config: dict[str, Any] = field(default_factory=dict, repr=False)  # all of config.toml

    @property
    def headline(self) -> str:
        """The key of the result that `spec.norm` asks for; of the statistics of training where those cannot be had."""
        trained = "split" if self.spec.norm == "split" else "shared"
        asked = f"test/{self.spec.norm}"
        return asked if asked in self.results else f"test/{trained}"

    @property
    def test_accuracy(self) -> float:
        """Accuracy in [0, 1] on the test set, with the batch-norm statistics that `spec.norm` asks for."""
        if self.headline not in self.results:
            raise BadInput(f"the run {str(self.folder)!r} had no test images: pass real data with a test split")
        return self.results[self.headline]["accuracy"]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a run's classifier said about one test set."""

    logits: NDArray[np.float32]  # (n, classes); of a record, which keeps none: 0 of the class chosen, -inf of others
    labels: NDArray[np.int64]  # (n,)
    index: NDArray[np.int64]  # (n,) where in its source each image stands

    @property
    def recorded(self) -> bool:
        """Whether these come from a record: what was chosen, not how surely."""
        return bool(np.isneginf(self.logits).any())

    @property
    def correct(self) -> NDArray[np.bool_]:
        """(n,) whether the likeliest class is the label."""
        return np.asarray(self.logits.argmax(1) == self.labels)


def open_run(folder: str | Path) -> Run:
    """Read a finished run. `BadInput` if the folder is none, or is unfinished, or cannot be read."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"no run folder {str(folder)!r}: give a folder that `mixreal train` wrote")
    config = read_config(folder)
    if not is_done(folder):
        raise BadInput(f"the run {str(folder)!r} is unfinished: run the same training again to finish it")
    try:
        result = json.loads((folder / RESULT).read_text())
        _check_scores(result["results"])
        if not isinstance(config["train"], dict):
            raise TypeError(f"train is {config['train']!r} in {CONFIG}")
        return Run(folder=folder, spec=from_mapping(TrainSpec, config["train"], f"{folder / CONFIG}: train"),
                   classes=tuple(config["classes"]), results=result["results"], steps=result["steps"],
                   images_per_second=result["images_per_second"], seconds=result["seconds"],
                   notes=tuple(result["notes"]), config=config)
    except (OSError, KeyError, ValueError, TypeError, AttributeError) as error:
        place = folder / RESULT if isinstance(error, OSError) else folder
        raise unreadable(place, error, "delete the run and train again") from error


def _check_scores(results: dict[str, dict[str, float]]) -> None:
    """ValueError for results that are not numbers by name: a file that somebody has edited."""
    for key, score in results.items():
        for name in ("accuracy", "low", "high", "n"):
            if not isinstance(score[name], (int, float)):
                raise ValueError(f"{name} of {key} is {score[name]!r}, not a number")


def find_runs(root: str | Path) -> list[Run]:
    """All finished runs at or below a folder, by path. Other folders are passed over."""
    root = Path(root)
    if not root.is_dir():
        raise BadInput(f"no folder {str(root)!r}: give one that holds run folders")
    marks = sorted(path.parent for path in root.rglob(RESULT) if is_done(path.parent))
    return [open_run(folder) for folder in marks]


def read_config(folder: str | Path) -> dict[str, Any]:
    """What made the run: the folder's config.toml."""
    path = Path(folder) / CONFIG
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{str(folder)!r} is no run folder (it has no {CONFIG}): "
                       "give a folder that `mixreal train` wrote") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error, "delete the folder and train again") from error


def read_metrics(folder: str | Path) -> list[dict[str, float]]:
    """The training curve: one mapping a line of metrics.jsonl. Only some have "validation" and "test" accuracies."""
    path = Path(folder) / METRICS
    try:
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []
        if not all(isinstance(line, dict) for line in lines):
            raise ValueError("a line is no mapping")
        return lines
    except (OSError, ValueError) as error:
        raise unreadable(path, error, "delete the folder and train again") from error


def read_predictions(run: Run, key: str = "") -> Predictions:
    """Logits, labels and indices of one test set, such as "test/shared"; "" is the run's headline."""
    key = key or run.headline
    if key not in run.results:
        raise BadInput(f"the run {str(run.folder)!r} has no result {key!r}: {did_you_mean(key, run.results)}")
    name = key.split("/")[0]
    arrays = read_arrays(run.folder / PREDICTIONS)
    try:
        labels, index = (np.asarray(arrays[f"{name}/{kind}"], np.int64) for kind in ("labels", "index"))
        if f"{key}/{CHOSEN}" not in arrays:
            return Predictions(arrays[f"{key}/logits"], labels, index)
        logits = np.full((len(labels), len(run.classes)), -np.inf, np.float32)
        logits[np.arange(len(labels)), arrays[f"{key}/{CHOSEN}"]] = 0
    except (KeyError, IndexError, ValueError) as error:
        raise unreadable(run.folder / PREDICTIONS, error, "delete the run and train again") from error
    return Predictions(logits, labels, index)


def read_samples(folder: str | Path) -> dict[str, NDArray[Any]]:
    """A few images a class: "real", "synthetic" (n, h, w, 3) uint8 and "real_labels", "synthetic_labels" (n,).

    {} where there are none, as in a record.
    """
    return read_arrays(Path(folder) / SAMPLES) if (Path(folder) / SAMPLES).is_file() else {}


def is_done(folder: str | Path) -> bool:
    """Whether what was to be made in the folder is complete."""
    return (Path(folder) / DONE).is_file()


def mark_done(folder: str | Path) -> None:
    """Write the `done` marker: the last thing that is written."""
    write_text(Path(folder) / DONE, "")


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 file whole or not at all."""
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: str | Path, value: Any) -> None:
    """Write JSON whole or not at all."""
    write_text(path, json.dumps(value, indent=1) + "\n")


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder, which takes the place of `path` on leaving without an error.

    A full disk is `BadInput`, and nothing is left behind.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with room_for(path):
            yield temporary
            with open(temporary, "r+b") as written:  # Windows flushes only what may be written
                os.fsync(written.fileno())
            os.replace(temporary, path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


@contextmanager
def room_for(path: Path) -> Iterator[None]:
    """Turn a full disk, while a file is written, into `BadInput`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", -1)):
            raise
        raise BadInput(f"no space left on the disk for {str(path)!r}: "
                       "free some and run the same command again, it goes on where it stopped") from error


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file of a run; `BadInput` where it cannot be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise unreadable(path, error, "delete the run and train again") from error
