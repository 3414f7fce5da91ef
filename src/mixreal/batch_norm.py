"""Batch-norm statistics: those gathered while two domains shared each minibatch, or those of real images alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm as BatchNorm  # what all widths of it have in common

from mixreal.augment import as_float, normalise

MOST = 10_000  # images to estimate from: more change nothing that can be seen
CHUNK = 500


def has_batch_norm(model: nn.Module) -> bool:
    """Whether any layer keeps running statistics."""
    return any(module.track_running_stats for module in _layers(model))


@contextmanager
def statistics_of(model: nn.Module, images: NDArray[np.uint8], mean: Tensor, std: Tensor) -> Iterator[None]:
    """Inside, the model's running statistics are those of `images` (n, h, w, 3), unaugmented; after, its own again.

    Every layer's mean and variance are averages over chunks of about 500 images, with all layers before it
    normalising by the chunk's own statistics, as in training.
    """
    saved = [(layer, layer.momentum, {name: value.clone() for name, value in layer.named_buffers()})
             for layer in _layers(model)]
    training = model.training
    try:
        _estimate(model, images, mean, std)
        yield
    finally:
        for layer, momentum, buffers in saved:
            layer.momentum = momentum
            for name, value in layer.named_buffers():
                value.copy_(buffers[name])
        model.train(training)


@torch.no_grad()
def _estimate(model: nn.Module, images: NDArray[np.uint8], mean: Tensor, std: Tensor) -> None:
    rows = np.linspace(0, len(images) - 1, min(len(images), MOST)).astype(np.int64)  # spread over all of them
    model.eval()
    for layer in _layers(model):
        layer.reset_running_stats()
        layer.momentum = None  # a plain average over the chunks
        layer.train()
    for chunk in np.array_split(rows, -(-len(rows) // CHUNK)):
        model(normalise(as_float(torch.from_numpy(images[chunk]).to(mean.device)), mean, std))
    model.eval()


def _layers(model: nn.Module) -> list[BatchNorm]:
    return [module for module in model.modules() if isinstance(module, BatchNorm)]
