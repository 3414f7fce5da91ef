"""Lighting: a sun and a sky (a gradient or an environment map), exposed as a camera would."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Latents, Slider, option_list
from mixreal.rendering.sky import from_gradient, from_images
from mixreal.scene import Lights, Scenes
from mixreal.variations.rotations import direction
from mixreal.variations.variation import Variation

GRADIENT, ENVIRONMENT = 0, 1
MID_GREY = 0.62  # the linear value that a white surface lying flat is exposed to


def lighting(assets: Assets) -> Variation:
    names = option_list(assets.envmap_names)
    skies = from_images(assets.envmaps)

    def apply(scenes: Scenes, latents: Latents) -> Scenes:
        gradient = from_gradient(_warm(1 - 0.35 * latents["blueness"], latents["blueness"]),
                                 latents["bounce"][:, None] * np.ones(3))
        mapped = skies[latents["environment"]]
        flat = mapped[:, 0] @ np.array([0.2126, 0.7152, 0.0722])
        mapped = mapped / np.maximum(flat, 1e-6)[:, None, None]
        use_map = (latents["sky"] == ENVIRONMENT)[:, None, None]
        sky = np.where(use_map, mapped, gradient)
        sun_direction = direction(latents["sun_azimuth"], latents["sun_elevation"])
        sun = latents["sun"][:, None] * _warm(np.ones(len(scenes)), -latents["warmth"])
        flat = sun[:, 1] * (sun_direction[:, 1] + 0.35) + sky[:, 0, 1]  # and a third of the sun, for upright faces
        gain = MID_GREY * 2.0 ** latents["exposure"] / flat
        turn = np.radians(latents["environment_turn"])
        return replace(scenes, lights=Lights(
            sun_direction.astype(np.float32), (sun * gain[:, None]).astype(np.float32),
            (sky * gain[:, None, None]).astype(np.float32), np.stack([np.cos(turn), np.sin(turn)], -1)))

    return Variation("lighting", {
        "sun_azimuth": Slider(0, 360, 40, "deg"),
        "sun_elevation": Slider(10, 80, 50, "deg"),
        "sun": Slider(0.15, 3.5, 1.5, "x the sky", log=True, doc="0.15 is overcast, 3.5 a hard sun"),
        "warmth": Slider(-0.05, 0.35, 0.05, doc="of the sun: 0 white, 0.35 evening"),
        "sky": Choice(("gradient", "environment"), "gradient", (0.5, 0.5)),
        "blueness": Slider(0, 0.35, 0.1, doc="of the gradient sky"),
        "bounce": Slider(0.1, 0.7, 0.35, doc="light from below, of the sky's"),
        "environment": Choice(names, names[0], doc="environment map"),
        "environment_turn": Slider(0, 360, 0, "deg"),
        "exposure": Slider(-0.6, 0.7, 0, "EV"),
    }, apply)


def _warm(level: np.ndarray, blueness: np.ndarray) -> np.ndarray:
    """(n, 3) colours of green `level`: positive blueness takes from red, negative from blue."""
    red = 1 - np.maximum(blueness, 0)
    blue = 1 - 1.6 * np.maximum(-blueness, 0)
    green = 1 - 0.4 * np.abs(blueness)
    return level[:, None] * np.stack([red, green, blue], -1)
