"""Where the user's own material lies: one folder, named by `MIXREAL_DATA` or `--data`."""

import os
from dataclasses import replace
from pathlib import Path

from mixreal.errors import BadInput
from mixreal.spec import RenderSpec

#: What we look for below the data folder, and the sub-folder each is kept in.
FOLDERS = {
    "models": "models3d",  # class folders of meshes
    "backgrounds": "backgrounds",  # photographs
    "textures": "textures",  # material images
    "envmaps": "envmaps",  # equirectangular .hdr
    "airplane-bicycle": "data/airplane_bicycle",  # photographs: {train,test}/{airplane,bicycle}/
    "cifar": "data/cifar",  # cifar10_subset.npz, cifar100_subset.npz, or the official archives
}


def find(kind: str, data: str | None = None) -> Path | None:
    """The folder of that kind of material, or None when there is no data folder or it lacks that kind.

    `data` overrides the environment variable `MIXREAL_DATA`. A data folder that does not exist is an error.
    """
    home = data or os.environ.get("MIXREAL_DATA", "")
    if not home:
        return None
    root = Path(home).expanduser()
    if not root.is_dir():
        raise BadInput(f"the data folder {home!r} (--data or MIXREAL_DATA) is not a folder: "
                       "give an existing one, or unset it to use what is built in")
    place = root / FOLDERS[kind]
    return place if place.is_dir() else None


def settled(spec: RenderSpec, data: str | None = None) -> RenderSpec:
    """The spec with every "auto" made a folder of the data folder, or "procedural" where it has none of that kind."""
    found = {kind: str(find(kind, data) or "procedural")
             for kind in ("backgrounds", "textures", "envmaps") if getattr(spec, kind) == "auto"}
    return replace(spec, **found)  # type: ignore[arg-type]
