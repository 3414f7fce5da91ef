"""Models whose files have other axes than ours stand upright here, and face us."""

import re
from pathlib import Path

import numpy as np
import pytest
import trimesh

from mixreal.errors import BadInput
from mixreal.models.axes import AXES, SILENT, collada_rotation, rotation
from mixreal.models.library import open_library
from mixreal.models.load import SUFFIXES, load_mesh, read_mesh


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
    (tmp_path / "a.dae").write_text(f'<COLLADA xmlns="http://x"><asset><up_axis>{axis}</up_axis></asset></COLLADA>')
    turn = collada_rotation(tmp_path / "a.dae")
    turn = np.eye(4) if turn is None else turn
    assert (turn[:3, :3] @ up).tolist() == [0, 1, 0] and (turn[:3, :3] @ towards_viewer).tolist() == [0, 0, 1]


@pytest.mark.parametrize("suffix", SILENT)
def test_files_that_do_not_say_are_turned_as_told(tmp_path: Path, suffix: str) -> None:
    """A cone that points along z and has a nose at -y: upright, and with the nose to us, after `up = "z"`."""
    cone = trimesh.creation.cone(1.0, 4.0, sections=16)
    nose = trimesh.creation.box((0.2, 0.2, 0.2))
    nose.apply_translation((0, -1.5, 0.1))
    trimesh.util.concatenate([cone, nose]).export(tmp_path / f"a{suffix}")
    lying = load_mesh(tmp_path / f"a{suffix}").vertices
    upright = load_mesh(tmp_path / f"a{suffix}", up="z").vertices
    assert np.abs(upright - lying[:, [0, 2, 1]] * (1, 1, -1)).max() < 1e-6
    nearest = upright[upright[:, 2] > upright[:, 2].max() - 1e-6]
    assert np.ptp(upright, axis=0).argmax() == 1 and np.ptp(nearest[:, 1]) > 0.05  # its nose's front


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix not in SILENT and suffix != ".gltf"])
def test_files_that_say_are_believed(tmp_path: Path, suffix: str) -> None:
    box = trimesh.creation.box((1, 2, 4))
    if suffix == ".dae":
        (tmp_path / "a.dae").write_bytes(trimesh.exchange.dae.export_collada(box))
    else:
        box.export(tmp_path / f"a{suffix}")
    plain, told = read_mesh(tmp_path / f"a{suffix}"), read_mesh(tmp_path / f"a{suffix}", up="z", forward="x")
    assert np.array_equal(plain.mesh.vertices, told.mesh.vertices) and plain.mended == told.mended


def test_every_pair_of_axes_is_a_rotation_to_up_and_forward() -> None:
    for up in AXES:
        for forward in ("", *AXES):
            if forward and forward[-1] == up[-1]:
                with pytest.raises(BadInput, match=f"both lie along {up[-1]}"):
                    rotation(up, forward)
                continue
            turn = rotation(up, forward)
            square = np.eye(3) if turn is None else turn[:3, :3]
            assert np.allclose(square @ square.T, np.eye(3)) and np.linalg.det(square) == pytest.approx(1)
            for axis, goes_to in ((up, (0, 1, 0)), (forward, (0, 0, 1))):
                if axis:
                    unit = np.eye(3)["xyz".index(axis[-1])] * (-1 if "-" in axis else 1)
                    assert (square @ unit).tolist() == list(goes_to)
    with pytest.raises(BadInput, match=r"up = 'up'.*known: -x, -y, -z, x, y, z"):
        rotation("up")


def test_turned_models_are_other_models_by_name_too(tmp_path: Path) -> None:
    """So that a dataset of lying ones is never taken for one of upright ones; the same axes said twice are one."""
    (tmp_path / "a").mkdir()
    trimesh.creation.box((1, 2, 4)).export(tmp_path / "a" / "box.stl")
    digests = [open_library(str(tmp_path), up=up, forward=forward).digest
               for up, forward in (("y", ""), ("y", "z"), ("z", ""), ("z", "-y"), ("y", "-z"))]
    assert digests[0] == digests[1] and digests[2] == digests[3] and len(set(digests)) == 3
    with pytest.raises(BadInput, match="up = 'Z'"):
        open_library(str(tmp_path), up="Z")
