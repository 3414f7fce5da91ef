"""Compiled training: where it pays, what it leaves alone, and that a failure costs nothing but the attempt."""

import os
import signal
from dataclasses import replace

import pytest
import torch

from mixreal.learning import compiling, training
from mixreal.learning.classifiers import build
from mixreal.learning.task import make_task
from mixreal.learning.trainspec import TrainSpec
from mixreal.runs import open_run, read_metrics
from tiny import tiny, tiny_real

SPEC = TrainSpec(mix="1:1", batch=8, steps=6, lr=0.05, evaluate_every=3, compile="yes")
CPU = torch.device("cpu")


def model_and_task(spec: TrainSpec):
    task = make_task(tiny_real(), tiny("synthetic", 30), spec)
    return build("resnet20", 3, torch.Generator().manual_seed(0), 8), task


def test_it_pays_for_long_trainings_of_networks_with_batch_norm(monkeypatch):
    monkeypatch.setattr(compiling.shutil, "which", lambda name: "/usr/bin/g++")
    long = replace(SPEC, compile="auto", steps=compiling.PAYS // 8)
    model, task = model_and_task(long)
    assert compiling.pays(task, model, CPU)
    assert not compiling.pays(model_and_task(replace(long, steps=100))[1], model, CPU)
    assert not compiling.pays(task, torch.nn.Linear(2, 2), CPU)
    assert not compiling.pays(model_and_task(replace(long, compile="no"))[1], model, CPU)
    monkeypatch.setattr(compiling.shutil, "which", lambda name: None)
    assert not compiling.pays(task, model, CPU)
    assert compiling.pays(model_and_task(SPEC)[1], model, CPU)


def test_where_it_fails_training_goes_on_without(monkeypatch, tmp_path, capsys):
    def broken(model, **options):
        def forward(images):
            model(images)  # statistics move before it fails
            raise RuntimeError("no compiler")
        return forward

    monkeypatch.setattr(torch, "compile", broken)
    run = training.train(tiny_real(), tiny("synthetic", 30), SPEC, tmp_path / "tried")
    assert "torch.compile does not work here" in capsys.readouterr().out
    plain = training.train(tiny_real(), tiny("synthetic", 30), replace(SPEC, compile="no"), tmp_path / "plain")
    models = [(one.folder / "model.safetensors").read_bytes() for one in (run, plain)]
    assert models[0] == models[1]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what torch's compiler warns of is its own affair
def test_compiled_it_learns_the_same_and_resumes_to_the_bit(monkeypatch, tmp_path):
    real, synthetic = tiny_real(), tiny("synthetic", 30)
    whole = training.train(real, synthetic, SPEC, tmp_path / "whole")
    eager = training.train(real, synthetic, replace(SPEC, compile="no"), tmp_path / "eager")
    losses = [[row["loss"] for row in read_metrics(run.folder)] for run in (whole, eager)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    step = training.take_step

    def ctrl_c(*args):
        if args[4].step == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return step(*args)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(training, "take_step", ctrl_c)
        training.train(real, synthetic, SPEC, tmp_path / "broken")
    resumed = training.train(real, synthetic, SPEC, tmp_path / "broken")
    assert (whole.folder / "model.safetensors").read_bytes() == (resumed.folder / "model.safetensors").read_bytes()
    assert open_run(resumed.folder).results == whole.results
