"""What a finished training leaves beside its config: scores, predictions, the model and a few sample images."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mixreal import runs
from mixreal.datasets.columnfiles import columns_at
from mixreal.learning import checkpoints
from mixreal.learning.batch_norm import has_batch_norm, statistics_of
from mixreal.learning.checkpoints import State
from mixreal.learning.evaluation import logits, thinned
from mixreal.learning.scores import accuracy, balanced_accuracy
from mixreal.learning.task import Task

SAMPLES = 10  # images a class and domain kept for the report
LATENTS = 2000  # rows of every latent kept for its histogram


def write_results(task: Task, model: nn.Module, folder: Path, device: torch.device, state: State) -> None:
    """Evaluate with each kind of batch-norm statistics, and write model, predictions, samples and results."""
    norms, notes = _norms(task, model)
    headline = task.spec.norm if task.spec.norm in norms else norms[0]
    mean, std = constants(task, device)
    results: dict[str, Any] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for norm in norms:
        reference = task.real.images if norm == "real" and task.real is not None else None
        with nullcontext() if reference is None else statistics_of(model, reference, mean, std):
            for name, dataset in task.tests.items():
                scores = logits(model, dataset.images, mean, std)
                results[f"{name}/{norm}"] = {**accuracy(dataset.labels, scores.argmax(1))._asdict(),
                                              "balanced": balanced_accuracy(dataset.labels, scores.argmax(1))}
                arrays |= {f"{name}/{norm}/logits": scores, f"{name}/labels": dataset.labels,
                           f"{name}/index": dataset.index}
                if "source" in dataset.latents:  # photos of several collections: each is reported by itself
                    arrays[f"{name}/source"] = np.asarray(dataset.latents["source"], np.str_)
            if norm == headline:
                checkpoints.save_model(folder, model, f"{task.spec.classifier}, batch norm {norm}")
    _write_npz(folder / runs.PREDICTIONS, arrays)
    _write_npz(folder / runs.SAMPLES, _samples(task))
    rate = task.steps * task.spec.batch / max(state.seconds, 1e-9)
    runs.write_json(folder / runs.RESULT, {
        "results": results, "headline": f"test/{headline}", "steps": task.steps, "precision": state.precision,
        "compiled": state.compiled,
        "images_per_second": round(rate, 1), "seconds": round(state.seconds, 2), "notes": notes})


def _norms(task: Task, model: nn.Module) -> tuple[list[str], list[str]]:
    """The kinds of statistics that can be had, those of training first, and what to say about the others."""
    trained = "split" if task.spec.norm == "split" else "shared"
    if not has_batch_norm(model):
        return [trained], [f"{task.spec.classifier} has no batch norm: there are no statistics to choose"]
    if task.real is None:
        return [trained], ["no real training images: batch-norm statistics are those of training, not re-estimated"]
    if task.mix.real == 0:
        return [trained, "real"], [f'"real" batch-norm statistics come from {len(task.real):,} real training '
                                    "images, whose labels were not used"]
    return [trained, "real"], []


def constants(task: Task, device: torch.device) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation (3,) that inputs are normalised by, on the device."""
    return torch.tensor(task.mean, device=device), torch.tensor(task.std, device=device)


def _samples(task: Task) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, dataset in (("real", task.real), ("synthetic", task.synthetic)):
        if dataset is not None:
            rows = np.concatenate([np.flatnonzero(dataset.labels == label)[:SAMPLES]
                                   for label in range(len(task.classes))])
            arrays |= {name: dataset.images[rows], f"{name}_labels": dataset.labels[rows]}
    if task.synthetic is not None:
        some = thinned(len(task.synthetic), LATENTS)
        arrays |= {f"latents/{name}": column for name, column in columns_at(task.synthetic.latents, some).items()
                   if column.dtype.kind == "f"}
    return arrays


def _write_npz(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    with runs.atomic(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
