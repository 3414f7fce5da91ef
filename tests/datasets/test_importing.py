"""Images of other programs become a dataset that is trained with, checked and told like one of ours."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mixreal as mx
from album import album, photo
from mixreal.cli import main
from mixreal.datasets.dataset import check, read
from mixreal.datasets.importing import import_images
from mixreal.errors import BadInput
from mixreal.learning import task
from tiny import tiny_real


def test_class_folders_become_a_dataset(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = album(tmp_path / "theirs", {"car": 6, "bus": 4, "person": 5})
    photo(theirs / "car" / "clear.png", (0, 0, 0, 0), (20, 14), "RGBA")
    (theirs / "car" / "broken.png").write_bytes(b"no picture")
    command = ["data", "import", str(theirs), "-o", str(tmp_path / "set"), "--size", "8"]
    assert main(command) == 0 and "16 images of 3 classes" in capsys.readouterr().out
    found = read(tmp_path / "set")
    assert not check(tmp_path / "set") and found.domain == "synthetic" and found.classes == ("bus", "car", "person")
    assert found.images.shape == (16, 8, 8, 3) and np.bincount(found.labels).tolist() == [4, 7, 5]
    assert (found.images[found.labels == 1].min((1, 2, 3)) == 255).sum() == 1  # alpha is laid on white
    assert main(command) == 0  # again: it is there
    (theirs / "car" / "broken.png").unlink()
    photo(theirs / "car" / "001.png", (9, 99, 199))  # another picture of that name
    assert main(command) == 2 and "holds a dataset made" in capsys.readouterr().err
    assert main([*command, "--domain", "refined"]) == 2 and "made_by" not in (told := capsys.readouterr().err)
    assert "domain" in told
    assert main(["data", "verify", str(tmp_path / "set")]) == 0
    run = mx.train(tiny_real(), found, mix="1:1", steps=2, batch=4, folder=tmp_path / "run")
    assert run.test_accuracy >= 0


def test_one_changed_picture_of_many_is_another_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large sets that are trained on are told apart by some of their images: what is imported, by all."""
    monkeypatch.setattr(task, "HASHED_WHOLE", 0)
    monkeypatch.setattr(task, "thinned", lambda count, most: np.arange(0))
    album(tmp_path / "theirs", {"car": 3, "bus": 3})
    import_images(tmp_path / "theirs", tmp_path / "set", 8)
    photo(tmp_path / "theirs" / "car" / "001.png", (9, 99, 199))
    with pytest.raises(BadInput, match="holds a dataset made"):
        import_images(tmp_path / "theirs", tmp_path / "set", 8)


def test_one_class_is_enough_and_another_form_is_told(tmp_path: Path) -> None:
    album(tmp_path / "one", {"car": 3})
    assert len(import_images(tmp_path / "one", tmp_path / "set", 8, "refined")) == 3
    assert read(tmp_path / "set").domain == "refined"
    with pytest.raises(BadInput, match="photographs stay in their folders"):
        import_images(tmp_path / "one", tmp_path / "other", 8, "real")
    (tmp_path / "loose").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "loose" / "a.png")
    with pytest.raises(BadInput, match="photos, but no class folders"):
        import_images(tmp_path / "loose", tmp_path / "other", 8)
