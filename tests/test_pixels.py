"""Decoded pictures of all kinds as 8-bit RGB."""

import numpy as np
import pytest
from PIL import Image

from mixreal.pixels import eight_bits, is_plain, rgb


def see_through(mode: str) -> Image.Image:
    """Red, and hidden."""
    return Image.new("RGBA", (2, 2), (255, 0, 0, 0)).convert(mode)


def test_sixteen_bits_are_scaled() -> None:
    deep = Image.fromarray(np.array([[0, 257], [25700, 65535]], np.uint16))
    assert np.asarray(eight_bits(deep)).tolist() == [[0, 1], [100, 255]]
    assert np.asarray(rgb(deep)).tolist() == [[[0] * 3, [1] * 3], [[100] * 3, [255] * 3]]
    assert not is_plain(deep)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_alpha_hides_is_white(mode: str) -> None:
    hidden = see_through(mode)
    assert not is_plain(hidden) and (np.asarray(rgb(hidden)) == 255).all()


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "CMYK"])
def test_plain_pictures_are_as_pillow_makes_them(mode: str) -> None:
    picture = Image.new("RGB", (3, 2), (200, 100, 0)).convert(mode)
    assert is_plain(picture) and eight_bits(picture) is picture
    assert np.array_equal(np.asarray(rgb(picture)), np.asarray(picture.convert("RGB")))


def test_one_colour_of_a_palette_may_be_see_through() -> None:
    palette = Image.new("P", (2, 2), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.info["transparency"] = 0
    assert not is_plain(palette) and (np.asarray(rgb(palette)) == 255).all()
