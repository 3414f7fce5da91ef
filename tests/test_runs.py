"""Files are whole or absent, and what cannot be read is told in one line."""

import errno
from pathlib import Path

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
    with pytest.raises(BadInput, match="delete the run and train again"):
        runs.open_run(tmp_path)
    (tmp_path / "result.json").write_text("{}")
    with pytest.raises(BadInput, match="delete the run and train again"):
        runs.find_runs(tmp_path)


def test_predictions_know_what_is_correct():
    predictions = runs.Predictions(np.array([[1, 2], [3, 0], [0, 1]], np.float32), np.array([1, 1, 1]), np.arange(3))
    assert predictions.correct.tolist() == [True, False, True]


@pytest.fixture
def made(tmp_path):
    (tmp_path / "config.toml").write_text("classes = ['a', 'b']\nsize = 16\n[train]\nsteps = 1\n")
    score = {"accuracy": 0.5, "low": 0.4, "high": 0.6, "n": 4}
    runs.write_json(tmp_path / "result.json", {"results": {"test/shared": score}, "steps": 1, "images_per_second": 2.0,
                                               "seconds": 1.0, "notes": []})
    runs.mark_done(tmp_path)
    assert runs.open_run(tmp_path).test_accuracy == 0.5
    return tmp_path


@pytest.mark.parametrize("content", ["[]", "3", '{"results": 3}', '{"results": {"test/shared": 3}}',
                                     '{"results": {"test/shared": {"accuracy": "high", "low": 0, "high": 1, "n": 1}}}'])
def test_results_of_wrong_types_are_told(made, content):
    (made / "result.json").write_text(content)
    with pytest.raises(BadInput, match="delete the run and train again"):
        runs.open_run(made)


@pytest.mark.parametrize("config", ["classes = 3\n[train]\nsteps = 1\n", "classes = ['a']\ntrain = 3\n"])
def test_a_config_of_wrong_types_is_told(made, config):
    (made / "config.toml").write_text(config)
    with pytest.raises(BadInput, match="delete the run and train again"):
        runs.open_run(made)


def test_files_without_content_are_told(made):
    (made / "predictions.npz").write_bytes(b"")
    with pytest.raises(BadInput, match=r"predictions\.npz' cannot be read"):
        runs.read_predictions(runs.open_run(made))
    np.savez(made / "predictions.npz", something=np.zeros(3))
    with pytest.raises(BadInput, match=r"predictions\.npz' cannot be read .*test/labels"):
        runs.read_predictions(runs.open_run(made))
    (made / "samples.npz").write_bytes(b"")
    with pytest.raises(BadInput, match=r"samples\.npz' cannot be read"):
        runs.read_samples(made)
    (made / "metrics.jsonl").write_text("3\n")
    with pytest.raises(BadInput, match="a line is no mapping"):
        runs.read_metrics(made)


def test_a_file_without_permission_is_not_called_damaged(made, monkeypatch):
    read = Path.read_text

    def read_text(path, *args, **options):  # whoever runs the tests may read everything
        if path.name == locked:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", read_text)
    for locked in ("config.toml", "result.json"):
        with pytest.raises(BadInput, match=f"{locked}' may not be read by this user: nothing is damaged") as error:
            runs.open_run(made)
        assert "delete" not in str(error.value)
