"""3x3 convolutions with fewer multiplications, for CPUs: Winograd's F(4x4, 3x3), forward and both gradients.

PyTorch's direct convolutions run near the core's peak; these do a quarter of their multiplications on maps whose side
is a multiple of 4, from 16, 32, 64 or 128 channels to as many (Lavin and Gray, "Fast algorithms for convolutional
neural networks", CVPR 2016). The sums are the same in another order: results differ by rounding, about 1e-5 of the
largest. One compiled step of ResNet-20 at batch 128 on one core: 0.29 s with PyTorch's, 0.20 s with these (AVX-512);
0.83 s and 0.53 s (AVX2).
"""

import math
import platform
from typing import Any

import torch
import warp as wp
from torch import Tensor, nn

from mixreal.learning.winograd.kernels import backward_kernel, block_of, convolve_kernel, strip
from mixreal.learning.winograd.threads import shared

#: Whether this processor's vectors are wide enough for it to pay.
ABLE = platform.machine() in ("x86_64", "AMD64") and torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
CHANNELS = (16, 32, 64, 128)  # whole vectors, whole blocks of registers; more, and weights would leave the cache

_G = torch.tensor([[1 / 4, 0, 0], [-1 / 6, -1 / 6, -1 / 6], [-1 / 6, 1 / 6, -1 / 6],
                   [1 / 24, 1 / 12, 1 / 6], [1 / 24, -1 / 12, 1 / 6], [0, 0, 1]], dtype=torch.float64)
FILTERS = torch.einsum("ai,bj->abij", _G, _G).reshape(36, 9).float()  # 3x3 weights to 36 frequencies


class Conv3x3(nn.Conv2d):
    """`nn.Conv2d(channels_in, channels_out, 3, stride, padding=1, bias=False)`; the quick way where it fits."""

    def __init__(self, channels_in: int, channels_out: int, stride: int = 1) -> None:
        super().__init__(channels_in, channels_out, 3, stride, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if self.stride == (1, 1) and fits(x, self.weight):
            out: Tensor = torch.ops.mixreal.conv3x3(x, self.weight)
            return out
        return super().forward(x)


def fits(x: Tensor, weight: Tensor) -> bool:
    """Whether (b, c, h, w) images and (o, c, 3, 3) weights can go the quick way."""
    b, c, h, w = x.shape
    o = weight.shape[0]
    return (x.device.type == "cpu" and x.dtype == weight.dtype == torch.float32 and h == w and h % 4 == 0 and b > 0
            and c in CHANNELS and o in CHANNELS and ABLE and not torch.is_autocast_enabled("cpu"))


@torch.library.custom_op("mixreal::conv3x3", mutates_args=())
def conv3x3(x: Tensor, weight: Tensor, reflect: bool = False) -> Tensor:
    """Convolution with zeros around, or the reflection: (b, c, s, s), (o, c, 3, 3) to (b, o, s, s), channels-last."""
    x = x.contiguous(memory_format=torch.channels_last)
    (b, c, side, _), o = x.shape, weight.shape[0]
    out = torch.empty((b, o, side, side), memory_format=torch.channels_last)
    filters = _frequencies(weight)
    kernel, blocks = convolve_kernel(side, c, o, reflect), -(-b * (side // 4) ** 2 // block_of(c, o))
    places = x.data_ptr(), filters.data_ptr(), out.data_ptr(), b
    shared(lambda first, count: _launch(kernel, places, first, count), blocks)
    return out


@torch.library.custom_op("mixreal::conv3x3_backward", mutates_args=())
def conv3x3_backward(grad: Tensor, x: Tensor, weight: Tensor, reflect: bool, to_x: bool,
                     to_weight: bool = True) -> tuple[Tensor, Tensor]:
    """Gradients of `conv3x3` by x and by its weights, empty where not asked for: frozen judges need the first alone."""
    (b, c, side, _), o = x.shape, weight.shape[0]
    grad, x = grad.contiguous(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    by_x = torch.empty_like(x) if to_x else x.new_empty(0)
    filters = _frequencies(weight.transpose(0, 1)) if to_x else x.new_empty(0)
    kernel, tiles, block = backward_kernel(side, c, o, reflect), (side // 4) ** 2, block_of(c, o)

    def add(first: int, count: int) -> Tensor:
        sums = x.new_zeros(36, c, o) if to_weight else x.new_empty(0)
        places = x.data_ptr(), grad.data_ptr(), filters.data_ptr(), by_x.data_ptr(), sums.data_ptr(), b
        _launch(kernel, places, first, count)
        return sums

    # Parts end where an image does.
    sums = shared(add, -(-b * tiles // block), math.lcm(tiles, block) // block)
    if not to_weight:
        return by_x, sums[0]
    by_weight = torch.stack(sums).sum(0) if len(sums) > 1 else sums[0]
    by_weight = (FILTERS.t() @ by_weight.view(36, -1)).view(3, 3, c, o).permute(3, 2, 0, 1)
    return by_x, by_weight.contiguous(memory_format=torch.channels_last)


def _frequencies(weight: Tensor) -> Tensor:
    """(o, c, 3, 3) to (36, o / strip, c, strip): what a strip of outputs is multiplied by lies together."""
    o, c = weight.shape[:2]
    taps = weight.view(o // strip(o), strip(o), c, 3, 3).permute(3, 4, 0, 2, 1)
    return FILTERS @ taps.reshape(9, -1)


def _launch(kernel: Any, places: tuple[int, ...], first: int, count: int) -> None:
    wp.launch(kernel, dim=count, inputs=[*places, first], device="cpu")


@conv3x3.register_fake
def _(x: Tensor, weight: Tensor, reflect: bool = False) -> Tensor:
    b, _, h, w = x.shape
    return torch.empty((b, weight.shape[0], h, w), dtype=x.dtype, device=x.device, memory_format=torch.channels_last)


@conv3x3_backward.register_fake
def _(grad: Tensor, x: Tensor, weight: Tensor, reflect: bool, to_x: bool,
      to_weight: bool = True) -> tuple[Tensor, Tensor]:
    return tuple(torch.empty_like(one, memory_format=torch.channels_last) if asked else x.new_empty(0)
                 for one, asked in ((x, to_x), (weight, to_weight)))  # type: ignore[return-value]


def _save(ctx: Any, inputs: tuple[Tensor, Tensor, bool], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:2])
    ctx.reflect = inputs[2]


def _backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
    x, weight = ctx.saved_tensors
    to_x, to_weight = ctx.needs_input_grad[:2]
    by_x, by_weight = torch.ops.mixreal.conv3x3_backward(grad, x, weight, ctx.reflect, to_x, to_weight)
    return (by_x if to_x else None), (by_weight if to_weight else None), None


conv3x3.register_autograd(_backward, setup_context=_save)
