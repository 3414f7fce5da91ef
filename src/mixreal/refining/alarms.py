"""Alarms: a generator that copies its input, one whose images are all alike, one that changes what they show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from mixreal.refining.gap import spread_within

COPY = 0.01  # mean change of a pixel, of [0, 1], below which an output is its input: 2.6 of 255
ALIKE = 0.35  # share of the inputs' spread, in pixels or features, below which outputs are alike
LOST = 0.15  # labels that refinement may cost, as a share of all images


@dataclass(frozen=True)
class Alarms:
    """What one direction's outputs look like, and which alarms that raises."""

    change: float  # mean absolute change of a pixel, of [0, 1]
    pixel_spread: float  # within classes, of outputs over inputs; 1 = as different from one another as those
    feature_spread: float
    identity: bool
    collapse: bool


def look(before: Tensor, after: Tensor, features_before: NDArray[np.float32], features_after: NDArray[np.float32],
         labels: NDArray[np.int64]) -> Alarms:
    """Compare (n, 3, h, w) inputs with outputs, both in [-1, 1], and their (n, d) features; `labels` (n,)."""
    change = float((after - before).abs().mean()) / 2
    pixels, seen = (_ratio(spread_within(one_after, labels), spread_within(one_before, labels))
                    for one_before, one_after in ((_flat(before), _flat(after)), (features_before, features_after)))
    return Alarms(change, pixels, seen, change < COPY, min(pixels, seen) < ALIKE)


def labels_lost(before: float, after: float) -> bool:
    """Whether a classifier sees so many fewer labels in refined images that their labels cannot be trusted."""
    return after < before - LOST


def _ratio(after: float, before: float) -> float:
    """1 where inputs do not differ either: one image a class cannot tell whether outputs are alike."""
    return after / before if before > 0 else 1.0


def _flat(images: Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = images.float().flatten(1).cpu().numpy()
    return found
