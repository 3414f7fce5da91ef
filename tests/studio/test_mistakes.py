"""A run's errors are those of its predictions, and the images behind them are the very ones it was tested on."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from mixreal.datasets import dataset as datasets
from mixreal.errors import BadInput
from mixreal.real.sets import load
from mixreal.runs import open_run, read_predictions
from mixreal.studio import gallery, mistakes, opened, outcomes, parents
from mixreal.studio.workspace import Workspace
from studio.shelf import SIZE, make_shelf, refined_photos, synthetic


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, photos: Path, tiny_runs: Path) -> Workspace:
    """The runs were trained on a folder of the photos' own name: it has to keep it."""
    found = make_shelf(tmp_path_factory.mktemp("shelf"), photos, tiny_runs)
    (found.root / "photos").rename(found.root / photos.name)
    return found


def test_errors_are_those_of_the_predictions(workspace: Workspace) -> None:
    run = open_run(workspace.root / "runs" / "1-0")
    found, told = mistakes.answers(run), read_predictions(run)
    wrong = np.flatnonzero(~told.correct)
    listed = np.concatenate([mistakes.rows_of(found, label, -1) for label in range(2)])
    assert sorted(listed.tolist()) == wrong.tolist()
    assert found.counts.sum() == len(told.labels) and found.counts.trace() == told.correct.sum()
    for label in range(2):
        rows = mistakes.rows_of(found, label, 1 - label)
        assert (np.diff(found.sure[rows]) <= 0).all()
        assert found.by_class[run.classes[label]].n == (told.labels == label).sum()


def test_the_images_behind_a_test_are_found_again(workspace: Workspace, photos: Path) -> None:
    run = open_run(workspace.root / "runs" / "1-0")
    found = mistakes.tested_images(run, "test/shared", workspace)
    assert np.array_equal(found.images, load(photos, size=SIZE).test.images)
    assert np.array_equal(found.labels, mistakes.answers(run, "test/shared").labels)


def test_images_that_have_changed_are_not_passed_off_as_the_tested_ones(workspace: Workspace, tmp_path: Path) -> None:
    elsewhere = Workspace(tmp_path)
    shutil.copytree(workspace.root / "runs", tmp_path / "runs")
    photos = next(workspace.root.glob("photos*"))
    shutil.copytree(photos, tmp_path / photos.name)
    for photo in (tmp_path / photos.name / "ball").iterdir():
        shutil.copy(tmp_path / photos.name / "cube" / photo.name, photo)
    run = open_run(tmp_path / "runs" / "1-0")
    with pytest.raises(BadInput, match="have changed"):
        mistakes.tested_images(run, "test/shared", elsewhere)


def test_the_parent_of_a_refined_image_agrees_in_everything(workspace: Workspace) -> None:
    album = opened.dataset_album(workspace, "refined/1-R-S-aaaa0000/RS")
    found = parents.parent_of(album, 7, workspace)
    assert found is not None
    other, row = found
    assert other.domain == "synthetic" and row == 7
    assert np.array_equal(other.look(np.array([row]))[0], 255 - album.look(np.array([7]))[0])
    assert gallery.latents_of(other, row) == gallery.latents_of(album, 7)


def test_an_image_of_other_latents_is_no_parent(workspace: Workspace, tmp_path: Path) -> None:
    album = opened.dataset_album(workspace, "refined/1-R-S-aaaa0000/RS")
    datasets.write(tmp_path / "other", datasets.select(synthetic(40), np.arange(40)[::-1].copy()), {})
    assert parents.parent_of(album, 7, Workspace(tmp_path)) is not None  # in another order, and all the same
    shutil.rmtree(tmp_path / "other")
    changed = synthetic(40)
    changed.latents["camera.elevation"][:] += 1  # type: ignore[index]
    datasets.write(tmp_path / "other", changed, {})
    assert parents.parent_of(album, 7, Workspace(tmp_path)) is None


def test_the_parent_of_a_refined_photo_is_the_photo(workspace: Workspace) -> None:
    photos = next(workspace.root.glob("photos*"))
    refined = refined_photos(photos)
    album = gallery.album_of(refined, "RR")
    found = parents.parent_of(album, 2, workspace)
    assert found is not None
    assert np.array_equal(found[0].look(np.array([found[1]]))[0], 255 - refined.images[2])
    assert parents.parent_of(gallery.album_of(synthetic(4), "none"), 0, workspace) is None


def test_lists_name_every_training_and_what_it_reached(workspace: Workspace) -> None:
    cards = {card.folder.name: card.told for card in outcomes.run_cards(workspace)}
    assert set(cards) == {"0-0", "0-1", "1-0", "1-1"}
    assert "1:1, resnet20, seed 0" in cards["1-0"] and cards["1-0"].endswith("%")
    run = open_run(workspace.root / "runs" / "1-0")
    assert "95% interval" in outcomes.told_result(run) and outcomes.told_key("test@2/real")[0] == "test, photos 2"


def test_choices_name_what_the_workspace_holds(workspace: Workspace) -> None:
    photos = next(workspace.root.glob("photos*")).name
    assert next(iter(opened.real_choices(workspace))) == photos and "cifar-da4" in opened.real_choices(workspace)
    assert list(opened.synthetic_choices(workspace)) == ["data/rendered", "refined/1-R-S-aaaa0000/RS"]
    assert len(opened.real_album(workspace, photos, "test")) == 6
    for wrong, said in (("../elsewhere", "outside"), ("nowhere", "no folder")):
        with pytest.raises(BadInput, match=said):
            opened.real_album(workspace, wrong)
    with pytest.raises(BadInput, match="no part"):
        opened.real_album(workspace, photos, "all")


def test_a_recipe_that_cannot_be_read_stands_in_the_list_with_its_reason(workspace: Workspace) -> None:
    (workspace.root / "recipes").mkdir(exist_ok=True)
    (workspace.root / "recipes" / "mine.toml").write_text("title = ", encoding="utf-8")
    (workspace.root / "runs" / "strange-cpu").mkdir(exist_ok=True)
    (workspace.root / "runs" / "strange-cpu" / "plan.json").write_text('{"name": "strange"}', encoding="utf-8")
    cards = {card.name: card for card in outcomes.recipe_cards(workspace)}
    assert "TOML" in cards["recipes/mine.toml"].trouble
    assert cards["table2"].source.startswith("Sec. 3.3") and not cards["table2"].folders
    assert [folder.name for folder in cards["strange"].folders] == ["strange-cpu"]
