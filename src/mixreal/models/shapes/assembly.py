"""From solids and their materials to one mesh: normals by crease angle, box-projected texture coordinates."""

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.solids import Solid


def assemble(name: str, parts: list[tuple[Solid, Material]]) -> Mesh:
    """One mesh of all parts, in the solids' own units (not normalised). Solids may overlap; nothing is welded."""
    if not parts:
        raise ValueError(f"mesh {name!r} has no parts")
    materials: list[Material] = []
    places: dict[int, int] = {}  # by identity first: comparing materials with textures is slow and ambiguous
    material_of, crease, points, faces = [], [], [], []
    start = 0
    for solid, material in parts:
        if id(material) not in places:
            same = [i for i, known in enumerate(materials) if _same(known, material)]
            places[id(material)] = same[0] if same else len(materials)
            if not same:
                materials.append(material)
        material_of.append(np.full(len(solid.faces), places[id(material)], np.int32))
        crease.append(np.full(len(solid.faces), np.cos(np.radians(solid.crease))))
        points.append(solid.vertices)
        faces.append(solid.faces + start)
        start += len(solid.vertices)
    vertices, corners = np.concatenate(points), np.concatenate(faces)
    flat, keep = _face_normals(vertices, corners)
    corners, flat, owner = corners[keep], flat[keep], np.concatenate(material_of)[keep]
    normals = _crease_normals(vertices, corners, flat, np.concatenate(crease)[keep])
    axis = np.abs(flat).argmax(1)
    first, inverse = _distinct_corners(corners, normals, axis)
    at = vertices[corners.reshape(-1)[first]]
    return Mesh(
        name=name,
        vertices=at.astype(np.float32),
        faces=inverse.reshape(-1, 3).astype(np.int32),
        normals=normals[first].astype(np.float32),
        uvs=_box_uvs(at, np.repeat(axis, 3)[first]).astype(np.float32),
        colours=np.full((len(at), 4), 255, np.uint8),
        material_of=owner,
        materials=tuple(materials),
    )


def _same(one: Material, other: Material) -> bool:
    plain = [(m.name, m.colour, m.metallic, m.roughness, m.alpha_mode, m.alpha_cutoff) for m in (one, other)]
    return plain[0] == plain[1] and one.texture is other.texture


def _face_normals(
    vertices: NDArray[np.float64], faces: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Unit normals (f, 3), and which faces have any area."""
    a, b, c = vertices[faces].transpose(1, 0, 2)
    across = np.cross(b - a, c - a)
    length = np.linalg.norm(across, axis=1)
    extent = max(float(np.ptp(vertices, axis=0).max()), 1e-12)
    return across / np.maximum(length, 1e-300)[:, None], length > 1e-10 * extent**2


def _crease_normals(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], flat: NDArray[np.float64], crease: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A normal a corner (3f, 3): the mean of the faces round its vertex that bend less than its own face's crease."""
    corner_vertex = faces.reshape(-1)
    corner_face = np.repeat(np.arange(len(faces)), 3)
    weight = _corner_angles(vertices, faces).reshape(-1)
    order = np.argsort(corner_vertex, kind="stable")
    counts = np.bincount(corner_vertex, minlength=len(vertices))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    near = counts[corner_vertex]  # how many corners meet at this one's vertex
    mine = np.repeat(np.arange(len(corner_vertex)), near)
    step = np.arange(len(mine)) - np.repeat(np.cumsum(near) - near, near)
    other = order[starts[corner_vertex[mine]] + step]
    own, its = flat[corner_face[mine]], flat[corner_face[other]]
    smooth = np.einsum("ij,ij->i", own, its) >= crease[corner_face[mine]] - 1e-9
    pull = its * np.where(smooth, weight[other], 0.0)[:, None]
    total = np.add.reduceat(pull, np.cumsum(near) - near, axis=0)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-9, total / np.maximum(length, 1e-300), flat[corner_face])


def _corner_angles(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.float64]:
    at = vertices[faces]
    to_next, to_last = np.roll(at, -1, 1) - at, np.roll(at, 1, 1) - at
    cosine = np.einsum("fij,fij->fi", to_next, to_last)
    cosine /= np.linalg.norm(to_next, axis=2) * np.linalg.norm(to_last, axis=2) + 1e-300
    return np.arccos(np.clip(cosine, -1, 1))


def _distinct_corners(
    faces: NDArray[np.int64], normals: NDArray[np.float64], axis: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners alike in vertex, normal and projection share one output vertex: (first corners, index of each corner)."""
    key = faces.reshape(-1)
    for column in np.round((normals + 1) * 500).astype(np.int64).T:
        key = key * 1001 + column
    _, first, inverse = np.unique(key * 3 + np.repeat(axis, 3), return_index=True, return_inverse=True)
    return first, inverse


def _box_uvs(at: NDArray[np.float64], axis: NDArray[np.int64]) -> NDArray[np.float64]:
    """Texture coordinates in the solids' units, seen along the face's main axis; v grows downward."""
    across = np.where(axis == 0, at[:, 2], at[:, 0])
    down = np.where(axis == 1, at[:, 2], -at[:, 1])
    return np.stack([across, down], 1)
