"""A rendered set is named by what decides it; what a name cannot know is looked at before anything is trained."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal.errors import BadInput
from mixreal.reproducing.cells import jobs, lay_out
from mixreal.reproducing.preparing import Place, check_rendered, dataset_folder, look_afresh, synthetic_of
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.reproduce import reproduce
from mixreal.reproducing.setting import Setting
from mixreal.spec import RenderSpec
from reproducing.album_recipe import write_recipe


def picture(path: Path, grey: int) -> Path:
    """A picture of one grey: of any two greys, files of one size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((16, 16, 3), grey, np.uint8)).save(path)
    return path


def name_of(**spec: object) -> str:
    look_afresh()
    plain = dict(models="procedural", images=4, backgrounds="procedural", textures="procedural", envmaps="procedural")
    setting = Setting(real="cifar-da4", synthetic=RenderSpec(**(plain | spec)))  # type: ignore[arg-type]
    return dataset_folder(setting, Place(Path("none"))).name


def test_pictures_in_folders_of_pictures_count_and_flat_folders_keep_their_names(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = picture(tmp_path / "photos" / "a.bmp", 10)
    told: list[object] = []
    monkeypatch.setattr("mixreal.reproducing.preparing.fingerprint", lambda *parts: told.append(parts) or str(parts))
    flat = name_of(backgrounds=str(tmp_path / "photos"))
    assert told[0] == ([["a.bmp", first.stat().st_size]],)  # as ever
    monkeypatch.undo()
    flat = name_of(backgrounds=str(tmp_path / "photos"))
    (tmp_path / "photos" / "more").mkdir()
    (tmp_path / "photos" / "more" / "notes.txt").write_text("no picture")
    assert name_of(backgrounds=str(tmp_path / "photos")) == flat
    picture(tmp_path / "photos" / "more" / "b.bmp", 20)
    deep = name_of(backgrounds=str(tmp_path / "photos"))
    picture(tmp_path / "photos" / "more" / "c.bmp", 20)
    assert len({flat, deep, name_of(backgrounds=str(tmp_path / "photos"))}) == 3


def test_the_code_of_plug_ins_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "from mixreal.variations.pose import pose as plain\n\ndef mine(assets):\n    return plain(assets)\n"
    (tmp_path / "naming_plugin.py").write_text(code)
    names = [name_of(vary=("naming_plugin:mine",))]
    (tmp_path / "naming_plugin.py").write_text(code + "# other code\n")
    names.append(name_of(vary=("naming_plugin:mine",)))
    assert names[0] != names[1] and name_of(vary=()) == name_of(vary=())
    with pytest.raises(BadInput, match="cannot be imported"):
        name_of(vary=("naming_plugin_that_is_not_there:mine",))


def test_another_picture_of_the_same_size_is_seen_before_anything_is_trained(photos: Path, meshes: Path,
                                                                             tmp_path: Path) -> None:
    ground, root = picture(tmp_path / "grounds" / "a.bmp", 10), tmp_path / "out"
    path = write_recipe(tmp_path / "small.toml", photos, meshes)
    path.write_text(path.read_text().replace('backgrounds = "procedural"', f'backgrounds = "{ground.parent}"'))
    recipe = open_recipe(str(path), seeds=(0,))
    assert not reproduce(recipe, root, processes=1, only=["1:1/plain"])[1]
    picture(ground, 200)
    _, failed = reproduce(recipe, root, processes=1, only=["1:1/*", "real only/plain"])
    (reason,) = failed.values()  # what is finished is not trained again, what sees no rendered images is trained
    assert "rendered of something else than there is now: backgrounds, textures" in reason and "--out" in reason
    picture(ground, 10)
    assert not reproduce(recipe, root, processes=1, only=["1:1/flip"])[1]


def test_a_file_outside_the_class_folders_is_seen(tmp_path: Path, photos: Path, meshes: Path) -> None:
    mine = tmp_path / "meshes"
    shutil.copytree(meshes, mine)
    (mine / "looks").mkdir()
    (mine / "looks" / "red.mtl").write_text("newmtl red\nKd 1 0 0\n")
    flat = mine / "cube" / "flat.obj"
    flat.write_text("mtllib ../looks/red.mtl\nusemtl red\n" + "\n".join(
        line for line in flat.read_text().splitlines() if not line.startswith(("mtllib", "usemtl"))))
    recipe = open_recipe(str(write_recipe(tmp_path / "small.toml", photos, mine)))
    setting, place = jobs(lay_out(recipe), (0,))[0].setting, Place(tmp_path / "out")
    setting = replace(setting, classes=("ball", "cube"),
                      synthetic=replace(setting.synthetic, classes=("ball", "cube")))
    synthetic_of(setting, place, threads=1, on_progress=lambda count: None)
    check_rendered(setting, place)
    (mine / "looks" / "red.mtl").write_text("newmtl red\nKd 0 1 0\n")
    look_afresh()
    with pytest.raises(BadInput, match="something else than there is now: the models: put back"):
        check_rendered(setting, place)
