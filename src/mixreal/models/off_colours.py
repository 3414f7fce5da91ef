"""The colours of an .off file, which trimesh leaves out."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def read_off_colours(path: Path) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    """sRGB in [0, 1] of the vertices (COFF files) and of the faces, (n, 3) each, or None where there are none.

    Face colours are given only for files of triangles, where a line is a face. Whole numbers count to 255.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    lines = [s for s in (line.split("#")[0].split() for line in text.splitlines()) if s]
    first = lines[0][0].upper()
    rest = [lines[0][1:], *lines[1:]] if len(lines[0]) > 1 else lines[1:]  # the counts may stand beside the word OFF
    vertices, faces = int(rest[0][0]), int(rest[0][1])
    at, corners = rest[1 : 1 + vertices], rest[1 + vertices :][:faces]
    by_vertex = _colours([s[-4:] if len(s) in (7, 10) else s[-3:] for s in at]) if first == "COFF" else None
    whole = all(s[0] == "3" and len(s) >= 7 for s in corners)
    return by_vertex, _colours([s[4:7] for s in corners]) if whole and corners else None


def _colours(fields: list[list[str]]) -> NDArray[np.float64] | None:
    try:
        values = np.array([s[:3] for s in fields], np.float64)
    except ValueError:
        return None
    if values.ndim != 2 or values.shape[1] != 3:
        return None
    fractions = any("." in text for s in fields for text in s[:3])
    return np.clip(values if fractions else values / 255, 0, 1)
