"""The native kernels, compiled by Warp for this CPU at their first use: one pair for each side and pair of channels."""

from functools import cache
from importlib.resources import files
from typing import Any

import warp as wp

from mixreal.rendering.devices import start_warp

BLOCK = 16  # tiles of 4 x 4 pixels that one thread index works on: what they hold stays in the second-level cache


@cache
def convolve_kernel(side: int, channels_in: int, channels_out: int) -> Any:
    """(x, u, y, images, first block): blocks of tiles of y from x and transformed weights u, addresses as numbers."""
    start_warp()

    @wp.func_native(_body("convolve", side, channels_in, channels_out))
    def convolve(x_at: wp.uint64, u_at: wp.uint64, y_at: wp.uint64, images: int, block: int): ...

    @wp.kernel(enable_backward=False, module="unique")
    def convolve_blocks(x_at: wp.uint64, u_at: wp.uint64, y_at: wp.uint64, images: int, first: int):
        convolve(x_at, u_at, y_at, images, first + wp.tid())

    return convolve_blocks


@cache
def weights_kernel(side: int, channels_in: int, channels_out: int) -> Any:
    """(x, g, sums, images, first block): what blocks of tiles add to the gradient of transformed weights."""
    start_warp()

    @wp.func_native(_body("weights", side, channels_in, channels_out))
    def weights(x_at: wp.uint64, g_at: wp.uint64, sums_at: wp.uint64, images: int, block: int): ...

    @wp.kernel(enable_backward=False, module="unique")
    def add_blocks(x_at: wp.uint64, g_at: wp.uint64, sums_at: wp.uint64, images: int, first: int):
        weights(x_at, g_at, sums_at, images, first + wp.tid())

    return add_blocks


def _body(part: str, side: int, channels_in: int, channels_out: int) -> str:
    here = files("mixreal.learning.winograd")
    names = {"SIDE": side, "IN": channels_in, "OUT": channels_out, "TILES": BLOCK}
    lines = ["#pragma clang fp contract(fast)", f"enum {{ {', '.join(f'{k} = {v}' for k, v in names.items())} }};"]
    parts = [here.joinpath(f"{name}.cpp").read_text(encoding="utf-8") for name in ("transforms", part)]
    return "\n".join(lines + parts)
