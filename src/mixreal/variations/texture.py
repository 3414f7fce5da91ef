"""Texture: the object's own materials recoloured, or overlaid with a material image."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mixreal.assets import Assets
from mixreal.controls import Choice, Latents, Slider, option_list
from mixreal.scene import Scenes, Surface
from mixreal.variations.variation import Variation

OWN, RECOLOURED, IMAGE = 0, 1, 2
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709


def texture(assets: Assets) -> Variation:
    names = option_list(assets.texture_names)
    return Variation("texture", {
        "surface": Choice(("own", "recoloured", "image"), "own", (0.35, 0.3, 0.35)),
        "hue": Slider(-180, 180, 0, "deg", doc="turn of the object's hues"),
        "saturation": Slider(0.2, 1.2, 1, "x"),
        "value": Slider(0.6, 1.7, 1, "x", log=True),
        "tint_hue": Slider(0, 360, 0, "deg", doc="colour laid over greys"),
        "tint": Slider(0.0, 0.4, 0, doc="how much of it", limits=(0, 1)),
        "image": Choice(names, names[0], doc="material image"),
        "image_mix": Slider(0.15, 0.85, 0, doc="how much of the image; 0 is none", limits=(0, 1)),
        "repeat": Slider(0.5, 4, 1, "x", log=True, doc="repeats across the object", limits=(0.001, 1000)),
        "roughness": Slider(0.5, 1.6, 1, "x", log=True),
        "metallic": Slider(-0.2, 0.3, 0, limits=(-1, 1)),
    }, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    surface = latents["surface"]
    recolour = np.where(surface == OWN, 0.0, 1.0)
    matrix = colour_matrix(latents["hue"] * recolour, 1 + (latents["saturation"] - 1) * recolour,
                           1 + (latents["value"] - 1) * recolour, latents["tint_hue"], latents["tint"] * recolour)
    overlay = surface == IMAGE
    return replace(scenes, surface=Surface(
        matrix.astype(np.float32),
        np.where(overlay, latents["image"], -1).astype(np.int32),
        np.where(overlay, latents["image_mix"], 0).astype(np.float32),
        latents["repeat"], latents["roughness"], latents["metallic"]))


def colour_matrix(hue: NDArray, saturation: NDArray, value: NDArray, tint_hue: NDArray, tint: NDArray) -> NDArray:
    """(n, 3, 3) on linear RGB: hue turned about the grey axis (degrees), saturation and value scaled, then mixed with
    `tint` parts of a colour of the same luminance."""
    n = len(hue)
    angle = np.radians(hue.astype(np.float64))[:, None, None]
    grey = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    turned = np.cos(angle) * (np.eye(3) - grey) + grey + np.sin(angle) * cross  # Rodrigues about (1, 1, 1)
    luminance = np.tile(_LUMINANCE, (3, 1))
    s = saturation.astype(np.float64)[:, None, None]
    saturated = luminance + s * (np.eye(3) - luminance)
    phase = np.radians(tint_hue.astype(np.float64))[:, None] + np.array([0, -2, 2]) * np.pi / 3
    colour = np.clip(0.5 + 0.5 * np.cos(phase), 0.02, 1)
    colour = colour / (colour @ _LUMINANCE)[:, None]
    tinted = colour[:, :, None] * _LUMINANCE
    t = tint.astype(np.float64)[:, None, None]
    out = ((1 - t) * np.eye(3) + t * tinted) @ saturated @ turned
    return (out * value.astype(np.float64)[:, None, None]).reshape(n, 3, 3)
