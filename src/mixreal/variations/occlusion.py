"""Occlusion: poles, leaves, walls and passers-by between the camera and the object, as flat cards."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.controls import Choice, Colour, Control, Latents, Slider, option_list
from mixreal.scene import OCCLUDERS, Occluders, Scenes
from mixreal.variations.background import to_linear
from mixreal.variations.variation import Variation

SHAPES = {  # half width, half height (in half images) and superellipse exponent
    "blob": (0.30, 0.30, 2.0),
    "panel": (0.40, 0.28, 16.0),
    "pole": (0.05, 3.00, 16.0),
    "bar": (3.00, 0.05, 16.0),
}


def occlusion(assets: Assets) -> Variation:
    textures = option_list(assets.texture_names)
    controls: dict[str, Control] = {"count": Choice(("0", "1", "2"), "0", (0.75, 0.2, 0.05))}
    for k in range(OCCLUDERS):
        controls |= {
            f"shape{k}": Choice(tuple(SHAPES), "pole", (0.3, 0.2, 0.35, 0.15)),
            f"side{k}": Slider(-180, 180, 0, "deg", doc="on which side of the middle it lies"),
            f"far{k}": Slider(0.5, 1.1, 0.8, doc="how far from the middle, in half images", limits=(0, 100)),
            f"turn{k}": Slider(-15, 15, 0, "deg"),
            f"size{k}": Slider(0.5, 1.3, 1, "x", log=True),
            f"texture{k}": Choice(textures, textures[0]),
            f"colour{k}": Colour((0.15, 0.15, 0.15), (1, 1, 1), (0.6, 0.6, 0.6)),
        }
    return Variation("occlusion", controls, _apply)


def _apply(scenes: Scenes, latents: Latents) -> Scenes:
    shapes = np.array(list(SHAPES.values()))
    distance = np.linalg.norm(scenes.camera.eye - scenes.pose.origin, axis=-1)

    def each(name: str) -> np.ndarray:
        return np.stack([latents[f"{name}{k}"] for k in range(OCCLUDERS)], 1)

    present = np.arange(OCCLUDERS)[None] < latents["count"][:, None]
    shape = shapes[each("shape")]
    size = shape[..., :2] * each("size")[..., None] * present[..., None]
    side, turn = (np.radians(each(name).astype(np.float64)) for name in ("side", "turn"))
    centre = each("far")[..., None] * np.stack([np.cos(side), np.sin(side)], -1)
    return replace(scenes, occluders=Occluders(
        centre.astype(np.float32), size.astype(np.float32),
        np.stack([np.cos(turn), np.sin(turn)], -1).astype(np.float32),
        shape[..., 2].astype(np.float32), each("texture").astype(np.int32), to_linear(each("colour")),
        np.repeat((0.5 * distance)[:, None], OCCLUDERS, 1).astype(np.float32)))
