"""The Train page: the form stands for a command, the job's curves follow, and its result has an interval."""

from pathlib import Path

import pytest
from nicegui.testing import User

from mixreal.studio import curves, jobs
from mixreal.studio.workspace import Workspace
from studio.shelf import make_shelf
from studio.simulated import only, until, visit


@pytest.fixture
def workspace(tmp_path: Path, photos: Path, meshes: Path) -> Workspace:
    return make_shelf(tmp_path / "shelf", photos, meshes=meshes)


def ended(workspace: Workspace) -> str:
    """The state of the newest job once it has ended; "" before."""
    state = jobs.jobs(workspace)[0].state
    return "" if state == "running" else state


def test_the_form_stands_for_a_command(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        assert only(user, "real").value == "photos" and only(user, "synthetic").value == "data/rendered"
        only(user, "mix-slider").value = 5
        await user.should_see("8 real and 56 synthetic images in each minibatch of 64")
        only(user, "steps").value = 40
        only(user, "classifier").value = "alexnet"
        only(user, "norm").value = "real"
        user.find(marker="pill-shear").click()
        user.find(marker="pill-flip").click()
        only(user, "photos-a-class").value = 10
        said = only(user, "command").text  # type: ignore[attr-defined]
        assert said == ("mixreal train --out runs/train-1 --real photos --per-class 10 --synthetic data/rendered "
                        "--size 16 --mix 1:7 --classifier alexnet --augment crop shear --steps 40 --norm real")
        await user.should_not_see(marker="images-to-render")
        only(user, "synthetic").value = "render:meshes"
        only(user, "images-to-render").value = 80
        assert "--models meshes --images 80" in only(user, "command").text  # type: ignore[attr-defined]
        only(user, "synthetic").value = "fresh:meshes"
        only(user, "classes").value = "ball, cube"
        await user.should_not_see(marker="images-to-render")
        told = only(user, "command").text  # type: ignore[attr-defined]
        assert "--models meshes --synthetic stream" in told and "--classes ball cube" in told
        only(user, "mix-slider").value = 0
        await user.should_see("photos alone, 64 in each minibatch")
        assert "--models" not in only(user, "command").text  # type: ignore[attr-defined]

    visit(workspace, journey)


def test_photos_and_renderings_of_other_classes_are_told_at_once(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        await user.should_not_see(marker="mismatch")
        only(user, "real").value = "cifar-da4"
        await user.should_see("which the renderings do not (ball, cube)")

    visit(workspace, journey)


def test_the_classes_chosen_are_those_that_are_looked_at_and_may_have_blanks(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        (workspace.root / "photos" / "traffic light").mkdir()  # photos of a third class, of which there is no rendering
        only(user, "steps").value = 10
        await user.should_see("The photos show traffic light")
        only(user, "classes").value = "ball cube"
        await user.should_not_see(marker="mismatch")
        assert "--classes ball cube " in only(user, "command").text  # type: ignore[attr-defined]
        only(user, "classes").value = "ball, traffic light,"
        await user.should_see("The photos show traffic light")
        assert "--classes ball 'traffic light' " in only(user, "command").text  # type: ignore[attr-defined]

    visit(workspace, journey)


def test_an_emptied_learning_rate_is_the_default(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        only(user, "learning-rate").value = 0.5
        assert "--lr 0.5" in only(user, "command").text  # type: ignore[attr-defined]
        only(user, "learning-rate").value = None
        assert "--lr" not in only(user, "command").text  # type: ignore[attr-defined]

    visit(workspace, journey)


@pytest.mark.parametrize(("field", "value", "said"), [
    ("out", "../elsewhere", "lies outside"), ("real", "", "needs photos"), ("batch", 7, "cannot be split"),
    ("out", "", "no path given")])
def test_what_cannot_work_starts_no_job(field: str, value: object, said: str, workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        only(user, "minibatch" if field == "batch" else field).value = value  # type: ignore[attr-defined]
        user.find(marker="launch").click()
        await user.should_see(said)
        assert jobs.jobs(workspace) == []

    visit(workspace, journey)


@pytest.mark.slow
def test_a_job_that_fails_says_why(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        only(user, "real").value = "photos"
        (workspace.root / "photos" / "cube").rename(workspace.root / "photos" / "cone")  # while the page is open
        user.find(marker="launch").click()
        await until(lambda: jobs.jobs(workspace)[0].state == "failed")
        await user.should_see("class 'cone'")
        await user.should_see(marker="job-resume")

    visit(workspace, journey)


@pytest.mark.slow
def test_a_training_is_stopped_and_gone_on_with_to_its_result(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        only(user, "steps").value = 4000
        only(user, "minibatch").value = 8
        user.find(marker="launch").click()
        metrics = workspace.root / "runs" / "train-1" / "metrics.jsonl"
        await until(lambda: (metrics.is_file() and metrics.stat().st_size) or ended(workspace), 120)
        await user.should_see(marker="curves")
        user.find(marker="job-stop").click()
        await until(lambda: ended(workspace) == "cancelled")
        await user.should_see(marker="job-resume")
        before = curves.read_rows(metrics.parent)
        user.find(marker="job-resume").click()
        await until(lambda: len(curves.read_rows(metrics.parent)) > len(before) or ended(workspace), 120)
        assert curves.read_rows(metrics.parent)[:len(before)] == before  # it went on, and did not begin again
        jobs.cancel(workspace, jobs.jobs(workspace)[0].id)
        await until(lambda: ended(workspace) == "cancelled")

    visit(workspace, journey)


@pytest.mark.slow
def test_a_short_training_ends_with_its_interval_and_a_link(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/train")
        only(user, "steps").value = 4
        only(user, "minibatch").value = 8
        user.find(marker="launch").click()
        assert only(user, "out").value == "runs/train-2"  # for the next one, before the first has its folder
        await until(lambda: ended(workspace), 120)
        assert ended(workspace) == "done", jobs.log(workspace, jobs.jobs(workspace)[0].id)
        await user.should_see("95% interval")
        await user.should_see("Its errors by class")
        await user.open("/train")  # another visitor, later, sees the same
        await user.should_see("95% interval")

    visit(workspace, journey)
