"""Fighters: jets with delta, swept or trapezoid wings, and the propeller fighters of the 1940s."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.airplane_parts import (
    BARE_METAL,
    BLACK,
    CANOPY,
    DARK_METAL,
    PALE_GREY,
    WHITE,
    Part,
    Wing,
    at_span,
    both,
    bubble,
    fin,
    foil,
    painted,
    propeller,
    roundel,
    wheel_leg,
    wing,
)
from mixreal.models.shapes.hull import hull, lathe, patch, shell
from mixreal.models.shapes.solids import box, ellipsoid, moved

GREYS = ("#8a939b", "#9aa3a8", "#6d757d", "#7b868c", "#a8b0b2", "#5a6268")
CAMOUFLAGE = (
    ("#5b6b45", "#3c4a35"),
    ("#b39d74", "#7d6a49"),
    ("#6f7d70", "#4a5a50"),
    ("#5f7788", "#3f5365"),
    ("#8d8f84", "#5f6158"),
)
DISPLAY = (
    ("#12275c", "#f0b90b"),
    ("#c4161c", "#f2f2ee"),
    ("#f2f2ee", "#c4161c"),
    ("#1d4fa0", "#f2f2ee"),
    ("#161616", "#d8a614"),
)


def jet_fighter(rng: np.random.Generator) -> list[Part]:
    """A jet fighter: one or two engines and fins, any of the usual wings."""
    length = rng.uniform(14, 21)
    radius = length * rng.uniform(0.042, 0.05)
    plan = str(rng.choice(["delta", "swept", "trapezoid"], p=[0.35, 0.3, 0.35]))
    twin = plan != "delta" and rng.random() < 0.65
    colour, accent = _fighter_paint(rng)
    beak = [
        (0.5, -0.1, 0),
        (0.46, -0.08, 0.26),
        (0.38, -0.02, 0.6),
        (0.28, 0.05, 0.88),
        (0.14, 0.05, 1.0),
        (-0.2, 0, 1.05),
        (-0.4, 0, 0.85),
    ]
    wide = 1.0 if not twin else 1.05
    body = hull([(z * length, y * radius, w * radius * wide, w * radius) for z, y, w in beak], 26, 2.3)
    parts: list[Part] = [(shell(body, 18), colour)]
    parts.append(
        (
            shell(
                hull([(length * z, -0.1 * radius, w * radius, w * radius) for z, w in ((0.502, 0.0), (0.45, 0.31))], 6),
                10,
            ),
            DARK_METAL,
        )
    )
    if plan == "delta":
        chords, sweep, span = (length * 0.46, length * 0.05), rng.uniform(52, 60), length * 0.29
        root = (radius * 0.7, -radius * 0.2, length * 0.1)
    elif plan == "swept":
        chords, sweep, span = (length * 0.26, length * 0.09), rng.uniform(35, 45), length * rng.uniform(0.3, 0.34)
        root = (radius * 0.8, radius * 0.15, length * 0.1)
    else:
        chords, sweep, span = (length * 0.3, length * 0.08), rng.uniform(36, 42), length * rng.uniform(0.27, 0.31)
        root = (radius * 0.9, radius * 0.1, length * 0.06)
    half = wing(root, span, chords, sweep, rng.uniform(-3, 1), 0.05, tip="square")
    parts.append((both(foil(half)), colour))
    if accent is not colour and rng.random() < 0.6:
        parts.append((both(foil(half, 0.75, 1.0, 1.04)), accent))
    if plan == "trapezoid":  # strakes along the shoulders
        strake = wing(
            (radius * 0.5, radius * 0.25, length * 0.28),
            radius * 1.0,
            (length * 0.28, length * 0.1),
            72,
            0,
            0.03,
            tip="square",
        )
        parts.append((both(foil(strake)), colour))
    parts += _intakes(rng, length, radius, twin, colour)
    parts += _fighter_tail(rng, length, radius, plan, twin, colour, accent)
    parts += _cockpit(length, radius, colour)
    for x in (radius * 0.62, -radius * 0.62) if twin else (0.0,):
        size = radius * (0.62 if twin else 0.82)
        z = -length * 0.39
        parts.append(
            (
                lathe(
                    [
                        (-length * 0.07, size * 0.72),
                        (-length * 0.065, size * 0.8),
                        (0, size * 1.02),
                        (length * 0.1, size * 0.9),
                    ],
                    14,
                    (x, 0, z),
                ),
                DARK_METAL,
            )
        )
        parts.append((lathe([(-length * 0.072, size * 0.7), (-length * 0.07, size * 0.7)], 14, (x, 0, z)), BLACK))
    parts += _stores(rng, half, length, radius)
    if rng.random() < 0.4:
        parts += roundel(
            half, 0.45, radius * 0.55, [painted("#27427e"), WHITE, painted("#b32228")][: int(rng.integers(2, 4))]
        )
    if rng.random() < 0.35:
        parts += wheel_leg((0, -radius * 0.6, length * 0.27), (0, -radius * 2.0, length * 0.27), radius * 0.33)
        leg = wheel_leg(
            (radius * 0.9, -radius * 0.5, -length * 0.1), (radius * 1.5, -radius * 2.0, -length * 0.1), radius * 0.42
        )
        parts += [(both(solid), material) for solid, material in leg]
    return parts


def warbird(rng: np.random.Generator) -> list[Part]:
    """A propeller fighter of the 1940s."""
    length = rng.uniform(8.5, 10.5)
    radius = length * rng.uniform(0.06, 0.068)
    radial = rng.random() < 0.4
    above, below = (painted(code, 0.55) for code in _warbird_paint(rng))
    metal = rng.random() < 0.22
    above, below = (BARE_METAL, BARE_METAL) if metal else (above, below)
    blunt = (
        [(0.45, 0.0, 1.0), (0.42, 0.0, 1.12), (0.3, 0.0, 1.1)]
        if radial
        else [(0.46, 0.0, 0.45), (0.38, 0.0, 0.68), (0.3, 0.0, 0.82)]
    )
    rest = [(0.15, 0.05, 0.98), (0.0, 0.08, 1.0), (-0.2, 0.12, 0.72), (-0.4, 0.22, 0.32), (-0.5, 0.3, 0.08)]
    body = hull([(z * length, y * radius, w * radius * 0.86, w * radius) for z, y, w in blunt + rest], 28, 2.2)
    parts: list[Part] = [(shell(body, 18), above)]
    ends = (body.z[0] * 0.96, body.z[-1] * 0.96)
    parts.append((both(patch(body, ends, (112, 180), radius * 0.012)), below))
    tip = str(rng.choice(["ellipse", "round", "square"], p=[0.35, 0.45, 0.2]))
    half = wing(
        (radius * 0.3, -radius * 0.65, length * 0.2),
        length * rng.uniform(0.54, 0.62),
        (length * 0.26, length * 0.12),
        4,
        5.5,
        0.13,
        tip=tip,
    )
    parts.append((both(foil(half)), above))
    canopy = [(0.1, 1.0, 0.0), (0.04, 1.05, 0.42), (-0.03, 1.08, 0.48), (-0.12, 0.95, 0.2), (-0.2, 0.75, 0.0)]
    parts += bubble(
        [(z * length, y * radius * 0.92, w * radius * 0.9, w * radius * 1.25) for z, y, w in canopy],
        int(rng.integers(0, 5)),
        above,
    )
    nose = painted(str(rng.choice(["#c4161c", "#e6b422", "#161616", "#f2f2ee", "#2f7d4f"])))
    if rng.random() < 0.4:
        parts.append((patch(body, (length * 0.33, body.z[-1] * 0.995), (-180, 180), radius * 0.02), nose))
    parts.append(
        (
            both(
                box(
                    (0.06, radius * 0.16, length * 0.13),
                    (radius * (0.8 if radial else 0.62), radius * 0.25, length * 0.33),
                    0.0,
                )
            ),
            DARK_METAL,
        )
    )
    if radial:
        parts.append((lathe([(0, radius * 0.8), (0.02, radius * 0.8)], 16, (0, 0, length * 0.45)), BLACK))
    else:
        parts.append(
            (ellipsoid((radius * 0.4, radius * 0.35, length * 0.13), (0, -radius * 1.0, -length * 0.02), 8, 10), below)
        )
    spinning, blades = rng.random() < 0.3, int(rng.integers(3, 5))
    parts += propeller(
        (0, 0, length * 0.465), length * 0.175, blades, rng.uniform(0, 120), nose, spinning, radius * 0.46
    )
    upright = fin((0, radius * 0.45, -length * 0.37), length * 0.155, (length * 0.14, length * 0.075), 22)
    flat = wing((0, radius * 0.35, -length * 0.36), length * 0.21, (length * 0.13, length * 0.075), 8)
    parts += [(foil(upright), nose if rng.random() < 0.25 else above), (both(foil(flat)), above)]
    rings = [painted("#20408a"), WHITE, painted("#b81c24")] if rng.random() < 0.7 else [WHITE, BLACK]
    parts += roundel(half, 0.68, length * 0.055, rings)
    if rng.random() < 0.4:  # the white bands of June 1944
        for start in (0.3, 0.4):
            parts.append((both(foil(half, start, start + 0.05, 1.02)), WHITE))
            parts.append(
                (patch(body, ((0.08 - start) * length, (0.11 - start) * length), (-180, 180), radius * 0.02), WHITE)
            )
    if rng.random() < 0.5:
        edge, chord = at_span(half, length * 0.17)
        low = np.array([edge[0], -radius * 2.2, edge[2] - chord * 0.1])
        leg = wheel_leg(edge - [0, 0, chord * 0.25], low, length * 0.036)
        leg.append(
            (
                moved(
                    box((0.05, radius * 0.9, length * 0.05), (0, 0, 0), 0.0),
                    low + np.array([length * 0.02, radius * 0.7, 0]),
                ),
                below,
            )
        )
        parts += [(both(solid), material) for solid, material in leg]
        parts += wheel_leg((0, 0, -length * 0.42), (0, -radius * 0.55, -length * 0.44), length * 0.016)
    return parts


def _fighter_paint(rng: np.random.Generator) -> tuple[Material, Material]:
    """Body and accent: plain grey, two camouflage colours, or a display team's."""
    kind = rng.choice(["grey", "camouflage", "display", "metal"], p=[0.5, 0.22, 0.22, 0.06])
    if kind == "grey":
        grey = painted(str(rng.choice(GREYS)), 0.5)
        return grey, grey
    if kind == "metal":
        return BARE_METAL, BARE_METAL
    pairs = CAMOUFLAGE if kind == "camouflage" else DISPLAY
    first, second = pairs[int(rng.integers(len(pairs)))]
    return painted(first, 0.5), painted(second, 0.5)


