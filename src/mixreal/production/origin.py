"""What a rendered dataset's header says of its making: the recipe, what its models and pictures were, the device."""

import sys
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mixreal.datasets.shards import Header, shard_size
from mixreal.spec import RenderSpec, rendered_by

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

SHARES = 64  # shards of a dataset, or more: few enough lost by a kill, enough to share out evenly
FEWEST = 512  # images a shard of a small one

def header_of(synthesis: "Synthesis", device: str) -> Header:
    """The header of the whole dataset."""
    spec = synthesis.spec
    source = f"{models_of(spec)}, {synthesis.total:,} images at {spec.size} px"
    versions = {"mixreal": _version(), "numpy": np.__version__,
                "python": ".".join(map(str, sys.version_info[:3]))}
    return Header("synthetic", synthesis.classes, synthesis.total, spec.size, spec.size, source,
                  _shard(synthesis.total, spec.size), made_by(synthesis, device), versions)


def made_by(synthesis: "Synthesis", device: str) -> dict[str, Any]:
    """What the images depend on. CPU and CUDA agree within a tolerance only, so the kind of device is part of it."""
    return {"spec": rendered_by(anywhere(synthesis.spec)), "identity": synthesis.identity,
            "device": device.split(":")[0]}


def models_of(spec: RenderSpec) -> str:
    """What the images are of, in words; a folder stands last, for `unplaced`."""
    if spec.models == "procedural":
        return "procedural models"
    beside = f"{spec.beside} procedural models a class and " if spec.beside else ""
    return f"{beside}models of {spec.models}"


def unplaced(source: str) -> str:
    """A dataset's source without the folder it was made from, which says nothing on another machine."""
    made, *words = source.split(", ")
    before, of, _ = made.partition("models of ")  # also "RS of models of FOLDER"
    return ", ".join([f"{before}models of a folder" if of else made, *words])


def anywhere(spec: RenderSpec) -> RenderSpec:
    """The spec with absolute folders, which means the same in any process and in any working directory."""
    found = {name: str(Path(getattr(spec, name)).expanduser().absolute())
             for name in ("models", "backgrounds", "textures", "envmaps") if getattr(spec, name) != "procedural"}
    return replace(spec, **found)  # type: ignore[arg-type]


def _shard(images: int, size: int) -> int:
    """Images a shard, a power of two."""
    share = max(images // SHARES, 1)
    return min(shard_size(size, size), max(FEWEST, 1 << (share.bit_length() - 1)))


def _version() -> str:
    try:
        return metadata.version("mixreal")
    except metadata.PackageNotFoundError:  # run from its source, not installed
        return "source"
