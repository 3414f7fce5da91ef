"""One loop: it learns, leaves a whole run folder, and resumes to the same bits."""

import json
import os
import signal
import threading
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.learning import checkpoints, training
from mixreal.learning.augment import NAMES
from mixreal.learning.scores import accuracy
from mixreal.learning.task import make_task
from mixreal.learning.trainspec import TrainSpec, made_by
from mixreal.runs import find_runs, open_run, read_metrics, read_predictions, read_samples
from mixreal.spec import to_mapping
from tiny import CLASSES, stop_after, tiny, tiny_real

SPEC = TrainSpec(mix="1:3", batch=8, steps=8, lr=0.05, evaluate_every=3)


@pytest.fixture(scope="module")
def real():
    return tiny_real()


@pytest.fixture(scope="module")
def synthetic():
    return tiny("synthetic", 30)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, real, synthetic):
    """An unbroken run."""
    return training.train(real, synthetic, SPEC, tmp_path_factory.mktemp("runs") / "a")


def weights(folder):
    return load_file(folder / "model.safetensors")


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns(tmp_path, synthetic):
    run = training.train(tiny_real(30), synthetic, replace(SPEC, mix="1:1", batch=16, steps=40), tmp_path / "run")
    assert run.test_accuracy > 0.9
    losses = [row["loss"] for row in read_metrics(run.folder)]
    assert losses[-1] < losses[0] / 2


def test_the_folder_is_whole(finished, real):
    assert {path.name for path in finished.folder.iterdir()} == {
        "config.toml", "metrics.jsonl", "model.safetensors", "predictions.npz", "result.json", "samples.npz", "done"}
    assert finished.results.keys() == {f"{name}/{norm}" for name in ("test", "test_large", "validation")
                                       for norm in ("shared", "real")}
    assert (finished.steps, finished.classes, finished.spec) == (8, CLASSES, SPEC)
    assert finished.images_per_second == pytest.approx(8 * 8 / finished.seconds, rel=0.2)
    assert open_run(finished.folder) == finished
    assert find_runs(finished.folder.parent) == [finished]
    config = finished.config
    assert config["train"]["mix"] == "1:3"
    assert config["data"]["synthetic"]["source"] == "tiny synthetic"
    assert len(config["data"]["synthetic"]["latents"]["camera.elevation"]) == 3
    assert config["hardware"]["threads"] == torch.get_num_threads()
    assert config["versions"]["torch"] == torch.__version__


def test_predictions_make_the_results(finished, real):
    for key, result in finished.results.items():
        predictions = read_predictions(finished, key)
        dataset = getattr(real, key.split("/")[0])
        np.testing.assert_array_equal(predictions.labels, dataset.labels)
        np.testing.assert_array_equal(predictions.index, dataset.index)
        assert accuracy(dataset.labels, predictions.logits.argmax(1))._asdict().items() <= result.items()
    shared, own = (read_predictions(finished, f"test/{norm}").logits for norm in ("shared", "real"))
    assert not np.allclose(shared, own)
    with pytest.raises(BadInput, match="did you mean 'test/real'"):
        read_predictions(finished, "test/reel")


def test_metrics_have_a_line_at_each_point_of_the_curve(finished):
    rows = read_metrics(finished.folder)
    assert [row["step"] for row in rows] == [3, 6, 8]
    assert all({"loss", "lr", "epoch", "images_per_second", "validation", "test"} <= row.keys() for row in rows)
    assert rows[-1]["epoch"] == pytest.approx(8 * 2 / 12, abs=1e-3)  # 2 real images a step, 12 in all


def test_samples_are_of_both_domains(finished, real):
    samples = read_samples(finished.folder)
    assert samples["real"].shape == (12, 8, 8, 3)
    assert samples["synthetic"].shape == (30, 8, 8, 3)
    assert samples["real_labels"].tolist() == sorted(real.train.labels)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_stopped_and_resumed_is_the_same_to_the_bit(monkeypatch, tmp_path, real, synthetic, optimizer):
    spec = replace(SPEC, optimizer=optimizer, lr=0.01)
    whole = training.train(real, synthetic, spec, tmp_path / "whole")
    step = training.take_step

    def ctrl_c(model, optimizer, minibatch, spec, state, mean, std):
        if state.step == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return step(model, optimizer, minibatch, spec, state, mean, std)

    handler = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(training, "take_step", ctrl_c)
        training.train(real, synthetic, spec, tmp_path / "broken")
    assert signal.getsignal(signal.SIGINT) is handler
    assert not runs.is_done(tmp_path / "broken")
    torch.manual_seed(99)  # what the global stream holds must not matter
    resumed = training.train(real, synthetic, spec, tmp_path / "broken")
    assert (whole.folder / "model.safetensors").read_bytes() == (resumed.folder / "model.safetensors").read_bytes()
    kept = ("step", "epoch", "loss", "lr", "validation", "test")
    assert [[row[name] for name in kept] for row in read_metrics(whole.folder)] == [
        [row[name] for name in kept] for row in read_metrics(resumed.folder)]
    assert whole.results == resumed.results


