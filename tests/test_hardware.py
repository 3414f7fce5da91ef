"""What a run was made on, in plain values."""

import tomllib

import torch

from mixreal.hardware import bf16_gains, hardware, versions
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
