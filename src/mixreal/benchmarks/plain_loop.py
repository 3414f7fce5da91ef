"""The peer of our training loop: a DataLoader over a Dataset that transforms image by image, as people write it."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
import torch.utils.data
from torch import Tensor, nn

from mixreal.datasets.dataset import Dataset
from mixreal.learning.augment import CONTRAST, ILLUMINATION, NOISE, SHEAR
from mixreal.learning.classifiers import build
from mixreal.learning.evaluation import channel_statistics
from mixreal.learning.trainspec import TrainSpec
from mixreal.learning.winograd.convolution import Conv3x3


class Photos(torch.utils.data.Dataset[tuple[Tensor, int]]):
    """The same augmentations as ours (mixreal.learning.augment), one image at a time, then normalised."""

    def __init__(self, dataset: Dataset, augment: tuple[str, ...] = ("crop", "flip")) -> None:
        self.images, self.labels, self.augment = dataset.images, dataset.labels, augment
        mean, std = channel_statistics(dataset.images)
        self.mean, self.std = torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, i: int) -> tuple[Tensor, int]:
        image = torch.from_numpy(self.images[i]).permute(2, 0, 1).float() / 255
        if "crop" in self.augment:
            side = image.shape[1]
            border = side // 8
            image = F.pad(image.unsqueeze(0), (border,) * 4, mode="reflect")[0]
            top, left = torch.randint(0, 2 * border + 1, (2,)).tolist()
            image = image[:, top:top + side, left:left + side]
        if "flip" in self.augment and torch.rand(()) < 0.5:
            image = image.flip(2)
        if "shear" in self.augment:
            theta = torch.tensor([[1.0, _uniform(SHEAR), 0.0], [0.0, 1.0, 0.0]])
            grid = F.affine_grid(theta.unsqueeze(0), [1, *image.shape], align_corners=False)
            image = F.grid_sample(image.unsqueeze(0), grid, padding_mode="reflection", align_corners=False)[0]
        if "contrast" in self.augment:
            mean = image.mean()
            image = (mean + math.exp(_uniform(CONTRAST)) * (image - mean)).clamp(0, 1)
        if "illumination" in self.augment:
            image = (image * math.exp(_uniform(ILLUMINATION))).clamp(0, 1)
        if "noise" in self.augment:
            image = image + torch.randn_like(image) * (NOISE * float(torch.rand(())))
        return (image - self.mean) / self.std, int(self.labels[i])


def open_plain_loop(dataset: Dataset, spec: TrainSpec, device: str, workers: int) -> Callable[[float], float]:
    """A function that trains for about so many seconds and tells images/s: PyTorch's defaults, shuffled, float32."""
    model = build(spec.classifier, len(dataset.classes), torch.Generator().manual_seed(0), dataset.images.shape[1])
    with_torchs_convolutions(model)
    model.to(device).train()
    optimizer: torch.optim.Optimizer = torch.optim.SGD(model.parameters(), spec.lr, spec.momentum,
                                                       weight_decay=spec.weight_decay)
    loader: torch.utils.data.DataLoader[Any] = torch.utils.data.DataLoader(
        Photos(dataset, spec.augment), spec.batch, shuffle=True, num_workers=workers, drop_last=True,
        pin_memory=device != "cpu", persistent_workers=workers > 0)
    batches = _endless(loader)

    def work(seconds: float) -> float:
        start, steps = time.perf_counter(), 0
        while True:
            images, labels = next(batches)
            images, labels = images.to(device, non_blocking=True), labels.to(device, non_blocking=True)
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            steps += 1
            if time.perf_counter() - start >= seconds:
                loss.item()  # waits for the device
                return steps * spec.batch / (time.perf_counter() - start)

    return work


def with_torchs_convolutions(model: nn.Module) -> None:
    """Put PyTorch's own in the place of ours: the peer is the same network as anyone would have written it."""
    for parent in list(model.modules()):
        for name, layer in parent.named_children():
            if isinstance(layer, Conv3x3):
                own = nn.Conv2d(layer.in_channels, layer.out_channels, 3, layer.stride[0], 1, bias=False)
                own.load_state_dict(layer.state_dict())
                setattr(parent, name, own)


def _uniform(most: float) -> float:
    return (2 * float(torch.rand(())) - 1) * most


def _endless(loader: "torch.utils.data.DataLoader[Any]") -> Iterator[tuple[Tensor, Tensor]]:
    while True:
        yield from loader
