"""Datasets made of others: which rows, where each comes from, and their labels held against the recipes again."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mixreal.cli import main
from mixreal.datasets import shards
from mixreal.datasets.dataset import Dataset, check, read, write
from mixreal.datasets.merging import merge
from mixreal.datasets.produce import fill
from mixreal.datasets.provenance import verify_origins
from mixreal.datasets.selecting import choose, select_to
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec

CLASSES = ("bus", "car", "train")


def made(count: int, classes: tuple[str, ...] = CLASSES, seed: int = 0, **latents: np.ndarray) -> Dataset:
    rng = np.random.default_rng(seed)
    columns = {"camera.elevation": rng.uniform(0, 90, count).astype(np.float32)} | latents
    return Dataset(rng.integers(0, 256, (count, 4, 4, 3), np.uint8), np.arange(count) % len(classes), classes,
                   "synthetic", np.arange(count) + 1000, columns, None, f"set {seed}")


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 8)


@pytest.fixture(scope="module")
def rendered(meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rendered datasets of one library: "all", with every variation, and "few", with two."""
    root = tmp_path_factory.mktemp("rendered")
    spec = RenderSpec(models=str(meshes), images=12, size=8, samples=1)
    fill(spec, root / "all", threads=1)
    fill(replace(spec, images=8, vary=("pose", "camera"), seed=5), root / "few", threads=1)
    return root


def test_selecting_by_condition_number_and_class(tmp_path: Path, small_shards: None) -> None:
    dataset = made(40)
    write(tmp_path / "d", dataset, {})
    made_of = select_to(tmp_path / "d", tmp_path / "low", "label in ('car', 'bus') and camera.elevation < 45")
    low = read(tmp_path / "low")
    wanted = np.flatnonzero((dataset.labels < 2) & (dataset.latents["camera.elevation"] < 45))
    assert made_of.images == len(low) == len(wanted)
    assert np.array_equal(low.images, dataset.images[wanted])
    assert np.array_equal(low.index, 1000 + wanted) and np.array_equal(low.labels, dataset.labels[wanted])
    assert low.latents["origin"].tolist() == ["d"] * len(wanted)
    assert np.array_equal(low.latents["origin.index"], 1000 + wanted)
    assert check(tmp_path / "low") == []
    some = choose(dataset, count=7), choose(dataset, count=7, seed=1), choose(dataset, per_class=3)
    assert all(np.all(np.diff(rows) > 0) for rows in some) and [len(rows) for rows in some] == [7, 7, 9]
    assert not np.array_equal(some[0], some[1])
    assert np.bincount(dataset.labels[some[2]]).tolist() == [3, 3, 3]
    assert set(choose(dataset, count=3)) <= set(some[0])


def test_selecting_from_files_equals_selecting_from_memory(tmp_path: Path, small_shards: None) -> None:
    dataset = made(40)
    write(tmp_path / "d", dataset, {})
    for where in ("camera.elevation > 30", "index >= 1010 and not label == 'car'"):
        assert np.array_equal(choose(dataset, where), choose(read(tmp_path / "d", resident=0), where))


@pytest.mark.parametrize(("asked", "told"), [
    ({"where": "label == 'trian'"}, "did you mean 'train'"), ({"where": "camera.elevation > 99"}, "no image of 12"),
    ({"count": 13}, "13 asked for, 12 images are there"), ({"per_class": 5}, "5 asked for, 4 of class 'bus'"),
    ({"count": 2, "per_class": 2}, "one of them"), ({}, "nothing to select by"),
    ({"where": "label == 'car'", "count": 5}, "5 asked for, 4 images fulfil"), ({"where": "parent == 3"}, "no column"),
    ({"count": 2, "seed": -1}, "seed is -1")])
def test_selections_that_cannot_be_are_told(tmp_path: Path, asked: dict, told: str) -> None:
    write(tmp_path / "d", made(12), {})
    with pytest.raises(BadInput, match=told):
        select_to(tmp_path / "d", tmp_path / "out", **asked)
    assert not (tmp_path / "out").exists()


def test_merging_matches_classes_by_name_and_keeps_origins(tmp_path: Path, small_shards: None) -> None:
    first, second = made(11), made(10, ("train", "bus", "car"), 1)
    for name, dataset in (("first", first), ("second", second)):
        write(tmp_path / name, dataset, {})
    merge([tmp_path / "first", tmp_path / "second"], tmp_path / "both")
    both = read(tmp_path / "both")
    assert both.classes == CLASSES and check(tmp_path / "both") == []
    names = [*np.asarray(first.classes)[first.labels], *np.asarray(second.classes)[second.labels]]
    assert [CLASSES[label] for label in both.labels] == names
    assert np.array_equal(both.images, np.concatenate([first.images, second.images]))
    assert both.index.tolist() == list(range(21))
    assert both.latents["origin"].tolist() == ["first"] * 11 + ["second"] * 10
    assert both.latents["origin.index"].tolist() == [*range(1000, 1011), *range(1000, 1010)]
    assert both.latents["camera.elevation"].dtype == np.float32


