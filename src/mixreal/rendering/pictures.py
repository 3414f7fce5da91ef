"""Pictures for the renderer: any number of images of any size as one array of packed texels, with mip levels.

A texel is RGBA in 8 bits each, the colours as the square root of linear light: close to sRGB in precision, decoded by
one multiplication, so that filtering happens in linear light at no cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LARGEST = 256  # pixels a side; larger pictures are reduced


@dataclass(frozen=True)
class Pictures:
    """Picture k is `texels[table[k, 0]:]`, of 2^table[k, 1] x 2^table[k, 2] texels, then its mip levels."""

    texels: NDArray[np.uint32]
    table: NDArray[np.int32]  # (k, 4): offset, log2 width, log2 height, count of levels


def pack_pictures(images: Sequence[NDArray[np.uint8]]) -> Pictures:
    """(h, w, 3 or 4) sRGB images -> texels. Sizes are rounded to powers of two."""
    parts: list[NDArray[np.uint32]] = []
    table = np.zeros((len(images), 4), np.int32)
    offset = 0
    for group, places in _same_shape(images):
        levels, log_width, log_height = _levels(group)
        for row, k in enumerate(places):
            table[k] = offset, log_width, log_height, len(levels)
            for level in levels:
                parts.append(level[row].reshape(-1))
                offset += parts[-1].size
    if offset >= 2**31:
        raise ValueError(f"{len(images)} pictures need {offset:,} texels: at most {2**31 - 1:,} fit")
    return Pictures(np.concatenate(parts) if parts else np.zeros(1, np.uint32), table)


def _same_shape(images: Sequence[NDArray[np.uint8]], most: int = 64) -> list[tuple[NDArray[np.uint8], list[int]]]:
    """Images resized to powers of two, stacked with others of their shape (at most `most`): stacks go fast."""
    stacks: dict[tuple[int, ...], list[int]] = {}
    resized = [_power_of_two(image) for image in images]
    out = []
    for k, image in enumerate(resized):
        stacks.setdefault(image.shape, []).append(k)
    for places in stacks.values():
        for start in range(0, len(places), most):
            some = places[start:start + most]
            out.append((np.stack([resized[k] for k in some]), some))
    return out


def _power_of_two(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = (min(LARGEST, 1 << max(0, round(float(np.log2(side))))) for side in image.shape[:2])
    if image.shape[2] == 3:
        image = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
    if image.shape[:2] != (height, width):
        image = np.asarray(Image.fromarray(image, "RGBA").resize((width, height), Image.Resampling.BOX))
    return image



def _levels(stack: NDArray[np.uint8]) -> tuple[list[NDArray[np.uint32]], int, int]:
    """(n, h, w, 4) sRGB -> packed mip levels, each (n, h', w'), down to one texel; log2 of the width and height."""
    code = np.arange(256) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)
    height, width = stack.shape[1:3]
    level = np.concatenate([linear[stack[..., :3]], (stack[..., 3:] / np.float32(255))], -1)
    out = [_packed(level)]
    while level.shape[1] > 1 or level.shape[2] > 1:
        if level.shape[1] > 1:
            level = (level[:, 0::2] + level[:, 1::2]) / 2
        if level.shape[2] > 1:
            level = (level[:, :, 0::2] + level[:, :, 1::2]) / 2
        out.append(_packed(level))
    return out, width.bit_length() - 1, height.bit_length() - 1


def _packed(level: NDArray[np.float32]) -> NDArray[np.uint32]:
    level = level.copy()
    np.sqrt(level[..., :3], out=level[..., :3])
    return np.ascontiguousarray(np.rint(level * 255).astype(np.uint8)).view("<u4")[..., 0]
