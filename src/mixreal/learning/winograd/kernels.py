"""The native kernels, compiled by Warp for this CPU at their first use: one for each part, side and channels."""

from functools import cache
from importlib.resources import files
from typing import Any

import torch
import warp as wp

from mixreal.rendering.devices import start_warp

LANES = 16 if "AVX512" in torch.backends.cpu.get_cpu_capability() else 8  # floats of a vector of this CPU
BLOCK = 16  # tiles of 4 x 4 pixels that one thread index works on: what they hold stays in the second-level cache


@cache
def block_kernel(part: str, side: int, channels_in: int, channels_out: int, reflect: bool) -> Any:
    """(x, other, out, images, first block): what blocks of tiles of x give, addresses as numbers.

    part: "convolve", images from x and transformed weights; or "weights", which adds to the gradient of transformed
    weights from x and the gradient of the images. reflect: beyond x is its reflection, not zeros.
    """
    start_warp()

    @wp.func_native(_body(part, side, channels_in, channels_out, reflect))
    def block(x_at: wp.uint64, other_at: wp.uint64, out_at: wp.uint64, images: int, block: int): ...

    @wp.kernel(enable_backward=False, module="unique")
    def blocks(x_at: wp.uint64, other_at: wp.uint64, out_at: wp.uint64, images: int, first: int):
        block(x_at, other_at, out_at, images, first + wp.tid())

    return blocks


def _body(part: str, side: int, channels_in: int, channels_out: int, reflect: bool) -> str:
    here = files("mixreal.learning.winograd")
    names = {"SIDE": side, "IN": channels_in, "OUT": channels_out, "TILES": BLOCK, "REFLECT": int(reflect)}
    names |= _registers(channels_out)
    lines = ["#pragma clang fp contract(fast)", f"enum {{ {', '.join(f'{k} = {v}' for k, v in names.items())} }};"]
    parts = [here.joinpath(f"{name}.cpp").read_text(encoding="utf-8") for name in ("transforms", part)]
    return "\n".join(lines + parts)


def _registers(channels_out: int) -> dict[str, int]:
    """How many vectors of sums are held in registers at once, wide and high: half of the 32 of AVX-512, or of the 16
    of AVX2, so that what is multiplied has room beside them."""
    wide = min(channels_out // LANES, 4)
    return {"LANES": LANES, "WIDE": wide, "HIGH": LANES // wide}
