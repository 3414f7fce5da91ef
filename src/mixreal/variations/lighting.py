"""Lighting: a sun and a sky (even, an environment map, or as the background), exposed as a camera would."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Latents, Slider, option_list
from mixreal.rendering.sky import LEVEL, LUMINANCE, from_gradient, from_images
from mixreal.scene import Lights, Scenes
from mixreal.variations.background import to_linear
from mixreal.variations.rotations import direction
from mixreal.variations.variation import Variation

GRADIENT, ENVIRONMENT, BACKGROUND = 0, 1, 2
SUN_WITH_ENVIRONMENT = 0.4
LEAST_SEEN = 0.3  # mean luminance of an environment that is seen: photographers expose for what is behind, too
MID_GREY = 0.62  # the linear value that a white surface lying flat is exposed to


def lighting(assets: Assets) -> Variation:
    names = option_list(assets.envmap_names)
    skies = from_images(assets.envmaps)
    halves = _halves(assets.backgrounds)

    def apply(scenes: Scenes, latents: Latents) -> Scenes:
        seen = scenes.background.environment >= 0  # an environment that is seen is what lights the object
        kind = np.where(seen, ENVIRONMENT, latents["sky"])
        gradient = from_gradient(_warm(1 - 0.35 * latents["blueness"], latents["blueness"]),
                                 latents["bounce"][:, None] * np.ones(3))
        mapped = skies[latents["environment"]]
        behind = _behind(scenes, halves)
        sky = np.select([kind[:, None, None] == k for k in (ENVIRONMENT, BACKGROUND)],
                        [mapped / _level(mapped), behind / _level(behind)], gradient)
        sun_direction = direction(latents["sun_azimuth"], latents["sun_elevation"])
        # A map brings its own sun; ours only sharpens the shadows.
        strength = latents["sun"] * np.where(seen, SUN_WITH_ENVIRONMENT, 1.0)
        sun = strength[:, None] * _warm(np.ones(len(scenes)), -latents["warmth"])
        flat = sun[:, 1] * (sun_direction[:, 1] + 0.35) + sky[:, 0, 1]  # and a third of the sun, for upright faces
        gain = MID_GREY * 2.0 ** latents["exposure"] / flat
        # A camera exposes for the whole picture: before a dark background the object is dark too, but less so.
        brightness = np.clip(_level(behind)[:, 0, 0] / 0.25, 0.25, 4.0)
        gain = gain * np.where(kind == BACKGROUND, brightness ** latents["match"], 1.0)
        gain = np.where(seen, np.maximum(gain, LEAST_SEEN), gain)
        turn = np.radians(latents["environment_turn"].astype(np.float64))
        background = replace(
            scenes.background, environment=np.where(seen, latents["environment"], -1).astype(np.int32),
            gain=np.where(seen[:, None], gain[:, None] / LEVEL, scenes.background.gain).astype(np.float32))
        return replace(scenes, background=background, lights=Lights(
            sun_direction.astype(np.float32), (sun * gain[:, None]).astype(np.float32), latents["softness"],
            (sky * gain[:, None, None]).astype(np.float32),
            np.stack([np.cos(turn), np.sin(turn)], -1).astype(np.float32)))

    return Variation("lighting", {
        "sun_azimuth": Slider(0, 360, 40, "deg"),
        "sun_elevation": Slider(10, 80, 50, "deg", limits=(-20, 90)),
        "sun": Slider(0.15, 3.5, 1.5, "x the sky", log=True, doc="0.15 is overcast, 3.5 a hard sun", limits=(0, 100)),
        "softness": Slider(0.004, 0.12, 0, "rad", log=True, doc="radius of the sun: 0.005 as it is, 0.1 behind haze",
                           limits=(0, 1.5)),
        "warmth": Slider(-0.05, 0.35, 0.05, doc="of the sun: 0 white, 0.35 evening", limits=(-1, 1)),
        "sky": Choice(("gradient", "environment", "background"), "gradient", (0.3, 0.3, 0.4),
                      doc="an even sky, an environment map, or the colours of the background"),
        "match": Slider(0.0, 0.6, 0, doc="how far the object's exposure follows the background's brightness",
                        limits=(0, 1)),
        "blueness": Slider(0, 0.35, 0.1, doc="of the gradient sky", limits=(0, 1)),
        "bounce": Slider(0.1, 0.7, 0.35, doc="light from below, of the sky's", limits=(0, 100)),
        "environment": Choice(names, names[0], doc="environment map"),
        "environment_turn": Slider(0, 360, 0, "deg"),
        "exposure": Slider(-0.6, 0.7, 0, "EV"),
    }, apply)


def _halves(pictures: np.ndarray) -> np.ndarray:
    """(k, 2, 3) mean linear colours of the upper and the lower half of each picture."""
    small = pictures[:, ::8, ::8]
    middle = small.shape[1] // 2
    linear = to_linear(small / 255)
    return np.stack([linear[:, :max(middle, 1)].mean((1, 2)), linear[:, middle:].mean((1, 2))], 1)


def _behind(scenes: Scenes, halves: np.ndarray) -> np.ndarray:
    """(n, 9, 3) a sky with the colours of each scene's background."""
    image = scenes.background.image[:, None, None]
    colours = np.where(image >= 0, halves[scenes.background.image], scenes.background.colour[:, None])
    colours = np.maximum(colours * scenes.background.gain[:, None], 1e-3)
    return from_gradient(colours[:, 0], colours[:, 1])


def _level(sky: np.ndarray) -> np.ndarray:
    """(n, 1, 1) the sky's mean luminance."""
    return np.maximum(sky[:, 0] @ LUMINANCE, 1e-6)[:, None, None]


def _warm(level: np.ndarray, blueness: np.ndarray) -> np.ndarray:
    """(n, 3) colours of green `level`: positive blueness takes from red, negative from blue."""
    red = 1 - np.maximum(blueness, 0)
    blue = np.maximum(1 - 1.6 * np.maximum(-blueness, 0), 0)  # no light is less than none
    green = 1 - 0.4 * np.abs(blueness)
    return level[:, None] * np.stack([red, green, blue], -1)
