"""The generator's convolutions as fewer multiplications, for CPUs: the same sums in another order.

`reflected3x3` is Winograd's F(4x4, 3x3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR
2016) over whole small maps: reflection padding, tiling and transform are two constant matrices, one for each side, so
that a layer is a few matrix products with a quarter of the multiplications. `few_to_many` and `many_to_few` are
convolutions between an image's three channels and many: libraries pad those three to the width of a register, and
waste most of it.
Whole maps are for what `mixreal.learning.winograd` does not take. Measured on one core with AVX2 against `F.conv2d`,
forward and backward, 128 channels at 8x8 px, batch 32: 16 to 19 ms instead of 28 (there 12); with AVX-512 the last 7x7
layer 5 instead of 26 ms. Results differ by rounding alone, about 1e-5 of the largest.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from mixreal.learning.winograd.convolution import FILTERS

LARGEST = 144  # places of a map that dense transforms are worth: 12 x 12

# Winograd's F(4, 3): y = A^T [(G g) * (B^T d)] for six inputs d, three weights g and four outputs y; G is in FILTERS.
_BT = np.array([[4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0],
                [0, -2, -1, 2, 1, 0], [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1]], np.float64)
_AT = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], np.float64)


def fits(height: int, width: int) -> bool:
    """Whether `reflected3x3` pays for maps of that size."""
    return min(height, width) >= 2 and height * width <= LARGEST


def reflected3x3(x: Tensor, weight: Tensor, height: int, width: int) -> Tensor:
    """3x3 convolution with reflection padding of 1. (height * width, b, c) with (o, c, 3, 3) to (h * w, b, o)."""
    out: Tensor = _Winograd.apply(x, weight, height, width)
    return out


def few_to_many(x: Tensor, weight: Tensor) -> Tensor:
    """Convolution without padding from few channels to many: (b, c, h, w), (o, c, k, k) to (b, o, h-k+1, w-k+1)."""
    out: Tensor = _FewToMany.apply(x, weight)
    return out


def many_to_few(x: Tensor, weight: Tensor) -> Tensor:
    """The same from many channels to few."""
    out: Tensor = _ManyToFew.apply(x, weight)
    return out


class _Winograd(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, height: int, width: int) -> Tensor:
        forth, back = _transforms(height, width)
        b, o, c = x.shape[1], *weight.shape[:2]
        # (36, o, c), without moving a weight: `channels_last` ones lie in memory as (o, 9, c).
        u = torch.matmul(FILTERS, weight.permute(0, 2, 3, 1).reshape(o, 9, c)).transpose(0, 1)
        v = _by_frequency(_spread(x, *forth), c)
        ctx.save_for_backward(v, u)
        ctx.shape = height, width, b, c, o
        return _gather(torch.bmm(v, u.transpose(1, 2)), b, *back).view(height * width, b, o)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        (v, u), (height, width, b, c, o) = ctx.saved_tensors, ctx.shape
        forth, back = _transforms(height, width)
        product = _by_frequency(_spread(grads[0], back[0].t(), back[1].t()), o)
        to_x = to_weight = None
        if ctx.needs_input_grad[0]:
            to_x = _gather(torch.bmm(product, u), b, forth[0].t(), forth[1].t()).view(height * width, b, c)
        if ctx.needs_input_grad[1]:
            to_u = torch.bmm(product.transpose(1, 2), v).view(36, o * c)
            by_tap = (FILTERS.t() @ to_u).view(3, 3, o, c).permute(2, 3, 0, 1)
            to_weight = by_tap.contiguous(memory_format=torch.channels_last)
        return to_x, to_weight, None, None


def _spread(x: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Along the height, then along the width: (h * w, b, c) to (rows of `down`, rows of `right`, b * c)."""
    lines = (down @ x.reshape(down.shape[1], -1)).view(len(down), right.shape[1], -1)
    return torch.bmm(right.expand(len(down), *right.shape), lines)


def _by_frequency(spread: Tensor, channels: int) -> Tensor:
    """As matrix products take it: (36, tiles * b, channels)."""
    rows, columns = len(spread) // 6, spread.shape[1] // 6
    tiles = spread.view(rows, 36, columns, -1, channels)
    return tiles.transpose(0, 1).reshape(36, -1, channels)


