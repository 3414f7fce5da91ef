"""Normals by crease angle: smooth across gentle edges, flat across sharp ones."""

import numpy as np
from numpy.typing import NDArray

CREASE = 40.0  # degrees between two faces beyond which the edge between them is shaded sharp
PAIRS = 1 << 20  # of corners looked at together
MAX_FAN = 64  # a corner shared by more faces is averaged whole: the pairs would number its square


def crease_normals(vertices: NDArray[np.floating], faces: NDArray[np.integer],
                   crease: float = CREASE) -> NDArray[np.float32]:
    """A unit normal for each corner of each face, (f, 3, 3).

    A corner's normal is the area-weighted mean of the faces that meet there (vertices at one place count as one)
    within `crease` degrees of its own face.
    """
    points = vertices.astype(np.float64)
    a, b, c = (points[faces[:, k]] for k in range(3))
    weighted = np.cross(b - a, c - a)  # length = twice the area
    unit = weighted / np.maximum(np.linalg.norm(weighted, axis=1, keepdims=True), 1e-300)
    place = _places(points)[faces].reshape(-1)  # (3f,)
    face = np.repeat(np.arange(len(faces)), 3)

    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) != 0])
    sizes = np.diff(np.r_[starts, len(order)])
    whole = np.add.reduceat(weighted[face[order]], starts)
    summed = np.empty((len(order), 3))
    summed[order] = np.repeat(whole, sizes, axis=0)

    group = np.repeat(np.arange(len(starts)), sizes)  # group of each ordered corner
    small = np.flatnonzero(sizes[group] <= MAX_FAN)
    ends = np.cumsum(sizes[group[small]])  # pairs of each small corner with all that meet at its place
    first = 0
    while first < len(small):  # a block of corners at a time: all pairs of a large scan would fill the memory
        last = max(int(np.searchsorted(ends, (ends[first - 1] if first else 0) + PAIRS, "right")), first + 1)
        corners, fans = small[first:last], sizes[group[small[first:last]]]
        mine = np.repeat(corners, fans)
        within = np.arange(len(mine)) - np.repeat(np.cumsum(fans) - fans, fans)
        other = face[order[starts[group[mine]] + within]]
        gentle = np.einsum("ij,ij->i", unit[face[order[mine]]], unit[other]) >= np.cos(np.radians(crease)) - 1e-9
        whose = np.repeat(np.arange(len(corners)), fans)[gentle]
        for axis in range(3):
            summed[order[corners], axis] = np.bincount(whose, weighted[other[gentle], axis], minlength=len(corners))
        first = last

    length = np.linalg.norm(summed, axis=1, keepdims=True)
    result = np.where(length > 1e-300, summed / np.maximum(length, 1e-300), unit[face])
    normals: NDArray[np.float32] = result.reshape(-1, 3, 3).astype(np.float32)
    return normals


def _places(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """A number for each vertex, equal for vertices that lie at one place (to a millionth of the model's size)."""
    extent = float(np.ptp(points, axis=0).max()) or 1.0
    cell = np.round((points - points.min(0)) / extent * 1e6).astype(np.int64)
    key = (cell[:, 0] << 42) | (cell[:, 1] << 21) | cell[:, 2]
    return np.unique(key, return_inverse=True)[1]
