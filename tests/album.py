"""Albums of photos in one colour, for the tests that read folders."""

from pathlib import Path

from PIL import Image


def photo(path: Path, colour: tuple[int, ...] = (200, 30, 30), size: tuple[int, int] = (20, 14),
          mode: str = "RGB") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path)


def album(root: Path, counts: dict[str, int], shade: int = 0) -> Path:
    """Photos by class, all different; those of another shade are others."""
    for name, count in counts.items():
        for k in range(count):
            photo(root / name / f"{k:03d}.png", (k % 256, shade, k // 256))
    return root
