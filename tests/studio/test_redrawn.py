"""What is copied of an image of a dataset draws its latents again."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mixreal import synthesis as making
from mixreal.commands.parse import render_spec
from mixreal.datasets.dataset import Dataset
from mixreal.spec import DEFAULT_VARY, RenderSpec
from mixreal.studio.gallery import Album, album_of
from mixreal.studio.redrawn import as_ranges
from mixreal.synthesis import prepare

ROW = 3


def drawn(spec: RenderSpec) -> Album:
    """A dataset of black images with the latents of a recipe, merged with others that lack some of them."""
    scenes = making.draw(prepare(spec), np.arange(6))
    added = {"origin": np.array(["one"] * 6), "origin.index": np.arange(6), "plug.in": np.ones(6, np.float32),
             "mine": np.ones(6)}
    latents = {**scenes.latents, **added}
    return album_of(Dataset(np.zeros((6, 8, 8, 3), np.uint8), np.asarray(scenes.label, np.int64), ("ball", "cube"),
                            "synthetic", np.arange(6), latents), "merged")


@pytest.mark.parametrize("vary", [DEFAULT_VARY, ("pose", "camera"), ()])
def test_copied_and_read_it_draws_the_same_latents(vary: tuple[str, ...], recipe: RenderSpec, tmp_path: Path) -> None:
    album = drawn(replace(recipe, images=6, vary=vary))
    path = tmp_path / "copied.toml"
    path.write_text(as_ranges(album, ROW), encoding="utf-8")
    spec = replace(render_spec(str(path)), models=recipe.models, images=6, seed=1)
    again = making.draw(prepare(spec), np.arange(2))
    assert len(again.latents) > 40
    for name, values in again.latents.items():
        if name != "model":
            np.testing.assert_array_equal(values, np.repeat(album.latents[name][[ROW]], 2), err_msg=name)


def test_what_merging_filled_up_is_left_out(recipe: RenderSpec) -> None:
    album = drawn(replace(recipe, images=6))
    gaps = {"camera.elevation": np.full(6, np.nan), "background.picture": np.full(6, ""),
            "background.colour.g": np.full(6, np.nan)}
    text = as_ranges(replace(album, latents={**album.latents, **gaps}), ROW)
    assert "camera.roll" in text and "nan" not in text
    for name in ("camera.elevation", "background.picture", "background.colour", "origin", "plug.in"):
        assert f'"{name}' not in text
