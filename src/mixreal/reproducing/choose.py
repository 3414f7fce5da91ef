"""`mix = "best"`: the ratio that validation images like best. Test images have no say (Sec. 4.4)."""

from collections.abc import Mapping, Sequence

import numpy as np

from mixreal.learning.minibatches import Mix
from mixreal.runs import Run


def validation_accuracy(runs: Sequence[Run], suffix: str = "") -> float | None:
    """The mean over seeds, in [0, 1], with the batch-norm statistics that the runs' headline has; None without images.

    suffix: of the cell's test sets, "@2" where its photos are not the ones that the run was validated on.
    """
    keys = [f"validation{suffix}/{run.headline.split('/')[1]}" for run in runs]
    if not all(key in run.results for run, key in zip(runs, keys)):
        return None
    return float(np.mean([run.results[key]["accuracy"] for run, key in zip(runs, keys)]))


def best_mix(accuracies: Mapping[str, float]) -> str:
    """The ratio of highest mean validation accuracy; of equals the one with more real images."""
    def rank(mix: str) -> tuple[float, float]:
        parts = Mix.parse(mix)
        return accuracies[mix], parts.real / (parts.real + parts.synthetic)

    return max(accuracies, key=rank)
