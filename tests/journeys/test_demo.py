"""The demo, at a size of seconds, where there is no CIFAR: everything it promises, on a stand-in named as such."""

import json
from pathlib import Path

import pytest

from mixreal import demo as demos
from mixreal.cli import main
from mixreal.demo import FULL, SMOKE
from mixreal.real.sets import NoData
from mixreal.reporting.findings import STAND_IN

pytestmark = pytest.mark.slow


def test_the_demo_without_cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                capsys: pytest.CaptureFixture[str]) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise NoData("cannot download: no network")

    monkeypatch.setattr(demos, "load", no_network)
    out = tmp_path / "demo"
    assert main(["demo", "--smoke", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    results = json.loads((out / "results.json").read_text())
    assert results["stand_in"] is True
    assert [(row["mix"], row["seed"]) for row in results["rows"]] == [(m, s) for m in SMOKE.mixes for s in SMOKE.seeds]
    for row in results["rows"]:
        assert {"name", "classes", "seed", "mix", "accuracy", "low", "high", "steps", "images_per_second"} <= set(row)
        assert row["steps"] == SMOKE.training.steps and STAND_IN in row["real"]
        assert set(row["results"]) >= {"test_large/shared", "test_large/real"}
    assert {c["against"] for c in results["comparisons"]} == {"real only"}
    for line in said.splitlines():
        assert not line.startswith("cifar-da4") or STAND_IN in line
    for page in ("report.html", "report.md"):
        assert STAND_IN in (out / page).read_text(encoding="utf-8")

    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")}
    assert len(stamps) == 4
    assert main(["demo", "--smoke", "--stand-in", "-o", str(out)]) == 0  # again: nothing is trained anew
    assert {path: path.stat().st_mtime_ns for path in out.rglob("model.safetensors")} == stamps


def test_the_full_plan_sets_few_photos_alone_against_several_mixes() -> None:
    assert FULL.tasks == ("cifar-da4", "cifar-da9") and FULL.per_class == 50 and len(FULL.seeds) >= 2
    assert FULL.mixes[0] == "1:0" and len(FULL.mixes) >= 3
    assert FULL.rendering.models == "procedural"
