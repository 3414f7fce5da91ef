"""Which way is up in a .dae file, as the rotation that makes it y."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

#: Rows: where right, up and towards the viewer lie (COLLADA 1.4.1, "up_axis").
_TURNS = {"X_UP": ((0, -1, 0), (1, 0, 0), (0, 0, 1)), "Z_UP": ((1, 0, 0), (0, 0, 1), (0, -1, 0))}


def to_y_up(path: Path) -> NDArray[np.float64] | None:
    """(4, 4), or None where y is up already, as it is in a file that does not say."""
    with path.open("rb") as file:
        for _, element in ElementTree.iterparse(file):
            name = element.tag.rpartition("}")[2]
            if name == "up_axis" and (element.text or "").strip() in _TURNS:
                turn = np.eye(4)
                turn[:3, :3] = _TURNS[(element.text or "").strip()]
                return turn
            if name in ("up_axis", "asset"):  # that of the whole file comes first, those of parts after it
                return None
    return None
