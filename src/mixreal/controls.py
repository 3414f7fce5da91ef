"""The controls of a latent: what values it can take, how one is drawn from uniform numbers, how one is checked.

A range in a recipe and a column of a dataset are the same control and the same number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput, did_you_mean

#: By unit: beyond these a picture would be black, white or not a number.
LIMITS = {"deg": (-3600.0, 3600.0), "EV": (-16.0, 16.0), "x": (0.0, 1000.0)}


@dataclass(frozen=True)
class Slider:
    """A real number, drawn evenly between `low` and `high` (evenly in its logarithm when `log`)."""

    low: float
    high: float
    rest: float  # the value when the variation is off
    unit: str = ""
    log: bool = False
    doc: str = ""
    limits: tuple[float, float] | None = None  # of what can be asked for at all; None = those of the unit

    def draw(self, u: NDArray[np.float64]) -> NDArray[Any]:
        """(n, 4) uniform numbers -> (n,) float32 values."""
        if self.log:
            return np.exp(np.log(self.low) + np.log(self.high / self.low) * u[:, 0]).astype(np.float32)
        return (self.low + (self.high - self.low) * u[:, 0]).astype(np.float32)

    def resting(self, n: int) -> NDArray[Any]:
        return np.full(n, self.rest, np.float32)

    def columns(self, name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
        return {name: values}

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that can be asked for."""
        return self.limits or LIMITS.get(self.unit, (-np.inf, np.inf))

    def check(self, name: str, value: float) -> None:
        """`BadInput` for a value that no picture can be made with."""
        least, most = self.bounds
        if not least <= value <= most:
            raise BadInput(f"range of {name!r}: expected values from {least:g} to {most:g}"
                           f"{f' ({self.unit})' if self.unit else ''}, got {value:g}")

    def narrowed(self, name: str, asked: Any) -> "Slider":
        """This control with the range `[low, high]` or the one value that a recipe asks for."""
        numbers = asked if isinstance(asked, (list, tuple)) else [asked, asked]
        if len(numbers) != 2 or not all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in numbers):
            raise BadInput(f"range of {name!r}: expected a number or [low, high], got {asked!r}")
        low, high = float(numbers[0]), float(numbers[1])
        if self.log and low == high == self.rest == 0:  # as when its variation is off; 0 has no logarithm
            return replace(self, low=0.0, high=0.0, log=False)
        if not (np.isfinite(low) and np.isfinite(high)) or low > high or (self.log and low <= 0):
            raise BadInput(f"range of {name!r}: expected {'0 < ' if self.log else ''}low <= high"
                           f"{', or 0 alone' if self.log and self.rest == 0 else ''}, got {asked!r}")
        self.check(name, low)
        self.check(name, high)
        return replace(self, low=low, high=high, rest=float(np.clip(self.rest, low, high)))


@dataclass(frozen=True)
class Choice:
    """One of some named options; `weights` are relative chances, equal when empty."""

    options: tuple[str, ...]
    rest: str
    weights: tuple[float, ...] = ()
    doc: str = ""

    def draw(self, u: NDArray[np.float64]) -> NDArray[Any]:
        """(n, 4) uniform numbers -> (n,) int32 indices of options."""
        weights = np.asarray(self.weights or (1.0,) * len(self.options), np.float64)
        edges = np.cumsum(weights / weights.sum())
        return np.minimum(np.searchsorted(edges, u[:, 0], side="right"), len(edges) - 1).astype(np.int32)

    def resting(self, n: int) -> NDArray[Any]:
        return np.full(n, self.options.index(self.rest), np.int32)

    def columns(self, name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
        return {name: np.asarray(self.options)[values]}

    def in_words(self, asked: Any) -> Any:
        """The option or options asked for as they are called: "1", where a flag or TOML reads a number."""
        if isinstance(asked, (list, tuple)):
            return [self.in_words(one) for one in asked]
        return str(asked) if isinstance(asked, int) and not isinstance(asked, bool) else asked

    def narrowed(self, name: str, asked: Any) -> "Choice":
        """This control with only the options asked for: a name or a list of names. One alone is its rest too."""
        several = self.in_words(asked)
        names = several if isinstance(several, list) else [several]
        if not names or not all(isinstance(one, str) for one in names):
            raise BadInput(f"range of {name!r}: expected an option or a list of them, got {asked!r}")
        for option in names:
            if option not in self.options:
                raise BadInput(f"range of {name!r}: no option {option!r}: {did_you_mean(str(option), self.options)}")
        weights = tuple(self.weights[self.options.index(o)] if o in names else 0.0 for o in self.options) \
            if self.weights else tuple(float(o in names) for o in self.options)
        if sum(weights) == 0:  # an option that is never drawn by default, asked for by name
            weights = tuple(float(o in names) for o in self.options)
        return replace(self, weights=weights, rest=names[0] if len(names) == 1 else self.rest)


@dataclass(frozen=True)
class Colour:
    """An sRGB colour, each channel drawn evenly between those of `low` and `high` (all in [0, 1])."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    rest: tuple[float, float, float]
    doc: str = ""

    def draw(self, u: NDArray[np.float64]) -> NDArray[Any]:
        """(n, 4) uniform numbers -> (n, 3) float32 sRGB."""
        low, high = np.asarray(self.low), np.asarray(self.high)
        return (low + (high - low) * u[:, :3]).astype(np.float32)

    def resting(self, n: int) -> NDArray[Any]:
        return np.tile(np.asarray(self.rest, np.float32), (n, 1))

    def columns(self, name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
        return {f"{name}.{channel}": values[:, k] for k, channel in enumerate("rgb")}

    def narrowed(self, name: str, asked: Any) -> "Colour":
        """This control with one colour `[r, g, b]` or a range `[[r, g, b], [r, g, b]]`."""
        try:
            box = np.asarray(asked, np.float64)
            box = np.stack([box, box]) if box.ndim == 1 else box
            low, high = box
            fine = box.shape == (2, 3) and bool((box >= 0).all() and (box <= 1).all() and (low <= high).all())
        except (TypeError, ValueError):
            fine = False
        if not fine:
            raise BadInput(f"range of {name!r}: expected [r, g, b] or two of them, in [0, 1], got {asked!r}")
        inside = tuple(np.clip(self.rest, low, high).tolist())
        return replace(self, low=tuple(low.tolist()), high=tuple(high.tolist()), rest=inside)


Control = Slider | Choice | Colour
Latents = Mapping[str, NDArray[Any]]  # control name -> its values for a batch, as `draw` returns them


def narrow(controls: Mapping[str, Control], variation: str, ranges: Mapping[str, Any]) -> dict[str, Control]:
    """The controls of one variation with a recipe's `ranges` ("camera.elevation" = [5, 40]) laid over them."""
    out = dict(controls)
    for key, asked in ranges.items():
        owner, _, name = key.partition(".")
        if owner == variation:
            if name not in out:
                known = [f"{variation}.{c}" for c in out]
                raise BadInput(f"ranges: unknown latent {key!r}: {did_you_mean(key, known)}")
            out[name] = out[name].narrowed(key, asked)
    return out


def option_list(names: Sequence[str]) -> tuple[str, ...]:
    """Names made unique for use as options: a repeated one gets its position behind it."""
    seen: set[str] = set()
    out = []
    for k, name in enumerate(names):
        out.append(f"{name}#{k}" if name in seen else name)
        seen.add(name)
    return tuple(out)
