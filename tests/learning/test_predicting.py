"""A finished run classifies photos; what it cannot read it names."""

import shutil

import numpy as np
import pytest
from PIL import Image

from mixreal.cli import main
from mixreal.errors import BadInput
from mixreal.learning import evaluation, predicting
from mixreal.learning.predicting import load_classifier, predict, predictions
from mixreal.learning.training import train
from mixreal.learning.trainspec import TrainSpec
from mixreal.real.photos import open_photo
from mixreal.runs import read_predictions
from tiny import CLASSES, tiny, tiny_real


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    spec = TrainSpec(mix="1:1", batch=16, steps=30, lr=0.05, norm="real")
    return train(tiny_real(30), tiny("synthetic", 30), spec, tmp_path_factory.mktemp("runs") / "a")


def test_it_says_what_training_said(run, tmp_path):
    test = tiny_real(30).test
    paths = [tmp_path / f"{k}.png" for k in range(6)]
    for path, image in zip(paths, test.images, strict=False):
        Image.fromarray(image).save(path)
    told = predict(run.folder, paths)
    logits = read_predictions(run, "test/real").logits[:6].astype(np.float64)
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert [it.path for it in told] == paths
    for prediction, row in zip(told, expected, strict=True):
        assert prediction.label == CLASSES[int(row.argmax())]
        assert prediction.probability == pytest.approx(row.max(), abs=1e-4)
        assert list(prediction.probabilities) == list(CLASSES)
        np.testing.assert_allclose(list(prediction.probabilities.values()), row, atol=1e-4)


def test_photos_of_any_size_are_taken(run, tmp_path):
    Image.new("L", (301, 77), 90).save(tmp_path / "wide.jpg")
    assert predict(run.folder, [str(tmp_path / "wide.jpg")])[0].label in CLASSES


def test_one_photo_and_a_run_as_they_are_and_a_few_at_a_time(run, tmp_path, monkeypatch):
    Image.new("RGB", (9, 9), (200, 20, 20)).save(tmp_path / "a.png")
    (one,) = predict(run, tmp_path / "a.png", device="cpu")
    assert one == predict(run.folder, str(tmp_path / "a.png"))[0]
    monkeypatch.setattr(evaluation, "MOST_AT_ONCE", 2)
    opened = []
    monkeypatch.setattr(predicting, "open_photo", lambda path, size: opened.append(path) or open_photo(path, size))
    told = predictions(run, [tmp_path / "a.png"] * 5)
    assert next(told).label == one.label and len(opened) == 2  # the others wait
    assert [it.label for it in told] == [one.label] * 4
    with pytest.raises(BadInput, match="cuda:77"):
        predict(run, tmp_path / "a.png", device="cuda:77")


def test_photos_of_a_phone_are_named(run, tmp_path, capsys):
    (tmp_path / "a.heic").write_bytes(b"as phones write it")
    Image.new("RGB", (9, 9)).save(tmp_path / "b.png")
    assert main(["predict", str(run.folder), str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "b.png" in said.out and "a.heic cannot be read: .heic is not readable here: convert it" in said.err


def test_unreadable_photos_are_named(run, tmp_path, capsys):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    with pytest.raises(BadInput, match=r"broken\.jpg"):
        predict(run.folder, [tmp_path / "broken.jpg"])
    Image.new("RGB", (9, 9)).save(tmp_path / "whole.png")
    paths = [tmp_path / "broken.jpg", tmp_path / "whole.png"]
    assert [told.path.name for told in predict(run.folder, paths, lenient=paths)] == ["whole.png"]  # as of a folder
    assert "broken.jpg" in capsys.readouterr().err
    with pytest.raises(BadInput, match="none of the images can be read"):
        predict(run.folder, paths[:1], lenient=paths)
    with pytest.raises(BadInput, match=r"absent\.jpg"):
        predict(run.folder, [tmp_path / "absent.jpg"])
    with pytest.raises(BadInput, match="no images"):
        predict(run.folder, [])


def test_a_corrupt_model_is_named(run):
    path = run.folder / "model.safetensors"
    content = path.read_bytes()
    assert load_classifier(run.folder).classes == CLASSES
    for broken in (b"", b"junk", content[: len(content) // 2]):
        path.write_bytes(broken)
        with pytest.raises(BadInput, match=r"model\.safetensors' cannot be read"):
            load_classifier(run.folder)
    path.unlink()
    with pytest.raises(BadInput, match=r"model\.safetensors' cannot be read"):
        load_classifier(run.folder)
    path.write_bytes(content)


@pytest.mark.parametrize("line", ["size = []", "mean = 3", "std = ['a', 'b', 'c']"])
def test_a_config_of_wrong_types_is_told(run, tmp_path, line):
    shutil.copytree(run.folder, tmp_path / "run")
    config = tmp_path / "run" / "config.toml"
    name = line.partition(" ")[0]
    lines = [line if one.startswith(f"{name} =") else one for one in config.read_text().splitlines()]
    config.write_text("\n".join(lines))
    with pytest.raises(BadInput, match="others than numbers"):
        load_classifier(tmp_path / "run")
