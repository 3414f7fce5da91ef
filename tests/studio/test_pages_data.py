"""The Data page: browse, filter, open an image, see what it was made from; what it says where something is wrong."""

import shutil
from pathlib import Path

import pytest
from nicegui import ElementFilter, ui
from nicegui.testing import User

from mixreal.studio.pages import data
from mixreal.studio.workspace import Workspace
from studio.shelf import make_shelf
from studio.simulated import only, until, visit

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path, photos: Path) -> Workspace:
    return make_shelf(tmp_path / "shelf", photos)


def count(user: User) -> str:
    return " | ".join(sorted(counts(user)))


def counts(user: User) -> list[str]:
    """What the pagers say; [] while there are none."""
    with user:
        return [element.text for element in ElementFilter(kind=ui.label, marker="count")]


def test_a_dataset_is_browsed_page_by_page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "EACH", 16)

    async def journey(user: User) -> None:
        await user.open("/data?set=data/rendered")
        await user.should_see("1 to 16 of 40")
        assert len(user.find(marker="thumb").elements) == 16
        user.find(marker="next-page").click()
        await until(lambda: count(user) == "17 to 32 of 40")
        user.find(marker="last-page").click()
        await until(lambda: count(user) == "33 to 40 of 40")
        user.find(marker="first-page").click()
        await until(lambda: count(user) == "1 to 16 of 40")

    visit(workspace, journey)


def test_filters_narrow_what_is_shown(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/data?set=data/rendered")
        await user.should_see("1 to 40 of 40")
        user.find(marker="pill-ball").click()
        await until(lambda: count(user) == "1 to 20 of 20 that fit, of 40")
        only(user, "camera.elevation").value = {"min": 0, "max": 9}
        await until(lambda: count(user).startswith("1 to 5 of 5"))
        user.find(marker="pill-own").click()
        await until(lambda: count(user).startswith("1 to 2 of 2"))  # rows 0 and 6
        only(user, "camera.elevation").value = {"min": 1, "max": 2}
        await user.should_see("No image fits these filters.")
        user.find(marker="pill-ball").click()
        user.find(marker="pill-own").click()
        only(user, "camera.elevation").value = {"min": 0, "max": 39}
        await until(lambda: count(user) == "1 to 40 of 40")
        only(user, "order").value = "camera.elevation"
        await until(lambda: count(user) == "1 to 40 of 40")

    visit(workspace, journey)


def test_an_image_opens_with_its_latents_and_its_neighbours(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/data?set=data/rendered")
        await user.should_see("1 to 40 of 40")
        first = min(user.find(marker="thumb").elements, key=lambda element: element.id)
        assert first.props["aria-label"] == "ball, image 0"
        user.find(marker="thumb").click()
        await user.should_see("1 of 40")
        await user.should_see("camera.elevation")
        await user.should_see("rendered, image 0")
        user.find(marker="next-image").click()
        await user.should_see("2 of 40")
        user.find(marker="viewer").trigger("keydown.left")
        await user.should_see("1 of 40")

    visit(workspace, journey)


def test_a_refined_image_stands_beside_the_one_it_was_made_from(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/data?set=refined/1-R-S-aaaa0000/RS")
        await user.should_see("1 to 40 of 40")
        user.find(marker="thumb").click()
        await user.should_see("made from data/rendered, image 0")
        shutil.rmtree(workspace.root / "data")
        user.find(marker="next-image").click()
        await user.should_see("a dataset that is not in this studio's folders")

    visit(workspace, journey)


def test_real_photos_stand_beside_renderings(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/data?set=data/rendered&beside=photos")
        await until(lambda: len(counts(user)) == 2)
        assert len(user.find(marker="side").elements) == 2
        await user.should_see("photos, train")
        user.find(marker="pill-cube").click()  # of both
        await until(lambda: count(user) == "1 to 14 of 14 that fit, of 28 | 1 to 20 of 20 that fit, of 40")
        only(user, "part").value = "test"
        await user.should_see("photos, test")
        only(user, "beside").value = ""
        await until(lambda: len(user.find(marker="side").elements) == 1)

    visit(workspace, journey)


@pytest.mark.parametrize(("asked", "said"), [
    ("/data?set=../outside", "lies outside"), ("/data?set=data/gone", "any more"), ("/data?set=/etc", "lies outside"),
    ("/data?set=unfinished", "unfinished"), ("/data?set=broken", "cannot be read")])
def test_what_cannot_be_shown_is_told_on_the_page(asked: str, said: str, workspace: Workspace) -> None:
    shutil.copytree(workspace.root / "data" / "rendered", workspace.root / "unfinished")
    (workspace.root / "unfinished" / "done").unlink()
    shutil.copytree(workspace.root / "data" / "rendered", workspace.root / "broken")
    (workspace.root / "broken" / "dataset.toml").write_text("domain = ", encoding="utf-8")

    async def journey(user: User) -> None:
        await user.open(asked)
        await user.should_see(said)
        await user.open("/data?set=data/rendered")  # the server lives
        await user.should_see("1 to 40 of 40")

    visit(workspace, journey)


def test_a_dataset_deleted_while_it_is_open_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "EACH", 16)

    async def journey(user: User) -> None:
        await user.open("/data?set=data/rendered")
        await user.should_see("1 to 16 of 40")
        shutil.rmtree(workspace.root / "data" / "rendered")
        user.find(marker="thumb").click()
        await user.should_see("cannot be read")
        user.find(marker="next-page").click()
        await until(lambda: not counts(user))
        await user.should_see("cannot be read")

    visit(workspace, journey)


def test_an_empty_studio_says_what_to_do(tmp_path: Path) -> None:
    async def journey(user: User) -> None:
        await user.open("/data")
        await user.should_see("render one on the Batch page")

    visit(Workspace(tmp_path), journey)
