"""Motorcycles for the road: naked, sport in its fairing, touring and adventure."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import both, mudguard, point
from mixreal.models.shapes.hull import hull, patch, shell, slanted
from mixreal.models.shapes.motorcycle_front import CLEAR, front_end, mirrors, round_headlight, screen
from mixreal.models.shapes.motorcycle_paint import cover_metal, engine_metal, painted_tank, rim_colour
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
    GLASS,
    HEADLIGHT,
    LIGHT_GLASS,
    STEEL,
    paint,
)
from mixreal.models.shapes.solids import box, ellipsoid, moved


def naked(rng: np.random.Generator) -> Draft:
    """An unfaired road motorcycle: round lamp, bare engine."""
    colour, dark, rim = paint(rng, 0.65), engine_metal(rng), rim_colour(rng)
    c = chassis(0.31, 0.305, rng.uniform(1.36, 1.46), rng.uniform(23.5, 26))
    style = "spoked" if rng.random() < 0.25 else "cast"
    pivot, lift = point(0, 0.42, 0.46), rng.uniform(-0.02, 0.03)
    fixed = wheel(c.rear, 0.31, 0.085, 0.17, style, rim, rng.uniform(0, 6))
    fixed += frame_tubes(c, pivot, point(0, 0.78, 0.05), colour if rng.random() < 0.3 else BLACK_PAINT, 0.25)
    fixed += engine(
        str(rng.choice(["inline", "inline", "vee", "single", "boxer"])), 0.7, 0.42, 0.34, dark, cover_metal(rng)
    )
    fixed += exhaust(
        str(rng.choice(["low", "twin", "low", "high"])),
        0.75,
        0.42,
        -0.15,
        CHROME,
        (CHROME, DARK_STEEL)[int(rng.random() < 0.5)],
    )
    fixed += swingarm(c, pivot, ALLOY, point(0, 0.78, 0.12) if rng.random() < 0.6 else None)
    tank = hull(
        [
            (1.0, 0.88, 0.05, 0.05),
            (0.92, 0.93 + lift, 0.13, 0.11),
            (0.76, 0.94 + lift, 0.175, 0.125),
            (0.58, 0.88, 0.13, 0.09),
            (0.46, 0.83, 0.06, 0.04),
        ],
        16,
        2.4,
    )
    fixed += painted_tank(rng, tank, colour)
    sport_tail = rng.random() < 0.5
    rise = 0.07 if sport_tail else 0.0
    fixed.append(
        (
            body(
                [
                    (0.54, 0.83, 0.08, 0.05),
                    (0.36, 0.79, 0.13, 0.06),
                    (0.1, 0.82 + rise, 0.125, 0.06),
                    (-0.2, 0.84 + rise * 2, 0.09, 0.04),
                ]
            ),
            BLACK_LEATHER,
        )
    )
    fixed.append(
        (body([(0.45, 0.72, 0.12, 0.06), (0.1, 0.77 + rise, 0.12, 0.06), (-0.3, 0.84 + rise * 2, 0.05, 0.035)]), colour)
    )
    fixed.append(
        (both(box((0.03, 0.18, 0.26), (0.13, 0.66, 0.36), 0.01)), colour if rng.random() < 0.5 else DARK_PLASTIC)
    )
    fixed.append((mudguard(c.rear, 0.335, 0.17, 80, 165), DARK_PLASTIC if sport_tail else CHROME))
    fixed += [*tail_light((0, 0.8 + rise * 2, -0.32)), indicators(-0.28, 0.74 + rise, 0.14)]
    if rng.random() < 0.5:  # radiator
        fixed.append((box((0.3, 0.26, 0.04), (0, 0.58, 0.99)), DARK_STEEL))
    steered, hands = front_end(
        rng, c, 0.09, 0.13, style, rim, colour, [(0, 0, 0), (0.1, 0.02, 0.0), (0.18, 0.09, -0.02), (0.39, 0.09, -0.12)]
    )
    steered += round_headlight(
        c.head + point(0, -0.03, 0.24), 0.095, (CHROME, BLACK_PAINT, colour)[int(rng.integers(3))]
    )
    if rng.random() < 0.3:  # a fly screen
        steered.append(
            (
                body(
                    [
                        (1.14, c.head[1] + 0.13, 0.1, 0.03),
                        (c.head[2] + 0.26, c.head[1] + 0.08, 0.12, 0.05),
                        (c.head[2] + 0.3, c.head[1] + 0.03, 0.08, 0.03),
                    ]
                ),
                colour,
            )
        )
    steered.append(indicators(float(c.head[2]) + 0.18, float(c.head[1]) - 0.04, 0.16))
    pegs, feet = foot_pegs(0.42, 0.36)
    return Draft(c, fixed + pegs, steered, point(0, 0.83, 0.3), hands, feet, 22)


def sport(rng: np.random.Generator) -> Draft:
    """A sport motorcycle in its fairing, nose low and tail high."""
    colour, accent, rim = paint(rng, 0.75), paint(rng, 0.4), rim_colour(rng)
    c = chassis(0.31, 0.3, rng.uniform(1.36, 1.43), 24, head=0.9)
    half_faired = rng.random() < 0.2
    fixed = wheel(c.rear, 0.315, 0.085, 0.19, "cast", rim, rng.uniform(0, 6))
    pivot = point(0, 0.4, 0.48)
    fixed += swingarm(c, pivot, ALLOY, None)
    fixed += frame_tubes(c, pivot, point(0, 0.82, 0.1), ALLOY if rng.random() < 0.5 else BLACK_PAINT, 0.3, 0.026)
    fixed += engine("inline", 0.72, 0.42, 0.34, DARK_STEEL, cover_metal(rng))
    fixed += exhaust("low", 0.76, 0.42, -0.08, STEEL, (STEEL, BLACK_PAINT)[int(rng.random() < 0.5)], 0.32)
    nose, drop = rng.uniform(1.46, 1.54), rng.uniform(-0.03, 0.03)
    cowl = hull(
        [
            (nose, 0.82 + drop, 0.0, 0.0),
            (nose - 0.06, 0.84 + drop, 0.11, 0.07),
            (1.3, 0.89, 0.185, 0.12),
            (1.12, 0.92, 0.2, 0.12),
            (0.98, 0.9, 0.17, 0.06),
        ],
        12,
        2.3,
    )
    fixed.append((shell(cowl, 16), colour))
    fixed.append((patch(cowl, (1.08, nose - 0.12), (-52, 52), 0.006), LIGHT_GLASS if rng.random() < 0.4 else GLASS))
    fixed.append((screen([(1.33, 0.99, 0.13), (1.2, 1.06, 0.12), (1.08, 1.1, 0.09)]), GLASS))
    lamp = [(nose - 0.14, 100), (nose - 0.14, 72), (nose - 0.03, 76), (nose - 0.02, 100)]
    fixed.append((both(slanted(cowl, lamp, 0.006)), HEADLIGHT))
    if not half_faired:
        side = hull(
            [
                (1.32, 0.79, 0.12, 0.1),
                (1.2, 0.72, 0.2, 0.19),
                (1.06, 0.6, 0.225, 0.32),
                (0.86, 0.5, 0.22, 0.28),
                (0.66, 0.38, 0.19, 0.17),
                (0.44, 0.3, 0.12, 0.07),
            ],
            13,
            2.8,
        )
        fixed.append((shell(side, 16), colour))
        if rng.random() < 0.75:
            lower = rng.uniform(95, 120)
            fixed.append((both(patch(side, (0.5, 1.27), (lower, 178), 0.006)), accent))
        vent = [(0.78, 84), (0.84, 58), (1.04, 62), (1.0, 90)]
        fixed.append((both(slanted(side, vent, 0.008)), DARK_PLASTIC))
    tank = [
        (1.02, 0.9, 0.1, 0.06),
        (0.9, 0.96, 0.16, 0.12),
        (0.74, 0.96, 0.18, 0.13),
        (0.58, 0.86, 0.11, 0.08),
        (0.5, 0.8, 0.06, 0.04),
    ]
    fixed += painted_tank(rng, hull(tank, 12, 2.4), colour)
    fixed.append((body([(0.58, 0.8, 0.1, 0.04), (0.4, 0.78, 0.14, 0.04), (0.24, 0.82, 0.13, 0.04)]), BLACK_LEATHER))
    fixed.append(
        (
            body(
                [(0.46, 0.74, 0.13, 0.05), (0.2, 0.82, 0.14, 0.08), (-0.1, 0.94, 0.11, 0.07), (-0.32, 1.01, 0.03, 0.02)]
            ),
            colour,
        )
    )
    fixed.append(
        (
            body([(0.2, 0.9, 0.1, 0.03), (0.0, 0.98, 0.1, 0.04), (-0.2, 1.02, 0.06, 0.02)]),
            BLACK_LEATHER if rng.random() < 0.6 else accent,
        )
    )
    fixed.append((mudguard(c.rear, 0.34, 0.18, 80, 130), DARK_PLASTIC))
    fixed += tail_light((0, 0.93, -0.31), 0.06)
    fixed += mirrors(c, 0.34, 0.06, 0.17, False, colour, 0.28)
    steered, hands = front_end(
        rng,
        c,
        0.09,
        0.125,
        "cast",
        rim,
        colour,
        [(0.09, -0.06, -0.02), (0.2, -0.07, -0.04), (0.33, -0.09, -0.13)],
        "upside down",
        mirror=False,
    )
    pegs, feet = foot_pegs(0.3, 0.42)
    return Draft(c, fixed + pegs, steered, point(0, 0.81, 0.32), hands, feet, 48)


def touring(rng: np.random.Generator) -> Draft:
    """A tourer with fairing, screen, panniers and top case; or an adventure motorcycle with a beak and metal boxes."""
    adventure = rng.random() < 0.45
    colour, rim = paint(rng, 0.5), rim_colour(rng)
    up = 0.08 if adventure else -0.04
    c = chassis(
        0.33, 0.345 if adventure else 0.315, 1.52 if adventure else rng.uniform(1.55, 1.68), 27, head=0.98 + up * 0.6
    )
    style = "spoked" if adventure and rng.random() < 0.7 else "cast"
    z, pivot = float(c.head[2]), point(0, 0.42, 0.48)
    fixed = wheel(c.rear, 0.33, 0.1, 0.18, style, rim, rng.uniform(0, 6))
    fixed += frame_tubes(c, pivot, point(0, 0.8 + up, 0.05), BLACK_PAINT, 0.26)
    fixed += engine(
        "boxer" if rng.random() < 0.5 else "inline",
        0.76,
        0.44,
        0.36,
        (DARK_STEEL, ALLOY)[int(rng.random() < 0.5)],
        cover_metal(rng),
    )
    fixed += exhaust("high" if adventure else "twin", 0.8, 0.42, -0.2, STEEL, (CHROME, STEEL)[int(adventure)])
    fixed += swingarm(c, pivot, DARK_STEEL, None)
    tank = [
        (z - 0.02, 0.95 + up, 0.1, 0.08),
        (z - 0.12, 0.98 + up, 0.2, 0.14),
        (z - 0.32, 0.95 + up, 0.19, 0.13),
        (0.55, 0.84 + up, 0.09, 0.06),
    ]
    fixed += painted_tank(rng, hull(tank, 12, 2.4), colour)
    fixed.append(
        (
            body(
                [
                    (0.58, 0.82 + up, 0.1, 0.05),
                    (0.38, 0.78 + up, 0.17, 0.06),
                    (0.2, 0.82 + up, 0.17, 0.07),
                    (-0.15, 0.87 + up, 0.15, 0.06),
                    (-0.25, 0.87 + up, 0.08, 0.03),
                ]
            ),
            BLACK_LEATHER,
        )
    )
    fixed.append((mudguard(c.rear, 0.36, 0.2, 75, 165), DARK_PLASTIC))
    fixed.append(
        (
            body([(0.2, 0.75 + up, 0.1, 0.06), (-0.2, 0.8 + up, 0.11, 0.05), (-0.42, 0.82 + up, 0.08, 0.04)]),
            DARK_PLASTIC,
        )
    )
    hard: Material = ALLOY if adventure and rng.random() < 0.7 else (BLACK_PAINT if rng.random() < 0.4 else colour)
    if not adventure or rng.random() < 0.75:
        fixed += pair_of_cases(-0.16, 0.64 + up, (0.2, 0.34, 0.46), hard, True, 0.28)
    if rng.random() < 0.65:
        fixed.append((box((0.42, 0.3, 0.36), (0, 1.05 + up, -0.36), 0.02 if adventure else 0.07), hard))
        fixed.append((box((0.2, 0.05, 0.5), (0, 0.88 + up, -0.28)), BLACK_PAINT))
    fixed += [*tail_light((0, 0.74 + up, -0.42), 0.06), indicators(-0.42, 0.8 + up, 0.2)]
    front = z + 0.3
    if adventure:
        cowl = [
            (front + 0.16, 0.86 + up, 0.02, 0.015),
            (front, 0.92 + up, 0.09, 0.05),
            (z + 0.1, 0.98 + up, 0.16, 0.1),
            (z - 0.08, 0.95 + up, 0.17, 0.1),
        ]
        glass = [(front - 0.08, 1.0 + up, 0.11), (front - 0.16, 1.22 + up, 0.15), (front - 0.22, 1.34 + up, 0.1)]
        fixed.append((both(ellipsoid((0.06, 0.055, 0.05), (0.07, 0.96 + up, front - 0.06), 6, 10)), HEADLIGHT))
        fixed.append(
            (
                both(
                    body(
                        [
                            (z + 0.14, 0.82 + up, 0.16, 0.06),
                            (z - 0.1, 0.76 + up, 0.2, 0.12),
                            (z - 0.3, 0.78 + up, 0.19, 0.05),
                        ]
                    )
                ),
                colour,
            )
        )
    else:
        cowl = [
            (front + 0.04, 0.84, 0.05, 0.04),
            (front - 0.02, 0.88, 0.2, 0.15),
            (z + 0.12, 0.9, 0.33, 0.22),
            (z - 0.02, 0.88, 0.32, 0.2),
            (z - 0.14, 0.84, 0.22, 0.14),
        ]
        glass = [(front - 0.08, 1.02, 0.24), (front - 0.2, 1.3, 0.26), (front - 0.27, 1.45, 0.17)]
        lamp = (0.0,) if rng.random() < 0.4 else (0.1, -0.1)
        for x in lamp:
            fixed.append((ellipsoid((0.085, 0.065, 0.05), (x, 0.88, front + 0.0), 6, 12), HEADLIGHT))
        leg = body([(z + 0.02, 0.62, 0.04, 0.16), (z - 0.1, 0.55, 0.06, 0.22), (z - 0.24, 0.52, 0.04, 0.16)])
        fixed.append((both(moved(leg, (0.22, 0, 0))), colour))
    fixed.append((body(cowl), colour))
    fixed.append((screen(glass), CLEAR))
    fixed += mirrors(c, 0.4, 0.1, 0.2, False, colour if not adventure else BLACK_PAINT, 0.16)
    bar = [(0.03, 0, 0), (0.14, 0.06, 0.0), (0.24, 0.1, -0.04), (0.42, 0.1, -0.15)]
    steered, hands = front_end(rng, c, 0.1, 0.13, style, rim, colour, bar, mirror=False)
    pegs, feet = foot_pegs(0.5, 0.36)
    return Draft(c, fixed + pegs, steered, point(0, 0.83 + up, 0.36), hands, feet, 12)
