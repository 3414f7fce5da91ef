"""A form's wish for a dataset, as arguments of `mixreal render`: checked as far as that takes no time."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import warp as wp

from mixreal.errors import BadInput
from mixreal.rendering.devices import start_warp
from mixreal.rendering.renderer import check_size
from mixreal.spec import RenderSpec
from mixreal.studio import recipes
from mixreal.studio.workspace import SPECS, Workspace, confined, shown

MOST = 10**9  # images


@dataclass(frozen=True)
class RenderOrder:
    """What the Batch page's form says; numbers as they come from a browser, "" and None where nothing stands."""

    out: str
    recipe: str = ""  # a saved one by name; "" is the recipe as it comes
    count: Any = 0
    each: str = "images"  # what `count` counts: "images" in all, or "per_model"
    size: Any = None  # pixels a side; nothing: the recipe's
    device: str = "cpu"
    processes: Any = 1
    threads: Any = 0  # in each process; 0 = the cores shared out


def render_argv(workspace: Workspace, order: RenderOrder) -> list[str]:
    """The command. `BadInput` for what cannot be, before anything is started."""
    out = confined(workspace, order.out or "", writing=True)
    if out == workspace.root:
        raise BadInput("name a folder for the dataset: data/cars, say")
    if out.is_dir() and any(out.iterdir()) and not (out / "dataset.toml").is_file():
        raise BadInput(f"{shown(workspace, out)} is a folder with other things in it: give a new one")
    spec = recipes.load(workspace, order.recipe) if order.recipe else RenderSpec()
    argv = ["render", "--out", shown(workspace, out)]
    if order.recipe:
        argv += ["--spec", str(Path(SPECS) / recipes.path_of(workspace, order.recipe).name)]
    count = _whole("how many", order.count, 0, MOST)
    per_model = order.each == "per_model"
    if count == 0 and not (spec.images or spec.per_model):
        raise BadInput("how many: this recipe does not say, give a number of images")
    if count:
        images, models = (0, count) if per_model else (count, 0)
        argv += ["--images", str(images), "--per-model", str(models)]
    if order.size not in (None, ""):
        size = _whole("size", order.size, 1, 1 << 16)
        check_size(size)
        argv += ["--size", str(size)] if size != spec.size else []
    if order.device != "cpu":
        argv += ["--device", order.device]
    processes = _whole("processes", order.processes, 1, 256)
    argv += ["--processes", str(processes)] if processes > 1 else []
    threads = _whole("threads", order.threads, 0, 1024)
    return [*argv, "--threads", str(threads)] if threads else argv


def devices() -> dict[str, str]:
    """What can render here, as `--device` names it, told for people."""
    start_warp()
    cards = wp.get_cuda_devices() if wp.is_cuda_available() else []
    return {"cpu": "processor"} | {f"cuda:{k}": str(card.name) for k, card in enumerate(cards)}


def _whole(what: str, given: Any, low: int, high: int) -> int:
    try:
        value = int(float(given or 0))
        whole = value == float(given or 0)
    except (TypeError, ValueError, OverflowError):
        whole, value = False, 0
    if not whole or not low <= value <= high:
        raise BadInput(f"{what}: expected a whole number from {low:,} to {high:,}, got {given!r}")
    return value
