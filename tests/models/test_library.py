"""open_library: what is found, in what order, what is said of what is not; and the built-in models."""

import os
from pathlib import Path

import numpy as np
import pytest
import trimesh

from mixreal.errors import BadInput
from mixreal.models import built, shapes
from mixreal.models.library import Library, open_library
from mixreal.models.mesh import Material, Mesh


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes: cup (two models, one of them nested with its .mtl) and tree (one); and things to be ignored."""
    root = tmp_path / "models"
    for name in ("cup/a.glb", "cup/set/b.obj", "tree/oak.stl", "tree/.hidden.glb", ".git/c/d.glb"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        trimesh.creation.box((1, 2, 3)).export(root / name)
    (root / "cup/set/b.mtl").write_text("newmtl x\nKd 1 0 0\n")
    (root / "cup/notes.txt").write_text("not a mesh")
    (root / "README.md").write_text("not a class")
    return root


def test_finds_models_by_class_and_name(folder: Path) -> None:
    library = open_library(str(folder))
    assert library.classes == ("cup", "tree")
    assert library.names == ("cup/a", "cup/set/b", "tree/oak")
    assert library.class_of.tolist() == [0, 0, 1] and library.class_of.dtype == np.int64
    assert [m.name for m in library.meshes] == list(library.names)
    assert library.problems == () and len(library) == 3


def test_classes_choose_and_order(folder: Path) -> None:
    library = open_library(str(folder), classes=("tree", "cup"))
    assert library.classes == ("tree", "cup")
    assert library.names == ("tree/oak", "cup/a", "cup/set/b")
    assert library.class_of.tolist() == [0, 1, 1]
    assert open_library(str(folder), classes=("tree",)).names == ("tree/oak",)


def test_a_broken_file_is_named_and_left_out(folder: Path) -> None:
    (folder / "cup/c.glb").write_bytes(b"glTF nonsense")
    library = open_library(str(folder))
    assert len(library) == 3 and len(library.problems) == 1
    assert "cup/c.glb: cannot be read as a mesh" in library.problems[0].replace("\\", "/")


def test_a_link_to_nothing_is_named_and_left_out(folder: Path) -> None:
    (folder / "cup/c.obj").symlink_to(folder / "not fetched.obj")
    library = open_library(str(folder))
    assert len(library) == 3 and len(library.problems) == 1 and "there is no such file" in library.problems[0]


def test_one_stem_in_two_formats_gives_two_names(folder: Path) -> None:
    trimesh.creation.box((1, 1, 1)).export(folder / "cup/a.ply")
    assert open_library(str(folder)).names[:2] == ("cup/a", "cup/a.ply")


def test_digest_is_of_contents_and_choice_not_of_place(folder: Path, tmp_path: Path) -> None:
    first = open_library(str(folder)).digest
    moved = folder.rename(tmp_path / "elsewhere")
    assert open_library(str(moved)).digest == first
    assert open_library(str(moved), classes=("tree", "cup")).digest != first
    (moved / "cup/set/b.mtl").write_text("newmtl x\nKd 0 1 0\n")  # a side file changes the look, so the digest
    assert open_library(str(moved)).digest != first


def test_bad_folders(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty/class").mkdir(parents=True)
    (folder / "rock").mkdir()
    (folder / "rock/r.glb").write_bytes(b"")
    cases = ((tmp_path / "nowhere", (), "no such folder"), (tmp_path / "empty", (), "no mesh file in any class"),
             (folder, ("cups",), "did you mean 'cup'"), (folder, ("cup", "cup"), "named twice"),
             (folder, (), "rock.*none of its 1 mesh files can be loaded"))
    for place, classes, said in cases:
        with pytest.raises(BadInput, match=said):
            open_library(str(place), classes=classes)
    (folder / "rock/r.glb").unlink()
    assert open_library(str(folder)).classes == ("cup", "tree")  # an empty folder is no class until asked for
    with pytest.raises(BadInput, match="no mesh file for class 'rock'"):
        open_library(str(folder), classes=("rock",))


def test_procedural_models_by_seed() -> None:
    library = open_library("procedural", classes=("car",), per_class=2, first=5)
    assert library.names == ("car/procedural-0005", "car/procedural-0006")
    assert same(library.meshes[1], shapes.procedural("car", 6))
    again = open_library("procedural", classes=("car",), per_class=2, first=5)  # from the cache this time
    assert all(same(a, b) for a, b in zip(library.meshes, again.meshes, strict=True))
    assert again.digest == library.digest != open_library("procedural", ("car",), 2, 6).digest


def test_procedural_bad_input() -> None:
    for classes, per_class, first, said in ((("cat",), 1, 0, "did you mean 'car'"),
                                            (("car",), 0, 0, "procedural is 0: expected a whole number from 1"),
                                            (("car",), 10**11, 0, "from 1 to 10,000 procedural models a class"),
                                            (("car",), 1, -1, "first_model is -1: expected a whole number from 0")):
        with pytest.raises(BadInput, match=said):
            open_library("procedural", classes, per_class, first)


def test_built_by_processes_is_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path))
    monkeypatch.setattr(built, "FEW", 2)
    monkeypatch.setattr(built.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(built, "_built", None)  # this process must build nothing
    library = open_library("procedural", ("car",), 3)
    assert all(same(m, shapes.procedural("car", k)) for k, m in enumerate(library.meshes))
    assert len(list(tmp_path.rglob("car-*.npz"))) == 3 and not list(tmp_path.rglob("*.part"))


def test_a_damaged_or_forbidden_cache_only_costs_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path))
    library = open_library("procedural", ("car",), 1)
    (kept,) = tmp_path.rglob("car-*.npz")
    for damage in (b"", b"PK nonsense", kept.read_bytes()[:-500]):
        kept.write_bytes(damage)
        assert same(open_library("procedural", ("car",), 1).meshes[0], library.meshes[0])
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "file"))
    assert same(open_library("procedural", ("car",), 1).meshes[0], library.meshes[0])


def test_stored_models_keep_textures_and_colours(tmp_path: Path) -> None:
    mesh = shapes.procedural("car", 0)
    skin = Material("skin", (0.1, 0.2, 0.3, 0.4), 0.5, 0.6, np.arange(64, dtype=np.uint8).reshape(4, 4, 4), 1, 0.7)
    coloured = Mesh(**{**{n: getattr(mesh, n) for n in built.ARRAYS}, "name": "x", "materials": (skin,),
                       "colours": np.full((len(mesh.vertices), 4), 7, np.uint8)})
    built._write(tmp_path / "x.npz", coloured)
    read = built._read(tmp_path / "x.npz")
    assert read is not None and same(read, coloured) and read.name == "x"
    assert np.array_equal(read.materials[0].texture, skin.texture)


def same(a: Mesh, b: Mesh) -> bool:
    """Bit for bit, textures and names aside."""
    surfaces = [[(m.name, m.colour, m.metallic, m.roughness, m.alpha_mode, m.alpha_cutoff) for m in x.materials]
                for x in (a, b)]
    return surfaces[0] == surfaces[1] and all(
        np.array_equal(getattr(a, n), getattr(b, n)) and getattr(a, n).dtype == getattr(b, n).dtype
        for n in built.ARRAYS)


def test_library_is_frozen(folder: Path) -> None:
    library: Library = open_library(str(folder))
    with pytest.raises(AttributeError):
        library.digest = ""  # type: ignore[misc]


def test_procedural_models_beside_those_of_a_folder(tmp_path: Path) -> None:
    for name in ("car/b.obj", "car/a.obj", "bus/c.obj"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        trimesh.creation.box().export(tmp_path / name)
    alone, both = open_library(str(tmp_path)), open_library(str(tmp_path), beside=2, first=7)
    assert both.names == ("bus/c", "bus/procedural-0007", "bus/procedural-0008",
                          "car/a", "car/b", "car/procedural-0007", "car/procedural-0008")
    assert both.class_of.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert [mesh.name for mesh in both.meshes] == list(both.names)
    assert len({alone.digest, both.digest, open_library(str(tmp_path), beside=2).digest}) == 3
    chosen = open_library(str(tmp_path), ("car",), beside=1)
    assert chosen.names == ("car/a", "car/b", "car/procedural-0000")


def test_procedural_models_beside_what_cannot_have_them(tmp_path: Path) -> None:
    (tmp_path / "teapot").mkdir()
    trimesh.creation.box().export(tmp_path / "teapot" / "one.obj")
    with pytest.raises(BadInput, match="procedural class 'teapot'"):
        open_library(str(tmp_path), beside=2)
    with pytest.raises(BadInput, match="beside the models of a folder"):
        open_library("procedural", beside=2)
    with pytest.raises(BadInput, match="beside is -1: expected a whole number from 0"):
        open_library(str(tmp_path), beside=-1)


def test_a_class_folder_whose_name_no_recipe_could_hold(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    trimesh.creation.box().export(folder / "one.obj")
    with pytest.raises(BadInput, match="not UTF-8: rename it"):
        open_library(str(tmp_path))


def test_only_the_folders_of_the_classes_asked_for_are_looked_into(folder: Path) -> None:
    (folder / os.fsdecode(b"caf\xe9")).mkdir()
    assert open_library(str(folder), classes=("cup",)).classes == ("cup",)