def _warbird_paint(rng: np.random.Generator) -> tuple[str, str]:
    pairs = (
        ("#565a3a", "#a9b0b3"),
        ("#4a5340", "#b6c0c4"),
        ("#28406b", "#d5d9da"),
        ("#6d6a55", "#9fb0ba"),
        ("#59646b", "#b9c3c6"),
    )
    return pairs[int(rng.integers(len(pairs)))]


def _intakes(rng: np.random.Generator, length: float, radius: float, twin: bool, colour: Material) -> list[Part]:
    """Air intakes beside the body, or one under it."""
    if not twin and rng.random() < 0.4:
        duct = hull(
            [
                (length * 0.17, -radius * 0.95, radius * 0.6, radius * 0.4),
                (-length * 0.2, -radius * 0.5, radius * 0.8, radius * 0.6),
            ],
            6,
            3,
        )
        mouth = box((radius * 1.0, radius * 0.6, 0.1), (0, -radius * 0.95, length * 0.169), 0.0)
        return [(shell(duct, 14), colour), (mouth, BLACK)]
    x, deep = radius * 1.1, radius * (0.8 if twin else 0.65)
    sizes = [
        (length * 0.17, 0.0, radius * 0.42, deep),
        (length * 0.05, 0.0, radius * 0.55, deep * 1.05),
        (-length * 0.38, 0.0, radius * 0.35, deep * 0.8),
    ]
    side = moved(shell(hull(sizes, 8, 4), 14), (x, -radius * 0.1, 0))
    mouth = box((radius * 0.7, deep * 1.7, 0.1), (x, -radius * 0.1, length * 0.169), 0.0)
    return [(both(side), colour), (both(mouth), BLACK)]


