"""Minibatches with an exact real:synthetic ratio; step k is a pure function of (seed, k), so a resume is exact."""

import math
import re
import warnings
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixreal.datasets.dataset import RESIDENT, Dataset
from mixreal.datasets.imagefiles import ImageFiles
from mixreal.errors import BadInput
from mixreal.learning.ahead import Ahead
from mixreal.learning.windows import Windows
from mixreal.streaming import Fresh

REAL, SYNTHETIC = 0, 1  # the two walks' streams


@dataclass(frozen=True)
class Mix:
    """How many real images stand beside how many synthetic ones, in lowest terms."""

    real: int
    synthetic: int

    @staticmethod
    def parse(text: str) -> "Mix":
        """Read "1:7". `BadInput` unless two whole numbers, not both 0."""
        match = re.fullmatch(r"\s*([0-9]{1,9})\s*:\s*([0-9]{1,9})\s*", text)
        if not match:
            raise BadInput(f"mix {text!r} is not real:synthetic in whole numbers: write for example 1:7, "
                           "1:0 (real only) or 0:1 (synthetic only)")
        real, synthetic = int(match[1]), int(match[2])
        if real == synthetic == 0:
            raise BadInput(f"mix {text!r} asks for no images at all: write for example 1:1")
        common = math.gcd(real, synthetic)
        return Mix(real // common, synthetic // common)

    def counts(self, batch: int) -> tuple[int, int]:
        """(real, synthetic) images in a minibatch of `batch`; `BadInput` if it does not divide exactly."""
        parts = self.real + self.synthetic
        if batch < 1 or batch % parts:
            below = max(batch, 0) // parts * parts
            above = below + parts
            near = f"{below} or {above}" if below > 0 else f"{above}"
            raise BadInput(f"a minibatch of {batch} cannot be split {self} exactly: use {near}")
        return batch // parts * self.real, batch // parts * self.synthetic

    def __str__(self) -> str:
        return f"{self.real}:{self.synthetic}"


class Minibatch(NamedTuple):
    """One step's images: the real ones first."""

    images: Tensor  # (b, h, w, 3) uint8 sRGB
    labels: Tensor  # (b,) int64
    real: int  # how many are real


def minibatches(real: Dataset | None, synthetic: Dataset | Fresh | None, mix: Mix, batch: int, seed: int,
                start_step: int = 0, device: str | torch.device = "cpu", classes: tuple[str, ...] = (),
                evenly: bool = False) -> Generator[Minibatch, None, None]:
    """Minibatches without end from `start_step` on, on the device, each of exactly `mix.counts(batch)` images.

    Each domain walks through its own permutation, a new one each time it is through: at any step the numbers
    of times that two images of a domain were seen differ by at most 1. Sets in memory are permuted as a whole, those
    left in files by blocks and windows (`windows`). Fresh images are the recipe's next ones, labelled by `classes`
    (() = the recipe's own); none is seen twice. evenly: real images of all classes equally often, each class by
    permutations of its own; `BadInput` for real images left in files.
    """
    counts = mix.counts(batch)
    walks = [_walk(source, count, seed, stream, torch.device(device), classes, evenly and stream == REAL)
             for source, count, stream in ((real, counts[0], REAL), (synthetic, counts[1], SYNTHETIC)) if count]
    step = start_step
    try:
        while True:
            parts = [walk(step) for walk in walks]
            yield Minibatch(torch.cat([images for images, _ in parts]), torch.cat([labels for _, labels in parts]),
                            counts[0])
            step += 1
    finally:
        for walk in walks:
            walk.close()


def chosen(length: int, count: int, seed: int, stream: int, step: int) -> NDArray[np.int64]:
    """Which of `length` images are the `count` of this step: (count,) indices, a pure function of its arguments."""
    places = np.arange(step * count, (step + 1) * count)
    passes, offsets = places // length, places % length
    out = np.empty(count, np.int64)
    for number in np.unique(passes):
        mine = passes == number
        out[mine] = _permutation(length, seed, stream, int(number))[offsets[mine]]
    return out


def chosen_evenly(members: Sequence[NDArray[np.int64]], count: int, seed: int, stream: int,
                  step: int) -> NDArray[np.int64]:
    """`chosen`, of classes in turn: (count,) of their `members`' rows, a pure function of its arguments.

    The classes come in rounds, each of them once a round in an order of the round's own.
    """
    out = np.empty(count, np.int64)
    for row, place in enumerate(range(step * count, (step + 1) * count)):
        turn, slot = divmod(place, len(members))
        label = int(_short_permutation(len(members), seed, stream, turn, len(members))[slot])
        rows = members[label]
        number, offset = divmod(turn, len(rows))
        out[row] = rows[_short_permutation(len(rows), seed, stream, number, label)[offset]]
    return out


class _Walk(Protocol):
    """One domain's images, and the way through them."""

    def __call__(self, step: int) -> tuple[Tensor, Tensor]: ...

    def close(self) -> None: ...


def _walk(source: Dataset | Fresh | None, count: int, seed: int, stream: int, device: torch.device,
          classes: tuple[str, ...], evenly: bool) -> _Walk:
    if isinstance(source, Fresh):
        return Ahead(source, classes or source.classes, count, device)
    if source is None or len(source) == 0:
        name = ("real", "synthetic")[stream]
        raise BadInput(f"the mix asks for {count} {name} images a minibatch, and there are no {name} images: "
                       f"give some, or use mix {'0:1' if stream == REAL else '1:0'}")
    if isinstance(source.images, ImageFiles):
        if evenly:
            raise BadInput(f"evenly: {len(source):,} real images are left in their files, being more than "
                           f"{RESIDENT >> 30} GiB: take fewer, or leave evenly out")
        return _WalkOfFiles(source, source.images, count, seed, stream, device)
    return _WalkInMemory(source, count, seed, stream, device, evenly)


class _WalkInMemory:
    """Permutations of a set in memory: on the device if it is not too large, where it lies else."""

    def __init__(self, dataset: Dataset, count: int, seed: int, stream: int, device: torch.device,
                 evenly: bool) -> None:
        self.count, self.seed, self.stream, self.device = count, seed, stream, device
        there = np.unique(dataset.labels) if evenly else ()
        self.members = [np.flatnonzero(dataset.labels == label) for label in there]
        self.labels = torch.from_numpy(np.array(dataset.labels, np.int64)).to(device)
        resident = dataset.images.nbytes <= RESIDENT
        images = np.asarray(dataset.images)
        self.images = _tensor(images).to(device) if resident else images

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        rows = chosen_evenly(self.members, self.count, self.seed, self.stream, step) if self.members else \
            chosen(len(self.labels), self.count, self.seed, self.stream, step)
        index = torch.from_numpy(rows).to(self.device)
        if isinstance(self.images, Tensor):
            return self.images.index_select(0, index), self.labels.index_select(0, index)
        return torch.from_numpy(self.images[rows]).to(self.device), self.labels.index_select(0, index)

    def close(self) -> None:
        pass


def _tensor(images: NDArray[np.uint8]) -> Tensor:
    """The array as a tensor: mapped files are read, what lies in memory is not copied. Nobody writes to either."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(np.array(images) if isinstance(images, np.memmap) else np.ascontiguousarray(images))


class _WalkOfFiles:
    """Windows of a set in files."""

    def __init__(self, dataset: Dataset, images: ImageFiles, count: int, seed: int, stream: int,
                 device: torch.device) -> None:
        self.count, self.device, self.windows = count, device, Windows(images, seed, stream)
        self.labels = torch.from_numpy(np.array(dataset.labels, np.int64))

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        rows, images = self.windows(np.arange(step * self.count, (step + 1) * self.count))
        return torch.from_numpy(images).to(self.device), self.labels[torch.from_numpy(rows)].to(self.device)

    def close(self) -> None:
        self.windows.close()


@lru_cache(maxsize=4)  # a walk asks for the same permutation many times over
def _permutation(length: int, seed: int, stream: int, number: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, stream, number]).permutation(length)


@lru_cache(maxsize=2048)  # an even walk asks for those of all classes
def _short_permutation(length: int, seed: int, stream: int, number: int, label: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, stream, number, label]).permutation(length)
