"""What a person asks of refinement: one frozen dataclass, and the presets `paper`, `paper-literal` and `fast`."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from mixreal.errors import BadInput, did_you_mean


@dataclass(frozen=True)
class RefineSpec:
    """One stage's networks, losses and training; the defaults are the paper's (App. 6 and 7, CIFAR-DA4)."""

    # Networks.
    translator: str = "cyclegan"  # "cyclegan", "simgan", "cut", or your own as "package.module:attribute"
    generator: str = "c7s1-32,d64,d128,R128x9,u64,u32,c7s1-3"
    discriminator: str = "C64,C128"  # airplane/bicycle at 256 px: "C64,C128,C256,C512"
    norm: Literal["batch", "instance", "none"] = "batch"  # of the generators
    d_norm: Literal["batch", "instance", "spectral", "none"] = "batch"  # of the discriminators
    d_last_stride: Literal[1, 2] = 1  # of the last Ck
    # "normal": deviation 0.02, scales around 1; "literal": mean 0 and *variance* 0.02 for weights and scales
    # (App. 6.2); "he": by fan-in, for networks without norm.
    init: Literal["normal", "literal", "he"] = "normal"
    output: Literal["tanh", "residual"] = "tanh"  # "residual": the image plus 2 tanh, clipped, so that 0 is identity
    # Losses.
    smooth_target: tuple[float, float] = (0.7, 1.2)  # label of an image of the discriminator's own domain: uniform
    smooth_source: tuple[float, float] = (0.0, 0.3)  # label of a translated image
    flip: float = 0.1  # how often the two change places
    g_target: float = 1.0  # what generators want their images to be called
    lambda_cycle: float = 10.0
    lambda_l1: float = 0.1  # distance to the input, both directions; airplane/bicycle: 0
    lambda_identity: float = 0.0  # distance to the input for images of the domain mapped to
    lambda_label: float = 0.0  # cross entropy of a classifier that should still see the label
    lambda_moments: float = 0.0  # distance of its features' moments to those of the images it learnt from
    # That classifier learnt from the stage's images mapped from, those mapped to, or, in every stage alike, from R and
    # S themselves as those mapped to: what a real image shows is best known from unrefined ones.
    label_judge: Literal["source", "target", "unrefined"] = "source"
    label_judges: int = 1  # such classifiers a direction, from different starts: what all see is less one's own quirk
    # Of what that classifier sees, as d_augment. With "noise" it learns from noisy images too: what raises its opinion
    # through noise are shapes and colours that other classifiers see as well, not patterns of its own.
    label_augment: tuple[str, ...] = ()
    lambda_contrast: float = 1.0  # "cut" only: patches of the output beside their own in the input
    d_augment: tuple[str, ...] = ()  # of what discriminators see (DiffAugment): colour, translation, cutout, noise
    # Minibatches.
    batch: int = 144
    align_labels: bool = True  # row k is of one class in both domains, classes in equal numbers (App. 5)
    mirror: bool = False  # half of the images turned left to right
    g_batches: Literal["fresh", "same"] = "fresh"  # a minibatch for each update of the generators, or one for all
    pool: int = 0  # earlier translated images for the discriminators to see; CycleGAN's code keeps 50
    # Schedule.
    iterations: int = 40_000
    decay_from: float = 0.5  # share of the iterations after which both learning rates fall to 0 linearly
    g_updates: int = 5  # an iteration
    d_updates: int = 1
    g_lr: float = 2e-4
    d_lr: float = 1e-5
    betas: tuple[float, float] = (0.5, 0.999)
    pretrain_g: int = 1000  # iterations of L1 to the input before
    pretrain_d: int = 500  # then of the adversarial loss, generators at rest
    ema: float = 0.0  # decay of a running average of the generators, which then translates; 0 = none
    # Batch norm while translating: running statistics, the minibatch's own, or estimated anew at each checkpoint.
    translate_norm: Literal["eval", "batch", "estimated"] = "eval"
    # Knowing when it works.
    checkpoints: int = 10  # at which everything is measured
    probes: int = 0  # of them, at which a small classifier is trained on the refined images too
    probe_steps: int = 150
    judge_steps: int = 300  # of training the classifiers that watch the labels
    choose: Literal["kid", "probe", "last"] = "kid"  # the rule by which a checkpoint is kept: refining/choosing.py
    # Running.
    seed: int = 0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    kernels: Literal["auto", "plain"] = "auto"  # "auto": fewer multiplications on CPUs (refining/blocks.py)
    compile: bool = False  # torch.compile


PAPER = RefineSpec()

PRESETS = {
    "paper": PAPER,
    "paper-literal": replace(PAPER, flip=0.9, init="literal"),
    # Whole-size layers: up by transposed convolutions, minutes of training leave their checkerboard in every image.
    "fast": replace(
        PAPER, generator="c3s1-16,R16x4,c3s1-3", discriminator="C32,C64", d_norm="instance", output="residual",
        flip=0.0, smooth_target=(0.8, 1.0), smooth_source=(0.0, 0.2), lambda_cycle=1.0, lambda_label=4.0,
        label_judge="unrefined", label_judges=3, label_augment=("translation", "noise"), d_augment=("translation",),
        batch=32, mirror=True, iterations=1200, g_updates=1, g_lr=1e-3, d_lr=4e-4, pretrain_g=50, pretrain_d=100,
        ema=0.998, translate_norm="estimated", checkpoints=4, probes=2, probe_steps=300, judge_steps=600,
        choose="probe"),
}


def preset(name: str) -> RefineSpec:
    """The spec of a preset by name."""
    if name not in PRESETS:
        raise BadInput(f"unknown preset {name!r}: {did_you_mean(name, PRESETS)}")
    return PRESETS[name]


def judged(spec: RefineSpec) -> bool:
    """Whether classifiers take part in the generators' loss."""
    return bool(spec.lambda_label or spec.lambda_moments)


