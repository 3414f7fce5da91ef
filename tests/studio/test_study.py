"""Studies: which image is looked at, what is held, and that what is written down gives the image again."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mixreal as mx
from mixreal import synthesis as making
from mixreal.commands.parse import render_spec
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import preview, study
from mixreal.studio.study import Study
from mixreal.studio.workspace import Workspace
from mixreal.synthesis import Synthesis
from mixreal.variations.chain import BUILT_IN


@pytest.fixture
def laid(place: Workspace, recipe: RenderSpec) -> Synthesis:
    return preview.laid(preview.opened(place, recipe), recipe)


@pytest.mark.parametrize("counted", [{"images": 100}, {"per_model": 25}, {}])
def test_every_image_has_its_model_and_turn(place: Workspace, recipe: RenderSpec, counted: dict[str, int]) -> None:
    spec = replace(recipe, **counted)  # type: ignore[arg-type]
    laid = preview.laid(preview.opened(place, recipe), spec)
    scenes = making.draw(laid, np.arange(40))
    for index in range(40):
        model, turn = study.place_of(laid, index)
        assert model == scenes.model[index]
        assert study.index_of(laid, model, turn) == index


def test_held_latents_are_what_is_drawn(laid: Synthesis) -> None:
    now = Study(laid.spec)
    for latent, value in {"camera.elevation": 21.5, "pose.mirror": "yes", "background.colour": [0.2, 0.4, 0.6]}.items():
        now = study.hold(now, latent, value)
    scenes = making.draw(laid, np.array([3]), study.fixed(now, laid))
    found = {k: v for variation in laid.chain.variations
             for k, v in study.values_of(scenes.latents, variation).items()}
    assert (found["camera.elevation"], found["pose.mirror"]) == (21.5, "yes")
    assert found["background.colour"] == [0.2, 0.4, 0.6]
    assert study.let_go(now, "pose.mirror").held.keys() == {"camera.elevation", "background.colour"}
    assert study.let_go(now).held == {}


def test_what_is_not_an_option_is_told_and_let_go(laid: Synthesis) -> None:
    now = Study(laid.spec, model=99, held={"background.kind": "nowhere", "camera.roll": 2.0, "other.latent": 1})
    with pytest.raises(BadInput, match="no option 'nowhere'"):
        study.fixed(now, laid)
    fitted = study.fitted(now, laid)
    assert fitted.model == len(laid.library) - 1
    assert "background.kind" not in fitted.held and fitted.held["camera.roll"] == 2.0


def test_ranges_and_switches_go_into_the_recipe(laid: Synthesis) -> None:
    now = study.with_range(Study(laid.spec), "camera.elevation", [5, 10])
    now = study.with_range(now, "pose.yaw", [0, 90], "ball")
    assert now.spec.ranges == {"camera.elevation": [5, 10], "pose.yaw@ball": [0, 90]}
    assert study.with_range(now, "pose.yaw", None, "ball").spec.ranges == {"camera.elevation": [5, 10]}
    order = tuple(BUILT_IN)
    off = study.switched(now, "sensor", False, order)
    assert "sensor" not in off.spec.vary
    assert study.switched(off, "sensor", True, order).spec.vary == tuple(v for v in order if v in laid.spec.vary)


def test_written_as_toml_it_gives_the_same_latents(place: Workspace, laid: Synthesis, tmp_path: Path) -> None:
    _again(laid, lambda text: _read_toml(text, tmp_path / "one.toml"), study.as_toml)


def test_written_as_python_it_gives_the_same_latents(laid: Synthesis) -> None:
    def run(text: str) -> RenderSpec:
        names: dict[str, Any] = {}
        rendered = []
        exec(text.replace("import mixreal as mx\n", ""), {"mx": _Stand(rendered)}, names)
        assert rendered == [(names["spec"], "data/one")]
        spec: RenderSpec = names["spec"]
        return spec

    _again(laid, run, study.as_python)


class _Stand:
    """mixreal without its renderer."""

    RenderSpec = mx.RenderSpec

    def __init__(self, rendered: list[Any]) -> None:
        self.render = lambda spec, folder: rendered.append((spec, folder))


def _read_toml(text: str, path: Path) -> RenderSpec:
    tomllib.loads(text)
    path.write_text(text)
    return render_spec(str(path))


def _again(laid: Synthesis, read: Any, write: Any) -> None:
    """The latents of an image are those of image 0 of the recipe that was written for it."""
    now = study.hold(Study(laid.spec, model=2, turn=3), "camera.elevation", 12.25)
    scenes = making.draw(laid, np.array([study.index_of(laid, 2, 3)]), study.fixed(now, laid))
    spec = read(write(now, laid, scenes))
    again = making.draw(making.prepare(spec), np.array([0]))
    assert spec.classes == ("cube",)
    for latent, value in scenes.latents.items():
        if latent != "model":  # a folder's models cannot be named one by one
            np.testing.assert_array_equal(again.latents[latent], value, err_msg=latent)
