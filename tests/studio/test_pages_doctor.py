"""The Doctor page: what works, in words; a trial when asked for; a look that fails is a finding."""

from pathlib import Path

import pytest
from nicegui.testing import User

from mixreal import doctor
from mixreal.doctor import Finding
from mixreal.studio.workspace import Workspace
from studio.simulated import until, visit


def test_what_works_is_told_and_trials_are_run_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def examine(data: str | None, quick: bool, where: Path) -> list[Finding]:
        asked.append(quick)
        return [Finding("python", "ok", "3.11"), Finding("gpu", "note", "none here"),
                *([] if quick else [Finding("rendering", "problem", "the images are empty")])]

    monkeypatch.setattr(doctor, "examine", examine)

    async def journey(user: User) -> None:
        await user.open("/doctor")
        await user.should_see("Everything that is needed works.")
        await user.should_see("none here")
        user.find(marker="try").click()
        await user.should_see("1 problem: rendering.")
        await user.should_see("the images are empty")
        assert asked == [True, False]

    visit(Workspace(tmp_path), journey)


def test_the_real_doctor_speaks(tmp_path: Path) -> None:
    async def journey(user: User) -> None:
        await user.open("/doctor")
        await user.should_see("packages")
        await user.should_see("GiB free")

    visit(Workspace(tmp_path), journey)


def test_a_doctor_that_fails_does_not_take_the_page_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def examine(data: str | None, quick: bool, where: Path) -> list[Finding]:
        raise OSError("the disk is on fire")

    monkeypatch.setattr(doctor, "examine", examine)

    async def journey(user: User) -> None:
        await user.open("/doctor")
        await user.should_see("the disk is on fire")
        await until(lambda: user.find(marker="try").elements)

    visit(Workspace(tmp_path), journey)