def _fighter_tail(
    rng: np.random.Generator, length: float, radius: float, plan: str, twin: bool, colour: Material, accent: Material
) -> list[Part]:
    parts: list[Part] = []
    tall = length * rng.uniform(0.15, 0.19)
    if twin:
        cant = float(rng.choice([0.0, 8.0, 22.0]))
        upright = fin((radius * 1.1, radius * 0.5, -length * 0.22), tall, (length * 0.17, length * 0.07), 40, cant)
        parts += [(both(foil(upright)), colour), (both(foil(upright, 0.5, 1.0, 1.04)), accent)]
    else:
        upright = fin((0, radius * 0.75, -length * 0.2), tall * 1.15, (length * 0.21, length * 0.07), 48)
        parts += [(foil(upright), colour), (foil(upright, 0.5, 1.0, 1.04), accent)]
    if plan == "delta":
        if rng.random() < 0.6:  # canards
            flat = wing(
                (radius * 0.8, radius * 0.35, length * 0.24), length * 0.09, (length * 0.09, length * 0.03), 50, 3, 0.05
            )
            parts.append((both(foil(flat)), colour))
        return parts
    flat = wing(
        (radius * 0.9, -radius * 0.05, -length * 0.31),
        length * 0.16,
        (length * 0.15, length * 0.05),
        42,
        -2,
        0.05,
        tip="square",
    )
    return [*parts, (both(foil(flat)), colour)]


