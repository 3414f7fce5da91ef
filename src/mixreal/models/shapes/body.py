"""Body: soft surfaces for living things. Rounded cones melt into one field, which is meshed by nets or by rays.

A field is a tuple of limbs. `surface` meshes any field on a grid (naive surface nets, Gibson 1998); `rays` finds it
along given directions from a point inside (heads); `decal` and `ribbon` lay flat outlines on its front (eyes, lips).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.mesh import Mesh
from mixreal.models.shapes.solids import Solid
from mixreal.models.shapes.triangulation import grid_faces, poles_welded

Floats = NDArray[np.float64]
SMOOTH = 180.0  # crease in degrees: soft surfaces have no edges


@dataclass(frozen=True)
class Limb:
    """A rounded cone from `start` to `end`, flattened to `flat` of its thickness along the unit vector `across`."""

    start: Floats  # (3,)
    end: Floats  # (3,)
    radius: float  # at the start
    radius2: float  # at the end
    blend: float  # how far away it begins to melt into what came before
    across: Floats  # (3,)
    flat: float = 1.0
    carve: bool = False  # cut out of what came before, rather than added


@dataclass(frozen=True)
class Relief:
    """The front of a field as heights over a grid of x and y."""

    corner: tuple[float, float]
    step: float
    z: Floats  # (m, n)


def limb(
    start: ArrayLike,
    end: ArrayLike,
    radius: float,
    radius2: float | None = None,
    blend: float = 0.1,
    across: ArrayLike = (1, 0, 0),
    flat: float = 1.0,
    carve: bool = False,
) -> Limb:
    """A limb; `radius2` is `radius` unless given, `across` need not be of unit length."""
    direction = np.asarray(across, float)
    direction = direction / np.linalg.norm(direction)
    first, last = np.asarray(start, float), np.asarray(end, float)
    return Limb(first, last, radius, radius if radius2 is None else radius2, blend, direction, flat, carve)


def ball(
    centre: ArrayLike, radius: float, blend: float = 0.1, across: ArrayLike = (1, 0, 0), flat: float = 1.0
) -> Limb:
    """A limb of no length."""
    return limb(centre, centre, radius, radius, blend, across, flat)


def thicker(limbs: Sequence[Limb], by: float) -> tuple[Limb, ...]:
    """The same limbs with all radii `by` larger: clothes over a body."""
    return tuple(replace(part, radius=part.radius + by, radius2=part.radius2 + by) for part in limbs)


def turned(limbs: Sequence[Limb], turn: Floats, offset: Floats) -> tuple[Limb, ...]:
    """The limbs rotated by the matrix `turn` (3, 3), then moved by `offset`."""
    return tuple(
        replace(part, start=turn @ part.start + offset, end=turn @ part.end + offset, across=turn @ part.across)
        for part in limbs
    )


def distance(limbs: Sequence[Limb], points: Floats) -> Floats:
    """The field at points (n, 3): negative inside, roughly a distance near the surface."""
    field = np.full(len(points), 1e3)
    x, y, z = points.T
    for part in limbs:
        field = _melted(field, _limb_distance(part, x, y, z), part)
    return field


def surface(limbs: Sequence[Limb], cell: float, floor: float | None = None) -> Solid:
    """The field's surface with triangles of about `cell`; what lies below y = `floor` is cut off flat."""
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for part in limbs:
        if not part.carve:
            reach = max(part.radius, part.radius2) + part.blend / 4
            low = np.minimum(low, np.minimum(part.start, part.end) - reach)
            high = np.maximum(high, np.maximum(part.start, part.end) + reach)
    if floor is not None:
        low[1] = max(low[1], floor)
    low, high = low - 2.01 * cell, high + 2.01 * cell
    axes = [np.arange(float(a), float(b), cell).astype(np.float32) for a, b in zip(low, high, strict=True)]
    field = np.full([len(a) for a in axes], 4 * cell, np.float32)
    for part in limbs:
        reach = max(part.radius, part.radius2) + part.blend + 2 * cell
        first = np.minimum(part.start, part.end) - reach
        last = np.maximum(part.start, part.end) + reach
        block = tuple(slice(*np.searchsorted(a, (f, t))) for a, f, t in zip(axes, first, last, strict=True))
        x, y, z = np.ix_(*[a[s].astype(np.float64) for a, s in zip(axes, block, strict=True)])
        field[block] = _melted(field[block].astype(np.float64), _limb_distance(part, x, y, z), part)
    if floor is not None:
        field = np.maximum(field, (floor - axes[1])[None, :, None])
    return _nets(field, low, cell)


