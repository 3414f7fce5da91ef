"""Bicycle frames: where the joints are, and the tubes between them for each style of frame."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import Floats, Part, bent, both, pipe, point
from mixreal.models.shapes.palette import BLACK_PAINT, CHROME, DARK_STEEL
from mixreal.models.shapes.solids import moved


@dataclass(frozen=True)
class Bones:
    """The places a frame joins, in metres, each (3,)."""

    radius: float  # of the rear wheel
    front_radius: float
    rear: Floats  # axles
    front: Floats
    bracket: Floats  # the cranks' axle
    second: Floats  # a tandem's other one, else the same
    seat: Floats  # top of the seat tube
    saddle: Floats
    second_saddle: Floats
    head_low: Floats
    head_high: Floats
    steer: Floats  # unit, up along the steering axis


def bones(
    radius: float, stay: float, reach: float, angle: float, head: float, seat_tube: float, saddle: float,
    extra: float = 0.0, long: float = 0.0,
) -> Bones:  # fmt: skip
    """Joints from sizes; `extra` is what a tandem adds, `long` how far ahead a cargo bicycle's front wheel is."""
    drop = 0.06 if radius > 0.3 else -0.03 if radius < 0.24 else 0.0
    rear, bracket = point(0, radius, 0), point(0, radius - drop, stay + extra)
    steer = point(0, np.sin(np.radians(angle)), -np.cos(np.radians(angle)))
    near = point(0, radius, stay + extra + reach)
    head_low = near + steer * (radius + 0.075) + point(0, 0, -0.05)
    up = point(0, np.sin(np.radians(73)), -np.cos(np.radians(73)))
    second = bracket - point(0, 0, extra)
    small = 0.25 if long else radius
    front = near if not long else point(0, small, near[2] + long)
    return Bones(
        radius, small, rear, front, bracket, second, bracket + up * seat_tube, bracket + up * saddle,
        second + up * saddle * 0.97, head_low, head_low + steer * head, steer,
    )  # fmt: skip


def fork(b: Bones, tube: float, colour: Material, springs: bool) -> list[Part]:
    """Two blades from the steering head to the front axle, curved forward, or telescopes with springs."""
    crown = b.head_low - b.steer * 0.03
    wide = 0.052 if not springs else 0.065
    head = pipe(b.head_low, b.head_high, radius=tube * 0.9)
    low = b.front + point(wide * 1.02, 0, 0)
    high = crown + point(wide * 0.85, 0, 0)
    if springs:
        middle = low + (high - low) * 0.55
        return [
            (head, colour),
            (both(pipe(low, middle, radius=0.024)), colour),
            (both(pipe(middle, high, radius=0.016)), CHROME),
            (pipe(crown - point(0.08, 0, 0), crown + point(0.08, 0, 0), radius=0.022), BLACK_PAINT),
        ]
    straight = low + (high - low) * 0.45 - point(0, 0, 0.03)
    blades = both(bent(high, straight, low, radius=(tube * 0.85, tube * 0.55), steps=6))
    return [
        (head, colour),
        (blades, colour),
        (pipe(crown - point(0.05, 0, 0), crown + point(0.05, 0, 0), radius=tube), colour),
    ]


def rear_triangle(b: Bones, tube: float, colour: Material, top: Floats) -> list[Part]:
    """Chain stays and seat stays, the latter ending at `top`."""
    thin = tube * 0.62
    end = b.rear + point(0.062, 0, 0)
    chain = both(pipe(b.second + point(0.03, 0, 0), end, radius=thin, sides=6))
    seat = both(pipe(end, top + point(0.022, 0, 0), radius=thin * 0.9, sides=6))
    return [(chain, colour), (seat, colour)]


def masts(b: Bones, tube: float, colour: Material, post: Material, second: bool = False) -> list[Part]:
    """Seat tube, seat post, head tube and bottom bracket."""
    foot, seat, saddle = b.bracket, b.seat, b.saddle
    parts: list[Part] = [
        (pipe(b.head_low, b.head_high, radius=tube * 1.25), colour),
        (pipe(foot - point(0.035, 0, 0), foot + point(0.035, 0, 0), radius=tube * 1.35), colour),
        (pipe(foot, seat, radius=tube), colour),
        (pipe(seat, saddle, radius=tube * 0.72), post),
    ]
    if second:
        shift = b.second - b.bracket
        parts += [(moved(solid, shift), surface) for solid, surface in parts[1:]]
    return parts


def _between(a: Floats, c: Floats, share: float) -> Floats:
    return a + (c - a) * share


def _diamond(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    joint = _between(b.bracket, b.seat, 0.95)
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube, colour, joint)
    parts.append((pipe(joint, _between(b.head_low, b.head_high, 0.8), radius=tube * 0.92), colour))
    parts.append((pipe(b.bracket, _between(b.head_low, b.head_high, 0.25), radius=tube * 1.15), colour))
    return parts


def _mountain(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    joint = _between(b.bracket, b.seat, 0.88)
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube * 1.1, colour, joint)
    parts.append(
        (
            bent(
                joint,
                _between(joint, b.head_high, 0.5) + point(0, 0.02, 0),
                _between(b.head_low, b.head_high, 0.85),
                radius=tube * 1.05,
                steps=5,
            ),
            colour,
        )
    )
    belly = _between(b.bracket, b.head_low, 0.55) + point(0, -0.03, 0.03)
    parts.append((bent(b.bracket, belly, _between(b.head_low, b.head_high, 0.3), radius=tube * 1.35, steps=6), colour))
    return parts


