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


@pytest.mark.parametrize(("flags", "told"), [
    (["--classifier", "resnet2"], "did you mean 'resnet20'"), (["--augment", "rotate"], "rotate"),
    (["--steps", "5", "--epochs", "2"], "exactly one"), (["--classifier", "alexnet", "--size", "24"], "at least 31 px"),
    (["--classifier", "alexnet", "--size", "64", "--norm", "split"], "no batch norm"),
    (["--finish", "0.5", "--mix", "1:0"], "lets a mix of both"), (["--seeds", "0", "-1"], "seed"),
    (["--device", "cuda:77"], "cuda:77"), (["--device", "gpu"], "expected auto"),
    (["-o", "."], "holds files that are no training run")])
def test_what_cannot_be_is_told_before_anything_is_read_or_rendered(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, flags: list[str],
        told: str) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    monkeypatch.chdir(tmp_path)
    out = [] if "-o" in flags else ["-o", str(tmp_path / "run")]
    assert main(["train", "--real", str(tmp_path / "no photos"), *out, *flags]) == 2
    assert told in capsys.readouterr().err and [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_more_photos_than_there_are_is_told_before_rendering(tmp_path: Path, photos: Path, meshes: Path,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--real", str(photos), "--models", str(meshes), "--per-class", "900", "-o",
                 str(tmp_path / "run")]) == 2
    assert "900 were asked" in capsys.readouterr().err and not list(tmp_path.glob("synthetic-*"))


def test_models_with_other_axes_are_trained_on_upright(tmp_path: Path, meshes: Path) -> None:
    for number, axes in enumerate(([], ["--up", "z"])):
        assert main(["train", "--models", str(meshes), "--mix", "0:1", "--steps", "1", "--batch", "8", "--images",
                     "8", *axes, "-o", str(tmp_path / str(number))]) == 0
    assert len(list(tmp_path.glob("synthetic-*"))) == 2  # of other models, so another dataset


def test_flags_of_rendering_beside_a_finished_dataset_are_refused(tmp_path: Path,
                                                                  capsys: pytest.CaptureFixture[str]) -> None:
    for flag in (["--vary", "pose"], ["--images", "7"], ["--models", "meshes"], ["--up", "z"]):
        assert main(["train", "--synthetic", str(tmp_path), "--mix", "0:1", *flag, "-o", str(tmp_path / "run")]) == 2
        assert f"{flag[0]} is of rendering" in capsys.readouterr().err


def test_other_pictures_are_another_dataset(tmp_path: Path, meshes: Path) -> None:
    from PIL import Image

    from mixreal import RenderSpec
    from mixreal.datasets.produce import named_folder

    Image.new("RGB", (64, 64), (9, 99, 9)).save(tmp_path / "green.png")
    spec = RenderSpec(models=str(meshes), images=4, backgrounds=str(tmp_path), textures="procedural",
                      envmaps="procedural")
    first = named_folder(spec, tmp_path)
    assert named_folder(spec, tmp_path) == first
    Image.new("RGB", (64, 64), (99, 9, 9)).save(tmp_path / "red.png")
    assert named_folder(spec, tmp_path) != first


def test_synthetic_images_alone_need_no_photos(tmp_path: Path, meshes: Path) -> None:
    assert main(["train", "--models", str(meshes), "--mix", "0:1", "--steps", "2", "--batch", "8", "--images", "16",
                 "-o", str(tmp_path / "run")]) == 0
    assert (tmp_path / "run" / "model.safetensors").is_file()
