"""Which checkpoint of a stage is kept, by a rule that is stated and not "the last"."""

import math
from collections.abc import Sequence
from typing import Any

RULES = {
    "kid": "the one of least KID between translated synthetic images and the stage's real side",
    "probe": "the latest whose refined images train a classifier that is, within one standard error, as accurate on "
             "real images as the best one's",
    "last": "the last one",
}
ALARMS = ("identity_alarm", "collapse_alarm", "label_alarm")


def choose(rows: Sequence[dict[str, Any]], rule: str) -> tuple[int, str]:
    """(index of the row to keep, the rule that it was chosen by: "kid" where no row left has the probe asked for).

    Where every row has an alarm, those with the fewest are considered.
    """
    if rule == "last":
        return len(rows) - 1, rule
    few = min(ringing(row) for row in rows)
    left = [k for k, row in enumerate(rows) if ringing(row) == few]
    if rule == "probe":
        probed = [k for k in left if "probe" in rows[k]]
        if probed:
            # Validation sets are small (50 a class: 3 points), and learning rates fall: the later one is the riper.
            best = max(rows[k]["probe_mean"] for k in probed)
            return max(k for k in probed if rows[k]["probe_mean"] >= best - rows[k]["probe_error"]), rule
    return min(left, key=lambda k: _kid(rows[k])), "kid"


def told(rows: Sequence[dict[str, Any]], rule: str, watched: str) -> str:
    """How one of these checkpoints was kept, in words. watched: the part of the real images that it was measured on."""
    if rule == "last":
        return RULES[rule]
    among = "every checkpoint has an alarm; of those with the fewest"
    if any(ringing(row) == 0 for row in rows):
        among = "of the checkpoints without an alarm"
    seen = "held out for validation" if watched == "validation" else "trained on, for none were held out"
    return f"{among}, {RULES[rule]} (real images {seen})"


def ringing(row: dict[str, Any]) -> int:
    """How many alarms a checkpoint has raised, both directions together."""
    return sum(len(row.get(alarm, ())) for alarm in ALARMS)


def _kid(row: dict[str, Any]) -> float:
    value = float(row["kid"])
    return value if math.isfinite(value) else math.inf
