"""Stages in turn: refined datasets of both domains, exact resume, folders that are found again."""

import json
import os
import signal
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch

import mixreal as mx
from mixreal import runs
from mixreal.datasets.dataset import check, read, select
from mixreal.errors import BadInput
from mixreal.learning.task import dataset_fingerprint
from mixreal.real.sets import RealData
from mixreal.refining import fitting, mrgan
from mixreal.refining.judging import TEACH, WATCH, Judge, train_judge
from mixreal.refining.measuring import sample
from mixreal.refining.sets import as_bytes, shuffled
from mixreal.refining.spec import RefineSpec, preset
from mixreal.refining.translating import GENERATORS, load
from mixreal.reporting.refine_report import markdown, read_stage
from tiny import CLASSES, tiny, tiny_real

pytestmark = pytest.mark.slow

SPEC = replace(preset("fast"), generator="c3s1-4,d8,R8,u4,c3s1-3", discriminator="C4,C8", batch=6, iterations=6,
               pretrain_g=2, pretrain_d=2, checkpoints=2, probes=1, probe_steps=2, judge_steps=2, g_updates=2, pool=5,
               label_judges=1, label_judge="target", label_augment=("translation",), lambda_label=0.1, flip=0.1,
               g_lr=1e-3)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def real() -> RealData:
    return tiny_real(train=12, test=9)


@pytest.fixture(scope="module")
def synthetic() -> mx.Dataset:
    return tiny("synthetic", 30)


@pytest.fixture(scope="module")
def made(real: RealData, synthetic: mx.Dataset, tmp_path_factory: pytest.TempPathFactory) -> mrgan.MrGan:
    """An unbroken run of two stages."""
    return mrgan.refine(real, synthetic, ["R-S", "RR-RS"], SPEC, tmp_path_factory.mktemp("refined"))


def test_labels_latents_and_parents_are_kept(made: mrgan.MrGan, real: RealData, synthetic: mx.Dataset) -> None:
    for stage, name in zip(made.stages, ("RS", "RRS")):
        found = read(stage.folder / name)
        assert found.domain == "refined" and len(found) == 30 and not check(stage.folder / name)
        assert np.array_equal(found.labels, synthetic.labels)
        assert np.array_equal(found.parent, synthetic.index) and np.array_equal(found.index, synthetic.index)
        assert np.array_equal(found.latents["camera.elevation"], synthetic.latents["camera.elevation"])
        assert not np.array_equal(found.images, synthetic.images)
        assert isinstance(stage.real, RealData)
        for part in ("train", "validation", "test", "test_large"):
            refined, original = getattr(stage.real, part), getattr(real, part)
            assert np.array_equal(refined.labels, original.labels) and np.array_equal(refined.index, original.index)
    assert made.real.classes == CLASSES and made.synthetic.source == "RRS of tiny synthetic"


def test_a_classifier_takes_refined_sets(made: mrgan.MrGan, real: RealData, tmp_path: Path) -> None:
    spec = mx.TrainSpec(mix="1:1", batch=6, steps=1)
    assert mx.train(real, made.synthetic, spec, tmp_path / "a").results.keys() \
        == mx.train(made.real, made.synthetic, spec, tmp_path / "b").results.keys()


def test_stage_2_gets_the_unrounded_images_of_frozen_stage_1(made: mrgan.MrGan, synthetic: mx.Dataset) -> None:
    first, second = (load(one.folder / GENERATORS, SPEC, CPU).to_real for one in made.stages)
    pixels = torch.from_numpy(synthetic.images).permute(0, 3, 1, 2).float() / 127.5 - 1
    through = second(first(pixels))
    assert np.array_equal(as_bytes(through), read(made.stages[1].folder / "RRS").images)
    assert not torch.equal(through, second((first(pixels) * 127.5).round() / 127.5))


