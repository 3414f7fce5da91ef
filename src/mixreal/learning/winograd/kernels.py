"""The native kernels, compiled by Warp for this CPU at their first use: one for each part, side and channels."""

from functools import cache
from importlib.resources import files
from typing import Any

import torch
import warp as wp

from mixreal.rendering.devices import start_warp

LANES = 16 if "AVX512" in torch.backends.cpu.get_cpu_capability() else 8  # floats of a vector of this CPU


@cache
def convolve_kernel(side: int, channels_in: int, channels_out: int, reflect: bool) -> Any:
    """(x, filters, out, images, first block): images of blocks of tiles, addresses as numbers.

    reflect: beyond x is its reflection, not zeros.
    """
    start_warp()

    @wp.func_native(_body("convolve", side, channels_in, channels_out, reflect))
    def block(x_at: wp.uint64, filters_at: wp.uint64, out_at: wp.uint64, images: int, block: int): ...

    @wp.kernel(enable_backward=False, module="unique")
    def blocks(x_at: wp.uint64, filters_at: wp.uint64, out_at: wp.uint64, images: int, first: int):
        block(x_at, filters_at, out_at, images, first + wp.tid())

    return blocks


@cache
def backward_kernel(side: int, channels_in: int, channels_out: int, reflect: bool) -> Any:
    """(x, its outputs' gradient, filters or 0, out, sums, images, first block): the gradient of x, and what to add
    to that of the transformed weights."""
    start_warp()

    @wp.func_native(_body("backward", side, channels_in, channels_out, reflect))
    def block(x_at: wp.uint64, grad_at: wp.uint64, filters_at: wp.uint64, out_at: wp.uint64, sums_at: wp.uint64,
              images: int, block: int): ...

    @wp.kernel(enable_backward=False, module="unique")
    def blocks(x_at: wp.uint64, grad_at: wp.uint64, filters_at: wp.uint64, out_at: wp.uint64, sums_at: wp.uint64,
               images: int, first: int):
        block(x_at, grad_at, filters_at, out_at, sums_at, images, first + wp.tid())

    return blocks


def block_of(channels_in: int, channels_out: int) -> int:
    """How many tiles of 4 x 4 pixels one thread index works on: what they hold stays in a 512 KB second-level cache."""
    return 16 if max(channels_in, channels_out) < 128 else 8


def strip(columns: int) -> int:
    """How many columns of a matrix are multiplied at once: filters lie in memory in strips of so many."""
    return min(columns, 4 * LANES)


def _body(part: str, side: int, channels_in: int, channels_out: int, reflect: bool) -> str:
    here = files("mixreal.learning.winograd")
    names = {"SIDE": side, "IN": channels_in, "OUT": channels_out, "TILES": block_of(channels_in, channels_out),
             "REFLECT": int(reflect), "LANES": LANES}
    lines = ["#pragma clang fp contract(fast)", f"enum {{ {', '.join(f'{k} = {v}' for k, v in names.items())} }};"]
    parts = [here.joinpath(f"{name}.cpp").read_text(encoding="utf-8") for name in ("transforms", part)]
    return "\n".join(lines + parts)
