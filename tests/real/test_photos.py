"""Folders of photos: every kind of file, squared and resized, split within each class; the broken ones named."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from album import album, photo
from mixreal.errors import BadInput
from mixreal.real import photos
from mixreal.real.sets import RealData, load


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> RealData:
    return load(album(tmp_path_factory.mktemp("pets"), {"cat": 40, "dog": 60}), size=8)


def test_a_folder_is_split_within_each_class(pets: RealData) -> None:
    assert [np.bincount(part.labels).tolist() for part in (pets.train, pets.validation, pets.test)] == [
        [28, 42], [6, 9], [6, 9]]
    rows = np.concatenate([part.index for part in (pets.train, pets.validation, pets.test)])
    assert sorted(rows.tolist()) == list(range(100))


def test_a_new_photo_moves_few_others(tmp_path: Path) -> None:
    before = photos.read(album(tmp_path, {"cat": 20, "dog": 20}), 8)
    album(tmp_path, {"cat": 21})
    after = photos.read(tmp_path, 8)
    was, now = (dict(zip(found.paths, found.splits)) for found in (before, after))
    assert sum(was[path] != now[path] for path in was) <= 1


def test_the_smallest_classes(tmp_path: Path) -> None:
    real = load(album(tmp_path, {"cat": 2, "dog": 3}), size=8)
    assert [np.bincount(part.labels, minlength=2).tolist() for part in (real.train, real.validation, real.test)] == [
        [1, 1], [0, 1], [1, 1]]
    with pytest.raises(BadInput, match="class 'bat' has 1 readable training photos: at least 2"):
        load(album(tmp_path, {"bat": 1}))


def test_split_folders_are_honoured_and_what_is_missing_is_drawn_from_training(tmp_path: Path) -> None:
    album(tmp_path / "train", {"cat": 20, "dog": 20})
    album(tmp_path / "Test", {"cat": 3, "dog": 2}, shade=1)
    real = load(tmp_path, size=8)
    assert [np.bincount(part.labels).tolist() for part in (real.train, real.validation, real.test)] == [
        [17, 17], [3, 3], [3, 2]]
    album(tmp_path / "val", {"cat": 1, "dog": 1}, shade=2)
    real = load(tmp_path, size=8)
    assert (len(real.train), len(real.validation), len(real.test)) == (40, 2, 5)


def test_a_copy_of_a_photo_is_read_once_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    album(tmp_path, {"cat": 20, "dog": 20})
    before = photos.read(tmp_path, 8)
    for path in sorted(tmp_path.rglob("*.png")):
        shutil.copy(path, path.with_stem(f"{path.stem} (1)"))
    after = photos.read(tmp_path, 8)
    assert len(after.paths) == 40 and len(after.problems) == 40 and "a copy of" in capsys.readouterr().err
    assert sorted(np.bincount(after.labels)) == sorted(np.bincount(before.labels))


def test_a_copy_in_the_test_folder_is_the_one_that_stays(tmp_path: Path) -> None:
    album(tmp_path / "train", {"cat": 20, "dog": 20})
    first = sorted((tmp_path / "train" / "cat").iterdir())[0]
    album(tmp_path / "test", {"cat": 3, "dog": 2}, shade=7)
    shutil.copy(first, tmp_path / "test" / "cat" / "again.png")
    found = photos.read(tmp_path, 8)
    assert found.problems == (f"train/cat/{first.name}: a copy of test/cat/again.png",)
    assert "test/cat/again.png" in found.paths and f"train/cat/{first.name}" not in found.paths


def test_a_class_named_train_is_a_class(tmp_path: Path) -> None:
    album(tmp_path, {"train": 4, "car": 4})
    photo(tmp_path / "train" / "steam" / "deep.png")
    real = load(tmp_path, size=8)
    assert real.classes == photos.class_names(tmp_path) == ("car", "train")
    assert sum(int((part.labels == 1).sum()) for part in (real.train, real.validation, real.test)) == 5


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_photos_of_every_kind(tmp_path: Path) -> None:
    rgb = (250, 20, 20)
    for name, mode, colour in (("a.jpg", "RGB", rgb), ("b.PNG", "RGB", rgb), ("c.webp", "RGB", rgb),
                               ("d.bmp", "RGB", rgb), ("e.tif", "CMYK", (0, 240, 240, 0)),
                               ("f.png", "RGBA", (*rgb, 255))):
        photo(tmp_path / name, colour, (33, 70), mode)
    Image.new("RGB", (20, 20), rgb).convert("P", palette=Image.Palette.ADAPTIVE).save(tmp_path / "g.gif")
    for name in ("a.jpg", "b.PNG", "c.webp", "d.bmp", "e.tif", "f.png", "g.gif"):
        found = photos.open_photo(tmp_path / name, 16)
        assert found.shape == (16, 16, 3)
        assert np.abs(found.astype(int) - rgb).max() < 25, name


def test_grey_alpha_and_sixteen_bits(tmp_path: Path) -> None:
    photo(tmp_path / "grey.png", (90,), mode="L")
    photo(tmp_path / "half.png", (0, 0, 0, 0), mode="RGBA")
    photo(tmp_path / "la.png", (100, 255), mode="LA")
    Image.fromarray(np.full((9, 9), 128 * 257, np.uint16)).save(tmp_path / "deep.png")
    values = [photos.open_photo(tmp_path / f"{name}.png", 8)[4, 4].tolist() for name in ("grey", "half", "la", "deep")]
    assert values == [[90] * 3, [255] * 3, [100] * 3, [128] * 3]


def test_exif_turns_and_the_middle_is_kept(tmp_path: Path) -> None:
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, 10:20] = (255, 0, 0)  # the left half of the middle square
    pixels[:, 20:30] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise: left becomes top
    Image.fromarray(pixels).save(tmp_path / "turned.png", exif=exif)
    found = photos.open_photo(tmp_path / "turned.png", 20)
    assert found[2, 10].tolist() == [255, 0, 0]
    assert found[17, 10].tolist() == [0, 0, 255]


def test_making_smaller_is_antialiased(tmp_path: Path) -> None:
    fine = np.indices((256, 256)).sum(0) % 2 * 255
    for name in ("fine.png", "fine.jpg"):
        Image.fromarray(fine.astype(np.uint8)).save(tmp_path / name, quality=95)
        assert np.abs(photos.open_photo(tmp_path / name, 32).astype(int) - 128).max() < 12


def test_broken_photos_are_named_and_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    album(tmp_path, {"cat": 4, "dog": 4})
    (tmp_path / "cat" / "empty.jpg").touch()
    (tmp_path / "cat" / "text.png").write_text("not a picture")
    (tmp_path / "cat" / "phone.heic").write_bytes(b"...")
    (tmp_path / "dog" / "notes.txt").write_text("not meant as a picture")
    (tmp_path / "dog" / "._a.jpg").write_bytes(b"...")
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "dog" / "cut.jpg")
    content = (tmp_path / "dog" / "cut.jpg").read_bytes()
    (tmp_path / "dog" / "cut.jpg").write_bytes(content[:len(content) // 2])
    real = load(tmp_path, size=8)
    assert len(real.train) + len(real.validation) + len(real.test) == 8
    assert [problem.split(":")[0] for problem in real.problems] == [
        "cat/empty.jpg", "cat/phone.heic", "cat/text.png", "dog/cut.jpg"]
    said = capsys.readouterr().err
    assert "4 files left out" in said
    assert "cat/phone.heic: .heic is not readable here: convert it to jpg or png" in said


def test_folders_that_cannot_work(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no class folders with photos"):
        load(tmp_path)
    photo(tmp_path / "loose.png")
    with pytest.raises(BadInput, match="photos, but no class folders"):
        load(tmp_path)
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.jpg").write_text("broken")
    with pytest.raises(BadInput, match="none of 1 photos can be read"):
        load(tmp_path)
    album(tmp_path, {"dog": 4})
    with pytest.raises(BadInput, match="no photo of class 'cat' can be read"):
        load(tmp_path)
    (tmp_path / "cat" / "a.jpg").unlink()
    with pytest.raises(BadInput, match=r"photos of one class only \(dog\)"):
        load(tmp_path)


def test_names_that_are_not_utf8(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    album(tmp_path / "photos", {"cat": 4, "dog": 4})
    photo(tmp_path / "photos" / "cat" / os.fsdecode(b"caf\xe9.png"))
    assert len(photos.read(tmp_path / "photos", 16).labels) == 8
    assert "not UTF-8: rename it" in capsys.readouterr().err
    shutil.copy(tmp_path / "photos" / "dog" / "000.png", tmp_path / "photos" / "dog" / os.fsdecode(b"\xe9.png"))
    assert len(photos.read(tmp_path / "photos", 16).labels) == 8  # the copy with a name that can be written stays
    album(tmp_path / "photos", {os.fsdecode(b"caf\xe9"): 4})
    with pytest.raises(BadInput, match="not UTF-8: rename it"):
        load(tmp_path / "photos")
    assert load(tmp_path / "photos", classes=("cat", "dog")).classes == ("cat", "dog")
