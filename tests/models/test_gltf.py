"""glTF files that trimesh would garble: whole-number texture coordinates, compressed and quantised vertices."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image

from mixreal.errors import BadInput
from mixreal.models.load import load_mesh, read_mesh


def quad(kind: str, step: int = 1) -> tuple[dict[str, Any], bytes]:
    """Header and binary chunk of a textured square with texture coordinates of that type, every `step` of it apart."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], "<f4")
    faces = np.array([0, 1, 2, 0, 2, 3], "<u2")
    uv = np.array([[0, 1], [1, 1], [1, 0], [0.2, 0]])
    top = 1 if kind == "<f4" else np.iinfo(kind).max
    stored = np.zeros((4, 2 * step), kind)
    stored[:, :2] = (uv * top).astype(kind)
    chunks = [corners.tobytes(), faces.tobytes(), stored.tobytes()]
    starts = np.cumsum([0, *map(len, chunks)]).tolist()
    views: list[dict[str, Any]] = [{"buffer": 0, "byteOffset": at, "byteLength": len(chunk)}
                                   for at, chunk in zip(starts, chunks)]
    if step > 1:
        views[2]["byteStride"] = stored.strides[0]
    type_of, whole = {"<f4": 5126, "<u2": 5123, "<u1": 5121}[kind], kind != "<f4"
    accessors = [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
                 {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"},
                 {"bufferView": 2, "componentType": type_of, "count": 4, "type": "VEC2", "normalized": whole}]
    header = {"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}], "accessors": accessors,
              "bufferViews": views, "buffers": [{"byteLength": starts[-1]}],
              "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 2}, "indices": 1,
                                          "material": 0}]}],
              "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
              "textures": [{"source": 0}], "images": [{"uri": "skin.png"}]}
    return header, b"".join(chunks)


def write_glb(path: Path, header: dict[str, Any], binary: bytes) -> Path:
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    path.write_bytes(struct.pack("<4s4I", b"glTF", 2, 28 + len(text) + len(binary), len(text), 0x4E4F534A) + text
                     + struct.pack("<2I", len(binary), 0x004E4942) + binary)
    return path


def write_gltf(path: Path, header: dict[str, Any], binary: bytes, how: str) -> Path:
    if how == "beside":
        path.with_suffix(".bin").write_bytes(binary)
        header["buffers"][0]["uri"] = path.with_suffix(".bin").name
    else:
        header["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    path.write_text(json.dumps(header))
    return path


@pytest.mark.parametrize("step", [1, 2])
@pytest.mark.parametrize("kind", ["<u1", "<u2"])
def test_whole_number_texture_coordinates_are_fractions(tmp_path: Path, kind: str, step: int) -> None:
    Image.new("RGB", (4, 4), "red").save(tmp_path / "skin.png")
    floats = load_mesh(write_glb(tmp_path / "floats.glb", *quad("<f4")))
    files = [write_glb(tmp_path / "whole.glb", *quad(kind, step)),
             write_gltf(tmp_path / "beside.gltf", *quad(kind, step), "beside"),
             write_gltf(tmp_path / "within.gltf", *quad(kind, step), "within")]
    for path in files:
        read = read_mesh(path)
        assert read.mended == ("read from a copy",)
        np.testing.assert_allclose(read.mesh.uvs, floats.uvs, atol=1e-6, err_msg=path.name)
        assert np.array_equal(read.mesh.vertices, floats.vertices) and read.mesh.materials[0].texture is not None


@pytest.mark.parametrize("name", ["KHR_mesh_quantization", "EXT_meshopt_compression", "KHR_draco_mesh_compression"])
def test_vertices_that_are_not_read_here_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
                                                         ) -> None:
    monkeypatch.setattr("mixreal.models.gltf.find_spec", lambda module: None)
    header, binary = quad("<f4")
    path = write_glb(tmp_path / "small.glb", header | {"extensionsRequired": [name], "extensionsUsed": [name]}, binary)
    with pytest.raises(BadInput, match=f"small.glb: .*stored with {name}, which is not read here: export it without"):
        load_mesh(path)
    load_mesh(write_glb(tmp_path / "both.glb", header | {"extensionsUsed": [name]}, binary))  # it can do without


def test_a_file_of_floats_is_read_as_it_lies(tmp_path: Path) -> None:
    trimesh.creation.box().export(tmp_path / "box.glb")
    assert read_mesh(tmp_path / "box.glb").mended == ()
