"""A classifier's answers on whole test sets."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mixreal.datasets.dataset import Images
from mixreal.learning.augment import as_float, normalise

MOST_AT_ONCE, PIXELS_AT_ONCE = 500, 1 << 22  # ResNet-20 takes some 200 bytes a pixel: a gigabyte at most


@torch.no_grad()
def logits(model: nn.Module, images: Images, mean: Tensor, std: Tensor) -> NDArray[np.float32]:
    """(n, h, w, 3) uint8 to (n, classes) float32, in evaluation mode; the model's mode is put back afterwards."""
    training = model.training
    model.eval()
    parts = []
    step = at_once(*images.shape[1:3])
    for start in range(0, len(images), step):
        chunk = torch.from_numpy(np.array(images[start:start + step])).to(mean.device)
        parts.append(model(normalise(as_float(chunk), mean, std)).float().cpu().numpy())
    model.train(training)
    return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)


def at_once(height: int, width: int) -> int:
    """How many images of that size to take at a time."""
    return min(max(PIXELS_AT_ONCE // (height * width), 1), MOST_AT_ONCE)


def thinned(count: int, most: int) -> NDArray[np.int64]:
    """Indices of at most `most` of `count` images, evenly spread: the points of a curve need no more."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)) if count else np.zeros(
        0, np.int64)


def channel_statistics(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Each channel's mean and standard deviation, of pixels in [0, 1], over at most 10,000 images."""
    rows = thinned(len(images), 10_000)
    total, squares, count = np.zeros(3), np.zeros(3), 0
    for chunk in np.array_split(rows, -(-len(rows) // at_once(*images.shape[1:3]))):
        pixels = images[chunk].reshape(-1, 3).astype(np.float64) / 255
        total, squares, count = total + pixels.sum(0), squares + (pixels**2).sum(0), count + len(pixels)
    mean = total / count
    std = np.sqrt(np.maximum(squares / count - mean**2, 0))
    return _rounded(mean), _rounded(np.maximum(std, 1 / 255))  # a flat set must not divide by zero


def _rounded(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)
