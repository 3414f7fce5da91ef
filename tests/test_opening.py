"""Material from the cache gives the same pixels as material loaded anew, and notices what has changed."""

import dataclasses

import numpy as np
import pytest

from mixreal import opening
from mixreal.datahome import settled
from mixreal.errors import BadInput
from mixreal.opening import open_material
from mixreal.rendering.stock import from_plain, to_plain
from mixreal.spec import RenderSpec
from mixreal.synthesis import draw, prepare, render


@pytest.fixture
def spec(meshes, tmp_path, monkeypatch):
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    return settled(RenderSpec(models=str(meshes), images=8, size=16))


def test_from_the_cache_the_same_images(spec, monkeypatch):
    fresh = prepare(spec)
    monkeypatch.setattr(opening, "open_library", None)  # calling it would fail
    again = prepare(spec)
    assert again.library.meshes == () and len(again.library) == len(fresh.library)
    assert again.identity == fresh.identity and again.library.names == fresh.library.names
    index = np.arange(8)
    assert np.array_equal(render(again, draw(again, index)).rgb, render(fresh, draw(fresh, index)).rgb)


def test_a_changed_mesh_is_loaded_again(spec, tmp_path, meshes):
    import shutil

    copy = tmp_path / "meshes"
    shutil.copytree(meshes, copy)
    spec = dataclasses.replace(spec, models=str(copy))
    before = open_material(spec)
    file = sorted(path for path in copy.rglob("*") if path.suffix in (".ply", ".obj", ".stl", ".glb", ".off"))[0]
    file.write_bytes(file.read_bytes() + b"\n")
    assert open_material(spec).library.digest != before.library.digest


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
