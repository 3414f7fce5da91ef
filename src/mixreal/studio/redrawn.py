"""An image of a dataset as TOML: the ranges of a recipe that draws its latents again."""

import math
from typing import Any

import numpy as np

from mixreal.datasets.columnfiles import columns_at
from mixreal.spec import to_toml
from mixreal.studio.gallery import Album, known_variations
from mixreal.studio.study import values_of


def as_ranges(album: Album, row: int) -> str:
    """What draws every latent of one image that a built-in control has; what merging or a plug-in added is none."""
    latents = columns_at(album.latents, np.array([row]))
    ranges = {name: value for variation in known_variations()
              for name, value in values_of(latents, variation).items() if _there(value)}
    return to_toml({"ranges": ranges})


def _there(value: Any) -> bool:
    """Whether it was recorded: merging fills up what a set lacks."""
    if isinstance(value, str):
        return value != ""
    return all(math.isfinite(number) for number in (value if isinstance(value, list) else [value]))