def test_a_crash_costs_what_came_after_the_last_checkpoint(monkeypatch, tmp_path, real, synthetic, finished):
    step = training.take_step

    def crash(model, optimizer, minibatch, spec, state, mean, std):
        if state.step == 5:
            raise RuntimeError("the power went")
        return step(model, optimizer, minibatch, spec, state, mean, std)

    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="the power went"):
        patched.setattr(training, "take_step", crash)
        patched.setattr(training, "CHECKPOINT_EVERY", 0.0)
        training.train(real, synthetic, SPEC, tmp_path / "run")
    with open(tmp_path / "run" / "metrics.jsonl", "a") as file:
        file.write('{"step": 5, "half a li')
    steps = []
    monkeypatch.setattr(training, "take_step", lambda *args: (steps.append(args[4].step), step(*args))[1])
    resumed = training.train(real, synthetic, SPEC, tmp_path / "run")
    assert steps == [5, 6, 7]
    assert same(weights(finished.folder), weights(resumed.folder))
    assert [row["step"] for row in read_metrics(resumed.folder)] == [3, 6, 8]


def test_a_finished_run_is_only_read(monkeypatch, finished, real, synthetic):
    monkeypatch.setattr(training, "take_step", None)
    assert training.train(real, synthetic, SPEC, finished.folder) == finished


def test_other_contents_of_the_folder_are_told(tmp_path, finished, real, synthetic):
    with pytest.raises(BadInput, match="holds another training"):
        training.train(real, synthetic, replace(SPEC, seed=1), finished.folder)
    (tmp_path / "thesis.doc").write_text("mine")
    with pytest.raises(BadInput, match="no training run"):
        training.train(real, synthetic, SPEC, tmp_path)
    with pytest.raises(BadInput, match="cannot write"):
        training.train(real, synthetic, SPEC, tmp_path / "thesis.doc")


def test_a_corrupt_checkpoint_is_told(tmp_path, real, synthetic, finished):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "config.toml").write_text(f"identity = '{finished.config['identity']}'")
    for content in (b"", b"not a checkpoint", b"PK\x03\x04 half a zip"):
        (folder / checkpoints.CHECKPOINT).write_bytes(content)
        with pytest.raises(BadInput, match=r"checkpoint\.pt' cannot be used .* delete that file"):
            training.train(real, synthetic, SPEC, folder)
    torch.save({"identity": "another"}, folder / checkpoints.CHECKPOINT)
    with pytest.raises(BadInput, match="another training"):
        training.train(real, synthetic, SPEC, folder)


def test_divergence_is_told(tmp_path, real, synthetic):
    with pytest.raises(BadInput, match=r"diverged .* use an lr below"):
        training.train(real, synthetic, replace(SPEC, lr=1e30), tmp_path / "run")


def test_the_norm_that_is_asked_for_is_saved(tmp_path, real, synthetic, finished):
    run = training.train(real, synthetic, replace(SPEC, norm="real"), tmp_path / "run")
    assert run.headline == "test/real"
    assert run.results == finished.results
    ours, theirs = weights(run.folder), weights(finished.folder)
    differing = {name for name in ours if not torch.equal(ours[name], theirs[name])}
    assert "norm.running_mean" in differing
    assert all("running_" in name or "num_batches" in name for name in differing)


def test_synthetic_only_with_and_without_real_images(tmp_path, real, synthetic):
    spec = replace(SPEC, mix="0:1", steps=2, norm="real")
    run = training.train(real, synthetic, spec, tmp_path / "tested")
    assert run.headline == "test/real"
    assert "whose labels were not used" in run.notes[0]
    alone = training.train(None, synthetic, spec, tmp_path / "alone")
    assert alone.results == {}
    assert "no real training images" in alone.notes[0]
    with pytest.raises(BadInput, match="no test images"):
        _ = alone.test_accuracy


