"""How good a classifier is, and whether another is better: accuracies with intervals, paired tests, calibration."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

LEVEL = 0.95  # of every interval


class Accuracy(NamedTuple):
    """A share of correct answers in [0, 1] and its Wilson interval."""

    accuracy: float
    low: float
    high: float
    n: int


class McNemar(NamedTuple):
    """Two classifiers on the same images: where they differ, and how likely a split so uneven is by chance."""

    only_first: int  # images that only the first gets right
    only_second: int
    p: float  # two-sided, exact


class Difference(NamedTuple):
    """A mean difference and its 95% interval."""

    mean: float
    low: float
    high: float


def wilson(correct: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval for a share of `correct` in `n`; (0, 1) if there is nothing to count."""
    if n == 0:
        return 0.0, 1.0
    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    share = correct / n
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def accuracy(labels: ArrayLike, predicted: ArrayLike) -> Accuracy:
    """The share of (n,) predictions that equal (n,) labels; nan if n is 0."""
    hits = np.asarray(labels) == np.asarray(predicted)
    n, correct = hits.size, int(hits.sum())
    return Accuracy(correct / n if n else float("nan"), *wilson(correct, n), n)


def balanced_accuracy(labels: ArrayLike, predicted: ArrayLike) -> float:
    """The mean of the accuracies of the classes that occur: each class counts the same, however many its images."""
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    shares = [float((predicted[labels == k] == k).mean()) for k in np.unique(labels)]
    return float(np.mean(shares)) if shares else float("nan")


def balanced_interval(labels: ArrayLike, correct: ArrayLike) -> Difference:
    """Balanced accuracy and its 95% interval: (n,) labels, (n,) shares of correct answers in [0, 1], over seeds.

    The classes' shares are independent, so their variances add; each is smoothed by Agresti and Coull's two
    successes and two failures, without which a class that is always right would look certain.
    """
    labels, correct = np.asarray(labels), np.asarray(correct, np.float64)
    groups = [correct[labels == k] for k in np.unique(labels)]
    mean = float(np.mean([group.mean() for group in groups]))
    smooth = [((group.sum() + 2) / (len(group) + 4), len(group) + 4) for group in groups]
    error = float(np.sqrt(sum(p * (1 - p) / n for p, n in smooth))) / len(groups)
    half = float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    return Difference(mean, max(mean - half, 0.0), min(mean + half, 1.0))


def per_class(labels: ArrayLike, predicted: ArrayLike, classes: Sequence[str]) -> dict[str, Accuracy]:
    """Accuracy among the images of each class, in class order."""
    labels, predicted = np.asarray(labels), np.asarray(predicted)
    return {name: accuracy(labels[labels == k], predicted[labels == k]) for k, name in enumerate(classes)}


def confusion(labels: ArrayLike, predicted: ArrayLike, classes: int) -> NDArray[np.int64]:
    """(classes, classes) counts: row = label, column = prediction."""
    pairs = np.asarray(labels, np.int64) * classes + np.asarray(predicted, np.int64)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def mcnemar(first: ArrayLike, second: ArrayLike) -> McNemar:
    """The exact test on (n,) booleans: which images each of two classifiers gets right."""
    first, second = np.asarray(first, bool), np.asarray(second, bool)
    _same_shape(first, second)
    ours, theirs = int((first & ~second).sum()), int((~first & second).sum())
    p = float(stats.binomtest(ours, ours + theirs, 0.5).pvalue) if ours + theirs else 1.0
    return McNemar(ours, theirs, p)


def paired_difference(first: ArrayLike, second: ArrayLike, labels: ArrayLike | None = None, *, seed: int,
                      balanced: bool = False, draws: int = 4000) -> Difference:
    """Accuracy of `second` minus that of `first`, with a 95% bootstrap interval over training seeds and images.

    Both are (seeds, n) booleans, or (n,) for one seed: the same test images, and row s of both trained with
    seed s. Each draw takes seeds with replacement and, independently, images with replacement; with `labels` (n,)
    images are drawn within each class, so that every draw has the classes' own proportions; `balanced` lets each
    class count the same instead. The interval is between percentiles of the draws.
    """
    a, b = np.atleast_2d(np.asarray(first, bool)), np.atleast_2d(np.asarray(second, bool))
    _same_shape(a, b)
    gain = b.astype(np.float64) - a.astype(np.float64)
    seeds, n = gain.shape
    if n == 0 or seeds == 0:
        raise ValueError("no images or no seeds to compare")
    groups = np.zeros(n, np.int64) if labels is None else np.unique(np.asarray(labels), return_inverse=True)[1]
    rng = np.random.default_rng(seed)
    mean, means = 0.0, np.zeros(draws)
    chosen = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=draws) / seeds  # (draws, seeds) weights
    for group in np.unique(groups):
        rows = gain[:, groups == group]
        share = 1 / len(np.unique(groups)) if balanced else rows.shape[1] / n
        mean += share * float(rows.mean())
        # Images with the same gains in every seed are interchangeable: draw how often each kind comes up.
        kinds, members = np.unique(rows, axis=1, return_counts=True)  # (seeds, kinds), (kinds,)
        counts = rng.multinomial(members.sum(), members / members.sum(), size=draws)  # (draws, kinds)
        means += share * np.einsum("ds,ds->d", chosen, counts @ kinds.T) / members.sum()
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Difference(mean, float(low), float(high))


def _same_shape(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> None:
    if first.shape != second.shape:
        raise ValueError(f"not the same images and seeds: {first.shape} and {second.shape}")
