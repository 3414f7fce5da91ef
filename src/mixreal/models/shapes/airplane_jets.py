"""Airplanes carried by jets: airliners with engines under the wings or at the tail, business jets, a supersonic one."""

from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.airplane_parts import (
    BARE_METAL,
    DARK_METAL,
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
    jet_engine,
    painted,
    pylon,
    section_at,
    wheel_leg,
    windows,
    windscreen,
    wing,
)
from mixreal.models.shapes.hull import Hull, dashes, grid, hull, lathe, patch, shell
from mixreal.models.shapes.solids import box, joined, mirrored_x

# What airlines paint on: two in three bodies are white.
BODIES = ("#f2f2ee",) * 14 + ("#d9dde0", "#e9e2cf", "#2a55a5", "#c8262c", "#20324f", "#e6b422", "#3d8f5b", "#e2702a")
ACCENTS = (
    *("#17408b", "#c4161c", "#0e2a52", "#e8751a", "#f0b90b", "#12713c", "#5b2a86", "#0f8fa9"),
    *("#b51f4a", "#2a9fd6", "#151515", "#7a1420", "#6fa83b", "#28329a"),
)


@dataclass(frozen=True)
class Livery:
    """The colours one airliner wears."""

    body: Material
    accent: Material
    second: Material
    tail: Material
    cowl: Material
    wings: Material


def livery(rng: np.random.Generator) -> Livery:
    """Colours an airline might use."""
    metal = rng.random() < 0.08
    body = BARE_METAL if metal else painted(str(rng.choice(BODIES)), 0.3)
    accent, second = (painted(code, 0.3) for code in rng.permutation(ACCENTS)[:2])
    cowl = (body, accent, PALE_GREY, WHITE)[int(rng.choice(4, p=[0.4, 0.25, 0.25, 0.1]))]
    tail = accent if rng.random() < 0.85 else body
    return Livery(body, accent, second, tail, cowl, (PALE_GREY, WHITE)[int(rng.random() < 0.25)])


def airliner(rng: np.random.Generator) -> list[Part]:
    """A jet airliner with two or four engines under its wings."""
    four = rng.random() < 0.25
    length = rng.uniform(60, 75) if four else rng.uniform(31, 68)
    radius = length / rng.uniform(18, 24) * (1.05 if four else 1.0)
    colours = livery(rng)
    body = airliner_body(rng, length, radius, hump=four and rng.random() < 0.5)
    half = wing(
        (radius * 0.55, -radius * 0.5, length * rng.uniform(0.11, 0.15)),
        length * rng.uniform(0.42, 0.5),
        (length * rng.uniform(0.17, 0.2), length * rng.uniform(0.035, 0.05)),
        rng.uniform(26, 35),
        rng.uniform(4, 7),
        0.13,
        kink=0.36,
        tip=str(rng.choice(["winglet", "round"], p=[0.65, 0.35])),
    )
    parts = dressed(rng, body, length, radius, colours)
    parts += [(both(foil(half)), colours.wings), *wing_root(radius, half)]
    if rng.random() < 0.4:
        parts.append((both(foil(half, 0.84, 1.0, 1.02)), colours.accent))
    size = radius * (rng.uniform(0.42, 0.5) if four else rng.uniform(0.52, 0.72))
    for share in (0.34, 0.64) if four else (rng.uniform(0.31, 0.36),):
        parts += under_wing_engine(half, share * half.leading[:, 0].max(), size, colours)
    parts += tail_low(rng, body, length, radius, colours)
    parts += landing_gear(rng, body, half, length, radius, heavy=length > 50)
    return parts


def tail_jet(rng: np.random.Generator) -> list[Part]:
    """A jet airliner with two (or three) engines at the tail and its tailplane on top of the fin."""
    length = rng.uniform(27, 46)
    radius = length / rng.uniform(23, 28)
    colours = livery(rng)
    body = airliner_body(rng, length, radius)
    half = wing(
        (radius * 0.55, -radius * 0.55, length * rng.uniform(0.02, 0.06)),
        length * rng.uniform(0.36, 0.42),
        (length * 0.15, length * 0.04),
        rng.uniform(22, 28),
        4,
        0.12,
        kink=0.33,
        tip=str(rng.choice(["winglet", "round"])),
    )
    parts = dressed(rng, body, length, radius, colours, last_window=0.16)
    parts += [(both(foil(half)), colours.wings), *wing_root(radius, half)]
    parts += tail_engines(length * -0.24, radius * 1.65, radius * 0.35, radius * 0.62, length * 0.125, colours.cowl)
    if rng.random() < 0.25:
        top = (0.0, radius * 1.35, -length * 0.3)
        parts += jet_engine(top, radius * 0.5, length * 0.17, colours.tail)
    parts += tail_high(length, radius, colours, rng)
    parts += landing_gear(rng, body, half, length, radius, heavy=False)
    return parts


