"""Procedural environment maps: clear, hazy, overcast, low-sun and studio light, as linear radiance."""

import numpy as np
from numpy.typing import NDArray

from mixreal.images.radiance import ENVMAP_SIZE

COUNT = 12
SUN_COSINE = np.cos(np.radians(1.6))  # drawn wider than the sun's 0.27 degrees, since a pixel is 2.8 degrees

Radiance = NDArray[np.float32]  # (64, 128, 3)


def make(count: int = COUNT, seed: int = 0) -> Radiance:
    """(count, 256, 512, 3) linear radiance, row 0 up; the mean over the sphere is near 0.5 to 1."""
    kinds = (_clear, _clear, _hazy, _overcast, _low_sun, _studio)
    return np.stack([kinds[i % len(kinds)](np.random.default_rng([seed, i, 3])) for i in range(count)])


def _clear(rng: np.random.Generator) -> Radiance:
    return _day(rng, rng.uniform(25, 65), haze=0.1, sun=1.0)


def _hazy(rng: np.random.Generator) -> Radiance:
    return _day(rng, rng.uniform(20, 60), haze=0.7, sun=0.35)


def _overcast(rng: np.random.Generator) -> Radiance:
    """The CIE overcast sky: three times as bright at the zenith as at the horizon (Moon and Spencer 1942)."""
    up, _ = _directions()
    cool = np.array([0.93, 0.98, 1.06]) * rng.uniform(0.8, 1.2)
    sky = (1 + 2 * np.clip(up, 0, 1))[..., None] / 3 * 1.4 * cool * _clouds(rng, 0.25)[..., None]
    return _with_ground(rng, sky, 0.9)


def _low_sun(rng: np.random.Generator) -> Radiance:
    return _day(rng, rng.uniform(5, 14), haze=0.45, sun=0.5, warm=1.0)


def _studio(rng: np.random.Generator) -> Radiance:
    """A grey room with two or three soft boxes and a pale floor."""
    up, direction = _directions()
    room = np.full((*ENVMAP_SIZE, 3), 0.25) * (1 + 0.4 * up[..., None])
    for _ in range(rng.integers(2, 4)):
        towards = _direction(rng.uniform(25, 75), rng.uniform(0, 360))
        edge = np.cos(np.radians(rng.uniform(14, 28)))
        box = np.clip((direction @ towards - edge) / (1 - edge) * 6, 0, 1)
        room += box[..., None] * rng.uniform(3, 8) * np.array([1.0, rng.uniform(0.92, 1), rng.uniform(0.82, 1.05)])
    return room.astype(np.float32)


def _day(rng: np.random.Generator, elevation: float, haze: float, sun: float, warm: float = 0.0) -> Radiance:
    """A blue dome, paler towards the horizon, a glow about the sun, the sun itself and some clouds."""
    up, direction = _directions()
    towards = _direction(elevation, rng.uniform(0, 360))
    angle = np.clip(direction @ towards, -1, 1)
    zenith = np.array([0.16, 0.33, 0.75]) * (1 - haze) + np.array([0.62, 0.68, 0.78]) * haze
    horizon = np.array([0.72, 0.82, 0.95]) * (1 - warm) + np.array([1.05, 0.68, 0.42]) * warm
    pale = np.exp(-4.0 * np.clip(up, 0, 1))[..., None]
    sky = zenith * (1 - pale) + horizon * pale
    light = np.array([1.0, 0.96, 0.88]) * (1 - warm) + np.array([1.0, 0.62, 0.3]) * warm
    glow = 0.5 * np.exp((angle - 1) * 60) + 0.35 * np.exp((angle - 1) * 6) * (0.4 + haze)
    sky = sky + glow[..., None] * light * 1.6
    cover = np.clip(_clouds(rng, 1.0) - 1.1, 0, 1)[..., None] * (up > 0.02)[..., None]
    sky = sky * (1 - 0.8 * cover) + cover * (0.9 + 0.6 * np.clip(angle, 0, 1)[..., None] * light)
    # a sun that lights a surface facing it about pi times as much as a white dome does, as on a clear day
    disc = np.clip((angle - SUN_COSINE) / (1 - SUN_COSINE) * 4, 0, 1)
    solid = (disc * _solid_angles()).sum()
    sky = sky + disc[..., None] * light * (sun * np.pi * 1.6 / max(solid, 1e-6))
    return _with_ground(rng, sky, 0.6 + 0.8 * sun * np.sin(np.radians(elevation)))


def _with_ground(rng: np.random.Generator, sky: NDArray[np.float64], brightness: float) -> Radiance:
    """Grass, asphalt, sand or snow below the horizon, as bright as the sky and sun make it."""
    grounds = np.array([[0.14, 0.17, 0.07], [0.16, 0.16, 0.16], [0.42, 0.36, 0.26], [0.28, 0.25, 0.21],
                        [0.75, 0.78, 0.82]])
    ground = grounds[rng.choice(len(grounds), p=[0.35, 0.25, 0.15, 0.15, 0.1])] * brightness
    up, _ = _directions()
    return np.where(up[..., None] > 0, sky, ground).astype(np.float32)


def _clouds(rng: np.random.Generator, strength: float) -> NDArray[np.float64]:
    """A factor near 1, smooth on the sphere: a few random waves of growing frequency."""
    _, direction = _directions()
    total = np.zeros(ENVMAP_SIZE)
    for octave in range(5):
        for _ in range(4):
            wave = rng.standard_normal(3) * 2.2 * 1.8**octave
            total += np.sin(direction @ wave + rng.uniform(0, 2 * np.pi)) * 0.6**octave
    return 1 + strength * total / 3


def _direction(elevation: float, azimuth: float) -> NDArray[np.float64]:
    """A unit vector; degrees."""
    e, a = np.radians(elevation), np.radians(azimuth)
    return np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])


def _directions() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far up each pixel looks, in [-1, 1], and its direction, (64, 128, 3), y up."""
    rows, columns = ENVMAP_SIZE
    elevation = np.pi / 2 - (np.arange(rows) + 0.5) / rows * np.pi
    azimuth = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    e, a = np.meshgrid(elevation, azimuth, indexing="ij")
    direction = np.stack([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)], -1)
    return direction[..., 1], direction


def _solid_angles() -> NDArray[np.float64]:
    """Of each pixel, in steradians; they sum to 4 pi."""
    rows, columns = ENVMAP_SIZE
    edges = np.sin(np.pi / 2 - np.arange(rows + 1) / rows * np.pi)
    return np.repeat((edges[:-1] - edges[1:])[:, None] * 2 * np.pi / columns, columns, axis=1)
