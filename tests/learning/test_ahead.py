"""Fresh images while training: the recipe's next ones in order, whoever renders them; a resumed training is exact."""

import threading
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch

import mixreal as mx
from mixreal import runs, streaming
from mixreal.cli import main
from mixreal.errors import BadInput
from mixreal.learning.ahead import Ahead, spare_cores
from mixreal.learning.minibatches import Mix, minibatches
from mixreal.learning.task import make_task
from mixreal.learning.training import train
from mixreal.learning.trainspec import TrainSpec
from mixreal.production import ranges
from mixreal.spec import RenderSpec
from mixreal.streaming import Fresh, open_fresh, stream
from tiny import stop_after, tiny

CLASSES = ("cube", "ball")  # not the order of names


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "SAMPLE", 40)
    monkeypatch.setattr(ranges, "BATCH", 16)


@pytest.fixture(scope="module")
def spec(meshes: Path) -> RenderSpec:
    return RenderSpec(models=str(meshes), size=8, samples=1, vary=("pose", "camera"))


@pytest.fixture(scope="module")
def fresh(spec: RenderSpec) -> Fresh:
    return open_fresh(spec)


@pytest.fixture(scope="module")
def first(spec: RenderSpec) -> tuple[np.ndarray, np.ndarray]:
    """The recipe's first 200 images and labels, by `mx.stream`."""
    rgb, labels, _ = next(stream(spec, 200))
    return rgb, labels


@pytest.mark.parametrize(("count", "threads"), [(7, 1), (16, 2), (33, 3)])
def test_step_k_has_the_recipe_s_images_k_count_on(fresh: Fresh, first, count: int, threads: int) -> None:
    walk = Ahead(replace(fresh, threads=threads), CLASSES, count, torch.device("cpu"))
    for step in [0, 1, 2, 3, 1, 0, 4]:  # out of turn too
        images, labels = walk(step)
        assert np.array_equal(images.numpy(), first[0][step * count:(step + 1) * count])
        assert np.array_equal(labels.numpy(), 1 - first[1][step * count:(step + 1) * count])  # classes the other way
    walk.close()


def test_classes_are_balanced_in_every_minibatch(fresh: Fresh) -> None:
    for batch in islice(minibatches(None, fresh, Mix(0, 1), 10, 0), 9):
        assert np.bincount(batch.labels, minlength=2).tolist() == [5, 5]


def test_minibatches_begin_at_any_step_and_stop_rendering_when_closed(fresh: Fresh) -> None:
    real = tiny("real", 12, classes=CLASSES)
    batches = minibatches(real, fresh, Mix(1, 3), 16, 3, 0, "cpu", CLASSES)
    whole = list(islice(batches, 12))
    late = minibatches(real, fresh, Mix(1, 3), 16, 3, 9, "cpu", CLASSES)
    for a, b in zip(whole[9:], islice(late, 3), strict=True):
        assert torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
    batches.close(), late.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("rendering-ahead")]


def test_rendering_runs_ahead_but_not_away(fresh: Fresh) -> None:
    rendered = []
    walk = Ahead(replace(fresh, threads=1), CLASSES, 4, torch.device("cpu"))
    render = walk._render
    walk._render = lambda index: rendered.append(index[0]) or render(index)  # type: ignore[assignment]
    for step in range(8):
        walk(step)
    walk._pool.shutdown(wait=True)
    assert rendered == [0, 16, 32, 48]  # two batches of 16 were used, two are there: not a fifth
    assert spare_cores(torch.device("cpu"), "cpu") >= 1 and spare_cores(torch.device("cpu"), "cuda:0") == 1


def test_the_task_knows_the_recipe_and_takes_its_statistics_from_the_sample(fresh: Fresh) -> None:
    asked = TrainSpec(mix="0:1", batch=8, steps=4)
    task = make_task(None, fresh, asked)
    assert len(fresh.sample) == 40 and task.synthetic is not None and len(task.synthetic) == 40
    pixels = fresh.sample.images.reshape(-1, 3) / 255
    assert task.mean == pytest.approx(pixels.mean(0), abs=1e-4)
    about = task.data["synthetic"]
    assert about["fresh"] is True and about["recipe"]["images"] == 0 and "camera.elevation" in about["latents"]
    assert make_task(tiny("real", 9, classes=("ball", "cube")), fresh, replace(asked, mix="1:0")).synthetic is None


