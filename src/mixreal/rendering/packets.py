"""The SIMD kernels: the scalar kernels' work in packets of rays and pixels, for CPUs. Their bodies lie in simd/.

What makes it fast: one box test serves a whole packet, triangles are missed without a division, a packet's surfaces are
looked up triangle by triangle rather than ray by ray, and all of shading runs on all lanes at once.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import warp as wp

from mixreal.rendering.bvh import DEPTH
from mixreal.rendering.kernels import DISC, GROUND_REACH, LAYERS, LIFT
from mixreal.rendering.layout import Image, World
from mixreal.rendering.sensing import BELL, CURVE, RADIUS, Recording

WIDTHS = (4, 8, 16)  # rays a packet; the bytes are the same for all
TILE = 4  # pixels a side that one thread renders
TRACING = ("vectors", "scene", "light", "rays", "tile")  # of simd/, in this order


@cache
def packet_kernel(lanes: int = 16) -> Any:
    """The kernel that traces packets of so many rays, compiled for this CPU at its first launch."""
    numbers = {"LIFT": LIFT, "GROUND_REACH": GROUND_REACH}
    numbers |= {f"{name}[4]": part for name, part in zip(("DISC_RE", "DISC_IM"), zip(*DISC))}

    @wp.func_native(_body(lanes, {"DEPTH": DEPTH + 1, "LAYERS": LAYERS}, numbers, *TRACING))
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


@cache
def sensor_kernels(lanes: int = 16) -> tuple[Any, Any]:
    """The twins of `sensing.blur_rows` and `sensing.develop`, a row of an image a thread; what lies between them is
    (n, size, 3, stride) with a stride that `lanes` divides."""

    @wp.func_native(_body(lanes, {"RADIUS": RADIUS}, {}, "vectors", "blur"))
    def blur(light: wp.array(dtype=wp.vec3, ndim=3), records: wp.array(dtype=Recording), size: int, index: int,
             row: int, rows: wp.array(dtype=float, ndim=4)): ...

    @wp.func_native(_body(lanes, {"RADIUS": RADIUS}, {"CURVE[5]": tuple(CURVE), "BELL": BELL}, "vectors", "develop"))
    def chip(rows: wp.array(dtype=float, ndim=4), records: wp.array(dtype=Recording), size: int, index: int, row: int,
             out: wp.array(dtype=wp.uint8, ndim=4)): ...

    @wp.kernel(enable_backward=False, module="unique")
    def blur_packets(light: wp.array(dtype=wp.vec3, ndim=3), records: wp.array(dtype=Recording), size: int,
                     rows: wp.array(dtype=float, ndim=4)):
        index, row = wp.tid()
        blur(light, records, size, index, row, rows)

    @wp.kernel(enable_backward=False, module="unique")
    def develop_packets(rows: wp.array(dtype=float, ndim=4), records: wp.array(dtype=Recording), size: int,
                        out: wp.array(dtype=wp.uint8, ndim=4)):
        index, row = wp.tid()
        chip(rows, records, size, index, row, out)

    return blur_packets, develop_packets


def _body(lanes: int, counts: dict[str, int], numbers: dict[str, Any], *parts: str) -> str:
    """A function's body of some files of simd/, after the constants they use: names with [n] are arrays."""
    lines = ["#pragma clang fp contract(on)",  # products and sums fused as they are written, whatever the width
             f"enum {{ LANES = {lanes}, {', '.join(f'{name} = {value}' for name, value in counts.items())} }};"]
    for name, value in numbers.items():
        text = f"{{{', '.join(f'{float(v)!r}f' for v in value)}}}" if "[" in name else f"{float(value)!r}f"
        lines.append(f"static const float {name} = {text};")
    lines += [files("mixreal.rendering").joinpath("simd", f"{part}.cpp").read_text(encoding="utf-8") for part in parts]
    return "\n".join(lines)
