"""Shuffling what is larger than memory: blocks of files in random order, images at random in a window of blocks.

A pass takes the blocks (about a megabyte each: one read on any disk or network) in an order of its own. The next 128
MiB of them are a window: read whole, its images are handed out in random order while a thread reads the next one. Each
pass is a permutation of all images and a pure function of (seed, pass); a window is spread over the whole set, so that
the classes in it are as in the set even where that is sorted by class.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets.imagefiles import ImageFiles

BLOCK = 1 << 20  # bytes read at once
WINDOW = 128 << 20  # bytes shuffled at once; two of them are in memory


class Shuffle(NamedTuple):
    """The order of one pass: its blocks, and where each window begins among the places of the pass."""

    blocks: NDArray[np.int64]  # (blocks,) a permutation
    windows: NDArray[np.int64]  # (windows + 1,) places


@dataclass(frozen=True)
class Sizes:
    """How many images a set, its blocks and its windows have."""

    images: int
    block: int  # images; the last block may have fewer
    window: int  # blocks

    @staticmethod
    def of(images: ImageFiles) -> "Sizes":
        each = max(images.height * images.width * 3, 1)
        block = max(BLOCK // each, 1)
        return Sizes(len(images), block, max(WINDOW // (block * each), 1))


class Windows:
    """A way through images in files, endless, place by place."""

    def __init__(self, images: ImageFiles, seed: int, stream: int) -> None:
        self.images, self.sizes, self.key = images, Sizes.of(images), (seed, stream)
        self._order: tuple[int, Shuffle] | None = None
        self._here: tuple[tuple[int, int], NDArray[np.int64], NDArray[np.uint8]] | None = None
        self._next: tuple[tuple[int, int], Future[tuple[NDArray[np.int64], NDArray[np.uint8]]]] | None = None
        self._reader = ThreadPoolExecutor(1, "reading-ahead")

    def __call__(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """(k,) row numbers and (k, h, w, 3) images of k places: place p is number p % n of pass p // n."""
        rows, images = np.empty(len(places), np.int64), np.empty((len(places), *self.images.shape[1:]), np.uint8)
        passes, offsets = places // self.sizes.images, places % self.sizes.images
        for number in np.unique(passes).tolist():
            starts = self._shuffle(number).windows
            window_of = np.searchsorted(starts, offsets, side="right") - 1
            for window in np.unique(window_of[passes == number]).tolist():
                mine = np.flatnonzero((passes == number) & (window_of == window))
                there, pixels = self._window(number, window)
                inside = offsets[mine] - starts[window]
                rows[mine], images[mine] = there[inside], pixels[inside]
        return rows, images

    def close(self) -> None:
        """Stop reading ahead, and let go of what was read."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._here = self._next = None

    def _shuffle(self, number: int) -> Shuffle:
        if self._order is None or self._order[0] != number:
            self._order = number, shuffle(self.sizes, self.key, number)
        return self._order[1]

    def _window(self, number: int, window: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Its rows and pixels as they are handed out; the next one is being read from now on."""
        if self._here is None or self._here[0] != (number, window):
            ahead, self._here, self._next = self._next, None, None
            found = ahead[1].result() if ahead is not None and ahead[0] == (number, window) \
                else self._read(number, window)
            self._here = (number, window), *found
            last = window + 1 == len(self._shuffle(number).windows) - 1
            after = (number + 1, 0) if last else (number, window + 1)
            self._next = after, self._reader.submit(self._read, *after)
        return self._here[1:]

    def _read(self, number: int, window: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        sizes = self.sizes
        blocks = shuffle(sizes, self.key, number).blocks[window * sizes.window:(window + 1) * sizes.window]
        parts = [np.arange(b * sizes.block, min((b + 1) * sizes.block, sizes.images)) for b in blocks.tolist()]
        count = sum(map(len, parts))
        places = np.random.default_rng([*self.key, number, window]).permutation(count)
        rows, out = np.empty(count, np.int64), np.empty((count, *self.images.shape[1:]), np.uint8)
        for part, place in zip(parts, np.split(places, np.cumsum([len(part) for part in parts])[:-1])):
            rows[place], out[place] = part, self.images[part]
        return rows, out


def shuffle(sizes: Sizes, key: tuple[int, int], number: int) -> Shuffle:
    """The blocks and windows of one pass."""
    count = -(-sizes.images // sizes.block)
    blocks = np.random.default_rng([*key, number]).permutation(count)
    lengths = np.where(blocks == count - 1, sizes.images - (count - 1) * sizes.block, sizes.block)
    places = np.concatenate([[0], np.cumsum(lengths)])
    return Shuffle(blocks, np.append(places[:-1:sizes.window], sizes.images))

