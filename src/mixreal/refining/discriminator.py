"""Discriminators: is a patch of the image one of the domain, or translated? From the paper's notation (App. 6.1)."""

from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from mixreal.errors import BadInput
from mixreal.refining.blocks import conv, make_norm
from mixreal.refining.notation import discriminator_layers
from mixreal.refining.spec import RefineSpec

SLOPE = 0.2  # of LeakyReLU below zero


class Discriminator(nn.Module):
    """(b, 3, h, w) in [-1, 1] to (b, 1, h', w'): one number a patch, near 1 for images of the domain.

    Ck: 4x4 convolution, stride 2 (the last `d_last_stride`), norm, LeakyReLU; the first without norm. Then a 4x4
    convolution to one channel, as in CycleGAN's code.
    """

    def __init__(self, spec: RefineSpec) -> None:
        super().__init__()
        layers = discriminator_layers(spec.discriminator)
        modules: list[nn.Module] = []
        channels = 3
        for k, layer in enumerate(layers):
            norm = "none" if k == 0 else spec.d_norm
            stride = spec.d_last_stride if k == len(layers) - 1 and k > 0 else layer.stride
            modules += [conv(channels, layer.filters, 4, stride, 1, norm=norm), make_norm(norm, layer.filters),
                        nn.LeakyReLU(SLOPE, inplace=True)]
            channels = layer.filters
        modules.append(nn.Conv2d(channels, 1, 4, 1, 1))
        if spec.d_norm == "spectral":
            modules = [spectral_norm(m) if isinstance(m, nn.Conv2d) else m for m in modules]
        self.layers = nn.Sequential(*(m for m in modules if not isinstance(m, nn.Identity)))
        self.rows_apart = spec.d_norm != "batch"  # whether one image's answer is independent of its neighbours

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.layers(x)
        return out


def check_size(spec: RefineSpec, height: int, width: int) -> None:
    """`BadInput` for images that nothing is left of after the last layer."""
    layers = discriminator_layers(spec.discriminator)
    side = min(height, width)
    for k in range(len(layers)):
        stride = spec.d_last_stride if k == len(layers) - 1 and k > 0 else 2
        side = (side - 2) // stride + 1
    if side < 2:
        raise BadInput(f"discriminator {spec.discriminator!r} leaves nothing of images of {height}x{width} px: "
                       "give fewer layers, or larger images")
