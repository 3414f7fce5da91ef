"""Pose: which way the object faces, how it leans, and how its proportions are stretched."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Latents, Slider
from mixreal.scene import Pose, Scenes
from mixreal.variations.rotations import about
from mixreal.variations.variation import Variation


def pose(assets: Assets) -> Variation:
    del assets
    return Variation("pose", {
        "yaw": Slider(0, 360, 35, "deg", doc="turn about the vertical"),
        "pitch": Slider(-6, 6, 0, "deg", doc="nose up or down"),
        "roll": Slider(-6, 6, 0, "deg", doc="lean to a side"),
        "width": Slider(0.88, 1.14, 1, "x", log=True, doc="stretch across", limits=(0.01, 100)),
        "height": Slider(0.88, 1.14, 1, "x", log=True, doc="stretch upwards", limits=(0.01, 100)),
        "length": Slider(0.88, 1.14, 1, "x", log=True, doc="stretch along", limits=(0.01, 100)),
        "mirror": Choice(("no", "yes"), "no", doc="left and right exchanged"),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    side = np.where(latents["mirror"] == 1, -1.0, 1.0)
    stretch = np.stack([latents["width"] * side, latents["height"], latents["length"]], -1)
    turn = about("y", latents["yaw"]) @ about("x", -latents["pitch"]) @ about("z", latents["roll"])
    to_world = (turn * stretch[:, None, :]).astype(np.float32)
    return replace(scenes, pose=Pose(to_world, np.zeros((len(scenes), 3), np.float32)))
