"""Pictures for the renderer: any number of images of any size as one array of packed texels, with mip levels.

A texel is RGBA in 8 bits each, the colours as the square root of linear light: close to sRGB in precision, decoded by
one multiplication, so that filtering happens in linear light at no cost.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import warp as wp
from numpy.typing import NDArray
from PIL import Image

LARGEST = 256  # pixels a side; larger pictures are reduced
_PER_TASK = 32  # pictures a task


@dataclass(frozen=True)
class Pictures:
    """Picture k is `texels[table[k, 0]:]`, of 2^table[k, 1] x 2^table[k, 2] texels, then its mip levels."""

    texels: NDArray[np.uint32]
    table: NDArray[np.int32]  # (k, 4): offset, log2 width, log2 height, count of levels


def pack_pictures(images: Sequence[NDArray[np.uint8]], threads: int = 2, wide: int = 0) -> Pictures:
    """(h, w, 3 or 4) sRGB images -> texels, their sizes powers of two; the last `wide` of them may be twice as wide."""
    wider = len(images) - wide
    sides = [(_power_of_two(image.shape[1], LARGEST << (k >= wider)), _power_of_two(image.shape[0], LARGEST))
             for k, image in enumerate(images)]  # log2 width, log2 height
    sizes = [sum(1 << (w + h - 2 * k) for k in range(min(w, h) + 1)) for w, h in sides]
    offsets = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
    if offsets[-1] >= 2**31:
        raise ValueError(f"{len(images)} pictures need {offsets[-1]:,} texels: at most {2**31 - 1:,} fit")
    table = np.array([(at, w, h, min(w, h) + 1) for at, (w, h) in zip(offsets[:-1], sides, strict=True)],
                     np.int32).reshape(-1, 4)
    texels = np.zeros(max(int(offsets[-1]), 1), np.uint32)
    on_device = wp.array(texels, dtype=wp.uint32, device="cpu", copy=False)
    places = wp.array(table, dtype=wp.vec4i, device="cpu")
    code = _codes()

    def pack(start: int) -> None:
        some = range(start, min(start + _PER_TASK, len(images)))
        for k in some:
            at, (w, h) = int(offsets[k]), sides[k]
            pixels = _resized(images[k], 1 << w, 1 << h)
            level = texels[at:at + (1 << (w + h))].view(np.uint8).reshape(1 << h, 1 << w, 4)
            level[..., :3] = code[pixels[..., :3]]
            level[..., 3] = pixels[..., 3] if pixels.shape[2] == 4 else 255
        wp.launch(_reduce, dim=len(some), inputs=[on_device, places, start], device="cpu")

    with ThreadPoolExecutor(threads) as pool:
        if len(images):
            pack(0)  # alone: it compiles
        list(pool.map(pack, range(_PER_TASK, len(images), _PER_TASK)))
    return Pictures(texels, table)


@wp.kernel(enable_backward=False)
def _reduce(texels: wp.array(dtype=wp.uint32), table: wp.array(dtype=wp.vec4i), begin: int):
    """One picture: every mip level as means of 2 x 2 texels of the one before, in linear light, until a side is one."""
    entry = table[wp.tid() + begin]
    source = entry[0]
    log_width = entry[1]
    log_height = entry[2]
    for _ in range(1, entry[3]):
        target = source + (1 << (log_width + log_height))
        width = 1 << (log_width - 1)
        height = 1 << (log_height - 1)
        for y in range(height):
            for x in range(width):
                left = source + ((y << 1) << log_width) + (x << 1)
                right = left + 1
                lower = left + (1 << log_width)
                mean = wp.uint32(0)
                for c in range(4):
                    shift = wp.uint32(c * 8)
                    a = float((texels[left] >> shift) & wp.uint32(255))
                    b = float((texels[right] >> shift) & wp.uint32(255))
                    d = float((texels[lower] >> shift) & wp.uint32(255))
                    e = float((texels[lower + 1] >> shift) & wp.uint32(255))
                    if c < 3:
                        value = wp.sqrt((a * a + b * b + d * d + e * e) * 0.25)
                    else:
                        value = (a + b + d + e) * 0.25
                    mean = mean | (wp.uint32(value + 0.5) << shift)
                texels[target + y * width + x] = mean
        source = target
        log_width -= 1
        log_height -= 1


def _power_of_two(side: int, largest: int) -> int:
    """log2 of the power of two next to a side, at most that of `largest`."""
    return min(largest.bit_length() - 1, max(0, round(float(np.log2(side)))))


def _resized(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(Image.fromarray(image).resize((width, height), Image.Resampling.BOX))


def _codes() -> NDArray[np.uint8]:
    """(256,) from an sRGB byte to the byte that stands for the root of its linear light."""
    e = np.arange(256) / 255
    linear = np.where(e <= 0.04045, e / 12.92, ((e + 0.055) / 1.055) ** 2.4)
    return np.rint(np.sqrt(linear) * 255).astype(np.uint8)
