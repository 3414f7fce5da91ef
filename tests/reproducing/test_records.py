"""Records: what a table was made of, without weights, is enough to report it and to go on with it elsewhere."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mixreal import runs
from mixreal.datasets.locks import lock
from mixreal.errors import BadInput
from mixreal.learning import training
from mixreal.reporting.report import gather
from mixreal.reproducing import preparing
from mixreal.reproducing.cells import jobs, lay_out
from mixreal.reproducing.preparing import Place
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.records import take_up
from mixreal.reproducing.reproduce import dry_run, reproduce
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


@pytest.mark.parametrize("name", [runs.RESULT, runs.METRICS, runs.PREDICTIONS, runs.CONFIG])
def test_a_damaged_record_is_told_and_leaves_nothing(recorded, tmp_path, name):
    path, _, records = recorded
    mine = tmp_path / "records"
    shutil.copytree(records, mine)
    for record in mine.iterdir():
        (record / name).write_text("{")
    with pytest.raises(BadInput, match="is damaged: delete that folder"):
        reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=mine)
    assert not (tmp_path / "out" / "runs").exists()


@pytest.mark.parametrize("part", ["real", "validation", "test", "test_large"])
def test_a_record_of_other_photos_is_told(recorded, tmp_path, part):
    path, _, records = recorded
    mine = tmp_path / "records"
    shutil.copytree(records, mine)
    for record in mine.iterdir():
        text = (record / runs.CONFIG).read_text()
        prints = runs.read_config(record)["data"][part]["fingerprint"]
        (record / runs.CONFIG).write_text(text.replace(prints, "0" * len(prints)))
    with pytest.raises(BadInput, match=f"has other photos .* set (test|{part})"):
        reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=mine)


def test_a_training_that_was_begun_here_gives_way_and_one_under_way_goes_on(recorded, tmp_path):
    path, root, records = recorded
    first, second = sorted(record.name for record in records.iterdir())[:2]
    for name in (first, second):
        shutil.copytree(root / "runs" / name, tmp_path / "out" / "runs" / name)
        (tmp_path / "out" / "runs" / name / runs.DONE).unlink()
        (tmp_path / "out" / "runs" / name / "checkpoint.pt").write_bytes(b"half")
    cells = jobs(lay_out(open_recipe(str(path))), (0, 1))
    with lock(tmp_path / "out" / "runs" / second):
        take_up(cells, Place(tmp_path / "out", None, records))
        assert not runs.is_done(tmp_path / "out" / "runs" / second)
    assert runs.is_done(tmp_path / "out" / "runs" / first)
    assert not (tmp_path / "out" / "runs" / first / "checkpoint.pt").exists()


def test_records_need_no_photos(recorded, tmp_path, monkeypatch):
    path, root, records = recorded

    def gone(*args, **kwargs):
        raise BadInput("no photos here")

    monkeypatch.setattr(preparing, "load", gone)
    _, failed = reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=records)
    assert not failed and told(tmp_path / "out" / "small-cpu") == told(root / "small-cpu")


def test_a_report_takes_records_for_runs(recorded, tmp_path):
    _, root, records = recorded
    mixed = tmp_path / "mixed"  # one seed of an arm from a record, the other trained here
    shutil.copytree(root / "runs", mixed)
    one = sorted(record.name for record in records.iterdir())[0]
    shutil.rmtree(mixed / one)
    shutil.copytree(records / one, mixed / one)
    whole, part, alone = (gather([place]) for place in (root / "runs", mixed, records))
    names = [[(arm.name, arm.seeds) for task in found.tasks for arm in task.arms] for found in (whole, part, alone)]
    assert names[0] == names[1] == names[2]


def test_a_dry_run_counts_records(recorded, tmp_path):
    path, _, records = recorded
    assert "8 trainings, 8 of them finished" in dry_run(open_recipe(str(path)), tmp_path / "out", records=records)


def test_a_file_in_place_of_records_is_told(recorded, tmp_path):
    path, _, _ = recorded
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="is a file"):
        reproduce(open_recipe(str(path)), tmp_path / "out", processes=1, records=tmp_path / "file")
