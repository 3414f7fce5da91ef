"""The airplane-bicycle photos: brought to one size first, so that sharpness gives no class away; collections named."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal.errors import BadInput
from mixreal.learning.training import train
from mixreal.learning.trainspec import TrainSpec
from mixreal.real.sets import load


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of airplanes at 300 px and bicycles at 110 px: the same grain, seen at two resolutions."""
    root = tmp_path_factory.mktemp("home")
    rng, lines = np.random.default_rng(0), ["path,label,source"]
    for split in ("train", "test"):
        for name, size, source in (("airplane", 300, "archive"), ("bicycle", 110, "street")):
            for k in range(8):
                path = f"{split}/{name}/{source}_{k}.png"
                place = root / "data" / "airplane_bicycle" / path
                place.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(rng.integers(0, 256, (size, size + 40, 3), np.uint8)).save(place)
                lines.append(f"{path},{name},{source}")
    (root / "data" / "airplane_bicycle" / "index.csv").write_text("\n".join(lines) + "\n")
    return root


def grain(images: np.ndarray) -> float:
    return float(np.abs(np.diff(images.astype(float), axis=2)).mean())


def test_photos_are_brought_to_one_size_before_they_are_enlarged(home: Path) -> None:
    real = load("airplane-bicycle", size=200, data=str(home))
    assert real.train.images.shape[1:] == (200, 200, 3)
    whole = grain(load(home / "data" / "airplane_bicycle", size=200).train.images)
    assert grain(real.train.images) < 0.5 * whole  # no more detail than 96 px have
    few = load("airplane-bicycle", size=64, through=16, data=str(home))
    assert few.train.images.shape[1:] == (64, 64, 3) and grain(few.train.images) < 0.5 * grain(
        load("airplane-bicycle", size=64, data=str(home)).train.images)
    with pytest.raises(BadInput, match="through 3: expected 0"):
        load("airplane-bicycle", size=64, through=3, data=str(home))


def test_every_photo_knows_its_collection(home: Path, tmp_path: Path) -> None:
    real = load("airplane-bicycle", size=16, data=str(home))
    for part in (real.train, real.validation, real.test):
        expected = np.where(part.labels == 0, "archive", "street")
        assert part.latents["source"].tolist() == expected.tolist()
    run = train(real, None, TrainSpec(mix="1:0", steps=2, batch=4), tmp_path / "run")
    with np.load(run.folder / "predictions.npz") as file:
        assert file["test/source"].tolist() == real.test.latents["source"].tolist()


def test_photos_of_ones_own_have_none(photos: Path) -> None:
    assert load(photos, size=16).train.latents == {}
