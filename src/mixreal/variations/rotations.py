"""Rotations and posed points for whole batches; angles in degrees."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.scene import Scenes

_PLANE = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}  # the axis turns the first towards the second


def about(axis: str, degrees: NDArray[Any]) -> NDArray[np.float64]:
    """(n, 3, 3) right-handed rotations about a world axis."""
    radians = np.radians(np.asarray(degrees, np.float64))
    a, b = _PLANE[axis]
    out = np.tile(np.eye(3), (len(radians), 1, 1))
    out[:, a, a] = out[:, b, b] = np.cos(radians)
    out[:, a, b], out[:, b, a] = -np.sin(radians), np.sin(radians)
    return out


def direction(azimuth: NDArray[Any], elevation: NDArray[Any]) -> NDArray[np.float64]:
    """(n, 3) unit vectors; azimuth 0 is +z, 90 is +x; elevation 90 is +y. Degrees."""
    a, e = np.radians(np.asarray(azimuth, np.float64)), np.radians(np.asarray(elevation, np.float64))
    return np.stack([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)], -1)


def posed_hull(scenes: Scenes) -> NDArray[np.float64]:
    """(n, k, 3) the objects' outermost points about their origins, in world axes."""
    return scenes.hull.astype(np.float64) @ np.swapaxes(scenes.pose.to_world.astype(np.float64), 1, 2)
