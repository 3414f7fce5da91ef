"""The renderer: the packets against the scalar twin, batches against rows, and exact small cases."""

from dataclasses import replace

import numpy as np
import pytest

from mixreal.errors import BadInput
from mixreal.models.mesh import BLEND, MASK, Material, Mesh
from mixreal.rendering.packets import WIDTHS
from mixreal.rendering.renderer import open_renderer, render, sample_pattern
from mixreal.scene import GROUND_SHADOW, GROUND_TEXTURE, rows
from rendering.scenes import around, assets, ball, opened

EVERYTHING = ("light", "rgb", "mask", "depth", "normal")


def quad(material: Material, z: float = 0.0, half: float = 0.7) -> Mesh:
    """A square in the plane z, facing +z, with texture coordinates from 0 to 1."""
    v = np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]], np.float32)
    return Mesh("quad", v, np.array([[0, 1, 2], [0, 2, 3]], np.int32), np.tile(np.float32([0, 0, 1]), (4, 1)),
                np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32), np.full((4, 4), 255, np.uint8),
                np.zeros(2, np.int32), (material,))


def busy_scenes(renderer, n):
    """Scenes with everything on: overlay, picture, both grounds, a wide sun, a lens, cards, noise and JPEG."""
    scenes = around(renderer, n)
    rng = np.random.default_rng(1)
    f = lambda *shape: rng.random((n, *shape)).astype(np.float32)  # noqa: E731
    i = lambda high, *shape: rng.integers(-1, high, (n, *shape)).astype(np.int32)  # noqa: E731
    return replace(
        scenes,
        surface=replace(scenes.surface, texture=np.full(n, 1, np.int32), texture_mix=f() * (i(1) == 0)),
        lights=replace(scenes.lights, sun_radius=f() * 0.2 * (i(1) == 0)),
        camera=replace(scenes.camera, aperture=f() * 0.2 * (i(1) == 0), focus=2.5 + f()),
        background=replace(scenes.background, image=i(3), environment=i(2), ground=(np.arange(n) % 3).astype(np.int32),
                           ground_height=np.full(n, -0.9, np.float32), ground_texture=i(3)),
        occluders=replace(scenes.occluders, centre=f(2, 2) - 0.5, size=f(2, 2) * 0.4 * (i(1, 2, 1) == 0),
                          texture=i(3, 2), exponent=np.where(i(1, 2) == 0, 2, 16).astype(np.float32)),
        sensor=replace(scenes.sensor, blur=f(), noise=f() * 0.05, jpeg=(i(3) * 30).clip(0).astype(np.int32)))


@pytest.fixture(scope="module")
def renderer():
    texture = np.random.default_rng(2).integers(0, 255, (16, 32, 4), np.uint8)
    glassy = Material("g", (0.8, 0.9, 1.0, 0.4), 0.1, 0.2, alpha_mode=BLEND)
    return opened(ball(material=Material("t", texture=texture, metallic=0.3, roughness=0.5)),
                  ball(8, glassy, 1), ball(12, Material("holes", texture=texture, alpha_mode=MASK), 2))


def with_models(scenes, count):
    return replace(scenes, model=(np.arange(len(scenes)) % count).astype(np.int32))


@pytest.mark.parametrize("size", [30, 64])
def test_packets_equal_the_scalar_twin_but_for_edges(renderer, size):
    scenes = with_models(busy_scenes(renderer, 12), 3)
    plain = render(replace(renderer, lanes=0), scenes, size, outputs=EVERYTHING)
    fast = render(renderer, scenes, size, outputs=EVERYTHING)
    off = np.abs(plain.light - fast.light).max(-1) > 1 / 255
    assert off.mean() < 2e-3, f"{off.mean():.2%} of pixels differ"
    assert (np.abs(plain.mask - fast.mask) > 1e-6).mean() < 1e-3
    assert (np.abs(plain.whole - fast.whole) > 1e-6).mean() < 1e-3
    both = np.isfinite(plain.depth) & np.isfinite(fast.depth)
    assert np.array_equal(np.isfinite(plain.depth), np.isfinite(fast.depth))
    assert np.percentile(np.abs(plain.depth[both] - fast.depth[both]), 99) < 1e-3
    assert (np.abs(plain.normal - fast.normal).max(-1) > 0.02).mean() < 2e-3


