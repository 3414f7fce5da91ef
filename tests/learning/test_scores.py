"""Scores against hand values, scipy and brute force."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mixreal.learning import scores


def test_wilson_by_hand():
    low, high = scores.wilson(8, 10)  # Newcombe 1998's formula worked out: 0.4902 to 0.9433
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert scores.wilson(0, 0) == (0.0, 1.0)


@given(n=st.integers(1, 5000), share=st.floats(0, 1))
@settings(max_examples=50)
def test_wilson_is_scipys(n, share):
    correct = round(share * n)
    oracle = stats.binomtest(correct, n).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(scores.wilson(correct, n), (oracle.low, oracle.high), atol=1e-9)


def test_accuracy_per_class_balanced_and_confusion_by_hand():
    labels, predicted = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 2]
    assert scores.accuracy(labels, predicted)[0] == pytest.approx(4 / 6)
    assert scores.accuracy(labels, predicted).n == 6
    per_class = scores.per_class(labels, predicted, ("a", "b", "c", "d"))
    assert [it.accuracy for it in per_class.values()][:3] == [pytest.approx(2 / 3), 0.5, 1.0]
    assert np.isnan(per_class["d"].accuracy)
    assert scores.balanced_accuracy(labels, predicted) == pytest.approx((2 / 3 + 0.5 + 1) / 3)
    assert scores.confusion(labels, predicted, 4).tolist() == [[2, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]


def test_mcnemar_by_hand():
    first = np.array([1] * 10 + [1] * 8 + [0] * 2 + [0] * 5, bool)
    second = np.array([1] * 10 + [0] * 8 + [1] * 2 + [0] * 5, bool)
    result = scores.mcnemar(first, second)
    assert (result.only_first, result.only_second) == (8, 2)
    assert result.p == pytest.approx(2 * (1 + 10 + 45) / 2**10)  # at most 2 heads in 10 tosses, both sides
    assert scores.mcnemar(first, first).p == 1.0
    with pytest.raises(ValueError, match="not the same images"):
        scores.mcnemar(first, second[:-1])


def test_paired_difference_of_one_seed_is_scipys_bootstrap():
    rng = np.random.default_rng(0)
    first, second = rng.random(300) < 0.7, rng.random(300) < 0.8
    found = scores.paired_difference(first, second, seed=1, draws=20_000)
    gain = second.astype(float) - first
    oracle = stats.bootstrap((gain,), np.mean, n_resamples=20_000, method="percentile",
                             rng=np.random.default_rng(2)).confidence_interval
    assert found.mean == pytest.approx(gain.mean())
    assert (found.low, found.high) == (pytest.approx(oracle.low, abs=0.005), pytest.approx(oracle.high, abs=0.005))


@pytest.mark.parametrize("balanced", [False, True])
def test_paired_difference_is_the_brute_force_over_seeds_and_images(balanced):
    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1], [150, 50])
    first = rng.random((3, 200)) < np.where(labels, 0.4, 0.7)
    second = rng.random((3, 200)) < np.where(labels, 0.7, 0.75)
    weight = np.where(labels, 1 / 100, 1 / 300) if balanced else np.full(200, 1 / 200)
    gain = (second.astype(float) - first) * weight
    means = []
    for _ in range(4000):
        columns = np.concatenate([rng.choice(np.flatnonzero(labels == k), (labels == k).sum()) for k in (0, 1)])
        means.append(gain[rng.integers(0, 3, 3)][:, columns].sum(1).mean())
    found = scores.paired_difference(first, second, labels, seed=4, balanced=balanced)
    assert found.mean == pytest.approx(gain.sum(1).mean())
    np.testing.assert_allclose(found[1:], np.quantile(means, [0.025, 0.975]), atol=0.01)


def test_paired_difference_follows_its_seed_and_knows_no_difference():
    rng = np.random.default_rng(5)
    first, second = rng.random((2, 901)) < 0.6, rng.random((2, 901)) < 0.6
    assert scores.paired_difference(first, second, seed=0) == scores.paired_difference(first, second, seed=0)
    assert scores.paired_difference(first, second, seed=0) != scores.paired_difference(first, second, seed=1)
    assert scores.paired_difference(first, first, seed=0) == (0, 0, 0)
    assert scores.paired_difference(np.zeros(9), np.ones(9), seed=0) == (1, 1, 1)
    with pytest.raises(ValueError, match="no images"):
        scores.paired_difference(np.zeros((2, 0)), np.zeros((2, 0)), seed=0)