def rays(limbs: Sequence[Limb], centre: ArrayLike, directions: Floats, far: float) -> Floats:
    """How far (n,) the surface is from a point inside, along unit directions (n, 3); it must be star-shaped there."""
    origin = np.asarray(centre, float)
    return _crossing(limbs, lambda r: origin + directions * r[:, None], len(directions), 0.0, far)


def sphere_directions(rows: int, columns: int, front: float = 0.45) -> Floats:
    """Unit directions (rows, columns, 3) from pole to pole, y up, denser towards +z by `front` in [0, 1)."""
    turn = np.linspace(-np.pi, np.pi, columns, endpoint=False)
    turn = turn - front * np.sin(turn)
    rise = np.linspace(-np.pi / 2, np.pi / 2, rows)[:, None]
    ones = np.ones_like(turn)
    return np.stack([np.cos(rise) * np.sin(turn), np.sin(rise) * ones, np.cos(rise) * np.cos(turn)], -1)


def star(centre: ArrayLike, directions: Floats, radii: Floats, shown: NDArray[np.bool_] | None = None) -> Solid:
    """The closed surface at `radii` (rows, columns) along sphere_directions; faces with nothing `shown` are dropped."""
    rows, columns = radii.shape
    vertices = (np.asarray(centre, float) + directions * radii[..., None]).reshape(-1, 3)
    faces = grid_faces(rows, columns)
    if shown is not None:
        faces = faces[shown.reshape(-1)[faces].any(1)]
    poles = np.isin(np.arange(rows), [0, rows - 1])
    return Solid(*poles_welded(vertices, faces, poles, columns), SMOOTH)


def relief(
    limbs: Sequence[Limb], x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], step: float
) -> Relief:
    """The field's front between z[0] (inside the body, or behind it) and z[1], on a grid over x and y."""
    across, up = np.arange(x[0], x[1] + step, step), np.arange(y[0], y[1] + step, step)
    flat = np.stack(np.meshgrid(across, up, indexing="ij"), -1).reshape(-1, 2)
    heights = _crossing(limbs, lambda r: np.column_stack([flat, r]), len(flat), *z)
    return Relief((x[0], y[0]), step, heights.reshape(len(across), len(up)))


def front_at(front: Relief, points: ArrayLike) -> Floats:
    """z (n,) of the front at points (n, 2) of (x, y)."""
    at = (np.asarray(points, float) - front.corner) / front.step
    at = np.clip(at, 0, np.array(front.z.shape) - 1.001)
    cell = at.astype(np.int64)
    (u, v), (i, j), z = (at - cell).T, cell.T, front.z
    near = z[i, j] * (1 - v) + z[i, j + 1] * v
    return near * (1 - u) + (z[i + 1, j] * (1 - v) + z[i + 1, j + 1] * v) * u


def decal(front: Relief, outline: ArrayLike, lift: float, rings: int = 2) -> Solid:
    """A convex outline (k, 2) of (x, y), counter-clockwise, laid on a front (+z) and raised by `lift`."""
    edge = np.asarray(outline, float)
    middle = edge.mean(0)
    flat = np.concatenate([middle[None], *[middle + (edge - middle) * (i + 1) / rings for i in range(rings)]])
    k = len(edge)
    ring = np.arange(k)
    after = np.roll(ring, -1)
    faces = [np.stack([np.zeros(k, int), 1 + ring, 1 + after], 1)]
    for i in range(1, rings):
        inner, outer = 1 + (i - 1) * k, 1 + i * k
        faces += [np.stack([inner + ring, outer + ring, outer + after], 1)]
        faces += [np.stack([inner + ring, outer + after, inner + after], 1)]
    return Solid(np.column_stack([flat, front_at(front, flat) + lift]), np.concatenate(faces), 60.0)


def ribbon(front: Relief, low: ArrayLike, high: ArrayLike, lift: float) -> Solid:
    """As `decal`, for the strip between two lines (k, 2) that both go towards +x, `high` above `low`."""
    bottom, top = np.asarray(low, float), np.asarray(high, float)
    flat = np.concatenate([bottom, (bottom + top) / 2, top])
    k = len(bottom)
    start = (np.arange(2)[:, None] * k + np.arange(k - 1)).reshape(-1)
    ring = np.stack([start, start + 1, start + k + 1, start + k], 1)
    faces = np.concatenate([ring[:, [0, 1, 2]], ring[:, [0, 2, 3]]])
    return Solid(np.column_stack([flat, front_at(front, flat) + lift]), faces, 60.0)


def painted(mesh: Mesh, name: str, colours: Floats) -> Mesh:
    """The mesh with vertex colours (v, 3), linear in [0, 1], on the faces whose material is called `name`."""
    named = np.array([material.name == name for material in mesh.materials])
    mine = np.unique(mesh.faces[named[mesh.material_of]])
    whole = mesh.colours.copy()
    whole[mine, :3] = np.round(np.clip(colours[mine], 0, 1) * 255).astype(np.uint8)
    return replace(mesh, colours=whole)


