"""Solids: the closed surfaces shapes are put together from, and how they are moved about. See assembly.py for meshes.

Axes: y up, +z forward, x to the left. Every solid's faces wind counter-clockwise seen from outside.

Primitives: box cylinder revolve ellipsoid tube torus loft section extrude plate.
Movements: moved rotated scaled mirrored_x joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.shapes.triangulation import (
    BEVELLED_FACES,
    BOX_FACES,
    CORNERS,
    PLATE_FACES,
    area,
    ears,
    grid_faces,
    poles_welded,
)

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Solid:
    """A triangle surface. Edges that bend by more than `crease` degrees are shaded as edges, the others as smooth."""

    vertices: NDArray[np.float64]  # (v, 3)
    faces: NDArray[np.int64]  # (f, 3)
    crease: float = 40.0


def box(size: Triple, centre: Triple = (0, 0, 0), bevel: float = 0.0) -> Solid:
    """A cuboid of the given full size; `bevel` cuts its edges off at that distance."""
    half = np.asarray(size, float) / 2
    if bevel <= 0:
        return Solid(CORNERS * half + centre, BOX_FACES)
    inner = half - min(bevel, 0.49 * 2 * half.min())
    vertices = np.concatenate([CORNERS * np.where(np.arange(3) == axis, half, inner) for axis in range(3)])
    return Solid(vertices + centre, BEVELLED_FACES)


def cylinder(
    radius: float,
    length: float,
    axis: str = "y",
    centre: Triple = (0, 0, 0),
    sides: int = 20,
    radius2: float | None = None,
) -> Solid:
    """A capped cylinder about `axis`; `radius2` is the radius at its positive end (0 makes a cone)."""
    end = radius if radius2 is None else radius2
    half = length / 2
    return revolve([(0, -half), (radius, -half), (end, half), (0, half)], axis, centre, sides)


def revolve(
    profile: ArrayLike, axis: str = "y", centre: Triple = (0, 0, 0), sides: int = 20, closed: bool = False
) -> Solid:
    """A turned solid: `profile` (k, 2) of (radius, height along `axis`).

    Begin and end it at radius 0 for a closed solid, or pass `closed` to join its end to its beginning (a ring).
    """
    outline = np.asarray(profile, float)
    turn = np.arange(sides) * (2 * np.pi / sides)
    wheel = np.stack([np.cos(turn), np.sin(turn)], 1)
    rings = np.empty((len(outline), sides, 3))
    rings[..., :2] = outline[:, None, :1] * wheel
    rings[..., 2] = outline[:, None, 1]
    faces = grid_faces(len(outline), sides, wrap_rows=closed)
    vertices, faces = poles_welded(rings.reshape(-1, 3), faces, outline[:, 0] <= 0, sides)
    return _outward(vertices[:, _ALONG[axis]] + centre, faces)


def ellipsoid(
    radii: Triple, centre: Triple = (0, 0, 0), rings: int = 10, sides: int = 16, squareness: float = 1.0
) -> Solid:
    """An ellipsoid with its poles up and down; a `squareness` below 1 fills its box out more (a superellipsoid)."""
    rise = np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    turn = np.arange(sides) * (2 * np.pi / sides)
    across, up = _power(np.cos(rise), squareness), _power(np.sin(rise), squareness)
    across[[0, -1]] = 0
    left, ahead = _power(np.cos(turn), squareness), _power(np.sin(turn), squareness)
    grid = np.stack([across[:, None] * left, np.repeat(up[:, None], sides, 1), across[:, None] * ahead], -1)
    vertices = grid.reshape(-1, 3) * radii
    faces = grid_faces(rings + 1, sides)
    vertices, faces = poles_welded(vertices, faces, across <= 0, sides)
    return _outward(vertices + centre, faces)


def tube(
    path: ArrayLike, radii: float | ArrayLike, sides: int = 8, closed: bool = False, rounded: bool = True
) -> Solid:
    """A round sweep along `path` (n, 3) with one radius or n of them.

    Its ends are half balls, or flat with `rounded=False` (far fewer triangles); `closed` joins them instead.
    """
    line = np.asarray(path, float)
    radius = np.broadcast_to(np.asarray(radii, float), len(line)).copy()
    ahead = np.roll(line, -1, 0) - np.roll(line, 1, 0) if closed else np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-12
    if not closed:
        line, radius, ahead = _with_ends(line, radius, ahead, rounded)
    side = _transported(ahead)
    turn = np.arange(sides) * (2 * np.pi / sides)
    around = np.cos(turn)[:, None] * side[:, None] + np.sin(turn)[:, None] * np.cross(ahead, side)[:, None]
    vertices = (line[:, None] + radius[:, None, None] * around).reshape(-1, 3)
    faces = grid_faces(len(line), sides, wrap_rows=closed)
    vertices, faces = poles_welded(vertices, faces, radius <= 0, sides)
    return _outward(vertices, faces, crease=50.0)


def torus(
    radius: float, thickness: float, axis: str = "x", centre: Triple = (0, 0, 0), sides: int = 24, rings: int = 8
) -> Solid:
    """A ring about `axis`: `radius` to the middle of its tube, `thickness` the tube's diameter, `rings` its facets."""
    turn = np.arange(rings) * (2 * np.pi / rings)
    profile = np.stack([radius + thickness / 2 * np.cos(turn), thickness / 2 * np.sin(turn)], 1)
    return replace(revolve(profile, axis, centre, sides, closed=True), crease=60.0)