def _cockpit(length: float, radius: float, colour: Material) -> list[Part]:
    glass = [(0.36, 0.45, 0.0), (0.32, 0.62, 0.4), (0.26, 0.8, 0.52), (0.2, 0.85, 0.45), (0.13, 0.82, 0.0)]
    canopy = hull([(z * length, y * radius, w * radius, w * radius * 1.25) for z, y, w in glass], 14)
    spine = hull(
        [
            (z * length, 0.75 * radius, w * radius, w * radius * 0.8)
            for z, w in ((0.2, 0.4), (0.1, 0.5), (-0.15, 0.4), (-0.3, 0.0))
        ],
        8,
    )
    return [(shell(canopy, 14), CANOPY), (shell(spine, 12), colour)]


def _stores(rng: np.random.Generator, half: Wing, length: float, radius: float) -> list[Part]:
    """Missiles at the wing tips and tanks below, sometimes."""
    parts: list[Part] = []
    slim = radius * 0.14
    if rng.random() < 0.45:
        tip = half.leading[-1]
        shape = [(-length * 0.1, slim), (length * 0.06, slim), (length * 0.085, 0.0)]
        parts.append((both(lathe(shape, 8, (float(tip[0]) + slim, float(tip[1]), float(tip[2])))), WHITE))
    if rng.random() < 0.4:
        edge, chord = at_span(half, half.leading[-1, 0] * 0.5)
        shape = [(-length * 0.14, 0.0), (-length * 0.08, slim * 1.8), (length * 0.06, slim * 2), (length * 0.13, 0.0)]
        spot = (float(edge[0]), float(edge[1]) - radius * 0.6, float(edge[2]) - chord * 0.45)
        parts.append((both(lathe(shape, 10, spot)), PALE_GREY))
        parts.append(
            (both(box((0.1, radius * 0.5, length * 0.08), (spot[0], spot[1] + radius * 0.3, spot[2]), 0.0)), PALE_GREY)
        )
    return parts
