"""Ctrl-C says one line, exits with 130, and the same command goes on to the same bytes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently")]

STOPPED = "mixreal: stopped; run the same command again to go on"


@pytest.mark.parametrize("processes", [1, 2])
def test_rendering(meshes: Path, tmp_path: Path, processes: int) -> None:
    command = ["render", "--models", str(meshes), "--images", "20000", "--size", "16", "--samples", "1"]
    stopped = [*command, "--processes", str(processes), "-o", str(tmp_path / "stopped")]
    code, said = _interrupt(stopped, tmp_path / "stopped", "*.json")
    if code == 0:
        pytest.skip("finished before it could be stopped")
    assert (code, said[-1]) == (130, STOPPED)
    assert not any("Traceback" in line for line in said)
    assert _to_the_end(stopped) == 0
    assert _to_the_end([*command, "-o", str(tmp_path / "unbroken")]) == 0
    for name in ("images", "rows"):
        files = sorted((tmp_path / "unbroken").glob(f"{name}-*"))
        assert files
        for file in files:
            assert file.read_bytes() == (tmp_path / "stopped" / file.name).read_bytes()


def test_training(photos: Path, tmp_path: Path) -> None:
    command = ["train", "--real", str(photos), "--mix", "1:0", "--steps", "150", "--batch", "16", "--size", "16"]
    code, said = _interrupt([*command, "-o", str(tmp_path / "stopped")], tmp_path / "stopped", "metrics.jsonl")
    if code == 0:
        pytest.skip("finished before it could be stopped")
    assert (code, said[-1]) == (130, STOPPED)
    assert _to_the_end([*command, "-o", str(tmp_path / "stopped")]) == 0
    assert _to_the_end([*command, "-o", str(tmp_path / "unbroken")]) == 0
    models = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("stopped", "unbroken")]
    assert models[0] == models[1]


def _start(command: list[str]) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, "-m", "mixreal", *command], stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True, env=environment)


def _to_the_end(command: list[str]) -> int:
    running = _start(command)
    running.communicate(timeout=200)
    return running.returncode


def _interrupt(command: list[str], folder: Path, sign: str) -> tuple[int, list[str]]:
    """Start, wait for a first file that matches `sign` (and has something in it), and press Ctrl-C."""
    running = _start(command)
    deadline = time.monotonic() + 200
    while running.poll() is None and not any(path.stat().st_size for path in folder.glob(sign)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=100)[1]
    return running.returncode, [line for line in said.splitlines() if line.strip()]
