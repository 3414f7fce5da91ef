"""Light airplanes: high-wing and low-wing singles, twins, seaplanes, biplanes."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.airplane_jets import ACCENTS
from mixreal.models.shapes.airplane_parts import (
    BLACK,
    DARK_METAL,
    PALE_GREY,
    WHITE,
    WINDOW,
    Part,
    at_span,
    bar,
    both,
    fin,
    foil,
    painted,
    propeller,
    side_glass,
    spatted_wheel,
    wheel_leg,
    windscreen,
    wing,
)
from mixreal.models.shapes.hull import Hull, hull, patch, shell
from mixreal.models.shapes.solids import box, cylinder, joined, mirrored_x, moved, tube

BODIES = ("#f2f2ee",) * 5 + ("#e6b422", "#c8262c", "#2a55a5", "#d9dde0", "#e9e2cf", "#3d7d55")


def high_wing(rng: np.random.Generator) -> list[Part]:
    """A single with its wing on struts above the cabin."""
    return _single(rng, high=True, floats=False)


def low_wing(rng: np.random.Generator) -> list[Part]:
    """A single with its wing under the cabin."""
    return _single(rng, high=False, floats=False)


def seaplane(rng: np.random.Generator) -> list[Part]:
    """A high-wing single on floats."""
    return _single(rng, high=True, floats=True)


def _single(rng: np.random.Generator, high: bool, floats: bool) -> list[Part]:
    length = rng.uniform(7, 9.5)
    radius = length * rng.uniform(0.068, 0.08)
    colour, accent = painted(str(rng.choice(BODIES)), 0.3), painted(str(rng.choice(ACCENTS)), 0.3)
    if rng.random() < 0.4 and colour.name != WHITE.name:
        accent = WHITE
    body = _cabin(length, radius, high, rng)
    parts: list[Part] = [(shell(body, 20), colour), *_stripe(rng, body, radius, accent)]
    parts += _cabin_glass(body, length, radius, high)
    tip = str(rng.choice(["square", "round"]))
    span, chord = length * rng.uniform(0.6, 0.72), length * rng.uniform(0.17, 0.2)
    taper = rng.uniform(0.6, 1.0)
    if high:
        root, dihedral = (0.0, radius * 1.27, length * 0.19), 1.5
    else:
        root, dihedral = (radius * 0.3, -radius * 0.78, length * 0.16), rng.uniform(4, 7)
    half = wing(root, span, (chord, chord * taper), rng.uniform(0, 4) * (1 - taper) * 2, dihedral, 0.14, tip=tip)
    parts.append((both(foil(half)), colour if rng.random() < 0.7 else WHITE))
    if rng.random() < 0.5:
        parts.append((both(foil(half, 0.78, 1.0, 1.02)), accent))
    if high and rng.random() < 0.85:
        edge, _ = at_span(half, span * 0.52)
        foot = (radius * 0.75, -radius * 0.55, root[2] - chord * 0.35)
        parts.append((both(bar(foot, edge - [0, 0, chord * 0.3], length * 0.007)), colour))
    parts += _nose(rng, length, radius, accent if rng.random() < 0.4 else WHITE)
    tail_colour = accent if rng.random() < 0.35 else colour
    parts += _tail(rng, length, radius, tail_colour, colour)
    if floats:
        return parts + _floats(length, radius, half.leading[0, 2], accent)
    return parts + _wheels(rng, length, radius, half.leading[0, 2] - chord * 0.6, colour, high, span)


def light_twin(rng: np.random.Generator) -> list[Part]:
    """A low-wing twin: an engine on each wing, a smooth nose."""
    length = rng.uniform(9, 12)
    radius = length * 0.066
    colour, accent = painted(str(rng.choice(BODIES)), 0.3), painted(str(rng.choice(ACCENTS)), 0.3)
    shape = [(0.5, -0.35, 0), (0.46, -0.3, 0.35), (0.36, -0.15, 0.72), (0.25, 0.0, 0.95), (0.1, 0.1, 1.05)]
    shape += [(-0.1, 0.1, 0.95), (-0.3, 0.2, 0.5), (-0.5, 0.4, 0.12)]
    body = hull([(z * length, y * radius, w * radius, w * radius * 1.12) for z, y, w in shape], 28)
    parts: list[Part] = [(shell(body, 20), colour), *_stripe(rng, body, radius, accent)]
    parts.append(windscreen(body, length * 0.22, length * 0.29, 78, radius * 0.03))
    for low, top in ((0.13, 0.2), (0.05, 0.115), (-0.03, 0.035)):
        parts.append(
            side_glass(
                body, [(low * length, 88), (low * length, 58), (top * length, 58), (top * length, 88)], radius * 0.03
            )
        )
    half = wing((radius * 0.3, -radius * 0.75, length * 0.12), length * 0.6, (length * 0.17, length * 0.09), 4, 5, 0.14)
    parts.append((both(foil(half)), colour))
    edge, chord = at_span(half, length * 0.19)
    x, y, z = float(edge[0]), float(edge[1]) + radius * 0.1, float(edge[2])
    nacelle = [
        (z + length * 0.12, y, 0.3, 0.3),
        (z + length * 0.1, y, 0.55, 0.5),
        (z, y, 0.6, 0.5),
        (z - chord, y, 0.15, 0.2),
    ]
    pod = shell(hull([(a, b, c * radius, d * radius) for a, b, c, d in nacelle], 12), 12)
    parts.append((both(moved(pod, (x, 0, 0))), accent if rng.random() < 0.3 else colour))
    screw = propeller(
        (x, y, z + length * 0.125), length * 0.1, 3, rng.uniform(0, 120), WHITE, rng.random() < 0.35, radius * 0.26
    )
    parts += [(both(solid), material) for solid, material in screw]
    parts += _tail(rng, length, radius, accent if rng.random() < 0.4 else colour, colour)
    return parts + _wheels(rng, length, radius, float(half.leading[0, 2] - chord * 0.6), colour, False, length * 0.6)


def biplane(rng: np.random.Generator) -> list[Part]:
    """Two wings held by struts and wires, an open cockpit, a round engine."""
    length = rng.uniform(6.2, 8)
    radius = length * 0.075
    old = rng.random() < 0.35
    codes = (
        ("#5c5f3d", "#8a6d3f", "#6b2a22", "#9aa0a0")
        if old
        else ("#c8262c", "#e6b422", "#2a55a5", "#e0702a", "#f2f2ee", "#2f7d4f")
    )
    colour, accent = (
        painted(str(rng.choice(codes)), 0.45),
        painted(str(rng.choice(["#e6b422", "#f2f2ee", "#c8262c", "#d9cfae"])), 0.45),
    )
    shape = [(0.47, 0, 0.9), (0.4, 0, 1.0), (0.2, 0, 1.0), (0.0, 0.02, 0.92), (-0.25, 0.1, 0.5), (-0.5, 0.25, 0.1)]
    body = hull([(z * length, y * radius, w * radius, w * radius) for z, y, w in shape], 22, 2.3)
    parts: list[Part] = [(shell(body, 18), colour), *_stripe(rng, body, radius, accent)]
    nose = [(0.36, 0, 1.04), (0.43, 0, 1.12), (0.48, 0, 0.95)]
    parts.append(
        (
            shell(hull([(z * length, y, w * radius, w * radius) for z, y, w in nose], 8), 18),
            accent if not old else DARK_METAL,
        )
    )
    parts.append((cylinder(radius * 0.75, length * 0.012, "z", (0, 0, length * 0.482), 16), BLACK))
    for place in (0.02, 0.14) if rng.random() < 0.5 else (0.03,):  # cockpits: a hole, a head, a small screen
        parts.append(
            (patch(body, (length * (place - 0.045), length * (place + 0.035)), (-38, 38), radius * 0.02), BLACK)
        )
        screen = [(-0.4, 0.95, 0.045), (0.4, 0.95, 0.045), (0.3, 1.35, 0.035), (-0.3, 1.35, 0.035)]
        corners = np.array([(a * radius, b * radius, (c + place) * length) for a, b, c in screen])
        parts.append((box((radius * 0.7, radius * 0.35, 0.02), tuple(corners.mean(0)), 0.0), WINDOW))
        parts.append(
            (
                cylinder(radius * 0.26, radius * 0.4, "y", (0, radius * 1.05, place * length - 0.1), 10),
                painted("#5a3d28", 0.7),
            )
        )
    span, chord = length * rng.uniform(0.5, 0.62), length * rng.uniform(0.16, 0.19)
    gap, stagger = radius * rng.uniform(2.5, 3.0), length * rng.uniform(0.0, 0.07)
    low = wing((radius * 0.4, -radius * 0.7, length * 0.24 - stagger), span * 0.94, (chord, chord * 0.95), 1, 2.5, 0.1)
    top = wing((0, -radius * 0.7 + gap, length * 0.25 + stagger * 0.3), span, (chord, chord * 0.95), 1, 1.5, 0.1)
    wings = accent if rng.random() < 0.5 else colour
    parts += [(both(foil(low)), wings), (both(foil(top)), wings)]
    for share in (0.68,):
        for back in (0.15, 0.7):
            foot, _ = at_span(low, span * share)
            head, _ = at_span(top, span * share)
            parts.append(
                (both(bar(foot - [0, 0, chord * back], head - [0, 0, chord * back], length * 0.006)), PALE_GREY)
            )
    foot, head = at_span(low, span * 0.66)[0], at_span(top, span * 0.1)[0]
    parts.append((both(bar(foot - [0, 0, chord * 0.4], head - [0, 0, chord * 0.4], length * 0.0025)), PALE_GREY))
    for back in (0.1, 0.7):
        z = float(top.leading[0, 2] - chord * back)
        parts.append(
            (
                both(bar((radius * 0.6, radius * 0.6, z), (span * 0.13, float(top.leading[0, 1]), z), length * 0.006)),
                PALE_GREY,
            )
        )
    parts += propeller(
        (0, 0, length * 0.5), length * 0.16, 2, rng.uniform(0, 180), painted("#8a5a2e", 0.4), rng.random() < 0.3
    )
    parts += _tail(rng, length, radius, accent if rng.random() < 0.6 else colour, colour)
    wheel = np.array([radius * 1.1, -radius * 2.1, length * 0.27])
    leg = spatted_wheel((radius * 0.5, -radius * 0.7, length * 0.25), wheel, length * 0.042, colour, rng.random() < 0.4)
    parts += [(both(solid), material) for solid, material in leg]
    parts += wheel_leg((0, 0, -length * 0.45), (0, -radius * 0.75, -length * 0.47), length * 0.018)
    if rng.random() < 0.4:
        centre = at_span(top, span * 0.75)[0] + [0, chord * 0.06, -chord * 0.45]
        for i, ring in enumerate([painted("#20408a"), WHITE, painted("#b81c24")]):
            mark = cylinder(
                chord * 0.4 * (1 - i / 3),
                0.02,
                "y",
                (float(centre[0]), float(centre[1]) + 0.012 * i, float(centre[2])),
                14,
            )
            parts.append((both(mark), ring))
    return parts


def _cabin(length: float, radius: float, high: bool, rng: np.random.Generator) -> Hull:
    """The body of a single: engine cowling, windscreen step, cabin, tail cone. (z, y, half width, half height)."""
    top = 1.25 if high else rng.uniform(1.1, 1.25)
    rear = -0.12 if high else -0.1
    stations = [
        (0.46, 0.0, 0.55, 0.5),
        (0.44, 0.0, 0.78, 0.72),
        (0.33, 0.0, 0.9, 0.86),
        (0.25, 0.0, 0.96, 0.9),
        (0.14, (top - 0.95) / 2, 1.0, (top + 0.95) / 2),
        (0.0, (top - 0.95) / 2, 1.0, (top + 0.95) / 2),
        (rear, 0.05, 0.86, 0.95),
        (-0.3, 0.15, 0.42, 0.5),
        (-0.5, 0.3, 0.08, 0.16),
    ]
    return hull([(z * length, y * radius, w * radius, h * radius) for z, y, w, h in stations], 30, 2.6)


def _cabin_glass(body: Hull, length: float, radius: float, high: bool) -> list[Part]:
    lift = radius * 0.025
    parts = [(patch(body, (length * 0.14, length * 0.23), (-62, 62), lift), WINDOW)]
    low, top = (74, 40) if high else (74, 30)
    for rear, front, lean in ((0.035, 0.125, 0.025), (-0.07, 0.02, 0.0)):
        corners = [
            (rear * length, low),
            ((rear + 0.005) * length, top),
            (front * length, top),
            ((front + lean) * length, low),
        ]
        parts.append(side_glass(body, corners, lift))
    if not high:
        return parts
    return [*parts, (patch(body, (-0.13 * length, -0.07 * length), (-38, 38), lift), WINDOW)]


def _stripe(rng: np.random.Generator, body: Hull, radius: float, accent: Material) -> list[Part]:
    style = rng.choice(["none", "line", "belly", "nose"], p=[0.2, 0.4, 0.25, 0.15])
    lift = radius * 0.015
    if style == "line":
        return [(both(patch(body, (body.z[0] * 0.96, body.z[-1] * 0.97), (88, 108), lift)), accent)]
    if style == "belly":
        return [(both(patch(body, (body.z[0] * 0.96, body.z[-1] * 0.97), (100, 180), lift)), accent)]
    return [(patch(body, (body.z[-1] * 0.55, body.z[-1] * 0.99), (-180, 180), lift), accent)] if style == "nose" else []


def _nose(rng: np.random.Generator, length: float, radius: float, spinner: Material) -> list[Part]:
    intake = box((radius * 1.0, radius * 0.2, radius * 0.1), (0, -radius * 0.08, length * 0.455), 0.0)
    blades = int(rng.integers(2, 4))
    screw = propeller(
        (0, 0, length * 0.47),
        length * rng.uniform(0.12, 0.14),
        blades,
        rng.uniform(0, 180),
        spinner,
        rng.random() < 0.35,
        radius * 0.34,
    )
    return [(intake, BLACK), *screw]


def _tail(
    rng: np.random.Generator, length: float, radius: float, upright_colour: Material, colour: Material
) -> list[Part]:
    upright = fin(
        (0, radius * 0.3, -length * 0.36),
        length * rng.uniform(0.16, 0.2),
        (length * 0.14, length * 0.08),
        rng.uniform(20, 40),
    )
    flat = wing(
        (0, radius * 0.3, -length * 0.385),
        length * rng.uniform(0.19, 0.24),
        (length * 0.115, length * 0.075),
        rng.uniform(4, 12),
    )
    return [(foil(upright), upright_colour), (both(foil(flat)), colour)]


def _wheels(
    rng: np.random.Generator, length: float, radius: float, z: float, colour: Material, high: bool, span: float
) -> list[Part]:
    """Fixed gear mostly; some low-wing airplanes have theirs in."""
    if not high and rng.random() < 0.4:
        return []
    size, spats = length * 0.026, rng.random() < 0.45
    x = radius * 1.9 if high else span * 0.24
    top = (radius * 0.7, -radius * 0.7, z) if high else (x, -radius * 0.6, z)
    leg = spatted_wheel(top, (x, -radius * 1.9, z), size, colour, spats)
    parts = [(joined(solid, mirrored_x(solid)), material) for solid, material in leg]
    if high and rng.random() < 0.25:  # a tail wheel
        return parts + wheel_leg((0, 0, -length * 0.46), (0, -radius * 0.6, -length * 0.48), size * 0.5)
    return parts + spatted_wheel(
        (0, -radius * 0.5, length * 0.37), (0, -radius * 1.9, length * 0.38), size * 0.9, colour, spats
    )


def _floats(length: float, radius: float, z: float, colour: Material) -> list[Part]:
    middle = z - length * 0.02
    stations = [(0.42, 0.15, 0.0), (0.36, 0.05, 0.25), (0.15, 0, 0.42), (-0.1, 0, 0.42), (-0.42, 0.15, 0.12)]
    one = shell(
        hull(
            [
                (middle - length * 0.1 + s * length * 0.95, y * radius - radius * 2.5, w * radius, w * radius)
                for s, y, w in stations
            ],
            16,
            2.8,
        ),
        12,
    )
    parts: list[Part] = [(both(moved(one, (radius * 1.7, 0, 0))), colour)]
    for dz in (0.1, -0.18):
        spot = middle + dz * length
        parts.append(
            (
                both(
                    tube(
                        np.array([(radius * 0.7, -radius * 0.7, spot), (radius * 1.7, -radius * 2.2, spot)]),
                        length * 0.007,
                        5,
                    )
                ),
                PALE_GREY,
            )
        )
        parts.append(
            (
                tube(
                    np.array([(-radius * 1.7, -radius * 2.2, spot), (radius * 1.7, -radius * 2.2, spot)]),
                    length * 0.006,
                    5,
                ),
                PALE_GREY,
            )
        )
    return parts
