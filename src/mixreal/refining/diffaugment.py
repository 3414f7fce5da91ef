"""Augmentation of what discriminators see, own and translated images alike, with gradients through it.

Zhao et al., "Differentiable augmentation for data-efficient GAN training", NeurIPS 2020: colour, translation, cutout;
and noise, as classifiers are trained with.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from mixreal.learning.augment import noise

SHIFT, CUT = 1 / 8, 1 / 2  # shares of a side


def augment(x: Tensor, policy: tuple[str, ...], generator: torch.Generator, border: str = "constant") -> Tensor:
    """(b, 3, h, w) in [-1, 1] to the same; numbers but noise's are drawn on the CPU: every device sees the same ones.

    border: what comes in with a translation, "constant" (zero, grey) or "reflect", as classifiers are trained with.
    """
    if not policy:
        return x
    draws = torch.rand(7, len(x), 1, 1, 1, generator=generator).to(x.device)
    if "colour" in policy:
        x = _colour(x, *draws[:3])
    if "translation" in policy:
        x = _translation(x, draws[3], draws[4], border)
    if "cutout" in policy:
        x = _cutout(x, *draws[5:])
    if "noise" in policy:
        x = x + 2 * noise(x, generator)  # a range of [-1, 1] is twice as wide
    return x


def _colour(x: Tensor, brightness: Tensor, saturation: Tensor, contrast: Tensor) -> Tensor:
    """Brightness +-0.5, saturation 0 to 2 times, contrast 0.5 to 1.5 times."""
    x = x + (brightness - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (2 * saturation)
    mean = x.mean((1, 2, 3), keepdim=True)
    return mean + (x - mean) * (contrast + 0.5)


def _translation(x: Tensor, down: Tensor, right: Tensor, border: str) -> Tensor:
    """Moved by up to an eighth of a side each way."""
    b, _, h, w = x.shape
    most_h, most_w = max(round(h * SHIFT), 1), max(round(w * SHIFT), 1)
    rows = torch.arange(h, device=x.device).view(1, h) + (down.view(b, 1) * (2 * most_h + 1)).long()
    columns = torch.arange(w, device=x.device).view(1, w) + (right.view(b, 1) * (2 * most_w + 1)).long()
    padded = F.pad(x, (most_w, most_w, most_h, most_h), border).permute(0, 2, 3, 1)
    image = torch.arange(b, device=x.device).view(b, 1, 1)
    return padded[image, rows.view(b, h, 1), columns.view(b, 1, w)].permute(0, 3, 1, 2)


def _cutout(x: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """A square of half a side set to zero, its centre anywhere."""
    _, _, h, w = x.shape
    rows = torch.arange(h, device=x.device).view(1, 1, h, 1)
    columns = torch.arange(w, device=x.device).view(1, 1, 1, w)
    away = ((rows - down * h).abs() >= CUT * h / 2) | ((columns - right * w).abs() >= CUT * w / 2)
    return x * away