def _gather(product: Tensor, b: int, up: Tensor, left: Tensor) -> Tensor:
    """The way back: (36, tiles * b, c) to (h, w * b * c)."""
    rows, columns = up.shape[1] // 6, left.shape[1] // 6
    tiles = product.view(36, rows, columns * b, -1).transpose(0, 1)
    lines = tiles.reshape(6 * rows, 6 * columns, -1)
    return up @ torch.bmm(left.expand(len(lines), *left.shape), lines).view(len(lines), -1)


class _FewToMany(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        edge = weight.shape[-1] - 1
        to_x = to_weight = None
        if ctx.needs_input_grad[0]:  # the sum over outputs that a pixel went into: weights turned about
            to_x = _rows_then_sum(F.pad(grads[0], (edge, edge)), weight.flip(2, 3).transpose(0, 1), whole=True)
        if ctx.needs_input_grad[1]:
            to_weight = _weight_gradient(grads[0], x, weight)
        return to_x, to_weight


class _ManyToFew(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _rows_then_sum(x, weight)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        edge = weight.shape[-1] - 1
        turned = weight.flip(2, 3).transpose(0, 1)  # (many, few, k, k)
        wide = F.pad(grads[0], (edge,) * 4)
        to_x = F.conv2d(wide, turned) if ctx.needs_input_grad[0] else None
        to_weight = None
        if ctx.needs_input_grad[1]:  # as of the turned convolution, which makes x of `wide`
            to_weight = _weight_gradient(x, wide, turned).flip(2, 3).transpose(0, 1)
        return to_x, to_weight


def _weight_gradient(grad: Tensor, x: Tensor, weight: Tensor) -> Tensor:
    """Of `F.conv2d(x, weight)`, where `grad` is the gradient of its output."""
    found: Tensor = torch.ops.aten.convolution_backward(
        grad, x, weight, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1, [False, True, False])[1]
    return found


def _rows_then_sum(x: Tensor, weight: Tensor, whole: bool = False) -> Tensor:
    """Convolve with each row of the weights for itself, k times as many outputs; then add, each a row lower.

    `whole`: as if x had k - 1 rows of zeros above and below.
    """
    few, many, k, _ = weight.shape
    rows = F.conv2d(x, weight.permute(2, 0, 1, 3).reshape(k * few, many, 1, k))  # (b, k * few, h, w - k + 1)
    parts = rows.permute(0, 2, 3, 1).unflatten(3, (k, few))
    b, h, w = parts.shape[:3]
    if whole:
        out = parts.new_zeros(b, h + k - 1, w, few)
        for i in range(k):
            out[:, k - 1 - i:k - 1 - i + h] += parts[:, :, :, i]
    else:
        out = parts[:, :h - k + 1, :, 0].clone(memory_format=torch.contiguous_format)
        for i in range(1, k):
            out += parts[:, i:i + h - k + 1, :, i]
    return out.permute(0, 3, 1, 2)


@lru_cache(maxsize=16)
def _transforms(height: int, width: int) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
    """Of a map to frequencies of tiles, along its height and its width: ((6 tiles, h), (6 tiles, w)); and back:
    ((h, 6 tiles), (w, 6 tiles)).

    Along the height, tiles come before frequencies, so that a row of tiles lies together; along the width, after.
    """
    (down, up), (right, left) = _axis(height), _axis(width)
    along = (down.transpose(1, 0, 2).reshape(-1, height), right.reshape(-1, width),
             up.transpose(0, 2, 1).reshape(height, -1), left.reshape(width, -1))
    forth_h, forth_w, back_h, back_w = (torch.from_numpy(np.ascontiguousarray(one)).float() for one in along)
    return (forth_h, forth_w), (back_h, back_w)


def _axis(n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Along one side of n px: (6, tiles, n) with reflection and tiling in it, and (n, 6, tiles) back."""
    tiles = -(-n // 4)
    places = np.abs(np.arange(-1, n + 1))
    padded = np.zeros((4 * tiles + 2, n))
    padded[:n + 2] = np.eye(n)[np.where(places >= n, 2 * n - 2 - places, places)]
    forth = np.stack([_BT @ padded[4 * k:4 * k + 6] for k in range(tiles)], 1)
    back = np.zeros((n, 6, tiles))
    for k in range(tiles):
        back[4 * k:4 * k + 4, :, k] = _AT[:min(4, n - 4 * k)]
    return forth, back
