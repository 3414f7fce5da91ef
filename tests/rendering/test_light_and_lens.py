"""Environments that are seen, suns with a disc, lenses with an aperture: against what geometry says."""

from dataclasses import replace

import numpy as np
import pytest

from mixreal.assets import Assets
from mixreal.models.mesh import Material, Mesh
from mixreal.rendering.renderer import open_renderer, render
from mixreal.rendering.sky import LEVEL, as_pictures, equirectangular, from_images
from mixreal.scene import GROUND_TEXTURE, blank
from rendering.scenes import around, assets, ball, opened

BOTH = pytest.mark.parametrize("lanes", [0, 16])


def strip(width, y=0.0, z=0.0):
    """A white band across the view, `width` high."""
    v = np.array([[-1, y - width / 2, z], [1, y - width / 2, z], [1, y + width / 2, z], [-1, y + width / 2, z]])
    return Mesh("strip", v.astype(np.float32), np.array([[0, 1, 2], [0, 2, 3]], np.int32),
                np.tile(np.float32([0, 0, 1]), (4, 1)), np.zeros((4, 2), np.float32), np.full((4, 4), 255, np.uint8),
                np.zeros(2, np.int32), (Material("white", (1, 1, 1, 1), 0.0, 1.0),))


@BOTH
def test_an_environment_is_seen_where_it_is(lanes):
    """A map whose colours are its directions, seen by cameras all round, turned by any angle."""
    directions, _ = equirectangular(128, 256)
    plain = assets()
    maps = (0.5 + 0.5 * directions)[None].astype(np.float32)
    some = Assets(plain.textures, plain.backgrounds, maps, plain.texture_names, plain.background_names, ("way",), (),
                  "")
    renderer = replace(open_renderer([ball(6)], some), lanes=lanes)
    scenes = around(renderer, 12)
    turn = np.linspace(0, 6, 12)
    scenes = replace(
        scenes, pose=replace(scenes.pose, origin=scenes.camera.eye - 9 * scenes.camera.axes[:, 2]),  # behind the camera
        background=replace(scenes.background, environment=np.zeros(12, np.int32)),
        lights=replace(scenes.lights, sky_turn=np.stack([np.cos(turn), np.sin(turn)], -1).astype(np.float32)))
    seen = render(renderer, scenes, 24, outputs=("light",)).light
    at = (np.arange(24) + 0.5) / 12 - 1
    x, y = np.meshgrid(at, -at)
    camera = scenes.camera
    ray = np.stack([x * 0.4, y * 0.4, np.ones_like(x)], -1) @ camera.axes[:, None]
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    c, s = np.cos(turn)[:, None, None], np.sin(turn)[:, None, None]
    turned = np.stack([c * ray[..., 0] - s * ray[..., 2], ray[..., 1], s * ray[..., 0] + c * ray[..., 2]], -1)
    level = from_images(maps)[0, 0] @ [0.2126, 0.7152, 0.0722]
    expected = np.clip((0.5 + 0.5 * turned) * LEVEL / level, 0, 1)
    assert np.abs(seen - expected).max() < 0.02


def test_pictures_of_environments_have_one_brightness():
    maps = np.random.default_rng(0).random((3, 16, 32, 3)) * np.array([0.01, 1, 100])[:, None, None, None]
    means = [((picture / 255) ** 2.2).mean() for picture in as_pictures(maps.astype(np.float32))]
    assert np.allclose(means, LEVEL, rtol=0.1)


def shadow_of(radius, lanes):
    """Light on the ground beside a ball, along a line out of its shadow."""
    renderer = opened(ball(16), lanes=lanes)
    scenes = blank(np.arange(1), np.zeros(1, np.int64), np.zeros(1, np.int32), renderer.hulls[[0]])
    down = np.array([[[1, 0, 0], [0, 0, -1], [0, -1, 0]]], np.float32)
    scenes = replace(
        scenes, camera=replace(scenes.camera, eye=np.float32([[2.5, 6, 0]]), axes=down, focus=np.float32([6.0])),
        background=replace(scenes.background, ground=np.array([GROUND_TEXTURE], np.int32),
                           ground_height=np.float32([-1.1])),
        lights=replace(scenes.lights, sun_direction=np.float32([[-0.70710678, 0.70710678, 0]]),
                       sun_radiance=np.float32([[1, 1, 1]]), sky=np.zeros((1, 9, 3), np.float32),
                       sun_radius=np.float32([radius])))
    return render(renderer, scenes, 64, samples=16, outputs=("light",)).light[0, 30:34, 10:46].mean((0, 2))


@BOTH
def test_a_wide_sun_has_a_penumbra(lanes):
    hard, soft = shadow_of(0.0, lanes), shadow_of(0.2, lanes)
    full = hard.max()
    between = [((line > 0.05 * full) & (line < 0.95 * full)).sum() for line in (hard, soft)]
    assert between[0] <= 3 and between[1] >= 8
    assert abs(hard.sum() - soft.sum()) < 0.06 * hard.sum()  # the penumbra lies on both sides of the edge


def height_seen(focus, aperture, lanes):
    """How many rows a band at distance 4 reaches over, in 64."""
    renderer = opened(strip(0.4), lanes=lanes)
    scenes = blank(np.arange(1), np.zeros(1, np.int64), np.zeros(1, np.int32), renderer.hulls[[0]])
    scenes = replace(scenes, camera=replace(scenes.camera, focus=np.float32([focus]), aperture=np.float32([aperture])))
    mask = render(renderer, scenes, 64, samples=64, outputs=("mask",)).mask[0, :, 30:34].mean(1)
    return (mask > 0.01).sum(), mask.sum()


@BOTH
def test_a_lens_blurs_what_is_out_of_focus_alone(lanes):
    sharp, rows = height_seen(4.0, 0.0, lanes)
    assert abs(rows - 0.4 / (4 * 0.3) * 32) < 0.1
    assert height_seen(4.0, 0.3, lanes)[0] <= sharp + 1
    blurred, light = height_seen(8.0, 0.3, lanes)
    radius = 0.3 * (1 / 4 - 1 / 8) / 0.3 * 32 * 0.95  # of the circle of confusion, in pixels: rays reach 0.95 of it
    assert abs((blurred - sharp) / 2 - radius) < 1.2
    assert abs(light - rows) < 0.15


@BOTH
def test_depth_is_along_the_axis_whatever_the_lens(lanes):
    renderer = opened(strip(2.0), lanes=lanes)
    scenes = blank(np.arange(1), np.zeros(1, np.int64), np.zeros(1, np.int32), renderer.hulls[[0]])
    scenes = replace(scenes, camera=replace(scenes.camera, aperture=np.float32([0.2]), focus=np.float32([6.0])))
    depth = render(renderer, scenes, 16, outputs=("depth",)).depth[0]
    assert np.allclose(depth[4:12, 4:12], 4.0, atol=1e-4)