def business_jet(rng: np.random.Generator) -> list[Part]:
    """A small jet: pointed nose, few windows, engines beside the tail."""
    length = rng.uniform(13, 24)
    radius = length / rng.uniform(15, 19)
    colours = livery(rng)
    slim = [(0.5, -0.35, 0), (0.47, -0.3, 0.25), (0.42, -0.2, 0.55), (0.36, -0.05, 0.86), (0.3, 0, 1), (-0.15, 0, 1)]
    stations = [*slim, (-0.28, 0.12, 0.82), (-0.4, 0.3, 0.5), (-0.48, 0.42, 0.24), (-0.5, 0.45, 0.1)]
    body = hull([(z * length, y * radius, w * radius, w * radius) for z, y, w in stations], 30)
    half = wing(
        (radius * 0.5, -radius * 0.75, length * rng.uniform(0.06, 0.1)),
        length * rng.uniform(0.42, 0.52),
        (length * 0.16, length * 0.05),
        rng.uniform(12, 32),
        rng.uniform(2, 5),
        tip=str(rng.choice(["winglet", "round"], p=[0.7, 0.3])),
    )
    parts: list[Part] = [(shell(body, 20), colours.body)]
    parts.append(windscreen(body, length * 0.355, length * 0.405, 82, radius * 0.02))
    count = int(rng.integers(5, 9))
    row = np.linspace(0.28, 0.28 - count * 0.055, count) * length
    parts.append((dashes(body, row, (length * 0.026, radius * 0.4), 70, radius * 0.02), WINDOW))
    parts += stripes(rng, body, radius, colours)
    parts += [(both(foil(half)), colours.wings), *wing_root(radius, half)]
    parts += tail_engines(-length * 0.16, radius * 1.6, radius * 0.45, radius * 0.6, length * 0.18, colours.cowl)
    parts += tail_high(length, radius, colours, rng)
    parts += landing_gear(rng, body, half, length, radius, heavy=False)
    return parts


def delta_airliner(rng: np.random.Generator) -> list[Part]:
    """A supersonic airliner: needle body, ogival delta wing, engines in boxes below."""
    length, radius = 62.0, 62 / rng.uniform(38, 44)
    colours = livery(rng)
    stations = [(0.5, -0.6, 0), (0.4, -0.2, 0.6), (0.28, 0, 1), (-0.25, 0, 1), (-0.42, 0.25, 0.45), (-0.5, 0.4, 0.08)]
    body = hull([(z * length, y * radius, w * radius, w * radius * 1.1) for z, y, w in stations], 30)
    at = np.array([0, 0.12, 0.25, 0.45, 0.7, 0.92, 1.0]) * length * rng.uniform(0.19, 0.23)
    front = np.array([0.24, 0.12, 0.02, -0.11, -0.24, -0.33, -0.37]) * length
    chord = front - np.array([-0.4, -0.4, -0.4, -0.39, -0.385, -0.38, -0.38]) * length
    leading = np.stack([at + radius * 0.3, np.full(7, -radius * 0.6), front], 1)
    half = Wing(leading, chord, np.full(7, 0.03), np.tile([0.0, 1.0, 0.0], (7, 1)))
    parts: list[Part] = [(shell(body, 18), WHITE), (both(foil(half)), WHITE)]
    parts.append(windscreen(body, length * 0.4, length * 0.415, 70, radius * 0.03))
    parts.append(windows(body, length * 0.36, -length * 0.2, length * 0.016, (length * 0.006, radius * 0.25)))
    parts += stripes(rng, body, radius, colours)
    tail = fin((0, radius * 0.7, -length * 0.22), radius * 4, (length * 0.19, length * 0.05), 52)
    parts += [(foil(tail), WHITE), (foil(tail, 0.3, 0.95, 1.03), colours.accent)]
    for x in (1.0, 1.0 + 0.9):
        boxed = box((radius * 1.5, radius * 1.1, length * 0.2), (x * radius * 2.2, -radius * 1.4, -length * 0.3), 0.2)
        parts.append((both(boxed), PALE_GREY))
        nozzle = lathe(
            [(-length * 0.03, radius * 0.45), (0, radius * 0.55)], 12, (x * radius * 2.2, -radius * 1.35, -length * 0.4)
        )
        parts.append((both(nozzle), DARK_METAL))
    parts += landing_gear(rng, body, half, length, radius * 1.4, heavy=True)
    return parts


