"""Shared fixtures: tiny meshes, photos and runs, made on the fly; no test sees the machine's own data or cache."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from PIL import Image, ImageDraw

CLASSES = ("ball", "cube")  # of the tiny meshes and photos


@pytest.fixture(autouse=True)
def _no_outside(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Neither the user's data folder nor their cache of downloads."""
    monkeypatch.delenv("MIXREAL_DATA", raising=False)
    monkeypatch.delenv("MIXREAL_DEBUG", raising=False)
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


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
    from mixreal.dataset import Dataset
    from mixreal.real import load
    from mixreal.training import train
    from mixreal.trainspec import TrainSpec

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


def make_meshes(root: Path) -> Path:
    """Two balls (.glb, .ply) and two cubes (.glb, .obj) below `root`."""
    shapes = {"ball/round.glb": trimesh.creation.icosphere(2), "ball/long.ply": trimesh.creation.capsule(1.0, 0.5),
              "cube/even.glb": trimesh.creation.box((1, 1, 1)), "cube/flat.obj": trimesh.creation.box((2, 1, 2))}
    for name, mesh in shapes.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mesh.export(path)
    return root


def make_photos(root: Path, count: int, classes: tuple[str, ...] = CLASSES, size: int = 24) -> Path:
    """`count` JPEG files a class below `root`."""
    rng = np.random.default_rng(7)
    for name in classes:
        (root / name).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            Image.fromarray(drawn(rng, name, size)).save(root / name / f"{k:02d}.jpg", quality=92)
    return root


def drawn(rng: np.random.Generator, name: str, size: int) -> NDArray[np.uint8]:
    """(size, size, 3): a disc for "ball", else a rectangle, of random place and colour on noise."""
    image = Image.fromarray(rng.integers(0, 90, (size, size, 3), np.uint8))
    x, y = rng.uniform(0.1, 0.3, 2) * size
    box = [x, y, x + 0.55 * size, y + 0.55 * size]
    colour = tuple(int(v) for v in rng.integers(120, 256, 3))
    pen = ImageDraw.Draw(image)
    (pen.ellipse if name == "ball" else pen.rectangle)(box, fill=colour)
    return np.asarray(image)
