"""Records: what a table was made of, without weights, is enough to report it and to go on with it elsewhere."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.learning import training
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.reproduce import reproduce
from reproducing.album_recipe import write_recipe


@pytest.fixture(scope="module")
def recorded(photos: Path, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The recipe, the root of its unbroken run, and the records that it left."""
    root = tmp_path_factory.mktemp("recorded")
    path = write_recipe(root / "small.toml", photos, meshes, "")
    reproduce(open_recipe(str(path)), root / "out", processes=1, records=root / "records")
    return path, root / "out", root / "records"


def told(folder: Path) -> dict[str, object]:
    found = json.loads((folder / "results.json").read_text())
    return {name: found[name] for name in ("cells", "comparisons", "machine", "synthetic", "real")}


def test_another_machine_reports_the_same_and_trains_and_renders_nothing(recorded, tmp_path, monkeypatch, capsys):
    path, root, records = recorded
    monkeypatch.setattr(training, "_fit", None)
    reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=records)
    assert told(tmp_path / "out" / "small-cpu") == told(root / "small-cpu")
    assert "8 of 8 trainings taken from their records" in capsys.readouterr().out
    assert not (tmp_path / "out" / "datasets").exists()


def test_what_is_missing_is_trained_and_recorded(recorded, tmp_path):
    path, root, records = recorded
    mine = tmp_path / "records"
    shutil.copytree(records, mine)
    gone = sorted(mine.iterdir())[0]
    shutil.rmtree(gone)
    reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=mine)
    assert told(tmp_path / "out" / "small-cpu") == told(root / "small-cpu")
    assert runs.is_done(gone) and (tmp_path / "out" / "runs" / gone.name / runs.MODEL).is_file()
    assert len(list((tmp_path / "out" / "runs").glob(f"*/{runs.MODEL}"))) == 1


def test_a_record_is_small_and_names_no_folder_of_its_machine(recorded):
    _, root, records = recorded
    for record in records.iterdir():
        assert sorted(path.name for path in record.iterdir()) == [
            runs.CONFIG, runs.DONE, runs.METRICS, runs.PREDICTIONS, runs.RESULT]
        text = (record / runs.CONFIG).read_text() + (record / runs.RESULT).read_text()
        assert str(root.parent.parent) not in text
        whole = runs.open_run(root / "runs" / record.name)
        kept, full = (runs.read_predictions(run) for run in (runs.open_run(record), whole))
        assert np.array_equal(kept.logits.argmax(1), full.logits.argmax(1)) and np.isneginf(kept.logits).any()
        assert np.array_equal(kept.labels, full.labels) and np.array_equal(kept.index, full.index)


def test_a_damaged_record_and_a_file_in_its_place_are_told(recorded, tmp_path):
    path, _, records = recorded
    mine = tmp_path / "records"
    shutil.copytree(records, mine)
    (sorted(mine.iterdir())[0] / runs.RESULT).write_text("{")
    with pytest.raises(BadInput, match="cannot be read"):
        reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=mine)
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is a file"):
        reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=tmp_path / "file")
