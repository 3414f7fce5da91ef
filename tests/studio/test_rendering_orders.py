"""The Batch page's form as a command."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mixreal.commands.parse import parse
from mixreal.commands.render import Render
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import recipes
from mixreal.studio.rendering_orders import RenderOrder, devices, render_argv
from mixreal.studio.workspace import Workspace


def test_a_form_becomes_a_command_that_is_understood(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    recipes.save(place, "mine", RenderSpec(per_model=3, size=48))
    monkeypatch.chdir(place.root)
    argv = render_argv(place, RenderOrder("data/set", "mine", 200.0, "images", 64, "cpu", 2, 1))
    start = Render("", RenderSpec(per_model=3, size=48))
    asked = parse(Render, argv[1:], "render", start)
    assert argv[0] == "render" and (asked.out, asked.processes, asked.threads) == ("data/set", 2, 1)
    assert (asked.recipe.images, asked.recipe.per_model, asked.recipe.size) == (200, 0, 64)
    assert Path(asked.spec) == Path("specs/mine.toml") and Path(asked.spec).is_file()


def test_what_the_recipe_says_need_not_be_said(place: Workspace) -> None:
    recipes.save(place, "mine", RenderSpec(per_model=3, size=48))
    assert render_argv(place, RenderOrder("set", "mine", None, size=48)) == [
        "render", "--out", "set", "--spec", "specs/mine.toml"]


@pytest.mark.parametrize(("change", "said"), [
    ({"out": ""}, "no path"), ({"out": "../out"}, "outside"), ({"out": "."}, "name a folder"),
    ({"out": "full"}, "other things"), ({"count": 0}, "how many"), ({"count": -3}, "how many"),
    ({"count": "many"}, "how many"), ({"count": 2.5}, "how many"), ({"count": float("inf")}, "how many"),
    ({"size": 5000}, "size"), ({"processes": 0.5}, "processes"), ({"threads": -1}, "threads"),
    ({"recipe": "gone"}, "no recipe"), ({"recipe": "../x"}, "no name"),
])
def test_what_cannot_be_is_told_before_anything_starts(place: Workspace, change: dict[str, Any], said: str) -> None:
    (place.root / "full").mkdir()
    (place.root / "full" / "thesis.tex").write_text("")
    with pytest.raises(BadInput, match=said):
        render_argv(place, replace(RenderOrder("set", count=10), **change))


def test_there_is_always_something_to_render_on() -> None:
    assert devices()["cpu"] == "processor"
