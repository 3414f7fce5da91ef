"""Where a slider stands: values of a control as positions along it, even in the logarithm where the control is."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from mixreal.controls import Slider

STEPS = 200  # positions of a slider: an arrow key moves by one, a page key by ten


@dataclass(frozen=True)
class Scale:
    """What lies between the ends of a slider. `low` < `high`; both above 0 when `log`."""

    low: float
    high: float
    log: bool = False

    def position(self, value: float) -> int:
        """0 to STEPS; values beyond the ends stand at them."""
        if self.log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return round(STEPS * min(max(share, 0.0), 1.0))

    def value(self, position: float) -> float:
        """The value at a position, in as few figures as tell it from its neighbours; the ends are met exactly."""
        if position <= 0 or position >= STEPS:
            return self.low if position <= 0 else self.high
        share = position / STEPS
        if self.log:
            return float(f"{self.low * (self.high / self.low) ** share:.5g}")
        decimals = 1 - math.floor(math.log10((self.high - self.low) / STEPS))
        return round(self.low + (self.high - self.low) * share, decimals) + 0.0  # no negative zero


def scale_of(controls: Iterable[Slider], values: Iterable[float] = ()) -> Scale:
    """The scale on which all of these ranges and values have their place; resting values that a logarithm has not
    are left out."""
    ranges = list(controls)
    log = all(control.log for control in ranges)
    found = [end for control in ranges for end in (control.low, control.high)]
    found += [value for value in (*(control.rest for control in ranges), *values) if value > 0 or not log]
    low, high = min(found), max(found)
    if low == high:  # a recipe that fixes what the control had fixed already
        least, most = ranges[0].bounds
        low, high = (low / 2, high * 2) if log else (max(low - 1, least), min(high + 1, most))
    return Scale(low, high, log)


def told(value: float, unit: str = "") -> str:
    """A value for people: "32 deg", "0.05", "1.2 x"."""
    number = f"{value:.4g}" if abs(value) < 1e5 else f"{value:,.0f}"
    return f"{number} {unit}".strip()
