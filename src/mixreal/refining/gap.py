"""The gap between two sets of images, by their features: kernel distance and proxy A-distance."""

import numpy as np
from numpy.typing import NDArray

FOLDS = 4
RIDGE = 10.0  # of the linear domain classifier, times the features' mean variance
SUBSET, SUBSETS = 200, 20  # of KID, where there are enough images


def kid(first: NDArray[np.float32], second: NDArray[np.float32], seed: int = 0) -> float:
    """Kernel inception distance, on whichever features are given: unbiased squared MMD, kernel (x y / d + 1)^3.

    (n, d) and (m, d). The mean over subsets of at most 200 of each (Binkowski et al. 2018); 0 for equal
    distributions, below 0 by chance.
    """
    size = min(SUBSET, len(first), len(second))
    if size < 2:
        return float("nan")
    rng = np.random.default_rng(seed)
    count = SUBSETS if size < max(len(first), len(second)) else 1
    return float(np.mean([_mmd(_some(first, size, rng), _some(second, size, rng)) for _ in range(count)]))


def a_distance(first: NDArray[np.float32], second: NDArray[np.float32], seed: int = 0) -> float:
    """Proxy A-distance 2 (1 - 2 error) of a linear classifier between the sets, on images it was not fitted to.

    0: it cannot tell them apart; 2: it always can (Ben-David et al. 2007). Both sets count the same.
    """
    n = min(len(first), len(second))
    if n < FOLDS:
        return float("nan")
    rng = np.random.default_rng(seed)
    a, b = (one[rng.permutation(len(one))[:n]].astype(np.float64) for one in (first, second))
    fold = np.arange(n) % FOLDS
    wrong = [_errors(a[fold != k], b[fold != k], a[fold == k], b[fold == k]) for k in range(FOLDS)]
    return max(2 * (1 - 2 * float(np.mean(wrong))), 0.0)


def spread_within(rows: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The mean squared distance of (n, d) rows from the mean of their class: how different its images are."""
    total = sum(float(rows[labels == label].astype(np.float64).var(0).sum()) * int((labels == label).sum())
                for label in np.unique(labels))
    return total / len(rows) if len(rows) else float("nan")


def _mmd(x: NDArray[np.float32], y: NDArray[np.float32]) -> float:
    n, m, d = len(x), len(y), x.shape[1]
    x64, y64 = x.astype(np.float64), y.astype(np.float64)
    xx, yy, xy = ((p @ q.T / d + 1) ** 3 for p, q in ((x64, x64), (y64, y64), (x64, y64)))
    return float((xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1))
                 - 2 * xy.mean())


def _some(features: NDArray[np.float32], size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    return features if len(features) == size else features[rng.choice(len(features), size, replace=False)]


def _errors(a: NDArray[np.float64], b: NDArray[np.float64], new_a: NDArray[np.float64],
            new_b: NDArray[np.float64]) -> float:
    """Share of new images that ridge regression to +1 and -1 puts on the wrong side."""
    x = np.concatenate([a, b])
    mean, scale = x.mean(0), x.std(0) + 1e-6
    x = (x - mean) / scale
    y = np.concatenate([np.ones(len(a)), -np.ones(len(b))])
    gram = x @ x.T  # fewer images than features: the dual form
    weights = x.T @ np.linalg.solve(gram + RIDGE * len(x) * np.eye(len(x)), y)
    told = np.concatenate([((new_a - mean) / scale) @ weights > 0, ((new_b - mean) / scale) @ weights < 0])
    return float(1 - told.mean())
