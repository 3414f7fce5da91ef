"""Generators: an image of one domain to an image of the other, from the paper's notation (App. 6.1)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal.errors import BadInput
from mixreal.refining.blocks import FewManyConv, ResidualBlock, Trunk, conv, make_norm
from mixreal.refining.notation import Layer, generator_layers
from mixreal.refining.spec import RefineSpec


class Generator(nn.Module):
    """(b, 3, h, w) in [-1, 1] to the same, for images of any size and shape.

    c: reflection padding, convolution, norm, ReLU. d: 3x3, stride 2. R: residual block. u: 3x3 transposed, stride 2.
    The last layer has no norm, and tanh in place of ReLU.
    """

    def __init__(self, spec: RefineSpec) -> None:
        super().__init__()
        layers = generator_layers(spec.generator)
        fast = spec.kernels == "auto"
        modules: list[nn.Module] = []
        channels, k = 3, 0
        while k < len(layers) - 1:
            layer = layers[k]
            if layer.kind == "R":
                count = _run(layers, k)
                modules.append(Trunk([ResidualBlock(channels, spec.norm, fast) for _ in range(count)], fast))
                k += count
                continue
            modules += [*_layer(layer, channels, spec.norm, fast), make_norm(spec.norm, layer.filters),
                        nn.ReLU(inplace=True)]
            channels, k = layer.filters, k + 1
        modules.append(FewManyConv(conv(channels, 3, layers[-1].kernel, norm="none"), fast))
        self.layers = nn.Sequential(*modules)
        self.residual = spec.output == "residual"
        self.multiple = 2 ** sum(layer.kind == "d" for layer in layers)

    def forward(self, x: Tensor) -> Tensor:
        h, w = x.shape[2:]
        below, right = -h % self.multiple, -w % self.multiple
        padded = F.pad(x, (0, right, 0, below), "reflect") if below or right else x
        y = torch.tanh(self.layers(padded)[:, :, :h, :w])
        return (x + 2 * y).clamp(-1, 1) if self.residual else y

    def features(self, x: Tensor, after: tuple[int, ...]) -> list[Tensor]:
        """Maps after some of `layers`: what CUT compares patches by."""
        out = []
        for k, layer in enumerate(self.layers):
            x = layer(x)
            if k in after:
                out.append(x)
        return out


def check_size(spec: RefineSpec, height: int, width: int) -> None:
    """`BadInput` for images too small for the paddings: a map is reflected by fewer pixels than it has."""
    layers, low = generator_layers(spec.generator), min(height, width)
    multiple = 2 ** sum(layer.kind == "d" for layer in layers)
    deepest = -(-low // multiple)
    if -low % multiple >= low or deepest < 2 or max(one.kernel // 2 for one in layers if one.kind == "c") >= low:
        raise BadInput(f"generator {spec.generator!r} leaves maps of {deepest}x{deepest} px of images of "
                       f"{height}x{width} px: give fewer layers d, smaller kernels, or larger images")


def _layer(layer: Layer, channels: int, norm: str, fast: bool) -> list[nn.Module]:
    if layer.kind == "c":
        return [FewManyConv(conv(channels, layer.filters, layer.kernel, norm=norm), fast and channels <= 4)]
    if layer.kind == "d":
        return [conv(channels, layer.filters, 3, 2, 1, norm=norm)]
    return [nn.ConvTranspose2d(channels, layer.filters, 3, 2, 1, output_padding=1, bias=norm == "none")]


def _run(layers: tuple[Layer, ...], start: int) -> int:
    """How many residual blocks follow each other from `start` on."""
    count = 0
    while layers[start + count].kind == "R":
        count += 1
    return count
