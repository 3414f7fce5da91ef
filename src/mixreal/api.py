"""The public verbs: what `import mixreal as mx` offers, each a thin front of the module that does the work."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mixreal.datasets.dataset import Dataset
from mixreal.datasets.produce import produce
from mixreal.learning.task import make_task
from mixreal.learning.training import train as _train
from mixreal.learning.trainspec import TrainSpec
from mixreal.real.sets import RealData, load
from mixreal.refining.mrgan import refine as _refine
from mixreal.refining.spec import RefineSpec
from mixreal.refining.spec import preset as _preset
from mixreal.runs import Run
from mixreal.spec import RenderSpec, fingerprint, from_mapping, to_mapping
from mixreal.streaming import Batch, open_fresh
from mixreal.streaming import stream as _stream

__all__ = ["load", "refine", "render", "stream", "train"]

STEPS = 2000  # of training, where neither steps nor epochs are given


def render(spec: RenderSpec, folder: str | Path, *, threads: int | None = None, processes: int | None = None,
           device: str = "cpu", gpus: Sequence[int] = (), on: str = "") -> Dataset:
    """Render the dataset that `spec` describes into `folder` and read it; run again, it only reads.

    gpus: a process for each of these CUDA devices. on: "ray", "ray:HOST:PORT", "ray://HOST:PORT", a Ray cluster.
    """
    return produce(spec, folder, threads=threads, processes=processes, device=device, gpus=gpus, on=on)


def stream(spec: RenderSpec, batch: int = 256, first: int = 0, *, device: str = "cpu",
           tensors: bool = False) -> Iterator[Batch]:
    """Batches of (rgb, labels, latents) rendered as you take them; endless when the spec names no count.

    `tensors=True` gives torch tensors that lie where they were rendered, uncopied: on `device="cuda"`, say.
    """
    return _stream(spec, batch, first, device, tensors)


def refine(real: RealData | Dataset, synthetic: Dataset, stages: Sequence[str] = ("R-S",),
           spec: RefineSpec | None = None, folder: str | Path = "runs/refine", *, preset: str = "fast",
           device: str = "auto", **choices: Any) -> tuple[RealData | Dataset, Dataset]:
    """Bring real and synthetic images together by stages of GANs; (refined real, refined synthetic) of the last one.

    `choices` are fields of `RefineSpec` (`iterations=10_000`), laid over `spec`, or over a preset: "fast", "paper",
    "paper-literal". Every stage has its own folder in `folder`, named by what made it: the same call finds it again.
    """
    asked = from_mapping(RefineSpec, to_mapping(spec or _preset(preset)) | choices, "refine")
    made = _refine(real, synthetic, stages, asked, folder, device=device)
    return made.real, made.synthetic


def train(real: RealData | Dataset | None, synthetic: Dataset | RenderSpec | None = None, spec: TrainSpec | None = None,
          folder: str | Path | None = None, *, device: str = "auto", **choices: Any) -> Run:
    """Train a classifier on real and synthetic images mixed in every minibatch, on `device`: "cpu", "cuda", "auto".

    A `RenderSpec` as `synthetic` means fresh images: rendered while training, none seen twice, nothing on disk.
    `choices` are fields of `TrainSpec` (`mix="1:7"`, `classifier="resnet20"`, `steps=2000`), laid over `spec`. Without
    a `folder` the run goes to `runs/` under a name made of all that decides it: the same call finds it again.
    """
    asked = from_mapping(TrainSpec, to_mapping(spec or TrainSpec()) | choices, "train")
    if not asked.steps and not asked.epochs:
        asked = replace(asked, steps=STEPS)
    source = open_fresh(synthetic, device, real.classes if real is not None else ()) \
        if isinstance(synthetic, RenderSpec) else synthetic
    if folder is None:
        folder = Path("runs") / f"train-{fingerprint(make_task(real, source, asked).identity)}"
    return _train(real, source, asked, folder, device=device)
