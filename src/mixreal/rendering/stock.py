"""Everything that all images of a renderer share, packed: meshes with their trees, every picture with its levels."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.assets import Assets
from mixreal.models.mesh import Mesh
from mixreal.rendering import layout
from mixreal.rendering.devices import start_warp
from mixreal.rendering.geometry import pack_geometry
from mixreal.rendering.pictures import pack_pictures
from mixreal.rendering.sky import as_pictures

KINDS = {"models": layout.MODEL, "nodes": layout.NODE, "triangles": layout.TRIANGLE, "faces": layout.FACE,
         "materials": layout.MATERIAL}


@dataclass(frozen=True)
class Stock:
    """Host arrays in the layout of `rendering.layout`, those of `KINDS` structured."""

    models: NDArray[np.void]  # (m,)
    nodes: NDArray[np.void]
    triangles: NDArray[np.void]
    faces: NDArray[np.void]
    materials: NDArray[np.void]
    texels: NDArray[np.uint32]
    table: NDArray[np.int32]  # (k, 4) pictures: materials' own, textures, backgrounds, environment maps
    firsts: NDArray[np.int32]  # (3,) which picture is the first texture, background, environment map
    hulls: NDArray[np.float32]  # (m, k, 3) outermost points of the meshes
    boxes: NDArray[np.float32]  # (m, 2, 3) their least and greatest corners


def pack(meshes: Sequence[Mesh], assets: Assets, threads: int = 2) -> Stock:
    """Build the trees and the pictures' levels; seconds for hundreds of meshes."""
    start_warp()
    geometry = pack_geometry(meshes, threads)
    around = as_pictures(assets.envmaps)
    pictures = pack_pictures([*geometry.textures, *assets.textures, *assets.backgrounds, *around], threads, len(around))
    firsts = np.cumsum([len(geometry.textures), len(assets.textures), len(assets.backgrounds)]).astype(np.int32)
    return Stock(geometry.models, geometry.nodes, geometry.triangles, geometry.faces, geometry.materials,
                 pictures.texels, pictures.table, firsts, geometry.hulls, geometry.boxes)


def to_plain(stock: Stock) -> dict[str, NDArray[Any]]:
    """As arrays of plain numbers, by name: structured ones as their bytes."""
    arrays = {f.name: getattr(stock, f.name) for f in fields(stock)}
    return {name: array.view(np.uint8) if name in KINDS else array for name, array in arrays.items()}


def from_plain(arrays: dict[str, NDArray[Any]]) -> Stock:
    """The inverse of `to_plain`."""
    return Stock(**{name: array.view(KINDS[name]) if name in KINDS else array for name, array in arrays.items()})
