"""Minibatches of both domains, row by row of one class (App. 5); a pure function of (seed, phase, number)."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixreal.errors import BadInput
from mixreal.learning.minibatches import chosen
from mixreal.refining.sets import Pixels

REAL, SYNTHETIC, MIRROR = 0, 1, 2  # streams


@dataclass(frozen=True)
class Pair:
    """One minibatch: row k of both is of class `labels[k]` where labels are aligned."""

    real: Tensor  # (b, 3, h, w) in [-1, 1]
    synthetic: Tensor  # (b, 3, h, w)
    real_labels: Tensor  # (b,)
    synthetic_labels: Tensor  # (b,)


@dataclass(frozen=True)
class Pairs:
    """The two sets that a stage maps between, and how to draw from them."""

    real: Pixels
    synthetic: Pixels
    classes: int
    batch: int
    aligned: bool
    mirror: bool
    seed: int

    def __post_init__(self) -> None:
        if not self.aligned:
            return
        if self.batch % self.classes:
            near = max(round(self.batch / self.classes), 1) * self.classes
            raise BadInput(f"a minibatch of {self.batch} cannot hold {self.classes} classes in equal numbers: "
                           f"use batch {near}, or align_labels = false")
        for name, pixels in (("real", self.real), ("synthetic", self.synthetic)):
            absent = np.flatnonzero(np.bincount(pixels.labels, minlength=self.classes) == 0)
            if len(absent):
                raise BadInput(f"class {int(absent[0])} has no {name} images: "
                               "minibatches aligned by class need some of both, or use align_labels = false")

    def rows(self, phase: int, number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows of the real and of the synthetic set in minibatch `number` of a phase."""
        return (self._rows(self.real, REAL, phase, number), self._rows(self.synthetic, SYNTHETIC, phase, number))

    def __call__(self, phase: int, number: int, part: slice = slice(None)) -> Pair:
        """Minibatch `number` of a phase of training; `part` of it where several processes share the work."""
        rows = [found[part] for found in self.rows(phase, number)]
        mirrored = np.random.default_rng([self.seed, MIRROR, phase, number]).random((2, self.batch))[:, part] < 0.5
        images = [_mirror(pixels(mine), turned) if self.mirror else pixels(mine)
                  for pixels, mine, turned in zip((self.real, self.synthetic), rows, mirrored)]
        labels = [torch.from_numpy(pixels.labels[mine]).to(pixels.device)
                  for pixels, mine in zip((self.real, self.synthetic), rows)]
        return Pair(images[0], images[1], labels[0], labels[1])

    def _rows(self, pixels: Pixels, domain: int, phase: int, number: int) -> NDArray[np.int64]:
        """Each class walks through a permutation of its own images; classes stand in turn."""
        if not self.aligned:
            return chosen(len(pixels.labels), self.batch, self.seed, _stream(phase, domain, 0), number)
        share = self.batch // self.classes
        out = np.empty((share, self.classes), np.int64)
        for label, members in enumerate(pixels.by_class):
            out[:, label] = members[chosen(len(members), share, self.seed, _stream(phase, domain, 1 + label), number)]
        return out.reshape(-1)


def _stream(phase: int, domain: int, label: int) -> int:
    return 16 + 2 * (phase * 100_000 + label) + domain


def _mirror(images: Tensor, turned: NDArray[np.bool_]) -> Tensor:
    which = torch.from_numpy(turned).to(images.device).view(-1, 1, 1, 1)
    return torch.where(which, images.flip(3), images)
