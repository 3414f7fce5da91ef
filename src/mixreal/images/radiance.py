"""Read Radiance .hdr pictures (RGBE, run-length coded) and shrink them without losing light."""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput

ENVMAP_SIZE = (256, 512)  # rows, columns


def read_hdr(path: str | Path) -> NDArray[np.float32]:
    """The picture as linear radiance, (h, w, 3); row 0 is the top. A file that is not one is `BadInput`."""
    data = Path(path).read_bytes()
    height, width, at, exposure = _header(data, path)
    try:
        rgbe = _pixels(data, at, height, width)
    except (IndexError, ValueError) as error:
        raise BadInput(f"{path}: cannot be read as Radiance .hdr: its pixels end early or are damaged") from error
    # Ward, "Real Pixels", Graphics Gems II: mantissa / 256 * 2^(exponent - 128); exponent 0 is black
    scale = np.where(rgbe[..., 3] > 0, np.ldexp(1.0, rgbe[..., 3].astype(np.int32) - 136), 0.0) / exposure
    return (rgbe[..., :3] * scale[..., None]).astype(np.float32)


def shrink(picture: NDArray[np.float32], size: tuple[int, int] = ENVMAP_SIZE) -> NDArray[np.float32]:
    """The picture at `size` (rows, columns), each pixel the mean of what it covers: a small sun keeps its energy."""
    rows, columns = _overlaps(picture.shape[0], size[0]), _overlaps(picture.shape[1], size[1])
    small: NDArray[np.float32] = np.einsum("ih,hwc,jw->ijc", rows, picture, columns, optimize=True).astype(np.float32)
    return small


def _header(data: bytes, path: str | Path) -> tuple[int, int, int, float]:
    """Height, width, where the pixels start, and the exposure by which they were multiplied."""
    start = data[:65536]
    if not start.startswith((b"#?RADIANCE", b"#?RGBE")):
        raise BadInput(f"{path}: cannot be read as Radiance .hdr: it does not start with #?RADIANCE")
    resolution = re.search(rb"\n\n-Y (\d+) \+X (\d+)\n", start)
    if not resolution or b"32-bit_rle_xyze" in start[: resolution.start()]:
        raise BadInput(f"{path}: cannot be read as Radiance .hdr: expected RGBE pixels in the order -Y h +X w")
    exposure = 1.0
    for value in re.findall(rb"\nEXPOSURE=\s*([0-9.eE+-]+)", start[: resolution.start()]):
        exposure *= float(value)
    height, width = int(resolution[1]), int(resolution[2])
    if not 0 < height * width <= 1 << 28 or exposure <= 0:
        raise BadInput(f"{path}: cannot be read as Radiance .hdr: {width} x {height} pixels, exposure {exposure}")
    return height, width, resolution.end(), exposure


def _pixels(data: bytes, at: int, height: int, width: int) -> NDArray[np.uint8]:
    """RGBE bytes, (h, w, 4)."""
    flat = data[at : at + 2] != b"\2\2" or not 8 <= width < 32768
    if flat:
        return np.frombuffer(data, np.uint8, height * width * 4, at).reshape(height, width, 4)
    # A row is four planes (r, g, b, e) of runs: 128 + n, value: n times the value; n <= 128, then n bytes as they are.
    out = bytearray()
    for row in range(1, height + 1):
        at += 4  # 2, 2, width as two bytes
        while len(out) < row * 4 * width:
            count = data[at]
            if count > 128:
                out += data[at + 1 : at + 2] * (count - 128)
                at += 2
            else:
                out += data[at + 1 : at + 1 + count]
                at += 1 + count
    return np.frombuffer(bytes(out), np.uint8).reshape(height, 4, width).transpose(0, 2, 1)


def _overlaps(old: int, new: int) -> NDArray[np.float64]:
    """(new, old): the share that each old pixel has in each new one; rows sum to 1."""
    edges = np.arange(new + 1) * (old / new)
    pixels = np.arange(old)
    low = np.maximum(edges[:-1, None], pixels[None, :])
    high = np.minimum(edges[1:, None], pixels[None, :] + 1)
    share = np.maximum(high - low, 0)
    result: NDArray[np.float64] = share / share.sum(1, keepdims=True)
    return result