def test_bf16_and_every_augmentation_train(tmp_path, real, synthetic):
    spec = replace(SPEC, steps=2, precision="bf16", augment=NAMES)
    run = training.train(real, synthetic, spec, tmp_path / "run")
    assert json.loads((run.folder / "result.json").read_text())["precision"] == "bf16"
    assert all(value.dtype != torch.bfloat16 for value in weights(run.folder).values())


def test_it_trains_outside_the_main_thread(tmp_path, real, synthetic):
    found = []
    thread = threading.Thread(target=lambda: found.append(
        training.train(real, synthetic, replace(SPEC, steps=1), tmp_path / "run")))
    thread.start()
    thread.join()
    assert found[0].steps == 1


def test_dropout_is_seeded_by_the_step(real, synthetic):
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(192, 8), torch.nn.Dropout(), torch.nn.Linear(8, 3))
    start = {name: value.clone() for name, value in model.state_dict().items()}
    batch = next(training.minibatches(real.train, synthetic, training.make_task(real, synthetic, SPEC).mix, 8, 0))
    mean = torch.full((3,), 0.5)

    def loss(step: int) -> float:
        model.load_state_dict(start)
        state = checkpoints.State(step, 0, 0.0, torch.zeros(()), 0, "fp32")
        optimizer = torch.optim.SGD(model.parameters(), 0.1)
        before = torch.random.get_rng_state()
        out = float(training.take_step(model, optimizer, batch, replace(SPEC, augment=()), state, mean, mean))
        assert torch.equal(before, torch.random.get_rng_state())
        return out

    assert loss(4) == loss(4) != loss(5)


def test_a_mix_may_finish_on_real_images_alone_and_resumes_across_the_change(tmp_path: Path) -> None:
    spec = TrainSpec(mix="1:1", steps=8, batch=6, lr=0.01, finish=0.25, evaluate_every=8)
    task = make_task(tiny("real", 12), tiny("synthetic", 30), spec)
    assert task.mixed_steps == 6
    counts = [next(batch).real for batch in [training._batches(task, step, torch.device("cpu")) for step in range(8)]]
    assert counts == [3, 3, 3, 3, 3, 3, 6, 6]
    through = islice(training._batches(task, 0, torch.device("cpu")), 8)
    for step, batch in enumerate(through):
        again = next(training._batches(task, step, torch.device("cpu")))
        assert batch.real == counts[step] and torch.equal(batch.images, again.images)
    training.train(tiny("real", 12), tiny("synthetic", 30), spec, tmp_path / "whole")
    for steps in (4, 7):
        with pytest.raises(KeyboardInterrupt):
            training.train(tiny("real", 12), tiny("synthetic", 30), spec, tmp_path / f"stopped{steps}",
                  on_progress=stop_after(steps * 6))
        training.train(tiny("real", 12), tiny("synthetic", 30), spec, tmp_path / f"stopped{steps}")
        assert ((tmp_path / f"stopped{steps}" / "model.safetensors").read_bytes()
                == (tmp_path / "whole" / "model.safetensors").read_bytes())


@pytest.mark.parametrize("steps", [5, 8, 23, 40])
def test_real_images_are_seen_nearly_equally_often_also_by_a_mix_that_finishes_on_them(steps: int) -> None:
    real = tiny("real", 30)
    for finish, apart in ((0.0, 1), (0.25, 2)):
        task = make_task(real, tiny("synthetic", 30), TrainSpec(mix="1:1", steps=steps, batch=8, finish=finish))
        seen = np.zeros(30, int)
        for batch in islice(training._batches(task, 0, torch.device("cpu")), steps):
            for image in batch.images[:batch.real].numpy():
                seen += (real.images == image).all((1, 2, 3))
        assert seen.sum() == steps * 4 + (steps - task.mixed_steps) * 4 and np.ptp(seen) <= apart


@pytest.mark.parametrize(("mix", "finish", "said"), [("1:0", 0.2, "a mix such as 1:1"), ("0:1", 0.2, "a mix such as"),
                                                     ("1:1", 1.0, "below 1"), ("1:1", -0.1, "below 1")])
def test_what_cannot_finish_on_real_images_is_told(mix: str, finish: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        make_task(tiny("real", 12), tiny("synthetic", 30), TrainSpec(mix=mix, steps=8, batch=6, finish=finish))


def test_a_key_younger_than_a_run_does_not_change_its_name() -> None:
    spec = TrainSpec(steps=5)
    assert "finish" not in made_by(spec) and made_by(replace(spec, finish=0.5))["finish"] == 0.5
    assert set(made_by(spec)) | {"finish", "evenly"} == set(to_mapping(spec))