def airliner_body(rng: np.random.Generator, length: float, radius: float, hump: bool = False) -> Hull:
    """A tube with a blunt drooping nose and a tail that rises to its end."""
    nose, swept = rng.uniform(0.9, 1.15), rng.uniform(0.62, 0.68)
    droop = rng.uniform(0.15, 0.35)
    fractions = [
        *((0, -droop, 0), (0.012 * nose, -droop * 0.9, 0.4), (0.035 * nose, -droop * 0.6, 0.68)),
        *((0.07 * nose, -droop * 0.2, 0.92), (0.11 * nose, 0, 1), (swept, 0, 1), (0.76, 0.1, 0.89)),
        *((0.84, 0.25, 0.68), (0.92, 0.44, 0.4), (0.98, 0.56, 0.18), (1, 0.58, 0.08)),
    ]
    stations = []
    for f, y, w in fractions:
        lift = 0.0
        if hump:  # an upper deck over the front third
            lift = 0.28 * float(np.interp(f, [0, 0.03, 0.08, 0.25, 0.36], [0, 0.6, 1, 1, 0]))
        stations.append(((0.5 - f) * length, (y + lift / 2) * radius, w * radius, (w + lift) * radius))
    return hull(stations, 34)


def dressed(
    rng: np.random.Generator, body: Hull, length: float, radius: float, colours: Livery, last_window: float = 0.3
) -> list[Part]:
    """The fuselage with its glass, windows and paintwork."""
    parts: list[Part] = [(shell(body, 22), colours.body)]
    parts += stripes(rng, body, radius, colours)
    parts.append(windscreen(body, length * 0.452, length * 0.47, 62, radius * 0.015))
    size = (length * 0.007, radius * 0.2)
    parts.append(windows(body, length * 0.4, -length * last_window, length * 0.0145, size))
    if colours.tail is not colours.body and rng.random() < 0.55:
        parts.append(
            (
                patch(body, (-length * 0.492, -length * rng.uniform(0.28, 0.38)), (-180, 180), radius * 0.008),
                colours.tail,
            )
        )
    if rng.random() < 0.55:  # the airline's name
        letters = np.linspace(0.39, 0.39 - rng.uniform(0.1, 0.28), int(rng.integers(5, 11))) * length
        parts.append((dashes(body, letters, (length * 0.012, radius * 0.38), 45, radius * 0.015), colours.accent))
    doors = np.array([0.42, 0.02, -0.3]) * length
    parts.append((dashes(body, doors, (length * 0.003, radius * 0.8), 85, radius * 0.012), PALE_GREY))
    return parts


def stripes(rng: np.random.Generator, body: Hull, radius: float, colours: Livery) -> list[Part]:
    """A cheat line, a coloured belly, or nothing."""
    style = rng.choice(["none", "line", "two lines", "belly", "grey belly"], p=[0.35, 0.22, 0.13, 0.15, 0.15])
    lift = radius * 0.007
    ends = (body.z[0] * 0.97, body.z[-1] * rng.uniform(0.93, 0.985))

    def band(low: float, high: float, colour: Material) -> Part:
        return both(patch(body, ends, (low, high), lift)), colour

    if style == "line":
        return [band(68, 94, colours.accent)]
    if style == "two lines":
        return [band(70, 86, colours.accent), band(90, 99, colours.second)]
    if style == "belly":
        return [band(rng.uniform(96, 120), 180, colours.accent)]
    return [band(105, 180, PALE_GREY)] if style == "grey belly" else []


def wing_root(radius: float, half: Wing) -> list[Part]:
    """The fairing under the body where the wings meet."""
    front, chord = float(half.leading[0, 2]), float(half.chord[0])
    stations = [
        (front + chord * 0.25, -radius * 0.6, radius * 0.3, radius * 0.25),
        (front, -radius * 0.6, radius * 0.9, radius * 0.52),
        (front - chord * 0.9, -radius * 0.6, radius * 0.9, radius * 0.52),
        (front - chord * 1.35, -radius * 0.5, radius * 0.3, radius * 0.3),
    ]
    return [(shell(hull(stations, 10, 2.6), 14), PALE_GREY)]


