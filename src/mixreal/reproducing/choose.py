"""`mix = "best"`: the ratio that validation images like best. Test images have no say (Sec. 4.4)."""

from collections.abc import Mapping, Sequence

import numpy as np

from mixreal.learning.minibatches import Mix
from mixreal.runs import Run


def validation_accuracy(runs: Sequence[Run]) -> float:
    """The mean over seeds, in [0, 1], with the batch-norm statistics that the runs' headline has."""
    return float(np.mean([run.results[f"validation/{run.headline.split('/')[1]}"]["accuracy"] for run in runs]))


def best_mix(candidates: Mapping[str, Sequence[Run]]) -> str:
    """The ratio of highest mean validation accuracy; of equals the one with more real images."""
    def rank(mix: str) -> tuple[float, float]:
        parts = Mix.parse(mix)
        return validation_accuracy(candidates[mix]), parts.real / (parts.real + parts.synthetic)

    return max(candidates, key=rank)
