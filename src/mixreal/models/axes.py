"""Which ways are up and forward in a file, as the rotation that makes them y and z."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput, did_you_mean

SILENT = (".obj", ".ply", ".stl", ".off")  # formats that do not say; glTF has y up and +z forward, COLLADA says
AXES = ("x", "y", "z", "-x", "-y", "-z")
#: Forward where nothing is said but which way is up: towards the viewer of COLLADA 1.4.1 ("up_axis").
_FORWARD = {"x": "z", "y": "z", "z": "-y", "-x": "z", "-y": "z", "-z": "y"}
_COLLADA = {"X_UP": "x", "Z_UP": "z"}


def rotation(up: str = "y", forward: str = "") -> NDArray[np.float64] | None:
    """(4, 4) that turns the axis `up` to y and `forward` to z, each one of `AXES`; None where they are there already.

    `forward` "" is z, and with z up -y, the front of Blender and of most CAD programs. `BadInput` for what is no axis,
    or no axis across the other.
    """
    for name, given in (("up", up), ("forward", forward)):
        if given not in AXES and (given or name == "up"):
            raise BadInput(f"{name} = {given!r}: expected an axis of the models: {did_you_mean(given, AXES)}")
    forward = forward or _FORWARD[up]
    if forward[-1] == up[-1]:
        across = " or ".join(axis for axis in AXES if axis[-1] != up[-1])
        raise BadInput(f"up = {up!r}, forward = {forward!r}: both lie along {up[-1]}: expected {across} for forward")
    turn = np.eye(4)
    turn[1, :3], turn[2, :3] = _unit(up), _unit(forward)
    turn[0, :3] = np.cross(turn[1, :3], turn[2, :3])
    return None if np.array_equal(turn, np.eye(4)) else turn


def collada_rotation(path: Path) -> NDArray[np.float64] | None:
    """That of a .dae file, which says what is up in it; None where it does not."""
    with path.open("rb") as file:
        for _, element in ElementTree.iterparse(file):
            name = element.tag.rpartition("}")[2]
            if name == "up_axis":
                return rotation(_COLLADA.get((element.text or "").strip(), "y"))
            if name == "asset":  # that of the whole file comes first, those of parts after it
                return None
    return None


def _unit(axis: str) -> NDArray[np.float64]:
    return np.eye(3)["xyz".index(axis[-1])] * (-1 if axis[0] == "-" else 1)
