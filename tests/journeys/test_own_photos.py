"""A person's own photos and meshes, with class names of their own, become a classifier with one command."""

from pathlib import Path

import pytest

from made import make_meshes, make_photos
from mixreal.cli import main

pytestmark = pytest.mark.slow


def test_one_command_trains_and_another_predicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = make_photos(tmp_path / "photos", 30)
    meshes = make_meshes(tmp_path / "meshes")
    command = ["train", "--real", str(photos), "--models", str(meshes), "--mix", "1:1", "--steps", "20",
               "--batch", "32", "--images", "200", "--seeds", "0", "1", "-o", str(tmp_path / "runs" / "mine")]
    assert main(command) == 0
    first = capsys.readouterr().out
    assert "seed-0" in first and "seed-1" in first and "test/shared" in first
    (synthetic,) = (tmp_path / "runs").glob("synthetic-*")
    written = (synthetic / "images-00000.npy").stat().st_mtime_ns

    assert main(command) == 0  # again: nothing to do, the same answer
    assert capsys.readouterr().out == first
    assert (synthetic / "images-00000.npy").stat().st_mtime_ns == written

    assert main(["predict", str(tmp_path / "runs" / "mine"), str(photos / "cube" / "03.jpg")]) == 0
    assert capsys.readouterr().out.split("\t")[1].split()[0] in ("ball", "cube")
    assert main(["report", str(tmp_path / "runs" / "mine")]) == 0
    assert "real + synthetic 1:1  2 " in capsys.readouterr().out


def test_an_existing_dataset_serves_instead_of_models(tmp_path: Path, photos: Path, meshes: Path) -> None:
    data = str(tmp_path / "synthetic")
    assert main(["render", "--models", str(meshes), "--images", "40", "-o", data]) == 0
    assert main(["train", "--real", str(photos), "--synthetic", data, "--mix", "1:3", "--steps", "2", "--batch", "8",
                 "-o", str(tmp_path / "run")]) == 0
    assert (tmp_path / "run" / "done").is_file()
    assert not list(tmp_path.glob("synthetic-*"))


def test_synthetic_images_alone_need_no_photos(tmp_path: Path, meshes: Path) -> None:
    assert main(["train", "--models", str(meshes), "--mix", "0:1", "--steps", "2", "--batch", "8", "--images", "16",
                 "-o", str(tmp_path / "run")]) == 0
    assert (tmp_path / "run" / "model.safetensors").is_file()