def _suspended(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    pivot = _between(b.bracket, b.seat, 0.5)
    parts = masts(b, tube * 1.05, colour, post) + rear_triangle(b, tube * 1.2, BLACK_PAINT, pivot)
    parts.append(
        (pipe(_between(b.bracket, b.seat, 0.9), _between(b.head_low, b.head_high, 0.8), radius=tube * 1.2), colour)
    )
    parts.append((pipe(b.bracket, _between(b.head_low, b.head_high, 0.2), radius=tube * 1.5), colour))
    damper = _between(_between(b.bracket, b.seat, 0.88), b.head_high, 0.4)
    parts.append((pipe(pivot, damper, radius=0.016), CHROME))
    parts.append((pipe(pivot, _between(pivot, damper, 0.6), radius=0.026), DARK_STEEL))
    return parts


def _mixte(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube, colour, _between(b.bracket, b.seat, 0.95))
    high = _between(b.head_low, b.head_high, 0.75)
    parts.append(
        (both(pipe(high + point(0.012, 0, 0), b.rear + point(0.06, 0.02, 0), radius=tube * 0.6, sides=6)), colour)
    )
    parts.append((pipe(b.bracket, _between(b.head_low, b.head_high, 0.2), radius=tube * 1.1), colour))
    return parts


def _step_through(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube, colour, _between(b.bracket, b.seat, 0.9))
    low, high = _between(b.bracket, b.seat, 0.36), _between(b.head_low, b.head_high, 0.8)
    parts.append((pipe(low, high, radius=tube * 1.05), colour))
    parts.append((pipe(b.bracket, _between(b.head_low, b.head_high, 0.15), radius=tube * 1.1), colour))
    return parts


def _swan(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube, colour, _between(b.bracket, b.seat, 0.9))
    for low, share in ((_between(b.bracket, b.seat, 0.3), 0.75), (b.bracket, 0.1)):
        high = _between(b.head_low, b.head_high, share)
        sag = _between(low, high, 0.5) + point(0, -0.13, 0.05)
        parts.append((bent(low, sag, high, radius=tube * 1.05), colour))
    return parts


def _cruiser(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    joint = _between(b.bracket, b.seat, 0.92)
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube, colour, joint)
    for start, share, lift in (
        (joint, 0.85, 0.1),
        (_between(b.bracket, b.seat, 0.66), 0.5, 0.07),
        (b.bracket, 0.1, -0.14),
    ):
        high = _between(b.head_low, b.head_high, share)
        middle = _between(start, high, 0.5) + point(0, lift, 0.03)
        parts.append((bent(start, middle, high, radius=tube * (1.1 if lift < 0 else 0.95)), colour))
    return parts


def _folding(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    parts = masts(b, tube, colour, post) + rear_triangle(b, tube * 0.9, colour, b.seat)
    beam = _between(b.bracket, b.seat, 0.45)
    parts.append(
        (
            bent(
                beam,
                _between(beam, b.head_low, 0.5) + point(0, -0.06, 0),
                _between(b.head_low, b.head_high, 0.4),
                radius=tube * 1.7,
            ),
            colour,
        )
    )
    hinge = _between(beam, b.head_low, 0.5) + point(0, -0.03, 0)
    parts.append((pipe(hinge - point(0, 0.05, 0), hinge + point(0, 0.05, 0), radius=tube * 1.4), DARK_STEEL))
    return parts


def _tandem(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    back = b.seat + b.second - b.bracket
    parts = masts(b, tube, colour, post, second=True) + rear_triangle(b, tube, colour, _between(b.second, back, 0.95))
    high, low = _between(b.head_low, b.head_high, 0.8), _between(b.head_low, b.head_high, 0.25)
    rear_joint = _between(b.second, back, 0.93)
    for start, stop in (
        (rear_joint, _between(b.bracket, b.seat, 0.95)),
        (_between(b.bracket, b.seat, 0.95), high),
        (b.second, b.bracket),
        (b.bracket, low),
        (low, b.second + point(0, 0.12, 0)),
    ):
        parts.append((pipe(start, stop, radius=tube), colour))
    return parts


def _cargo(b: Bones, tube: float, colour: Material, post: Material) -> list[Part]:
    parts = _step_through(b, tube * 1.1, colour, post)
    crown = b.front + b.steer * (b.front_radius + 0.06)
    knee = b.head_low + point(0, -0.42, 0.12)
    parts.append(
        (
            bent(
                b.head_low,
                knee,
                knee + point(0, 0, 0.05),
                point(0, knee[1], crown[2] - 0.25),
                crown,
                radius=tube * 1.5,
                steps=14,
            ),
            colour,
        )
    )
    parts.append((both(pipe(b.front + point(0.055, 0, 0), crown + point(0.05, 0, 0), radius=tube * 0.8)), colour))
    parts.append((pipe(crown - point(0.05, 0, 0), crown + point(0.05, 0, 0), radius=tube), colour))
    return parts


FRAMES: dict[str, Callable[[Bones, float, Material, Material], list[Part]]] = {
    "diamond": _diamond,
    "mountain": _mountain,
    "suspended": _suspended,
    "mixte": _mixte,
    "step through": _step_through,
    "swan": _swan,
    "cruiser": _cruiser,
    "folding": _folding,
    "tandem": _tandem,
    "cargo": _cargo,
}
