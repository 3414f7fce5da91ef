"""Motorcycles of a classic cut: cruiser and chopper, vintage with or without sidecar."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import Part, bent, both, mudguard, pipe, point
from mixreal.models.shapes.hull import hull, patch, shell, slanted
from mixreal.models.shapes.motorcycle_front import CLEAR, front_end, round_headlight, screen
from mixreal.models.shapes.motorcycle_paint import painted_tank
from mixreal.models.shapes.motorcycle_parts import (
    Draft,
    body,
    chassis,
    engine,
    exhaust,
    foot_pegs,
    frame_tubes,
    indicators,
    pair_of_cases,
    swingarm,
    tail_light,
    wheel,
)
from mixreal.models.shapes.palette import (
    ALLOY,
    BLACK_LEATHER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    LEATHER,
    paint,
)
from mixreal.models.shapes.solids import box, cylinder, ellipsoid, moved


def cruiser(rng: np.random.Generator) -> Draft:
    """A cruiser: long, low, V-twin, chrome; sometimes a chopper with a raked fork and high bars."""
    chopper = rng.random() < 0.3
    colour, rim = (
        (BLACK_PAINT if rng.random() < 0.3 else paint(rng, 0.6)),
        (CHROME, BLACK_PAINT)[int(rng.random() < 0.3)],
    )
    rake, base = (
        (rng.uniform(37, 42), rng.uniform(1.8, 1.95)) if chopper else (rng.uniform(30, 34), rng.uniform(1.58, 1.7))
    )
    c = chassis(0.32, 0.34 if chopper else 0.31, base, rake, head=0.92 if chopper else 0.86)
    style = "spoked" if rng.random() < 0.55 else "cast"
    z, pivot = float(c.head[2]), point(0, 0.36, 0.42)
    fixed = wheel(c.rear, 0.32, 0.11, 0.19, style, rim, rng.uniform(0, 6))
    fixed += frame_tubes(c, pivot, point(0, 0.6, 0.12), colour if chopper else BLACK_PAINT, 0.2, 0.022)
    fixed += engine("vee", 0.72, 0.36, 0.3, (ALLOY, DARK_STEEL)[int(rng.random() < 0.4)], CHROME)
    fixed += exhaust(
        str(rng.choice(["stacked", "twin", "stacked"])), 0.74, 0.36, rng.uniform(-0.3, 0.05), CHROME, CHROME, 0.26
    )
    fixed += swingarm(c, pivot, BLACK_PAINT, None if chopper else point(0, 0.6, 0.2))
    slim = 0.75 if chopper else 1.0
    tank = [
        (z - 0.0, 0.83, 0.05, 0.05),
        (z - 0.1, 0.84, 0.14 * slim, 0.1 * slim),
        (z - 0.26, 0.82, 0.16 * slim, 0.11 * slim),
        (z - 0.5, 0.72, 0.06, 0.05),
    ]
    fixed += painted_tank(rng, hull(tank, 16, 2.3), colour)
    fixed.append(
        (
            body(
                [
                    (z - 0.42, 0.7, 0.07, 0.04),
                    (0.46, 0.64, 0.15, 0.05),
                    (0.3, 0.63, 0.18, 0.05),
                    (0.16, 0.7, 0.12, 0.06),
                ]
            ),
            BLACK_LEATHER,
        )
    )
    fixed.append((mudguard(c.rear, 0.345, 0.23, 60, 172 if not chopper else 140, 0.6), colour))
    if rng.random() < 0.7:
        fixed.append(
            (body([(0.2, 0.69, 0.1, 0.03), (0.0, 0.71, 0.11, 0.04), (-0.16, 0.68, 0.06, 0.03)]), BLACK_LEATHER)
        )
        if rng.random() < 0.6:  # sissy bar
            fixed.append(
                (
                    bent(
                        point(0.1, 0.6, -0.1),
                        point(0.1, 1.1, -0.26),
                        point(-0.1, 1.1, -0.26),
                        point(-0.1, 0.6, -0.1),
                        radius=0.013,
                        sides=6,
                    ),
                    CHROME,
                )
            )
            fixed.append((box((0.18, 0.17, 0.05), (0, 0.92, -0.16), 0.015), BLACK_LEATHER))
    if rng.random() < 0.35:
        fixed += pair_of_cases(
            -0.08, 0.52, (0.16, 0.3, 0.46), LEATHER if rng.random() < 0.4 else BLACK_LEATHER, False, 0.25
        )
    fixed += [*tail_light((0, 0.55, -0.36)), indicators(-0.3, 0.6, 0.16)]
    high = rng.uniform(0.3, 0.5) if chopper and rng.random() < 0.6 else rng.uniform(0.12, 0.2)
    bar = [(0.05, 0, 0), (0.12, high * 0.5, 0.02), (0.2, high, 0.0), (0.3, high, -0.1), (0.41, high - 0.03, -0.26)]
    steered, hands = front_end(
        rng,
        c,
        0.09 if chopper else 0.11,
        0.1 if chopper else 0.14,
        style,
        rim,
        colour,
        bar,
        long=True,
        bar_colour=CHROME,
    )
    steered += round_headlight(c.head + point(0, -0.05, 0.24), 0.09 if chopper else 0.11, CHROME)
    steered.append(indicators(z + 0.16, float(c.head[1]) - 0.06, 0.17))
    if not chopper and rng.random() < 0.3:
        pane = screen([(z + 0.22, 0.82, 0.2), (z + 0.18, 1.1, 0.27), (z + 0.08, 1.32, 0.2)])
        steered.append((pane, CLEAR))
    pegs, feet = foot_pegs(0.95, 0.3)
    return Draft(c, fixed + pegs, steered, point(0, 0.67, 0.36), hands, feet, 2 if high > 0.25 else 6)


def vintage(rng: np.random.Generator) -> Draft:
    """A motorcycle of the 1930s to 1960s, at times with a sidecar."""
    colour = BLACK_PAINT if rng.random() < 0.4 else paint(rng, 0.7)
    c = chassis(0.33, 0.33, rng.uniform(1.33, 1.42), 27, head=0.88)
    z, pivot = float(c.head[2]), point(0, 0.4, 0.44)
    fixed = wheel(c.rear, 0.33, 0.085, 0.1, "spoked", CHROME, rng.uniform(0, 6))
    fixed += frame_tubes(c, pivot, point(0, 0.68, 0.1), colour, 0.22, 0.018)
    fixed += engine(str(rng.choice(["single", "boxer", "vee", "single"])), 0.68, 0.38, 0.24, ALLOY, CHROME)
    fixed += exhaust(str(rng.choice(["low", "twin"])), 0.68, 0.38, -0.35, CHROME, CHROME, 0.26)
    fixed += swingarm(c, pivot, colour, point(0, 0.68, 0.1))
    tank = hull(
        [
            (z + 0.0, 0.82, 0.04, 0.05),
            (z - 0.08, 0.84, 0.11, 0.09),
            (z - 0.26, 0.82, 0.13, 0.1),
            (z - 0.5, 0.74, 0.05, 0.05),
        ],
        12,
        2.3,
    )
    fixed.append((shell(tank, 14), colour))
    fixed.append(
        (
            both(slanted(tank, [(z - 0.38, 112), (z - 0.34, 62), (z - 0.1, 62), (z - 0.1, 112)], 0.004)),
            CHROME if rng.random() < 0.5 else DARK_PLASTIC,
        )
    )
    if rng.random() < 0.5:  # a sprung saddle
        brown = LEATHER if rng.random() < 0.4 else BLACK_LEATHER
        fixed.append(
            (
                body(
                    [
                        (0.56, 0.76, 0.03, 0.02),
                        (0.42, 0.76, 0.08, 0.03),
                        (0.26, 0.78, 0.16, 0.04),
                        (0.18, 0.8, 0.12, 0.03),
                    ]
                ),
                brown,
            )
        )
        fixed.append((both(cylinder(0.03, 0.1, "y", (0.1, 0.71, 0.24), 10)), CHROME))
        fixed.append((body([(0.1, 0.74, 0.06, 0.03), (-0.05, 0.75, 0.11, 0.04), (-0.2, 0.74, 0.08, 0.03)]), brown))
    else:
        fixed.append(
            (
                body(
                    [
                        (0.6, 0.76, 0.09, 0.04),
                        (0.35, 0.75, 0.13, 0.05),
                        (0.0, 0.77, 0.13, 0.05),
                        (-0.2, 0.76, 0.09, 0.03),
                    ],
                    3,
                ),
                BLACK_LEATHER,
            )
        )
    fixed.append((mudguard(c.rear, 0.35, 0.14, 50, 190, 0.9), colour))
    fixed.append((both(ellipsoid((0.03, 0.09, 0.13), (0.12, 0.58, 0.36), 6, 10)), colour))
    fixed += tail_light((0, 0.64, -0.32), 0.035)
    bar = [(0.04, 0, 0), (0.12, 0.05, 0.02), (0.24, 0.09, -0.02), (0.37, 0.06, -0.18)]
    steered, hands = front_end(rng, c, 0.085, 0.095, "spoked", CHROME, colour, bar, long=True, bar_colour=CHROME)
    steered += round_headlight(c.head + point(0, 0.0, 0.22), 0.1, colour if rng.random() < 0.5 else CHROME)
    beside = rng.random() < 0.28
    if beside:
        fixed += sidecar(rng, colour)
    pegs, feet = foot_pegs(0.56, 0.3)
    return Draft(c, fixed + pegs, steered, point(0, 0.79, 0.3), hands, feet, 8, leans=not beside)


def sidecar(rng: np.random.Generator, colour: Material) -> list[Part]:
    """A one-seat car on the right, with its own wheel."""
    x, rise = -0.78, rng.uniform(0.0, 0.08)
    tub = hull(
        [
            (1.35, 0.5, 0.05, 0.05),
            (1.2, 0.48, 0.17, 0.16),
            (0.8, 0.48 + rise / 2, 0.25, 0.24 + rise),
            (0.2, 0.5, 0.26, 0.27),
            (-0.15, 0.52, 0.2, 0.2),
            (-0.4, 0.5, 0.06, 0.06),
        ],
        12,
        2.7,
    )
    parts: list[Part] = [(moved(shell(tub, 16), (x, 0, 0)), colour)]
    parts.append((moved(patch(tub, (0.12, 0.62), (-48, 48), 0.008), (x, 0, 0)), BLACK_LEATHER))
    parts.append((moved(screen([(0.72, 0.74 + rise, 0.2), (0.6, 0.98 + rise, 0.16)]), (x, 0, 0)), CLEAR))
    axle = point(x - 0.38, 0.31, 0.2)
    parts += wheel(axle, 0.31, 0.08, 0.1, "spoked", CHROME, 0.0)
    parts.append((mudguard(axle, 0.335, 0.14, 30, 180, 0.8), colour))
    for z, y in ((1.0, 0.32), (0.2, 0.32), (0.6, 0.62)):
        parts.append((pipe(point(-0.06, y, z), point(x, y * 0.95, z), radius=0.02, sides=6), BLACK_PAINT))
    return parts
