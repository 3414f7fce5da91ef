"""The command line: what people get wrong is told in one line with exit 2, and what they ask for is done."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal import cli
from mixreal.benchmarks import epoch
from mixreal.cli import COMMANDS, main
from mixreal.commands.parse import range_value, render_spec
from mixreal.datasets.dataset import Dataset, write
from mixreal.errors import BadInput

Told = Callable[..., str]


@pytest.fixture
def wrong(capsys: pytest.CaptureFixture[str]) -> Told:
    """Run a command that must fail as wrong input; gives the one line it said."""

    def run(*argv: object) -> str:
        capsys.readouterr()
        assert main([str(word) for word in argv]) == 2
        said = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
        assert said and said[-1].startswith("mixreal: ") and "Traceback" not in "".join(said)
        assert sum(line.startswith("mixreal: ") for line in said) == 1
        return said[-1]

    return run


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A small dataset on disk."""
    rng = np.random.default_rng(1)
    dataset = Dataset(rng.integers(0, 256, (12, 8, 8, 3), np.uint8), np.arange(12) % 2, ("ball", "cube"), "synthetic",
                      np.arange(12), {"camera.elevation": np.arange(12, dtype=np.float32)}, source="noise")
    write(tmp_path / "set", dataset, {"made": "by hand"})
    return tmp_path / "set"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name} " in said for name in COMMANDS)


