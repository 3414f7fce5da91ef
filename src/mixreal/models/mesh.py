"""Mesh: one model's geometry and materials, as plain arrays. Y is up, +z is forward, units are the model's own."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

OPAQUE, MASK, BLEND = 0, 1, 2  # glTF alphaMode


@dataclass(frozen=True)
class Material:
    """A metallic-roughness surface, as in glTF 2.0."""

    name: str
    colour: tuple[float, float, float, float] = (0.8, 0.8, 0.8, 1.0)  # linear RGB and alpha, each in [0, 1]
    metallic: float = 0.0  # [0, 1]
    roughness: float = 0.6  # [0, 1]
    texture: NDArray[np.uint8] | None = None  # (h, w, 4) sRGB and alpha; multiplies `colour`
    alpha_mode: int = OPAQUE
    alpha_cutoff: float = 0.5  # with MASK: below it the surface is a hole


@dataclass(frozen=True)
class Mesh:
    """Triangles with per-vertex attributes; each face names its material."""

    name: str
    vertices: NDArray[np.float32]  # (v, 3)
    faces: NDArray[np.int32]  # (f, 3) indices of vertices, counter-clockwise seen from outside
    normals: NDArray[np.float32]  # (v, 3) unit length
    uvs: NDArray[np.float32]  # (v, 2); v = 0 is the top row of the texture, as in glTF
    colours: NDArray[np.uint8]  # (v, 4) linear RGBA, multiplies the material's; 255 where the model has none
    material_of: NDArray[np.int32]  # (f,) index into materials
    materials: tuple[Material, ...]

    @property
    def triangles(self) -> int:
        return len(self.faces)


def normalised(mesh: Mesh) -> Mesh:
    """The mesh with its bounding box centred at the origin and its farthest vertex at distance 1."""
    used = mesh.vertices[mesh.faces.reshape(-1)].astype(np.float64)
    centre = (used.min(0) + used.max(0)) / 2
    radius = float(np.sqrt(((used - centre) ** 2).sum(1).max()))
    if not np.isfinite(radius) or radius <= 0:
        raise ValueError(f"mesh {mesh.name!r} has no extent")
    return replace(mesh, vertices=((mesh.vertices - centre) / radius).astype(np.float32))