def test_latents_that_one_side_lacks_are_told_apart_from_numbers(tmp_path: Path) -> None:
    write(tmp_path / "a", made(3, number=np.arange(3), kind=np.array(["x", "y", "z"])), {})
    write(tmp_path / "b", made(3, seed=1, on=np.ones(3, bool)), {})
    merge([tmp_path / "a", tmp_path / "b"], tmp_path / "ab")
    latents = read(tmp_path / "ab").latents
    assert np.array_equal(latents["number"], [0, 1, 2, np.nan, np.nan, np.nan], equal_nan=True)
    assert latents["kind"].tolist() == ["x", "y", "z", "", "", ""]
    assert np.array_equal(latents["on"], [np.nan] * 3 + [1.0] * 3, equal_nan=True)


def test_what_does_not_go_together_is_told(tmp_path: Path) -> None:
    sets = {"a": made(6), "larger": replace(made(6, seed=1), images=np.zeros((6, 8, 8, 3), np.uint8)),
            "photos": replace(made(6, seed=2), domain="real"), "typo": made(6, ("bus", "car", "trian"), 3),
            "text": made(6, **{"camera.elevation": np.array(["low"] * 6)}, seed=4),
            "foreign": replace(made(6, seed=5), parent=np.arange(6))}
    for name, dataset in sets.items():
        write(tmp_path / name, dataset, {})
    for name, told in (("larger", "4x4 px and .* of 8x8"), ("photos", "only sets of one domain"), ("a", "same dataset"),
                       ("typo", r"'trian'.*\(is it what is called 'train' there\?\).*--union"),
                       ("text", "is text in"), ("foreign", "does not say which image")):
        with pytest.raises(BadInput, match=told):
            merge([tmp_path / "a", tmp_path / name], tmp_path / "out")
    with pytest.raises(BadInput, match="two or more"):
        merge([tmp_path / "a"], tmp_path / "out")
    assert merge([tmp_path / "a", tmp_path / "typo"], tmp_path / "out", union=True).classes == (*CLASSES, "trian")
    assert set(read(tmp_path / "out").labels[6:]) == {0, 1, 3}


@pytest.mark.slow
def test_merged_and_selected_labels_are_drawn_again_from_their_recipes(rendered: Path, tmp_path: Path) -> None:
    merge([rendered / "all", rendered / "few"], tmp_path / "both")
    select_to(tmp_path / "both", tmp_path / "balls", "label == 'ball'", per_class=8)
    merge([tmp_path / "balls", rendered / "all"], tmp_path / "again")  # the same origin twice is one
    for name in ("both", "balls", "again"):
        found = verify_origins(tmp_path / name)
        assert (found.problems, found.notes) == ([], [])
    assert list(shards.read_header(tmp_path / "again").made_by["origins"]) == ["all", "few"]
    rows = {name: np.array(values) for name, values in shards.read_rows(tmp_path / "balls", 0).items()}
    rows["label"][3] = 1
    rows["camera.view"][5] += 1
    shards.write_shard(tmp_path / "balls", 0, np.array(shards.open_images(tmp_path / "balls", 0)), rows)
    told = sorted(verify_origins(tmp_path / "balls").problems)
    assert len(told) == 2
    assert "'camera.view' is wrong in 1 images, first in image 5" in told[0]
    assert "'label' is wrong in 1 images, first in image 3: cube, the recipe says ball" in told[1]


@pytest.mark.slow
def test_verify_says_what_it_could_not_look_at(rendered: Path, tmp_path: Path, capsys) -> None:
    drawn = made(4, ("ball", "cube"))
    write(tmp_path / "drawn", replace(drawn, images=np.zeros((4, 8, 8, 3), np.uint8)), {"kind": "drawn"})
    merge([rendered / "few", tmp_path / "drawn"], tmp_path / "both")
    assert main(["data", "verify", str(tmp_path / "both")]) == 0
    told = capsys.readouterr().out
    assert "drawn (synthetic) was not rendered from a recipe" in told and told.endswith("both: clean\n")
    assert main(["data", "verify", str(tmp_path / "drawn")]) == 0
    assert "only its files were checked" in capsys.readouterr().out
    (tmp_path / "both" / "rows-00000.parquet").unlink()
    assert main(["data", "verify", str(tmp_path / "both")]) == 2


