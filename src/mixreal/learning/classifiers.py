"""The paper's two classifiers, ResNet-20 and an AlexNet variant, and any model of timm by name."""

import importlib
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal.errors import BadInput, did_you_mean
from mixreal.learning.winograd.convolution import Conv3x3

NAMES = ("resnet20", "alexnet")


def build(name: str, classes: int, generator: torch.Generator, size: int) -> nn.Module:
    """A classifier with fresh weights drawn from `generator`, for (b, 3, size, size) images.

    It maps images to (b, classes) logits as `head(features(images))`, features being (b, d).
    """
    if classes < 2:
        raise BadInput(f"a classifier needs at least 2 classes, got {classes}")
    check_classifier(name)
    builders: dict[str, Callable[[], nn.Module]] = {
        "resnet20": lambda: ResNet20(classes), "alexnet": lambda: AlexNet(classes, size)}
    with torch.random.fork_rng(devices=[]):  # constructors draw from the global stream: leave it as it was
        if name.startswith("timm:"):
            torch.default_generator.manual_seed(int(torch.randint(2**62, (), generator=generator)))
            return TimmClassifier(name.removeprefix("timm:"), classes)
        model = builders[name]()
    _glorot(model, generator)
    return model


def check_takes(name: str, size: int) -> nn.Module:
    """A classifier of that name that takes images of that size, to look at; `BadInput` if there is none."""
    model = build(name, 2, torch.Generator().manual_seed(0), size).eval()
    if name.startswith("timm:"):
        try:
            with torch.no_grad():
                model(torch.zeros(1, 3, size, size))
        except (AssertionError, RuntimeError, ValueError) as error:
            line = (str(error) or type(error).__name__).splitlines()[0][:200]
            raise BadInput(f"{name} does not take images of {size} px ({line}): "
                           "use another --size, or resnet20") from None
    return model


def check_classifier(name: str) -> None:
    """`BadInput` for a name that is no classifier's; whether timm has its own is seen when it is built."""
    if name not in NAMES and not name.startswith("timm:"):
        raise BadInput(f"unknown classifier {name!r}: {did_you_mean(name, [*NAMES, 'timm:NAME'])}")


class ResNet20(nn.Module):
    """C16-3-1-1, B16-3-1, B32-3-2, B64-3-2, AvgPooling (App. 3.1; He et al. 2016): 19 convolutions and a linear map."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        blocks = [Residual(16, 16, 1) for _ in range(3)]  # (16, s, s)
        blocks += [Residual(16, 32, 2), Residual(32, 32, 1), Residual(32, 32, 1)]  # (32, s/2, s/2)
        blocks += [Residual(32, 64, 2), Residual(64, 64, 1), Residual(64, 64, 1)]  # (64, s/4, s/4)
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(64, classes)

    def features(self, x: Tensor) -> Tensor:
        """(b, 3, s, s) to (b, 64): the mean over places of the last block's channels."""
        x = F.relu(self.norm(self.first(x)), inplace=True)
        out: Tensor = self.blocks(x).mean((2, 3))
        return out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.features(x))
        return out


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut without parameters.

    Where the shape changes, the shortcut takes every other pixel and lacks the new channels (He et al., option A).
    """

    def __init__(self, channels_in: int, channels_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = Conv3x3(channels_in, channels_out, stride)
        self.norm1 = nn.BatchNorm2d(channels_out)
        self.conv2 = Conv3x3(channels_out, channels_out)
        self.norm2 = nn.BatchNorm2d(channels_out)
        self.stride = stride
        self.added = channels_out - channels_in

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        if self.stride > 1:
            x = x[:, :, ::self.stride, ::self.stride]
        if self.added:
            x = F.pad(x, (0, 0, 0, 0, 0, self.added))
        return F.relu(y + x, inplace=True)


class AlexNet(nn.Module):
    """C64-11-4-2, M, C192-5-1-2, M, C384-3-1-1, C256-3-1-1 twice, M, D4096 twice with dropout (App. 2.1).

    At 227 px the last maps are 6x6. At other sizes adaptive pooling makes them 6x6; below 63 px it takes the
    place of the last M, whose window would not fit.
    """

    def __init__(self, classes: int, size: int) -> None:
        super().__init__()
        if size < 31:
            raise BadInput(f"alexnet needs images of at least 31 px, got {size}: use a larger size, or resnet20")
        self.maps = nn.Sequential(
            nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(True), nn.MaxPool2d(3, 2),  # 227 px: (64, 27, 27)
            nn.Conv2d(64, 192, 5, 1, 2), nn.ReLU(True), nn.MaxPool2d(3, 2),  # (192, 13, 13)
            nn.Conv2d(192, 384, 3, 1, 1), nn.ReLU(True),
            nn.Conv2d(384, 256, 3, 1, 1), nn.ReLU(True),
            nn.Conv2d(256, 256, 3, 1, 1), nn.ReLU(True),
            nn.MaxPool2d(3, 2) if size >= 63 else nn.Identity())  # (256, 6, 6)
        self.dense = nn.Sequential(nn.Linear(256 * 6 * 6, 4096), nn.ReLU(True), nn.Dropout(0.5),
                                   nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(0.5))
        self.head = nn.Linear(4096, classes)

    def features(self, x: Tensor) -> Tensor:
        """(b, 3, s, s) to (b, 4096)."""
        maps: Tensor = self.maps(x)
        first, rest = self.dense[0], self.dense[1:]
        assert isinstance(first, nn.Linear)
        if maps.shape[-1] > 1:
            hidden = first(F.adaptive_avg_pool2d(maps, 6).flatten(1))
        else:  # pooling would repeat the one pixel 36 times: its weights are added up instead, a fifth of the time less
            hidden = F.linear(maps.flatten(1), first.weight.unflatten(1, (-1, 36)).sum(2), first.bias)
        out: Tensor = rest(hidden)
        return out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.features(x))
        return out


class TimmClassifier(nn.Module):
    """A model of timm without pretrained weights, cut into features and head."""

    def __init__(self, name: str, classes: int) -> None:
        super().__init__()
        try:
            timm = importlib.import_module("timm")
        except Exception as error:  # timm's own imports fail in many ways, a broken torchvision being one
            raise BadInput(f"classifier 'timm:{name}' needs timm, which does not import ({error}): "
                           "pip install timm, or use resnet20") from error
        if not timm.is_model(name):
            raise BadInput(f"timm has no model {name!r}: {did_you_mean(name, timm.list_models())}")
        self.model = timm.create_model(name, pretrained=False, num_classes=classes)
        self.head = self.model.get_classifier()
        self.model.reset_classifier(0)  # what is left gives the features

    def features(self, x: Tensor) -> Tensor:
        """(b, 3, s, s) to (b, d): the pooled features that timm puts before its classifier."""
        out: Tensor = self.model(x)
        return out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.features(x))
        return out


def _glorot(model: nn.Module, generator: torch.Generator) -> None:
    """Glorot-uniform weights and zero biases (App. 2.2, 3.2); batch norm keeps scale 1 and offset 0."""
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.xavier_uniform_(module.weight, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
