"""Camera: where the photographer stands, with which lens, and how the object is framed."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Latents, Slider
from mixreal.scene import Camera, Scenes
from mixreal.variations.rotations import about, direction
from mixreal.variations.variation import Variation

CLEARANCE = 0.05  # of the object's radius: the eye stays outside the object


def camera(assets: Assets) -> Variation:
    del assets
    return Variation("camera", {
        "azimuth": Slider(-40, 40, 0, "deg", doc="of the photographer; `pose.yaw` turns the object all round"),
        "elevation": Slider(-4, 32, 12, "deg", doc="height above the object's middle"),
        "view": Slider(18, 60, 32, "deg", log=True, doc="field of view"),
        "fill": Slider(0.8, 1.3, 0.95, doc="part of the frame that the object's box fills; above 1 it is cut off"),
        "x": Slider(-0.12, 0.12, 0, doc="object off the middle, in half frames"),
        "y": Slider(-0.10, 0.10, 0),
        "roll": Slider(-5, 5, 0, "deg"),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    back = direction(latents["azimuth"], latents["elevation"])  # from the object to the eye
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    up = np.cross(back, right)
    axes = about("z", latents["roll"]) @ np.stack([right, up, -back], 1)  # roll turns right into up
    tangent = np.tan(np.radians(latents["view"].astype(np.float64)) / 2)
    corners = _corners(scenes) @ np.swapaxes(axes, 1, 2)  # (n, 8, 3) right, up, forward of the object's middle
    reach = np.abs(corners[..., :2]).max(-1) / (latents["fill"] * tangent)[:, None]
    distance = (reach - corners[..., 2]).max(1)  # so that the farthest-reaching corner lies at `fill`
    distance = np.maximum(distance, -corners[..., 2].min(1) * (1 + CLEARANCE))
    eye = scenes.pose.origin - distance[:, None] * axes[:, 2]
    return replace(scenes, camera=Camera(
        eye.astype(np.float32), axes.astype(np.float32), tangent.astype(np.float32),
        np.stack([latents["x"], latents["y"]], -1)))


def _corners(scenes: Scenes) -> np.ndarray:
    """(n, 8, 3) corners of the posed bounding box, about the object's origin, in world axes."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    return (signs * scenes.half_extent[:, None]) @ np.swapaxes(scenes.pose.to_world.astype(np.float64), 1, 2)