def test_the_folder_of_a_stage(made: mrgan.MrGan) -> None:
    stage = made.stages[0]
    assert stage.folder.name.startswith("1-R-S-")
    assert {path.name for path in stage.folder.iterdir()} == {
        "config.toml", "metrics.jsonl", "chosen.json", "generators.safetensors", "samples.npz", "RS", "RR", "done"}
    chosen = json.loads((stage.folder / "chosen.json").read_text())
    assert [row["iteration"] for row in chosen["checkpoints"]] == [3, 6]
    assert {"kid", "a_distance", "cycle_error", "label_real", "label_synthetic", "identity_alarm", "collapse_alarm",
            "label_alarm"} <= chosen["checkpoints"][0].keys()
    probed = chosen["checkpoints"][1]
    assert probed["probe_mean"] == pytest.approx((probed["probe"] + probed["probe_real_norm"]) / 2)
    assert probed["probe_error"] == pytest.approx((probed["probe_mean"] * (1 - probed["probe_mean"]) / 9) ** 0.5)
    assert "probe" not in chosen["checkpoints"][0] and "probe" in chosen["inputs"]
    rows = runs.read_metrics(stage.folder)
    assert [(row["phase"], row["iteration"]) for row in rows] == [
        ("pretrain_g", 2), ("pretrain_d", 2), ("main", 3), ("main", 6)]
    assert {"cycle", "adversarial", "label", "d_loss", "d_real_accuracy", "d_synthetic_accuracy"} <= rows[2].keys()
    assert runs.read_config(stage.folder)["refine"]["generator"] == SPEC.generator


