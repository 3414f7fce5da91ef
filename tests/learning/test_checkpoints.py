"""Checkpoints carry everything, and failing to write one is told."""

import os

import pytest
import torch
from torch import nn

from mixreal.errors import BadInput
from mixreal.learning import checkpoints
from mixreal.learning.checkpoints import State
from mixreal.runs import METRICS


def trained(seed: int) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(36, 2))
    model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, 0.9)
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.randn(4, 3, 5, 5)).square().mean().backward()
        optimizer.step()
    return model, optimizer


def test_a_round_trip(tmp_path):
    state = State(7, 123, 4.5, torch.tensor(2.5), 3, "bf16")
    model, optimizer = trained(0)
    assert checkpoints.load(tmp_path, "id", model, optimizer) is None
    checkpoints.save(tmp_path, "id", state, model, optimizer)
    other, its_optimizer = trained(1)
    found = checkpoints.load(tmp_path, "id", other, its_optimizer)
    assert vars(found) == vars(state)
    for name, value in model.state_dict().items():
        assert torch.equal(value, other.state_dict()[name])
        assert value.stride() == other.state_dict()[name].stride()
    for ours, theirs in zip(optimizer.state.values(), its_optimizer.state.values(), strict=True):
        assert torch.equal(ours["momentum_buffer"], theirs["momentum_buffer"])
        assert ours["momentum_buffer"].stride() == theirs["momentum_buffer"].stride()
    checkpoints.remove(tmp_path)
    checkpoints.remove(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_curve_is_on_the_disk_before_the_checkpoint_that_counts_on_it(tmp_path, monkeypatch):
    (tmp_path / METRICS).write_text("{}\n")
    settled, fsync = [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (settled.append(os.fstat(file).st_ino), fsync(file)))
    checkpoints.save(tmp_path, "id", State(1, 3, 0.0, torch.zeros(()), 0, "fp32"), *trained(0))
    assert settled == [(tmp_path / name).stat().st_ino for name in (METRICS, checkpoints.CHECKPOINT)]


def test_a_checkpoint_of_another_shape_is_told(tmp_path):
    model, optimizer = trained(0)
    checkpoints.save(tmp_path, "id", State(1, 0, 0.0, torch.zeros(()), 0, "fp32"), model, optimizer)
    with pytest.raises(BadInput, match="cannot be used"):
        checkpoints.load(tmp_path, "id", nn.Linear(2, 2), optimizer)


def test_a_full_disk_is_told_and_the_last_checkpoint_stays(tmp_path, monkeypatch):
    model, optimizer = trained(0)
    state = State(1, 0, 0.0, torch.zeros(()), 0, "fp32")
    checkpoints.save(tmp_path, "id", state, model, optimizer)
    before = (tmp_path / checkpoints.CHECKPOINT).read_bytes()

    def full(_content, path):
        path.write_bytes(b"half")
        raise RuntimeError("PytorchStreamWriter failed writing file data/3: file write failed")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(BadInput, match="disk full"):
        checkpoints.save(tmp_path, "id", state, model, optimizer)
    assert (tmp_path / checkpoints.CHECKPOINT).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [checkpoints.CHECKPOINT]


def test_others_may_read_a_model_as_they_may_any_file(tmp_path):
    checkpoints.save_model(tmp_path, trained(0)[0], "about")
    (tmp_path / "plain").touch()
    assert (tmp_path / "model.safetensors").stat().st_mode == (tmp_path / "plain").stat().st_mode
