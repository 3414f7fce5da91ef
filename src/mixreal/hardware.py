"""What a run was made on: the processor, its cores, the accelerator, and the versions that matter."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

PACKAGES = ("mixreal", "torch", "numpy", "warp-lang")


def hardware(device: torch.device) -> dict[str, Any]:
    """Plain values for a config file."""
    out: dict[str, Any] = {"processor": processor(), "cores": os.cpu_count() or 1,
                           "threads": torch.get_num_threads(), "device": device.type, "system": platform.platform()}
    if device.type == "cuda":
        out["accelerator"] = torch.cuda.get_device_name(device)
    return out


def versions() -> dict[str, str]:
    """Python's version and those of the packages that decide results; absent ones are left out."""
    out = {"python": sys.version.split()[0]}
    for name in PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            continue
    return out


def processor() -> str:
    """The processor's name as people know it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def bf16_gains(device: torch.device) -> bool:
    """Whether training in bfloat16 is faster than float32 here.

    On CUDA it is. On a CPU only with AMX tiles: measured on a core with AVX512-BF16 but without AMX, ResNet-20
    at batch 128 trained 399 images/s in float32 and 305 in bfloat16 (channels last).
    """
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu.get_capabilities().get("amx_bf16", False))
