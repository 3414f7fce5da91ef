"""Files are whole or absent, and what cannot be read is told in one line."""

import errno

import numpy as np
import pytest

from mixreal import runs
from mixreal.errors import BadInput


def test_atomic_leaves_the_old_file_when_writing_fails(tmp_path):
    path = tmp_path / "a.txt"
    runs.write_text(path, "old")
    with pytest.raises(RuntimeError), runs.atomic(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [it.name for it in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_told(tmp_path):
    with pytest.raises(BadInput, match="no space left"), runs.atomic(tmp_path / "a") as temporary:
        temporary.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())
    with pytest.raises(PermissionError), runs.room_for(tmp_path):
        raise PermissionError(errno.EACCES, "no")


def test_done_is_a_file(tmp_path):
    assert not runs.is_done(tmp_path)
    runs.mark_done(tmp_path)
    assert runs.is_done(tmp_path)


def test_folders_that_are_no_runs_are_told(tmp_path):
    with pytest.raises(BadInput, match="no run folder"):
        runs.open_run(tmp_path / "absent")
    with pytest.raises(BadInput, match=r"no config\.toml"):
        runs.open_run(tmp_path)
    with pytest.raises(BadInput, match="no folder"):
        runs.find_runs(tmp_path / "absent")
    (tmp_path / "config.toml").write_text("x = [")
    with pytest.raises(BadInput, match="cannot be read"):
        runs.open_run(tmp_path)
    (tmp_path / "config.toml").write_text("classes = ['a', 'b']\n[train]\nsteps = 1\n")
    with pytest.raises(BadInput, match="unfinished"):
        runs.open_run(tmp_path)
    runs.mark_done(tmp_path)
    with pytest.raises(BadInput, match="delete it and train again"):
        runs.open_run(tmp_path)
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(BadInput, match="delete it and train again"):
        runs.find_runs(tmp_path)


def test_predictions_know_what_is_correct():
    predictions = runs.Predictions(np.array([[1, 2], [3, 0], [0, 1]], np.float32), np.array([1, 1, 1]), np.arange(3))
    assert predictions.correct.tolist() == [True, False, True]
