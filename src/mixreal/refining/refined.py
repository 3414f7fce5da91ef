"""Refined datasets on disk, labels, latents and parents kept; and a few images before and after for the report."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mixreal import runs
from mixreal.datasets import dataset as datasets
from mixreal.datasets.dataset import Dataset
from mixreal.datasets.headers import read_header
from mixreal.datasets.provenance import ORIGIN, ORIGIN_INDEX
from mixreal.datasets.shards import is_done
from mixreal.learning.task import dataset_fingerprint
from mixreal.real.sets import RealData
from mixreal.refining import parallel
from mixreal.refining.sets import ImageSet, Pixels, as_bytes, shuffled
from mixreal.refining.translating import Translators

SAMPLES = 10  # images a class and side


def dataset_of(one: ImageSet, part: str, device: torch.device) -> Dataset:
    """A set's images as bytes; the rows are those that it began as, which are their parents."""
    start = one.parts[part]
    if not one.chain:
        return start
    pixels = Pixels(start, one.chain, device)  # not kept: parts that are only written would fill the memory
    images = np.empty((len(start), *start.images.shape[1:]), np.uint8)
    for rows in shuffled(len(start)):
        images[rows] = as_bytes(pixels(rows))
    # Where a merged set's rows began is told of these by their parents: a refined set is an origin of its own.
    latents = {name: start.latents[name] for name in start.latents if name not in (ORIGIN, ORIGIN_INDEX)} \
        if ORIGIN in start.latents else start.latents
    return Dataset(images, start.labels, start.classes, "refined", start.index, latents,
                   start.index, f"{one.name} of {start.source}")


def write_sets(folder: Path, real: ImageSet, synthetic: ImageSet, original: RealData | Dataset, identity: str,
               device: torch.device) -> tuple[RealData | Dataset, Dataset]:
    """Write both refined sets below a stage's folder, or read them where they are finished."""
    made = {part: _written(folder / real.name / part, real, part, identity, device) for part in real.parts}
    refined_synthetic = _written(folder / synthetic.name, synthetic, "train", identity, device)
    if isinstance(original, Dataset):
        return made["train"], refined_synthetic
    refined_real = RealData(f"{real.name} of {original.name}", original.classes, made["train"], made["validation"],
                            made["test"], made["test_large"])
    return refined_real, refined_synthetic


def save_samples(folder: Path, real: ImageSet, synthetic: ImageSet, translators: Translators,
                 device: torch.device) -> None:
    """samples.npz: for each side, images as they began, as the stage got them, and as it left them; and back again."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, one, part, there, back in (
            ("real", real, real.watched, translators.to_synthetic, translators.to_real),
            ("synthetic", synthetic, "train", translators.to_real, translators.to_synthetic)):
        start = one.parts[part]
        rows = np.concatenate([np.flatnonzero(start.labels == label)[:SAMPLES] for label in range(len(start.classes))])
        pixels = Pixels(datasets.select(start, rows), one.chain, device)(np.arange(len(rows)))
        made = there(pixels)
        arrays |= {f"{name}/began": np.asarray(start.images[rows]), f"{name}/before": as_bytes(pixels),
                   f"{name}/after": as_bytes(made), f"{name}/back": as_bytes(back(made)),
                   f"{name}/labels": start.labels[rows], f"{name}/index": start.index[rows]}
    with runs.atomic(folder / runs.SAMPLES) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _written(folder: Path, one: ImageSet, part: str, identity: str, device: torch.device) -> Dataset:
    made_by = {"stage": identity, "set": one.name, "part": part, "of": dataset_fingerprint(one.parts[part])}
    if parallel.rank() == 0 and not (is_done(folder) and read_header(folder).made_by == made_by):
        if folder.exists():  # of other photos, as this part once was
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        datasets.write(folder, dataset_of(one, part, device), made_by)
    parallel.wait()
    return datasets.read(folder)
