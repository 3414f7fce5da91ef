"""Losses on fixed tensors by hand; smoothing ranges; flips; the schedule."""

from dataclasses import replace

import pytest
import torch

from mixreal.refining.losses import (
    Labels,
    discriminator_loss,
    draw_labels,
    l1,
    learning_rate,
    least_squares,
    told_apart,
)
from mixreal.refining.spec import PAPER, preset


def scores(*values: float) -> torch.Tensor:
    return torch.tensor(values).view(-1, 1, 1, 2)


def test_least_squares_by_hand() -> None:
    assert float(least_squares(scores(0, 1, 2, 3), 1.0)) == pytest.approx((1 + 0 + 1 + 4) / 4)
    by_image = least_squares(scores(0, 1, 2, 3), torch.tensor([0.5, 2.0]))
    assert float(by_image) == pytest.approx((0.25 + 0.25 + 0 + 1) / 4)


def test_the_discriminators_loss_by_hand() -> None:
    labels = Labels(torch.tensor([1.0]), torch.tensor([0.0]))
    own, made = scores(1, 0.6), scores(0.2, 0.8)
    assert float(discriminator_loss(own, made, labels)) == pytest.approx(0.5 * (0.16 / 2 + (0.04 + 0.64) / 2))
    assert float(told_apart(own, made)) == pytest.approx((1 + 0.5) / 2)


def test_l1_by_hand() -> None:
    assert float(l1(torch.tensor([0.0, 1.0]), torch.tensor([0.5, -1.0]))) == pytest.approx(1.25)


@pytest.mark.parametrize(("name", "share"), [("paper", 0.1), ("paper-literal", 0.9)])
def test_smoothing_ranges_and_flips(name: str, share: float) -> None:
    """App. 6.2: U(0.7, 1.2) and U(0, 0.3), exchanged with the probability `flip`."""
    labels = draw_labels(preset(name), 20_000, torch.Generator().manual_seed(0))
    for drawn, own in ((labels.target, True), (labels.source, False)):
        high = drawn > 0.5
        assert float((~high if own else high).float().mean()) == pytest.approx(share, abs=0.01)
        assert 0.7 <= float(drawn[high].min()) < 0.71 and 1.19 < float(drawn[high].max()) <= 1.2
        assert 0.0 <= float(drawn[~high].min()) < 0.01 and 0.29 < float(drawn[~high].max()) <= 0.3
        assert float(drawn[high].mean()) == pytest.approx(0.95, abs=0.01)
        assert float(drawn[~high].mean()) == pytest.approx(0.15, abs=0.01)


def test_the_schedule() -> None:
    """2e-4 to iteration 20,000, then linearly to 0 at 40,000."""
    rates = [learning_rate(PAPER, 2e-4, k) for k in (0, 19_999, 20_000, 30_000, 39_999, 40_000)]
    assert rates == pytest.approx([2e-4, 2e-4, 2e-4, 1e-4, 2e-4 / 20_000, 0])
    assert learning_rate(replace(PAPER, decay_from=1.0), 1e-5, 39_999) == 1e-5
