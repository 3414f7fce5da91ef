"""The Batch page, by a visitor without a browser."""

import shutil

import pytest
from nicegui.testing import User

from mixreal.spec import RenderSpec
from mixreal.studio import jobs, recipes
from mixreal.studio.workspace import Workspace
from studio.simulated import only, put, until, visit, words
from studio_pixels import pixels


@pytest.fixture
def place(place: Workspace, recipe: RenderSpec) -> Workspace:
    """With a recipe of its own."""
    recipes.save(place, "mine", recipe)
    return place


def _fill(user: User, **values: object) -> None:
    for name, value in values.items():
        put(user, name, value)


@pytest.mark.slow
def test_a_dataset_is_rendered_and_shown(place: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/batch?spec=mine")
        await user.should_see("Nothing rendered yet")
        assert only(user, "out").value == "data/mine"
        _fill(user, count=70, threads=1)
        user.find(marker="start").click()
        await user.should_see(marker="job-state")
        await until(lambda: words(user, "job-state") == "done")
        await user.should_see(marker="sheet")
        # One drawn again while the shard was not full may still stand there when the job is done.
        await until(lambda: words(user, "sheet-said") == "images 6 to 69, as they are on disk")
        assert pixels(only(user, "sheet").props["src"]).shape == (4 * 33 - 1, 16 * 33 - 1, 4)
        assert only(user, "sheet-link").props["href"] == "/data?set=data/mine"
        user.find(marker="job-log").click()
        assert "70 images" in words(user, "job-printed")

    visit(place, journey)
    assert (place.root / "data" / "mine" / "done").is_file()


@pytest.mark.slow
def test_a_render_is_stopped_and_goes_on(place: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/batch?spec=mine")
        _fill(user, count=500_000, threads=1, out="data/long")
        user.find(marker="start").click()
        await user.should_see(marker="job-said")
        await until(lambda: "images/s" in words(user, "job-said"))
        await user.should_see(marker="sheet")  # before the job is done
        user.find(marker="job-stop").click()
        await until(lambda: words(user, "job-state") == "stopped")
        await user.should_see("what is finished is kept")
        user.find(marker="job-resume").click()
        await until(lambda: len(jobs.jobs(place)) == 2)
        (newest, _) = jobs.jobs(place)
        assert newest.state == "running"
        await user.open("/batch")  # the page again: both are there
        await until(lambda: len(user.find(marker="job-state").elements) == 2)
        jobs.cancel(place, newest.id, now=True)
        await until(lambda: jobs.read(place, newest.id).state == "cancelled")

    visit(place, journey)


@pytest.mark.slow
def test_a_job_that_fails_says_why_and_a_wrong_form_starts_none(place: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/batch?spec=mine")
        _fill(user, out="../elsewhere", count=5)
        user.find(marker="start").click()
        await user.should_see("lies outside the studio's folders")
        assert jobs.jobs(place) == []
        jobs.start(place, ["render", "--out", "x", "--images", "4", "--models", "nowhere"], "Render x")
        await until(lambda: words(user, "job-state") == "failed")
        await user.should_see("no such folder")
        await user.open("/batch")  # the server lives

    visit(place, journey)


@pytest.mark.slow
def test_a_dataset_that_is_deleted_takes_nothing_else_with_it(place: Workspace) -> None:
    async def journey(user: User) -> None:
        job = jobs.start(place, ["render", "--out", "x", "--spec", "specs/mine.toml", "--images", "4"], "Render x")
        await until(lambda: jobs.read(place, job.id).state == "done")
        shutil.rmtree(place.root / "x")
        await user.open("/batch")
        await until(lambda: words(user, "job-state") == "done")
        await user.should_not_see(marker="sheet")

    visit(place, journey)
