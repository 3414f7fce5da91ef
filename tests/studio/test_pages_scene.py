"""The Scene page, by a visitor without a browser."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from nicegui.testing import User

from mixreal.spec import RenderSpec
from mixreal.studio import preview, recipes
from mixreal.studio.workspace import Workspace, open_workspace
from studio.simulated import only, put, until, visit, words
from studio_pixels import pixels


@pytest.fixture
def place(place: Workspace, recipe: RenderSpec) -> Workspace:
    """With a recipe of its own, opened already: what is looked at here is the page."""
    recipes.save(place, "mine", recipe)
    preview.opened(place, recipe)
    return place


def _shown(user: User) -> np.ndarray:
    return pixels(only(user, "preview").props["src"])


async def _at_rest(user: User, but: str = "") -> str:
    """Wait for an exact image other than `but`; its address."""
    image = only(user, "preview")
    await until(lambda: image.props["src"].startswith("data:image/png") and image.props["src"] != but)
    return str(image.props["src"])


async def _open(user: User) -> str:
    await user.open("/?spec=mine")
    first = await _at_rest(user)
    await user.should_see(marker="value-pose.yaw")
    return first


def test_a_slider_holds_its_latent_and_the_image_follows(place: Workspace) -> None:
    async def journey(user: User) -> None:
        first = await _open(user)
        assert "ball/" in words(user, "caption")
        image = only(user, "preview")
        put(user, "value-camera.elevation", 150)
        await until(lambda: image.props["src"] != first)
        assert image.props["src"].startswith("data:image/jpeg") and _shown(user).shape[0] == preview.SMALL
        user.find(marker="value-camera.elevation").trigger("change")
        moved = await _at_rest(user, first)
        assert _shown(user).shape[0] == preview.FULL
        await until(lambda: "1 held" in words(user, "caption"))
        value = float(only(user, "number-camera.elevation").props["value"])
        told = tomllib.loads(words(user, "written"))
        assert told["ranges"]["camera.elevation"] == pytest.approx(value, rel=1e-3)
        user.find(marker="free-camera.elevation").click()
        assert await _at_rest(user, moved) == first  # drawn again: the same draw

    visit(place, journey)


@pytest.mark.slow
def test_numbers_choices_and_colours_are_set_too(place: Workspace) -> None:
    async def journey(user: User) -> None:
        first = await _open(user)
        user.find(marker="number-camera.view").trigger("change", "120")  # farther than the slider goes
        second = await _at_rest(user, first)
        user.find(marker="open-background").click()
        await user.should_see(marker="value-background.colour")
        user.find(marker="option-background.kind-flat").click()
        await until(lambda: "2 held" in words(user, "caption"))
        user.find(marker="value-background.colour").trigger("change", "#ff0000")
        await _at_rest(user, second)
        await until(lambda: "3 held" in words(user, "caption"))
        user.find(marker="let-go").click()
        await until(lambda: "held" not in words(user, "caption"))
        user.find(marker="number-camera.view").trigger("change", "wide")
        await user.should_see("expected a number")

    visit(place, journey)


@pytest.mark.slow
def test_views_classes_models_and_other_draws(place: Workspace) -> None:
    async def journey(user: User) -> None:
        seen = [await _open(user)]
        for view in ("mask", "depth", "normal", "rgb"):
            put(user, "view", view)
            seen.append(await _at_rest(user, seen[-1]))
        assert seen[-1] == seen[0]
        user.find(marker="another").click()
        await _at_rest(user, seen[0])
        await user.should_see(marker="class-cube")
        user.find(marker="class-cube").click()
        await until(lambda: "cube/even" in words(user, "caption"))
        await user.should_see(marker="model-3")
        user.find(marker="model-3").click()
        await until(lambda: "cube/flat" in words(user, "caption"))

    visit(place, journey)


@pytest.mark.slow
def test_ranges_and_sixteen_draws_of_them(place: Workspace) -> None:
    async def journey(user: User) -> None:
        await _open(user)
        put(user, "mode", "recipe")
        await until(lambda: "images 0 to 15" in words(user, "caption"))
        draw = next(iter(only(user, "draw-0")))
        before = draw.props["src"]
        put(user, "range-camera.elevation", {"min": 199, "max": 200})
        user.find(marker="range-camera.elevation").trigger("change")
        await until(lambda: draw.props["src"] != before)
        user.find(marker="open-background").click()
        await user.should_see(marker="option-background.kind-flat")
        user.find(marker="option-background.kind-picture").click()  # pressed: it is left out
        user.find(marker="on-sensor").click()
        user.find(marker="of-class").trigger("change", "cube")
        await until(lambda: "cube" in words(user, "caption"))
        user.find(marker="number-pose.yaw, lowest").trigger("change", "90")
        put(user, "save-name", "narrow")
        user.find(marker="save").click()
        spec = recipes.load(place, "narrow")
        assert spec.ranges["camera.elevation"][0] > 31 and spec.ranges["camera.elevation"][1] == 32.0
        assert spec.ranges["background.kind"] == ["flat", "environment"]
        assert spec.ranges["pose.yaw@cube"] == [90.0, 360.0] and "sensor" not in spec.vary
        user.find(marker="free-camera.elevation").click()  # this class has no range of its own: nothing changes
        user.find(marker="next-draws").click()
        await until(lambda: "images 33 to 63" in words(user, "caption"))
        user.find(marker="draw-2").click()
        await until(lambda: only(user, "mode").value == "image" and
                    "cube/" in words(user, "caption"))

    visit(place, journey)


@pytest.mark.slow
def test_settings_of_the_recipe(place: Workspace) -> None:
    async def journey(user: User) -> None:
        await _open(user)
        put(user, "mode", "recipe")
        await until(lambda: "images 0 to 15" in words(user, "caption"))
        cell = next(iter(only(user, "draw-0")))
        for name, value in (("size", 48), ("samples", 1), ("habits", False)):
            before = cell.props["src"]
            put(user, f"set-{name}", value)
            if name != "habits":  # these classes have none
                await until(lambda before=before: cell.props["src"] != before)
        assert pixels(cell.props["src"]).shape[0] == 48
        before = cell.props["src"]
        put(user, "set-up", "z")  # the models are opened anew
        await until(lambda: cell.props["src"] not in (before, ""))
        before = cell.props["src"]
        put(user, "set-seed", 5)
        user.find(marker="set-seed").trigger("change")
        await until(lambda: cell.props["src"] != before)
        user.find(marker="render").click()
        await until(lambda: user.back_history[-1].startswith("/batch"))
        spec = recipes.load(place, "mine")
        assert (spec.size, spec.samples, spec.seed, spec.habits, spec.up) == (48, 1, 5, False, "z")

    visit(place, journey)


@pytest.mark.slow
def test_built_in_models_beside_those_of_a_folder(place: Workspace) -> None:
    (place.root / "cars" / "car").mkdir(parents=True)
    trimesh.creation.box().export(place.root / "cars" / "car" / "box.obj")
    recipes.save(place, "mine", RenderSpec(models=str(place.root / "cars")))

    async def journey(user: User) -> None:
        await _open(user)
        put(user, "mode", "recipe")
        await until(lambda: "images 0 to 15" in words(user, "caption"))
        cell = next(iter(only(user, "draw-1")))
        before = cell.props["src"]
        await user.should_not_see(marker="set-procedural")
        put(user, "set-beside", 1)
        user.find(marker="set-beside").trigger("change")
        await until(lambda: cell.props["src"] != before)
        user.find(marker="draw-1").click()
        await until(lambda: "car/procedural-0000" in words(user, "caption"))
        put(user, "mode", "recipe")
        user.find(marker="render").click()
        await until(lambda: user.back_history[-1].startswith("/batch"))
        assert recipes.load(place, "mine").beside == 1

    visit(place, journey)


@pytest.mark.slow
def test_another_recipe_is_opened(place: Workspace, recipe: RenderSpec) -> None:
    recipes.save(place, "cubes", replace(recipe, classes=("cube",)))

    async def journey(user: User) -> None:
        await _open(user)
        put(user, "recipe", "cubes")
        await until(lambda: "cube/" in words(user, "caption"))
        (place.root / "specs" / "cubes.toml").unlink()
        put(user, "recipe", "mine")
        await until(lambda: "ball/" in words(user, "caption"))
        put(user, "recipe", "cubes")
        await user.should_see("no recipe 'cubes'")

    visit(place, journey)


@pytest.mark.parametrize(("address", "said"), [
    ("/?spec=none", "no recipe 'none'"), ("/?spec=../../etc/passwd", "no name"), ("/batch?spec=none", "no recipe"),
])
def test_a_wrong_address_is_told_on_the_page(place: Workspace, address: str, said: str) -> None:
    async def journey(user: User) -> None:
        await user.open(address)
        await user.should_see(said)
        await user.should_see("Scene")  # the frame stands

    visit(place, journey)


def test_models_that_are_gone_are_told_on_the_page(place: Workspace, tmp_path: Path) -> None:
    recipes.save(place, "gone", RenderSpec(models=str(place.root / "gone")))

    async def journey(user: User) -> None:
        await user.open("/?spec=gone")
        await user.should_see("no such folder")

    visit(place, journey)


def test_without_the_token_there_are_no_pages(tmp_path: Path) -> None:
    async def journey(user: User) -> None:
        user.http_client.cookies.clear()
        for path in ("/", "/batch", "/studio/style.css", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/none"):
            answer: Any = await user.http_client.get(path)
            assert answer.status_code == 403, path

    visit(open_workspace(tmp_path), journey)
