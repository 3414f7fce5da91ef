"""Sensor: what lens, chip and file format do to the picture. At 32 px this decides as much as the scene does."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Latents, Slider
from mixreal.scene import Scenes, Sensor
from mixreal.variations.variation import Variation


def sensor(assets: Assets) -> Variation:
    del assets
    return Variation("sensor", {
        "blur": Slider(0.1, 0.45, 0, "px at 32", doc="sigma of the blur", limits=(0, 6)),
        "exposure": Slider(-0.25, 0.45, 0, "EV"),
        "red": Slider(-0.16, 0.16, 0, "EV", doc="colour cast"),
        "blue": Slider(-0.16, 0.16, 0, "EV"),
        "saturation": Slider(0.5, 1.25, 1, "x"),
        "contrast": Slider(0.95, 1.6, 1, "x", log=True),
        "brightness": Slider(-0.08, 0.12, 0, limits=(-1, 1)),
        "noise": Slider(0.002, 0.010, 0, log=True, doc="sigma, of the full range", limits=(0, 1)),
        "compressed": Choice(("no", "yes"), "no", (0.5, 0.5)),
        "quality": Slider(55, 95, 95, doc="JPEG quality", limits=(1, 100)),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    cast = 2.0 ** np.stack([latents["red"], np.zeros(len(scenes)), latents["blue"]], -1)
    quality = np.where(latents["compressed"] == 1, np.round(latents["quality"]), 0)
    return replace(scenes, sensor=Sensor(
        latents["blur"], (2.0 ** latents["exposure"]).astype(np.float32), cast.astype(np.float32),
        latents["saturation"], latents["contrast"], latents["brightness"], latents["noise"], quality.astype(np.int32)))
