"""What bicycles and motorcycles share: spoked wheels, mudguards, rods, and turning about the steering axis."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes.hull import grid
from mixreal.models.shapes.palette import RUBBER, STEEL
from mixreal.models.shapes.solids import Solid, cylinder, joined, mirrored_x, torus, tube

Part = tuple[Solid, Material]
Floats = NDArray[np.float64]


def point(x: float, y: float, z: float) -> Floats:
    """A place, in metres."""
    return np.array([x, y, z], float)


def both(solid: Solid) -> Solid:
    """The solid and its mirror image."""
    return joined(solid, mirrored_x(solid))


def pipe(*stops: ArrayLike, radius: float | ArrayLike, sides: int = 8) -> Solid:
    """A flat-ended tube through the given places."""
    return tube(np.array(stops, float), radius, sides, rounded=False)


def bent(*stops: ArrayLike, radius: float | ArrayLike, sides: int = 8, steps: int = 10) -> Solid:
    """A tube along a smooth curve that passes near the given places (a Bezier curve)."""
    line = bezier(np.array(stops, float), steps)
    sizes = np.interp(np.linspace(0, 1, steps), np.linspace(0, 1, np.size(radius)), np.atleast_1d(radius))
    return tube(line, sizes, sides, rounded=False)


def bezier(stops: Floats, steps: int) -> Floats:
    """Points (steps, 3) of the Bezier curve with control points `stops`, by de Casteljau's rule."""
    t = np.linspace(0, 1, steps)[:, None, None]
    level = np.broadcast_to(stops, (steps, *stops.shape))
    while level.shape[1] > 1:
        level = level[:, :-1] * (1 - t) + level[:, 1:] * t
    return level[:, 0]


def rods(starts: ArrayLike, stops: ArrayLike, radius: float, sides: int = 3) -> Solid:
    """Many straight thin rods at once, open-ended: spokes, wires, baskets."""
    a, b = np.asarray(starts, float), np.asarray(stops, float)
    ahead = (b - a) / np.linalg.norm(b - a, axis=1, keepdims=True)
    least = np.eye(3)[np.abs(ahead).argmin(1)]
    side = np.cross(ahead, least)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(ahead, side)
    turn = np.arange(sides) * (2 * np.pi / sides)
    ring = np.cos(turn)[None, :, None] * side[:, None] + np.sin(turn)[None, :, None] * other[:, None]
    vertices = np.stack([a[:, None] + radius * ring, b[:, None] + radius * ring], 1)  # (n, 2, sides, 3)
    here, after = np.arange(sides), (np.arange(sides) + 1) % sides
    faces = np.concatenate(
        [np.stack([here, after, after + sides], 1), np.stack([here, after + sides, here + sides], 1)]
    )
    starting = (np.arange(len(a)) * 2 * sides)[:, None, None]
    return Solid(vertices.reshape(-1, 3), (faces[None] + starting).reshape(-1, 3), 80.0)


def spoked_wheel(
    axle: Floats,
    radius: float,
    tyre: float,
    rim: Material,
    spin: float,
    spokes: int = 24,
    thick: float = 0.0026,
    wall: Material = RUBBER,
    knobs: bool = False,
    hub: float = 0.022,
) -> list[Part]:
    """A bicycle or vintage wheel about x: tyre (`tyre` across), rim, crossed spokes, hub; `spin` in radians."""
    x, y, z = (float(v) for v in axle)
    parts = [(tyre_ring((x, y, z), radius, tyre, 1.0, knobs), wall)]
    inside = radius - tyre - 0.006
    parts.append((torus(inside, max(0.018, tyre * 0.6), "x", (x, y, z), 26, 4), rim))
    angle = spin + np.arange(spokes) * (2 * np.pi / spokes)
    lean = np.where(np.arange(spokes) % 4 < 2, 1.0, -1.0) * 1.1  # spokes leave the hub nearly along its edge
    side = np.where(np.arange(spokes) % 2, 1.0, -1.0) * 0.034
    foot = np.stack([x + side, y + hub * 1.2 * np.cos(angle + lean), z + hub * 1.2 * np.sin(angle + lean)], 1)
    head = np.stack([np.full(spokes, x), y + inside * np.cos(angle), z + inside * np.sin(angle)], 1)
    parts.append((rods(foot, head, thick), STEEL))
    parts.append((cylinder(hub, 0.085, "x", (x, y, z), 10), STEEL))
    return parts


def tyre_ring(
    centre: tuple[float, float, float], radius: float, tall: float, wide: float = 1.0, knobs: bool = False
) -> Solid:
    """A tyre of outer `radius`, `tall` from rim to tread and `wide` times as broad, with knobs if wanted."""
    sides = 44 if knobs else 28
    ring = torus(radius - tall / 2, tall, "x", (0, 0, 0), sides, 6)
    vertices = ring.vertices * [wide, 1, 1]
    if knobs:  # every other slice of the tread stands out
        out = np.linalg.norm(vertices[:, 1:], axis=1)
        step = np.round(np.arctan2(vertices[:, 2], vertices[:, 1]) / (2 * np.pi) * sides).astype(int) % 2
        grow = np.where((out > radius - tall * 0.4) & (step == 0), 1 + 0.16 * tall / radius, 1.0)
        vertices = vertices * np.stack([np.where(grow > 1, 1.08, 1.0), grow, grow], 1)
    return replace(ring, vertices=vertices + np.asarray(centre))


def mudguard(
    axle: Floats, radius: float, width: float, start: float, stop: float, deep: float = 0.35, thick: float = 0.006
) -> Solid:
    """An arched strip over a wheel; angles in degrees from the front (0) over the top (90) to the rear (180).

    `deep` is how far its edges come down, per half width.
    """
    turn = np.radians(np.linspace(start, stop, 11))
    across = np.array([-1, -0.6, 0.6, 1]) * width / 2
    drop = np.array([-deep, 0, 0, -deep]) * width / 2
    profile = np.concatenate([np.stack([across, radius + drop], 1), np.stack([across, radius + thick + drop], 1)[::-1]])
    ring = np.stack(
        [
            np.broadcast_to(profile[:, 0], (11, 8)),
            np.sin(turn)[:, None] * profile[:, 1],
            np.cos(turn)[:, None] * profile[:, 1],
        ],
        -1,
    )
    return grid(ring + axle, around=True, caps=True)


def turned(parts: list[Part], through: Floats, along: Floats, degrees: float) -> list[Part]:
    """The parts turned about the axis `along` that passes `through` a place, by the right-hand rule."""
    if not degrees:
        return parts
    k = along / np.linalg.norm(along)
    skew = np.array([[0, -k[2], k[1]], [k[2], 0, -k[0]], [-k[1], k[0], 0]])
    t = np.radians(degrees)
    matrix = np.eye(3) + np.sin(t) * skew + (1 - np.cos(t)) * skew @ skew  # Rodrigues
    return [(replace(s, vertices=(s.vertices - through) @ matrix.T + through), m) for s, m in parts]


def turned_point(where: Floats, through: Floats, along: Floats, degrees: float) -> Floats:
    """One place turned as `turned` does."""
    k, t, v = along / np.linalg.norm(along), np.radians(degrees), where - through
    return np.asarray(through + v * np.cos(t) + np.cross(k, v) * np.sin(t) + k * (k @ v) * (1 - np.cos(t)))
