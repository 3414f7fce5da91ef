"""Reproducing: whole, stopped and gone on with, failing in one cell, told beforehand, chosen on validation."""

import json
import os
import re
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from album import album
from mixreal import runs
from mixreal.datasets.dataset import read
from mixreal.errors import BadInput
from mixreal.learning import training
from mixreal.learning.checkpoints import CHECKPOINT
from mixreal.real.photos import SUFFIXES
from mixreal.reporting.recipe_report import write_report
from mixreal.reproducing.cells import jobs, lay_out
from mixreal.reproducing.choose import best_mix, validation_accuracy
from mixreal.reproducing.outcome import read_outcome
from mixreal.reproducing.preparing import Place, job_folder, look_afresh
from mixreal.reproducing.rates import estimate
from mixreal.reproducing.recipe import names, open_recipe
from mixreal.reproducing.reproduce import dry_run, reproduce
from mixreal.reproducing.tasks import beginnings_shared, is_left, training_task
from reproducing.album_recipe import write_recipe


@pytest.fixture(scope="module")
def finished(photos: Path, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of an unbroken run of the small recipe, with a row that chooses its ratio and one without photos."""
    root = tmp_path_factory.mktemp("reproduced")
    path = write_recipe(root / "small.toml", photos, meshes, ', { name = "best", mix = "best", best_of = ["1:1", "3:1"'
                        '] }, { name = "synthetic only", mix = "0:1" }')
    pages, failed = reproduce(open_recipe(str(path)), root / "out", processes=1)
    assert not failed and {page.name for page in pages} == {"report.md", "report.html", "results.json", "report.png"}
    return root / "out"


def results(folder: Path) -> dict[str, object]:
    found = json.loads((folder / "results.json").read_text())
    for cell in found["cells"]:
        del cell["setting"], cell["runs"]
    return {name: found[name] for name in ("cells", "comparisons")}


def test_every_cell_is_run_with_every_seed(finished: Path) -> None:
    outcome = read_outcome(finished / "small-cpu")
    assert [(cell.row, cell.column, cell.state, cell.seeds) for cell in outcome.cells] == [
        (row, column, "done", (0, 1)) for row in ("1:1", "real only", "best", "synthetic only")
        for column in ("plain", "flip")]
    assert len(list((finished / "datasets").glob("*/dataset.toml"))) == 1
    assert len(list((finished / "runs").glob("*/done"))) == 2 * 2 * 4  # 1:1, 1:0, 3:1, 0:1
    for cell in outcome.cells:
        for run in cell.runs:
            told = runs.read_predictions(run, "test/shared").correct.mean()
            assert cell.scores["test"].by_seed[cell.seeds.index(run.spec.seed)] == pytest.approx(told)
        assert set(cell.scores) == {"test", "validation"}  # these photos have one test set


def test_the_best_ratio_is_that_of_validation_images(finished: Path) -> None:
    outcome = read_outcome(finished / "small-cpu")
    for column in ("plain", "flip"):
        best = outcome.cell("best", column)
        assert best.validation["1:1"] == pytest.approx(outcome.cell("1:1", column).scores["validation"].mean)
        assert best.validation[best.mix] == max(best.validation.values())
        assert {run.spec.mix for run in best.runs} == {best.mix}


def test_test_images_have_no_say_in_the_choice(finished: Path) -> None:
    real, mixed = (read_outcome(finished / "small-cpu").cell(row, "plain").runs for row in ("real only", "1:1"))
    for runs_of, validation, test in ((real, 0.9, 0.1), (mixed, 0.4, 1.0)):
        for run in runs_of:
            run.results["validation/shared"]["accuracy"] = validation
            run.results["test/shared"]["accuracy"] = test
    told = {mix: validation_accuracy(runs_of) for mix, runs_of in (("1:1", mixed), ("1:0", real))}
    assert told == {"1:1": 0.4, "1:0": 0.9} and best_mix(told) == "1:0" and best_mix({"1:1": 0.5, "3:1": 0.5}) == "3:1"


def test_comparisons_are_differences_of_cells_beside_the_papers(finished: Path) -> None:
    outcome = read_outcome(finished / "small-cpu")
    assert {(p.row, p.against) for p in outcome.paired} == {
        (row, "real only") for row in ("1:1", "best", "synthetic only")}
    for p in outcome.paired:
        a, b = outcome.cell(p.row, p.column).scores[p.test], outcome.cell("real only", p.column).scores[p.test]
        assert p.difference == pytest.approx(a.mean - b.mean) and p.low <= p.difference <= p.high
        assert len(p.p_values) == (0 if p.balanced else 2)  # McNemar counts images, not classes
    plain = next(p for p in outcome.paired if (p.row, p.column) == ("1:1", "plain"))
    assert plain.paper == pytest.approx(10.5)
    assert all(p.paper is None for p in outcome.paired if p.column == "flip" or p.row != "1:1")


def test_again_there_is_nothing_to_do(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.stat().st_mtime_ns for path in (finished / "runs").rglob("*")}
    monkeypatch.setattr(training, "take_step", None)
    reproduce(open_recipe(str(finished.parent / "small.toml")), finished, processes=1)
    assert {path: path.stat().st_mtime_ns for path in (finished / "runs").rglob("*")} == before


def test_stopped_and_gone_on_with_is_the_same(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = open_recipe(str(finished.parent / "small.toml"))
    step, taken = training.take_step, 0

    def ctrl_c(*args: object) -> object:
        nonlocal taken
        taken += 1
        if taken == 6:  # in the middle of the third run
            os.kill(os.getpid(), signal.SIGINT)
        return step(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(training, "take_step", ctrl_c)
        reproduce(recipe, tmp_path, processes=1)
    assert 0 < len(list((tmp_path / "runs").glob("*/done"))) < 16
    reproduce(recipe, tmp_path, processes=1)
    assert results(tmp_path / "small-cpu") == results(finished / "small-cpu")
    for model in (finished / "runs").glob("*/model.safetensors"):
        assert model.read_bytes() == (tmp_path / model.relative_to(finished)).read_bytes()


def test_a_cell_that_fails_is_told_and_the_others_run(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "bad.toml", photos, meshes, ', { name = "wild", mix = "1:0", train.lr = 1e30 }')
    pages, failed = reproduce(open_recipe(str(path), seeds=(0,)), tmp_path / "out", processes=1)
    assert len(failed) == 2 and all("diverged" in reason for reason in failed.values())
    outcome = read_outcome(tmp_path / "out" / "bad-cpu")
    assert {cell.row: cell.state for cell in outcome.cells} == {"1:1": "done", "real only": "done", "wild": "failed"}
    assert "diverged" in (pages[0].parent / "report.md").read_text() and "| wild | failed |" in pages[0].read_text()


@pytest.mark.parametrize("name", ["predictions.npz", "result.json", "metrics.jsonl"])
def test_a_damaged_run_costs_its_own_cell_alone(finished: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(finished, tmp_path / "out")
    cell = read_outcome(tmp_path / "out" / "small-cpu").cell("1:1", "plain")
    (cell.runs[0].folder / name).write_bytes(b"" if name == "predictions.npz" else b"[")
    outcome = read_outcome(tmp_path / "out" / "small-cpu")
    failed = {(one.row, one.column) for one in outcome.cells if one.state == "failed"}
    assert failed == {("1:1", "plain"), ("best", "plain")}  # 1:1 is one of the ratios that it chooses from
    assert name in outcome.cell("1:1", "plain").reason or "train again" in outcome.cell("1:1", "plain").reason
    assert all(page.is_file() for page in write_report(tmp_path / "out" / "small-cpu"))


def test_images_that_cannot_be_rendered_fail_their_cells_alone(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "bad.toml", photos, meshes,
                        ', { name = "odd", mix = "1:1", synthetic.ranges."camera.elevatoin" = 3 }')
    _, failed = reproduce(open_recipe(str(path), seeds=(0,)), tmp_path / "out", processes=1, only=["odd", "real only"])
    assert len(failed) == 2 and all("did you mean 'camera.elevation'" in reason for reason in failed.values())
    states = {(cell.row, cell.state) for cell in read_outcome(tmp_path / "out" / "bad-cpu").cells}
    assert states == {("odd", "failed"), ("real only", "done"), ("1:1", "not run")}


def test_photos_that_are_not_there_stop_it_at_once(meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "bad.toml", tmp_path / "no" / "photos", meshes)
    for try_it in (dry_run, reproduce):
        with pytest.raises(BadInput, match="there is no folder"):
            try_it(open_recipe(str(path)), tmp_path / "out", processes=1)


def test_photos_that_are_not_there_cost_their_own_column_alone(photos: Path, meshes: Path, tmp_path: Path) -> None:
    """A network that sees rendered images only is trained once and tested on the photos of both columns."""
    path = write_recipe(tmp_path / "two.toml", photos, meshes, ', { name = "synthetic", mix = "0:1" }', steps=1)
    text = path.read_text(encoding="utf-8").replace('{ name = "plain", augment = [] }', '{ name = "plain" }').replace(
        '{ name = "flip", augment = ["flip"] }', f'{{ name = "none", real = "{tmp_path / "none"}" }}').replace(
        "size = 8", 'size = 64\nthrough = 8\nclasses = ["ball", "cube"]\nclassifier = "alexnet"\naugment = []')
    path.write_text(text, encoding="utf-8")
    told = dry_run(open_recipe(str(path), seeds=(0,)), tmp_path / "out", processes=1, only=["synthetic"])
    assert "some of them will fail: there is no folder" in told and "left: 1 steps" in told
    _, failed = reproduce(open_recipe(str(path), seeds=(0,)), tmp_path / "out", processes=1, only=["synthetic"])
    outcome = read_outcome(tmp_path / "out" / "two-cpu")
    assert [outcome.cell("synthetic", column).state for column in ("plain", "none")] == ["done", "failed"]
    assert len(failed) == 1 and "there is no folder" in outcome.cell("synthetic", "none").reason
    (resized,) = (tmp_path / "out" / "datasets").glob("*-64px")  # written once, for all trainings
    assert read(resized).images.shape == (8, 64, 64, 3)


def test_other_photos_are_another_training(photos: Path, meshes: Path, tmp_path: Path) -> None:
    mine = tmp_path / "photos"
    shutil.copytree(photos, mine)
    recipe = open_recipe(str(write_recipe(tmp_path / "mine.toml", mine, meshes)), seeds=(0,))
    for count in (1, 2):
        reproduce(recipe, tmp_path / "out", processes=1, only=["real only/plain"])
        assert len(list((tmp_path / "out" / "runs").glob("*/done"))) == count
        first = next(path for path in sorted(mine.rglob("*")) if path.is_file())
        shutil.copy(first, first.with_stem("another"))


def test_a_training_is_named_by_the_photos_that_it_sees(photos: Path, meshes: Path, tmp_path: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    mine = tmp_path / "photos"
    shutil.copytree(photos, mine)
    arrays = tmp_path / "photos.npz"

    def name_of(real: str) -> str:
        look_afresh()
        cells = lay_out(open_recipe(str(write_recipe(tmp_path / "mine.toml", Path(real), meshes))))
        return job_folder(jobs(cells, (0,))[1], Place(tmp_path)).name

    stored = {"label": np.arange(12) % 2, "class_names": np.array(["ball", "cube"]),
              "split": np.array(["train"] * 8 + ["test"] * 4)}
    np.savez(arrays, images=np.zeros((12, 8, 8, 3), np.uint8), **stored)
    before = [name_of(real) for real in (str(mine), "~/photos", str(arrays))]
    (mine / "notes.txt").write_text("no photo")
    assert before == [name_of(real) for real in (str(mine), "~/photos", str(arrays))]
    first = next(path for path in mine.rglob("*") if path.suffix in SUFFIXES)
    first.rename(first.with_stem("another"))
    np.savez(arrays, images=np.ones((12, 8, 8, 3), np.uint8), **stored)  # as many bytes
    assert all(name_of(real) != was for real, was in zip((str(mine), "~/photos", str(arrays)), before))


def test_a_ratio_cannot_be_chosen_without_validation_photos(meshes: Path, tmp_path: Path) -> None:
    mine = album(tmp_path / "photos", {"ball": 2, "cube": 2})
    path = write_recipe(tmp_path / "few.toml", mine, meshes,
                        ', { name = "best", mix = "best", best_of = ["1:1", "1:3"] }')
    for try_it in (dry_run, reproduce):
        with pytest.raises(BadInput, match=r"best/plain: mix = .best. is chosen on validation images"):
            try_it(open_recipe(str(path)), tmp_path / "out", processes=1)
    assert not (tmp_path / "out" / "datasets").exists()
    reproduce(open_recipe(str(path), seeds=(0,)), tmp_path / "out", processes=1, only=["1:1/plain"])


def test_a_dry_run_tells_cells_steps_images_and_time(finished: Path, tmp_path: Path) -> None:
    recipe = open_recipe(str(finished.parent / "small.toml"))
    fresh = dry_run(recipe, tmp_path / "out", device="cpu", processes=2)
    assert "16 trainings, 0 of them finished; left: 32 steps, 256 images to train on, 8 images to render" in fresh
    assert "stated images/s, not measured here" in fresh and "1:1/flip" in fresh and "chosen on validation" in fresh
    assert not (tmp_path / "out").exists()
    for where, told in ((dict(root=finished.parent / "small.toml"), "--out .* is a file"),
                        (dict(root=tmp_path, records=finished.parent / "small.toml"), "--records .* is a file"),
                        (dict(root=tmp_path, on="rya"), "--on 'rya'")):
        with pytest.raises(BadInput, match=told):
            dry_run(recipe, device="cpu", **where)
    done = dry_run(recipe, finished, device="cpu", processes=2)
    assert "16 of them finished; left: 0 steps" in done and "expected time: 0 s" in done


def test_a_beginning_that_is_shared_is_counted_once(photos: Path, meshes: Path, tmp_path: Path) -> None:
    row = ', { name = "ends on real", mix = "1:1", train = { finish = 0.25 } }'
    recipe = open_recipe(str(write_recipe(tmp_path / "small.toml", photos, meshes, row, steps=10)), seeds=(0,))
    told = dry_run(recipe, tmp_path / "out", device="cpu", processes=2)
    assert "6 trainings, 0 of them finished; left: 44 steps, 352 images to train on" in told  # 2 x (10 + 10 + 2)
    cluster = estimate(jobs(lay_out(recipe), recipe.seeds), Place(tmp_path / "out"), "cpu", 2, on="ray")
    assert cluster.steps == 60  # tasks of a cluster know nothing of each other


def test_a_branch_waits_for_its_checkpoint_not_for_the_end_of_what_leaves_it(photos: Path, meshes: Path,
                                                                             tmp_path: Path) -> None:
    row = ', { name = "ends on real", mix = "1:1", train = { finish = 0.25 } }'
    recipe = open_recipe(str(write_recipe(tmp_path / "small.toml", photos, meshes, row)), seeds=(0,))
    place = Place(tmp_path / "out")
    tasks = beginnings_shared([training_task(job, place) for job in jobs(lay_out(recipe), recipe.seeds)], place)
    branches = [task for task in tasks if task.after]
    assert len(branches) == 2 and not any(is_left(task, place) for task in tasks)
    folder = job_folder(branches[0].job, place)
    folder.mkdir(parents=True)
    (folder / CHECKPOINT).touch()
    assert [is_left(task, place) for task in branches] == [True, False]


@pytest.mark.slow
def test_processes_side_by_side_find_the_same(finished: Path, tmp_path: Path) -> None:
    recipe = open_recipe(str(finished.parent / "small.toml"))
    _, failed = reproduce(recipe, tmp_path, processes=2, only=["1:1/plain"])
    assert not failed
    ours, theirs = (read_outcome(root / "small-cpu").cell("1:1", "plain") for root in (tmp_path, finished))
    assert ours.state == "done" and ours.scores.keys() == theirs.scores.keys()
    assert [run.folder.name for run in ours.runs] == [run.folder.name for run in theirs.runs]
    weights = [[load_file(run.folder / runs.MODEL) for run in cell.runs] for cell in (ours, theirs)]
    for name, mine in weights[0][0].items():  # other threads, another rounding; other seeds are far away
        assert torch.allclose(mine.float(), weights[1][0][name].float(), rtol=1e-2, atol=1e-3), name
    assert any(not torch.allclose(mine.float(), weights[1][1][name].float(), rtol=1e-2, atol=1e-3)
               for name, mine in weights[0][0].items())
    for test, score in ours.scores.items():
        assert score.by_seed == pytest.approx(theirs.scores[test].by_seed, abs=1.01 / score.n)  # one image at most


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_recipe_runs_under_smoke(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.getbasetemp() / "smoke"  # shared: recipes share datasets and runs
    recipe = open_recipe(name, "smoke")
    pages, failed = reproduce(recipe, root, device="cpu", processes=1)
    text = (root / f"{name}-smoke" / "report.md").read_text(encoding="utf-8")
    page = (root / f"{name}-smoke" / "report.html").read_text(encoding="utf-8")
    assert not failed and len(pages) == 4 and "SMOKE" in text and "SMOKE" in page and "preset paper" in text
    outcome = read_outcome(root / f"{name}-smoke")
    assert all(cell.state == "done" and cell.main() for cell in outcome.cells)
    for cell in outcome.cells:
        assert any(line.startswith(f"| {cell.row} | {cell.column} |") for line in text.splitlines())
        assert cell.paper is None or re.search(rf"\| {cell.paper:.2f} \|", text)
    if outcome.cells:
        assert outcome.stand_in and "say nothing about photographs" in text
        tables = [block for block in text.split("\n\n") if block.startswith("|")]
        stamps = re.findall(r"<sub>SMOKE, these numbers mean nothing · profile smoke · preset paper .*</sub>", text)
        assert len(stamps) == len(tables) - 1  # all but that of the hardware itself
        assert all("STAND-IN" in line and "threads a run" in line and "steps of" in line for line in stamps)


def test_rows_that_differ_in_how_they_finish_begin_once(photos: Path, meshes: Path, tmp_path: Path) -> None:
    more = ', { name = "then real", mix = "1:1", train = { finish = 0.5 } }'
    path = write_recipe(tmp_path / "small.toml", photos, meshes, more, steps=4)
    recipe = open_recipe(str(path), seeds=(0,))
    alone, _ = reproduce(recipe, tmp_path / "alone", processes=1, only=("then real/*",))
    pages, failed = reproduce(recipe, tmp_path / "out", processes=2)
    assert not failed
    both = [{cell.column: cell.runs[0] for cell in read_outcome(page.parent).cells if cell.row == "then real"}
            for page in (alone[0], pages[0])]
    for column in ("plain", "flip"):
        assert both[0][column].results == both[1][column].results
        trunk = read_outcome(pages[0].parent).cell("1:1", column).runs[0]
        begun, theirs = ([row for row in runs.read_metrics(run.folder) if row["step"] <= 2]
                         for run in (both[1][column], trunk))
        assert begun == theirs  # images per second too: these steps were taken once


def test_what_waits_for_a_failed_training_is_tried_all_the_same(photos: Path, meshes: Path, tmp_path: Path) -> None:
    more = ', { name = "then real", mix = "1:1", train = { finish = 0.5 } }'
    recipe = open_recipe(str(write_recipe(tmp_path / "small.toml", photos, meshes, more)), seeds=(0,))
    place = Place(tmp_path / "out", None)
    trunk = next(job for job in jobs(lay_out(recipe), (0,)) if job.setting.mix.real and not job.setting.train.finish
                 and job.setting.mix.synthetic and not job.setting.train.augment)
    folder = job_folder(trunk, place)
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("not a run")
    pages, failed = reproduce(recipe, tmp_path / "out", processes=2, only=("1:1/plain", "then real/plain"))
    assert list(failed) == [folder]
    assert {cell.row: cell.state for cell in read_outcome(pages[0].parent).cells if cell.column == "plain"} == {
        "1:1": "failed", "real only": "not run", "then real": "done"}


def test_photos_behind_a_link_are_part_of_a_trainings_name(photos: Path, meshes: Path, tmp_path: Path) -> None:
    shutil.copytree(photos, tmp_path / "elsewhere")
    (tmp_path / "mine").mkdir()
    for place in sorted((tmp_path / "elsewhere").iterdir()):
        (tmp_path / "mine" / place.name).symlink_to(place)
    recipe = open_recipe(str(write_recipe(tmp_path / "linked.toml", tmp_path / "mine", meshes)))
    job, place = jobs(lay_out(recipe), (0,))[0], Place(tmp_path / "out")
    before = job_folder(job, place)
    album(tmp_path / "elsewhere", {"ball": 60})
    look_afresh()
    assert job_folder(job, place) != before


def test_a_dry_run_downloads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MIXREAL_DATA", raising=False)
    monkeypatch.setattr("mixreal.real.cifar.fetch", None)  # calling it would fail
    told = dry_run(open_recipe("table2", "cpu"), tmp_path / "out", device="cpu", processes=2)
    assert "cifar-da9 is not here: it will be downloaded" in told and "20 trainings" in told