@pytest.mark.slow
def test_images_of_a_device_that_is_not_here_are_not_held_against_ours(rendered: Path, tmp_path: Path) -> None:
    """CUDA's pixels differ from a CPU's in the last bit; labels and latents do not."""
    shutil.copytree(rendered / "few", tmp_path / "few")
    header = tmp_path / "few" / "dataset.toml"
    header.write_text(header.read_text().replace('device = "cpu"', 'device = "cuda:77"'))
    rows = {name: np.array(values) for name, values in shards.read_rows(tmp_path / "few", 0).items()}
    shards.write_shard(tmp_path / "few", 0, np.array(shards.open_images(tmp_path / "few", 0)) ^ 1, rows)
    merge([rendered / "all", tmp_path / "few"], tmp_path / "both")
    found = verify_origins(tmp_path / "both")
    assert found.problems == []
    assert found.notes == ["few was rendered with cuda, which is not here: its labels and latents were drawn again, "
                           "its images were not"]
    rows["camera.view"][5] += 1
    shards.write_shard(tmp_path / "few", 0, np.array(shards.open_images(tmp_path / "few", 0)), rows)
    merge([rendered / "all", tmp_path / "few"], tmp_path / "wrong")
    assert "'camera.view' is wrong in 1 images" in verify_origins(tmp_path / "wrong").problems[0]


@pytest.mark.slow
def test_a_recipe_whose_models_are_gone_is_told(meshes: Path, tmp_path: Path) -> None:
    shutil.copytree(meshes, tmp_path / "m")
    fill(RenderSpec(models=str(tmp_path / "m"), images=4, size=8, samples=1), tmp_path / "d", threads=1)
    select_to(tmp_path / "d", tmp_path / "s", count=2)
    shutil.rmtree(tmp_path / "m" / "cube")
    assert any("have changed" in problem for problem in verify_origins(tmp_path / "s").problems)


@pytest.mark.slow
def test_models_that_lie_elsewhere_now_are_found_where_one_says(meshes: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(meshes, tmp_path / "m")
    fill(RenderSpec(models=str(tmp_path / "m"), images=4, size=8, samples=1), tmp_path / "d", threads=1)
    select_to(tmp_path / "d", tmp_path / "s", count=2)
    (tmp_path / "m").rename(tmp_path / "moved")
    for name in ("d", "s"):
        assert main(["data", "verify", str(tmp_path / name)]) == 0
        assert "its files are whole; the recipe cannot be drawn again here" in capsys.readouterr().out
        assert main(["data", "verify", str(tmp_path / name), "--models", str(tmp_path / "moved")]) == 0
        assert capsys.readouterr().out == f"{tmp_path / name}: clean\n"


def test_a_stopped_merge_goes_on_and_another_one_is_refused(tmp_path: Path, small_shards: None) -> None:
    for k in range(3):
        write(tmp_path / str(k), made(20, seed=k), {})
    merge([tmp_path / "0", tmp_path / "1"], tmp_path / "whole")
    merge([tmp_path / "0", tmp_path / "1"], tmp_path / "part")
    for lost in (("done", "shard-00002.json", "rows-00002.parquet"), ("images-00001.npy",)):  # of a finished one too
        for name in lost:
            (tmp_path / "part" / name).unlink()
        merge([tmp_path / "0", tmp_path / "1"], tmp_path / "part")
        for path in (tmp_path / "whole").iterdir():
            assert path.read_bytes() == (tmp_path / "part" / path.name).read_bytes()
    with pytest.raises(BadInput, match="something else"):
        merge([tmp_path / "0", tmp_path / "2"], tmp_path / "part")


def test_the_commands(tmp_path: Path, capsys) -> None:
    for k in range(2):
        write(tmp_path / str(k), made(9, seed=k), {})
    both, cars = str(tmp_path / "both"), str(tmp_path / "cars")
    assert main(["data", "merge", str(tmp_path / "0"), str(tmp_path / "1"), "-o", both]) == 0
    assert main(["data", "select", both, "--where", "label == 'car'", "--count", "4", "-o", cars]) == 0
    assert "18 images of 3 classes" in (told := capsys.readouterr().out) and "4 images in" in told
    assert main(["data", "select", both, "--where", "label == 'car", "-o", cars]) == 2
    assert main(["data", "merge", both, "-o", cars]) == 2
    capsys.readouterr()
    for command in (["merge", both, cars, "-o"], ["select", both, "--count", "1", "-o"], ["export", both, "-o"]):
        assert main(["data", *command, "s3://bucket/new"]) == 2
        assert "only `mixreal render` writes to a URL" in capsys.readouterr().err
    assert main(["data", "verify", "s3://bucket/set"]) == 2 and "mixreal data fetch" in capsys.readouterr().err
    assert main(["data", "show", both, "-o", str(tmp_path / "sheet.png")]) == 0


def test_a_set_that_lost_the_marker_of_a_shard(tmp_path: Path) -> None:
    write(tmp_path / "d", made(12), {})
    (tmp_path / "d" / "shard-00000.json").unlink()
    with pytest.raises(BadInput, match=r"shard-00000\.json' cannot be read .*run the command that made the dataset"):
        select_to(tmp_path / "d", tmp_path / "out", count=3)
