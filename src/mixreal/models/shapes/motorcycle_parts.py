"""What motorcycles are put together from: wheels, forks, engines, exhausts, tanks, seats, lamps, cases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import Floats, Part, bent, both, pipe, point, rods, spoked_wheel, tyre_ring
from mixreal.models.shapes.hull import hull, shell
from mixreal.models.shapes.palette import (
    AMBER,
    BLACK_LEATHER,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    GREY_PLASTIC,
    PLATE,
    RUBBER,
    STEEL,
    TAILLIGHT,
)
from mixreal.models.shapes.solids import Solid, box, cylinder, ellipsoid, joined, moved, plate, torus

Station = tuple[float, float, float, float]  # z, y, half width, half height


@dataclass(frozen=True)
class Chassis:
    """Where the wheels and the steering are, in metres."""

    rear_radius: float
    front_radius: float
    rear: Floats  # axles, (3,)
    front: Floats
    head: Floats  # middle of the steering head
    steer: Floats  # unit, up along the steering axis


@dataclass(frozen=True)
class Draft:
    """A motorcycle before it is turned, leaned or mounted."""

    chassis: Chassis
    fixed: list[Part]
    steered: list[Part]  # turns with the handlebar
    seat: Floats  # where a rider sits, (3,)
    hands: tuple[Floats, Floats]  # left, right
    feet: tuple[Floats, Floats]
    lean: float  # of a rider's back, degrees
    leans: bool = True  # stands on a side stand


def chassis(
    rear_radius: float, front_radius: float, wheelbase: float, rake: float, trail_back: float = 0.06, head: float = 0.92
) -> Chassis:
    """A chassis standing on y = 0; `rake` in degrees from upright; `head` is the height of the steering head."""
    steer = point(0, np.cos(np.radians(rake)), -np.sin(np.radians(rake)))
    front = point(0, front_radius, wheelbase)
    top = front + steer * ((head - front_radius) / steer[1]) - point(0, 0, trail_back)
    return Chassis(rear_radius, front_radius, point(0, rear_radius, 0), front, top, steer)


def body(stations: Sequence[Station], exponent: float = 2.3, samples: int = 9, points: int = 12) -> Solid:
    """A smooth piece of bodywork through stations of (z, y, half width, half height)."""
    return shell(hull(list(stations), samples, exponent), points)


def wheel(axle: Floats, radius: float, tall: float, wide: float, style: str, rim: Material, spin: float) -> list[Part]:
    """A tyre on a "cast", "spoked", "knobbly" or "disc" wheel, with a brake disc on the left; sizes in metres."""
    if style in ("spoked", "knobbly"):
        parts = spoked_wheel(axle, radius, tall, rim, spin, 28, 0.0035, knobs=style == "knobbly", hub=0.05)
        tread = tyre_ring((0, 0, 0), radius, tall, wide / tall, style == "knobbly")
        return [(moved(tread, axle), RUBBER), *parts[1:], *brake_disc(axle, 0.1)]
    x, y, z = (float(v) for v in axle)
    inside = radius - tall * 0.9
    parts = [(tyre_ring((x, y, z), radius, tall, wide / tall), RUBBER)]
    ring = torus(inside, 0.03, "x", (0, 0, 0), 22, 4)
    parts.append((Solid(ring.vertices * [wide / 0.045, 1, 1] + axle, ring.faces, 60.0), rim))
    if style == "disc":
        parts.append((cylinder(inside, wide * 0.4, "x", (x, y, z), 18), rim))
    else:
        turn = spin + np.arange(5) * (2 * np.pi / 5)
        out = np.stack([np.zeros(5), np.cos(turn), np.sin(turn)], 1)
        across = np.stack([np.zeros(5), -np.sin(turn), np.cos(turn)], 1)
        for o, a in zip(out, across, strict=True):
            for side in (-0.35, 0.35):
                parts.append(
                    (pipe(axle + o * 0.05, axle + o * inside + a * side * 0.1, radius=(0.017, 0.013), sides=4), rim)
                )
    parts.append((cylinder(0.055, wide * 0.9, "x", (x, y, z), 12), rim))
    return parts + brake_disc(axle, inside * 0.62)


def brake_disc(axle: Floats, radius: float) -> list[Part]:
    """Discs on both sides with a caliper."""
    x, y, z = (float(v) for v in axle)
    disc = both(cylinder(radius, 0.006, "x", (x + 0.065, y, z), 13))
    caliper = both(box((0.04, 0.07, 0.05), (x + 0.07, y + radius * 0.6, z - radius * 0.75)))
    return [(disc, STEEL), (caliper, DARK_STEEL)]


def indicators(z: float, y: float, x: float) -> Part:
    """A pair of amber lamps."""
    return both(ellipsoid((0.03, 0.025, 0.03), (x, y, z), 5, 8)), AMBER


def tail_light(where: tuple[float, float, float], size: float = 0.05) -> list[Part]:
    """A lamp and the number plate beneath it."""
    x, y, z = where
    return [
        (ellipsoid((size, size * 0.55, 0.03), (x, y, z), 5, 10), TAILLIGHT),
        (
            plate(
                np.array(
                    [
                        (x - 0.08, y - 0.04, z),
                        (x + 0.08, y - 0.04, z),
                        (x + 0.08, y - 0.16, z - 0.03),
                        (x - 0.08, y - 0.16, z - 0.03),
                    ]
                ),
                0.01,
            ),
            PLATE,
        ),
    ]


def finned(foot: Floats, top: Floats, width: float, depth: float, surface: Material, fins: int = 6) -> list[Part]:
    """An engine cylinder from crankcase to head with cooling fins across it."""
    foot, top = np.asarray(foot, float), np.asarray(top, float)
    along = (top - foot) / np.linalg.norm(top - foot)
    lean = np.degrees(np.arctan2(along[2], along[1]))
    length = float(np.linalg.norm(top - foot))
    pieces = [box((width * 0.72, length, depth * 0.72), (0, length / 2, 0))]
    for share in np.linspace(0.22, 0.78, fins):
        pieces.append(box((width, length * 0.055, depth), (0, length * share, 0)))
    pieces.append(box((width * 0.85, length * 0.2, depth * 0.9), (0, length * 0.95, 0), 0.02))
    t = np.radians(lean)
    matrix = np.array([[1, 0, 0], [0, np.cos(t), -np.sin(t)], [0, np.sin(t), np.cos(t)]])
    whole = joined(*pieces)
    return [(Solid(whole.vertices @ matrix.T + foot, whole.faces, 40.0), surface)]


def crankcase(z: float, y: float, size: tuple[float, float, float], surface: Material, cover: Material) -> list[Part]:
    """The lower engine with round covers on its sides."""
    w, h, d = size
    return [
        (box((w, h, d), (0, y, z), 0.035), surface),
        (both(cylinder(h * 0.42, 0.05, "x", (w / 2, y, z + d * 0.2), 14)), cover),
        (both(cylinder(h * 0.3, 0.04, "x", (w / 2, y + h * 0.02, z - d * 0.28), 12)), cover),
    ]


def engine(kind: str, z: float, y: float, width: float, block: Material, cover: Material) -> list[Part]:
    """An "inline", "single", "vee" or "boxer" engine around its crankcase at (y, z)."""
    parts = crankcase(z, y, (width, 0.24, 0.42), block, cover)
    low = point(0, y + 0.1, z)
    if kind == "vee":
        for lean in (0.16, -0.15):
            parts += finned(
                low + point(0, -0.02, lean * 0.35),
                low + point(0, 0.27, lean * 1.25),
                0.17,
                0.17,
                cover if lean > 0 else block,
            )
        parts.append((cylinder(0.085, 0.08, "x", (-0.14, y + 0.23, z), 14), CHROME))
    elif kind == "boxer":
        for side in (1, -1):
            pieces = [box((0.2, 0.11, 0.13), (side * 0.22, y, z + 0.08), 0.01)]
            pieces += [box((0.012, 0.16, 0.19), (side * (0.15 + 0.028 * i), y, z + 0.08)) for i in range(5)]
            parts.append((joined(*pieces), block))
            parts.append((ellipsoid((0.045, 0.075, 0.095), (side * 0.33, y, z + 0.08), 7, 10), cover))
    else:
        wide = 0.4 if kind == "inline" else 0.17
        parts += finned(low + point(0, 0, 0.06), low + point(0, 0.28, 0.15), wide, 0.2, block, 5)
    return parts


def exhaust(
    kind: str, z: float, y: float, rear: float, colour: Material, muffler: Material, ground: float = 0.3
) -> list[Part]:
    """Pipes from the engine's front at (y, z) to a muffler near z = `rear`.

    "low": one on the right; "twin": both sides; "stacked": two slashed pipes on the right; "high": rising on the right.
    """
    right = []
    start = point(-0.08, y + 0.28, z + 0.2)
    knee = point(-0.1, y - 0.1, z + 0.36)
    if kind == "high":
        path = [
            start,
            start + point(-0.03, -0.15, 0.1),
            point(-0.17, y + 0.1, z - 0.1),
            point(-0.18, y + 0.25, rear + 0.35),
        ]
        right.append((bent(*path, radius=0.024, sides=7), colour))
        right.append(
            (
                pipe(
                    path[-1],
                    path[-1] + point(0, 0.07, -0.1),
                    path[-1] + point(0, 0.13, -0.4),
                    radius=(0.03, 0.06, 0.06),
                    sides=10,
                ),
                muffler,
            )
        )
    else:
        lift = {"low": 0.12, "twin": 0.0, "stacked": 0.0}[kind]
        low = point(-0.15, ground - 0.02, z)
        right.append(
            (
                bent(
                    start,
                    knee + point(0, 0.1, 0.06),
                    point(-0.13, ground - 0.1, z + 0.26),
                    low,
                    radius=0.024,
                    sides=7,
                    steps=9,
                ),
                colour,
            )
        )
        end = point(-0.21, ground + lift, rear)
        right.append(
            (
                pipe(
                    low,
                    low + (end - low) * 0.28,
                    low + (end - low) * 0.4,
                    end,
                    radius=(0.024, 0.03, 0.055, 0.06),
                    sides=10,
                ),
                muffler,
            )
        )
        right.append((cylinder(0.045, 0.02, "z", tuple(end - point(0, 0, 0.006)), 10), DARK_STEEL))
        if kind == "stacked":
            up = point(0, 0.11, 0.02)
            right.append(
                (
                    bent(start + up, knee + up * 1.6, low + up + point(0, 0, 0.1), low + up, radius=0.024, sides=7),
                    colour,
                )
            )
            right.append(
                (
                    pipe(
                        low + up,
                        low + up + (end - low) * 0.4,
                        end + up + point(0, 0, 0.12),
                        radius=(0.026, 0.045, 0.05),
                        sides=10,
                    ),
                    muffler,
                )
            )
    return [(both(solid) if kind == "twin" else solid, m) for solid, m in right]


def swingarm(c: Chassis, pivot: Floats, colour: Material, shocks: Floats | None) -> list[Part]:
    """Arms from the pivot to the rear axle; springs up to `shocks` if given; a chain."""
    out = point(0.11, 0, 0)
    parts: list[Part] = [(both(pipe(pivot + out * 0.9, c.rear + out, radius=0.028, sides=6)), colour)]
    cog = c.rear + point(0.085, 0, 0)
    parts.append((cylinder(0.09, 0.012, "x", tuple(cog), 16), DARK_STEEL))
    parts.append(
        (
            rods(
                [cog + point(0, 0.09, 0), cog - point(0, 0.09, 0)],
                [pivot + point(0.085, 0.05, 0.06), pivot + point(0.085, -0.05, 0.06)],
                0.012,
                4,
            ),
            DARK_STEEL,
        )
    )
    if shocks is not None:
        low, high = c.rear + point(0.13, 0.04, 0.04), shocks + point(0.12, 0, 0)
        parts.append((both(pipe(low, high, radius=0.016, sides=6)), CHROME))
        parts.append(
            (both(pipe(low + (high - low) * 0.25, low + (high - low) * 0.9, radius=0.032, sides=8)), DARK_STEEL)
        )
    return parts


def frame_tubes(
    c: Chassis, pivot: Floats, seat: Floats, colour: Material, low: float, thick: float = 0.02
) -> list[Part]:
    """A cradle: down from the head under the engine to the pivot, and the rails along under tank and seat."""
    out = point(0.08, 0, 0)
    down = [
        c.head,
        point(0.12, low + 0.25, c.head[2] - 0.02),
        point(0.13, low, c.head[2] - 0.22),
        pivot + out + point(0, low - pivot[1], 0.02),
    ]
    return [
        (both(bent(*down, radius=thick, sides=6, steps=8)), colour),
        (both(pipe(c.head, pivot + out + point(0, 0.25, 0), pivot + out, radius=thick * 1.1, sides=6)), colour),
        (both(pipe(pivot + out + point(0, 0.25, 0), seat + out, radius=thick * 0.9, sides=6)), colour),
        (both(pipe(pivot + out, seat + out, radius=thick * 0.8, sides=6)), colour),
        (pipe(c.head - c.steer * 0.1, c.head + c.steer * 0.06, radius=0.035, sides=9), colour),
    ]


def foot_pegs(z: float, y: float) -> tuple[list[Part], tuple[Floats, Floats]]:
    """Pegs, and where the feet go."""
    peg = point(0.26, y, z)
    return [(both(pipe(point(0.13, y, z), peg, radius=0.016, sides=6)), DARK_PLASTIC)], (peg, peg * [-1, 1, 1])


def side_stand(z: float) -> Part:
    """A stand on the left; the motorcycle leans onto it."""
    return pipe(point(0.12, 0.25, z), point(0.27, 0.02, z - 0.08), radius=0.015, sides=6), DARK_STEEL


def pair_of_cases(
    z: float, y: float, size: tuple[float, float, float], colour: Material, hard: bool, x: float = 0.27
) -> list[Part]:
    """Panniers beside the rear wheel, with a seam when hard."""
    w, h, d = size
    case = box(size, (x, y, z), 0.02 if hard else 0.07)
    seam = box((w * 1.03, h * 0.03, d * 1.02), (x, y + h * 0.22, z))
    return [(both(case), colour), (both(seam), GREY_PLASTIC if hard else BLACK_LEATHER)]