def loft(sections: Sequence[ArrayLike], close_ends: bool = True) -> Solid:
    """A hull through cross-sections (k, 3) of equal count; each is capped by a fan, so it should be star-shaped."""
    rows = np.asarray(sections, float)
    count, points = rows.shape[:2]
    faces = grid_faces(count, points)
    centres = np.stack([rows[0].mean(0), rows[-1].mean(0)])
    ring = np.arange(points)
    start = np.stack([np.roll(ring, -1), ring, np.full(points, count * points)], 1)
    last = (count - 1) * points
    end = np.stack([last + ring, last + np.roll(ring, -1), np.full(points, count * points + 1)], 1)
    whole = _outward(np.concatenate([rows.reshape(-1, 3), centres]), np.concatenate([faces, start, end]))
    return whole if close_ends else Solid(whole.vertices[:-2], whole.faces[: len(faces)], whole.crease)


def section(
    width: float,
    height: float,
    centre: tuple[float, float] = (0, 0),
    z: float = 0.0,
    exponent: float = 2.5,
    points: int = 24,
) -> NDArray[np.float64]:
    """A superellipse (points, 3) across z, for lofts: exponent 2 is an ellipse, 5 nearly a rectangle."""
    turn = np.arange(points) * (2 * np.pi / points)
    x = width / 2 * _power(np.cos(turn), 2 / exponent)
    y = height / 2 * _power(np.sin(turn), 2 / exponent)
    return np.stack([x + centre[0], y + centre[1], np.full(points, float(z))], 1)


def extrude(outline: ArrayLike, depth: float, axis: str = "x", centre: Triple = (0, 0, 0)) -> Solid:
    """A simple polygon (k, 2), which may be concave, made `depth` thick along `axis`, half of it to either side.

    The outline is (z, y) for axis x, (x, z) for axis y and (x, y) for axis z, in either winding.
    """
    flat = np.asarray(outline, float)
    if area(flat) < 0:
        flat = flat[::-1]
    count = len(flat)
    caps = ears(flat)
    low = np.insert(flat, 2, -depth / 2, 1)
    vertices = np.concatenate([low, low + np.array([0, 0, depth])])
    ring = np.arange(count)
    after = np.roll(ring, -1)
    sides = np.concatenate(
        [np.stack([ring, after, after + count], 1), np.stack([ring, after + count, ring + count], 1)]
    )
    faces = np.concatenate([caps[:, ::-1], caps + count, sides])
    order = {"x": [2, 1, 0], "y": [0, 2, 1], "z": [0, 1, 2]}[axis]
    return _outward(vertices[:, order] + centre, faces, crease=30.0)


