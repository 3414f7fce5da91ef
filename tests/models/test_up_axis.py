"""COLLADA files whose z or x is up stand upright here."""

import re
from pathlib import Path

import numpy as np
import pytest
import trimesh

from mixreal.models.load import read_mesh


@pytest.mark.parametrize(("axis", "extents"), [("Y_UP", (1, 2, 4)), ("Z_UP", (1, 4, 2)), ("X_UP", (2, 1, 4)),
                                               ("", (1, 2, 4))])
def test_y_is_up_after_loading(tmp_path: Path, axis: str, extents: tuple[int, int, int]) -> None:
    box = trimesh.creation.box((1, 2, 4))
    box.vertices[np.asarray(box.vertices)[:, 0] > 0] *= 0.999  # its right side is a little smaller
    told = f"<up_axis>{axis}</up_axis>" if axis else ""
    text = re.sub(rb"<up_axis>.*</up_axis>", told.encode(), trimesh.exchange.dae.export_collada(box))
    (tmp_path / "box.dae").write_bytes(text)
    read = read_mesh(tmp_path / "box.dae")
    assert np.ptp(read.mesh.vertices, axis=0) == pytest.approx(np.array(extents) * 2 / np.sqrt(21), rel=3e-3)
    assert read.mended == (("turned",) if axis in ("Z_UP", "X_UP") else ())
    a, b, c = (read.mesh.vertices[read.mesh.faces[:, k]] for k in range(3))
    assert ((a + b + c) * np.cross(b - a, c - a)).sum(1).min() > 0  # turned, not mirrored


@pytest.mark.parametrize(("axis", "up", "towards_viewer"), [
    ("Z_UP", (0, 0, 1), (0, -1, 0)), ("X_UP", (1, 0, 0), (0, 0, 1)), ("Y_UP", (0, 1, 0), (0, 0, 1))])
def test_up_and_front_are_those_of_the_specification(tmp_path: Path, axis: str, up: tuple[int, ...],
                                                     towards_viewer: tuple[int, ...]) -> None:
    from mixreal.models.up_axis import to_y_up

    (tmp_path / "a.dae").write_text(f'<COLLADA xmlns="http://x"><asset><up_axis>{axis}</up_axis></asset></COLLADA>')
    turn = to_y_up(tmp_path / "a.dae")
    turn = np.eye(4) if turn is None else turn
    assert (turn[:3, :3] @ up).tolist() == [0, 1, 0] and (turn[:3, :3] @ towards_viewer).tolist() == [0, 0, 1]
