"""Forms become commands that the command line takes, and what cannot work is told before a job starts."""

from dataclasses import replace
from pathlib import Path

import pytest

from mixreal.commands.parse import parse
from mixreal.commands.refine import Refine
from mixreal.commands.train import Train
from mixreal.errors import BadInput
from mixreal.learning.trainspec import TrainSpec
from mixreal.refining.spec import preset
from mixreal.studio import matching, orders
from mixreal.studio.orders import MIXES, RefineOrder, TrainOrder
from mixreal.studio.workspace import Workspace
from studio.shelf import make_shelf

TRAINING = TrainSpec(steps=30, batch=64)


@pytest.fixture
def workspace(tmp_path: Path, photos: Path, meshes: Path) -> Workspace:
    return make_shelf(tmp_path / "shelf", photos, meshes=meshes)


def test_a_training_says_only_what_is_not_the_default(workspace: Workspace) -> None:
    order = TrainOrder("runs/mine", "photos", "data/rendered", training=TRAINING)
    assert orders.train_argv(workspace, order) == [
        "train", "--out", "runs/mine", "--real", "photos", "--synthetic", "data/rendered", "--size", "16",
        "--steps", "30"]


@pytest.mark.parametrize("mix", MIXES)
def test_every_mix_of_the_slider_is_understood_by_the_command(mix: str, workspace: Workspace) -> None:
    training = replace(TRAINING, mix=mix, augment=(), norm="real", lr=0.03, seed=7)
    argv = orders.train_argv(workspace, TrainOrder("runs/mine", "photos", "", "meshes", 80, 5, 24, training))
    asked = parse(Train, argv[1:], "train")
    assert asked.training == training and (asked.out, asked.real, asked.size) == ("runs/mine", "photos", 24)
    assert asked.images == (80 if mix != "1:0" else 0)
    assert orders.told_mix(mix, 64)


def test_fresh_images_and_a_choice_of_classes_are_understood_by_the_command(workspace: Workspace) -> None:
    order = TrainOrder("runs/mine", "photos", "", "meshes", 80, training=TRAINING, fresh=True, classes=("ball", "cube"))
    asked = parse(Train, orders.train_argv(workspace, order)[1:], "train")
    assert (asked.synthetic, asked.models, asked.images) == ("stream", "meshes", 0)
    assert asked.classes == ("ball", "cube")


@pytest.mark.parametrize(("change", "said"), [
    ({"real": ""}, "needs photos"), ({"real": "nowhere"}, "no folder of photos 'nowhere'"),
    ({"synthetic": "data/gone"}, "no dataset 'data/gone'"), ({"real": "../outside"}, "outside"),
    ({"out": "/etc/run"}, "outside"), ({"out": "."}, "name a folder"), ({"out": ""}, "no path"),
    ({"training": replace(TRAINING, batch=3)}, "cannot be split"),
    ({"training": replace(TRAINING, steps=0)}, "1 or more"),
    ({"training": replace(TRAINING, augment=("spin",))}, "spin")])
def test_what_cannot_work_is_told(change: dict[str, object], said: str, workspace: Workspace) -> None:
    order = replace(TrainOrder("runs/mine", "photos", "data/rendered", training=TRAINING), **change)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=said):
        orders.train_argv(workspace, order)


def test_a_refinement_is_understood_by_the_command(workspace: Workspace) -> None:
    spec = replace(preset("fast"), iterations=12, seed=2)
    order = RefineOrder("runs/refined", "photos", "data/rendered", ("R-S", "RR-RS"), "fast", 10, spec)
    argv = orders.refine_argv(workspace, order)
    asked = parse(Refine, argv[1:], "refine", Refine("", "", "", preset("fast")))
    assert (asked.refine, asked.stages, asked.per_class) == (spec, ("R-S", "RR-RS"), 10)
    for wrong, said in (({"synthetic": ""}, "both sides"), ({"stages": ("RR-RS",)}, "no earlier stage"),
                        ({"spec": replace(spec, iterations=0)}, "at least 1")):
        with pytest.raises(BadInput, match=said):
            orders.refine_argv(workspace, replace(order, **wrong))  # type: ignore[arg-type]


def test_recipes_are_names_or_files_of_the_workspace(workspace: Workspace) -> None:
    assert orders.reproduce_argv(workspace, "table2", "smoke")[:4] == ["reproduce", "table2", "--profile", "smoke"]
    with pytest.raises(BadInput, match="no recipe"):
        orders.reproduce_argv(workspace, "recipes/gone.toml", "cpu")


def test_a_fresh_name_is_not_taken(workspace: Workspace) -> None:
    (workspace.root / "runs" / "train-1").mkdir(parents=True)
    assert orders.fresh_name(workspace, "train") == "runs/train-2"


def test_classes_that_renderings_lack_are_named(workspace: Workspace) -> None:
    assert matching.lacking(workspace, "photos", "data/rendered") == ""
    assert matching.lacking(workspace, "", "data/rendered") == ""
    assert "car, bicycle, motorcycle, train" in matching.lacking(workspace, "cifar-da4", "data/rendered")
    assert matching.lacking(workspace, "cifar100", "data/rendered") == ""  # not known without reading it
    assert "ball, cube" in matching.lacking(workspace, "photos", "procedural")
    assert matching.first_pair(workspace, ["cifar-da9", "photos"], ["render:procedural", "render:meshes"],
                               "render:") == ("cifar-da9", "render:procedural")
    assert matching.first_pair(workspace, ["photos"], ["procedural", "meshes"]) == ("photos", "meshes")
    assert matching.first_pair(workspace, ["photos"], []) == ("photos", "")
