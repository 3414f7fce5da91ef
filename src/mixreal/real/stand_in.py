"""A stand-in for real photos where there are none: held-out procedural models, seen by another camera elsewhere."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from mixreal.datasets.dataset import Dataset, select
from mixreal.datasets.produce import produce
from mixreal.real.sets import AIRPLANE_BICYCLE, DA4, DA9, RealData, limited
from mixreal.reporting.findings import STAND_IN
from mixreal.spec import RenderSpec, fingerprint, rendered_by

HELD_OUT = 100_000  # the first model's seed: no other spec gets near it
TEST, VALIDATION = 50, 50  # images a class, as CIFAR-DA has; fewer where there are few

#: Another look than the default's: low warm light, a longer look down, a poorer camera, other surfaces.
LOOK = {
    "lighting.warmth": [0.15, 0.35], "lighting.sun": [1.5, 3.5], "lighting.sun_elevation": [8, 35],
    "camera.elevation": [8, 40], "camera.fill": [0.5, 0.95], "background.kind": "picture",
    "background.zoom": [0.2, 0.5], "background.gain": [0.4, 0.9], "texture.surface": ["own", "recoloured"],
    "sensor.blur": [0.5, 1.1], "sensor.red": [0.0, 0.25], "sensor.blue": [-0.3, 0.0], "sensor.contrast": [0.6, 0.95],
    "sensor.noise": [0.01, 0.06],
}


def open_stand_in(task: str, beside: Path, images: int, train: int, per_class: int, seed: int,
                  size: int = 32) -> RealData:
    """The stand-in for "cifar-da4", "cifar-da9" or "airplane-bicycle": `images` a class, `train` of them to train on,
    of which `seed` chooses `per_class`; rendered into a folder in `beside` unless it is there already."""
    classes = {"cifar-da4": DA4, "airplane-bicycle": AIRPLANE_BICYCLE}.get(task, DA9)
    spec = RenderSpec(classes=classes, images=images * len(classes), procedural=max(images // 10, 1),
                      first_model=HELD_OUT, size=size, ranges=LOOK, seed=HELD_OUT)
    whole = produce(spec, beside / f"stand-in-{fingerprint(rendered_by(spec))}")
    whole = replace(whole, domain="real", latents={})
    of_class = whole.index // len(classes)  # 0, 1, 2, ... within a class: classes come in turn
    held = images - train
    validation, test = min(VALIDATION, held // 3), min(TEST, held // 3)

    def part(name: str, low: int, high: int) -> Dataset:
        chosen = select(whole, np.flatnonzero((of_class >= low) & (of_class < high)))
        return replace(chosen, source=f"{STAND_IN}, {task} {name}")

    split = train + validation
    real = RealData(f"{STAND_IN}, {task}", classes, train=part("train", 0, train),
                    validation=part("validation", train, split), test=part("test", split, split + test),
                    test_large=part("all test images", split, images))
    return limited(real, per_class, seed)
