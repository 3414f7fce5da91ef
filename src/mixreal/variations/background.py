"""Background: a window of a photograph or a procedural picture, and the ground that the object stands on."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Colour, Latents, Slider, option_list
from mixreal.scene import GROUND_NONE, GROUND_SHADOW, GROUND_TEXTURE, Background, Scenes
from mixreal.variations.rotations import posed_hull
from mixreal.variations.variation import Variation

FLAT, PICTURE, ENVIRONMENT = 0, 1, 2


def background(assets: Assets) -> Variation:
    pictures = option_list(assets.background_names)
    textures = option_list(assets.texture_names)
    return Variation("background", {
        "kind": Choice(("flat", "picture", "environment"), "flat", (0.12, 0.76, 0.12),
                       doc="a colour, a window of a picture, or the environment map that lights the scene"),
        "colour": Colour((0.6, 0.6, 0.6), (1, 1, 1), (0.5, 0.5, 0.5), doc="of a flat background"),
        "picture": Choice(pictures, pictures[0]),
        "zoom": Slider(0.35, 1.0, 1, doc="part of the picture's width that is shown", limits=(0.01, 1)),
        "x": Slider(0, 1, 0.5, doc="where the window lies", limits=(0, 1)),
        "y": Slider(0, 1, 0.5, limits=(0, 1)),
        "mirror": Choice(("no", "yes"), "no"),
        "gain": Slider(0.6, 1.5, 1, "x", log=True),
        "blur": Slider(0.0, 0.025, 0, "image widths", doc="out of focus, as behind a near object", limits=(0, 1)),
        "ground": Choice(("none", "shadow", "texture"), "none", (0.35, 0.4, 0.25)),
        "ground_texture": Choice(textures, textures[0]),
        "ground_repeat": Slider(0.3, 1.5, 0.6, "1/unit", log=True, limits=(0.001, 1000)),
        "ground_level": Slider(0.3, 1.1, 0.8, "x", log=True),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    n = len(scenes)
    zoom = latents["zoom"]
    u0, v0 = latents["x"] * (1 - zoom), latents["y"] * (1 - zoom)
    mirror = latents["mirror"] == 1
    window = np.stack([np.where(mirror, u0 + zoom, u0), v0, np.where(mirror, -zoom, zoom), zoom], -1)
    kinds = np.array([GROUND_NONE, GROUND_SHADOW, GROUND_TEXTURE], np.int32)
    lowest = posed_hull(scenes)[..., 1].min(1)
    return replace(scenes, background=Background(
        np.where(latents["kind"] == PICTURE, latents["picture"], -1).astype(np.int32),
        np.where(latents["kind"] == ENVIRONMENT, 0, -1).astype(np.int32),  # which one, lighting says
        to_linear(latents["colour"]), window.astype(np.float32),
        np.repeat(latents["gain"][:, None], 3, 1).astype(np.float32), latents["blur"],
        kinds[latents["ground"]], (scenes.pose.origin[:, 1] + lowest).astype(np.float32),
        latents["ground_texture"].astype(np.int32),
        np.broadcast_to(latents["ground_level"][:, None], (n, 3)).astype(np.float32), latents["ground_repeat"]))


def to_linear(encoded: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1] -> linear float32 (IEC 61966-2-1)."""
    e = np.asarray(encoded, np.float64)
    return np.where(e <= 0.04045, e / 12.92, ((e + 0.055) / 1.055) ** 2.4).astype(np.float32)
