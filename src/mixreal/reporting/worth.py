"""How many real images does rendering replace? Read off two curves over the number of real images a class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixreal.reproducing.outcome import CellOutcome, Outcome


@dataclass(frozen=True)
class Worth:
    """At one budget: what mixing gives, and how many real images alone would give as much."""

    per_class: int
    alone: float  # accuracy in [0, 1]
    mixed: float
    equal_to: float  # real images a class that alone reach `mixed`; inf beyond the largest budget, nan below the least

    @property
    def replaced(self) -> float:
        """Real images a class that rendering stands for; negative where it costs."""
        return self.equal_to - self.per_class


def worth(per_class: Sequence[int], alone: Sequence[float], mixed: Sequence[float]) -> list[Worth]:
    """One a budget. Between budgets the curve of real images alone is straight over the logarithm of their number, and
    it is made to rise: what fewer images have reached, more of them reach."""
    order = np.argsort(per_class)
    x, y, z = (np.asarray(values, np.float64)[order] for values in (per_class, alone, mixed))
    rising = np.maximum.accumulate(y)
    out = []
    for count, a, m in zip(x, y, z):
        if m > rising[-1]:
            equal = float("inf")
        elif m < rising[0]:
            equal = float("nan")
        else:
            k = int(np.searchsorted(rising, m))  # the least budget that reaches it
            equal = float(x[0]) if k == 0 else float(np.exp(np.interp(m, rising[k - 1:k + 1], np.log(x[k - 1:k + 1]))))
        out.append(Worth(int(count), float(a), float(m), equal))
    return out


def worth_of(outcome: Outcome, column: str) -> list[Worth]:
    """Of a recipe of kind "budget": the column against the one it is compared with, budgets that both have."""
    alone = outcome.plan.compare.partition(" ")[2]
    rows = [row for row in outcome.plan.rows if outcome.cell(row, alone).main() and outcome.cell(row, column).main()]
    if not rows:
        return []
    pairs = [(outcome.cell(row, alone), outcome.cell(row, column)) for row in rows]
    return worth([a.plan.per_class for a, _ in pairs], [_mean(a) for a, _ in pairs], [_mean(b) for _, b in pairs])


def _mean(cell: CellOutcome) -> float:
    score = cell.main()
    assert score is not None  # only cells that have one come here
    return score.told[0]
