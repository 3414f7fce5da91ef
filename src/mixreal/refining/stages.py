"""Stages by name: "R-S", then "RR-RS", "R-RS" or "RR-S", and so on to any depth (Sec. 4.2, Fig. 5)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mixreal.errors import BadInput
from mixreal.refining.sets import ImageSet

_SIDE = re.compile(r"(?P<set>R*[RS])(@(?P<stage>\d+))?")


@dataclass(frozen=True)
class Stage:
    """Which two sets a stage maps between."""

    number: int  # from 1
    real: str  # "R", "RR", ...: real images, refined so often
    synthetic: str  # "S", "RS", ...

    def __str__(self) -> str:
        return f"{self.real}-{self.synthetic}"


def parse_stages(names: Sequence[str]) -> tuple[Stage, ...]:
    """Stages in turn. `BadInput` for a set that no earlier stage has made.

    A stage that maps X with Y makes "R" + X and "R" + Y. Where two stages make a set of one name, the later one is
    meant; "RR@1" is that of stage 1.
    """
    if not names:
        raise BadInput("no stages: name at least the first, R-S")
    made = {"R", "S"}
    out = []
    for number, name in enumerate(names, 1):
        left, dash, right = name.strip().partition("-")
        sides = [_SIDE.fullmatch(left), _SIDE.fullmatch(right)]
        if not dash or sides[0] is None or sides[1] is None or left.partition("@")[0].strip("R") \
                or not right.partition("@")[0].endswith("S"):
            raise BadInput(f"stage {name!r}: expected real-synthetic such as R-S, RR-RS, R-RS or RR-S")
        for side in (left, right):
            if side not in made:
                raise BadInput(f"stage {number}, {name!r}, starts from {side}, which no earlier stage makes: "
                               f"so far there are {', '.join(sorted(made))}")
        out.append(Stage(number, left, right))
        for side in (left, right):
            fresh = "R" + side.partition("@")[0]
            made |= {fresh, f"{fresh}@{number}"}
    return tuple(out)


def found(sets: dict[str, ImageSet], stage: Stage) -> tuple[ImageSet, ImageSet]:
    """The real and the synthetic set of a stage."""
    return sets[stage.real], sets[stage.synthetic]


def with_outputs(sets: dict[str, ImageSet], stage: Stage, real: ImageSet, synthetic: ImageSet) -> dict[str, ImageSet]:
    """The sets after a stage has made two more."""
    fresh = {one.name: one for one in (real, synthetic)}
    return sets | fresh | {f"{name}@{stage.number}": one for name, one in fresh.items()}
