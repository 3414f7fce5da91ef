"""Camera: where the photographer stands, with which lens, and how the object is framed."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Latents, Slider
from mixreal.scene import Camera, Scenes
from mixreal.variations.rotations import about, direction, posed_hull
from mixreal.variations.variation import Variation

CLEARANCE = 0.05  # of the object's radius: the eye stays outside the object


def camera(assets: Assets) -> Variation:
    del assets
    return Variation("camera", {
        "azimuth": Slider(-40, 40, 0, "deg", doc="of the photographer; `pose.yaw` turns the object all round"),
        "elevation": Slider(-4, 32, 12, "deg", doc="height above the object's middle", limits=(-90, 90)),
        "view": Slider(18, 60, 32, "deg", log=True, doc="field of view", limits=(1, 170)),
        "fill": Slider(0.82, 1.2, 0.9, doc="part of the frame that the object fills; above 1 it is cut off",
                       limits=(0.01, 100)),
        "tightness": Slider(0.0, 0.35, 0, doc="0 fits the longer side of what is seen into the frame, 1 the shorter",
                            limits=(0, 1)),
        "aim_x": Slider(-0.7, 0.7, 0, doc="where a side is longer than the frame: the part shown, -1 to 1",
                        limits=(-1, 1)),
        "aim_y": Slider(-0.7, 0.7, 0, limits=(-1, 1)),
        "x": Slider(-0.12, 0.12, 0, doc="object off the middle, in half frames", limits=(-10, 10)),
        "y": Slider(-0.10, 0.10, 0, limits=(-10, 10)),
        "roll": Slider(-5, 5, 0, "deg"),
        "aperture": Slider(0.0, 0.02, 0, "distances", doc="radius of the lens: what is nearer and farther blurs",
                           limits=(0, 1)),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    back = direction(latents["azimuth"], latents["elevation"])  # from the object to the eye
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    up = np.cross(back, right)
    axes = about("z", latents["roll"]) @ np.stack([right, up, -back], 1)  # roll turns right into up
    tangent = np.tan(np.radians(latents["view"].astype(np.float64)) / 2)
    corners = posed_hull(scenes) @ np.swapaxes(axes, 1, 2)  # (n, k, 3) right, up, forward of the object's middle
    reach = np.abs(corners[..., :2]) / (latents["fill"] * tangent)[:, None, None]
    fitting = (reach - corners[..., 2:]).max(1)  # (n, 2) so that the farthest-reaching point lies at `fill`
    near, far = np.maximum(fitting, 1e-3).min(1), fitting.max(1)
    distance = near ** latents["tightness"] * far ** (1 - latents["tightness"])
    distance = np.maximum(distance, -corners[..., 2].min(1) * (1 + CLEARANCE))
    seen = np.abs(corners[..., :2]) / ((distance[:, None] + corners[..., 2]) * tangent[:, None])[..., None]
    beyond = np.maximum(seen.max(1) - 1, 0)  # (n, 2) half frames of the object outside the frame
    aim = np.stack([latents["aim_x"], latents["aim_y"]], -1)
    eye = scenes.pose.origin - distance[:, None] * axes[:, 2]
    return replace(scenes, camera=Camera(
        eye.astype(np.float32), axes.astype(np.float32), tangent.astype(np.float32),
        (np.stack([latents["x"], latents["y"]], -1) - aim * beyond).astype(np.float32),
        (latents["aperture"] * distance).astype(np.float32), distance.astype(np.float32)))
