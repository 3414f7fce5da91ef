"""Arrays as pictures that a page can show: bytes in a data address, so that nothing has to be served."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]


def data_url(pixels: Bytes, kind: str = "PNG") -> str:
    """(h, w, 3 or 4) or (h, w) uint8 -> an address with the picture in it: "PNG" exact, "JPEG" and "WEBP" small."""
    options = {"PNG": {"compress_level": 1}, "JPEG": {"quality": 88}, "WEBP": {"quality": 82, "method": 1}}[kind]
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(file, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def mask_picture(mask: NDArray[np.float32], whole: NDArray[np.float32]) -> Bytes:
    """(h, w, 3): what is seen of the object white, what something hides of it blue."""
    seen = np.repeat(mask[..., None], 3, -1)
    hidden = np.clip(whole - mask, 0, 1)[..., None] * np.array([0.0, 0.36, 0.62])
    return _bytes(seen + hidden)


def depth_picture(depth: NDArray[np.float32]) -> Bytes:
    """(h, w): the nearest point white, the farthest of the object dark grey, no object black."""
    there = np.isfinite(depth)
    if not there.any():
        return np.zeros(depth.shape, np.uint8)
    near, far = float(depth[there].min()), float(depth[there].max())
    level = 1 - 0.8 * (np.where(there, depth, far) - near) / max(far - near, 1e-6)
    return _bytes(np.where(there, level, 0))


def normal_picture(normal: NDArray[np.float32]) -> Bytes:
    """(h, w, 3): x, y and z of the unit normal as red, green and blue from -1 to 1; no object black."""
    there = np.abs(normal).sum(-1, keepdims=True) > 1e-6
    return _bytes(np.where(there, 0.5 + 0.5 * normal, 0))


def cut_out(rgb: Bytes, mask: NDArray[np.float32]) -> Bytes:
    """(h, w, 4): the object alone, on nothing."""
    return np.concatenate([rgb, _bytes(mask)[..., None]], -1)


def wall(images: Bytes, columns: int, gap: int = 1) -> Bytes:
    """(rows (h + gap) - gap, columns (w + gap) - gap, 4): images side by side, in order, on nothing."""
    n, h, w = images.shape[:3]
    rows = -(-n // columns)
    sheet = np.zeros((rows * columns, h + gap, w + gap, 4), np.uint8)
    sheet[:n, :h, :w, :3] = images
    sheet[:n, :h, :w, 3] = 255
    joined = sheet.reshape(rows, columns, h + gap, w + gap, 4).swapaxes(1, 2).reshape(rows * (h + gap), -1, 4)
    return joined[:joined.shape[0] - gap, :joined.shape[1] - gap]


def _bytes(values: NDArray[np.floating]) -> Bytes:
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
