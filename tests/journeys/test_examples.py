"""The examples run as they stand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.slow


def test_01_render(tmp_path: Path) -> None:
    said = _run("01_render.py", tmp_path)
    assert (tmp_path / "contact-sheet.png").is_file() and (tmp_path / "images" / "done").is_file()
    assert "64 synthetic images" in said and said.count("(32, 32, 32, 3)") == 2


def test_02_train(photos: Path, meshes: Path, tmp_path: Path) -> None:
    said = _run("02_train.py", photos, meshes, tmp_path, 2)
    assert (tmp_path / "report.html").is_file()
    assert "real only" in said and "real + synthetic 1:1" in said


def test_03_variations(meshes: Path, tmp_path: Path) -> None:
    said = _run("03_variations.py", tmp_path, meshes, 16)
    assert (tmp_path / "variations.png").is_file() and "rows: ball, cube" in said and "+ sensor" in said


def test_every_example_is_run_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in sorted(EXAMPLES.glob("*.py")) if f'_run("{path.name}"' not in source] == []


def _run(name: str, *words: object) -> str:
    done = subprocess.run([sys.executable, str(EXAMPLES / name), *map(str, words)], capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.returncode == 0, done.stderr
    return done.stdout
