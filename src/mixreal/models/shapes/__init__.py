"""Procedural models: a random, but reproducible, member of each of the nine classes."""

from importlib import import_module

import numpy as np

from mixreal.errors import BadInput, did_you_mean
from mixreal.models.mesh import Mesh, normalised

CLASSES = ("airplane", "bicycle", "bus", "car", "horse", "motorcycle", "person", "train", "truck")


def procedural(class_name: str, seed: int) -> Mesh:
    """Model number `seed` (0, 1, 2, ...) of a class, normalised; the same on every machine.

    Raises BadInput for a class there is no generator for.
    """
    if class_name not in CLASSES:
        raise BadInput(f"no procedural models of {class_name!r}: {did_you_mean(class_name, CLASSES)}")
    key = np.random.SeedSequence([seed, *class_name.encode()])
    build = import_module(f"{__name__}.{class_name}").build
    return normalised(build(np.random.default_rng(key)))
