"""The losses of refinement as formulas on tensors (App. 6.1, 6.2, 7)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from mixreal.refining.spec import RefineSpec


@dataclass(frozen=True)
class Labels:
    """What a discriminator is told of one minibatch: (b,) each."""

    target: Tensor  # of images of its own domain
    source: Tensor  # of translated images


def draw_labels(spec: RefineSpec, count: int, generator: torch.Generator) -> Labels:
    """Smoothed labels, one an image: U(0.7, 1.2) and U(0, 0.3), exchanged with probability `flip` (App. 6.2)."""
    draws = torch.rand(4, count, generator=generator)
    target = _between(spec.smooth_target, draws[0])
    source = _between(spec.smooth_source, draws[1])
    # A flipped image gets a label drawn from the other range.
    return Labels(torch.where(draws[2] < spec.flip, _between(spec.smooth_source, draws[0]), target),
                  torch.where(draws[3] < spec.flip, _between(spec.smooth_target, draws[1]), source))


def least_squares(scores: Tensor, labels: Tensor | float) -> Tensor:
    """mean (score - label)^2 over images and patches; `labels` (b,) or one number. (Mao et al. 2016)"""
    wanted = labels.view(-1, 1, 1, 1) if isinstance(labels, Tensor) else labels
    return (scores.float() - wanted).square().mean()


def l1(first: Tensor, second: Tensor) -> Tensor:
    """mean |a - b|: the cycle loss and the distance to the input."""
    return (first.float() - second.float()).abs().mean()


def discriminator_loss(on_target: Tensor, on_source: Tensor, labels: Labels) -> Tensor:
    """Half the sum of the losses on its own domain's images and on translated ones, as in CycleGAN's code."""
    return 0.5 * (least_squares(on_target, labels.target) + least_squares(on_source, labels.source))


def told_apart(on_target: Tensor, on_source: Tensor) -> Tensor:
    """() the discriminator's accuracy in [0, 1]: patches above and below one half."""
    return 0.5 * ((on_target > 0.5).float().mean() + (on_source < 0.5).float().mean())


def learning_rate(spec: RefineSpec, top: float, iteration: int) -> float:
    """`top`, then after `decay_from` of the iterations linearly to 0 at the end (App. 6.2)."""
    start = spec.decay_from * spec.iterations
    if iteration < start:
        return top
    return top * (spec.iterations - iteration) / max(spec.iterations - start, 1e-9)


def _between(ends: tuple[float, float], draws: Tensor) -> Tensor:
    low, high = ends
    return low + (high - low) * draws
