"""Pixels out of a picture in a page's address."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def pixels(address: str) -> NDArray[np.uint8]:
    """(h, w, channels) of a `data:image/...;base64,` address."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))))