@pytest.mark.parametrize("at", [1, 3, 4, 8])
def test_stopped_and_resumed_is_the_same_to_the_bit(
        at: int, made: mrgan.MrGan, real: RealData, synthetic: mx.Dataset, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped in either pretraining, at its end and in the middle: with pools, averages, optimizers and schedule."""
    step = fitting._step

    def ctrl_c(work, state, phase, iteration):  # type: ignore[no-untyped-def]
        if state.step == at:
            os.kill(os.getpid(), signal.SIGINT)
        return step(work, state, phase, iteration)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(fitting, "_step", ctrl_c)
        mrgan.refine(real, synthetic, ["R-S"], SPEC, tmp_path)
    torch.manual_seed(99)  # what the global stream holds must not matter
    seen = []
    monkeypatch.setattr(fitting, "_step", lambda *args: (seen.append(args[1].step), step(*args))[1])
    again = mrgan.refine(real, synthetic, ["R-S"], SPEC, tmp_path)
    assert seen == list(range(at + 1, 10))
    whole, broken = made.stages[0].folder, again.stages[0].folder
    assert whole.name == broken.name
    assert (whole / GENERATORS).read_bytes() == (broken / GENERATORS).read_bytes()
    mine, theirs = ([{k: v for k, v in row.items() if k != "seconds"} for row in runs.read_metrics(folder)]
                    for folder in (whole, broken))
    assert mine == theirs
    assert np.array_equal(read(whole / "RS").images, read(broken / "RS").images)


def test_what_is_there_is_found_again(made: mrgan.MrGan, real: RealData, synthetic: mx.Dataset,
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that begins alike shares its first stage; other keys make other folders."""
    trained = []
    monkeypatch.setattr(mrgan, "fit", lambda work: (trained.append(work.label), fitting.fit(work))[1])
    mrgan.refine(real, synthetic, ["R-S", "RR-RS"], SPEC, made.folder)
    assert trained == []
    other = mrgan.refine(real, synthetic, ["R-S", "R-RS"], SPEC, made.folder)
    assert trained == ["stage 2, R-RS"]
    assert other.stages[0].folder == made.stages[0].folder
    assert {path.name for path in (other.stages[1].folder / "RR").iterdir()} == {
        "train", "validation", "test", "test_large"}
    mrgan.refine(real, synthetic, ["R-S"], replace(SPEC, seed=1), made.folder)
    assert trained[-1] == "stage 1, R-S"


@pytest.mark.parametrize(("key", "learnt_from"), [
    ("source", {"RR", "S"}), ("target", {"RR", "S"}), ("unrefined", {"R", "S"})])
def test_whom_the_teachers_of_a_later_stage_learn_from(key: Literal["source", "target", "unrefined"],
                                                       learnt_from: set[str], real: RealData, synthetic: mx.Dataset,
                                                       tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teachers: list[tuple[int, str]] = []

    def training(dataset: mx.Dataset, steps: int, seed: int, *more: Any) -> Judge:
        if seed >= TEACH:
            teachers.append((seed, dataset_fingerprint(dataset)))
        return train_judge(dataset, steps, seed, *more)

    monkeypatch.setattr(mrgan, "train_judge", training)
    spec = replace(SPEC, iterations=2, checkpoints=1, probes=0, lambda_label=1.0, label_judge=key, label_judges=2)
    mrgan.refine(real, synthetic, ["R-S", "RR-S"], spec, tmp_path)
    first, second = teachers[:4], teachers[4:]
    assert [seed for seed, _ in second] == [TEACH, TEACH + 1] * 2
    assert (second == first) == (learnt_from == {"R", "S"})


def test_teachers_that_are_shown_noise_have_learnt_from_noise_and_watchers_never(
        real: RealData, synthetic: mx.Dataset, tmp_path: Path) -> None:
    spec = replace(SPEC, iterations=1, checkpoints=1, probes=0, lambda_label=1.0)
    judges = []
    for shown in (("translation",), ("translation", "noise")):
        mrgan.refine(real, synthetic, ["R-S"], replace(spec, label_augment=shown), tmp_path)
        configs = (run / "config.toml" for run in (tmp_path / "judges").glob("judge-*"))
        found = [tomllib.loads(config.read_text()) for config in configs]
        judges.append(sorted((one["train"]["seed"], "noise" in one["train"]["augment"]) for one in found))
    assert judges[0] == [(WATCH, False)] * 2 + [(TEACH, False)] * 2
    assert judges[1] == sorted(judges[0] + [(TEACH, True)] * 2)


@pytest.mark.parametrize("changes", [
    {"translator": "simgan", "norm": "none", "init": "he", "d_norm": "none"},
    {"translator": "cut", "norm": "instance", "d_norm": "instance", "translate_norm": "eval"},
    {"d_norm": "batch", "output": "tanh", "translate_norm": "batch", "ema": 0.0, "g_batches": "same",
     "d_updates": 2, "align_labels": False, "label_judge": "target", "choose": "probe"},
    {"translate_norm": "eval", "precision": "bf16", "kernels": "plain", "lambda_identity": 1.0}])
def test_other_keys_work(changes: dict[str, object], real: RealData, synthetic: mx.Dataset, tmp_path: Path) -> None:
    spec = replace(SPEC, iterations=2, checkpoints=1, **changes)
    found = mx.refine(real.train, synthetic, ["R-S"], spec, tmp_path)
    assert isinstance(found[0], mx.Dataset) and len(found[0]) == 12 and len(found[1]) == 30


@pytest.mark.parametrize("classes", [("bus", "car", "person", "truck"), ("bus",)])
def test_without_aligned_labels_a_class_may_be_missing_or_alone(classes: tuple[str, ...], tmp_path: Path) -> None:
    every = tiny("synthetic", 40, classes=classes)
    given = tiny("real", 12, classes=classes), select(every, np.flatnonzero(every.labels < 3))
    spec = replace(SPEC, iterations=1, checkpoints=1, align_labels=False, lambda_label=0.0)
    made = mrgan.refine(*given, ["R-S"], spec, tmp_path)
    told = read_stage(made.stages[0].folder)
    assert "kid" in told.kept and "label_real" not in told.kept and "probe" not in told.kept
    assert len(made.synthetic) == len(given[1]) and not told.kept["label_alarm"]
    assert "real images trained on, for none were held out" in markdown([told], [])
    with pytest.raises(BadInput, match="classifiers that keep the labels have to learn them"):
        mrgan.refine(*given, ["R-S"], replace(spec, lambda_label=1.0), tmp_path)


def test_other_features_make_another_stage(real: RealData, synthetic: mx.Dataset, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(SPEC, iterations=1, checkpoints=1, probes=0)
    first = mrgan.refine(real, synthetic, ["R-S"], spec, tmp_path).stages[0].folder
    monkeypatch.setattr(mrgan.features, "name", lambda: "others")
    assert mrgan.refine(real, synthetic, ["R-S"], spec, tmp_path).stages[0].folder != first


def test_other_test_photos_are_refined_anew_by_the_same_stage(real: RealData, synthetic: mx.Dataset,
                                                              tmp_path: Path) -> None:
    spec = replace(SPEC, iterations=1, checkpoints=1, probes=0)
    first = mrgan.refine(real, synthetic, ["R-S"], spec, tmp_path).stages[0]
    fewer = replace(real, test=select(real.test, np.arange(4)))
    again = mrgan.refine(fewer, synthetic, ["R-S"], spec, tmp_path).stages[0]
    assert again.folder == first.folder and len(again.real.test) == 4 and len(again.real.train) == len(real.train)
    watched = replace(real, validation=select(real.validation, np.arange(4)))
    assert mrgan.refine(watched, synthetic, ["R-S"], spec, tmp_path).stages[0].folder != first.folder


def test_several_processes_have_no_pool(real: RealData, synthetic: mx.Dataset, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mrgan.parallel, "_several", lambda: True)
    monkeypatch.setattr(mrgan.parallel.dist, "get_world_size", lambda: 2)
    with pytest.raises(BadInput, match="pool = 5 is for one process, and there are 2"):
        mrgan.refine(real, synthetic, ["R-S"], SPEC, tmp_path)


def test_samples_hold_every_class_in_equal_numbers() -> None:
    labels = np.arange(18_000) % 9  # as rendered: an even stride over it would miss a class
    rows = sample([np.flatnonzero(labels == label) for label in range(9)], 4000)
    assert set(np.bincount(labels[rows])) == {444} and len(np.unique(rows)) == len(rows)
    chunks = shuffled(1000)
    assert sorted(np.concatenate(chunks)) == list(range(1000)) and all(len(chunk) == 250 for chunk in chunks)
    assert all(chunk[-1] - chunk[0] > 900 for chunk in chunks)  # not one part of the file after the other
    assert shuffled(0) == []


def test_divergence_is_told(real: RealData, synthetic: mx.Dataset, tmp_path: Path) -> None:
    wild = replace(SPEC, g_lr=1e30, pretrain_g=0, lambda_label=0.0, d_norm="none", norm="none")
    with pytest.raises(BadInput, match=r"diverged before its first checkpoint .* lower learning rates"):
        mrgan.refine(real, synthetic, ["R-S"], wild, tmp_path)


@pytest.mark.parametrize(("changes", "told"), [
    ({"batch": 7}, "use batch 6"), ({"flip": 1.5}, "flip is 1.5"), ({"d_augment": ("color",)}, "did you mean 'colour'"),
    ({"discriminator": "C4,C4,C4,C4"}, "leaves nothing"), ({"generator": "c3s1-4"}, "three colours"),
    ({"generator": "c3s1-4,d4,d4,d4,d4,u4,u4,u4,u4,c3s1-3"}, "leaves maps of 1x1 px"),
    ({"betas": (0.5, 1.0)}, "betas")])
def test_what_cannot_be_is_told(changes: dict[str, object], told: str, real: RealData, synthetic: mx.Dataset,
                                tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=told):
        mrgan.refine(real, synthetic, ["R-S"], replace(SPEC, **changes), tmp_path)


def test_sides_that_do_not_fit_are_told(real: RealData, synthetic: mx.Dataset, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="8x8 px and synthetic ones 16x16"):
        mrgan.refine(real, tiny("synthetic", 30, size=16), ["R-S"], SPEC, tmp_path)
    with pytest.raises(BadInput, match="class 'person' has no synthetic images"):
        mrgan.refine(real, replace(synthetic, labels=synthetic.labels % 2), ["R-S"], SPEC, tmp_path)


def test_presets() -> None:
    paper, literal = preset("paper"), preset("paper-literal")
    assert (paper.flip, literal.flip, literal.init) == (0.1, 0.9, "literal")
    assert replace(literal, flip=0.1, init="normal") == paper == RefineSpec()
    assert (paper.iterations, paper.batch, paper.g_updates, paper.d_updates) == (40_000, 144, 5, 1)
    with pytest.raises(BadInput, match="did you mean 'paper'"):
        preset("papr")
