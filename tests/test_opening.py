"""Material from the cache gives the same pixels as material loaded anew, and notices what has changed."""

import dataclasses
import importlib
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal import opening
from mixreal.datahome import settled
from mixreal.errors import BadInput
from mixreal.opening import open_material
from mixreal.rendering.stock import from_plain, to_plain
from mixreal.spec import RenderSpec
from mixreal.synthesis import draw, prepare, render, tell


@pytest.fixture
def spec(meshes, tmp_path, monkeypatch):
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    return settled(RenderSpec(models=str(meshes), images=8, size=16))


@pytest.fixture
def quick(spec, tmp_path):
    """The same models in a folder of their own, with pictures that are made in no time."""
    shutil.copytree(spec.models, tmp_path / "models")
    for name in ("backgrounds", "textures", "envmaps"):
        (tmp_path / name).mkdir()
    for name in ("backgrounds/a.png", "backgrounds/b.png", "textures/a.png"):
        Image.new("RGB", (4, 4)).save(tmp_path / name)
    (tmp_path / "envmaps/a.hdr").write_bytes(b"#?RADIANCE\n\n-Y 2 +X 4\n" + 8 * b"\x80\x80\x80\x80")
    folders = {name: str(tmp_path / name) for name in ("models", "backgrounds", "textures", "envmaps")}
    return dataclasses.replace(spec, **folders)


def test_from_the_cache_the_same_images(spec, monkeypatch):
    fresh = prepare(spec)
    monkeypatch.setattr(opening, "open_library", None)  # calling it would fail
    again = prepare(spec)
    assert again.library.meshes == () and len(again.library) == len(fresh.library)
    assert again.identity == fresh.identity and again.library.names == fresh.library.names
    index = np.arange(8)
    assert np.array_equal(render(again, draw(again, index)).rgb, render(fresh, draw(fresh, index)).rgb)


def test_a_changed_mesh_is_loaded_again(spec, tmp_path, meshes):
    copy = tmp_path / "meshes"
    shutil.copytree(meshes, copy)
    spec = dataclasses.replace(spec, models=str(copy))
    before = open_material(spec)
    file = sorted(path for path in copy.rglob("*") if path.suffix in (".ply", ".obj", ".stl", ".glb", ".off"))[0]
    file.write_bytes(file.read_bytes() + b"\n")
    assert open_material(spec).library.digest != before.library.digest


@pytest.mark.parametrize(("function", "name"), [("mixreal.models.load._pieces", "round.glb"),
                                                ("PIL.Image.open", "a.png")])
def test_what_may_not_be_read_now_is_tried_again(quick, monkeypatch, function, name):
    """chmod changes neither size nor time of a file."""
    with monkeypatch.context() as patch:
        refuse(patch, function, name)
        before = open_material(dataclasses.replace(quick, textures=quick.backgrounds))
        assert any("[Errno 13]" in problem for problem in before.library.problems + before.assets.problems)
    after = open_material(dataclasses.replace(quick, textures=quick.backgrounds))
    assert after.library.problems == after.assets.problems == () and after.library.meshes != ()
    assert open_material(dataclasses.replace(quick, textures=quick.backgrounds)).library.meshes == ()  # from the cache


def refuse(patch, function, name):
    """Let it have no permission for the file of that name."""
    module, _, attr = function.rpartition(".")
    real = getattr(importlib.import_module(module), attr)

    def without(path, *rest, **more):
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    patch.setattr(f"{module}.{attr}", without)


def test_a_changed_picture_outside_the_models_is_read_again(quick, tmp_path):
    models = Path(quick.models)
    (models / "cube/a.mtl").write_text("newmtl skin\nmap_Kd ../../skin.png\n")
    (models / "cube/a.obj").write_text(
        "mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nusemtl skin\nf 1/1 2/2 3/3\n")
    Image.new("RGB", (4, 4), "red").save(tmp_path / "skin.png")
    red, again = open_material(quick).library, open_material(quick).library
    assert again.meshes == () and again.digest == red.digest and again.outside == red.outside != ()
    Image.new("RGB", (5, 5), "blue").save(tmp_path / "skin.png")
    assert open_material(quick).library.digest != red.digest


def test_a_model_without_its_picture_is_told_from_the_cache_too(quick, capsys):
    assert prepare(quick).incomplete == ()
    (Path(quick.models) / "cube/flat.obj").write_text("mtllib gone.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nf 1 2 3\n")
    first, again = prepare(quick), prepare(quick)
    assert again.library.meshes == () and "loaded" not in first.identity and first.problems == ()
    tell(again)
    assert "models: 1 without a file that they name:\n" in (told := capsys.readouterr().err) and "'gone.mtl'" in told


def test_code_of_everything_between_files_and_packed_arrays_counts(monkeypatch):
    """Skies become pictures on the way: their code does, too."""
    read: list[str] = []
    monkeypatch.setattr(opening, "code_digest", lambda paths: read.extend(path.name for path in paths))
    opening._code()
    assert {"sky.py", "pixels.py", "photos.py", "companions.py", "bvh.py"} <= set(read)


def test_plain_arrays_and_back(spec):
    stock = open_material(spec).stock
    back = from_plain({name: np.array(array) for name, array in to_plain(stock).items()})
    for field in dataclasses.fields(stock):
        assert np.array_equal(getattr(back, field.name), getattr(stock, field.name)), field.name
        assert getattr(back, field.name).dtype == getattr(stock, field.name).dtype


def test_what_cannot_be_is_told_however_warm_the_cache(spec):
    open_material(spec)
    procedural = dataclasses.replace(spec, models="procedural", procedural=1, classes=("car",))
    open_material(procedural)
    for wrong in (dataclasses.replace(procedural, beside=2), dataclasses.replace(spec, beside=-1),
                  dataclasses.replace(procedural, procedural=10**11)):
        with pytest.raises(BadInput, match=r"beside|procedural is 1"):
            open_material(wrong)
