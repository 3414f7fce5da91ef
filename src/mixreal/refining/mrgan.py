"""MrGAN: stages in turn, each a translator between two sets; refined images of both domains, labels kept (Sec. 4.2)."""

import shutil
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mixreal import runs
from mixreal.datasets.dataset import Dataset, with_classes
from mixreal.datasets.locks import lock
from mixreal.errors import BadInput
from mixreal.hardware import hardware, open_device, versions
from mixreal.learning.task import dataset_fingerprint
from mixreal.real.sets import RealData
from mixreal.refining import discriminator, features, generator, parallel, translating
from mixreal.refining import spec as specs
from mixreal.refining.fitting import CANDIDATES, Work, fit
from mixreal.refining.judging import TEACH, WATCH, Judge, train_judge
from mixreal.refining.measuring import make_ruler, measure, measure_inputs, measure_probe
from mixreal.refining.pairs import Pairs
from mixreal.refining.refined import dataset_of, save_samples, write_sets
from mixreal.refining.sets import ImageSet, real_set, synthetic_set
from mixreal.refining.spec import RefineSpec, judged
from mixreal.refining.stages import Stage, found, parse_stages, with_outputs
from mixreal.refining.stagestate import CHECKPOINT
from mixreal.refining.translating import GENERATORS, Translators
from mixreal.refining.translator import open_translator
from mixreal.refining.updates import Judges
from mixreal.spec import fingerprint, to_mapping, to_toml

Progress = Callable[[int], None] | None
JUDGES = "judges"  # classifiers that watch labels, shared by all stages of a folder


@dataclass(frozen=True, eq=False)
class Refined:
    """What one stage made."""

    stage: Stage
    folder: Path
    real: RealData | Dataset  # refined real images: all splits where the input had them
    synthetic: Dataset


@dataclass(frozen=True, eq=False)
class MrGan:
    """Stages in turn, as their folders hold them."""

    folder: Path
    stages: tuple[Refined, ...]

    @property
    def real(self) -> RealData | Dataset:
        """The last stage's refined real images."""
        return self.stages[-1].real

    @property
    def synthetic(self) -> Dataset:
        """The last stage's refined synthetic images."""
        return self.stages[-1].synthetic


def refine(real: RealData | Dataset, synthetic: Dataset, stages: Sequence[str], spec: RefineSpec, folder: str | Path,
           *, device: str = "auto", on_progress: Progress = None) -> MrGan:
    """Train the stages that are missing and write what they make; run again, it only reads.

    Every stage has a folder of its own, named by all that decides it, so that chains that begin alike share their
    first stages. Stopped at any time, the same call goes on where it was, to the same weights.

    on_progress: called with the count of iterations just done, with 0 while other work goes on; None shows progress.
    """
    root = Path(folder)
    chain = parse_stages(stages)
    specs.check(spec)
    if spec.pool:
        parallel.check_alone(f"pool = {spec.pool}")
    real, synthetic = _checked(real, synthetic, spec)
    where = open_device(device)
    sets = {"R": real_set(real), "S": synthetic_set(synthetic)}
    # What is trained on, and what checkpoints are chosen by.
    prints = [dataset_fingerprint(one.parts[part]) for one in sets.values()
              for part in dict.fromkeys(("train", one.watched))]
    done = []
    for stage in chain:
        r, s = found(sets, stage)
        # With other features, KIDs of two halves of a training could not be compared.
        identity = fingerprint("stage", stage.real.partition("@")[0], stage.synthetic.partition("@")[0],
                               to_mapping(spec), prints, r.made_by, s.made_by, features.name())
        at = root / f"{stage.number}-{r.name}-{s.name}-{identity[:8]}"
        # From the first look to the last file: who comes second finds it done.
        with nullcontext() if parallel.rank() or runs.is_done(at) else lock(at):
            translators = _stage(stage, r, s, sets, spec, identity, at, where, on_progress)
            r, s = r.refined(translators.to_synthetic, identity), s.refined(translators.to_real, identity)
            sets = with_outputs(sets, stage, r, s)
            made_real, made_synthetic = write_sets(at, r, s, real, identity, where)
            if parallel.rank() == 0 and not runs.is_done(at):
                runs.mark_done(at)
                (at / CHECKPOINT).unlink(missing_ok=True)
                shutil.rmtree(at / CANDIDATES, ignore_errors=True)
        done.append(Refined(stage, at, made_real, made_synthetic))
    return MrGan(root, tuple(done))


def _stage(stage: Stage, real: ImageSet, synthetic: ImageSet, sets: dict[str, ImageSet], spec: RefineSpec,
           identity: str, folder: Path, device: torch.device, on_progress: Progress) -> Translators:
    """The stage's frozen translators: read, or trained first."""
    if (folder / GENERATORS).is_file() and runs.is_done(folder):
        return translating.load(folder / GENERATORS, spec, device)
    if parallel.rank() == 0:
        runs.write_text(folder / runs.CONFIG, to_toml(_config(stage, real, synthetic, spec, identity, device)))
    translators = fit(_work(stage, real, synthetic, sets, spec, identity, folder, device, on_progress))
    if parallel.rank() == 0:
        save_samples(folder, real, synthetic, translators, device)
    return translators


