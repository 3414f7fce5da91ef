"""Recipes on Ray: the same runs as on this machine, from the same images, and failures kept apart."""

from pathlib import Path

import pytest

from mixreal.errors import BadInput
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.reproduce import reproduce
from reproducing.album_recipe import write_recipe

pytest.importorskip("ray")
pytestmark = pytest.mark.slow


def test_a_recipe_on_ray_trains_the_same_weights(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "small.toml", photos, meshes,
                        ', { name = "wild", mix = "1:0", train = { steps = 2, batch = 8, lr = 1e30 } }')
    for name, on in (("here", ""), ("ray", "ray")):
        recipe = open_recipe(str(path), seeds=(0,))
        pages, failed = reproduce(recipe, tmp_path / name, processes=2, only=("*/plain",), on=on)
        assert pages and len(failed) == 1 and "diverged" in next(iter(failed.values()))
    files = sorted((tmp_path / "here").glob("runs/*/model.safetensors"))
    assert len(files) == 2
    for file in files:
        assert file.read_bytes() == (tmp_path / "ray" / file.relative_to(tmp_path / "here")).read_bytes()
    images = next((tmp_path / "here").glob("datasets/*/images-00000.npy"))
    assert images.read_bytes() == (tmp_path / "ray" / images.relative_to(tmp_path / "here")).read_bytes()


def test_nobody_there(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "small.toml", photos, meshes)
    with pytest.raises(BadInput, match="no Ray cluster at ray://localhost:1 "):
        reproduce(open_recipe(str(path)), tmp_path / "out", on="ray://localhost:1")
    assert not (tmp_path / "out").exists()
