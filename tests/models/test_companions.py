"""Pictures are found by the names that programs write, and the models that miss one are named."""

from pathlib import Path

import pytest
from PIL import Image

from mixreal.models.library import open_library
from mixreal.models.load import read_mesh

QUAD = ("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 1 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nusemtl skin\nf 1/1 2/2 3/3\n")


def write_quad(folder: Path, picture: str) -> Path:
    """a.obj and a.mtl in that folder, which name the picture."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.mtl").write_text(f"newmtl skin\nKd 0 0 0\nmap_Kd {picture}\n")
    (folder / "a.obj").write_text(QUAD)
    return folder / "a.obj"


def write_picture(path: Path, colour: tuple[int, int, int] = (255, 0, 0)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (4, 4), colour).save(path)


@pytest.mark.parametrize(("lies", "named"), [
    ("images/skin.png", "../images/skin.png"), ("images/skin.png", "..\\images\\skin.png"),
    ("images/Skin.PNG", "../Images/skin.png"), ("models/skin.png", "C:\\art\\skin.png"),
    ("models/Skin.PNG", "maps\\skin.png"), ("models/maps/skin.png", "maps\\skin.png"),
    ("models/skin.png", "/a/skin.png"), ("models/my skin.png", "my%20skin.png"),
    ("models/my skin.png", '"my skin.png"'), ("models/skin.png", "-s 2 2 2 skin.png")])
def test_a_picture_is_found_by_what_it_is_called(tmp_path: Path, lies: str, named: str) -> None:
    write_picture(tmp_path / lies)
    read = read_mesh(write_quad(tmp_path / "models", named))
    texture = read.mesh.materials[0].texture
    assert texture is not None and texture[0, 0].tolist() == [255, 0, 0, 255]
    assert read.missing == () and len(read.used) == 2


def test_what_is_named_from_the_root_is_sought_beside_the_mesh_first(tmp_path: Path) -> None:
    """So that a folder of models looks the same on every machine."""
    write_picture(tmp_path / "art/skin.png", (0, 255, 0))
    path = write_quad(tmp_path / "models", str(tmp_path / "art/skin.png"))
    assert read_mesh(path).mesh.materials[0].texture[0, 0].tolist() == [0, 255, 0, 255]
    write_picture(tmp_path / "models/skin.png")
    assert read_mesh(path).mesh.materials[0].texture[0, 0].tolist() == [255, 0, 0, 255]


def test_links_lead_to_pictures_beside_their_ends(tmp_path: Path) -> None:
    write_picture(tmp_path / "store/skin.png")
    whole = write_quad(tmp_path / "store", "skin.png")
    (tmp_path / "car").mkdir()
    (tmp_path / "car/a.obj").symlink_to(whole)
    assert read_mesh(tmp_path / "car/a.obj").mesh.materials[0].texture is not None
    linked = write_quad(tmp_path / "bus", "skin.png")
    (tmp_path / "bus/skin.png").symlink_to(tmp_path / "store/skin.png")
    assert read_mesh(linked).mesh.materials[0].texture is not None


def test_a_model_without_a_file_that_it_names_is_told_and_shown(tmp_path: Path) -> None:
    write_quad(tmp_path / "car", "..\\maps\\skin.png")
    (tmp_path / "bus").mkdir()
    (tmp_path / "bus/b.obj").write_text(QUAD)
    library = open_library(str(tmp_path))
    assert library.names == ("bus/b", "car/a") and library.problems == ()
    bus, car = library.incomplete
    assert "b.obj: shown without what it names 'a.mtl': put it beside" in bus
    assert "a.obj: shown without what it names '..\\\\maps\\\\skin.png': put it beside" in car


def test_a_file_that_may_not_be_read_is_told_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = write_quad(tmp_path, "skin.png"), Path.read_bytes
    write_picture(tmp_path / "skin.png")

    def refuse(self: Path) -> bytes:
        if self.name == "skin.png":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read_mesh(path).missing == ("'skin.png' ([Errno 13] Permission denied)",)


def test_a_buffer_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "car").mkdir()
    (tmp_path / "car/b.gltf").write_text('{"asset": {}, "buffers": [{"uri": "a.bin", "byteLength": 4}]}')
    write_quad(tmp_path / "car", "x.png")
    (problem,) = open_library(str(tmp_path)).problems
    assert "it names 'a.bin', which is not there" in problem


def test_files_outside_the_class_folders_count_for_the_digest(tmp_path: Path) -> None:
    models = tmp_path / "models"
    write_quad(models / "car", "../../textures/skin.png")
    missing = open_library(str(models))
    write_picture(tmp_path / "textures/skin.png")
    red = open_library(str(models))
    write_picture(tmp_path / "textures/skin.png", (0, 255, 0))
    green = open_library(str(models))
    assert len({missing.digest, red.digest, green.digest}) == 3
    assert [Path(path).resolve() for path in green.outside] == [(tmp_path / "textures/skin.png").resolve()]
    write_quad(models / "car", "skin.png")
    write_picture(models / "car/skin.png")
    assert open_library(str(models)).outside == ()


def test_a_library_that_trimesh_alone_read_right_keeps_its_digest(tmp_path: Path) -> None:
    from mixreal.models.library import models_digest

    write_quad(tmp_path / "car", "skin.png")
    write_picture(tmp_path / "car/skin.png")
    assert open_library(str(tmp_path)).digest == models_digest(str(tmp_path))
    write_quad(tmp_path / "car", "maps/SKIN.png")  # it showed this without the picture
    assert open_library(str(tmp_path)).digest != models_digest(str(tmp_path))
