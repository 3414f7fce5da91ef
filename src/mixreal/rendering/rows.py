"""Scenes as the records that kernels read: one structured row an image."""

import numpy as np
from numpy.typing import NDArray

from mixreal.rendering.layout import IMAGE
from mixreal.rendering.sensing import Recording
from mixreal.scene import Scenes
from mixreal.streams import uniforms

RECORDING = Recording.numpy_dtype()


def image_rows(scenes: Scenes, boxes: NDArray[np.float32]) -> NDArray[np.void]:
    """(n,) of `layout.Image`. boxes: (m, 2, 3) least and greatest corners of the models."""
    pose, surface, lights, back = scenes.pose, scenes.surface, scenes.lights, scenes.background
    camera, cards = scenes.camera, scenes.occluders
    out = np.zeros(len(scenes), IMAGE)
    out["model"] = scenes.model
    out["to_model"] = np.linalg.inv(pose.to_world.astype(np.float64))
    out["origin"] = pose.origin
    out["colour_matrix"] = surface.colour_matrix
    for name in ("texture", "texture_mix", "texture_repeat", "roughness", "metallic"):
        out[name] = getattr(surface, name)
    for name in ("sun_direction", "sun_radiance", "sun_radius", "sky", "sky_turn"):
        out[name] = getattr(lights, name)
    out["sun_across"] = _across(lights.sun_direction)
    out["picture"], out["environment"] = back.image, back.environment
    out["picture_colour"], out["background_blur"] = back.colour, back.blur
    for name in ("window", "gain", "ground", "ground_height", "ground_texture", "ground_colour", "ground_repeat"):
        out[name] = getattr(back, name)
    for name in ("eye", "axes", "tangent", "shift", "aperture", "focus"):
        out[name] = getattr(camera, name)
    out["bounds"] = _bounds(scenes, boxes)
    present = (cards.size > 0).all(-1)
    # Those present first, so that the kernel can count them.
    order = np.argsort(~present, axis=1, kind="stable")
    out["cards"] = present.sum(1)
    for name in ("centre", "size", "turn", "squarings", "texture", "colour", "depth"):
        values = np.log2(cards.exponent).round() if name == "squarings" else getattr(cards, name)
        out[f"card_{name}"] = np.take_along_axis(values, order.reshape(*order.shape, *[1] * (values.ndim - 2)), 1)
    return out


def _bounds(scenes: Scenes, boxes: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 4) least x and y, greatest x and y, in image points, that the corners of the model's box reach."""
    camera, pick = scenes.camera, np.indices((2, 2, 2)).reshape(3, 8).T  # (8, 3)
    corners = boxes.astype(np.float64)[:, pick, np.arange(3)][scenes.model]  # (n, 8, 3)
    world = corners @ np.swapaxes(scenes.pose.to_world, 1, 2) + (scenes.pose.origin - camera.eye)[:, None]
    across, up, away = np.moveaxis(world @ np.swapaxes(camera.axes, 1, 2), -1, 0)  # (n, 8) each
    nearest = away.min(1)
    behind = nearest <= 1e-3  # a corner beside or behind the eye: anywhere in the image
    scale = 1 / (np.maximum(away, 1e-3) * camera.tangent[:, None])
    blur = camera.aperture * np.abs(1 / np.maximum(nearest, 1e-3) - 1 / camera.focus) / camera.tangent
    x, y = across * scale + camera.shift[:, :1], up * scale + camera.shift[:, 1:]
    margin = blur + 1e-4
    out = np.stack([x.min(1) - margin, y.min(1) - margin, x.max(1) + margin, y.max(1) + margin], -1)
    out[behind] = [-2.0, -2.0, 2.0, 2.0]
    return out


def _across(direction: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, 2, 3) two unit vectors across each of (n, 3) unit vectors and each other."""
    one = np.asarray(direction, np.float64)
    axis = np.where(np.abs(one[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])
    first = np.cross(axis, one)
    first /= np.linalg.norm(first, axis=-1, keepdims=True)
    return np.stack([first, np.cross(one, first)], 1)


def recording_rows(scenes: Scenes, size: int, seed: int) -> NDArray[np.void]:
    """(n,) of `sensing.Recording`. The blur is given for 32 px and grows with the image."""
    sensor = scenes.sensor
    out = np.zeros(len(scenes), RECORDING)
    out["blur"] = sensor.blur * (size / 32)
    out["gain"] = sensor.exposure[:, None] * sensor.cast
    for name in ("saturation", "contrast", "brightness", "noise", "jpeg"):
        out[name] = getattr(sensor, name)
    out["key"] = (uniforms(seed, ["sensor noise"], scenes.index)[0, :, :2] * 2.0**32).astype(np.uint32)
    return out
