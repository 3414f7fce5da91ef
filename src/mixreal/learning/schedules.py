"""The learning rate at each step, as a pure function of the step."""

import math

from mixreal.learning.trainspec import TrainSpec

WARM_UP = 0.25  # of all steps, with "one-cycle"


def learning_rate(spec: TrainSpec, step: int, steps: int, steps_per_epoch: float) -> float:
    """The rate for `step` (from 0) of `steps`.

    "one-cycle": linearly from 0 up to `lr` over the first quarter, then down to 0 along half a cosine.
    "drops": `lr`, divided by 10 after each epoch of `lr_drops` (App. 3.2).
    "linear": `lr` until epoch `linear_from`, then linearly to 0 at the end (App. 2.2).
    """
    if spec.schedule == "drops":
        return spec.lr * 0.1 ** sum(step >= drop * steps_per_epoch for drop in spec.lr_drops)
    if spec.schedule == "linear":
        start = spec.linear_from * steps_per_epoch
        return spec.lr * (1.0 if step < start else (steps - step) / max(steps - start, 1e-9))
    warm = max(round(WARM_UP * steps), 1)
    if step < warm:
        return spec.lr * (step + 1) / warm
    return spec.lr * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))