@pytest.mark.slow
def test_another_recipe_is_another_training(spec: RenderSpec, fresh: Fresh) -> None:
    asked = TrainSpec(mix="0:1", batch=8, steps=4)
    identities = {make_task(None, it, asked).identity for it in (
        fresh, open_fresh(spec), open_fresh(replace(spec, seed=1)), open_fresh(replace(spec, samples=4)))}
    assert len(identities) == 3


@pytest.mark.parametrize("change", [{"epochs": 2, "steps": 0}, {"schedule": "drops", "lr_drops": (3,)},
                                    {"schedule": "linear", "linear_from": 2}])
def test_fresh_images_alone_have_no_epochs(fresh: Fresh, change: dict) -> None:
    asked = replace(TrainSpec(mix="0:1", batch=8, steps=4), **change)
    with pytest.raises(BadInput, match="have none: give steps"):
        make_task(None, fresh, asked)
    make_task(tiny("real", 9, classes=("ball", "cube")), fresh, replace(asked, mix="1:1"))


def test_a_recipe_with_a_count_is_a_dataset(spec: RenderSpec) -> None:
    for change, told in (({"images": 50}, "images = 50"), ({"per_model": 5}, "per_model = 5")):
        with pytest.raises(BadInput, match=told):
            mx.train(None, replace(spec, **change), mix="0:1", steps=1)


@pytest.mark.slow
def test_a_stopped_training_on_fresh_images_goes_on_to_the_same_weights(fresh: Fresh, tmp_path: Path) -> None:
    asked = TrainSpec(mix="1:1", steps=12, batch=8, lr=0.01, evaluate_every=12)
    real = tiny("real", 9, classes=("ball", "cube"))
    train(real, fresh, asked, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(real, fresh, asked, tmp_path / "stopped", on_progress=stop_after(7 * 8))
    train(real, fresh, asked, tmp_path / "stopped")
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert files[0] == files[1]


@pytest.mark.slow
def test_the_verb_and_the_command(spec: RenderSpec, meshes: Path, photos: Path, tmp_path: Path, monkeypatch,
                                  capsys) -> None:
    monkeypatch.chdir(tmp_path)
    real = mx.load(photos, size=8)
    run = mx.train(real, spec, mix="1:1", batch=8, steps=3)
    assert run.config["data"]["synthetic"]["recipe"]["classes"] == ["ball", "cube"]
    assert mx.train(real, spec, mix="1:1", batch=8, steps=3).folder == run.folder
    command = ["train", "--real", str(photos), "--models", str(meshes), "--synthetic", "stream", "--size", "8",
               "--steps", "3", "--batch", "8", "-o", "out"]
    assert main(command) == 0
    assert runs.read_config("out")["data"]["synthetic"]["fresh"] is True
    assert not list(tmp_path.glob("synthetic-*"))  # nothing was rendered to disk
    capsys.readouterr()
    assert main([*command, "--images", "100"]) == 2
    assert "fresh images have no end" in capsys.readouterr().err


@pytest.mark.slow
def test_the_benchmarks_tell_rates_ratio_and_bound(spec: RenderSpec, tmp_path: Path) -> None:
    from mixreal.benchmarks import epoch
    from mixreal.benchmarks import stream as benchmark
    from mixreal.datasets.dataset import write

    lines: list[str] = []
    told = benchmark.run(benchmark.Bench(spec, batch=8, seconds=0.2, turns=2), lines.append)
    assert told["ratio"]["median"] > 0 and told["bound"] in lines[-1]
    assert told["images_per_second"]["rendering alone"] > 0
    write(tmp_path / "d", tiny("synthetic", 64), {})
    figures = epoch.measure(tmp_path / "d", batch=8, seconds=0.2, resident=0)
    assert figures["in_files"] and figures["walk"]["images"] == 64 and figures["training"]["ratio"] > 0
