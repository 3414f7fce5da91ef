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


def images_a_class(cell: CellOutcome) -> int:
    """The cell's budget: where it is all photos (0), as many as its runs tell; 0 while none does."""
    if cell.plan.per_class or not cell.runs:
        return cell.plan.per_class
    found = cell.runs[0].config.get("data", {}).get("real", {}).get("per_class", ())
    return round(sum(found) / len(found)) if found else 0


def worth_of(outcome: Outcome, column: str) -> list[Worth]:
    """Of a recipe of kind "budget": the column against the one it is compared with, budgets that both have.

    A row whose budget is not known stands on no curve, and is left out.
    """
    alone = outcome.plan.compare.partition(" ")[2]
    pairs = [(outcome.cell(row, alone), outcome.cell(row, column)) for row in outcome.plan.rows]
    pairs = [(a, b) for a, b in pairs if a.main() and b.main() and images_a_class(a)]
    return worth([images_a_class(a) for a, _ in pairs], [_mean(a) for a, _ in pairs], [_mean(b) for _, b in pairs]) \
        if pairs else []


def _mean(cell: CellOutcome) -> float:
    score = cell.main()
    assert score is not None  # only cells that have one come here
    return score.told[0]
