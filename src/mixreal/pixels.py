"""Decoded pictures as 8-bit pixels: 16 bits are scaled where Pillow would clip them, alpha is laid on white."""

import numpy as np
from PIL import Image

_WITH_ALPHA = ("RGBA", "LA", "PA", "La", "RGBa")


def is_plain(image: Image.Image) -> bool:
    """Whether Pillow's own conversion to RGB shows the picture as it is meant."""
    return not (image.mode.startswith("I") or _has_alpha(image))


def eight_bits(image: Image.Image) -> Image.Image:
    """The picture with 8 bits a channel, alpha kept."""
    if image.mode.startswith("I"):  # 16 bits a pixel: convert() would clip it
        return Image.fromarray((np.asarray(image).clip(0, 65535) / 257).round().astype(np.uint8))
    return image


def rgb(image: Image.Image) -> Image.Image:
    """The picture as RGB, what is see-through laid on white: below alpha 0 any colour may stand."""
    image = eight_bits(image)
    if _has_alpha(image):
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in _WITH_ALPHA or "transparency" in image.info
