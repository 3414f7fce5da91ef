"""Packed pictures: level 0 is the image, each further level the linear mean, any size and count."""

import numpy as np
import pytest
from PIL import Image

from mixreal.rendering.pictures import LARGEST, pack_pictures


def unpack(pictures, k, level):
    """(h, w, 4) linear colours and alpha of one level."""
    at, w, h, _ = pictures.table[k]
    for _ in range(level):
        at += 1 << (w + h)
        w, h = max(w - 1, 0), max(h - 1, 0)
    rgba = pictures.texels[at:at + (1 << (w + h))].view(np.uint8).reshape(1 << h, 1 << w, 4) / 255
    return np.concatenate([rgba[..., :3] ** 2, rgba[..., 3:]], -1)


def linear(encoded):
    e = encoded / 255
    return np.where(e <= 0.04045, e / 12.92, ((e + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("shape", [(16, 16), (8, 32), (32, 4), (1, 1), (1, 8)])
def test_levels_are_linear_means_until_a_side_is_one_texel(shape):
    image = np.random.default_rng(0).integers(0, 256, (*shape, 4), np.uint8)
    pictures = pack_pictures([image])
    level = np.concatenate([linear(image[..., :3]), image[..., 3:] / 255], -1)
    assert pictures.table[0, 3] == min(shape).bit_length()
    for k in range(pictures.table[0, 3]):
        assert np.abs(np.sqrt(unpack(pictures, 0, k)) - np.sqrt(level)).max() < 0.03, k
        if min(level.shape[:2]) > 1:
            level = (level[0::2] + level[1::2]) / 2
            level = (level[:, 0::2] + level[:, 1::2]) / 2


def test_many_pictures_of_many_sizes_keep_their_places():
    rng = np.random.default_rng(1)
    images = [np.full((int(rng.integers(1, 300)), int(rng.integers(1, 300)), 3), k, np.uint8) for k in range(90)]
    for threads in (1, 3):
        pictures = pack_pictures(images, threads)
        for k in (0, 31, 32, 33, 64, 89):
            for level in (0, pictures.table[k, 3] - 1):
                assert np.allclose(unpack(pictures, k, level)[..., :3], linear(np.array(k)), atol=2e-3)
                assert np.all(unpack(pictures, k, level)[..., 3] == 1)
    assert pictures.table[:, 1:3].max() <= LARGEST.bit_length() - 1


def test_odd_sizes_are_resized_with_antialiasing():
    image = np.tile(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8), (100, 50, 1))
    expected = np.asarray(Image.fromarray(image).resize((128, 128), Image.Resampling.BOX))
    assert np.allclose(unpack(pack_pictures([image]), 0, 0)[..., :3], linear(expected), atol=6e-3)


def test_no_pictures_is_fine():
    assert pack_pictures([]).table.shape == (0, 4)
