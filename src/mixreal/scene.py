"""Scenes: what a batch of images shows, as plain arrays, one row an image. Nothing here is random or drawn.

World axes: x right, y up, z towards the first camera; right-handed; a model's own forward is +z. Light is linear.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

OCCLUDERS = 2  # at most, an image
GROUND_NONE, GROUND_SHADOW, GROUND_TEXTURE = 0, 1, 2  # nothing; a shadow on the background; a textured plane


@dataclass(frozen=True)
class Pose:
    """Where the object stands: x_world = to_world @ x_model + origin. The mesh has radius 1 about its centre."""

    to_world: F32  # (n, 3, 3) rotation, scale, stretch, mirror
    origin: F32  # (n, 3)


@dataclass(frozen=True)
class Surface:
    """What is done to the model's own materials."""

    colour_matrix: F32  # (n, 3, 3) applied to linear base colours: hue, saturation, tint
    texture: I32  # (n,) which of the textures is laid over the object, or -1
    texture_mix: F32  # (n,) how much of it, 0 to 1
    texture_repeat: F32  # (n,) repeats across the object's radius
    roughness: F32  # (n,) factor on roughness
    metallic: F32  # (n,) added to metallic, clipped to [0, 1]


@dataclass(frozen=True)
class Lights:
    """A sun and a sky. The sky is order-2 spherical harmonics, so any environment map or gradient is 9 colours."""

    sun_direction: F32  # (n, 3) unit, towards the sun
    sun_radiance: F32  # (n, 3) irradiance / pi on a surface that faces it: a white one gets this colour
    sun_radius: F32  # (n,) of the sun's disc at distance 1: 0 throws hard shadows
    sky: F32  # (n, 9, 3) irradiance / pi as a polynomial in the normal, see `rendering.sky`
    sky_turn: F32  # (n, 2) cosine and sine by which the sky is turned about y


@dataclass(frozen=True)
class Background:
    """What is seen where the object is not."""

    image: I32  # (n,) which of the backgrounds, or -1: the flat colour
    environment: I32  # (n,) which of the environment maps is seen in its place, turned with the sky, or -1
    colour: F32  # (n, 3) linear
    window: F32  # (n, 4) u0, v0, width, height of the part shown; a negative width mirrors
    gain: F32  # (n, 3) linear factor
    blur: F32  # (n,) width of what is averaged, as a part of the image: out of focus
    ground: I32  # (n,) GROUND_*
    ground_height: F32  # (n,) y of the plane
    ground_texture: I32  # (n,) which of the textures, or -1
    ground_colour: F32  # (n, 3) linear factor or colour
    ground_repeat: F32  # (n,) repeats a unit


@dataclass(frozen=True)
class Camera:
    """A thin lens (a pinhole where its aperture is 0), square image."""

    eye: F32  # (n, 3)
    axes: F32  # (n, 3, 3) rows right, up, forward: unit, orthogonal
    tangent: F32  # (n,) of half the field of view
    shift: F32  # (n, 2) principal point, in half images, right and up
    aperture: F32  # (n,) radius of the lens
    focus: F32  # (n,) distance along the axis at which things are sharp


@dataclass(frozen=True)
class Occluders:
    """Cards in front of the object, in image coordinates from -1 to 1, y up. Rows of OCCLUDERS; size 0 = absent."""

    centre: F32  # (n, OCCLUDERS, 2)
    size: F32  # (n, OCCLUDERS, 2) half width, half height
    turn: F32  # (n, OCCLUDERS, 2) cosine, sine
    exponent: F32  # (n, OCCLUDERS) superellipse: 2 an ellipse, 16 a rectangle
    texture: I32  # (n, OCCLUDERS) which of the textures, or -1
    colour: F32  # (n, OCCLUDERS, 3) linear
    depth: F32  # (n, OCCLUDERS) distance from the eye


@dataclass(frozen=True)
class Sensor:
    """What lens, sensor and file format do to the image, in this order."""

    blur: F32  # (n,) Gaussian sigma, pixels, in linear light
    exposure: F32  # (n,) factor, in linear light
    cast: F32  # (n, 3) factors, in linear light
    saturation: F32  # (n,) factor on the distance from grey, in linear light; 0 is a black-and-white picture
    contrast: F32  # (n,) factor about mid-grey, on encoded values
    brightness: F32  # (n,) added to encoded values in [0, 1]
    noise: F32  # (n,) Gaussian sigma on encoded values in [0, 1]
    jpeg: I32  # (n,) quality 1 to 100; 0 = not compressed


@dataclass(frozen=True)
class Scenes:
    """A batch: row k is image `index[k]` of its recipe. `latents` holds every drawn value by column name."""

    index: NDArray[np.int64]  # (n,)
    label: NDArray[np.int64]  # (n,)
    model: I32  # (n,) which mesh of the library
    hull: F32  # (n, k, 3) outermost points of the model, in model axes: what framing goes by
    pose: Pose
    surface: Surface
    lights: Lights
    background: Background
    camera: Camera
    occluders: Occluders
    sensor: Sensor
    latents: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.index)


def blank(index: NDArray[np.int64], label: NDArray[np.int64], model: I32, hull: F32) -> Scenes:
    """Scenes with an upright object, its own materials, grey sky, grey background and a camera at (0, 0, 4)."""
    n = len(index)

    def full(value: Any, dtype: Any = np.float32) -> NDArray[Any]:
        one = np.asarray(value, dtype)
        return np.broadcast_to(one, (n, *one.shape)).copy()

    none = full(-1, np.int32)
    sky = np.zeros((9, 3))
    sky[0] = 1.0
    cards = np.zeros((OCCLUDERS, 2))
    return Scenes(
        index, label, model, hull,
        Pose(full(np.eye(3)), full(np.zeros(3))),
        Surface(full(np.eye(3)), none, full(0.0), full(1.0), full(1.0), full(0.0)),
        Lights(full([0.0, 1.0, 0.0]), full(np.zeros(3)), full(0.0), full(sky), full([1.0, 0.0])),
        Background(none, none, full([0.2] * 3), full([0.0, 0.0, 1.0, 1.0]), full(np.ones(3)), full(0.0),
                   full(0, np.int32),
                   full(-1.0), none, full(np.ones(3)), full(1.0)),
        Camera(full([0.0, 0.0, 4.0]), full([[1, 0, 0], [0, 1, 0], [0, 0, -1]]), full(0.3), full([0.0, 0.0]), full(0.0),
               full(4.0)),
        Occluders(full(cards), full(cards), full(cards + np.array([1.0, 0.0])), full([2.0] * OCCLUDERS),
                  full([-1] * OCCLUDERS, np.int32), full(np.ones((OCCLUDERS, 3))), full([1.0] * OCCLUDERS)),
        Sensor(full(0.0), full(1.0), full(np.ones(3)), full(1.0), full(1.0), full(0.0), full(0.0), full(0, np.int32)),
        {},
    )


def rows(scenes: Scenes, keep: Any) -> Scenes:
    """Some of the scenes: `keep` is a slice, a mask or indices."""
    return Scenes(**{f.name: _take(getattr(scenes, f.name), keep) for f in fields(scenes)})


def _take(part: Any, keep: Any) -> Any:
    if isinstance(part, np.ndarray):
        return part[keep]
    if isinstance(part, dict):
        return {name: column[keep] for name, column in part.items()}
    return type(part)(**{f.name: _take(getattr(part, f.name), keep) for f in fields(part)})
