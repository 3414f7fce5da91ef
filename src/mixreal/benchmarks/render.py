"""The renderer's benchmark: ours and its peers on the same scenes, in turns, as images a second and ratios."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from mixreal.assets import Assets, open_assets
from mixreal.benchmarks import ours
from mixreal.benchmarks.bench_mesh import bench_mesh
from mixreal.benchmarks.contender import Contender, one_after_another
from mixreal.benchmarks.load import busy_elsewhere
from mixreal.benchmarks.task import make_task
from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput, check_known
from mixreal.hardware import hardware, versions
from mixreal.models.mesh import Mesh
from mixreal.rendering.devices import checked_device
from mixreal.reporting.sheets import contact_sheet
from mixreal.synthesis import Synthesis, draw, resized

SIZES = (32, 64, 128, 256)
TRIANGLES = (2_000, 20_000, 200_000)
SAMPLES = 4  # rays a pixel, for all
TURNS = 5  # of each renderer in a cell: ours, peer, ours, peer, ...
SCENES = 64  # that the peers go round; ours draws new ones all the time
SHEET = (8, 128)  # scenes, pixels

#: What a peer is called -> its module: PACKAGE, DRAWS, BATCH and open_peer(task).
PEERS = {"mitsuba": "mixreal.benchmarks.mitsuba_peer", "pyrender": "mixreal.benchmarks.pyrender_peer",
         "moderngl": "mixreal.benchmarks.moderngl_peer", "blender": "mixreal.benchmarks.blender_peer"}


@dataclass(frozen=True)
class Bench:
    """What to measure."""

    sizes: tuple[int, ...] = SIZES
    triangles: tuple[int, ...] = TRIANGLES
    device: str = "cpu"  # that ours runs on
    threads: int = 2  # of ours
    seconds: float = 5.0  # of each renderer in a cell, all turns together
    peers: tuple[str, ...] = ("mitsuba",)


@dataclass(frozen=True)
class Cell:
    """One size and mesh: what each renderer managed in each turn."""

    size: int
    triangles: int  # of the mesh in fact
    rates: dict[str, list[float]]  # renderer -> images/s, turn by turn
    elsewhere: float  # cores that other programs kept busy meanwhile, in the worst turn

    def ratios(self, peer: str) -> list[float]:
        """Ours over the peer's, each turn of ours with the peer's that followed."""
        return [a / b for a, b in zip(self.rates["ours"], self.rates[peer], strict=True)]


def run(bench: Bench, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Measure every cell, telling each as it is done; the result is JSON.

    The cells are every size with 20,000 triangles and every count of triangles at 64 px, or with the first given
    where those are not among them. Raises `BadInput` for unknown peers and absent devices.
    """
    device, absent = _checked(bench)
    assets = open_assets()
    present = [name for name in bench.peers if name not in absent]
    cells: list[Cell] = []
    say(_opening(bench, device))
    opened: dict[int, tuple[Mesh, Synthesis]] = {}
    for size, count in _plan(bench):
        if count not in opened:
            opened[count] = _open(count, assets, device, bench.threads)
        contenders, failed = _contenders(bench, *opened[count], assets, size, present)
        absent |= failed
        present = [name for name in present if name not in failed]
        cells.append(_measured(size, opened[count][0].triangles, contenders, bench.seconds / TURNS))
        if len(cells) == 1:
            say(header(present))
        say(row(cells[-1], present))
    for name, reason in absent.items():
        say(f"{name}: {reason}")
    say(_closing(present))
    return _as_json(bench, device, cells, present, absent)


def sheet(bench: Bench) -> NDArray[np.uint8]:
    """(h, w, 3) a row a renderer: the same 8 scenes as each draws them."""
    device, absent = _checked(bench)
    assets = open_assets()
    count, size = SHEET
    mesh, synthesis = _open(TRIANGLES[1], assets, device, bench.threads)
    contenders, _ = _contenders(bench, mesh, synthesis, assets, size, [p for p in bench.peers if p not in absent])
    drawn = np.concatenate([contender.images(count) for contender in contenders])
    names = tuple(contender.name for contender in contenders)
    index = np.tile(np.arange(count), len(names))
    return contact_sheet(Dataset(drawn, np.repeat(np.arange(len(names)), count), names, "synthetic", index, {}), count,
                         size=size)


def header(peers: Sequence[str]) -> str:
    """The table's first line."""
    columns = "".join(f"  {name:>24}  {'ours is':>22}" for name in peers)
    return f"{'px':>4}  {'triangles':>9}  {'ours':>24}{columns}"


def row(cell: Cell, peers: Sequence[str]) -> str:
    """Medians, and the least and the most in brackets."""
    text = f"{cell.size:>4}  {cell.triangles:>9,}  {_spread(cell.rates['ours']):>24}"
    for name in peers:
        text += f"  {_spread(cell.rates[name]):>24}  {_spread(cell.ratios(name), 'x'):>22}"
    return text + (f"  ({cell.elsewhere:.1f} cores were busy elsewhere)" if cell.elsewhere > 0.2 else "")


