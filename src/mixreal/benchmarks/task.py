"""The task that a benchmark sets every renderer: one mesh, the same cameras, lights, backgrounds and occluders."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mixreal.assets import Assets
from mixreal.models.mesh import Mesh
from mixreal.scene import Scenes

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Views:
    """Cameras and lights in the model's own axes, so that a peer need not touch its mesh between images."""

    eye: F64  # (n, 3)
    axes: F64  # (n, 3, 3) rows right, up, forward
    tangent: F64  # (n,) of half the field of view
    shift: F64  # (n, 2) principal point, in half images, right and up
    sun: F64  # (n, 3) unit, towards it
    irradiance: F64  # (n, 3) of the sun on a surface that faces it
    sky: F64  # (n, 3) radiance of an even sky of the same brightness


@dataclass(frozen=True)
class Task:
    """What to render. Everything in it is made before the clock starts."""

    mesh: Mesh
    size: int
    samples: int  # rays a pixel
    views: Views
    backdrops: NDArray[np.float32]  # (n, size, size, 3) encoded, 0 to 255: what is seen where the object is not
    cards: NDArray[np.bool_]  # (n, size, size) where the occluder stands in front
    card_colour: NDArray[np.float32]  # (n, 3) encoded, 0 to 255

    def __len__(self) -> int:
        return len(self.backdrops)


def make_task(mesh: Mesh, scenes: Scenes, assets: Assets, size: int, samples: int) -> Task:
    """The scenes of that one mesh as a task for peers."""
    return Task(mesh, size, samples, _views(scenes), _backdrops(scenes, assets, size), _cards(scenes, size),
                _encoded(scenes.occluders.colour[:, 0]))


def composited(task: Task, k: int, colour: NDArray[Any], alpha: NDArray[Any]) -> NDArray[np.uint8]:
    """A peer's picture of scene k on its background and behind its occluder.

    colour: (h, w, 3) encoded, 0 to 255, not multiplied by alpha; alpha: (h, w, 1), 0 to 1.
    """
    back = task.backdrops[k]
    picture = (back + (colour - back) * alpha).astype(np.uint8)
    picture[task.cards[k]] = task.card_colour[k]
    return picture


def _views(scenes: Scenes) -> Views:
    """A peer's mesh stays as it is: the pose's turn goes to camera and sun. Its stretch and mirror are left out."""
    pose = scenes.pose.to_world.astype(np.float64)
    turn = pose / np.linalg.norm(pose, axis=1, keepdims=True)
    turn[:, :, 0] *= np.sign(np.linalg.det(pose))[:, None]
    camera, lights = scenes.camera, scenes.lights
    eye = ((camera.eye - scenes.pose.origin).astype(np.float64)[:, None] @ turn)[:, 0]
    return Views(eye, camera.axes.astype(np.float64) @ turn, camera.tangent.astype(np.float64),
                 camera.shift.astype(np.float64), (lights.sun_direction.astype(np.float64)[:, None] @ turn)[:, 0],
                 np.pi * lights.sun_radiance.astype(np.float64), np.maximum(lights.sky[:, 0], 0).astype(np.float64))


def _backdrops(scenes: Scenes, assets: Assets, size: int) -> NDArray[np.float32]:
    out = np.empty((len(scenes), size, size, 3), np.float32)
    ground = scenes.background
    flat = _encoded(ground.colour)
    for k, (number, (u, v, width, height)) in enumerate(zip(ground.image, ground.window, strict=True)):
        if number < 0:
            out[k] = flat[k]
            continue
        picture = Image.fromarray(assets.backgrounds[number])
        left, right = sorted((u * picture.width, (u + width) * picture.width))
        box = (max(left, 0), v * picture.height, min(right, picture.width), (v + height) * picture.height)
        out[k] = np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR, box))
        if width < 0:
            out[k] = out[k][:, ::-1]
    gain = ground.gain[:, None, None] ** (1 / 2.2)
    return np.clip(out * gain, 0, 255).astype(np.float32)


def _cards(scenes: Scenes, size: int) -> NDArray[np.bool_]:
    """The first occluder of each scene, as the kernels see it, at the pixels' middles."""
    cards = scenes.occluders
    along = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(along, -along)
    dx = x[None] - cards.centre[:, 0, 0, None, None]
    dy = y[None] - cards.centre[:, 0, 1, None, None]
    c, s = (cards.turn[:, 0, j, None, None] for j in (0, 1))
    wide, tall = (np.maximum(cards.size[:, 0, j, None, None], 1e-6) for j in (0, 1))
    exponent = cards.exponent[:, 0, None, None]
    reach = np.clip(np.abs((dx * c + dy * s) / wide), 0, 100) ** exponent
    inside: NDArray[np.bool_] = reach + np.clip(np.abs((dy * c - dx * s) / tall), 0, 100) ** exponent <= 1
    return inside


def _encoded(linear: NDArray[Any]) -> NDArray[np.float32]:
    return (255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.float32)
