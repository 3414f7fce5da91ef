"""Recipes with stages: what is trained on and tested on is what their keys say, and stages are trained once."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal.datasets.dataset import read
from mixreal.errors import BadInput
from mixreal.learning.task import dataset_fingerprint
from mixreal.learning.trainspec import TrainSpec
from mixreal.reproducing import scheduling
from mixreal.reproducing.cells import chosen_cells, jobs, lay_out
from mixreal.reproducing.outcome import read_outcome
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.refinement import chain, made_by, needs_stages, refine_spec
from mixreal.reproducing.reproduce import dry_run, reproduce
from mixreal.reproducing.setting import Setting
from mixreal.reproducing.tasks import Task, stage_tasks
from reproducing.album_recipe import write_recipe

pytestmark = pytest.mark.slow

ROWS = """,
 { name = "RS", mix = "0:1", train_on = "refined", stage = "R-S", against = "S" },
 { name = "RRS on RR", mix = "0:1", train_on = "refined", stage = "RR-RS", test = "RR", against = "S" },
 { name = "RRS on RRR", mix = "0:1", train_on = "refined", stage = "RR-RS", test = "refined", against = "S" },
 { name = "S", mix = "0:1" }, { name = "S on RR", mix = "0:1", stage = "R-S", test = "RR", against = "S" },
 { name = "real + RRS", mix = "1:1", train_on = "refined", stage = "RR-RS", against = "1:1" }"""
REFINE = """
[run.refine]
preset = "fast"
generator = "c3s1-4,c3s1-3"
discriminator = "C4"
batch = 4
iterations = 2
pretrain_g = 1
pretrain_d = 0
checkpoints = 1
probes = 0
judge_steps = 1
label_judges = 1
[run.synthetic]"""


@pytest.fixture(scope="module")
def recipe(photos: Path, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_recipe(tmp_path_factory.mktemp("recipe") / "staged.toml", photos, meshes, ROWS)
    path.write_text(path.read_text().replace("\n[run.synthetic]", REFINE))
    return path


@pytest.fixture(scope="module")
def finished(recipe: Path) -> Path:
    root = recipe.parent / "out"
    _, failed = reproduce(open_recipe(str(recipe), seeds=(0,)), root, processes=1, only=("*/plain",))
    assert not failed
    return root


def test_what_is_trained_and_tested_on(finished: Path) -> None:
    outcome = read_outcome(finished / "staged-cpu")
    (first,), (second,) = ((finished / "refined").glob(f"{k}-*") for k in (1, 2))
    prints = {name: dataset_fingerprint(read(folder)) for name, folder in (
        ("RS", first / "RS"), ("RRS", second / "RRS"), ("RR test", first / "RR/test"),
        ("RRR test", second / "RRR/test"))}
    photos = outcome.cell("S", "plain").runs[0].config["data"]["test"]["fingerprint"]
    for row, trained, tested in (("RS", "RS", photos), ("RRS on RR", "RRS", prints["RR test"]),
                                 ("RRS on RRR", "RRS", prints["RRR test"]), ("real + RRS", "RRS", photos)):
        cell = outcome.cell(row, "plain")
        data = cell.runs[0].config["data"]
        assert data["synthetic"]["fingerprint"] == prints[trained]
        assert data[f"test{cell.suffix}"]["fingerprint"] == tested
    page = (finished / "staged-cpu" / "report.md").read_text(encoding="utf-8")
    assert "RS of models of a folder" in page and str(finished.parent.parent) not in page
    assert outcome.cell("S", "plain").runs[0].folder == outcome.cell("S on RR", "plain").runs[0].folder
    assert outcome.cell("RRS on RR", "plain").runs[0].folder == outcome.cell("RRS on RRR", "plain").runs[0].folder
    real = outcome.cell("real + RRS", "plain").runs[0].config["data"]["real"]
    assert real["fingerprint"] == outcome.cell("1:1", "plain").runs[0].config["data"]["real"]["fingerprint"]


def test_rows_are_compared_with_the_row_that_they_name(finished: Path) -> None:
    pairs = {(p.row, p.against) for p in read_outcome(finished / "staged-cpu").paired}
    assert {("RS", "S"), ("RRS on RR", "S"), ("S on RR", "S"), ("real + RRS", "1:1"), ("1:1", "real only")} <= pairs


def test_stages_are_trained_once(finished: Path, recipe: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (finished / "refined").rglob("*") if path.is_file()}
    reproduce(open_recipe(str(recipe), seeds=(0, 1)), finished, processes=1, only=("RS/plain",))
    assert {path: path.stat().st_mtime_ns for path in (finished / "refined").rglob("*") if path.is_file()} == before
    assert len(list((finished / "refined").glob("*/done"))) == 2


@pytest.mark.parametrize("processes", [1, 2])
def test_a_stage_that_fails_fails_its_rows_alone(recipe: Path, tmp_path: Path, processes: int) -> None:
    wild = tmp_path / "wild.toml"
    wild.write_text(recipe.read_text().replace("batch = 4\n", "batch = 3\n"))
    _, failed = reproduce(open_recipe(str(wild), seeds=(0,)), tmp_path / "out", processes=processes,
                          only=("RRS on RR/plain", "1:1/plain", "S/plain"))
    assert len(failed) == 2 and all("cannot hold 2 classes" in reason for reason in failed.values())
    states = {cell["row"]: cell["state"] for cell in json.loads(
        (tmp_path / "out" / "wild-cpu" / "results.json").read_text())["cells"] if cell["column"] == "plain"}
    # S and S on RR are one training: without the stage it is tested on R alone.
    assert {row: states[row] for row in ("RRS on RR", "1:1", "S", "S on RR")} == {
        "RRS on RR": "failed", "1:1": "done", "S": "done", "S on RR": "failed"}


def test_ctrl_c_between_the_loops_of_a_stage_is_heeded(recipe: Path, tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    def refined_of(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)
        pytest.fail("Ctrl-C was lost")

    monkeypatch.setattr(scheduling, "refined_of", refined_of)
    with pytest.raises(KeyboardInterrupt):
        reproduce(open_recipe(str(recipe), seeds=(0,)), tmp_path, processes=1, only=("RS/plain",))


def test_side_by_side_stages_make_the_same_images(recipe: Path, finished: Path, tmp_path: Path) -> None:
    asked = open_recipe(str(recipe), seeds=(0,))
    assert "and at most 2 stages of GANs" in dry_run(asked, tmp_path, device="cpu", only=["RRS*/plain"])
    _, failed = reproduce(asked, tmp_path, processes=2, only=["RRS on RR/plain", "S/plain"])
    assert not failed
    for made in ("1-R-S-*/RS", "1-R-S-*/RR/test", "2-RR-RS-*/RRS"):
        ours, theirs = (read(next((root / "refined").glob(made))) for root in (tmp_path, finished))
        assert np.array_equal(ours.labels, theirs.labels) and len(ours) == len(theirs) > 0
        away = np.abs(np.asarray(ours.images, np.int16) - theirs.images)  # other threads, another rounding
        assert away.max() <= 1


def test_stages_come_before_what_starts_from_them_and_once(recipe: Path) -> None:
    def stages(over: str = "") -> list[Task]:
        path = recipe.with_name("one.toml")
        path.write_text(recipe.read_text().replace("[run.refine]", over + "[run.refine]"))
        asked = open_recipe(str(path), seeds=(0, 1))
        return stage_tasks(jobs(chosen_cells(lay_out(asked), ["*/plain"]), asked.seeds))

    found = stages()
    assert [chain(task.stage) for task in found if task.stage] == [("R-S",), ("R-S", "RR-RS")]
    assert found[0].needs == () and found[1].needs == (found[0].name,)
    assert [len(stages("per_class = 2\n")), len(stages("per_class = 2\nphoto_seed = 0\n"))] == [4, 2]


def test_a_sheet_of_stages(recipe: Path, finished: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.toml"
    text = recipe.read_text().replace('title   = "Balls and cubes"', 'title = "Sheet"\nkind = "sheet"')
    text = text.replace("[run]\n", '[run]\nstage = "RR-RS"\n').replace('compare = "row real only"\n', "")
    sheet.write_text(text)
    pages, _ = reproduce(open_recipe(str(sheet), seeds=(0,)), finished, processes=1)
    with Image.open(next(page for page in pages if page.suffix == ".png")) as picture:
        assert np.asarray(picture).std() > 10


def test_keys() -> None:
    assert chain(Setting(stage="RR-S")) == ("R-S", "RR-S")
    assert chain(Setting(stage="R-S > RR-RS > RRR-S")) == ("R-S", "RR-RS", "RRR-S")
    assert refine_spec(Setting(refine={"preset": "paper-literal", "batch": 8})).flip == 0.9
    assert needs_stages(Setting(stage="R-S", train_on="refined"))
    assert not needs_stages(Setting(stage="R-S", train_on="refined", train=TrainSpec(mix="1:0")))
    assert made_by(Setting(stage="RR-S", test="RRR@2"))["stages"] == ["R-S", "RR-S"]
    for wrong, told in ((Setting(stage="R-S", test="RRR"), "after R-S: .*known: RR, RR@1, real, refined"),
                        (Setting(stage="R-S", test="Refined"), "did you mean 'refined'"),
                        (Setting(stage="R-S", test="RR", refine={"batch": 0}), "batch is 0")):
        with pytest.raises(BadInput, match=told):
            made_by(wrong)
    for setting, told in ((Setting(), "need a stage"), (Setting(stage="RRR-S"), "no earlier stage")):
        with pytest.raises(BadInput, match=told):
            chain(replace(setting, train_on="refined"))
    with pytest.raises(BadInput, match="unknown key 'bacth'"):
        refine_spec(Setting(refine={"bacth": 3}))
