"""Hulls: smooth bodies along z drawn through a few stations, and patches that lie on them (windows, stripes, glass)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.shapes.solids import Solid

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Hull:
    """Superelliptic cross-sections along z. Angles on it are degrees from the top, positive towards +x."""

    z: Floats  # (m,) ascending
    y: Floats  # (m,) height of each section's centre
    half_width: Floats  # (m,)
    half_height: Floats  # (m,)
    exponent: float  # 2 is an ellipse, larger is boxier


def hull(stations: Sequence[tuple[float, float, float, float]], samples: int = 26, exponent: float = 2.0) -> Hull:
    """A hull through `stations` of (z, y, half width, half height), in any order of z.

    Sizes are interpolated squared, so that an end of size zero is blunt, as a nose is.
    """
    table = np.array(sorted(stations), float)
    z, y, wide, high = table.T
    uniform = np.linspace(0, 1, samples)
    crowded = (uniform + (1 - np.cos(np.pi * uniform)) / 2) / 2  # closer together at the ends, where it curves
    at = z[0] + (z[-1] - z[0]) * crowded
    sizes = [np.sqrt(np.maximum(monotone(z, s**2, at), 0)) for s in (wide, high)]
    return Hull(at, monotone(z, y, at), sizes[0], sizes[1], exponent)


def shell(body: Hull, points: int = 18) -> Solid:
    """The whole closed surface."""
    angles = np.linspace(0, 360, points, endpoint=False)
    return grid(surface(body, body.z, angles), around=True, caps=True)


def patch(body: Hull, z: tuple[float, float], angles: tuple[float, float], lift: float) -> Solid:
    """A piece of the surface lifted off it by `lift`: glass, a stripe, the belly's colour."""
    inside = body.z[(body.z > min(z)) & (body.z < max(z))]
    rows = np.concatenate([[min(z)], inside, [max(z)]])
    columns = np.linspace(min(angles), max(angles), 2 + int(abs(angles[1] - angles[0]) / 10))
    return grid(surface(body, rows, columns, lift))


def slanted(body: Hull, corners: Sequence[tuple[float, float]], lift: float, steps: int = 6) -> Solid:
    """A four-cornered patch given by its corners (z, angle): rear low, rear high, front high, front low."""
    along, up = np.meshgrid(np.linspace(0, 1, steps), np.linspace(0, 1, steps), indexing="ij")
    rear_low, rear_high, front_high, front_low = np.asarray(corners, float)
    low = rear_low + along[..., None] * (front_low - rear_low)
    high = rear_high + along[..., None] * (front_high - rear_high)
    where = high + up[..., None] * (low - high)
    flat = where.reshape(-1, 2)
    return grid(surface_points(body, flat[:, 0], flat[:, 1], lift).reshape(steps, steps, 3))


def dashes(body: Hull, z: ArrayLike, size: tuple[float, float], angle: float, lift: float) -> Solid:
    """A row of small rectangles on both sides, `size` = (length along z, height), centred at each of `z`."""
    middle = np.asarray(z, float)
    high = np.interp(middle, body.z, body.half_height)
    swing = np.degrees(size[1] / 2 / np.maximum(high, 1e-6))
    corners = [(-0.5, -1), (0.5, -1), (0.5, 1), (-0.5, 1)]
    ring = np.stack(
        [surface_points(body, middle + a * size[0], angle + b * swing, lift) for a, b in corners], axis=1
    )  # (n, 4, 3)
    ring = np.concatenate([ring, ring[:, [1, 0, 3, 2]] * [-1, 1, 1]])
    start = 4 * np.arange(len(ring))[:, None]
    faces = np.concatenate([start + np.array(corner) for corner in ((0, 1, 2), (0, 2, 3))])
    return Solid(ring.reshape(-1, 3), faces, 40.0)