def plate(corners: ArrayLike, thickness: float) -> Solid:
    """A slab on four corners (4, 3) in order around it, `thickness` thick, half of it to either side."""
    ring = np.asarray(corners, float)
    across = np.cross(ring[2] - ring[0], ring[3] - ring[1])
    across *= thickness / 2 / (np.linalg.norm(across) + 1e-12)
    return _outward(np.concatenate([ring - across, ring + across]), PLATE_FACES)


def moved(solid: Solid, offset: ArrayLike) -> Solid:
    """Shifted by (x, y, z)."""
    return replace(solid, vertices=solid.vertices + np.asarray(offset, float))


def rotated(solid: Solid, axis: str, degrees: float, about: Triple = (0, 0, 0)) -> Solid:
    """Turned by the right-hand rule about an axis through the point `about`."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }[axis]
    pivot = np.asarray(about, float)
    return replace(solid, vertices=(solid.vertices - pivot) @ np.array(turn).T + pivot)


def scaled(solid: Solid, factors: float | Triple) -> Solid:
    """Scaled about the origin; a negative factor mirrors, and the faces are turned to stay outward."""
    by = np.broadcast_to(np.asarray(factors, float), 3)
    faces = solid.faces[:, ::-1] if np.prod(by) < 0 else solid.faces
    return replace(solid, vertices=solid.vertices * by, faces=faces)


def mirrored_x(solid: Solid) -> Solid:
    """The solid on the other side of the plane x = 0."""
    return scaled(solid, (-1, 1, 1))


def joined(*solids: Solid) -> Solid:
    """Several solids as one, shaded with the first one's crease."""
    starts = np.cumsum([0] + [len(s.vertices) for s in solids[:-1]])
    faces = np.concatenate([s.faces + start for s, start in zip(solids, starts, strict=True)])
    return Solid(np.concatenate([s.vertices for s in solids]), faces, solids[0].crease)


_ALONG = {"x": [2, 0, 1], "y": [1, 2, 0], "z": [0, 1, 2]}  # where (across, across, along) go, keeping handedness


def _power(value: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    return np.sign(value) * np.abs(value) ** exponent


def _outward(vertices: NDArray[np.float64], faces: NDArray[np.int64], crease: float = 40.0) -> Solid:
    """The solid with its faces turned so that the volume they enclose is positive."""
    a, b, c = (vertices - vertices.mean(0))[faces].transpose(1, 0, 2)
    turned = np.einsum("ij,ij->", a, np.cross(b, c)) < 0
    return Solid(vertices, faces[:, ::-1] if turned else faces, crease)


def _with_ends(
    line: NDArray[np.float64], radius: NDArray[np.float64], ahead: NDArray[np.float64], rounded: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Closing rings for a tube: a pole at either end, and with `rounded` the pole pushed out and a ring before it."""
    reach = (0.0,) if not rounded else (0.707, 1.0)  # sin 45 and 90 degrees
    width = (0.0,) if not rounded else (0.707, 0.0)
    out = [line[0] - ahead[0] * radius[0] * r for r in reach[::-1]]
    far = [line[-1] + ahead[-1] * radius[-1] * r for r in reach]
    n = len(reach)
    return (
        np.concatenate([out, line, far]),
        np.concatenate([radius[0] * np.array(width[::-1]), radius, radius[-1] * np.array(width)]),
        np.concatenate([np.repeat(ahead[:1], n, 0), ahead, np.repeat(ahead[-1:], n, 0)]),
    )


def _transported(ahead: NDArray[np.float64]) -> NDArray[np.float64]:
    """A direction across each step of a path, carried along it without twisting."""
    start = np.eye(3)[np.abs(ahead[0]).argmin()]
    side = np.empty_like(ahead)
    for i, step in enumerate(ahead):
        start = start - step * (start @ step)
        start = start / (np.sqrt(start @ start) + 1e-12)
        side[i] = start
    return side
