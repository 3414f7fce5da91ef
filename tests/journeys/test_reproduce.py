"""`mixreal reproduce` and `mixreal report NAME` as a person types them: tables, exit codes, Ctrl-C and going on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mixreal.cli import main
from reproducing.album_recipe import write_recipe


def test_reproduce_then_report(photos: Path, meshes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write_recipe(tmp_path / "small.toml", photos, meshes), str(tmp_path / "out")
    words = ["reproduce", str(path), "--out", out, "--processes", "1", "--seeds", "3"]
    assert main([*words, "--dry-run"]) == 0
    assert "4 trainings, 0 of them finished" in capsys.readouterr().out and not (tmp_path / "out").exists()
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "plain: ours" in said and "60.50" in said and "report.html" in said
    before = (tmp_path / "out" / "small-cpu" / "results.json").read_bytes()
    for name in ("report.md", "report.html", "report.png", "results.json"):
        (tmp_path / "out" / "small-cpu" / name).unlink()
    assert main(["report", "small", "--reproduced", out]) == 0
    assert (tmp_path / "out" / "small-cpu" / "results.json").read_bytes() == before
    assert main(["report", str(tmp_path / "out" / "small-cpu")]) == 0
    assert "report.png" in capsys.readouterr().out


def test_a_failed_cell_is_an_exit_code(photos: Path, meshes: Path, tmp_path: Path,
                                       capsys: pytest.CaptureFixture[str]) -> None:
    path = write_recipe(tmp_path / "bad.toml", photos, meshes, ', { name = "wild", mix = "1:0", train.lr = 1e30 }')
    assert main(["reproduce", str(path), "--out", str(tmp_path / "out"), "--processes", "1", "--seeds", "0"]) == 1
    told = capsys.readouterr()
    assert "diverged" in told.err and "wild" in told.out
    found = json.loads((tmp_path / "out" / "bad-cpu" / "results.json").read_text())
    assert [cell["state"] for cell in found["cells"]] == ["done"] * 4 + ["failed"] * 2


@pytest.mark.parametrize(("words", "told"), [
    (["reproduce", "tabel2"], "did you mean 'table2'"),
    (["reproduce", "table2", "--profile", "cpus"], "profile"),
    (["reproduce", "table2", "--preset", "papier"], "did you mean 'paper'"),
    (["reproduce", "table2", "--only", "1:8/*", "--dry-run"], "fits no cell"),
    (["reproduce", "table2", "--processes", "-1"], "--processes -1"),
    (["report", "table2", "--reproduced", "nowhere"], "has not been reproduced"),
])
def test_mistakes_are_told_in_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and told in said[0]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently")
def test_ctrl_c_and_on_to_the_same(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "small.toml", photos, meshes, steps=60)
    words = ["reproduce", str(path), "--processes", "2", "--seeds", "0", "--only", "*/plain", "--out"]
    running = _start([*words, str(tmp_path / "stopped")])
    deadline = time.monotonic() + 200
    while running.poll() is None and not any(p.stat().st_size for p in tmp_path.glob("stopped/runs/*/metrics.jsonl")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=100)[1]
    if running.returncode == 0:
        pytest.skip("finished before it could be stopped")
    assert running.returncode == 130 and "Traceback" not in said and "run the same command again" in said
    for name in ("stopped", "unbroken"):
        again = _start([*words, str(tmp_path / name)])
        assert again.communicate(timeout=200)[1] is not None and again.returncode == 0
    for file in (tmp_path / "unbroken" / "runs").glob("*/model.safetensors"):
        assert file.read_bytes() == (tmp_path / "stopped" / file.relative_to(tmp_path / "unbroken")).read_bytes()
    scores = [[cell["scores"] for cell in json.loads((tmp_path / name / "small-cpu" / "results.json").read_text())[
        "cells"]] for name in ("stopped", "unbroken")]
    assert scores[0] == scores[1]


def _start(words: list[str]) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "mixreal", *words], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, env=environment)
