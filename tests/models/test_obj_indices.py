"""Faces of .obj files that count back."""

from pathlib import Path

import numpy as np
import pytest

from mixreal.errors import BadInput
from mixreal.models.load import load_mesh, read_mesh
from mixreal.models.obj_indices import absolute

FIRST = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\n"
SECOND = "v 5 0 0\nv 7 0 0\nv 5 1 0\nvt .5 .5\nvt .75 .5\nvt .5 .75\n"
BACK, BACK_TOO = "f -3/-3 -2/-2 -1/-1\n", "f -3/-3 \\\n-2/-2 -1/-1\n"


def test_part_by_part_equals_by_number(tmp_path: Path) -> None:
    (tmp_path / "parts.obj").write_text(FIRST + BACK + SECOND + BACK_TOO)
    (tmp_path / "numbers.obj").write_text(FIRST + SECOND + "f 1/1 2/2 3/3\nf 4/4 5/5 6/6\n")
    parts, numbers = read_mesh(tmp_path / "parts.obj"), load_mesh(tmp_path / "numbers.obj")
    assert parts.mended == ("read from a copy",)
    for field in ("vertices", "faces", "uvs", "normals"):
        assert np.array_equal(getattr(parts.mesh, field), getattr(numbers, field)), field


def test_a_file_with_all_points_first_is_read_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "back.obj").write_text(FIRST + SECOND + "f -6/-6 -5/-5 -4/-4\n" + BACK)
    (tmp_path / "numbers.obj").write_text(FIRST + SECOND + "f 1/1 2/2 3/3\nf 4/4 5/5 6/6\n")
    back, numbers = read_mesh(tmp_path / "back.obj"), load_mesh(tmp_path / "numbers.obj")
    assert back.mended == ()
    corners = [mesh.vertices[mesh.faces] for mesh in (back.mesh, numbers)]
    assert np.array_equal(corners[0], corners[1])
    assert np.array_equal(back.mesh.uvs[back.mesh.faces], numbers.uvs[numbers.faces])


def test_text_without_them_is_untouched() -> None:
    plain = (FIRST + "f 1/1 2/2 3/3\r\n# f -1\no f-16\n").encode()
    assert absolute(plain) == (plain, False)
    assert absolute(b"v 1 2 3\nv 1 2 4\nvn 0 0 1\nv 0 0 0\nf -3//-1 -2//1 3//-1\nv 9 9 9") \
        == (b"v 1 2 3\nv 1 2 4\nvn 0 0 1\nv 0 0 0\nf 1//1 2//1 3//1\nv 9 9 9", True)


def test_one_that_counts_back_too_far_is_told(tmp_path: Path) -> None:
    (tmp_path / "far.obj").write_text(FIRST + "f -4 -2 -1\n" + SECOND)
    with pytest.raises(BadInput, match="counts back 4 points where 3 stand before it"):
        load_mesh(tmp_path / "far.obj")
