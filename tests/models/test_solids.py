"""The solids shapes are made of: closed, outward, of the right volume; and the meshes put together from them."""

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from mixreal.models.shapes import palette
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.solids import (
    Solid,
    box,
    cylinder,
    ellipsoid,
    extrude,
    joined,
    loft,
    mirrored_x,
    moved,
    plate,
    revolve,
    rotated,
    scaled,
    section,
    torus,
    tube,
)

RING = [(np.cos(a), np.sin(a), 0.0) for a in np.arange(24) * np.pi / 12]
ELL = [(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)]
SOLIDS = {
    "box": box((1, 2, 3), (4, 5, 6)),
    "bevelled box": box((1, 2, 3), bevel=0.1),
    "cylinder x": cylinder(1, 2, "x"),
    "cylinder y": cylinder(1, 2, "y"),
    "cylinder z": cylinder(1, 2, "z", radius2=0.4),
    "cone": cylinder(1, 2, "z", radius2=0),
    "revolved": revolve([(0, 0), (1, 0), (0.5, 1), (0, 1)]),
    "revolved ring": revolve([(1, 0), (2, 0), (2, 1)], closed=True),
    "ellipsoid": ellipsoid((1, 2, 3)),
    "superellipsoid": ellipsoid((1, 2, 3), squareness=0.4),
    "tube": tube([(0, 0, 0), (0, 1, 0), (1, 2, 0)], 0.1),
    "flat tube": tube([(0, 0, 0), (0, 1, 0), (1, 2, 1)], [0.1, 0.2, 0.1], rounded=False),
    "closed tube": tube(RING, 0.1, closed=True),
    "torus": torus(1, 0.2),
    "loft": loft([section(1, 1, z=0), section(2, 1, z=1), section(1, 1, z=3)]),
    "loft backward": loft([section(1, 1, z=1), section(2, 2, z=0)]),
    "extruded x": extrude(ELL, 1, "x"),
    "extruded y": extrude(ELL[::-1], 1, "y"),
    "extruded z": extrude(ELL, 1, "z"),
    "plate": plate([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], 0.1),
    "mirrored": mirrored_x(extrude(ELL, 1, "y", (3, 0, 0))),
    "scaled": scaled(cylinder(1, 2), (1, -2, 3)),
}


def as_trimesh(solid: Solid) -> trimesh.Trimesh:
    return trimesh.Trimesh(solid.vertices, solid.faces, process=False)


@pytest.mark.parametrize("name", SOLIDS)
def test_solids_are_closed_and_outward(name: str) -> None:
    mesh = as_trimesh(SOLIDS[name])
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0


@given(st.tuples(*[st.floats(0.1, 10)] * 3))
def test_a_box_has_its_volume(size: tuple[float, float, float]) -> None:
    assert as_trimesh(box(size)).volume == pytest.approx(np.prod(size))


@pytest.mark.parametrize(
    ("solid", "volume"),
    [
        (box((1, 1, 1), bevel=0.1), 0.8**3 + 6 * 0.1 * 0.8**2 + 12 * 0.005 * 0.8 + 8 * 0.001 / 6),
        (cylinder(1, 2, sides=128), 2 * np.pi),
        (cylinder(1, 3, sides=128, radius2=0), np.pi),
        (ellipsoid((1, 2, 3), rings=64, sides=96), 8 * np.pi),
        (ellipsoid((1, 2, 3), rings=48, sides=64, squareness=0.02), 48),
        (torus(2, 1, sides=96, rings=64), 2 * np.pi**2 * 2 * 0.25),
        (extrude(ELL, 2), 6),
        (plate([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0)], 0.5), 1),
        (tube([(0, 0, 0), (0, 0, 3)], 1, sides=128, rounded=False), 3 * np.pi),
    ],
)
def test_volumes_are_those_of_geometry(solid: Solid, volume: float) -> None:
    assert as_trimesh(solid).volume == pytest.approx(volume, rel=0.01)


@pytest.mark.parametrize("axis", "xyz")
def test_an_axis_is_where_it_says(axis: str) -> None:
    along = "xyz".index(axis)
    extent = np.ptp(cylinder(1, 7, axis, sides=32).vertices, axis=0)
    assert extent[along] == pytest.approx(7) and np.delete(extent, along) == pytest.approx([2, 2])
    wide_end = cylinder(1, 7, axis, radius2=3).vertices
    reach = np.linalg.norm(np.delete(wide_end, along, 1), axis=1)
    assert wide_end[reach > 2, along] == pytest.approx(3.5)


