"""From spec to images: pure in the index, balanced classes, identities that name what made an image."""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import arithmetic
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.streaming import stream
from mixreal.synthesis import columns, draw, labels, prepare, render, resized


@pytest.fixture(scope="module")
def spec(meshes):
    return RenderSpec(models=str(meshes), images=40, size=16)


@pytest.fixture(scope="module")
def synthesis(spec):
    return prepare(spec)


def test_any_image_alone_equals_itself_in_a_batch(synthesis):
    together = render(synthesis, draw(synthesis, np.arange(12))).rgb
    for k in (0, 5, 11):
        assert np.array_equal(render(synthesis, draw(synthesis, np.array([k]))).rgb[0], together[k])


def test_a_second_preparation_gives_the_same_bytes(spec, synthesis):
    again = prepare(spec)
    index = np.arange(3, 9)
    assert np.array_equal(render(again, draw(again, index)).rgb, render(synthesis, draw(synthesis, index)).rgb)
    assert again.identity == synthesis.identity


def test_a_processor_without_our_instructions_draws_the_same(meshes):
    """As NumPy does on an older one: its sines, powers and products are other code there, and round otherwise."""
    ours = np.show_config(mode="dicts")["SIMD Extensions"].get("found")
    if not ours:
        pytest.skip("NumPy knows no instructions here that it could do without")
    without = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(ours), "OPENBLAS_CORETYPE": "Nehalem"}
    told = subprocess.run([sys.executable, Path(arithmetic.__file__), meshes], env=without, capture_output=True,
                          text=True, check=True, timeout=300)
    assert json.loads(told.stdout) == arithmetic.hashes(str(meshes))


def test_classes_and_then_models_take_turns(synthesis):
    index = np.arange(40)
    assert np.array_equal(labels(synthesis, index), index % 2)
    rows = columns(draw(synthesis, index))
    names, counts = np.unique(rows["model"], return_counts=True)
    assert len(names) == 4 and np.all(counts == 10)
    assert all(name.split("/")[0] == synthesis.classes[label] for name, label in zip(rows["model"], rows["label"]))


def test_broken_meshes_are_left_out_and_named(spec, meshes, tmp_path, capsys):
    import shutil

    from mixreal.datasets.produce import produce

    shutil.copytree(meshes, tmp_path / "m")
    (tmp_path / "m" / "ball" / "broken.glb").write_bytes(b"not a mesh")
    assert len(produce(replace(spec, models=str(tmp_path / "m"), images=4), tmp_path / "d")) == 4
    told = capsys.readouterr().err
    assert "1 files left out" in told and "broken.glb" in told


def test_per_model_counts_models(spec):
    synthesis = prepare(replace(spec, images=0, per_model=7))
    assert synthesis.total == 28
    assert np.all(np.bincount(draw(synthesis, np.arange(28)).model) == 7)


def test_identity_tells_seeds_models_and_ranges_apart_but_not_places(spec, synthesis, meshes, tmp_path):
    import shutil

    shutil.copytree(meshes, tmp_path / "moved")
    assert prepare(replace(spec, models=str(tmp_path / "moved"))).identity["models"] == synthesis.identity["models"]
    for other in (replace(spec, seed=1), replace(spec, ranges={"camera.view": 30}), replace(spec, classes=("ball",))):
        assert prepare(other).identity != synthesis.identity


def test_size_can_change_without_loading_again(synthesis):
    large = resized(synthesis, size=24, samples=1)
    assert render(large, draw(large, np.arange(2))).rgb.shape == (2, 24, 24, 3)


def test_a_plug_in_with_other_code_is_another_dataset(spec, synthesis, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "haze_of_mine.py").write_text(PLUG_IN)
    (tmp_path / "front_of_mine.py").write_text("from haze_of_mine import haze\n")

    def identity(module):
        for name in ("haze_of_mine", "front_of_mine"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        return prepare(replace(spec, vary=(*spec.vary, f"{module}:haze"))).identity

    first, through = identity("haze_of_mine"), identity("front_of_mine")
    assert identity("haze_of_mine") == first and first["plugins"].keys() == {"haze_of_mine:haze"}
    (tmp_path / "haze_of_mine.py").write_text(PLUG_IN.replace("0.5", "0.75"))
    assert identity("haze_of_mine") != first and identity("front_of_mine") != through
    assert "plugins" not in synthesis.identity  # the names of those without any are as they were


PLUG_IN = """
from mixreal.controls import Slider
from mixreal.variations.variation import Variation


def haze(assets):
    return Variation("haze", {"density": Slider(0, 1, 0)}, lambda scenes, latents: scenes if 0.5 else None)
"""


@pytest.mark.parametrize(("change", "words"), [
    ({"images": 0}, "exactly one"), ({"per_model": 3}, "exactly one"), ({"images": -1}, "exactly one"),
    ({"size": 0}, "expected 4 to"), ({"vary": ("pos",)}, "did you mean 'pose'"), ({"classes": ("bal",)}, "ball"),
    ({"ranges": {"pose.yaw@cub": 3}}, "did you mean 'cube'")])
def test_what_cannot_work_is_refused(spec, change, words):
    with pytest.raises(BadInput) as error:
        prepare(replace(spec, **change))
    assert words in str(error.value)


def test_a_stream_is_the_dataset_in_order_and_ends(spec, synthesis):
    batches = list(stream(spec, batch=16))
    assert [len(rgb) for rgb, _, _ in batches] == [16, 16, 8]
    rgb = np.concatenate([rgb for rgb, _, _ in batches])
    assert np.array_equal(rgb, render(synthesis, draw(synthesis, np.arange(40))).rgb)
    assert np.array_equal(np.concatenate([label for _, label, _ in batches]), np.arange(40) % 2)


def test_a_stream_without_a_count_never_ends_and_replays(spec):
    endless = stream(replace(spec, images=0), batch=4, first=1000)
    first, second = next(endless), next(endless)
    replay = next(stream(replace(spec, images=0), batch=4, first=1004))
    assert np.array_equal(second[0], replay[0]) and not np.array_equal(first[0], second[0])
    assert "camera.elevation" in first[2]


def test_a_stream_of_tensors_is_the_same_images(spec):
    rgb, label, _ = next(stream(spec, batch=6))
    there, theirs, _ = next(stream(spec, batch=6, tensors=True))
    assert isinstance(there, torch.Tensor) and there.dtype == torch.uint8
    assert np.array_equal(there.numpy(), rgb) and theirs.tolist() == label.tolist()


def test_a_stream_refuses_a_device_that_is_not_there(spec):
    with pytest.raises(BadInput, match="--device cuda:77"):
        next(stream(spec, device="cuda:77"))


def test_a_stream_refuses_an_empty_batch(spec):
    with pytest.raises(BadInput, match="batch = 0"):
        next(stream(spec, batch=0))
