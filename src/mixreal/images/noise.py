"""Random fields: fractal noise, cells and shapes that the procedural pictures are mixed from."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, spatial

SIDE = 256  # pixels
Field = NDArray[np.floating[Any]]  # (256, 256), float32 wherever it costs
Picture = NDArray[np.floating[Any]]  # (256, 256, 3), sRGB in [0, 1]


def fractal(rng: np.random.Generator, beta: float = 2.0, tall: float = 1.0, wide: float = 1.0,
            coarsest: float = 1.0) -> Field:
    """Gaussian noise of mean 0 and variance 1 that tiles, with power falling as frequency^-beta.

    `tall` and `wide` stretch its features along y and x; nothing is larger than 1/`coarsest` of the picture.
    """
    spectrum = rng.standard_normal((SIDE, SIDE // 2 + 1, 2), np.float32)
    wave = spectrum[..., 0] + 1j * spectrum[..., 1]
    y, x = _frequencies()
    f = np.hypot(y * tall, x * wide)
    with np.errstate(divide="ignore"):
        wave *= np.where((f >= coarsest) & (f > 0), f ** (-beta / 2), 0)
    field: Field = fft.irfft2(wave, (SIDE, SIDE)).astype(np.float32)
    field -= field.mean()
    return field / max(float(field.std()), 1e-9)


def smoothstep(low: float, high: float, x: Field) -> Field:
    """0 below `low`, 1 above `high`, smooth between."""
    t: Field = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: Picture, b: Picture, share: Field | float) -> Picture:
    """a where `share` is 0, b where it is 1; colours (3,) and pictures (256, 256, 3) both do."""
    s = np.asarray(share, np.float32)[..., None]
    mixed: Picture = a + (np.asarray(b, np.float32) - a) * s
    return mixed


def blur(picture: Picture, pixels: float) -> Picture:
    """Gaussian blur of standard deviation `pixels`."""
    soft: Picture = ndimage.gaussian_filter(picture, (pixels, pixels, 0), mode="nearest") if pixels > 0 else picture
    return soft


def grid() -> tuple[Field, Field]:
    """y downwards and x to the right, each in (0, 1); float64, so that no processor's sine shows in a picture."""
    middle = (np.arange(SIDE) + 0.5) / SIDE
    y, x = np.meshgrid(middle, middle, indexing="ij")
    return y, x


def cells(rng: np.random.Generator, count: int) -> tuple[NDArray[np.int64], Field, Field]:
    """A Voronoi pattern that tiles: which cell, the distance to its seed, and how much farther the next seed is."""
    points = rng.random((count, 2))
    tree = spatial.cKDTree(points, boxsize=1.0)
    y, x = grid()
    distance, index = tree.query(np.stack([y, x], -1).reshape(-1, 2), k=2)
    near = distance[:, 0].reshape(SIDE, SIDE).astype(np.float32)
    next_ = distance[:, 1].reshape(SIDE, SIDE).astype(np.float32)
    return index[:, 0].reshape(SIDE, SIDE), near, next_ - near


def colour(*rgb: float) -> NDArray[np.float32]:
    """An sRGB colour in [0, 1]."""
    return np.array(rgb, np.float32)


def near(rng: np.random.Generator, rgb: tuple[float, float, float], by: float = 0.04) -> NDArray[np.float32]:
    """A colour like `rgb`: brighter or darker by about 2 `by`, tinted by about `by`."""
    return np.clip(np.array(rgb) * (1 + 2 * by * rng.standard_normal()) + by * rng.standard_normal(3) * 0.6,
                   0, 1).astype(np.float32)


def tinted(rng: np.random.Generator, *colours: tuple[float, float, float], by: float = 0.03) -> NDArray[np.float32]:
    """The colours, (n, 3), brightened and tinted alike, so that they still belong together."""
    factor = (1 + 2 * by * rng.standard_normal()) * (1 + by * rng.standard_normal(3))
    return np.clip(np.array(colours) * factor, 0, 1).astype(np.float32)


def many(count: int, make: Callable[[int], Picture]) -> NDArray[np.uint8]:
    """Pictures 0 to count - 1 as bytes, (count, 256, 256, 3), on all cores; each must depend on its number alone."""
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return np.stack(list(pool.map(lambda i: np.round(np.clip(make(i), 0, 1) * 255).astype(np.uint8), range(count))))


@lru_cache(maxsize=1)
def _frequencies() -> tuple[Field, Field]:
    return np.fft.fftfreq(SIDE, 1 / SIDE)[:, None], np.arange(SIDE // 2 + 1, dtype=np.float64)[None, :]
