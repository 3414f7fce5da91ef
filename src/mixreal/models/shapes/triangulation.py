"""How polygons, grids and boxes are cut into triangles: the index tables that solids are made with."""

import numpy as np
from numpy.typing import NDArray


def grid_faces(rows: int, columns: int, wrap_rows: bool = False) -> NDArray[np.int64]:
    """The triangles between neighbouring rings of `columns` points, each ring closed."""
    row = np.arange(rows if wrap_rows else rows - 1)[:, None]
    column = np.arange(columns)[None, :]
    here, above = row * columns, (row + 1) % rows * columns
    after = (column + 1) % columns
    a, b, c, d = here + column, here + after, above + after, above + column
    return np.concatenate([np.stack([a, b, c], -1), np.stack([a, c, d], -1)]).reshape(-1, 3)


def poles_welded(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], is_pole: NDArray[np.bool_], sides: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Every ring of no radius made one vertex, and the faces that this leaves without area dropped."""
    if not is_pole.any():
        return vertices, faces
    index = np.arange(len(vertices)).reshape(-1, sides)
    index[is_pole] = index[is_pole, :1]
    used, packed = np.unique(index.reshape(-1), return_inverse=True)
    faces = packed[faces]
    keep = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    return vertices[used], faces[keep]


def area(flat: NDArray[np.float64]) -> float:
    """The signed area of a polygon (k, 2): positive when counter-clockwise."""
    after = np.roll(flat, -1, 0)
    return float((flat[:, 0] * after[:, 1] - flat[:, 1] * after[:, 0]).sum() / 2)


def ears(flat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Triangles of a simple counter-clockwise polygon, by clipping one ear after another."""
    points = [(float(x), float(y)) for x, y in flat]
    left = list(range(len(points)))
    faces = []
    at = stuck = 0
    while len(left) > 3:
        n = len(left)
        i, j, k = left[(at - 1) % n], left[at % n], left[(at + 1) % n]
        if stuck > n or _is_ear(points, left, i, j, k):
            faces.append((i, j, k))
            del left[at % n]
            stuck = 0
        else:
            at, stuck = (at + 1) % n, stuck + 1
    return np.array([*faces, tuple(left)], np.int64)


def _is_ear(points: list[tuple[float, float]], left: list[int], i: int, j: int, k: int) -> bool:
    (ax, ay), (bx, by), (cx, cy) = points[i], points[j], points[k]
    if (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) <= 1e-12:
        return False
    for m in left:
        if m in (i, j, k):
            continue
        x, y = points[m]
        if (
            (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
            and (cx - bx) * (y - by) - (cy - by) * (x - bx) >= 0
            and (ax - cx) * (y - cy) - (ay - cy) * (x - cx) >= 0
        ):
            return False
    return True


CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
PLATE_FACES = np.array(
    [[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7]]
    + [f for i in range(4) for j in [(i + 1) % 4] for f in ([i, j, j + 4], [i, j + 4, i + 4])]
)


def _hull_faces(vertices: NDArray[np.float64], quads: list[list[int]]) -> NDArray[np.int64]:
    """Convex polygons about the origin, each in any order, as triangles seen counter-clockwise from outside."""
    faces: list[list[int]] = []
    for ring in quads:
        middle = vertices[ring].mean(0)
        first = vertices[ring[0]] - middle
        other = np.cross(middle, first)
        angle = [np.arctan2((vertices[i] - middle) @ other, (vertices[i] - middle) @ first) for i in ring]
        ordered = [ring[i] for i in np.argsort(np.round(angle, 6))]
        faces += [[ordered[0], ordered[i], ordered[i + 1]] for i in range(1, len(ring) - 1)]
    turned = []
    for a, b, c in faces:
        across = np.cross(vertices[b] - vertices[a], vertices[c] - vertices[a])
        turned.append([a, b, c] if across @ vertices[[a, b, c]].sum(0) > 0 else [a, c, b])
    return np.array(turned)


def _box_faces() -> NDArray[np.int64]:
    sides = [np.flatnonzero(CORNERS[:, axis] == sign).tolist() for axis in range(3) for sign in (-1, 1)]
    return _hull_faces(CORNERS, sides)


def _bevelled_faces() -> NDArray[np.int64]:
    """Faces of a box whose corner i is split into vertices i, 8 + i and 16 + i, on its x, y and z face."""
    shape = np.concatenate([CORNERS * np.where(np.arange(3) == axis, 1.0, 0.7) for axis in range(3)])
    polygons: list[list[int]] = [
        [axis * 8 + i for i in np.flatnonzero(CORNERS[:, axis] == s).tolist()] for axis in range(3) for s in (-1, 1)
    ]
    polygons += [[i, 8 + i, 16 + i] for i in range(8)]
    for one, two in ((0, 1), (1, 2), (0, 2)):
        for i in range(8):
            for j in range(i + 1, 8):
                if (CORNERS[i] != CORNERS[j]).sum() == 1 and (CORNERS[i] == CORNERS[j])[[one, two]].all():
                    polygons.append([one * 8 + i, two * 8 + i, two * 8 + j, one * 8 + j])
    return _hull_faces(shape, polygons)


BOX_FACES = _box_faces()
BEVELLED_FACES = _bevelled_faces()
