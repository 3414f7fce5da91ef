"""Fresh images for minibatches, rendered ahead of training by threads of their own.

Step k's are the images k * count to (k + 1) * count - 1 of the recipe: whoever renders them, whenever, they are the
same, so an epoch can be replayed and a resume is exact.
"""

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixreal.streaming import Fresh

Rendered = tuple[NDArray[np.uint8], NDArray[np.int64]]  # images, labels


class Ahead:
    """One way through a recipe's images, a few hundred of them ahead of the step that is trained on."""

    def __init__(self, fresh: Fresh, classes: tuple[str, ...], count: int, device: torch.device) -> None:
        self.fresh, self.count, self.device = fresh, count, device
        self.threads = fresh.threads or spare_cores(device, fresh.synthesis.renderer.device)
        self._label = np.array([classes.index(name) for name in fresh.classes], np.int64)
        self._pool = ThreadPoolExecutor(self.threads, "rendering-ahead")
        self._waiting: deque[Future[Rendered]] = deque()
        size = fresh.synthesis.spec.size
        self._images = np.empty((0, size, size, 3), np.uint8)  # rendered and not handed out
        self._labels = np.empty(0, np.int64)
        self._step = self._asked = 0  # the next step; the first index that no thread was asked for

    def __call__(self, step: int) -> tuple[Tensor, Tensor]:
        """(count, h, w, 3) uint8 and (count,) labels of a step, on the device; steps are best asked for in turn."""
        if step != self._step or not self._waiting:
            self._begin(step)
        while len(self._labels) < self.count:
            images, labels = self._waiting.popleft().result()
            self._ask()
            self._images = np.concatenate([self._images, images])
            self._labels = np.concatenate([self._labels, labels])
        images, labels = self._images[:self.count], self._labels[:self.count]
        self._images, self._labels = self._images[self.count:], self._labels[self.count:]
        self._step = step + 1
        return torch.from_numpy(images).to(self.device), torch.from_numpy(labels).to(self.device)

    def close(self) -> None:
        """Stop rendering ahead; what is under way is waited for."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, step: int) -> None:
        for future in self._waiting:
            future.cancel()
        self._waiting.clear()
        self._images, self._labels = self._images[:0], self._labels[:0]
        self._asked = step * self.count
        for _ in range(self.threads + 1):
            self._ask()

    def _ask(self) -> None:
        """One more batch; so many are asked for that the threads have work while one is taken."""
        index = np.arange(self._asked, self._asked + self.fresh.batch, dtype=np.int64)
        self._asked += len(index)
        self._waiting.append(self._pool.submit(self._render, index))

    def _render(self, index: NDArray[np.int64]) -> Rendered:
        images, columns = self.fresh.render(index)
        return images, self._label[columns["label"]]


def spare_cores(device: torch.device, renders_on: str) -> int:
    """Threads to render with: the cores that training leaves, one at least; one drives a GPU."""
    if renders_on != "cpu":
        return 1
    busy = torch.get_num_threads() if device.type == "cpu" else 1
    return max((os.cpu_count() or 1) - busy, 1)