def under_wing_engine(half: Wing, x: float, size: float, colours: Livery) -> list[Part]:
    """A pair of engines hung before and below the wing at the distance x from the middle."""
    edge, chord = at_span(half, x)
    front = np.array([x, edge[1] - size * 1.15, edge[2] + size * 2.3])
    one = jet_engine(front, size, size * 3.1, colours.cowl)
    one.append(
        (pylon((x, edge[1] + size * 0.05, edge[2] + size * 1.2), (size * 0.25, size * 0.55, chord * 0.6)), PALE_GREY)
    )
    return [(both(solid), material) for solid, material in one]


def tail_engines(z: float, x: float, y: float, size: float, length: float, cowl: Material) -> list[Part]:
    """A pair of engines on stubs beside the tail."""
    one = jet_engine((x, y, z), size, length, cowl)
    one.append((box((x, size * 0.25, length * 0.5), (x * 0.6, y, z - length * 0.5), 0.0), PALE_GREY))
    return [(both(solid), material) for solid, material in one]


def tail_low(rng: np.random.Generator, body: Hull, length: float, radius: float, colours: Livery) -> list[Part]:
    """Fin on the body, tailplane beside it."""
    root_z = -length * rng.uniform(0.33, 0.36)
    upright = fin(
        (0, radius * 0.75, root_z), radius * rng.uniform(2.7, 3.3), (length * 0.135, length * 0.05), rng.uniform(36, 44)
    )
    flat = wing(
        (radius * 0.2, radius * 0.35, -length * 0.4),
        length * 0.165,
        (length * 0.085, length * 0.035),
        34,
        rng.uniform(4, 8),
    )
    parts = [(foil(upright), colours.tail), (both(foil(flat)), colours.wings)]
    return parts + emblem(rng, upright, colours)


def tail_high(length: float, radius: float, colours: Livery, rng: np.random.Generator) -> list[Part]:
    """A T-tail."""
    upright = fin((0, radius * 0.7, -length * 0.31), radius * rng.uniform(2.5, 3.0), (length * 0.15, length * 0.1), 42)
    top = upright.leading[-1]
    flat = wing((0, top[1], top[2] + length * 0.02), length * 0.16, (length * 0.09, length * 0.04), 30, -1)
    parts = [(foil(upright), colours.tail), (both(foil(flat)), colours.wings)]
    parts.append(
        (lathe([(-length * 0.1, 0), (-length * 0.03, radius * 0.2), (length * 0.03, 0)], 8, tuple(top)), colours.tail)
    )
    return parts + emblem(rng, upright, colours)


def emblem(rng: np.random.Generator, upright: Wing, colours: Livery) -> list[Part]:
    """Something on the fin: a disc, a band or a coloured tip."""
    style = rng.choice(["none", "disc", "band", "tip"], p=[0.3, 0.3, 0.2, 0.2])
    if style == "band":
        return [(foil(upright, 0.25, 0.5, 1.02), colours.second)]
    if style == "tip":
        return [(foil(upright, 0.6, 1.0, 1.02), colours.second)]
    if style == "none":
        return []
    leading, chord, thickness, _ = (v[0] for v in section_at(upright, [0.42]))
    middle = leading - [0, 0, chord * 0.45]
    size, depth = chord * 0.24, chord * thickness * 1.06
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = np.stack([np.zeros(14), np.cos(turn) * size, np.sin(turn) * size], 1) + middle
    mark = grid(
        np.stack([ring - np.array([depth / 2, 0, 0]), ring + np.array([depth / 2, 0, 0])])[:, ::-1],
        around=True,
        caps=True,
    )
    return [(mark, colours.second if colours.tail is not colours.body else colours.accent)]


def landing_gear(
    rng: np.random.Generator, body: Hull, half: Wing, length: float, radius: float, heavy: bool
) -> list[Part]:
    """Wheels on the ground for half of the airplanes; the others fly with them in."""
    if rng.random() < 0.5:
        return []
    wheel, drop = radius * (0.3 if heavy else 0.28), -radius * 1.85
    main = np.array([radius * 1.15, drop + wheel, float(half.leading[0, 2] - half.chord[0] * 0.75)])
    leg = bogie(main + np.array([0, radius * 1.2, 0]), main, wheel, 2 if heavy else 1)
    parts = [(joined(solid, mirrored_x(solid)), material) for solid, material in leg]
    nose = np.array([0, drop + wheel * 0.8, length * 0.39])
    return parts + wheel_leg(nose + np.array([0, radius * 0.9, 0]), nose, wheel * 0.8, twin=True)
