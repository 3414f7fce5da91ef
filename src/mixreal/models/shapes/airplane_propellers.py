"""Larger airplanes with propellers (regional, military transport), and gliders."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.airplane_jets import airliner_body, dressed, landing_gear, livery, tail_high, tail_low
from mixreal.models.shapes.airplane_parts import (
    BARE_METAL,
    PALE_GREY,
    WHITE,
    WINDOW,
    Part,
    Wing,
    at_span,
    bogie,
    both,
    fin,
    foil,
    painted,
    propeller,
    wheel_leg,
    windscreen,
    wing,
)
from mixreal.models.shapes.hull import hull, patch, shell
from mixreal.models.shapes.solids import cylinder, ellipsoid, moved

DRAB = ("#5d6550", "#6f7680", "#4c5244", "#8b9096", "#7d7358")


def regional(rng: np.random.Generator) -> list[Part]:
    """A regional airliner with two propellers, its wing high (T-tail) or low."""
    high = rng.random() < 0.65
    length = rng.uniform(17, 32)
    radius = length / rng.uniform(17, 20)
    colours = livery(rng)
    body = airliner_body(rng, length, radius)
    parts = dressed(rng, body, length, radius, colours, last_window=0.24)
    root = (radius * 0.2, radius * 0.92, length * 0.1) if high else (radius * 0.5, -radius * 0.75, length * 0.08)
    half = wing(
        root,
        length * rng.uniform(0.46, 0.52),
        (length * 0.105, length * 0.055),
        rng.uniform(1, 5),
        1 if high else 5,
        0.16,
    )
    parts.append((both(foil(half)), colours.wings))
    spinning, angle, blades = rng.random() < 0.35, rng.uniform(0, 90), int(rng.integers(4, 7))
    parts += wing_engine(
        half, length * 0.17, length * 0.038, length * 0.16, colours.cowl, (blades, angle, spinning, length * 0.072)
    )
    parts += (
        tail_high(length, radius, colours, rng)
        if high or rng.random() < 0.5
        else tail_low(rng, body, length, radius, colours)
    )
    return parts + landing_gear(rng, body, half, length, radius, heavy=False)


def transport(rng: np.random.Generator) -> list[Part]:
    """A military transport: fat body, straight high wing, four propellers, rising tail."""
    length = rng.uniform(29, 42)
    radius = length / rng.uniform(13, 15.5)
    skin = painted(str(rng.choice(DRAB)), 0.6)
    fractions = [(0, -0.5, 0), (0.02, -0.45, 0.42), (0.06, -0.2, 0.76), (0.12, 0, 1), (0.58, 0, 1), (0.75, 0.25, 0.74)]
    fractions += [(0.9, 0.6, 0.38), (1.0, 0.8, 0.1)]
    body = hull([((0.5 - f) * length, y * radius, w * radius, w * radius) for f, y, w in fractions], 30, 2.3)
    parts: list[Part] = [(shell(body, 22), skin)]
    if rng.random() < 0.5:
        parts.append((both(patch(body, (body.z[0] * 0.95, body.z[-1] * 0.97), (115, 180), radius * 0.01)), PALE_GREY))
    parts.append(windscreen(body, length * 0.43, length * 0.467, 75, radius * 0.015))
    half = wing(
        (radius * 0.2, radius * 0.95, length * 0.12), length * 0.66, (length * 0.16, length * 0.075), 3, 2, 0.15
    )
    parts.append((both(foil(half)), skin))
    spinning, angle = rng.random() < 0.3, rng.uniform(0, 90)
    for x in (0.17, 0.34):
        parts += wing_engine(half, length * x, length * 0.03, length * 0.13, skin, (4, angle, spinning, length * 0.066))
    upright = fin((0, radius * 0.9, -length * 0.33), length * 0.24, (length * 0.17, length * 0.07), 25)
    flat = wing((radius * 0.2, radius * 0.85, -length * 0.38), length * 0.25, (length * 0.12, length * 0.06), 12)
    parts += [(foil(upright), skin), (both(foil(flat)), skin)]
    parts.append(
        (
            both(
                ellipsoid((radius * 0.4, radius * 0.45, length * 0.13), (radius * 0.9, -radius * 0.6, -length * 0.03))
            ),
            skin,
        )
    )
    if rng.random() < 0.5:
        leg = bogie(
            (radius * 0.9, -radius * 0.7, -length * 0.03),
            (radius * 0.9, -radius * 1.25, -length * 0.03),
            radius * 0.28,
            2,
        )
        parts += [(both(solid), material) for solid, material in leg]
        parts += wheel_leg(
            (0, -radius * 0.5, length * 0.37), (0, -radius * 1.25, length * 0.37), radius * 0.26, twin=True
        )
    return parts


def wing_engine(
    half: Wing, x: float, size: float, length: float, colour: Material, blades: tuple[int, float, bool, float]
) -> list[Part]:
    """A pair of propeller engines in nacelles on the wing; `blades` is (count, angle, spinning, radius)."""
    edge, chord = at_span(half, x)
    y, z = edge[1] - size * 0.25, edge[2]
    stations = [
        (z + length * 0.55, y, size * 0.5, size * 0.5),
        (z + length * 0.5, y, size * 0.72, size * 0.8),
        (z + length * 0.2, y - size * 0.1, size * 0.8, size),
        (z - chord * 0.4, y, size * 0.7, size * 0.8),
        (z - chord * 1.1, y + size * 0.1, size * 0.12, size * 0.15),
    ]
    nacelle = moved(shell(hull(stations, 14), 14), (x, 0, 0))
    parts: list[Part] = [(both(nacelle), colour)]
    count, angle, spinning, radius = blades
    screw = propeller((x, y, z + length * 0.56), radius, count, angle, BARE_METAL, spinning, size * 0.45)
    return parts + [(both(solid), material) for solid, material in screw]


def glider(rng: np.random.Generator) -> list[Part]:
    """A sailplane: long thin wings, a tadpole body, T-tail."""
    length = rng.uniform(6.4, 8.5)
    radius = length * rng.uniform(0.042, 0.05)
    trim = painted(str(rng.choice(["#d23b1e", "#c4161c", "#e8751a", "#17408b", "#f2f2ee"])), 0.3)
    fractions = [
        (0, -0.3, 0),
        (0.05, -0.2, 0.55),
        (0.15, 0, 0.95),
        (0.25, 0.05, 1),
        (0.38, 0.1, 0.8),
        (0.5, 0.25, 0.42),
    ]
    fractions += [(0.8, 0.4, 0.3), (1.0, 0.5, 0.18)]
    body = hull([((0.5 - f) * length, y * radius, w * radius, w * radius * 1.2) for f, y, w in fractions], 30)
    parts: list[Part] = [(shell(body, 18), WHITE)]
    parts.append((patch(body, (length * 0.27, length * 0.44), (-68, 68), radius * 0.03), WINDOW))
    half = wing(
        (radius * 0.4, radius * 0.75, length * 0.19),
        length * rng.uniform(0.95, 1.3),
        (length * 0.135, length * 0.055),
        rng.uniform(0, 2),
        rng.uniform(2, 4),
        0.13,
        tip=str(rng.choice(["winglet", "round"])),
    )
    parts += [(both(foil(half)), WHITE), (both(foil(half, 0.86, 1.0, 1.02)), trim)]
    upright = fin((0, radius * 0.5, -length * 0.37), length * 0.17, (length * 0.12, length * 0.09), 14)
    top = upright.leading[-1]
    flat = wing((0, top[1], top[2] + length * 0.02), length * 0.19, (length * 0.07, length * 0.045), 6)
    parts += [(foil(upright), WHITE), (both(foil(flat)), WHITE), (foil(upright, 0.2, 0.8, 1.03), trim)]
    parts.append((patch(body, (length * 0.46, length * 0.498), (-180, 180), radius * 0.02), trim))
    if rng.random() < 0.5:
        parts.append(
            (
                cylinder(length * 0.025, length * 0.015, "x", (0, -radius * 1.25, length * 0.16), 12),
                painted("#222222", 0.8),
            )
        )
    return parts
