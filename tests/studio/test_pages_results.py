"""The Results page: recipes, ours beside the paper's, and a run's errors with the images behind them."""

import shutil
from pathlib import Path

import pytest
from nicegui.testing import User

from mixreal.cli import main
from mixreal.studio import jobs
from mixreal.studio.workspace import Workspace
from reproducing.album_recipe import write_recipe
from studio.shelf import make_shelf
from studio.simulated import only, until, visit

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, photos: Path, tiny_runs: Path) -> Workspace:
    """Read only."""
    found = make_shelf(tmp_path_factory.mktemp("shelf"), photos, tiny_runs)
    (found.root / "photos").rename(found.root / photos.name)
    return found


@pytest.fixture
def workspace(made: Workspace, tmp_path: Path) -> Workspace:
    """To be changed."""
    shutil.copytree(made.root, tmp_path / "shelf")
    return Workspace(tmp_path / "shelf")


def test_every_recipe_and_training_is_listed(made: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/results")
        await user.should_see("Table 2: CIFAR-DA9")
        await user.should_see("Figure 2: rendered images")
        await until(lambda: len(user.find(marker="run-link").elements) == 4)

    visit(made, journey)


def test_a_runs_errors_open_with_the_images_behind_them(made: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/results?run=runs/1-0")
        await user.should_see("95% interval")
        await user.should_see("Errors by class")
        await user.should_see(marker="confusion")
        for label in (0, 1):
            only(user, "truth").value = label
            only(user, "said").value = 1 - label
            if user._sees(marker="thumb"):
                break
        user.find(marker="thumb").click()
        await user.should_see("A photograph has no latents.")
        only(user, "test-set").value = "validation/shared"
        await user.should_see(marker="confusion")

    visit(made, journey)


def test_a_run_whose_photos_are_gone_still_tells_its_numbers(workspace: Workspace) -> None:
    shutil.rmtree(next(workspace.root.glob("photos*")))

    async def journey(user: User) -> None:
        await user.open("/results?run=runs/1-0")
        await user.should_see("95% interval")
        await user.should_see("start the studio on the folder that holds them")

    visit(workspace, journey)


@pytest.mark.parametrize(("asked", "said"), [
    ("run=runs/none", "no run folder"), ("run=../out", "lies outside"), ("run=runs/1-1", "cannot be read"),
    ("run=runs/0-0", "is unfinished"), ("run=runs/0-1", "cannot be read"), ("recipe=runs/gone", "holds no recipe"),
    ("recipe=/etc", "lies outside")])
def test_broken_folders_are_told_on_the_page(asked: str, said: str, workspace: Workspace) -> None:
    (workspace.root / "runs" / "1-1" / "result.json").write_text("{", encoding="utf-8")
    (workspace.root / "runs" / "0-0" / "done").unlink()
    (workspace.root / "runs" / "0-1" / "predictions.npz").write_bytes(b"broken")

    async def journey(user: User) -> None:
        await user.open(f"/results?{asked}")
        await user.should_see(said)
        await user.open("/results")
        await user.should_see("Table 2")

    visit(workspace, journey)


@pytest.mark.slow
def test_ours_stands_beside_the_papers_with_links_to_the_runs(tmp_path: Path, photos: Path, meshes: Path) -> None:
    workspace = make_shelf(tmp_path / "shelf", photos, meshes=meshes)
    (workspace.root / "recipes").mkdir()
    recipe = write_recipe(workspace.root / "recipes" / "balls.toml", photos, meshes)
    out = workspace.root / "runs" / "reproduce"
    assert main(["reproduce", str(recipe), "--out", str(out), "--processes", "1"]) == 0

    async def journey(user: User) -> None:
        await user.open("/results")
        await user.should_see("Results: balls-cpu")
        await user.open("/results?recipe=runs/reproduce/balls-cpu")
        await user.should_see("Balls and cubes")
        await user.should_see("60.50")  # the paper's
        await user.should_see("Paired comparisons")
        assert len(user.find(marker="run-link").elements) == 8
        user.find("seed 0").click()
        await user.should_see("Errors by class")
        # One run is deleted: its cell says so, the others stay.
        shutil.rmtree(sorted((workspace.root / "runs" / "reproduce" / "runs").iterdir())[0])
        await user.open("/results?recipe=runs/reproduce/balls-cpu")
        await user.should_see("Balls and cubes")
        assert len(user.find(marker="run-link").elements) == 7

    visit(workspace, journey)


def test_a_recipe_is_started_as_a_job(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(jobs, "start", lambda _, argv, title: started.append(argv))

    async def journey(user: User) -> None:
        await user.open("/results")
        await user.should_see("Table 2")
        user.find(marker="launch").click()
        await until(lambda: started)
        assert started[0][:2] == ["reproduce", "appendix-figure1"] and "cpu" in started[0]

    visit(workspace, journey)
