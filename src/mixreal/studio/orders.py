"""What forms ask for, as arguments of the command line, checked as far as that takes no time."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mixreal.datasets.shards import read_header
from mixreal.errors import BadInput
from mixreal.learning import augment
from mixreal.learning.minibatches import Mix
from mixreal.learning.trainspec import TrainSpec
from mixreal.real import sets
from mixreal.refining import spec as refining
from mixreal.refining.spec import RefineSpec
from mixreal.refining.stages import parse_stages
from mixreal.studio import jobs
from mixreal.studio.workspace import Workspace, confined, shown

MIXES = ("1:0", "7:1", "3:1", "1:1", "1:3", "1:7", "1:15", "0:1")  # the slider's: more and more synthetic
SIZE = 32  # pixels a side, the command's own
RUNS = "runs"  # the folder of a workspace that trainings go to


@dataclass(frozen=True)
class TrainOrder:
    """One training, as its form stands."""

    out: str
    real: str = ""  # a real set by name or a folder of photos; "" = none
    synthetic: str = ""  # a dataset's folder; "" = render first, from `models`
    models: str = "procedural"
    images: int = 0  # to render in all; 0 = the command's own number
    per_class: int = 0  # photos a class; 0 = all
    size: int = SIZE  # pixels a side; a dataset's own where there is one
    training: TrainSpec = field(default_factory=TrainSpec)
    fresh: bool = False  # from `models` while training, none seen twice
    classes: tuple[str, ...] = ()  # () = all


@dataclass(frozen=True)
class RefineOrder:
    """One refinement, as its form stands."""

    out: str
    real: str
    synthetic: str
    stages: tuple[str, ...] = ("R-S",)
    preset: str = "fast"
    per_class: int = 0
    spec: RefineSpec = field(default_factory=lambda: refining.preset("fast"))


def train_argv(workspace: Workspace, order: TrainOrder) -> list[str]:
    """`mixreal train ...`. `BadInput` for what cannot work, or leads out of the workspace."""
    mix = Mix.parse(order.training.mix)
    mix.counts(order.training.batch)
    augment.check(order.training.augment)
    if order.training.steps < 1:
        raise BadInput(f"{order.training.steps} steps: expected 1 or more")
    if mix.real and not order.real:
        raise BadInput(f"the mix {order.training.mix} needs photos: choose some, or move the mix to renderings alone")
    size = order.size
    argv = ["train", "--out", _out(workspace, order.out)]
    if order.real:
        argv += ["--real", _real(workspace, order.real)]
        argv += ["--per-class", str(order.per_class)] if order.per_class else []
    if mix.synthetic and order.synthetic:
        argv += ["--synthetic", _there(workspace, order.synthetic, "dataset")]
        size = read_header(confined(workspace, order.synthetic)).width
    elif mix.synthetic:
        models = order.models if order.models == "procedural" else _there(workspace, order.models, "folder of models")
        argv += ["--models", models, *(["--synthetic", "stream"] if order.fresh else [])]
        argv += ["--images", str(order.images)] if order.images and not order.fresh else []
    argv += ["--size", str(size)] if size != SIZE else []
    argv += ["--classes", *order.classes] if order.classes else []
    return argv + flags(order.training, TrainSpec())


def refine_argv(workspace: Workspace, order: RefineOrder) -> list[str]:
    """`mixreal refine ...`. `BadInput` for what cannot work, or leads out of the workspace."""
    parse_stages(order.stages)
    refining.check(order.spec)
    if not order.real or not order.synthetic:
        raise BadInput("both sides are needed: choose photos and a synthetic dataset")
    argv = ["refine", "--out", _out(workspace, order.out), "--real", _real(workspace, order.real),
            "--synthetic", _there(workspace, order.synthetic, "dataset"), "--stages", *order.stages,
            "--preset", order.preset]
    argv += ["--per-class", str(order.per_class)] if order.per_class else []
    return argv + flags(order.spec, refining.preset(order.preset))


def reproduce_argv(workspace: Workspace, recipe: str, profile: str) -> list[str]:
    """`mixreal reproduce ...`: a recipe that mixreal brings, or a TOML file of the workspace."""
    name = _there(workspace, recipe, "recipe", folder=False) if recipe.endswith(".toml") else recipe
    return ["reproduce", name, "--profile", profile, "--out", f"{RUNS}/reproduce"]


def flags(spec: Any, default: Any) -> list[str]:
    """The fields of a spec that are not the default's, as flags."""
    out: list[str] = []
    for one in fields(spec):
        value = getattr(spec, one.name)
        if value != getattr(default, one.name):
            words = [str(part) for part in value] if isinstance(value, tuple) else [str(value)]
            out += [f"--{one.name.replace('_', '-')}", *words]
    return out


def fresh_name(workspace: Workspace, stem: str) -> str:
    """A folder of that name below `runs/` that is not there yet, nor any job's: runs/train-3."""
    taken = {path.name for path in (workspace.root / RUNS).glob(f"{stem}-*")}
    taken |= {Path(job.out).name for job in jobs.jobs(workspace)}
    return f"{RUNS}/{stem}-{next(k for k in range(1, 10**6) if f'{stem}-{k}' not in taken)}"


def told_mix(mix: str, batch: int) -> str:
    """A mix in words: "16 real and 112 synthetic images in each minibatch of 128"."""
    real, synthetic = Mix.parse(mix).counts(batch)
    if not synthetic:
        return f"photos alone, {real} in each minibatch"
    if not real:
        return f"renderings alone, {synthetic} in each minibatch"
    return f"{real} real and {synthetic} synthetic images in each minibatch of {batch}"


def _out(workspace: Workspace, text: str) -> str:
    folder = confined(workspace, text, writing=True)
    if folder == workspace.root:
        raise BadInput("name a folder for the run, such as runs/mine")
    return shown(workspace, folder)


def _real(workspace: Workspace, name: str) -> str:
    return name if name in sets.names() else _there(workspace, name, "folder of photos")


def _there(workspace: Workspace, text: str, what: str, folder: bool = True) -> str:
    """The path, if it is there: below the root it is told from there, since jobs run in it."""
    path: Path = confined(workspace, text)
    if not (path.is_dir() if folder else path.is_file()):
        raise BadInput(f"there is no {what} {shown(workspace, path)!r} (any more): choose another")
    return shown(workspace, path)