def _work(stage: Stage, real: ImageSet, synthetic: ImageSet, sets: dict[str, ImageSet], spec: RefineSpec,
          identity: str, folder: Path, device: torch.device, on_progress: Progress) -> Work:
    classes = real.train.classes
    pairs = Pairs(real.pixels("train", device), synthetic.pixels("train", device), len(classes), spec.batch,
                  spec.align_labels, spec.mirror, spec.seed)
    beside = folder.parent / JUDGES
    labelled = _unlearnable(sets["R"].train, sets["S"].train) == ""
    watch: list[Judge] | list[None] = [None, None]
    if labelled:
        watch = parallel.in_turn(
            lambda: [train_judge(sets[name].train, spec.judge_steps, WATCH, beside, device, on_progress)
                     for name in ("R", "S")])
    teach = _teachers(real, synthetic, sets, spec, beside, device, on_progress) if judged(spec) else None
    ruler = make_ruler(real, synthetic, watch[0], watch[1], device)
    inputs: dict[str, Any] = {}

    def measured(translators: Translators | None, probed: bool) -> dict[str, Any]:
        if not inputs:
            inputs.update(measure_inputs(ruler))
        told = dict(inputs) if translators is None else measure(ruler, translators, inputs)
        return told | (measure_probe(ruler, translators, spec, classes, device) if probed and labelled else {})

    return Work(identity, f"stage {stage.number}, {stage}", spec, open_translator(spec.translator), pairs, teach,
                measured, folder, device, on_progress)


def _teachers(real: ImageSet, synthetic: ImageSet, sets: dict[str, ImageSet], spec: RefineSpec, folder: Path,
              device: torch.device, on_progress: Progress) -> Judges:
    """Those who keep the labels, trained or read: `label_judges` for each direction."""
    sides = (sets["R"], sets["S"]) if spec.label_judge == "unrefined" else (real, synthetic)
    datasets = [dataset_of(one, "train", device) for one in sides]
    of_real, of_synthetic = parallel.in_turn(
        lambda: [[train_judge(dataset, spec.judge_steps, TEACH + k, folder, device, on_progress,
                              "noise" in spec.label_augment)
                  for k in range(spec.label_judges)] for dataset in datasets])
    return Judges(of_synthetic, of_real) if spec.label_judge == "source" else Judges(of_real, of_synthetic)


def _config(stage: Stage, real: ImageSet, synthetic: ImageSet, spec: RefineSpec, identity: str,
            device: torch.device) -> dict[str, Any]:
    return {"identity": identity, "stage": str(stage), "number": stage.number, "classes": list(real.train.classes),
            "watched": real.watched,
            "real": {"set": real.name, "source": real.train.source, "images": len(real.train),
                     "made_by": list(real.made_by)},
            "synthetic": {"set": synthetic.name, "source": synthetic.train.source, "images": len(synthetic.train),
                          "made_by": list(synthetic.made_by)},
            "features": features.name(), "refine": to_mapping(spec), "hardware": hardware(device),
            "versions": versions()}


def _checked(real: RealData | Dataset, synthetic: Dataset, spec: RefineSpec) -> tuple[RealData | Dataset, Dataset]:
    """Both sides with the same classes and one size; `BadInput` for what cannot work."""
    classes, train = real.classes, real if isinstance(real, Dataset) else real.train
    synthetic = with_classes(synthetic, classes)
    for name, one in (("real", train), ("synthetic", synthetic)):
        if len(one) == 0:
            raise BadInput(f"no {name} images to refine: give some")
    shapes = train.images.shape[1:3], synthetic.images.shape[1:3]
    if shapes[0] != shapes[1]:
        raise BadInput(f"real images are {shapes[0][1]}x{shapes[0][0]} px and synthetic ones "
                       f"{shapes[1][1]}x{shapes[1][0]}: load or render both at one size")
    generator.check_size(spec, *shapes[0])
    discriminator.check_size(spec, *shapes[0])
    lacking = _unlearnable(train, synthetic)
    if judged(spec) and lacking:
        raise BadInput(f"{lacking}, and classifiers that keep the labels have to learn them: give both sides the same "
                       "two classes or more, or use lambda_label = 0 and lambda_moments = 0")
    if spec.align_labels and "images" in lacking:
        raise BadInput(f"{lacking}: give both sides the same classes, or use align_labels = false")
    return real, replace(synthetic, classes=classes)


def _unlearnable(*sides: Dataset) -> str:
    """Why no classifier can learn the labels of both sides; "" if one can. Then nobody watches or probes them."""
    for one in sides:
        for name, count in zip(one.classes, np.bincount(one.labels, minlength=len(one.classes))):
            if not count:
                return f"class {name!r} has no {'real' if one is sides[0] else 'synthetic'} images"
    return "" if len(sides[0].classes) > 1 else f"there is only one class ({sides[0].classes[0]!r})"
