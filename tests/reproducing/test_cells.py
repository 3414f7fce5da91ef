"""Cells and the trainings behind them: what is shared is trained once."""

from pathlib import Path

import pytest

from mixreal.errors import BadInput
from mixreal.reproducing.cells import chosen_cells, job_of, jobs, lay_out
from mixreal.reproducing.preparing import Place, dataset_folder, job_folder
from mixreal.reproducing.recipe import open_recipe


def test_the_best_ratio_trains_nothing_of_its_own() -> None:
    cells = lay_out(open_recipe("table2", "cpu"))
    assert len(cells) == 12 and len(jobs(cells, (0, 1))) == 20
    best = next(cell for cell in cells if cell.setting.best)
    assert [one.train.mix for one in best.candidates] == ["1:15", "1:7", "1:1"]


def test_table1_trains_one_classifier_for_both_sets_of_photos() -> None:
    cells = lay_out(open_recipe("table1", "cpu"))
    found = jobs(cells, (0, 1))
    assert len(cells) == 16 and len(found) == 2 * (7 + 2)  # seven rows of rendered images, two of real ones
    first, second = (cell.candidates[0] for cell in cells[:2])
    job = job_of(found, first, 1)
    assert job is job_of(found, second, 1) and (job.suffix(first), job.suffix(second)) == ("", "@2")
    literal = jobs(lay_out(open_recipe("table1", "paper")), (0,))
    assert len(literal) == 16  # there the two are rendered at different sizes


def test_figure7_trains_one_classifier_for_real_and_refined_photos() -> None:
    """AlexNet of rendered images alone sees no photos: which ones it is tested on is no other training."""
    found = jobs(lay_out(open_recipe("figure7", "paper")), (0,))
    assert [[one.test for one in job.settings] for job in found if job.setting.train_on == "raw"] == [["real", "RR"]]


def test_photos_refined_by_two_renderings_are_two_test_sets(tmp_path: Path) -> None:
    """Real images alone are trained once; what stages made of the test photos depends on what was rendered."""
    path = tmp_path / "mine.toml"
    path.write_text("""
columns = [{ name = "few", vary = ["pose"] }, { name = "more", vary = ["pose", "lighting"] }]
rows = [{ name = "real only", mix = "1:0" }, { name = "mixed", mix = "1:1" }]
[run]
real = "cifar-da4"
stage = "R-S"
test = "RR"
synthetic = { images = 40 }
train = { steps = 3 }
""")
    cells = lay_out(open_recipe(str(path)))
    found = jobs(cells, (0,))
    assert [len(job.settings) for job in found] == [2, 1, 1]
    few, more = (cell.candidates[0] for cell in cells[:2])
    assert (found[0].suffix(few), found[0].suffix(more)) == ("", "@2")
    assert job_of(found, few, 0) is job_of(found, more, 0)


def test_real_images_alone_keep_their_own_epochs() -> None:
    for name in ("table2", "table3", "figure8", "beyond-ratios"):
        for preset, epochs in (("paper", 200), ("paper-literal", 500)):
            cells = lay_out(open_recipe(name, "paper", preset))
            alone = next(cell.setting for cell in cells if cell.row == "real only")
            assert (alone.train.epochs, alone.train.lr_drops) == (epochs, (89, 139)), name


def test_recipes_share_what_they_have_in_common(tmp_path: Path) -> None:
    place = Place(tmp_path)
    folders = {}
    for name in ("table2", "appendix-figure1", "beyond-ratios"):
        cells = lay_out(open_recipe(name, "cpu"))
        folders[name] = {job_folder(job, place) for job in jobs(cells, (0,))}
        assert len({dataset_folder(job.setting, place) for job in jobs(cells, (0,)) if job.setting.mix.synthetic}) == 1
    assert folders["appendix-figure1"] == folders["table2"] and len(folders["table2"]) == 10
    assert len(folders["beyond-ratios"] & folders["table2"]) == 4  # 1:15, 1:7, 1:1, real only; with augmentation
    rows = jobs(lay_out(open_recipe("table1", "cpu")), (0,))
    assert len({dataset_folder(job.setting, place) for job in rows if job.setting.mix.synthetic}) == 6


def test_the_first_seed_comes_first_everywhere() -> None:
    found = jobs(lay_out(open_recipe("table2", "cpu")), (3, 1))
    assert [job.seed for job in found] == [3] * 10 + [1] * 10


def test_only_some_cells() -> None:
    cells = lay_out(open_recipe("table2", "cpu"))
    assert [cell.name for cell in chosen_cells(cells, ["1:7/*", "real only/crop*"])] == [
        "1:7/no 2D augmentation", "1:7/crop and flip", "real only/crop and flip"]
    assert chosen_cells(cells, ["1:15"]) == cells[:2]
    with pytest.raises(BadInput, match="fits no cell: did you mean"):
        chosen_cells(cells, ["1:7/crop and flop"])
