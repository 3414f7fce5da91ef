"""The layers of generators: norms and residual blocks, in images' layout or, on CPUs, place by place."""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal.learning.winograd import convolution
from mixreal.refining import kernels

EPS = 1e-5


def make_norm(kind: str, channels: int) -> nn.Module:
    """Batch norm with scale and offset, instance norm without, or nothing."""
    if kind == "batch":
        return nn.BatchNorm2d(channels, EPS)
    return nn.InstanceNorm2d(channels, EPS) if kind == "instance" else nn.Identity()


def conv(channels: int, filters: int, kernel: int, stride: int = 1, padding: int = 0, *, norm: str) -> nn.Conv2d:
    """A convolution with a bias where no norm follows that would take it away again."""
    return nn.Conv2d(channels, filters, kernel, stride, padding, bias=norm in ("none", "spectral"))


class ResidualBlock(nn.Module):
    """R128: two 3x3 convolutions with reflection padding, and the input added; nothing after the sum."""

    def __init__(self, channels: int, norm: Literal["batch", "instance", "none"], fast: bool) -> None:
        super().__init__()
        self.fast = fast
        self.conv1, self.norm1 = conv(channels, channels, 3, norm=norm), make_norm(norm, channels)
        self.conv2, self.norm2 = conv(channels, channels, 3, norm=norm), make_norm(norm, channels)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu_(self.norm1(_conv_reflected(self.conv1, x, self.fast)))
        out: Tensor = x + self.norm2(_conv_reflected(self.conv2, y, self.fast))
        return out

    def places(self, x: Tensor, height: int, width: int) -> Tensor:
        """The same on (height * width, b, c)."""
        y = F.relu_(_norm_places(self.norm1, _conv_places(self.conv1, x, height, width)))
        return x + _norm_places(self.norm2, _conv_places(self.conv2, y, height, width))


class Trunk(nn.Module):
    """Residual blocks one after the other."""

    def __init__(self, blocks: list[ResidualBlock], fast: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.fast = fast

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        if not (self.fast and multiplies_less(x) and kernels.fits(h, w)) or convolution.fits(x, self._weight()):
            for block in self.blocks:
                x = block(x)
            return x
        y = x.permute(2, 3, 0, 1).reshape(h * w, b, c)
        for block in self.blocks:
            assert isinstance(block, ResidualBlock)
            y = block.places(y, h, w)
        return y.view(h, w, b, c).permute(2, 3, 0, 1).contiguous(memory_format=torch.channels_last)

    def _weight(self) -> Tensor:
        first = self.blocks[0]
        assert isinstance(first, ResidualBlock)
        return first.conv1.weight


class FewManyConv(nn.Module):
    """Reflection padding and a convolution between an image's colours and many channels: c7s1-32, c7s1-3."""

    def __init__(self, layer: nn.Conv2d, fast: bool) -> None:
        super().__init__()
        self.conv = layer
        self.fast = fast

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (self.conv.kernel_size[0] // 2,) * 4, "reflect")
        if not (self.fast and multiplies_less(x)):
            out: Tensor = self.conv(x)
            return out
        few = self.conv.in_channels <= self.conv.out_channels
        y = (kernels.few_to_many if few else kernels.many_to_few)(x, self.conv.weight)
        return y if self.conv.bias is None else y + self.conv.bias.view(1, -1, 1, 1)


def multiplies_less(x: Tensor) -> bool:
    """Whether our own kernels are for this: float32 on a CPU, not being compiled."""
    return (x.device.type == "cpu" and x.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")
            and not torch.compiler.is_compiling())


def _conv_reflected(layer: nn.Conv2d, x: Tensor, fast: bool) -> Tensor:
    if fast and multiplies_less(x) and convolution.fits(x, layer.weight):
        out: Tensor = torch.ops.mixreal.conv3x3(x, layer.weight, True)
        return out if layer.bias is None else out + layer.bias.view(1, -1, 1, 1)
    out = layer(F.pad(x, (1, 1, 1, 1), "reflect"))
    return out


def _conv_places(layer: nn.Conv2d, x: Tensor, height: int, width: int) -> Tensor:
    y = kernels.reflected3x3(x, layer.weight, height, width)
    return y if layer.bias is None else y + layer.bias


def _norm_places(norm: nn.Module, x: Tensor) -> Tensor:
    """The norm of (places, b, c) as it would be of (b, c, h, w)."""
    if isinstance(norm, nn.BatchNorm2d):
        assert norm.momentum is not None
        return F.batch_norm(x.flatten(0, 1), norm.running_mean, norm.running_var, norm.weight, norm.bias,
                            norm.training, norm.momentum, norm.eps).view_as(x)
    if isinstance(norm, nn.InstanceNorm2d):
        variance, mean = torch.var_mean(x, 0, correction=0, keepdim=True)
        return (x - mean) * torch.rsqrt(variance + norm.eps)
    return x