def test_a_flat_outline_lies_as_documented() -> None:
    outline = [(0, 0), (5, 0), (5, 2), (0, 2)]
    assert np.ptp(extrude(outline, 1, "x").vertices, axis=0) == pytest.approx([1, 2, 5])
    assert np.ptp(extrude(outline, 1, "y").vertices, axis=0) == pytest.approx([5, 1, 2])
    assert np.ptp(extrude(outline, 1, "z").vertices, axis=0) == pytest.approx([5, 2, 1])


def test_turning_follows_the_right_hand() -> None:
    point = moved(box((0.1, 0.1, 0.1)), (0, 0, 1))
    np.testing.assert_allclose(rotated(point, "x", 90).vertices.mean(0), (0, -1, 0), atol=1e-12)
    np.testing.assert_allclose(rotated(point, "y", 90).vertices.mean(0), (1, 0, 0), atol=1e-12)
    np.testing.assert_allclose(rotated(point, "z", 90).vertices.mean(0), (0, 0, 1), atol=1e-12)
    np.testing.assert_allclose(rotated(point, "x", 180, (0, 0, 1)).vertices.mean(0), (0, 0, 1), atol=1e-12)


@given(st.lists(st.floats(0.2, 3), min_size=3, max_size=24))
def test_any_star_is_cut_into_triangles_of_its_area(radii: list[float]) -> None:
    turn = np.arange(len(radii)) * 2 * np.pi / len(radii)
    outline = np.array(radii)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    after = np.roll(outline, -1, 0)
    area = (outline[:, 0] * after[:, 1] - outline[:, 1] * after[:, 0]).sum() / 2
    mesh = as_trimesh(extrude(outline, 1, "z"))
    assert mesh.is_watertight and mesh.volume == pytest.approx(area)


def test_a_mesh_is_sharp_at_edges_and_smooth_on_curves() -> None:
    cube = assemble("cube", [(box((1, 1, 1)), palette.STEEL)])
    assert len(cube.vertices) == 24
    assert np.abs(cube.normals).max(1) == pytest.approx(np.ones(24))
    ball = assemble("ball", [(ellipsoid((1, 1, 1), rings=16, sides=24), palette.STEEL)])
    assert np.einsum("ij,ij->i", ball.normals, ball.vertices).min() > 0.99


def test_texture_coordinates_are_in_the_solids_units() -> None:
    cube = assemble("cube", [(box((2, 2, 2)), palette.STEEL)])
    at, uv = cube.vertices[cube.faces], cube.uvs[cube.faces]
    edge, on_texture = at[:, 1] - at[:, 0], uv[:, 1] - uv[:, 0]
    np.testing.assert_allclose(np.linalg.norm(edge, axis=1), np.linalg.norm(on_texture, axis=1), atol=1e-6)


def test_materials_are_listed_once_and_faces_without_area_dropped() -> None:
    same = palette.material("steel", palette.STEEL.colour[:3], palette.STEEL.metallic, palette.STEEL.roughness)
    flat = Solid(np.zeros((3, 3)), np.array([[0, 1, 2]]))
    parts = [
        (box((1, 1, 1)), palette.STEEL),
        (joined(box((1, 1, 1), (3, 0, 0)), flat), same),
        (torus(1, 0.1), palette.RUBBER),
    ]
    mesh = assemble("three", parts)
    assert [m.name for m in mesh.materials] == ["steel", "rubber"]
    assert mesh.triangles == 12 + 12 + len(torus(1, 0.1).faces)
    assert (mesh.material_of[:24] == 0).all() and (mesh.material_of[24:] == 1).all()


def test_assembling_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no parts"):
        assemble("nothing", [])


@pytest.mark.parametrize("draw", [palette.paint, palette.skin, palette.cloth, palette.coat, palette.hair])
def test_palettes_vary_and_stay_in_range(draw) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    drawn = np.array([draw(rng).colour for _ in range(200)])
    assert drawn.min() >= 0 and drawn.max() <= 1
    assert len(np.unique(drawn[:, :3], axis=0)) > 100


def test_half_of_the_cars_are_white_black_grey_or_silver() -> None:
    rng = np.random.default_rng(1)
    names = [palette.paint(rng).name for _ in range(1000)]
    plain = sum(n.removesuffix(" paint") in ("white", "pearl", "black", "silver", "grey", "dark grey") for n in names)
    assert 500 < plain < 750
