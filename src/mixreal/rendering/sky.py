"""The sky as order-2 spherical harmonics: nine colours that light a surface from all sides.

Stored as irradiance / pi, as a polynomial in the unit normal (x, y, z), so that shading is nine multiply-adds
(Ramamoorthi and Hanrahan, "An efficient representation for irradiance environment maps", SIGGRAPH 2001):
    c0 + c1 x + c2 y + c3 z + c4 x y + c5 y z + c6 z x + c7 (3 y^2 - 1) + c8 (x^2 - z^2)
"""

import numpy as np
from numpy.typing import NDArray

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709
_BAND = np.array([1.0, *[2 / 3] * 3, *[1 / 4] * 5])  # cosine-lobe attenuation of each band, over pi


def polynomial(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """(..., 3) unit vectors -> (..., 9) the terms above."""
    x, y, z = normals[..., 0], normals[..., 1], normals[..., 2]
    return np.stack([np.ones_like(x), x, y, z, x * y, y * z, z * x, 3 * y * y - 1, x * x - z * z], -1)


def from_gradient(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) radiances of the upper and the lower half of the sky -> (n, 9, 3)."""
    out = np.zeros((len(above), 9, 3))
    out[:, 0] = (above + below) / 2
    out[:, 2] = (above - below) / 2  # exact: a half sky's irradiance on a tilted plane is linear in the cosine
    return out


def from_images(radiance: NDArray[np.float32]) -> NDArray[np.float64]:
    """(k, h, w, 3) equirectangular maps, top row up, middle column -z -> (k, 9, 3)."""
    directions, weights = equirectangular(*radiance.shape[1:3])
    terms = polynomial(directions)
    norms = (terms**2 * weights[..., None]).sum((0, 1))  # the terms are orthogonal on the sphere
    projected = np.einsum("khwc,hwt,hw->ktc", radiance.astype(np.float64), terms, weights, optimize=True)
    return projected / norms[:, None] * _BAND[:, None]


LEVEL = 0.3  # of the mean radiance in `as_pictures`: what is more than three times as bright is white


def as_pictures(radiance: NDArray[np.float32]) -> list[NDArray[np.uint8]]:
    """Equirectangular maps as sRGB pictures whose mean luminance, as `from_images` has it, becomes `LEVEL`."""
    level = np.maximum(from_images(radiance)[:, 0] @ LUMINANCE, 1e-9)
    linear = np.clip(radiance * (LEVEL / level)[:, None, None, None], 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return list(np.rint(encoded * 255).astype(np.uint8))


def equirectangular(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(h, w, 3) directions of an equirectangular map's pixels and (h, w) their solid angles (sum 4 pi)."""
    polar = (np.arange(height) + 0.5) / height * np.pi
    around = ((np.arange(width) + 0.5) / width - 0.5) * 2 * np.pi
    s, c = np.sin(polar)[:, None], np.cos(polar)[:, None]
    directions = np.stack([s * np.sin(around), np.broadcast_to(c, (height, width)), -s * np.cos(around)], -1)
    weights = np.broadcast_to(s, (height, width)) * (np.pi / height) * (2 * np.pi / width)
    return directions, weights * (4 * np.pi / weights.sum())
