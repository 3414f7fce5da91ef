"""Saved recipes: written and read back, confined to the workspace."""

from dataclasses import replace
from pathlib import Path

import pytest

from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import recipes
from mixreal.studio.workspace import Workspace, specs


def test_what_is_saved_is_read_back(place: Workspace, recipe: RenderSpec) -> None:
    spec = replace(recipe, size=64, vary=("pose", "camera"), seed=7, habits=False,
                   ranges={"camera.elevation": [5.0, 40.0], "pose.yaw@ball": [0, 90], "background.kind": ["flat"]})
    path = recipes.save(place, "my cars", spec)
    assert specs(place) == [path] and "samples" not in path.read_text()  # only what is not the default
    assert recipes.load(place, "my cars") == spec
    recipes.save(place, "plain.toml", RenderSpec())
    assert recipes.load(place, "plain") == RenderSpec()


@pytest.mark.parametrize("name", ["", " ", "../x", "a/b", "a\\b", ".hidden", "/etc/x", ".."])
def test_names_that_are_none_are_told(place: Workspace, name: str) -> None:
    with pytest.raises(BadInput, match="no name"):
        recipes.save(place, name, RenderSpec())


def test_recipes_that_lead_outside_or_are_gone_are_told(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no recipe 'gone'"):
        recipes.load(place, "gone")
    recipes.save(place, "outside", RenderSpec(models=str(tmp_path / "elsewhere")))
    with pytest.raises(BadInput, match="outside the studio"):
        recipes.load(place, "outside")
    (place.root / "specs" / "broken.toml").write_text("size = [")
    with pytest.raises(BadInput, match="not TOML"):
        recipes.load(place, "broken")