def _crossing(
    limbs: Sequence[Limb], points: Callable[[Floats], Floats], count: int, inside: float, outside: float
) -> Floats:
    """Where (count,) the field passes zero between two parameters: bisection, then false position (Illinois)."""
    a, b = np.full(count, inside), np.full(count, outside)
    fa, fb = np.full(count, -1.0), np.full(count, 1.0)
    for step in range(8):
        middle = (a + b) / 2 if step < 4 else (a * fb - b * fa) / (fb - fa)
        value = distance(limbs, points(middle))
        low = value < 0
        fb = np.where(low, fb / 2, value)
        fa = np.where(low, value, fa / 2)
        a, b = np.where(low, middle, a), np.where(low, b, middle)
    return (a * fb - b * fa) / (fb - fa)


def _limb_distance(part: Limb, x: Floats, y: Floats, z: Floats) -> Floats:
    """Flattening stretches space along `across`, so lengths there count 1 / flat."""
    axis = part.end - part.start
    stretch = 1 / part.flat**2 - 1
    axis_across = float(axis @ part.across)
    axis2 = float(axis @ axis) + stretch * axis_across**2
    x, y, z = x - part.start[0], y - part.start[1], z - part.start[2]
    square = x * x + y * y + z * z
    along = x * axis[0] + y * axis[1] + z * axis[2]
    if stretch:
        across = x * part.across[0] + y * part.across[1] + z * part.across[2]
        square = square + stretch * across * across
        along = along + stretch * axis_across * across
    if axis2 < 1e-12:
        return np.sqrt(square) - part.radius
    share = np.clip(along / axis2, 0, 1)
    gap = np.sqrt(np.maximum(square + share * (share * axis2 - 2 * along), 0))
    return gap - part.radius + share * (part.radius - part.radius2)


def _melted(field: Floats, other: Floats, part: Limb) -> Floats:
    """The quadratic smooth minimum of the two (or the smooth difference)."""
    if part.carve:
        near = np.maximum(part.blend - np.abs(field + other), 0) / part.blend
        return np.maximum(field, -other) + near * near * (part.blend / 4)
    near = np.maximum(part.blend - np.abs(field - other), 0) / part.blend
    return np.minimum(field, other) - near * near * (part.blend / 4)


_CORNERS = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)]
_EDGES = [(a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1]


def _nets(field: NDArray[np.float32], low: Floats, cell: float) -> Solid:
    """One vertex in each grid cell the surface passes through, at the mean of its crossings with the cell's edges."""
    inside = field < 0
    n = np.array(field.shape) - 1
    count = np.zeros(n, np.int8)
    for i, j, k in _CORNERS:
        count += inside[i : i + n[0], j : j + n[1], k : k + n[2]]
    active = (count > 0) & (count < 8)
    at = np.argwhere(active)
    number = np.full(n, -1)
    number[active] = np.arange(len(at))
    value = np.stack([field[at[:, 0] + i, at[:, 1] + j, at[:, 2] + k] for i, j, k in _CORNERS], 1).astype(np.float64)
    total, crossings = np.zeros((len(at), 3)), np.zeros(len(at))
    corner = np.array(_CORNERS, float)
    for a, b in _EDGES:
        crosses = (value[:, a] < 0) != (value[:, b] < 0)
        share = value[crosses, a] / (value[crosses, a] - value[crosses, b])
        total[crosses] += corner[a] + share[:, None] * (corner[b] - corner[a])
        crossings[crosses] += 1
    vertices = low + (at + total / crossings[:, None]) * cell
    faces = [_quads(inside, number, axis) for axis in range(3)]
    return Solid(vertices, np.concatenate(faces), SMOOTH)


def _quads(inside: NDArray[np.bool_], number: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    """For every grid edge along `axis` that crosses the surface, the two triangles through its four cells."""
    volume = np.moveaxis(inside, (axis, (axis + 1) % 3, (axis + 2) % 3), (0, 1, 2))
    cells = np.moveaxis(number, (axis, (axis + 1) % 3, (axis + 2) % 3), (0, 1, 2))
    first, last = volume[:-1, 1:-1, 1:-1], volume[1:, 1:-1, 1:-1]
    i, j, k = np.nonzero(first != last)
    ring = np.stack([cells[i, j, k], cells[i, j + 1, k], cells[i, j + 1, k + 1], cells[i, j, k + 1]], 1)
    ring = np.where(first[i, j, k][:, None], ring, ring[:, ::-1])
    return np.concatenate([ring[:, [0, 1, 2]], ring[:, [0, 2, 3]]])
