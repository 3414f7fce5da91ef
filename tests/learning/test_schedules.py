"""Learning rates by hand."""

import math

import pytest

from mixreal.learning.schedules import learning_rate
from mixreal.learning.trainspec import TrainSpec


def rates(spec: TrainSpec, steps: int, steps_per_epoch: float) -> list[float]:
    return [learning_rate(spec, step, steps, steps_per_epoch) for step in range(steps)]


def test_one_cycle_by_hand():
    found = rates(TrainSpec(lr=0.4), 8, 2.0)
    cosine = [0.2 * (1 + math.cos(math.pi * k / 6)) for k in range(6)]  # 0.4, 0.3732, 0.3, 0.2, 0.1, 0.0268
    assert found == pytest.approx([0.2, 0.4, *cosine])
    assert rates(TrainSpec(lr=0.4), 1, 1.0) == pytest.approx([0.4])


def test_drops_come_after_their_epochs():
    spec = TrainSpec(lr=0.1, schedule="drops", lr_drops=(2, 3))
    assert rates(spec, 8, 2.0) == pytest.approx([0.1] * 4 + [0.01] * 2 + [0.001] * 2)
    assert rates(spec, 6, 1.5) == pytest.approx([0.1] * 3 + [0.01] * 2 + [0.001])  # epochs end at 3 and 4.5 steps
    assert rates(TrainSpec(lr=0.1, schedule="drops"), 3, 1.0) == [0.1] * 3


def test_linear_falls_to_zero_from_its_epoch():
    spec = TrainSpec(lr=1e-4, schedule="linear", linear_from=1)
    assert rates(spec, 6, 2.0) == pytest.approx([1e-4, 1e-4, 1e-4, 0.75e-4, 0.5e-4, 0.25e-4])
    assert rates(TrainSpec(lr=1.0, schedule="linear"), 4, 2.0) == pytest.approx([1.0, 0.75, 0.5, 0.25])
