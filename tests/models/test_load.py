"""load_mesh: formats, transforms, texture orientation, colours, and what it says of broken files."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from mixreal.errors import BadInput
from mixreal.models import normals
from mixreal.models.load import load_mesh, read_mesh
from mixreal.models.mesh import BLEND, MASK, OPAQUE
from mixreal.models.normals import crease_normals
from mixreal.models.surfaces import TEXTURE_LIMIT, linear

SIX = "newmtl paint\nKd 0.5 0.25 1.0\nNs 98\nd 0.5\n"
QUAD = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"


def box(**more: object) -> trimesh.Trimesh:
    return trimesh.Trimesh(**trimesh.creation.box((1, 2, 4)).to_dict(), process=False, **more)


def write_gltf(folder: Path) -> None:
    """box.gltf and its .bin; trimesh's own writing of a .gltf leaves a file open."""
    for name, data in box().export(file_type="gltf").items():
        (folder / name.replace("model.gltf", "box.gltf")).write_bytes(data)


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".obj", ".ply", ".stl", ".off"])
def test_every_format_gives_the_same_normalised_box(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"box{suffix}"
    write_gltf(tmp_path) if suffix == ".gltf" else box().export(path)
    mesh = load_mesh(path)
    assert mesh.triangles == 12
    assert np.linalg.norm(mesh.vertices, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.ptp(mesh.vertices, axis=0) == pytest.approx(np.array([1, 2, 4]) * 2 / np.sqrt(21), abs=1e-5)
    assert np.linalg.norm(mesh.normals, axis=1) == pytest.approx(1, abs=1e-5)
    assert mesh.name == "box"


def test_dae(tmp_path: Path) -> None:
    pytest.importorskip("collada")
    path = tmp_path / "box.dae"
    path.write_bytes(trimesh.exchange.dae.export_collada(box()))
    assert load_mesh(path).triangles == 12


def test_scene_transforms_are_applied_and_mirrors_keep_faces_outside(tmp_path: Path) -> None:
    scene = trimesh.Scene()
    mirror = np.diag([-1.0, 1, 1, 1])
    mirror[0, 3] = 10
    scene.add_geometry(box(), transform=mirror)
    scene.add_geometry(box())
    scene.export(tmp_path / "two.glb")
    mesh = load_mesh(tmp_path / "two.glb")
    assert mesh.triangles == 24
    assert np.ptp(mesh.vertices[:, 0]) / np.ptp(mesh.vertices[:, 1]) == pytest.approx(11 / 2, rel=1e-5)
    a, b, c = (mesh.vertices[mesh.faces[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    middle = (a + b + c) / 3
    centre = np.where(middle[:, :1] > 0, 1, -1) * np.array([[np.abs(mesh.vertices[:, 0]).max() * 10 / 11, 0, 0]])
    assert (((middle - centre) * flat).sum(1) > 0).all()
    assert ((mesh.normals[mesh.faces].mean(1) * flat).sum(1) > 0).all()


def test_texture_rows_run_down_as_in_gltf(tmp_path: Path) -> None:
    """The top left of the picture is red: it must be what (0, 0) in our coordinates names."""
    picture = np.full((8, 8, 3), 255, np.uint8)
    picture[:4, :4] = (255, 0, 0)
    Image.fromarray(picture).save(tmp_path / "skin.png")
    (tmp_path / "quad.mtl").write_text("newmtl skin\nKd 0 0 0\nmap_Kd skin.png\n")
    (tmp_path / "quad.obj").write_text(f"mtllib quad.mtl\n{QUAD}usemtl skin\nf 1/1 2/2 3/3\nf 1/1 3/3 4/4\n")
    from_obj = load_mesh(tmp_path / "quad.obj")
    trimesh.load_scene(tmp_path / "quad.obj").export(tmp_path / "quad.glb")
    for mesh in (from_obj, load_mesh(tmp_path / "quad.glb")):
        top_left = np.argmin(mesh.vertices[:, 0] - mesh.vertices[:, 1])
        assert mesh.uvs[top_left] == pytest.approx([0, 0], abs=1e-6)
        texture = mesh.materials[0].texture
        assert texture is not None and texture[0, 0].tolist() == [255, 0, 0, 255]
    assert from_obj.materials[0].colour == (1, 1, 1, 1)  # Kd 0 beside a picture does not blacken it


def test_large_textures_are_reduced(tmp_path: Path) -> None:
    mesh = box()
    mesh.visual = trimesh.visual.TextureVisuals(uv=np.zeros((8, 2)), image=Image.new("RGB", (1200, 300), (9, 99, 199)))
    mesh.export(tmp_path / "box.glb")
    texture = load_mesh(tmp_path / "box.glb").materials[0].texture
    assert texture is not None and texture.shape == (128, TEXTURE_LIMIT, 4)
    assert (texture == [9, 99, 199, 255]).all()


def test_obj_material(tmp_path: Path) -> None:
    (tmp_path / "quad.mtl").write_text(SIX)
    (tmp_path / "quad.obj").write_text(f"mtllib quad.mtl\n{QUAD}usemtl paint\nf 1/1 2/2 3/3\n")
    material = load_mesh(tmp_path / "quad.obj").materials[0]
    assert material.colour == pytest.approx((0.214, 0.0509, 1, 0.5), abs=0.003)  # sRGB 0.5 is 0.214 in linear light
    assert material.roughness == pytest.approx((2 / 100) ** 0.25, abs=1e-6)
    assert material.alpha_mode == BLEND


@pytest.mark.parametrize(("line", "alpha"), [("Tr 0.25", 0.75), ("Tr 0", 1.0), ("Tr 1.000000", 1.0), ("d 0", 0.0)])
def test_obj_transparency(tmp_path: Path, line: str, alpha: float) -> None:
    """Many exporters write Tr 1 and mean opaque: labelled images of nothing would be the price of the letter."""
    (tmp_path / "quad.mtl").write_text(f"newmtl paint\nKd 0.5 0.25 1\n{line}\n")
    (tmp_path / "quad.obj").write_text(f"mtllib quad.mtl\n{QUAD}usemtl paint\nf 1/1 2/2 3/3\n")
    material = load_mesh(tmp_path / "quad.obj").materials[0]
    assert material.colour[3] == pytest.approx(alpha) and (material.alpha_mode == OPAQUE) == (alpha == 1)


def alpha_of(*values: int) -> np.ndarray:
    """(8, 8) the values in turn."""
    return np.resize(np.array(values, np.uint8), (8, 8))


@pytest.mark.parametrize(("alpha", "map_d", "mode", "kept"), [
    (alpha_of(0), "", OPAQUE, False), (alpha_of(128), "", OPAQUE, False),
    (alpha_of(*range(60, 124)), "", OPAQUE, False),
    (alpha_of(255, 255, 255, 0), "", BLEND, True), (alpha_of(255, 0, 0, 0), "map_d skin.png", BLEND, True),
    (alpha_of(255, 0, 0, 0), "map_d -imfchan m skin.png", BLEND, True),
    (alpha_of(255, 0, 0, 0), "map_d other.png", OPAQUE, False), (alpha_of(255), "", OPAQUE, True)])
def test_alpha_of_an_obj_picture_is_opacity_only_where_that_is_meant(tmp_path: Path, alpha: np.ndarray, map_d: str,
                                                                     mode: int, kept: bool) -> None:
    """An unused channel, all zero, or gloss would make the model invisible."""
    pixels = np.dstack([np.full((8, 8, 3), (200, 100, 50), np.uint8), alpha])
    Image.fromarray(pixels).save(tmp_path / "skin.png")
    (tmp_path / "quad.mtl").write_text(f"newmtl skin\nKd 1 1 1\nmap_Kd skin.png\n{map_d}\n")
    (tmp_path / "quad.obj").write_text(f"mtllib quad.mtl\n{QUAD}usemtl skin\nf 1/1 2/2 3/3\n")
    read = read_mesh(tmp_path / "quad.obj")
    material = read.mesh.materials[0]
    assert material.texture is not None and material.alpha_mode == mode
    assert np.array_equal(material.texture, pixels if kept else np.dstack([pixels[..., :3], alpha_of(255)]))
    assert read.mended == (() if kept else ("alpha",))


def test_a_picture_of_16_bits_is_not_white(tmp_path: Path) -> None:
    Image.fromarray(np.full((4, 4), 25700, np.uint16)).save(tmp_path / "skin.png")
    (tmp_path / "quad.mtl").write_text("newmtl skin\nKd 1 1 1\nmap_Kd skin.png\n")
    (tmp_path / "quad.obj").write_text(f"mtllib quad.mtl\n{QUAD}usemtl skin\nf 1/1 2/2 3/3\n")
    read = read_mesh(tmp_path / "quad.obj")
    texture = read.mesh.materials[0].texture
    assert texture is not None and (texture == [100, 100, 100, 255]).all() and read.mended == ("16 bits",)


def test_a_model_far_from_its_origin_keeps_its_shape(tmp_path: Path) -> None:
    near = trimesh.creation.icosphere(subdivisions=2)
    far = near.copy()
    far.vertices = np.asarray(near.vertices) + np.array([500_000.0, 5_300_000.0, 120.0])  # as maps have them, in metres
    for name, mesh in (("near", near), ("far", far)):
        lines = [f"v {x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
        lines += [f"f {a} {b} {c}" for a, b, c in (mesh.faces + 1).tolist()]
        (tmp_path / f"{name}.obj").write_text("\n".join(lines))
    one, other = load_mesh(tmp_path / "near.obj"), load_mesh(tmp_path / "far.obj")
    assert one.vertices.shape == other.vertices.shape
    np.testing.assert_allclose(other.vertices, one.vertices, atol=1e-6)
    np.testing.assert_allclose(other.normals, one.normals, atol=1e-5)


def test_a_name_that_no_table_can_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="its name is not UTF-8: rename it"):
        load_mesh(tmp_path / "b\udcfcrste.obj")


def test_gltf_material_and_averaged_picture(tmp_path: Path) -> None:
    picture = Image.fromarray(np.full((4, 4, 3), (0, 51, 102), np.uint8))
    for mode, number in (("MASK", MASK), ("OPAQUE", OPAQUE)):
        mesh = box()
        mesh.visual = trimesh.visual.TextureVisuals(uv=np.zeros((8, 2)), material=trimesh.visual.material.PBRMaterial(
            baseColorFactor=[51, 102, 204, 255], metallicFactor=0.5, roughnessFactor=1.0, alphaMode=mode,
            alphaCutoff=0.25, metallicRoughnessTexture=picture))
        mesh.export(tmp_path / "box.glb")
        material = load_mesh(tmp_path / "box.glb").materials[0]
        assert material.colour == pytest.approx((0.2, 0.4, 0.8, 1), abs=0.005)  # linear already
        assert (material.metallic, material.roughness) == pytest.approx((0.5 * 0.4, 0.2), abs=0.005)
        assert material.alpha_mode == number
    assert load_mesh(tmp_path / "box.glb").materials[0].texture is None


def test_whole_number_factors_are_not_bytes(tmp_path: Path) -> None:
    """JSON may say 1 for 1.0; trimesh then takes it for 1 of 255."""
    write_gltf(tmp_path)
    scene = json.loads((tmp_path / "box.gltf").read_text())
    scene["materials"] = [{"pbrMetallicRoughness": {"baseColorFactor": [1, 0, 1, 1]}}]
    scene["meshes"][0]["primitives"][0]["material"] = 0
    (tmp_path / "box.gltf").write_text(json.dumps(scene))
    assert load_mesh(tmp_path / "box.gltf").materials[0].colour == (1, 0, 1, 1)


def test_vertex_and_face_colours(tmp_path: Path) -> None:
    rgba = np.full((8, 4), (188, 0, 255, 255), np.uint8)
    box(vertex_colors=rgba).export(tmp_path / "box.ply")
    box(vertex_colors=rgba).export(tmp_path / "box.glb")
    (tmp_path / "tri.off").write_text("OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 188 0 255\n")
    (tmp_path / "cv.off").write_text("COFF\n3 1 0\n0 0 0 188 0 255 255\n1 0 0 188 0 255 255\n0 1 0 188 0 255 255\n"
                                     "3 0 1 2\n")
    expected = round(float(linear(np.array(188 / 255))) * 255)
    for name in ("box.ply", "tri.off", "cv.off"):  # sRGB by custom
        mesh = load_mesh(tmp_path / name)
        assert (mesh.colours == [expected, 0, 255, 255]).all(), name
        assert mesh.materials[0].colour == (1, 1, 1, 1)
    assert (load_mesh(tmp_path / "box.glb").colours == [188, 0, 255, 255]).all()  # COLOR_0 is linear


def test_no_colour_at_all_is_grey(tmp_path: Path) -> None:
    for name in ("box.stl", "box.obj", "box.ply", "box.off"):
        box().export(tmp_path / name)
        mesh = load_mesh(tmp_path / name)
        r, g, b, alpha = mesh.materials[0].colour
        assert r == g == b and 0.1 < r < 0.9 and alpha == 1, name
        assert (mesh.colours == 255).all()


def test_equal_parts_share_materials_and_unused_vertices_go(tmp_path: Path) -> None:
    (tmp_path / "two.obj").write_text(f"{QUAD}v 99 99 99\no a\nf 1 2 3\no b\nf 1 3 4\n")
    mesh = load_mesh(tmp_path / "two.obj")
    assert len(mesh.materials) == 1 and mesh.triangles == 2
    assert np.ptp(mesh.vertices[:, 0]) == pytest.approx(np.sqrt(2), abs=1e-5)  # the stray vertex counts for nothing


def test_degenerate_and_unbounded_faces_are_dropped(tmp_path: Path) -> None:
    (tmp_path / "bad.off").write_text("OFF\n5 4 0\n0 0 0\n1 0 0\n0 1 0\n2 0 0\nnan 0 0\n"
                                      "3 0 1 2\n3 0 1 3\n3 0 0 1\n3 0 1 4\n")
    assert load_mesh(tmp_path / "bad.off").triangles == 1


def test_points_and_lines_hold_no_triangles(tmp_path: Path) -> None:
    trimesh.Scene(trimesh.PointCloud(np.eye(3))).export(tmp_path / "points.glb")
    with pytest.raises(BadInput, match=r"points\.glb: .*no triangles"):
        load_mesh(tmp_path / "points.glb")


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".obj", ".ply", ".stl", ".off", ".dae"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x00\xff" * 99, b"glTF\x02\x00\x00\x00\xff\xff\xff\x7f"])
def test_nonsense_is_bad_input(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=f"broken{suffix}: ") as caught:
        load_mesh(path)
    assert "\n" not in str(caught.value)


@settings(max_examples=60)
@given(cut=st.floats(0, 0.999), place=st.floats(0, 0.999), value=st.integers(0, 255))
def test_a_damaged_glb_loads_or_is_bad_input(tmp_path_factory: pytest.TempPathFactory, cut: float, place: float,
                                             value: int) -> None:
    data = bytearray(box().export(file_type="glb"))
    data[int(place * len(data))] = value
    path = tmp_path_factory.mktemp("damaged") / "box.glb"
    path.write_bytes(data if value % 2 else data[: int(cut * len(data))])
    try:
        mesh = load_mesh(path)
    except BadInput as problem:
        assert str(path) in str(problem)
    else:
        assert np.isfinite(mesh.vertices).all() and mesh.faces.max() < len(mesh.vertices)


def test_a_file_that_is_not_there_and_one_that_is_no_mesh(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load_mesh(tmp_path / "none.glb")
    with pytest.raises(BadInput, match="expected one of"):
        load_mesh(tmp_path / "notes.txt")


def test_broken_normals_are_computed_anew(tmp_path: Path) -> None:
    mesh = box()
    mesh.vertex_normals = np.tile([0.0, 1.0, 0.0], (8, 1))
    data = bytearray(mesh.export(file_type="glb", include_normals=True))
    good = struct.pack("<3f", 0, 1, 0)
    assert data.count(good) >= 8
    (tmp_path / "box.glb").write_bytes(data.replace(good, struct.pack("<3f", 0, 0, 0)))
    loaded = load_mesh(tmp_path / "box.glb")
    assert np.abs(loaded.normals).max(1) == pytest.approx(1, abs=1e-5)  # each along an axis: a box has sharp edges
    assert len(loaded.vertices) == 24


def test_normals_of_blocks_of_corners_are_those_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    mesh = trimesh.creation.annulus(0.5, 1.0, 1.0, sections=40)
    whole = crease_normals(mesh.vertices, mesh.faces)
    for pairs in (1, 50):
        monkeypatch.setattr(normals, "PAIRS", pairs)
        assert np.array_equal(crease_normals(mesh.vertices, mesh.faces), whole)


@given(angle=st.floats(1, 179))
def test_crease_normals_smooth_below_and_flat_above(angle: float) -> None:
    """Two triangles that meet at an angle."""
    if abs(angle - 40) < 0.1:
        return
    turn = np.radians(angle)
    vertices = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 0], [-np.cos(turn), np.sin(turn), 0]])
    faces = np.array([[0, 1, 2], [1, 0, 3]])
    found = crease_normals(vertices, faces, 40.0)
    shared = np.abs(found[0, 0] - found[1, 1]).max() < 1e-6
    assert shared == (angle < 40)
    assert np.linalg.norm(found, axis=2) == pytest.approx(1, abs=1e-6)