def _checked(bench: Bench) -> tuple[str, dict[str, str]]:
    """Ours' device, and the peers that are not installed, with what to do."""
    check_known(bench.peers, PEERS, "peer")
    device = checked_device(bench.device)
    if not bench.sizes or not bench.triangles or bench.seconds <= 0:
        raise BadInput("nothing to measure: expected at least one size, one count of triangles and some seconds")
    absent = {}
    for name in bench.peers:
        package = import_module(PEERS[name]).PACKAGE
        if find_spec(package) is None:
            absent[name] = f"left out: it is not installed (pip install {package})"
    return device, absent


def _plan(bench: Bench) -> list[tuple[int, int]]:
    """(size, triangles) of the cells, in order."""
    count = TRIANGLES[1] if TRIANGLES[1] in bench.triangles else bench.triangles[0]
    size = SIZES[1] if SIZES[1] in bench.sizes else bench.sizes[0]
    return list(dict.fromkeys([(s, count) for s in bench.sizes] + [(size, t) for t in bench.triangles]))


def _open(triangles: int, assets: Assets, device: str, threads: int) -> tuple[Mesh, Synthesis]:
    try:
        mesh = bench_mesh(triangles, assets.textures[0])
    except ValueError as error:
        raise BadInput(f"--triangles {error}") from None
    return mesh, ours.open_synthesis(mesh, assets, SAMPLES, device, threads)


def _contenders(bench: Bench, mesh: Mesh, synthesis: Synthesis, assets: Assets, size: int,
                peers: Sequence[str]) -> tuple[list[Contender], dict[str, str]]:
    """Ours and the peers, warm; and the peers that do not start here, with their reason."""
    sized = resized(synthesis, size=size)
    task = make_task(mesh, draw(sized, np.arange(SCENES)), assets, size, SAMPLES)
    out = [ours.open_ours(sized, bench.threads)]
    failed = {}
    for name in peers:
        module = import_module(PEERS[name])
        try:
            out.append(one_after_another(name, module.open_peer(task), len(task), module.BATCH))
        except Exception as error:  # no display, no driver, another version: theirs to say, and no reason to stop
            failed[name] = f"left out: it does not start here ({type(error).__name__}: {' '.join(str(error).split())})"
    return out, failed


def _measured(size: int, triangles: int, contenders: Sequence[Contender], seconds: float) -> Cell:
    rates: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    worst = 0.0
    for _ in range(TURNS):
        for contender in contenders:
            with busy_elsewhere() as busy:
                rates[contender.name].append(contender.work(seconds))
            worst = max(worst, busy())
    return Cell(size, triangles, rates, worst)


def _opening(bench: Bench, device: str) -> str:
    where = hardware(torch.device(device))
    place = where.get("accelerator", f"{where['processor']}, {where['cores']} cores")
    return (f"images/s on {place}; ours with {bench.threads} threads on {device}; {SAMPLES} rays a pixel; medians of "
            f"{TURNS} turns, least-most in brackets")


def _closing(peers: Sequence[str]) -> str:
    lines = [f"ours: {ours.DRAWS}"]
    lines += [f"{name} {_version(name)}: {import_module(PEERS[name]).DRAWS}" for name in peers]
    return "\n".join(lines)


def _as_json(bench: Bench, device: str, cells: Sequence[Cell], peers: Sequence[str],
             absent: dict[str, str]) -> dict[str, Any]:
    return {
        "benchmark": "render", "hardware": hardware(torch.device(device)) | {"load": _load()},
        "versions": versions() | {name: _version(name) for name in peers},
        "settings": {"device": device, "threads": bench.threads, "samples": SAMPLES, "turns": TURNS,
                     "seconds": bench.seconds, "scenes": SCENES,
                     "draws": {"ours": ours.DRAWS} | {name: import_module(PEERS[name]).DRAWS for name in peers}},
        "absent": absent,
        "cells": [{"size": cell.size, "triangles": cell.triangles, "busy_elsewhere": round(cell.elsewhere, 3),
                   "images_per_second": {name: _summary(rates) for name, rates in cell.rates.items()},
                   "ratio": {name: _summary(cell.ratios(name)) for name in peers if name in cell.rates}}
                  for cell in cells]}


def save(result: dict[str, Any], path: str | Path) -> None:
    """Write a result as JSON, making its folder."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _summary(values: Sequence[float]) -> dict[str, Any]:
    return {"median": float(np.median(values)), "least": min(values), "most": max(values), "turns": list(values)}


def _spread(values: Sequence[float], unit: str = "") -> str:
    form = ",.0f" if min(values) >= 100 else ".1f" if min(values) >= 20 else ".2f"
    return f"{float(np.median(values)):{form}}{unit} ({min(values):{form}}-{max(values):{form}})"


def _version(peer: str) -> str:
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(import_module(PEERS[peer]).PACKAGE)
    return ""


def _load() -> float:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
