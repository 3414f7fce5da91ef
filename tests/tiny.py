"""Tiny learnable image sets: each class has its own colour, with noise over it."""

import signal
from collections.abc import Callable

import numpy as np

from mixreal.datasets.dataset import Dataset
from mixreal.real.sets import RealData

CLASSES = ("bus", "car", "person")
COLOURS = np.array([[200, 60, 60], [60, 200, 60], [60, 60, 200], [200, 200, 60]])


def tiny(domain: str, n: int, *, size: int = 8, seed: int = 0, classes: tuple[str, ...] = CLASSES) -> Dataset:
    """`n` images of the classes in turn; "synthetic" ones are darker and have a latent."""
    rng = np.random.default_rng([seed, n, domain == "real"])
    labels = np.arange(n) % len(classes)
    shade = COLOURS[labels] * (1.0 if domain == "real" else 0.6)
    images = shade[:, None, None, :] + rng.normal(0, 40, (n, size, size, 3))
    latents = {} if domain == "real" else {"camera.elevation": rng.uniform(5, 40, n).astype(np.float32)}
    return Dataset(images.clip(0, 255).astype(np.uint8), labels.astype(np.int64), classes, domain,
                   np.arange(n, dtype=np.int64), latents, None, f"tiny {domain}")


def tiny_real(train: int = 12, test: int = 30, *, size: int = 8) -> RealData:
    """Real data with all four parts."""
    parts = [tiny("real", n, size=size, seed=k) for k, n in enumerate((train, 9, test, test + 15))]
    return RealData("tiny", CLASSES, *parts)


def stop_after(images: int) -> Callable[[int], None]:
    """An `on_progress` that presses Ctrl-C once so many images have been trained on."""
    seen = 0

    def stop(count: int) -> None:
        nonlocal seen
        seen += count
        if seen == images:
            signal.raise_signal(signal.SIGINT)

    return stop
