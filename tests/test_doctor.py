"""The doctor: every look finds something, and what fails is a finding, not a crash."""

import tomllib
from pathlib import Path

import pytest

from mixreal import doctor
from mixreal.cli import main
from mixreal.doctor import Finding, examine, told


def test_this_machine_passes_the_quick_looks() -> None:
    findings = {finding.about: finding for finding in examine(quick=True)}
    assert set(findings) == {"python", "packages", "processor", "gpu", "disk", "data", "extras"}
    assert all(finding.state != "problem" and finding.said for finding in findings.values())
    assert "torch" in findings["packages"].said


def test_every_extra_is_looked_for() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(doctor.EXTRAS) == set(project["optional-dependencies"])


def test_a_few_training_steps_are_timed() -> None:
    finding = doctor.training()
    assert finding.state == "ok" and "images/s" in finding.said


def test_data_that_is_there_and_that_is_not(tmp_path: Path) -> None:
    assert doctor.material().state == "note"
    (tmp_path / "models3d").mkdir()
    found = doctor.material(str(tmp_path))
    assert found.state == "ok" and "models;" in found.said and "envmaps (envmaps/)" in found.said
    by_name = {finding.about: finding for finding in examine(data=str(tmp_path / "none"), quick=True)}
    assert by_name["data"].state == "problem" and "not a folder" in by_name["data"].said


def test_a_missing_package_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "CORE", (*doctor.CORE, "no-such-package"))
    finding = doctor.packages()
    assert finding.state == "problem" and "no-such-package" in finding.said


def test_a_look_that_crashes_is_a_finding_and_exit_1(monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    def crash() -> Finding:
        raise RuntimeError("no driver")

    monkeypatch.setattr(doctor, "gpu", crash)
    assert main(["doctor", "--quick"]) == 1
    said = capsys.readouterr().out
    assert "PROBLEM  gpu" in said and "RuntimeError: no driver" in said and "1 problem: see above" in said


def test_telling_counts_problems() -> None:
    assert "Everything that is needed works" in told([Finding("a", "ok", "fine"), Finding("b", "note", "so so")])
    assert "2 problems" in told([Finding("a", "problem", "x"), Finding("b", "problem", "y")])