def surface(body: Hull, z: Floats, angles: Floats, lift: float = 0.0) -> Floats:
    """Points (len(z), len(angles), 3) of the surface, moved out by `lift`."""
    where = np.broadcast_arrays(z[:, None], angles[None])
    return surface_points(body, where[0].ravel(), where[1].ravel(), lift).reshape(len(z), len(angles), 3)


def surface_points(body: Hull, z: Floats, angles: Floats, lift: float = 0.0) -> Floats:
    """One point of the surface for each pair of z and angle."""
    y, wide, high = (np.interp(z, body.z, values) for values in (body.y, body.half_width, body.half_height))
    turn = np.radians(np.broadcast_to(angles, z.shape))
    across, up = (np.sign(v) * np.abs(v) ** (2 / body.exponent) for v in (np.sin(turn), np.cos(turn)))
    return np.stack([(wide + lift) * across, y + (high + lift) * up, z], axis=-1)


def lathe(profile: Sequence[tuple[float, float]], sides: int = 16, centre: ArrayLike = (0, 0, 0)) -> Solid:
    """A surface of revolution about z through (z, radius) points, its ends closed; going back in z makes a duct."""
    z, radius = np.array(profile, float).T
    turn = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    points = np.stack(
        [radius[:, None] * np.sin(turn), radius[:, None] * np.cos(turn), np.repeat(z[:, None], sides, 1)], axis=-1
    )
    return grid(points + np.asarray(centre, float), around=True, caps=True)


def grid(points: Floats, around: bool = False, caps: bool = False, crease: float = 40.0) -> Solid:
    """A surface through a grid of points (m, n, 3); its outside is (row direction) x (column direction).

    `around` joins the last column to the first; `caps` closes the first and last rows with fans.
    """
    m, n = points.shape[:2]
    columns = np.arange(n if around else n - 1)
    row, column = (a.ravel() for a in np.meshgrid(np.arange(m - 1), columns, indexing="ij"))
    here, right = row * n + column, row * n + (column + 1) % n
    faces = np.concatenate([np.stack([here, here + n, right + n], 1), np.stack([here, right + n, right], 1)])
    vertices = points.reshape(-1, 3)
    if caps:
        first, last = np.arange(n), (m - 1) * n + np.arange(n)
        ends = [
            np.stack([np.full(n, m * n), first, np.roll(first, -1)], 1),
            np.stack([np.full(n, m * n + 1), np.roll(last, -1), last], 1),
        ]
        vertices = np.concatenate([vertices, points[0].mean(0)[None], points[-1].mean(0)[None]])
        faces = np.concatenate([faces, *ends])
    return without_slivers(vertices, faces, crease)


def without_slivers(vertices: Floats, faces: NDArray[np.int64], crease: float) -> Solid:
    """The solid without triangles that have no area, as at a pointed end."""
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    extent = float(np.ptp(vertices, axis=0).max())
    return Solid(vertices, faces[area > 1e-9 * extent**2], crease)


def monotone(x: Floats, values: Floats, at: Floats) -> Floats:
    """Cubic Hermite interpolation that never overshoots (Fritsch and Butland 1984)."""
    step = np.diff(x)
    slope = np.diff(values) / step
    tangent = np.zeros_like(values)
    tangent[0], tangent[-1] = slope[0], slope[-1]
    if len(x) > 2:
        left, right = slope[:-1], slope[1:]
        same = left * right > 0
        one, two = 2 * step[1:] + step[:-1], step[1:] + 2 * step[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            tangent[1:-1] = np.where(same, (one + two) / (one / left + two / right), 0.0)
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(step) - 1)
    t = (at - x[i]) / step[i]
    return np.asarray(
        values[i] * (2 * t**3 - 3 * t**2 + 1)
        + step[i] * tangent[i] * (t**3 - 2 * t**2 + t)
        + values[i + 1] * (3 * t**2 - 2 * t**3)
        + step[i] * tangent[i + 1] * (t**3 - t**2)
    )
