"""Classifiers that watch refinement: judges of labels, trained before it, and probes, trained on what it made."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from mixreal.datasets.dataset import Dataset
from mixreal.datasets.locks import LOOK, Held
from mixreal.learning.augment import normalise, prepare
from mixreal.learning.batch_norm import statistics_of
from mixreal.learning.classifiers import build
from mixreal.learning.evaluation import channel_statistics, logits
from mixreal.learning.interrupts import pause
from mixreal.learning.minibatches import Mix, minibatches
from mixreal.learning.predicting import load_classifier
from mixreal.learning.schedules import learning_rate
from mixreal.learning.task import dataset_fingerprint
from mixreal.learning.training import train
from mixreal.learning.trainspec import TrainSpec
from mixreal.refining.moments import look
from mixreal.spec import fingerprint

#: Both kinds; small and short, since they are told apart from chance, not from each other.
TRAINING = TrainSpec(classifier="resnet20", batch=64, lr=0.03, augment=("crop", "flip"))
WATCH, TEACH = 101, 102  # seeds: who measures never taught


class Judge:
    """A frozen classifier of images in [-1, 1], gradients pass through it."""

    def __init__(self, run_folder: Path, device: torch.device) -> None:
        found = load_classifier(run_folder)
        self.model: nn.Module = found.model.to(device).eval().requires_grad_(False)
        self.mean, self.std = found.mean.to(device), found.std.to(device)

    def __call__(self, pixels: Tensor) -> Tensor:
        """(b, 3, h, w) in [-1, 1] to (b, classes) logits."""
        out: Tensor = self.model(self._seen(pixels)).float()
        return out

    def look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and how far the moments of their features are from those of the images it learnt from, ()."""
        out, gap = look(self.model, self._seen(pixels))
        return out.float(), gap

    @torch.no_grad()
    def agreement(self, pixels: Tensor, labels: NDArray[np.int64]) -> float:
        """Share of images in which it sees their label."""
        told = torch.cat([self(chunk).argmax(1) for chunk in pixels.split(250)]).cpu().numpy()
        return float((told == labels).mean())

    def _seen(self, pixels: Tensor) -> Tensor:
        return normalise((pixels.float() + 1) / 2, self.mean, self.std)


def train_judge(dataset: Dataset, steps: int, seed: int, folder: Path, device: torch.device,
                on_progress: Callable[[int], None] | None = None, noisy: bool = False) -> Judge:
    """A classifier of one domain's training images, in a folder named by what made it; trained once.

    Stages side by side share them: who comes second waits. on_progress: called at every step, with 0. noisy: what it
    learns from has noise added.
    """
    real = dataset.domain == "real"
    spec = replace(TRAINING, mix="1:0" if real else "0:1", steps=steps, seed=seed,
                   augment=TRAINING.augment + (("noise",) if noisy else ()))
    spec = replace(spec, batch=min(spec.batch, max(len(dataset) // 2, 1)), evaluate_every=steps)
    made_by = dataset_fingerprint(dataset), steps, seed, *(("noise",) if noisy else ())
    name = f"judge-{dataset.domain}-{fingerprint(*made_by, digits=8)}"
    told = None if on_progress is None else (lambda count: on_progress(0))
    while True:
        try:
            run = train(dataset if real else None, None if real else dataset, spec, folder / name,
                        device=str(device), on_progress=told)
            return Judge(run.folder, device)
        except Held:
            pause(LOOK, told)


def probe(refined: Dataset, tested: Dataset, unlabelled: Dataset, steps: int, seed: int,
          device: torch.device) -> dict[str, float]:
    """Train a small classifier on refined images alone; its accuracy on real ones.

    "probe" with batch-norm statistics of training, "probe_real_norm" with those of `unlabelled` real images,
    "probe_mean" of both, and "probe_error", the standard error of a share of so many tested images.
    """
    spec = replace(TRAINING, mix="0:1", steps=steps, seed=seed)
    spec = replace(spec, batch=min(spec.batch, len(refined)))
    size = refined.images.shape[1]
    model = build(spec.classifier, len(refined.classes), torch.Generator().manual_seed(seed), size).to(device)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mean, std = (torch.tensor(values, device=device) for values in channel_statistics(refined.images))
    optimizer = torch.optim.SGD(model.parameters(), spec.lr, spec.momentum, weight_decay=spec.weight_decay)
    batches = minibatches(None, refined, Mix(0, 1), spec.batch, seed, 0, device)
    model.train()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(spec, step, steps, 1.0)
        minibatch = next(batches)
        draws = torch.Generator().manual_seed(seed * 1_000_003 + step)
        scores = model(prepare(minibatch.images, spec.augment, draws, mean, std))
        loss = F.cross_entropy(scores, minibatch.labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    told = {"probe": _accuracy(model, tested, mean, std)}
    with statistics_of(model, unlabelled.images, mean, std):
        told["probe_real_norm"] = _accuracy(model, tested, mean, std)
    share = (told["probe"] + told["probe_real_norm"]) / 2
    return told | {"probe_mean": share, "probe_error": math.sqrt(share * (1 - share) / len(tested))}


def _accuracy(model: nn.Module, tested: Dataset, mean: Tensor, std: Tensor) -> float:
    return float((logits(model, tested.images, mean, std).argmax(1) == tested.labels).mean())


