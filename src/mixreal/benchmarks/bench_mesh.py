"""A car-like mesh of about any number of triangles, with texture coordinates and a texture, for benchmarks."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material, Mesh, normalised
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.solids import Solid, box, cylinder, ellipsoid, joined, loft, section, torus

Count = Callable[[int], int]  # facets along an edge that has so many on the coarsest car

_LEAST, _MOST = 1_000, 2_000_000


def bench_mesh(triangles: int, texture: NDArray[np.uint8] | None = None) -> Mesh:
    """A car within about 3% of that many triangles, normalised; `texture` (h, w, 3) sRGB on its paint.

    Raises ValueError below 1,000 and above 2,000,000.
    """
    if not _LEAST <= triangles <= _MOST:
        raise ValueError(f"{triangles} triangles: expected {_LEAST:,} to {_MOST:,}")
    low, high = 0.2, 60.0
    for _ in range(24):  # the count grows with the square of the fineness
        middle = float(np.sqrt(low * high))
        if _triangles(_parts(middle)) < triangles:
            low = middle
        else:
            high = middle
    nearest = min((low, high), key=lambda fineness: abs(_triangles(_parts(fineness)) - triangles))
    rgba = None if texture is None else np.dstack([texture, np.full(texture.shape[:2], 255, np.uint8)])
    paint = Material("paint", (0.9, 0.9, 0.9, 1.0), 0.0, 0.4, rgba)
    looks = {"paint": paint, "window": Material("window", (0.03, 0.04, 0.05, 1.0), 0.0, 0.15),
             "rubber": Material("rubber", (0.02, 0.02, 0.02, 1.0), 0.0, 0.9),
             "steel": Material("steel", (0.6, 0.6, 0.6, 1.0), 1.0, 0.3),
             "lamp": Material("lamp", (0.8, 0.75, 0.6, 1.0), 0.0, 0.2)}
    mesh = assemble("bench car", [(solid, looks[look]) for solid, look in _parts(nearest)])
    return replace(normalised(mesh), uvs=mesh.uvs * np.float32(0.5))  # the texture repeats every two metres


def _triangles(parts: list[tuple[Solid, str]]) -> int:
    return sum(len(solid.faces) for solid, _ in parts)


def _parts(fineness: float) -> list[tuple[Solid, str]]:
    """Metres. Body and cabin are lofts that bulge, so that no part of them is flat."""

    def many(coarse: int) -> int:
        return max(3, round(coarse * fineness))

    out = [(_body(many), "paint"), (_cabin(many, 0.0), "window"), (_cabin(many, 0.02), "paint")]
    for side in (-1, 1):
        for along in (-1.35, 1.3):
            out += _wheel(many, 0.78 * side, along)
        out += [(ellipsoid((0.11, 0.08, 0.06), (0.98 * side, 0.98, 0.62), many(4), many(6)), "paint"),
                (ellipsoid((0.16, 0.09, 0.06), (0.62 * side, 0.66, 2.12), many(4), many(6)), "lamp"),
                (ellipsoid((0.16, 0.08, 0.05), (0.62 * side, 0.72, -2.15), many(4), many(6)), "lamp")]
    out.append((joined(box((1.5, 0.14, 0.12), (0, 0.36, 2.14), 0.03), box((1.5, 0.14, 0.12), (0, 0.36, -2.16), 0.03)),
                "steel"))
    return out


def _body(many: Count) -> Solid:
    stations = np.linspace(-1, 1, many(14) + 1)
    rows = []
    for t in stations:
        end = (1 - abs(t) ** 12) ** 0.5 if abs(t) < 1 else 0.0
        width = 1.84 * (1 - 0.12 * t**4) * max(end, 0.72)
        height = (0.62 - 0.1 * max(t, 0)) * max(end, 0.5)
        rows.append(section(width, height, (0, 0.56), 2.18 * t, 5.0, many(24)))
    return loft(rows)


def _cabin(many: Count, lift: float) -> Solid:
    """The glass house, or with `lift` the roof that lies on it."""
    share = 1.0 if lift == 0 else 0.62
    rows = []
    for t in np.linspace(-1, 1, many(10) + 1):
        dome = max(1 - t * t, 0.02) ** 0.5
        height = 0.72 * dome if lift == 0 else 0.3 * dome
        centre = 0.86 + 0.36 * dome if lift == 0 else 1.43 * dome + lift - 0.15
        rows.append(section(1.5 - 0.18 * dome, height, (0, centre), -0.25 + 1.25 * share * t, 3.0, many(16)))
    return loft(rows)


def _wheel(many: Count, x: float, z: float) -> list[tuple[Solid, str]]:
    return [(torus(0.25, 0.19, "x", (x, 0.33, z), many(16), many(6)), "rubber"),
            (cylinder(0.2, 0.16, "x", (x, 0.33, z), many(12)), "steel")]