def check(spec: RefineSpec) -> None:
    """`BadInput` for numbers that cannot work."""
    least = {"batch": 1, "iterations": 1, "g_updates": 1, "d_updates": 0, "pretrain_g": 0, "pretrain_d": 0, "pool": 0,
             "checkpoints": 1, "probes": 0, "probe_steps": 1, "judge_steps": 1, "label_judges": 1, "seed": 0, "g_lr": 0,
             "d_lr": 0, "lambda_cycle": 0, "lambda_l1": 0, "lambda_identity": 0, "lambda_label": 0,
             "lambda_moments": 0, "lambda_contrast": 0}
    for name, low in least.items():
        if not (math.isfinite(getattr(spec, name)) and getattr(spec, name) >= low):
            raise BadInput(f"{name} is {getattr(spec, name)}: it must be a number of at least {low}")
    if not math.isfinite(spec.g_target):
        raise BadInput(f"g_target is {spec.g_target}: expected a number, such as 1")
    for name, high in {"flip": 1.0, "decay_from": 1.0, "ema": 0.99999}.items():
        if not 0 <= getattr(spec, name) <= high:
            raise BadInput(f"{name} is {getattr(spec, name)}: expected a number from 0 to {high:g}")
    if not all(0 <= beta < 1 for beta in spec.betas):
        raise BadInput(f"betas are {spec.betas}: expected two numbers from 0 to below 1, such as 0.5 and 0.999")
    for name in ("smooth_target", "smooth_source"):
        low_end, high_end = getattr(spec, name)
        if not (math.isfinite(low_end) and math.isfinite(high_end) and low_end <= high_end):
            raise BadInput(f"{name} is {low_end} to {high_end}: expected two numbers, the lower end first")
    if spec.lambda_moments and spec.label_judge == "source":
        raise BadInput('lambda_moments draws refined images to those that label_judge learnt from, and "source" means '
                       'their own: set label_judge = "target" or "unrefined"')
    for key in ("d_augment", "label_augment"):
        for name in getattr(spec, key):
            if name not in AUGMENTATIONS:
                raise BadInput(f"unknown augmentation {name!r} in {key}: {did_you_mean(name, AUGMENTATIONS)}")


AUGMENTATIONS = ("colour", "translation", "cutout", "noise")
