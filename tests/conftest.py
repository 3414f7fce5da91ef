"""Shared fixtures: tiny meshes, photos and runs, made on the fly; no test sees the machine's own data or cache."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from made import CLASSES, drawn, make_meshes, make_photos

settings.register_profile("any machine", deadline=None)  # how long an example takes says nothing on a busy one
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _no_outside(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither the user's data folder nor their cache of downloads."""
    monkeypatch.delenv("MIXREAL_DATA", raising=False)
    monkeypatch.delenv("MIXREAL_DEBUG", raising=False)
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="session", autouse=True)
def _no_outside_data() -> Iterator[None]:
    """The same for what is made once for all tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MIXREAL_DATA", raising=False)
        yield


@pytest.fixture(scope="session")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of class folders of meshes: two balls and two cubes, in several formats. Read only."""
    return make_meshes(tmp_path_factory.mktemp("meshes"))


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of class folders of JPEG photos: 20 drawn balls and 20 drawn cubes. Read only."""
    return make_photos(tmp_path_factory.mktemp("photos"), 20)


@pytest.fixture(scope="session")
def tiny_runs(photos: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of four finished runs, real only and 1:1 with two seeds each, of four steps on tiny images."""
    from mixreal.datasets.dataset import Dataset
    from mixreal.learning.training import train
    from mixreal.learning.trainspec import TrainSpec
    from mixreal.real.sets import load

    root = tmp_path_factory.mktemp("runs")
    real = load(photos, size=16)
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    images = np.stack([drawn(rng, CLASSES[label], 16) for label in labels])
    synthetic = Dataset(images, labels, CLASSES, "synthetic", np.arange(24),
                        {"camera.elevation": rng.uniform(0, 30, 24).astype(np.float32)}, source="drawn images")
    for mix in ("1:0", "1:1"):
        for seed in (0, 1):
            train(real, synthetic, TrainSpec(mix=mix, steps=4, batch=8, seed=seed), root / f"{mix[2:]}-{seed}")
    yield root
