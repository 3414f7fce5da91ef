"""The sky's nine colours against brute-force integration over the sphere."""

import numpy as np

from mixreal.rendering.sky import equirectangular, from_gradient, from_images, polynomial

RNG = np.random.default_rng(0)
NORMALS = RNG.normal(size=(20, 3))
NORMALS /= np.linalg.norm(NORMALS, axis=-1, keepdims=True)


def irradiance_over_pi(radiance, normals):
    directions, weights = equirectangular(*radiance.shape[:2])
    cosine = np.maximum(directions.reshape(-1, 3) @ normals.T, 0)
    return (cosine * weights.reshape(-1, 1)).T @ radiance.reshape(-1, 3) / np.pi


def test_solid_angles_sum_to_the_sphere():
    directions, weights = equirectangular(64, 128)
    assert np.isclose(weights.sum(), 4 * np.pi) and np.allclose(np.linalg.norm(directions, axis=-1), 1)
    assert directions[0, 0, 1] > 0.99, "the first row is up"


def test_a_smooth_environment_is_lit_within_a_percent_of_the_integral():
    directions, _ = equirectangular(64, 128)
    x, y, z = np.moveaxis(directions, -1, 0)
    radiance = np.stack([1 + 0.5 * x, 1 + y * y, 1.2 + 0.3 * x * z], -1).astype(np.float32)
    ours = polynomial(NORMALS) @ from_images(radiance[None])[0]
    assert np.allclose(ours, irradiance_over_pi(radiance, NORMALS), rtol=0.01)


def test_a_half_and_half_sky_is_exact():
    directions, _ = equirectangular(256, 512)
    above, below = np.array([[1.0, 0.5, 0.2]]), np.array([[0.1, 0.2, 0.3]])
    radiance = np.where(directions[..., 1:2] > 0, above, below).astype(np.float32)
    ours = polynomial(NORMALS) @ from_gradient(above, below)[0]
    assert np.allclose(ours, irradiance_over_pi(radiance, NORMALS), atol=3e-3)
