"""What cannot be had or read costs its own cells, exit codes included, and records of the others are taken up."""

import shutil
from pathlib import Path

import pytest

from mixreal import runs
from mixreal.cli import main
from mixreal.errors import BadInput
from mixreal.learning import training
from mixreal.reproducing.outcome import read_outcome
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.reproduce import dry_run, reproduce
from reproducing.album_recipe import write_recipe


def test_models_that_cannot_be_had_cost_their_own_cells_alone(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "odd.toml", photos, meshes,
                        f', {{ name = "odd", mix = "1:1", models = "{tmp_path / "none"}" }}', steps=1)
    recipe = open_recipe(str(path), seeds=(0,))
    told = dry_run(recipe, tmp_path / "out", device="cpu", processes=1)
    assert "some of them will fail: models" in told and "6 trainings, 0 of them finished; left: 4 steps" in told
    pages, failed = reproduce(recipe, tmp_path / "out", processes=1, only=["odd/plain", "real only/plain"])
    assert len(failed) == 1 and "no such folder" in next(iter(failed.values()))
    states = {(cell.row, cell.column): cell.state for cell in read_outcome(pages[0].parent).cells}
    assert states["odd", "plain"] == "failed" and states["real only", "plain"] == "done"
    assert states["odd", "flip"] == "not run" and "no such folder" in pages[0].read_text()
    assert not list((tmp_path / "out" / "runs").glob("unnamed*"))
    for try_it in (dry_run, reproduce):
        with pytest.raises(BadInput, match="no such folder"):  # nothing at all can be run
            try_it(recipe, tmp_path / "out", processes=1, only=["odd"])


def test_records_of_what_was_trained_apart_are_taken_up(photos: Path, meshes: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that sees rendered images only would be tested on the photos of both columns."""
    path = write_recipe(tmp_path / "two.toml", photos, meshes, ', { name = "synthetic", mix = "0:1" }', steps=1)
    path.write_text(path.read_text().replace('{ name = "plain", augment = [] }', '{ name = "plain" }').replace(
        '{ name = "flip", augment = ["flip"] }', f'{{ name = "none", real = "{tmp_path / "none"}" }}').replace(
        "size = 8", 'size = 64\nthrough = 8\nclasses = ["ball", "cube"]\nclassifier = "alexnet"\naugment = []'))
    recipe, only = open_recipe(str(path), seeds=(0,)), ["synthetic"]
    reproduce(recipe, tmp_path / "out", processes=1, only=only, records=tmp_path / "records")
    assert len(list((tmp_path / "records").iterdir())) == 1
    told = dry_run(recipe, tmp_path / "new", device="cpu", processes=1, only=only, records=tmp_path / "records")
    assert "1 of them finished; left: 0 steps" in told
    monkeypatch.setattr(training, "_fit", None)
    pages, _ = reproduce(recipe, tmp_path / "new", processes=1, only=only, records=tmp_path / "records")
    assert [read_outcome(pages[0].parent).cell("synthetic", column).state for column in ("plain", "none")] == [
        "done", "failed"]


def test_a_damaged_run_is_an_exit_code_and_the_others_leave_records(
        photos: Path, meshes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = write_recipe(tmp_path / "small.toml", photos, meshes, steps=1), tmp_path / "out"
    words = ["reproduce", str(path), "--out", str(out), "--processes", "1", "--seeds", "0", "--only", "*/plain"]
    assert main(words) == 0
    cell = read_outcome(out / "small-cpu").cell("1:1", "plain")
    (cell.runs[0].folder / runs.PREDICTIONS).write_bytes(b"")
    capsys.readouterr()
    assert main(words) == 1
    assert "a cell failed (1:1 / plain)" in capsys.readouterr().err
    assert main([*words[:-1], "real only/plain"]) == 0  # not asked for
    assert main([*words, "--records", str(tmp_path / "records")]) == 1
    assert f"a run failed ({cell.runs[0].folder.name}): it leaves no record" in capsys.readouterr().err
    (kept,) = (tmp_path / "records").iterdir()
    assert kept.name == read_outcome(out / "small-cpu").cell("real only", "plain").runs[0].folder.name
    shutil.rmtree(cell.runs[0].folder)
