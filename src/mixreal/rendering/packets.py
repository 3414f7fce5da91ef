"""The SIMD kernel: the scalar kernel's work in packets of rays, for CPUs. The body is packets.cpp."""

from functools import cache
from importlib.resources import files
from typing import Any

import warp as wp

from mixreal.rendering.bvh import DEPTH
from mixreal.rendering.kernels import GROUND_REACH, LAYERS, LIFT
from mixreal.rendering.layout import Image, World

WIDTHS = (4, 8, 16)  # rays a packet; the bytes are the same for all
TILE = 4  # pixels a side that one thread renders


@cache
def packet_kernel(lanes: int = 16) -> Any:
    """The kernel for packets of so many rays, compiled for this CPU at its first launch."""
    constants = {"LANES": lanes, "DEPTH": DEPTH + 1, "LAYERS": LAYERS, "LIFT": f"{LIFT}f",
                 "GROUND_REACH": f"{GROUND_REACH}f"}
    defines = "\n".join(f"const {'float' if isinstance(v, str) else 'int'} {k} = {v};" for k, v in constants.items()
                        if k not in ("LANES", "DEPTH"))
    enum = f"enum {{ LANES = {lanes}, DEPTH = {DEPTH + 1} }};"  # sizes of types: constants at compile time
    body = files("mixreal.rendering").joinpath("packets.cpp").read_text(encoding="utf-8")

    @wp.func_native(f"{enum}\n{defines}\n{body}")
    def tile(world: World, images: wp.array(dtype=Image), size: int, pattern: wp.array(dtype=wp.vec2),
             sample_count: int, index: int, ty: int, tx: int, colour: wp.array(dtype=wp.vec3, ndim=3),
             mask: wp.array(dtype=float, ndim=3), whole: wp.array(dtype=float, ndim=3),
             depth: wp.array(dtype=float, ndim=3), normal: wp.array(dtype=wp.vec3, ndim=3)): ...

    @wp.kernel(enable_backward=False, module="unique")
    def render_tiles(world: World, images: wp.array(dtype=Image), size: int, pattern: wp.array(dtype=wp.vec2),
                     colour: wp.array(dtype=wp.vec3, ndim=3), mask: wp.array(dtype=float, ndim=3),
                     whole: wp.array(dtype=float, ndim=3), depth: wp.array(dtype=float, ndim=3),
                     normal: wp.array(dtype=wp.vec3, ndim=3)):
        index, ty, tx = wp.tid()
        tile(world, images, size, pattern, pattern.shape[0], index, ty, tx, colour, mask, whole, depth, normal)

    return render_tiles
