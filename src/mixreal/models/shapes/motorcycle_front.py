"""The part of a motorcycle that is steered: front wheel, fork, handlebar, mirrors, lamp, windscreen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mixreal.models.mesh import BLEND, Material
from mixreal.models.shapes.cycle_parts import Floats, Part, both, mudguard, pipe, point
from mixreal.models.shapes.hull import lathe
from mixreal.models.shapes.motorcycle_parts import (
    Chassis,
    wheel,
)
from mixreal.models.shapes.palette import (
    ALLOY,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    HEADLIGHT,
    LIGHT_GLASS,
    STEEL,
)
from mixreal.models.shapes.solids import Solid, box, ellipsoid, joined, plate

CLEAR = replace(LIGHT_GLASS, name="windscreen", colour=(*LIGHT_GLASS.colour[:3], 0.45), alpha_mode=BLEND)


def front_end(
    rng: np.random.Generator, c: Chassis, tall: float, wide: float, style: str, rim: Material, colour: Material,
    bar: list[tuple[float, float, float]], fork_style: str = "", long: bool = False,
    mirror: bool = True, bar_colour: Material = BLACK_PAINT,
) -> tuple[list[Part], tuple[Floats, Floats]]:  # fmt: skip
    """Front wheel, mudguard, fork, handlebar and mirrors; and where the hands go."""
    parts = wheel(c.front, c.front_radius, tall, wide, style, rim, rng.uniform(0, 6))
    chosen = fork_style or str(rng.choice(["standard", "upside down"], p=[0.7, 0.3]))
    legs = (ALLOY, BLACK_PAINT, CHROME)[int(rng.integers(3))] if chosen == "standard" else BLACK_PAINT
    parts += fork(c, chosen, legs)
    reach = (20, 190) if long else (40, 150)
    parts.append(
        (
            mudguard(c.front, c.front_radius + 0.015, wide * 1.2, *reach, deep=0.7),
            colour if rng.random() < 0.8 else CHROME,
        )
    )
    more, hands = handlebar(c, bar, bar_colour)
    parts += more
    if mirror and rng.random() < 0.85:
        rise = bar[-1][1]
        round_glass = rng.random() < 0.5
        parts += mirrors(
            c, 0.33, rise + 0.06, rise + 0.24, round_glass, CHROME if bar_colour is CHROME else BLACK_PAINT, 0.0
        )
    return parts, hands


def fork(c: Chassis, style: str, lower: Material, wide: float = 0.1, above: float = 0.06) -> list[Part]:
    """Two telescopes from the head to the front axle, "standard" or "upside down", with yokes at the head."""
    low = c.front + point(wide, 0, 0)
    high = c.head + c.steer * above + point(wide, 0, 0.07)
    middle = low + (high - low) * 0.48
    thick, thin = (0.03, 0.021) if style == "standard" else (0.02, 0.03)
    yokes = [high - (high - low) * 0.05, high - (high - low) * 0.28]
    return [
        (both(pipe(low, middle, radius=thick, sides=9)), lower if style == "standard" else CHROME),
        (both(pipe(middle, high, radius=thin, sides=9)), CHROME if style == "standard" else lower),
        *((pipe(y, y * [-1, 1, 1], radius=0.024, sides=6), DARK_STEEL) for y in yokes),
    ]


def handlebar(
    c: Chassis, stops: Sequence[tuple[float, float, float]], colour: Material
) -> tuple[list[Part], tuple[Floats, Floats]]:
    """A bar through `stops` (left half, relative to the head), grips at its end, and where the hands go."""
    base = c.head + c.steer * 0.07 + point(0, 0, 0.05)
    path = np.array(stops) + base
    end, before = path[-1], path[-2]
    along = (end - before) / np.linalg.norm(end - before)
    start = end - along * 0.14
    parts: list[Part] = [
        (both(pipe(*path, radius=0.015, sides=7)), colour),
        (both(pipe(start, end, radius=0.022, sides=8)), DARK_PLASTIC),
        (both(pipe(start + point(-0.02, 0, 0.05), end + point(-0.01, -0.01, 0.06), radius=0.007, sides=5)), STEEL),
        (both(box((0.07, 0.05, 0.05), tuple(start - along * 0.04))), DARK_PLASTIC),
    ]
    hand = end - along * 0.06
    return parts, (hand, hand * [-1, 1, 1])


def mirrors(
    c: Chassis, x: float, low: float, high: float, round_glass: bool, colour: Material, ahead: float = 0.1
) -> list[Part]:
    """A pair of mirrors on stalks, out to `x`, from `low` to `high` above the steering head."""
    start, top = c.head + point(x * 0.7, low, ahead), c.head + point(x, high, ahead - 0.04)
    glass = ellipsoid((0.06 if round_glass else 0.085, 0.055 if round_glass else 0.045, 0.02), tuple(top), 6, 10)
    return [(both(pipe(start, top, radius=0.009, sides=5)), colour), (both(glass), colour)]


def round_headlight(where: Floats, radius: float, shell_colour: Material) -> list[Part]:
    """A round lamp looking forward."""
    r = radius
    spot = (float(where[0]), float(where[1]), float(where[2]))
    return [
        (lathe([(-0.14, 0.02), (-0.11, r * 0.6), (-0.05, r * 0.95), (0, r)], 16, spot), shell_colour),
        (lathe([(-0.01, r * 1.06), (0.012, r * 1.06)], 16, spot), CHROME),
        (lathe([(0.0, r * 0.93), (0.015, r * 0.9), (0.03, r * 0.4)], 14, spot), HEADLIGHT),
    ]


def screen(rows: Sequence[tuple[float, float, float]]) -> Solid:
    """A windscreen through rows of (z, y, half width), bent back at its sides."""
    pieces = []
    for (z0, y0, w0), (z1, y1, w1) in zip(rows[:-1], rows[1:], strict=True):
        for a, b in ((-1.0, -0.5), (-0.5, 0.5), (0.5, 1.0)):
            back = [0.12 if abs(v) == 1 else 0.0 for v in (a, b)]
            ring = [
                (a * w0, y0, z0 - back[0]),
                (b * w0, y0, z0 - back[1]),
                (b * w1, y1, z1 - back[1]),
                (a * w1, y1, z1 - back[0]),
            ]
            pieces.append(plate(np.array(ring), 0.008))
    return joined(*pieces)
