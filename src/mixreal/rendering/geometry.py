"""Geometry: all meshes of a library as flat arrays that a kernel can read, hierarchies and materials included."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from mixreal.models.mesh import Mesh
from mixreal.rendering.bvh import build
from mixreal.rendering.layout import FACE, MATERIAL, MODEL, NODE, TRIANGLE, Face, Material, Triangle

_DIRECTIONS = np.array([d for d in product((-1, 0, 1), repeat=3) if any(d)], np.float32)
HULL = len(_DIRECTIONS)  # 26 points that stand for a model where it is framed


@dataclass(frozen=True)
class Geometry:
    """Structured host arrays in the layout of `rendering.layout`."""

    models: NDArray[np.void]  # (m,)
    nodes: NDArray[np.void]
    triangles: NDArray[np.void]  # in leaf order: what intersection reads
    faces: NDArray[np.void]  # the same triangles: what shading reads
    materials: NDArray[np.void]
    textures: list[NDArray[np.uint8]]  # the materials' pictures
    hulls: NDArray[np.float32]  # (m, HULL, 3) the vertices that lie farthest out in HULL directions
    boxes: NDArray[np.float32]  # (m, 2, 3) least and greatest corners of the trees


def pack_geometry(meshes: Sequence[Mesh], threads: int = 2) -> Geometry:
    """Meshes (at least one triangle each) to flat arrays."""
    counts = np.array([mesh.triangles for mesh in meshes])
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    first_vertex = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    corners = np.concatenate([mesh.faces + first for mesh, first in zip(meshes, first_vertex, strict=True)])
    trees = build(vertices[corners], starts, threads)
    models = np.zeros(len(meshes), MODEL)
    models["node"], models["triangle"] = trees.node_starts[:-1], starts[:-1]
    first_material = np.cumsum([0, *(len(mesh.materials) for mesh in meshes[:-1])])
    material_of = np.concatenate([mesh.material_of + first for mesh, first in zip(meshes, first_material, strict=True)])
    materials, textures = _materials(meshes)
    order = trees.order + np.repeat(starts[:-1], counts)
    triangles, faces = np.zeros(len(corners), TRIANGLE), np.zeros(len(corners), FACE)
    hulls = np.stack([_hull(mesh) for mesh in meshes])

    def given(values: Any, dtype: Any) -> Any:
        return wp.array(np.ascontiguousarray(values), dtype=dtype, device="cpu")

    colours = np.concatenate([np.ascontiguousarray(mesh.colours).view("<u4")[:, 0] for mesh in meshes])
    arrays = [given(order, int), given(corners.astype(np.int32), wp.vec3i), given(material_of.astype(np.int32), int),
              given(vertices, wp.vec3), given(np.concatenate([mesh.normals for mesh in meshes]), wp.vec3),
              given(np.concatenate([mesh.uvs for mesh in meshes]), wp.vec2), given(colours, wp.uint32),
              given(materials, Material), wp.array(triangles, dtype=Triangle, device="cpu", copy=False),
              wp.array(faces, dtype=Face, device="cpu", copy=False)]
    wp.launch(_fill, dim=len(corners), inputs=arrays, device="cpu")
    nodes = trees.nodes.view(NODE).reshape(-1)
    roots = nodes[models["node"]]
    return Geometry(models, nodes, triangles, faces, materials, textures, hulls,
                    np.stack([roots["low"], roots["high"]], 1))


@wp.kernel(enable_backward=False)
def _fill(order: wp.array(dtype=int), corners: wp.array(dtype=wp.vec3i), material_of: wp.array(dtype=int),
          vertices: wp.array(dtype=wp.vec3), normals: wp.array(dtype=wp.vec3), uvs: wp.array(dtype=wp.vec2),
          colours: wp.array(dtype=wp.uint32), materials: wp.array(dtype=Material),
          triangles: wp.array(dtype=Triangle), faces: wp.array(dtype=Face)):
    """Record k is the triangle `order[k]`."""
    k = wp.tid()
    at = corners[order[k]]
    material = material_of[order[k]]
    edge1 = vertices[at[1]] - vertices[at[0]]
    edge2 = vertices[at[2]] - vertices[at[0]]
    triangles[k].corner = vertices[at[0]]
    triangles[k].edge1 = edge1
    triangles[k].edge2 = edge2
    triangles[k].clear = materials[material].see_through  # light passes: it must not stop a shadow ray
    faces[k].normal0 = normals[at[0]]
    faces[k].normal1 = normals[at[1]]
    faces[k].normal2 = normals[at[2]]
    faces[k].uv0 = uvs[at[0]]
    faces[k].uv1 = uvs[at[1]]
    faces[k].uv2 = uvs[at[2]]
    faces[k].colour0 = colours[at[0]]
    faces[k].colour1 = colours[at[1]]
    faces[k].colour2 = colours[at[2]]
    faces[k].material = material
    a = uvs[at[1]] - uvs[at[0]]
    b = uvs[at[2]] - uvs[at[0]]
    area = wp.length(wp.cross(edge1, edge2))
    faces[k].density = wp.sqrt(wp.abs(a[0] * b[1] - a[1] * b[0]) / wp.max(area, 1.0e-12))


def _hull(mesh: Mesh) -> NDArray[np.float32]:
    """(HULL, 3) the farthest vertex in each direction towards a face, edge or corner of a cube."""
    used = mesh.vertices[np.unique(mesh.faces)]
    return used[np.argmax(used @ _DIRECTIONS.T, axis=0)]


def _materials(meshes: Sequence[Mesh]) -> tuple[NDArray[np.void], list[NDArray[np.uint8]]]:
    every = [material for mesh in meshes for material in mesh.materials]
    out = np.zeros(len(every), MATERIAL)
    textures: list[NDArray[np.uint8]] = []
    placed: dict[int, int] = {}  # materials that share one array share one picture
    for k, material in enumerate(every):
        picture = -1
        if material.texture is not None:
            picture = placed.setdefault(id(material.texture), len(textures))
            if picture == len(textures):
                textures.append(material.texture)
        out[k] = (material.colour, material.metallic, material.roughness, picture, material.alpha_mode,
                  material.alpha_cutoff, int(material.alpha_mode == 2 and material.colour[3] < 0.9))
    return out, textures
