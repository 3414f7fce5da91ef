"""The sets that stages map between: R, S and what frozen stages made of them, as floats, not rounded."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixreal.datasets.dataset import Dataset
from mixreal.real.sets import RealData

RESIDENT = 3 << 30  # bytes of translated images kept in memory; larger sets are translated a minibatch at a time
CHUNK = 256  # images translated at once

#: A frozen stage's generator: (b, 3, h, w) in [-1, 1] to the same, without gradients.
Translate = Callable[[Tensor], Tensor]


class Pixels:
    """A dataset's images as (b, 3, h, w) floats in [-1, 1] on a device, after none, one or more translations."""

    def __init__(self, dataset: Dataset, chain: tuple[Translate, ...], device: torch.device) -> None:
        self.labels = np.array(dataset.labels, np.int64)
        self.device = device
        classes = len(dataset.classes)
        self.by_class = [np.flatnonzero(self.labels == label) for label in range(classes)]
        self._chain = chain
        self._source = dataset.images
        self._floats: Tensor | None = None
        self._bytes: Tensor | None = None
        if chain and 4 * dataset.images.size <= RESIDENT:
            floats = torch.empty(len(self.labels), 3, *dataset.images.shape[1:3], device=device)
            for rows in shuffled(len(self.labels)):
                floats[torch.from_numpy(rows).to(device)] = self._translated(rows)
            self._floats = floats
        elif dataset.images.nbytes <= RESIDENT:
            self._bytes = torch.from_numpy(np.array(dataset.images)).to(device)

    def __len__(self) -> int:
        return len(self.labels)

    def __call__(self, rows: NDArray[np.int64]) -> Tensor:
        """The images of these rows."""
        if self._floats is not None:
            index = torch.from_numpy(rows).to(self.device)
            return self._floats.index_select(0, index).contiguous(memory_format=torch.channels_last)
        return self._translated(rows)

    def _translated(self, rows: NDArray[np.int64]) -> Tensor:
        images = self._originals(rows)
        for translate in self._chain:
            images = translate(images)
        return images

    def _originals(self, rows: NDArray[np.int64]) -> Tensor:
        if self._bytes is not None:
            found = self._bytes.index_select(0, torch.from_numpy(rows).to(self.device))
        else:
            found = torch.from_numpy(np.array(self._source[rows])).to(self.device)
        return as_pixels(found)


def shuffled(count: int) -> list[NDArray[np.int64]]:
    """All rows in chunks to translate: in no order of the file's, where classes may lie one after the other, and a
    minibatch's own statistics (translate_norm = "batch") would be those of one class."""
    order = np.random.default_rng(0).permutation(count)
    return [np.sort(part) for part in np.array_split(order, -(-count // CHUNK))] if count else []


@dataclass(frozen=True, eq=False)
class ImageSet:
    """A named set: the images it began as, in parts, and the frozen generators that they went through."""

    name: str  # "R", "RR", "S", "RRS"
    parts: dict[str, Dataset]  # "train"; of real images also "validation", "test", "test_large"
    chain: tuple[Translate, ...] = ()
    made_by: tuple[str, ...] = ()  # identities of the stages in the chain
    _kept: dict[tuple[str, str], Pixels] = field(default_factory=dict, repr=False)

    @property
    def train(self) -> Dataset:
        return self.parts["train"]

    @property
    def watched(self) -> str:
        """The part that is measured on: validation where there is one."""
        return "validation" if len(self.parts.get("validation", ())) else "train"

    def pixels(self, part: str, device: torch.device) -> Pixels:
        """Floats of one part; translated once and kept."""
        key = part, str(device)
        if key not in self._kept:
            self._kept[key] = Pixels(self.parts[part], self.chain, device)
        return self._kept[key]

    def refined(self, translate: Translate, identity: str) -> "ImageSet":
        """What one more frozen generator makes of it."""
        return replace(self, name="R" + self.name, chain=(*self.chain, translate),
                       made_by=(*self.made_by, identity), _kept={})


def real_set(real: RealData | Dataset) -> ImageSet:
    """R, with all its splits where they are known."""
    if isinstance(real, Dataset):
        return ImageSet("R", {"train": real})
    return ImageSet("R", {"train": real.train, "validation": real.validation, "test": real.test,
                          "test_large": real.test_large})


def synthetic_set(synthetic: Dataset) -> ImageSet:
    """S."""
    return ImageSet("S", {"train": synthetic})


def as_pixels(images: Tensor) -> Tensor:
    """(b, h, w, 3) uint8 to (b, 3, h, w) float32 in [-1, 1], channels last in memory."""
    return images.permute(0, 3, 1, 2).to(torch.float32).div_(127.5).sub_(1)


def as_bytes(pixels: Tensor) -> NDArray[np.uint8]:
    """(b, 3, h, w) in [-1, 1] to (b, h, w, 3) uint8, rounded."""
    found = pixels.float().add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(found.permute(0, 2, 3, 1).cpu().numpy())
