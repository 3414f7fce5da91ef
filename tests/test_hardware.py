"""What a run was made on, in plain values."""

import tomllib

import pytest
import torch

from mixreal.errors import BadInput
from mixreal.hardware import bf16_gains, hardware, open_device, versions
from mixreal.spec import to_toml


def test_it_fits_a_config_file():
    told = hardware(torch.device("cpu"))
    assert told["threads"] == torch.get_num_threads()
    assert told["processor"]
    assert tomllib.loads(to_toml({"hardware": told, "versions": versions()}))["hardware"] == told
    assert versions()["torch"] == torch.__version__


def test_bf16_gains_on_a_cpu_with_tiles_alone(monkeypatch):
    for tiles in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda tiles=tiles: {"avx512_bf16": True, "amx_bf16": tiles})
        assert bf16_gains(torch.device("cpu")) is tiles


def test_devices_by_name(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    assert open_device("cpu") == torch.device("cpu")
    for name, told in (("gpu", "expected auto, cpu, cuda"), ("cuda", "there is no CUDA device here: use cpu")):
        with pytest.raises(BadInput, match=told):
            open_device(name)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert open_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(BadInput, match="there are 2 CUDA devices here"):
        open_device("cuda:2")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert open_device("auto") == torch.device("cuda")
