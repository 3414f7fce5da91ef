"""Trainings that begin alike: what a branch makes from its trunk's checkpoint is what it makes alone, to the bit."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.learning import training
from mixreal.learning.branching import Branch, partings
from mixreal.learning.task import make_task
from mixreal.learning.trainspec import TrainSpec
from tiny import tiny, tiny_real

TRUNK = TrainSpec(mix="1:3", batch=8, steps=8, lr=0.05, evaluate_every=3)


def curve(folder):
    """The lines of metrics, without the clock's."""
    return [{key: value for key, value in row.items() if key != "images_per_second"}
            for row in runs.read_metrics(folder)]


def test_branches_end_as_they_do_alone_and_do_not_begin_again(tmp_path, monkeypatch):
    real, synthetic = tiny_real(), tiny("synthetic", 30)
    specs = [replace(TRUNK, finish=share) for share in (0.25, 0.5)]
    alone = [training.train(real, synthetic, spec, tmp_path / f"alone-{k}") for k, spec in enumerate(specs)]
    trunk = training.train(real, synthetic, TRUNK, tmp_path / "alone")
    branches = [Branch(spec, tmp_path / f"branch-{k}") for k, spec in enumerate(specs)]
    shared = training.train(real, synthetic, TRUNK, tmp_path / "trunk", branches=branches)
    assert curve(shared.folder) == curve(trunk.folder) and shared.results == trunk.results
    steps = []
    step_of = training.take_step
    monkeypatch.setattr(training, "take_step", lambda *args: steps.append(1) or step_of(*args))
    for spec, branch, whole, left in zip(specs, branches, alone, (2, 4)):
        steps.clear()
        assert (branch.folder / runs.CONFIG).is_file() and not runs.is_done(branch.folder)
        run = training.train(real, synthetic, spec, branch.folder)
        assert len(steps) == left and curve(run.folder) == curve(whole.folder) and run.results == whole.results
        ours, theirs = (load_file(one.folder / runs.MODEL) for one in (run, whole))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_branch_that_is_begun_goes_its_own_way(tmp_path):
    real, synthetic = tiny_real(), tiny("synthetic", 30)
    mine = training.train(real, synthetic, replace(TRUNK, finish=0.25), tmp_path / "mine")
    before = {path.name: path.read_bytes() for path in mine.folder.iterdir()}
    training.train(real, synthetic, TRUNK, tmp_path / "trunk", branches=[Branch(mine.spec, mine.folder)])
    assert {path.name: path.read_bytes() for path in mine.folder.iterdir()} == before


@pytest.mark.parametrize("changes", [{"finish": 0.0}, {"finish": 0.5, "lr": 0.1}, {"finish": 0.5, "mix": "1:1"}])
def test_what_does_not_begin_alike_is_told(tmp_path, changes):
    task = make_task(tiny_real(), tiny("synthetic", 30), TRUNK)
    with pytest.raises(BadInput, match="does not begin as"):
        partings(task, [Branch(replace(TRUNK, **changes), tmp_path)])
