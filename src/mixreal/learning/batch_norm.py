"""Batch norm over two domains: statistics shared, split while training, or re-estimated on real images alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm as BatchNorm  # what all widths of it have in common

from mixreal.datasets.dataset import Images
from mixreal.errors import BadInput
from mixreal.learning.augment import as_float, normalise
from mixreal.learning.evaluation import at_once

MOST = 10_000  # images to estimate from: more change nothing that can be seen


class DomainNorm(nn.BatchNorm2d):
    """Batch norm that normalises the real head of a minibatch and its synthetic rest each by its own statistics.

    Weight and bias are shared. The running statistics, used for evaluation, are the real images' (as in Chang et al.,
    "Domain-specific batch normalization", CVPR 2019, but with one set of affine parameters).
    """

    real = 0  # how many rows are real; 0 = one domain: plain batch norm

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not 0 < self.real < len(x):
            return super().forward(x)
        synthetic = F.batch_norm(x[self.real:], None, None, self.weight, self.bias, True, 0.0, self.eps)
        return torch.cat([super().forward(x[:self.real]), synthetic])


def with_domain_norm(model: nn.Module) -> nn.Module:
    """The model with every 2D batch norm replaced by a `DomainNorm` of the same parameters, in place."""
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if type(layer) is nn.BatchNorm2d:
                split = DomainNorm(layer.num_features, layer.eps, layer.momentum, layer.affine)
                split.load_state_dict(layer.state_dict())
                setattr(parent, name, split)
    others = {type(layer).__name__ for layer in layers(model) if not isinstance(layer, DomainNorm)}
    if others or not layers(model):
        raise BadInput(f'norm = "split" works on nn.BatchNorm2d, and this classifier has '
                       f'{", ".join(sorted(others)) or "no batch norm"}: use norm = "shared" or "real"')
    return model


def set_real(model: nn.Module, count: int) -> None:
    """Tell every `DomainNorm` how many rows at the head of the next minibatch are real."""
    for layer in layers(model):
        if isinstance(layer, DomainNorm):
            layer.real = count


def has_batch_norm(model: nn.Module) -> bool:
    """Whether any layer keeps running statistics."""
    return any(module.track_running_stats for module in layers(model))


@contextmanager
def statistics_of(model: nn.Module, images: Images, mean: Tensor, std: Tensor) -> Iterator[None]:
    """Inside, the model's running statistics are those of `images` (n, h, w, 3), unaugmented; after, its own again.

    Every layer's mean and variance are averages over chunks of up to 500 images, with all layers before it
    normalising by the chunk's own statistics, as in training.
    """
    saved = [(layer, layer.momentum, {name: value.clone() for name, value in layer.named_buffers()})
             for layer in layers(model)]
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
def _estimate(model: nn.Module, images: Images, mean: Tensor, std: Tensor) -> None:
    rows = np.linspace(0, len(images) - 1, min(len(images), MOST)).astype(np.int64)  # spread over all of them
    model.eval()
    set_real(model, 0)  # these are of one domain
    for layer in layers(model):
        layer.reset_running_stats()
        layer.momentum = None  # a plain average over the chunks
        layer.train()
    for chunk in np.array_split(rows, -(-len(rows) // at_once(*images.shape[1:3]))):
        model(normalise(as_float(torch.from_numpy(images[chunk]).to(mean.device)), mean, std))
    model.eval()


def layers(model: nn.Module) -> list[BatchNorm]:
    """Its batch norms of all widths, in the order of its modules."""
    return [module for module in model.modules() if isinstance(module, BatchNorm)]
