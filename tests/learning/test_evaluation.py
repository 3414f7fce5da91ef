"""Answers on whole sets do not depend on how they are cut into chunks."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from mixreal.learning import evaluation
from mixreal.learning.classifiers import build
from mixreal.learning.evaluation import channel_statistics, logits, thinned
from tiny import tiny


def test_logits_are_in_order_and_in_evaluation_mode(monkeypatch):
    images, mean, std = tiny("real", 11).images, torch.full((3,), 0.5), torch.full((3,), 0.2)
    model = build("resnet20", 3, torch.Generator().manual_seed(0), 8)
    whole = logits(model, images, mean, std)
    assert model.training
    monkeypatch.setattr(evaluation, "MOST_AT_ONCE", 4)
    np.testing.assert_allclose(logits(model, images, mean, std), whole, atol=1e-4)
    one = model.eval()((torch.from_numpy(images[7:8]).permute(0, 3, 1, 2) / 255 - 0.5) / 0.2)
    np.testing.assert_allclose(one[0].detach().numpy(), whole[7], atol=1e-4)
    assert logits(model, images[:0], mean, std).shape[0] == 0


@given(count=st.integers(0, 3000), most=st.integers(1, 600))
def test_thinned_is_spread_and_ordered(count, most):
    rows = thinned(count, most)
    assert len(rows) == min(count, most)
    if len(rows) > 1:
        assert (rows[0], rows[-1]) == (0, count - 1)
        assert np.diff(rows).min() >= (count - 1) // (len(rows) - 1)
        assert np.diff(rows).max() <= -(-(count - 1) // (len(rows) - 1))


def test_channel_statistics_are_numpys(monkeypatch):
    monkeypatch.setattr(evaluation, "MOST_AT_ONCE", 5)
    images = tiny("real", 12).images
    mean, std = channel_statistics(images)
    np.testing.assert_allclose(mean, images.mean((0, 1, 2)) / 255, atol=1e-6)
    np.testing.assert_allclose(std, images.std((0, 1, 2)) / 255, atol=1e-6)
    assert min(channel_statistics(np.zeros_like(images))[1]) > 0
