"""How far a classifier's features of refined images lie from those of the images it learnt from, layer by layer."""

from typing import Any

import torch
from torch import Tensor, nn

from mixreal.learning.batch_norm import layers


def look(classifier: nn.Module, images: Tensor) -> tuple[Tensor, Tensor]:
    """Logits (b, classes) of normalised images (b, 3, h, w), and (), the mean gap over all layers with batch norm.

    The classifier is in evaluation mode: its running statistics are the features of the images it learnt from, and
    the minibatch should have the same ("Dreaming to distill", Yin et al., CVPR 2020). Gradients pass through both.
    """
    gaps: list[Tensor] = []

    def heard(layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        assert isinstance(layer.running_mean, Tensor) and isinstance(layer.running_var, Tensor)
        gaps.append(gap(inputs[0].float(), layer.running_mean, layer.running_var))

    handles = [layer.register_forward_pre_hook(heard) for layer in layers(classifier)]
    try:
        out: Tensor = classifier(images)
    finally:
        for handle in handles:
            handle.remove()
    return out, torch.stack(gaps).mean()


def gap(maps: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    """() the mean over channels of ((m - mean)^2 + (s - sigma)^2) / sigma^2, m and s of maps (b, c, h, w).

    The squared 2-Wasserstein distance of two normal distributions, in units of the second's variance.
    """
    var, m = torch.var_mean(maps, (0, 2, 3), correction=0)
    scale = (variance + 1e-5).sqrt()
    return (((m - mean) / scale).square() + ((var + 1e-5).sqrt() / scale - 1).square()).mean()
