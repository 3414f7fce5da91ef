"""The Refine page: a chain is extended and shortened, becomes a command, and shows what its stages made."""

from pathlib import Path

import pytest
from nicegui.testing import User

from mixreal.studio import jobs
from mixreal.studio.workspace import Workspace
from studio.shelf import make_shelf, synthetic, write_stage
from studio.simulated import only, until, visit


@pytest.fixture
def workspace(tmp_path: Path, photos: Path) -> Workspace:
    return make_shelf(tmp_path / "shelf", photos)


def test_a_chain_is_extended_and_becomes_a_command(workspace: Workspace) -> None:
    async def journey(user: User) -> None:
        await user.open("/refine")
        assert only(user, "synthetic").value == "data/rendered"
        await user.should_not_see(marker="shorten")  # the first stage stays
        user.find(marker="add-RR-RS").click()
        await user.should_see("refined real with refined synthetic")
        user.find(marker="add-RRR-RRS").click()
        assert "--stages R-S RR-RS RRR-RRS --preset fast" in only(user, "command").text  # type: ignore[attr-defined]
        user.find(marker="shorten").click()
        only(user, "iterations-a-stage").value = 50
        only(user, "seed").value = 3
        said = only(user, "command").text  # type: ignore[attr-defined]
        assert said.endswith("--stages R-S RR-RS --preset fast --iterations 50 --seed 3")
        only(user, "preset").value = "paper"
        assert only(user, "iterations-a-stage").props["placeholder"] == "40,000"

    visit(workspace, journey)


def test_what_stages_made_is_shown_with_alarms_in_words(workspace: Workspace) -> None:
    made = synthetic(8)
    write_stage(workspace.root / "refined" / "2-RR-RS-bbbb0000", "RR-RS", 2, "bbbb", ["aaaa"], made, alarm=False)

    async def journey(user: User) -> None:
        await user.open("/refine")
        await user.should_see("S → RS → RRS")
        await user.should_see("R → RR → RRR")
        await user.should_see("synthetic to real: the generator copies its input (a pixel changes by 0.4% on average)")
        await user.should_see("No alarm")
        await user.should_see("KID to the stage's real side 0.25 (before 0.5)")
        await user.should_see("Stage 2: RR-RS, refined real with refined synthetic")

    visit(workspace, journey)


def test_stages_that_are_damaged_or_gone_do_not_stop_the_page(workspace: Workspace) -> None:
    stage = workspace.root / "refined" / "1-R-S-aaaa0000"
    (stage / "chosen.json").write_text("{", encoding="utf-8")
    (stage / "samples.npz").write_bytes(b"broken")
    (stage / "metrics.jsonl").write_text('{"phase": "main", "iter', encoding="utf-8")
    (stage / "done").unlink()

    async def journey(user: User) -> None:
        await user.open("/refine")
        await user.should_see("Nothing measured yet")
        await user.should_see("No images yet")
        await user.should_see("under way")
        (stage / "config.toml").write_text("stage", encoding="utf-8")
        user.find(marker="refresh").click()
        await user.should_see("No stage is under way or finished yet")

    visit(workspace, journey)


def test_one_side_missing_starts_no_job(tmp_path: Path) -> None:
    async def journey(user: User) -> None:
        await user.open("/refine")
        await user.should_see("make one on the Batch page")
        user.find(marker="launch").click()
        await user.should_see("both sides are needed")
        assert jobs.jobs(Workspace(tmp_path)) == []

    visit(Workspace(tmp_path), journey)


@pytest.mark.slow
def test_a_chain_is_trained_to_its_images(workspace: Workspace) -> None:
    argv = ["refine", "--out", "runs/refined", "--real", "photos", "--synthetic", "data/rendered", "--stages", "R-S",
            "--preset", "fast", "--generator", "c3s1-4,d8,R8,u4,c3s1-3", "--discriminator", "C4,C8", "--batch", "8",
            "--iterations", "2", "--pretrain-g", "1", "--pretrain-d", "1", "--checkpoints", "1", "--probes", "0",
            "--judge-steps", "1", "--label-judges", "1"]

    async def journey(user: User) -> None:
        jobs.start(workspace, argv, "Refine R-S")
        await user.open("/refine")
        await until(lambda: jobs.jobs(workspace)[0].state in ("done", "failed"), 180)
        assert jobs.jobs(workspace)[0].state == "done", jobs.log(workspace, jobs.jobs(workspace)[0].id)
        user.find(marker="refresh").click()
        await user.should_see("Stage 1: R-S, real with synthetic")
        await user.should_see(marker="grid-synthetic")

    visit(workspace, journey)