def test_packet_widths_give_the_same_bytes(renderer):
    scenes = with_models(busy_scenes(renderer, 6), 3)
    frames = [render(replace(renderer, lanes=lanes), scenes, 32, outputs=EVERYTHING) for lanes in WIDTHS]
    for name in EVERYTHING:
        for other in frames[1:]:
            assert np.array_equal(getattr(frames[0], name), getattr(other, name), equal_nan=True), name


@pytest.mark.parametrize("samples", [1, 3, 4, 16])
def test_any_split_gives_the_same_bytes(renderer, samples):
    scenes = with_models(busy_scenes(renderer, 9), 3)
    whole = render(renderer, scenes, 24, samples, EVERYTHING)
    pieces = [render(renderer, rows(scenes, slice(a, b)), 24, samples, EVERYTHING) for a, b in ((0, 1), (1, 6), (6, 9))]
    for name in EVERYTHING:
        assert np.array_equal(getattr(whole, name), np.concatenate([getattr(p, name) for p in pieces]), equal_nan=True)


def test_a_flat_square_has_exact_size_depth_normal_and_light():
    renderer = opened(quad(Material("m", (0.5, 0.25, 1.0, 1.0), 0.0, 1.0)))
    scenes = around(renderer, 1)
    scenes = replace(scenes, camera=replace(
        scenes.camera, eye=np.float32([[0, 0, 4]]), axes=np.float32([[[1, 0, 0], [0, 1, 0], [0, 0, -1]]]),
        tangent=np.float32([0.25])), lights=replace(
        scenes.lights, sun_direction=np.float32([[0, 0.6, 0.8]]), sun_radiance=np.float32([[1, 1, 1]]),
        sky=scenes.lights.sky * 0))
    frames = render(renderer, scenes, 40, 4, ("mask", "depth", "normal", "light"))
    assert frames.mask.sum() == pytest.approx((0.7 / (4 * 0.25)) ** 2 * 1600, rel=0.01)
    assert frames.depth[0, 20, 20] == pytest.approx(4, abs=1e-5)
    assert np.all(np.isinf(frames.depth[frames.mask == 0]))
    assert np.allclose(frames.normal[0, 20, 20], [0, 0, 1], atol=1e-6)
    # Lambert with a rough dielectric's share: diffuse (1 - F) * colour * cosine, F about 0.04, plus a faint gloss.
    diffuse = 0.96 * 0.8 * np.array([0.5, 0.25, 1.0])
    assert np.all(frames.light[0, 20, 20] >= diffuse - 1e-3) and np.all(frames.light[0, 20, 20] <= diffuse + 0.02)


def test_glass_lets_the_background_through_and_holes_show_it():
    behind = np.float32([[0.9, 0.1, 0.1]])
    for alpha_mode, alpha, share in ((BLEND, 0.25, 0.75), (MASK, 0.25, 1.0), (MASK, 0.75, 0.0)):
        renderer = opened(quad(Material("m", (0, 0, 0, alpha), 0.0, 1.0, alpha_mode=alpha_mode)))
        scenes = around(renderer, 1)
        scenes = replace(scenes, camera=replace(
            scenes.camera, eye=np.float32([[0, 0, 4]]), axes=np.float32([[[1, 0, 0], [0, 1, 0], [0, 0, -1]]])),
            lights=replace(scenes.lights, sky=scenes.lights.sky * 0, sun_radiance=np.zeros((1, 3), np.float32)),
            background=replace(scenes.background, colour=behind))
        frames = render(renderer, scenes, 16, outputs=("light", "mask"))
        assert np.allclose(frames.light[0, 8, 8], behind[0] * share, atol=1e-4)
        assert frames.mask[0, 8, 8] == (0.0 if share == 1 else 1.0)


