"""The chain: pure in (recipe, index), independent of what else is on, plug-ins by name, wrong names refused."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixreal.controls import Slider
from mixreal.errors import BadInput
from mixreal.scene import blank
from mixreal.spec import DEFAULT_VARY
from mixreal.variations.chain import BUILT_IN, open_chain, vary_scenes
from mixreal.variations.variation import Variation
from rendering.scenes import assets

ASSETS = assets()
BOX = np.array([[x, y, z] for x in (-0.4, 0.4) for y in (-0.3, 0.3) for z in (-0.8, 0.8)])


def plain(index):
    n = len(index)
    return blank(np.asarray(index), np.zeros(n, np.int64), np.zeros(n, np.int32),
                 np.tile(np.float32(BOX), (n, 1, 1)))


def scenes(index, vary=DEFAULT_VARY, ranges=None, seed=0, **fixed):
    return vary_scenes(open_chain(vary, ranges or {}, seed, ASSETS), plain(index), fixed)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8, unique=True), st.integers(0, 99))
def test_an_image_does_not_depend_on_its_batch(index, seed):
    together = scenes(index, seed=seed)
    alone = scenes(index[-1:], seed=seed)
    for name, column in together.latents.items():
        assert column[-1] == alone.latents[name][0], name
    assert np.array_equal(together.camera.eye[-1], alone.camera.eye[0])
    assert np.array_equal(together.lights.sky[-1], alone.lights.sky[0])


@pytest.mark.parametrize("name", list(BUILT_IN))
def test_switching_a_variation_changes_its_own_columns_alone(name):
    index = np.arange(50)
    on, off = scenes(index), scenes(index, vary=[v for v in DEFAULT_VARY if v != name])
    assert list(on.latents) == list(off.latents), "columns are the same whatever is on"
    for column in on.latents:
        same = np.array_equal(on.latents[column], off.latents[column])
        assert same == (not column.startswith(name + ".")), column


def test_off_means_resting_and_ranges_reach_the_scene():
    still = scenes(np.arange(5), vary=())
    assert np.all(still.latents["camera.elevation"] == 12) and set(still.latents["background.kind"]) == {"flat"}
    assert np.ptp(still.camera.eye, axis=0).max() == 0
    ranged = scenes(np.arange(200), ranges={"camera.elevation": [40, 41], "texture.surface": "own"})
    assert np.all((ranged.latents["camera.elevation"] >= 40) & (ranged.latents["camera.elevation"] <= 41))
    assert np.all(ranged.surface.texture == -1)


def test_a_range_may_be_for_one_class_alone():
    index = np.arange(60)
    mixed = replace(plain(index), label=index % 2)
    ranges = {"pose.yaw@person": [-75, 75], "camera.view": 30}
    out = vary_scenes(open_chain(DEFAULT_VARY, ranges, 0, ASSETS, ("car", "person")), mixed)
    usual = vary_scenes(open_chain(DEFAULT_VARY, {}, 0, ASSETS), mixed)
    yaw = out.latents["pose.yaw"]
    assert np.array_equal(yaw[::2], usual.latents["pose.yaw"][::2]) and np.ptp(yaw[::2]) > 180
    assert yaw[1::2].min() >= -75 and yaw[1::2].max() <= 75
    with pytest.raises(BadInput, match="did you mean 'person'"):
        open_chain((), {"pose.yaw@persn": 3}, 0, ASSETS, ("car", "person"))


def test_fixed_latents_win():
    out = scenes(np.arange(4), **{"lighting.sun_azimuth": 90.0, "pose.mirror": np.array([0, 1, 0, 1])})
    assert np.all(out.latents["lighting.sun_azimuth"] == 90)
    assert out.latents["pose.mirror"].tolist() == ["no", "yes", "no", "yes"]
    assert np.linalg.det(out.pose.to_world)[1] < 0 < np.linalg.det(out.pose.to_world)[0]


def test_framing_puts_the_farthest_corner_at_fill():
    out = scenes(np.arange(64), ranges={"camera.fill": 0.9, "camera.x": 0, "camera.y": 0, "camera.tightness": 0})
    corners = out.hull @ np.swapaxes(out.pose.to_world, 1, 2) - out.camera.eye[:, None]
    seen = corners @ np.swapaxes(out.camera.axes, 1, 2)
    assert np.all(seen[..., 2] > 0), "the eye stays outside the object"
    reach = (np.abs(seen[..., :2]).max(-1) / seen[..., 2]).max(1) / out.camera.tangent
    assert np.all(reach <= 0.9 + 1e-4) and np.median(reach) == pytest.approx(0.9, abs=1e-4)


def test_axes_are_orthonormal_and_right_handed():
    out = scenes(np.arange(64))
    assert np.allclose(out.camera.axes @ np.swapaxes(out.camera.axes, 1, 2), np.eye(3), atol=1e-5)
    right, up, forward = np.moveaxis(out.camera.axes, 1, 0)
    assert np.allclose(np.cross(right, up), -forward, atol=1e-5)
    assert np.all(up[:, 1] > 0)


def test_the_ground_touches_the_posed_box():
    out = scenes(np.arange(32))
    lowest = (out.hull @ np.swapaxes(out.pose.to_world, 1, 2))[..., 1].min(1)
    assert np.allclose(out.background.ground_height, lowest, atol=1e-5)


def test_counts_of_occluders_follow_the_latent():
    out = scenes(np.arange(300))
    present = (out.occluders.size > 0).all(-1).sum(1)
    assert np.array_equal(present, out.latents["occlusion.count"].astype(int))


def test_exposure_keeps_a_lit_white_surface_in_range():
    out = scenes(np.arange(500))
    flat = out.lights.sun_radiance[:, 1] * out.lights.sun_direction[:, 1] + out.lights.sky[:, 0, 1]
    assert np.percentile(flat, 1) > 0.15 and np.percentile(flat, 99) < 1.2


def test_no_sun_shines_less_than_not_at_all():
    out = scenes(np.arange(8), ranges={"lighting.warmth": [0.7, 1]})
    assert (out.lights.sun_radiance >= 0).all() and (out.lights.sun_radiance[:, 2] == 0).all()


def test_what_is_fixed_at_zero_for_all_may_be_drawn_for_one_class():
    ranges = {"sensor.noise": 0, "sensor.noise@b": [0.001, 0.1]}
    two = replace(plain(np.arange(600)), label=np.arange(600) % 2)
    drawn = vary_scenes(open_chain(DEFAULT_VARY, ranges, 0, ASSETS, ("a", "b")), two).latents["sensor.noise"]
    assert (drawn[::2] == 0).all() and 0.005 < np.median(drawn[1::2]) < 0.02  # even in the logarithm


def height_doubler(assets):
    from dataclasses import replace

    def apply(scenes, latents):
        out = scenes.pose.to_world.copy()
        out[:, 1] *= latents["factor"][:, None]
        return replace(scenes, pose=replace(scenes.pose, to_world=out))

    return Variation("doubler", {"factor": Slider(1, 3, 2)}, apply)


not_callable = 3


def not_a_variation(assets):
    return 3


def test_a_plug_in_is_named_by_module_and_attribute():
    out = scenes(np.arange(9), vary=("pose", f"{__name__}:height_doubler"))
    assert "doubler.factor" in out.latents and np.ptp(out.latents["doubler.factor"]) > 0


@pytest.mark.parametrize(("vary", "ranges", "words"), [
    (("textur",), {}, "did you mean 'texture'"), (("no.module:x",), {}, "cannot be imported"),
    ((f"{__name__}:absent",), {}, "cannot be imported"), ((f"{__name__}:not_a_variation",), {}, "gave int"),
    ((f"{__name__}:not_callable",), {}, "cannot be opened (TypeError"), ((":x",), {}, "cannot be imported (ValueError"),
    (("broken_plugin:x",), {}, "cannot be imported (SyntaxError"),
    ((), {"camera.elevatoin": 3}, "did you mean 'camera.elevation'"), ((), {"cam.x": 3}, "unknown latent")])
def test_wrong_names_are_refused(vary, ranges, words, tmp_path, monkeypatch):
    (tmp_path / "broken_plugin.py").write_text("def x(:")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadInput) as error:
        scenes(np.arange(2), vary=vary, ranges=ranges)
    assert words in str(error.value)
