"""Geometry: all meshes of a library as flat arrays that a kernel can read, hierarchies and materials included."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Mesh
from mixreal.rendering.bvh import build
from mixreal.rendering.layout import FACE, MATERIAL, MODEL, NODE, TRIANGLE


@dataclass(frozen=True)
class Geometry:
    """Structured host arrays in the layout of `rendering.layout`."""

    models: NDArray[np.void]  # (m,)
    nodes: NDArray[np.void]
    triangles: NDArray[np.void]  # in leaf order: what intersection reads
    faces: NDArray[np.void]  # the same triangles: what shading reads
    materials: NDArray[np.void]
    textures: list[NDArray[np.uint8]]  # the materials' pictures
    half_extents: NDArray[np.float32]  # (m, 3)


def pack_geometry(meshes: Sequence[Mesh], threads: int = 2) -> Geometry:
    """Meshes (at least one triangle each) to flat arrays."""
    starts = np.concatenate([[0], np.cumsum([mesh.triangles for mesh in meshes])]).astype(np.int32)
    corners = np.concatenate([mesh.vertices[mesh.faces] for mesh in meshes])
    trees = build(corners, starts, threads)
    models = np.zeros(len(meshes), MODEL)
    models["node"], models["triangle"] = trees.node_starts[:-1], starts[:-1]
    triangles, faces = np.zeros(len(corners), TRIANGLE), np.zeros(len(corners), FACE)
    materials, textures = _materials(meshes)
    first_material = np.cumsum([0, *(len(mesh.materials) for mesh in meshes)])

    def fill(k: int) -> None:
        here = slice(starts[k], starts[k + 1])
        _fill(meshes[k], trees.order[here], triangles[here], faces[here], materials, int(first_material[k]))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(len(meshes))))
    extents = [np.ptp(mesh.vertices[mesh.faces.reshape(-1)], axis=0) / 2 for mesh in meshes]
    return Geometry(models, trees.nodes.view(NODE).reshape(-1), triangles, faces, materials, textures,
                    np.asarray(extents, np.float32))


def _fill(mesh: Mesh, order: NDArray[np.int32], triangles: NDArray[np.void], faces: NDArray[np.void],
          materials: NDArray[np.void], first_material: int) -> None:
    corner = mesh.faces[order]
    v, uv = mesh.vertices[corner], mesh.uvs[corner]
    edge1, edge2 = v[:, 1] - v[:, 0], v[:, 2] - v[:, 0]
    triangles["corner"], triangles["edge1"], triangles["edge2"] = v[:, 0], edge1, edge2
    material = first_material + mesh.material_of[order]
    # Faces that light passes through must not stop a shadow ray.
    triangles["clear"] = materials["see_through"][material]
    colours = np.ascontiguousarray(mesh.colours[corner]).view("<u4")[..., 0]
    for k in range(3):
        faces[f"normal{k}"], faces[f"uv{k}"], faces[f"colour{k}"] = mesh.normals[corner[:, k]], uv[:, k], colours[:, k]
    faces["material"] = material
    area = np.linalg.norm(np.cross(edge1, edge2), axis=-1)
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    faces["density"] = np.sqrt(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / np.maximum(area, 1e-12))


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