def test_ground_catches_a_shadow_only_where_the_object_hides_the_sun():
    renderer = opened(ball())
    scenes = around(renderer, 1)
    scenes = replace(
        scenes, camera=replace(scenes.camera, eye=np.float32([[0, 3, 6]]), tangent=np.float32([0.6]), axes=np.float32(
            [[[1, 0, 0], [0, 0.8944272, -0.4472136], [0, -0.4472136, -0.8944272]]])),
        lights=replace(scenes.lights, sun_direction=np.float32([[0.8, 0.6, 0]])),
        background=replace(scenes.background, ground=np.int32([GROUND_SHADOW]), ground_height=np.float32([-1]),
                           colour=np.ones((1, 3), np.float32)))
    frames = render(renderer, scenes, 64, outputs=("light", "mask"))
    ground = frames.light[0, 36:, :, 1]
    left, right = ground[:, 8:24].min(), ground[:, 44:60].min()
    assert left < 0.7 * right, "the shadow falls away from the sun"
    bare = render(renderer, replace(scenes, background=replace(scenes.background, ground=np.int32([0]))), 64,
                  outputs=("light",))
    assert np.allclose(bare.light[0][frames.mask[0] == 0], 1.0, atol=1e-6)
    textured = replace(scenes, background=replace(scenes.background, ground=np.int32([GROUND_TEXTURE]),
                                                  ground_texture=np.int32([0])))
    assert render(renderer, textured, 64, outputs=("light",)).light[0, 60].std() > 0.01


def test_occluders_hide_but_amodal_mask_stays():
    renderer = opened(ball())
    scenes = around(renderer, 2)
    size = np.zeros((2, 2, 2), np.float32)
    size[1, 1] = 0.3  # the second slot alone: the kernel must find it
    scenes = replace(scenes, occluders=replace(scenes.occluders, size=size, exponent=np.full((2, 2), 16, np.float32)))
    same = replace(scenes.camera, eye=scenes.camera.eye[[0, 0]], axes=scenes.camera.axes[[0, 0]])
    scenes = replace(scenes, camera=same)
    frames = render(renderer, scenes, 40, outputs=("mask",))
    assert np.array_equal(frames.whole[0], frames.whole[1]) and np.array_equal(frames.mask[0], frames.whole[0])
    lost = (frames.whole[1] - frames.mask[1]).sum()
    assert lost == pytest.approx(0.3**2 * 1600, rel=0.1)


def test_a_mirrored_and_stretched_pose_keeps_normals_outward():
    renderer = opened(ball())
    scenes = around(renderer, 3)
    flip = np.diag([-1.2, 0.8, 1.0]).astype(np.float32)
    scenes = replace(scenes, pose=replace(scenes.pose, to_world=np.tile(flip, (3, 1, 1))))
    frames = render(renderer, scenes, 32, outputs=("normal", "mask"))
    towards = -(frames.normal * scenes.camera.axes[:, None, None, 2]).sum(-1)
    assert np.median(towards[frames.mask == 1]) > 0.3


def test_wrong_outputs_sizes_and_samples_are_refused():
    renderer = opened(ball(6))
    scenes = around(renderer, 1)
    with pytest.raises(BadInput, match="did you mean 'depth'"):
        render(renderer, scenes, 32, outputs=("deth",))
    for size in (0, 3, 5_000_000):
        with pytest.raises(BadInput, match="expected 4 to"):
            render(renderer, scenes, size)
    with pytest.raises(BadInput, match="samples"):
        sample_pattern(0)


def test_samples_lie_in_the_pixel_and_are_balanced():
    for count in (1, 2, 4, 7, 64):
        points = sample_pattern(count)
        assert points.shape == (count, 2) and points.min() >= 0 and points.max() < 1
        assert np.abs(points.mean(0) - 0.5).max() < 1e-5


def test_hundreds_of_meshes_of_one_triangle_render():
    one = quad(Material("m"))
    tiny = replace(one, faces=one.faces[:1], material_of=one.material_of[:1])
    renderer = open_renderer([tiny] * 300, assets())
    scenes = with_models(around(renderer, 300), 300)
    assert render(renderer, scenes, 16, outputs=("mask",)).mask.sum() > 0
