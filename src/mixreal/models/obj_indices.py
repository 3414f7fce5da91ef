"""Faces of an .obj file that count back from where they stand, as faces that name their corners by number."""

import re

from mixreal.errors import BadInput

_BACK = re.compile(rb"^f[^\n]*[ \t/]-\d", re.MULTILINE)
_KINDS = (b"v", b"vt", b"vn")  # what the numbers of a corner count, in their order


def absolute(content: bytes) -> tuple[bytes, bool]:
    """The file with every index from the start, and whether trimesh would have misread it.

    trimesh counts back from the end of the file: other corners wherever points follow the face, as they do in files
    that were written part by part.
    """
    text = content.replace(b"\r\n", b"\n").replace(b"\\\n", b"")
    if not _BACK.search(text):
        return content, False
    lines = text.split(b"\n")
    kinds = [line.partition(b" ")[0] for line in lines]
    total = {kind: kinds.count(kind) for kind in _KINDS}
    so_far = dict.fromkeys(_KINDS, 0)
    misread = False
    for row, (kind, line) in enumerate(zip(kinds, lines, strict=True)):
        if kind in so_far:
            so_far[kind] += 1
        elif line.startswith(b"f") and b"-" in line:
            misread |= so_far != total
            corners = [b"/".join(_counted(number, so_far[kind]) for kind, number in zip(_KINDS, corner.split(b"/")))
                       for corner in line[1:].partition(b"#")[0].split()]
            lines[row] = b"f " + b" ".join(corners)
    return b"\n".join(lines), misread


def _counted(number: bytes, so_far: int) -> bytes:
    if not number.startswith(b"-"):
        return number
    index = so_far + 1 + int(number)
    if index < 1:
        raise BadInput(f"a face counts back {-int(number)} points where {so_far} stand before it")
    return b"%d" % index
