"""Meshes and photos made by the tests: balls and cubes."""

from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from PIL import Image, ImageDraw

CLASSES = ("ball", "cube")


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