@pytest.mark.parametrize("words", [["--help"], ["render", "--help"], ["train", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    script = ("import sys\nfrom mixreal.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
              "print(sorted({'torch', 'warp', 'matplotlib', 'scipy', 'trimesh'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code: object = main([name, "--help"])
    except SystemExit as leaving:  # tyro leaves so
        code = leaving.code
    assert code == 0
    assert f"usage: mixreal {name}" in capsys.readouterr().out


def test_an_unknown_command_verb_flag_or_value_is_told(wrong: Told, tmp_path: Path) -> None:
    assert "did you mean 'render'?" in wrong("rendr")
    assert "did you mean 'verify'?" in wrong("data", "verfy")
    assert "--models" in wrong("render", "--modls", "x", "-o", tmp_path)
    assert "--size" in wrong("render", "--size", "big", "-o", tmp_path)
    assert "--out" in wrong("render", "--images", "10")


def test_names_nearly_right_and_places_that_cannot_be(wrong: Told, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "did you mean 'stream'?" in wrong("train", "--synthetic", "strem", "--mix", "0:1", "--steps", "4", "-o",
                                             tmp_path / "run")
    assert "did you mean 'table2'?" in wrong("report", "tabel2")
    for words in (("render", "--images", "4"), ("train", "--mix", "0:1", "--steps", "4"),
                  ("refine", "--real", "cifar-da4", "--synthetic", tmp_path), ("reproduce", "table2", "--dry-run")):
        assert "is a file: give another folder" in wrong(*words, "--out", tmp_path / "file" / "below")
    with pytest.raises(SystemExit) as leaving:
        epoch.main([str(tmp_path / "none")])
    assert leaving.value.code == 2


@pytest.mark.parametrize(("flags", "named"), [
    (["--size", "0"], "size"), (["--size", "5000000"], "size"), (["--size", "-3"], "size"),
    (["--images", "-1"], "images"), (["--images", "0"], "images"),
    (["--vary", "textur"], "did you mean 'texture'"), (["--ranges", "camera.elevatio=[5,40]"], "camera.elevation"),
    (["--ranges", "camera.elevation=[40,5]"], "camera.elevation"), (["--ranges", "camera.elevation"], "--ranges"),
    (["--classes", "bicicle"], "bicycle"), (["--threads", "-1"], "--threads"), (["--processes", "-1"], "--processes"),
])
def test_render_flags_that_cannot_work(wrong: Told, tmp_path: Path, flags: list[str], named: str) -> None:
    # The flags under test come last, and win.
    assert named in wrong("render", "--images", "4", "--procedural", "1", "-o", tmp_path / "out", *flags)


def test_models_that_cannot_be_used(wrong: Told, tmp_path: Path) -> None:
    assert "no such folder" in wrong("render", "--models", tmp_path / "none", "--images", "4", "-o", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    assert "empty" in wrong("render", "--models", tmp_path / "empty", "--images", "4", "-o", tmp_path / "out")
    (tmp_path / "bad" / "cube").mkdir(parents=True)
    (tmp_path / "bad" / "cube" / "broken.glb").write_bytes(b"glTF\x02\0\0\0 and no more")
    assert "broken.glb" in wrong("render", "--models", tmp_path / "bad", "--images", "4", "-o", tmp_path / "out")


def test_a_spec_file_is_read_and_checked(wrong: Told, tmp_path: Path) -> None:
    spec = tmp_path / "spec.toml"
    spec.write_text('size = 16\nimages = 4\n[ranges]\ncamera.elevation = [5, 40]\n"sensor.blur" = 0.5\n')
    assert render_spec(str(spec)).ranges == {"camera.elevation": [5, 40], "sensor.blur": 0.5}
    spec.write_text("siz = 16\n")
    assert "did you mean 'size'?" in wrong("render", "--spec", spec, "-o", tmp_path / "out")
    spec.write_text("size = = 16\n")
    assert "not TOML" in wrong("render", f"--spec={spec}", "-o", tmp_path / "out")
    assert "no file" in wrong("render", "--spec", tmp_path / "none.toml", "-o", tmp_path / "out")


def test_range_values_are_toml_or_words() -> None:
    assert [range_value(text) for text in ("[5, 40]", "0.5", "checks")] == [[5, 40], 0.5, "checks"]


@pytest.mark.parametrize("mix", ["1:x", "0:0", "1", "-1:1", "1:2"])  # 1:2 does not divide 128
def test_mixes_that_cannot_be(wrong: Told, photos: Path, tmp_path: Path, mix: str) -> None:
    assert mix in wrong("train", "--real", photos, f"--mix={mix}", "-o", tmp_path / "run")


def test_photos_that_cannot_be_used(wrong: Told, meshes: Path, tmp_path: Path) -> None:
    for name in ("none", "empty"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        said = wrong("train", "--real", tmp_path / name, "--models", meshes, "-o", tmp_path / "run")
        assert str(tmp_path / name) in said
    assert "--real" in wrong("train", "--mix", "1:1", "-o", tmp_path / "run")
    (tmp_path / "broken.npz").write_bytes(b"PK\x03\x04 and no more")
    assert "broken.npz" in wrong("train", "--real", tmp_path / "broken.npz", "-o", tmp_path / "run")


@pytest.mark.parametrize("side", ["photos", "models"])
def test_a_class_on_one_side_only_is_named_with_what_to_do(wrong: Told, photos: Path, meshes: Path, tmp_path: Path,
                                                           side: str) -> None:
    given = {"photos": photos, "models": meshes}
    given[side] = tmp_path / side
    shutil.copytree({"photos": photos, "models": meshes}[side], given[side])
    shutil.copytree(given[side] / "cube", given[side] / "cubes")
    said = wrong("train", "--real", given["photos"], "--models", given["models"], "-o", tmp_path / "run")
    assert "class 'cubes'" in said and "did you mean 'cube'?" in said and "--classes ball cube" in said


def test_photos_of_classes_without_procedural_models(wrong: Told, photos: Path, tmp_path: Path) -> None:
    said = wrong("train", "--real", photos, "-o", tmp_path / "run")
    assert "class 'ball'" in said and "airplane" in said


def test_a_seed_named_twice_and_counts_below_zero(wrong: Told, photos: Path, tmp_path: Path) -> None:
    base = ("train", "--real", photos, "--mix", "1:0", "-o", tmp_path / "run")
    assert "named twice" in wrong(*base, "--seeds", "1", "1")
    assert "--per-class" in wrong(*base, "--per-class", "-2")
    assert "did you mean 'resnet20'?" in wrong(*base, "--classifier", "resnet2", "--steps", "2")
    assert "norm" in wrong(*base, "--norm", "reel")


def test_a_corrupt_checkpoint_is_named(wrong: Told, photos: Path, tmp_path: Path, tiny_runs: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(tiny_runs / "0-0", run)
    (run / "done").unlink()
    (run / "checkpoint.pt").write_bytes(b"PK\x03\x04 and no more")
    said = wrong("train", "--real", photos, "--size", "16", "--mix", "1:0", "--steps", "4", "--batch", "8", "-o", run)
    assert "checkpoint.pt" in said


def test_runs_and_images_that_cannot_be_used_to_predict(wrong: Told, photos: Path, tiny_runs: Path,
                                                        tmp_path: Path) -> None:
    photo = photos / "cube" / "00.jpg"
    assert str(tmp_path / "none") in wrong("predict", tmp_path / "none", photo)
    assert "no run folder" in wrong("predict", photos, photo)
    shutil.copytree(tiny_runs / "0-0", tmp_path / "run")
    (tmp_path / "run" / "model.safetensors").write_bytes(b"\0" * 20)
    assert "model.safetensors" in wrong("predict", tmp_path / "run", photo)
    (tmp_path / "half.jpg").write_bytes(photo.read_bytes()[:200])
    assert "half.jpg" in wrong("predict", tiny_runs / "0-0", tmp_path / "half.jpg")
    assert "none.jpg" in wrong("predict", tiny_runs / "0-0", tmp_path / "none.jpg")
    (tmp_path / "empty").mkdir()
    assert "no image" in wrong("predict", tiny_runs / "0-0", tmp_path / "empty")


def test_predict_names_a_line_an_image(photos: Path, tiny_runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(tiny_runs / "1-0"), str(photos / "ball"), "--top", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 20
    assert all(line.startswith(str(photos)) and line.split("\t")[1].split()[0] in ("ball", "cube") for line in lines)


def test_data_shows_verifies_and_exports(images: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "verify", str(images)]) == 0
    sheet = tmp_path / "sheets" / "all.png"
    assert main(["data", "show", str(images), "-o", str(sheet), "--columns", "6"]) == 0
    with Image.open(sheet) as drawn:
        assert drawn.width > 6 * 64 and drawn.height > 2 * 64
    assert main(["data", "export", str(images), "-o", str(tmp_path / "folders")]) == 0
    assert len(list((tmp_path / "folders" / "cube").glob("*.png"))) == 6
    said = capsys.readouterr().out
    assert "clean" in said and "camera.elevation" in said and "ball" in said


def test_data_that_is_damaged_or_absent(wrong: Told, images: Path, tmp_path: Path) -> None:
    assert "no folder" in wrong("data", "show", tmp_path / "none")
    assert str(tmp_path) in wrong("data", "verify", tmp_path)
    assert ".png" in wrong("data", "show", images, "-o", tmp_path / "sheet.txt")
    assert "--columns" in wrong("data", "show", images, "--columns", "0")
    shard = images / "images-00000.npy"
    shard.write_bytes(shard.read_bytes()[:-1] + b"\x55")
    assert "problem" in wrong("data", "verify", images)


def test_report_without_runs(wrong: Told, tmp_path: Path) -> None:
    assert "no folder given" in wrong("report")
    assert "no finished run" in wrong("report", tmp_path)


def test_report_writes_pages(tiny_runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tiny_runs / "0-0"), "-o", str(tmp_path)]) == 0
    assert (tmp_path / "report.html").is_file() and (tmp_path / "report.md").is_file()
    assert "real only" in capsys.readouterr().out


@pytest.mark.parametrize(("error", "code", "said"), [
    (BadInput("a\nb"), 2, "a b"),
    (KeyboardInterrupt(), 130, "stopped; run the same command again to go on"),
    (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 2, "the disk is full (/data/x)"),
    (PermissionError(errno.EACCES, "Permission denied", "/data/x"), 2, "no permission (/data/x)"),
    (MemoryError(), 2, "out of memory"),
    (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), 2, "out of memory"),
])
def test_each_trouble_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                                  error: BaseException, code: int, said: str) -> None:
    assert _fail_with(monkeypatch, error) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 and said in lines[0]


def test_a_fault_of_ours_is_one_line_and_a_traceback_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert _fail_with(monkeypatch, ZeroDivisionError("why")) == 1
    line = capsys.readouterr().err.strip()
    (log,) = tmp_path.glob("mixreal-*.log")
    assert "ZeroDivisionError: why" in line and str(log) in line and "\n" not in line
    assert "Traceback" in log.read_text()
    monkeypatch.setenv("MIXREAL_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        _fail_with(monkeypatch, ZeroDivisionError("why"))


def test_a_full_disk_while_rendering(wrong: Told, meshes: Path, tmp_path: Path,
                                     monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: full)
    said = wrong("render", "--models", meshes, "--images", "8", "-o", tmp_path / "out")
    assert "space" in said or "disk" in said


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    def fail(words: list[str]) -> int:
        raise error

    monkeypatch.setattr(cli, "_dispatch", fail)
    return main(["render"])
