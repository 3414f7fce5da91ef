"""What a person asks of training: one frozen dataclass, the same as TOML table and as flags."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from mixreal.errors import BadInput, did_you_mean
from mixreal.spec import to_mapping

YOUNGER = ("finish", "evenly")  # keys that trainings made before them lack


@dataclass(frozen=True)
class TrainSpec:
    """One training run, before it exists."""

    mix: str = "1:1"  # real:synthetic in every minibatch; "1:0" real only, "0:1" synthetic only
    classifier: str = "resnet20"  # "resnet20", "alexnet", or "timm:NAME"
    augment: tuple[str, ...] = ("crop", "flip")  # of crop, flip, shear, contrast, illumination, noise
    batch: int = 64  # images a step, both domains together; the paper's 128
    steps: int = 0  # optimizer steps; or
    epochs: int = 0  # passes over the real training images (over the synthetic ones with "0:1")
    optimizer: Literal["sgd", "adam"] = "sgd"
    # The highest learning rate. The paper's 0.1 is for its 500 epochs: in a thousand steps 0.03 learns (docs/log.md).
    lr: float = 0.03
    momentum: float = 0.9  # of sgd
    weight_decay: float = 1e-4
    schedule: Literal["one-cycle", "drops", "linear"] = "one-cycle"
    lr_drops: tuple[int, ...] = ()  # with "drops": divide by 10 after these epochs (App. 3.2); () keeps lr as it is
    linear_from: int = 0  # with "linear": the epoch after which lr falls to zero (App. 2.2)
    # Batch norm sees two domains in one minibatch. "shared": one set of statistics, for training and test; "real": the
    # same training, statistics re-estimated on real training images for test; "split": each domain normalised by its
    # own while training, the real ones' at test.
    norm: Literal["shared", "real", "split"] = "shared"
    finish: float = 0.0  # share of the steps, at the end, on real images alone: a mix gets to know its target last
    evenly: bool = False  # real images of all classes equally often, rare ones again and again; else as they come
    seed: int = 0
    evaluate_every: int = 0  # steps between points of the curve; 0 = ten points in all
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    # Let torch.compile fuse what stands between the convolutions: a fifth faster on CPUs, half a minute to compile.
    # "auto": where that pays. On CUDA it also records CUDA graphs.
    compile: Literal["auto", "yes", "no"] = "auto"


def made_by(spec: TrainSpec) -> dict[str, Any]:
    """The keys that name a training: younger ones stand there only where they matter, so that old runs are found."""
    return {name: value for name, value in to_mapping(spec).items() if name not in YOUNGER or value}


def steps_of_epochs(epochs: int, images: int, count: int) -> int:
    """How many steps pass `epochs` times over so many images, `count` of them a step."""
    return -(-epochs * images // count)


def mixed_steps(spec: TrainSpec, steps: int) -> int:
    """How many of so many steps see the mix; the others, at the end, real images alone."""
    return steps - round(spec.finish * steps)


def check_numbers(spec: TrainSpec) -> None:
    """`BadInput` for a number or a word that cannot be, whatever the images."""
    if (spec.steps > 0) == (spec.epochs > 0) or spec.steps < 0 or spec.epochs < 0:
        raise BadInput(f"steps is {spec.steps} and epochs is {spec.epochs}: "
                       "set exactly one of them, to a number above 0")
    least = {"lr": 0.0, "momentum": 0.0, "weight_decay": 0.0, "linear_from": 0, "seed": 0, "evaluate_every": 0}
    for name, low in least.items():
        value = getattr(spec, name)
        if not (math.isfinite(value) and value >= low):
            raise BadInput(f"{name} is {value}: it must be a number of at least {low}")
    if not 0 <= spec.finish < 1:
        raise BadInput(f"finish is {spec.finish}: expected a share of the steps, from 0 to below 1, such as 0.25")
    for name, known in (("optimizer", ("sgd", "adam")), ("schedule", ("one-cycle", "drops", "linear")),
                        ("norm", ("shared", "real", "split")), ("precision", ("auto", "fp32", "bf16")),
                        ("compile", ("auto", "yes", "no"))):
        if getattr(spec, name) not in known:
            raise BadInput(f"unknown {name} {getattr(spec, name)!r}: {did_you_mean(getattr(spec, name), known)}")
    if any(epoch < 0 for epoch in spec.lr_drops):
        raise BadInput(f"lr_drops are {', '.join(map(str, spec.lr_drops))}: expected epochs from 0")
    if spec.lr_drops and spec.schedule != "drops":
        raise BadInput(f"lr_drops are given and the schedule is {spec.schedule!r}: set schedule to 'drops'")
