"""Motorcycles that are light: enduro and motocross, scooters, mopeds."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import bent, both, mudguard, pipe, point
from mixreal.models.shapes.hull import hull, patch, shell
from mixreal.models.shapes.motorcycle_front import fork, handlebar, mirrors, round_headlight, screen
from mixreal.models.shapes.motorcycle_parts import (
    Draft,
    body,
    chassis,
    engine,
    exhaust,
    foot_pegs,
    frame_tubes,
    indicators,
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
    LEATHER,
    STEEL,
    WHITE_PAINT,
    material,
    paint,
    srgb,
)
from mixreal.models.shapes.solids import box, cylinder, plate

PLASTICS = ((232, 96, 20), (240, 200, 20), (40, 160, 60), (24, 80, 180), (200, 24, 30), (236, 236, 232), (30, 30, 32))


def enduro(rng: np.random.Generator) -> Draft:
    """An off-road motorcycle: tall, thin, knobbly tyres, a mudguard high above the front wheel."""
    first, second = rng.permutation(len(PLASTICS))[:2]
    colour, accent = (material("plastic", srgb(*PLASTICS[i]), 0.0, 0.4) for i in (first, second))
    c = chassis(0.325, 0.35, rng.uniform(1.42, 1.5), 27, head=1.02)
    z, pivot, rim = float(c.head[2]), point(0, 0.44, 0.48), (BLACK_PAINT, ALLOY, accent)[int(rng.integers(3))]
    fixed = wheel(c.rear, 0.325, 0.09, 0.12, "knobbly", rim, rng.uniform(0, 6))
    fixed += frame_tubes(c, pivot, point(0, 0.86, 0.0), (ALLOY, BLACK_PAINT, colour)[int(rng.integers(3))], 0.32)
    fixed += engine("single", 0.7, 0.46, 0.22, (DARK_STEEL, ALLOY)[int(rng.random() < 0.5)], ALLOY)
    fixed += exhaust("high", 0.72, 0.48, -0.05, STEEL, (ALLOY, BLACK_PAINT)[int(rng.random() < 0.4)])
    fixed += swingarm(c, pivot, ALLOY, None)
    fixed.append(
        (
            body(
                [
                    (z - 0.02, 0.98, 0.06, 0.05),
                    (z - 0.14, 0.97, 0.12, 0.1),
                    (z - 0.32, 0.92, 0.11, 0.09),
                    (0.5, 0.9, 0.06, 0.04),
                ]
            ),
            colour,
        )
    )
    shroud = [(0.14, 1.0, z - 0.34), (0.17, 0.98, z + 0.06), (0.15, 0.72, z + 0.02), (0.12, 0.7, z - 0.14)]
    fixed.append((both(plate(np.array(shroud), 0.02)), colour))
    fixed.append((both(box((0.06, 0.22, 0.03), (0.1, 0.8, z - 0.01))), DARK_STEEL))
    fixed.append(
        (
            body(
                [
                    (z - 0.18, 0.99, 0.05, 0.03),
                    (0.55, 0.95, 0.075, 0.05),
                    (0.25, 0.93, 0.085, 0.06),
                    (-0.12, 0.96, 0.07, 0.04),
                ],
                2.8,
            ),
            BLACK_LEATHER,
        )
    )
    panel = [(0.1, 0.88, 0.42), (0.12, 0.92, -0.1), (0.1, 0.76, -0.06), (0.1, 0.7, 0.3)]
    fixed.append((both(plate(np.array(panel), 0.02)), accent if rng.random() < 0.5 else WHITE_PAINT))
    fixed.append((body([(0.0, 0.9, 0.08, 0.03), (-0.2, 0.95, 0.08, 0.02), (-0.46, 1.02, 0.05, 0.012)]), colour))
    lit = rng.random() < 0.6
    if lit:
        fixed += tail_light((0, 0.94, -0.44), 0.035)
    steered = wheel(c.front, 0.35, 0.08, 0.09, "knobbly", rim, rng.uniform(0, 6))
    steered += fork(
        c, "upside down" if rng.random() < 0.6 else "standard", (BLACK_PAINT, ALLOY, colour)[int(rng.integers(3))]
    )
    low = c.head - c.steer * 0.13 + point(0, 0, 0.06)
    guard = [
        (float(low[2]) + 0.5, float(low[1]) - 0.04, 0.05, 0.008),
        (float(low[2]) + 0.25, float(low[1]) + 0.05, 0.07, 0.018),
    ]
    guard += [
        (float(low[2]), float(low[1]) + 0.05, 0.07, 0.02),
        (float(low[2]) - 0.16, float(low[1]) + 0.0, 0.05, 0.012),
    ]
    steered.append((body(guard), colour))
    if lit and rng.random() < 0.7:
        steered.append((box((0.2, 0.24, 0.07), tuple(c.head + point(0, 0.03, 0.17)), 0.03), colour))
        steered.append((box((0.12, 0.1, 0.03), tuple(c.head + point(0, 0.0, 0.205)), 0.01), HEADLIGHT))
    else:
        corner = c.head + point(0, 0.05, 0.16)
        ring = [corner + point(x, y, y * -0.2) for x, y in ((0.12, 0.13), (-0.12, 0.13), (-0.1, -0.12), (0.1, -0.12))]
        steered.append((plate(np.array(ring), 0.015), WHITE_PAINT if rng.random() < 0.6 else accent))
    bars, hands = handlebar(
        c,
        [(0.03, 0, 0), (0.1, 0.04, 0), (0.19, 0.1, -0.02), (0.4, 0.11, -0.1)],
        (ALLOY, BLACK_PAINT)[int(rng.random() < 0.5)],
    )
    steered += bars
    if rng.random() < 0.4:  # hand guards
        steered.append(
            (
                both(
                    plate(
                        np.array([(0.22, 0.1, 0.1), (0.42, 0.1, 0.02), (0.42, 0.2, 0.02), (0.22, 0.2, 0.1)])
                        + c.head
                        + c.steer * 0.07,
                        0.012,
                    )
                ),
                colour,
            )
        )
    pegs, feet = foot_pegs(0.5, 0.4)
    return Draft(c, fixed + pegs, steered, point(0, 0.95, 0.36), hands, feet, 18)


def scooter(rng: np.random.Generator) -> Draft:
    """A scooter: small wheels, a leg shield, a floor to stand on, the engine under the seat."""
    classic = rng.random() < 0.5
    colour = paint(rng, 0.6)
    size = rng.uniform(0.0, 0.06)
    c = chassis(0.22 + size, 0.22 + size, rng.uniform(1.2, 1.34), 26, head=0.86)
    z, rim = float(c.head[2]), (ALLOY, BLACK_PAINT, colour)[int(rng.integers(3))]
    fixed = wheel(c.rear, 0.22 + size, 0.075, 0.11, "disc" if classic else "cast", rim, rng.uniform(0, 6))
    fat = rng.uniform(0.9, 1.1)
    if classic:
        rear = [
            (0.52, 0.52, 0.1, 0.16),
            (0.4, 0.56, 0.15, 0.19),
            (0.15, 0.55, 0.17, 0.2),
            (-0.15, 0.52, 0.15, 0.2),
            (-0.34, 0.46, 0.08, 0.13),
            (-0.42, 0.4, 0.03, 0.06),
        ]
        fixed.append(
            (
                both(
                    body(
                        [
                            (0.35, 0.42, 0.05, 0.06),
                            (0.15, 0.42, 0.12, 0.15),
                            (-0.1, 0.42, 0.12, 0.16),
                            (-0.3, 0.4, 0.05, 0.07),
                        ]
                    )
                ),
                colour,
            )
        )
    else:
        rear = [
            (0.52, 0.5, 0.12, 0.12),
            (0.35, 0.58, 0.17, 0.16),
            (0.0, 0.64, 0.17, 0.14),
            (-0.3, 0.7, 0.11, 0.08),
            (-0.42, 0.74, 0.03, 0.03),
        ]
        fixed.append((box((0.16, 0.16, 0.4), (0.02, 0.27, 0.12), 0.03), DARK_STEEL))
        fixed.append(
            (
                pipe(point(-0.15, 0.28, 0.22), point(-0.16, 0.32, -0.28), radius=0.055, sides=10),
                (DARK_STEEL, CHROME)[int(rng.random() < 0.3)],
            )
        )
    tub = hull([(a, b, w * fat, h) for a, b, w, h in rear], 16, 2.5)
    fixed.append((shell(tub, 18), colour))
    if rng.random() < 0.5:
        fixed.append(
            (
                both(patch(tub, (-0.3, 0.35), (100, 125), 0.005)),
                (CHROME, BLACK_PAINT, WHITE_PAINT)[int(rng.integers(3))],
            )
        )
    top = 0.76 if classic else 0.78
    seat = LEATHER if classic and rng.random() < 0.4 else BLACK_LEATHER
    fixed.append(
        (
            body(
                [
                    (0.5, top - 0.02, 0.1, 0.05),
                    (0.3, top, 0.15, 0.06),
                    (0.0, top + 0.03, 0.15, 0.06),
                    (-0.26, top + 0.03, 0.1, 0.04),
                ],
                2.6,
            ),
            seat,
        )
    )
    fixed.append(
        (box((0.34, 0.06, z - 0.52), (0, 0.27, (z + 0.42) / 2), 0.02), DARK_PLASTIC if not classic else colour)
    )
    fixed.append((box((0.36, 0.05, z - 0.5), (0, 0.23, (z + 0.42) / 2), 0.02), colour))
    bridge = [(0.58, 0.3, 0.12, 0.05), (0.5, 0.4, 0.15, 0.16), (0.38, 0.46, 0.15, 0.2), (0.2, 0.42, 0.1, 0.14)]
    fixed.append((body(bridge, 2.8), colour if classic else DARK_PLASTIC))
    shield = [(z + 0.0, 0.86, 0.1, 0.05), (z + 0.05, 0.78, 0.2, 0.09)]
    apron = [(0.12, 0.9, z + 0.03), (0.23, 0.74, z + 0.02), (0.23, 0.5, z - 0.0), (0.18, 0.26, z - 0.1)]
    for a, b in zip(apron[:-1], apron[1:], strict=True):
        front_a, front_b = point(0, a[1], a[2] + 0.1), point(0, b[1], b[2] + 0.1)
        for side in (1, -1):
            ring = [front_a, front_b, point(side * b[0], b[1], b[2]), point(side * a[0], a[1], a[2])]
            fixed.append((plate(np.array(ring), 0.025), colour))
    fixed.append((body([*shield, (z + 0.13, 0.72, 0.07, 0.12)]), colour))
    fixed += [*tail_light((0, 0.62 if classic else 0.7, -0.4), 0.05), indicators(z + 0.1, 0.7, 0.19)]
    if rng.random() < 0.25:
        fixed.append((box((0.12, 0.08, 0.4), (0, top + 0.05, -0.34)), DARK_STEEL))
        fixed.append(
            (box((0.36, 0.3, 0.34), (0, top + 0.22, -0.4), 0.06), (BLACK_PAINT, colour)[int(rng.random() < 0.5)])
        )
    steered = wheel(c.front, 0.22 + size, 0.075, 0.1, "disc" if classic else "cast", rim, rng.uniform(0, 6))
    steered += fork(c, "standard", DARK_STEEL, 0.075, -0.05)
    steered.append((mudguard(c.front, 0.24 + size, 0.15, 10, 175, 1.2, 0.02), colour))
    bars, hands = handlebar(
        c, [(0.02, 0.03, 0), (0.15, 0.06, -0.02), (0.33, 0.06, -0.12)], CHROME if classic else DARK_PLASTIC
    )
    steered += bars
    head = c.head + c.steer * 0.11
    y, w = float(head[1]), 0.12 if classic else 0.16
    cowl = [
        (float(head[2]) + 0.17, y - 0.01, w * 0.6, 0.05),
        (float(head[2]) + 0.06, y + 0.01, w, 0.075),
        (float(head[2]) - 0.06, y + 0.02, w * 0.9, 0.05),
    ]
    steered.append((body(cowl), colour))
    steered += round_headlight(point(0, y, float(head[2]) + 0.18), 0.07, CHROME)
    steered += mirrors(c, 0.3, 0.15, 0.33, classic, CHROME if classic else BLACK_PAINT, -0.02)
    if rng.random() < 0.15:
        steered.append(
            (screen([(float(head[2]) + 0.14, y + 0.06, 0.16), (float(head[2]) + 0.02, y + 0.34, 0.16)]), GLASS)
        )
    place = point(0.12, 0.3, 0.72)
    return Draft(c, fixed, steered, point(0, top + 0.03, 0.25), hands, (place, place * [-1, 1, 1]), 4)


def moped(rng: np.random.Generator) -> Draft:
    """A moped: thin wheels, a low pressed frame, a small tank, a carrier."""
    colour: Material = paint(rng, 0.8)
    c = chassis(0.29, 0.29, rng.uniform(1.12, 1.22), 25, head=0.82)
    z, pivot, rim = float(c.head[2]), point(0, 0.34, 0.4), (CHROME, ALLOY)[int(rng.random() < 0.5)]
    fixed = wheel(c.rear, 0.29, 0.055, 0.06, "spoked", rim, rng.uniform(0, 6))
    fixed += swingarm(c, pivot, colour, point(0, 0.62, 0.08))
    step_through = rng.random() < 0.5
    if step_through:
        fixed.append(
            (
                bent(
                    c.head,
                    point(0, 0.3, z - 0.06),
                    point(0, 0.36, 0.55),
                    point(0, 0.66, 0.2),
                    radius=(0.05, 0.06),
                    sides=8,
                ),
                colour,
            )
        )
    else:
        fixed.append((bent(c.head, point(0, 0.72, 0.5), point(0, 0.62, 0.2), radius=0.035, sides=8), colour))
        fixed.append(
            (body([(z - 0.03, 0.79, 0.04, 0.05), (z - 0.14, 0.8, 0.09, 0.08), (0.46, 0.74, 0.05, 0.04)]), colour)
        )
        fixed.append((pipe(c.head - c.steer * 0.1, pivot, radius=0.025), colour))
    fixed.append((pipe(pivot, point(0, 0.66, 0.2), radius=0.025), colour))
    fixed.append(
        (
            body(
                [(0.5, 0.74, 0.05, 0.03), (0.34, 0.74, 0.11, 0.05), (0.1 if step_through else -0.1, 0.76, 0.11, 0.04)],
                2.6,
            ),
            BLACK_LEATHER,
        )
    )
    fixed += engine("single", 0.5, 0.32, 0.17, ALLOY, STEEL)[:2]
    fixed.append((cylinder(0.09, 0.2, "x", (0, 0.33, 0.52), 14), ALLOY))
    fixed.append(
        (
            pipe(
                point(-0.09, 0.28, 0.55),
                point(-0.12, 0.25, 0.3),
                point(-0.13, 0.27, -0.25),
                radius=(0.015, 0.035, 0.035),
                sides=8,
            ),
            CHROME,
        )
    )
    fixed.append((mudguard(c.rear, 0.305, 0.09, 50, 185, 0.8), colour))
    rails = [point(x, 0.66, 0.05) for x in (0.09, -0.09)] + [point(x, 0.67, -0.32) for x in (-0.09, 0.09)]
    fixed.append((pipe(*rails, rails[0], radius=0.009, sides=5), CHROME))
    fixed += tail_light((0, 0.52, -0.28), 0.035)
    steered = wheel(c.front, 0.29, 0.055, 0.06, "spoked", rim, rng.uniform(0, 6))
    steered += fork(c, "standard", colour, 0.065)
    steered.append((mudguard(c.front, 0.305, 0.09, 20, 190, 0.8), colour))
    bars, hands = handlebar(c, [(0.02, 0, 0), (0.1, 0.1, 0.02), (0.22, 0.18, 0.0), (0.33, 0.15, -0.16)], CHROME)
    steered += bars
    steered += round_headlight(c.head + point(0, 0.03, 0.17), 0.075, colour)
    pegs, feet = foot_pegs(0.56, 0.28)
    return Draft(c, fixed + pegs, steered, point(0, 0.77, 0.28), hands, feet, 6)
