"""The sensor: each effect alone against its definition, and our JPEG against Pillow's."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from mixreal.rendering.renderer import render
from rendering.scenes import around, ball, opened


@pytest.fixture(scope="module")
def rendered():
    renderer = opened(ball())
    return renderer, around(renderer, 3)


def frames(rendered, size=32, seed=0, **sensor):
    renderer, scenes = rendered
    n = len(scenes)
    fields = {}
    for name, value in sensor.items():
        like = getattr(scenes.sensor, name)
        fields[name] = np.broadcast_to(np.asarray(value, like.dtype), like.shape).copy()
    scenes = replace(scenes, sensor=replace(scenes.sensor, **fields))
    return render(renderer, scenes, size, 4, ("rgb", "light"), seed), n


def encode(light):
    c = np.clip(light, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def close(rgb, expected):
    return np.abs(rgb.astype(float) - np.clip(expected, 0, 1) * 255).max() <= 0.51


def test_at_rest_the_sensor_only_encodes(rendered):
    out, _ = frames(rendered)
    assert close(out.rgb, encode(out.light))


def test_exposure_cast_contrast_and_brightness(rendered):
    out, _ = frames(rendered, exposure=1.3, cast=[1.1, 1.0, 0.8], contrast=1.2, brightness=-0.05)
    expected = (encode(out.light * 1.3 * np.array([1.1, 1.0, 0.8])) - 0.5) * 1.2 + 0.5 - 0.05
    assert close(out.rgb, expected)


def test_saturation_moves_colours_to_and_from_their_grey(rendered):
    out, _ = frames(rendered, saturation=0.0)
    grey = encode(out.light @ np.array([0.2126, 0.7152, 0.0722]))[..., None].repeat(3, -1)
    assert close(out.rgb, grey)
    out, _ = frames(rendered, saturation=0.5)
    mixed = 0.5 * out.light + 0.5 * (out.light @ np.array([0.2126, 0.7152, 0.0722]))[..., None]
    assert close(out.rgb, encode(mixed))


def test_blur_is_gaussian_in_linear_light_and_grows_with_the_image(rendered):
    for size in (32, 64):
        out, n = frames(rendered, size, blur=0.7)
        for k in range(n):
            expected = np.stack([gaussian_filter(out.light[k, ..., c], 0.7 * size / 32, mode="nearest", truncate=4)
                                 for c in range(3)], -1)
            assert np.abs(out.rgb[k] - encode(expected) * 255).max() < 2.5


def test_noise_has_its_sigma_and_depends_on_seed_and_image_alone(rendered):
    plain, _ = frames(rendered, 64)
    noisy, _ = frames(rendered, 64, noise=0.04)
    other, _ = frames(rendered, 64, noise=0.04, seed=1)
    middle = (plain.rgb > 60) & (plain.rgb < 195)
    grain = (noisy.rgb.astype(float) - plain.rgb)[middle] / 255
    assert grain.std() == pytest.approx(0.04, rel=0.05) and abs(grain.mean()) < 0.003
    assert not np.array_equal(noisy.rgb, other.rgb)
    difference = noisy.rgb[0].astype(int) - plain.rgb[0]
    assert abs(np.corrcoef(difference[:-1].ravel(), difference[1:].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("quality", [10, 40, 75, 95])
@pytest.mark.parametrize("size", [32, 40])
def test_jpeg_equals_pillows_within_rounding(rendered, quality, size):
    before, n = frames(rendered, size, noise=0.03)
    after, _ = frames(rendered, size, noise=0.03, jpeg=quality)
    for k in range(n):
        file = io.BytesIO()
        Image.fromarray(before.rgb[k]).save(file, "JPEG", quality=quality, subsampling=2)
        theirs = np.asarray(Image.open(file), np.float64)
        loss = np.abs(theirs - before.rgb[k]).mean()
        # Decoders interpolate chrominance in their own ways: the rest must be far below the loss itself.
        assert np.abs(after.rgb[k] - theirs).mean() < 0.4 * loss + 0.6
        assert np.abs(after.rgb[k].astype(float).mean((0, 1)) - theirs.mean((0, 1))).max() < 1.0
