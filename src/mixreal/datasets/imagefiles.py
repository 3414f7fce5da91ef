"""Images that stay in their files: rows of numbered .npy shards, read into fresh memory as they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.errors import BadInput

dtype = np.dtype(np.uint8)


@dataclass(frozen=True, eq=False)
class ImageFiles:
    """As much of an array (n, h, w, 3) of uint8 as training needs: `len`, `shape`, `nbytes`, rows by number or slice.

    Files are read, not mapped: pages of a mapped file count as this process's memory, and a training that walks
    through a hundred gigabytes would seem to need them.
    """

    files: tuple[Path, ...]
    starts: NDArray[np.int64]  # (files + 1,) rows before each file, then all of them
    height: int
    width: int
    rows: NDArray[np.int64] | None = None  # which of the files' rows, in the order wanted; None = all
    offset: int = 128  # bytes of an .npy header

    def __len__(self) -> int:
        return int(self.starts[-1]) if self.rows is None else len(self.rows)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self), self.height, self.width, 3

    @property
    def size(self) -> int:
        return len(self) * self.height * self.width * 3

    @property
    def nbytes(self) -> int:
        return self.size

    @property
    def dtype(self) -> np.dtype[np.uint8]:
        return dtype

    def __getitem__(self, key: int | np.integer[Any] | slice | ArrayLike) -> NDArray[np.uint8]:
        """(h, w, 3) of one row; (k, h, w, 3) of a slice, of row numbers or of a mask."""
        if isinstance(key, (int, np.integer)):
            return self._read(self.numbers([int(key)]))[0]
        return self._read(self.numbers(key))

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        for start in range(0, len(self), 256):
            yield from self[start:start + 256]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        whole = self._read(self.numbers(slice(None)))
        return whole if dtype is None else whole.astype(dtype, copy=False)

    def numbers(self, key: slice | ArrayLike) -> NDArray[np.int64]:
        """Rows of the files that `key` names, in its order."""
        if isinstance(key, slice):
            places = np.arange(*key.indices(len(self)), dtype=np.int64)
        else:
            places = np.asarray(key)
            if places.dtype == bool:
                if places.shape != (len(self),):
                    raise IndexError(f"a mask of shape {places.shape} for {len(self)} images")
                places = np.flatnonzero(places)
            places = places.astype(np.int64)
            places = np.where(places < 0, places + len(self), places)
            if len(places) and (places.min() < 0 or places.max() >= len(self)):
                raise IndexError(f"a row number outside {len(self)} images")
        return places if self.rows is None else self.rows[places]

    def take(self, key: slice | ArrayLike) -> "ImageFiles":
        """These rows as another view of the same files: nothing is read."""
        return replace(self, rows=self.numbers(key))

    def _read(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        out = np.empty((len(rows), self.height, self.width, 3), np.uint8)
        if not len(rows):
            return out
        rising = bool(np.all(np.diff(rows) > 0))
        order = np.arange(len(rows)) if rising else np.argsort(rows, kind="stable")
        rows = rows[order]
        file_of = np.searchsorted(self.starts, rows, side="right") - 1
        runs = np.flatnonzero((np.diff(rows) != 1) | (np.diff(file_of) != 0)) + 1
        found = out if rising else np.empty_like(out)
        opened, file = -1, None
        try:
            for start, stop in zip([0, *runs.tolist()], [*runs.tolist(), len(rows)]):
                number = int(file_of[start])
                if number != opened:
                    if file is not None:
                        file.close()
                    opened, file = number, self._open(number)
                assert file is not None
                self._read_run(file, number, int(rows[start] - self.starts[number]), found[start:stop])
        finally:
            if file is not None:
                file.close()
        if not rising:
            out[order] = found
        return out

    def _open(self, number: int) -> BinaryIO:
        try:
            return open(self.files[number], "rb", buffering=0)
        except OSError as error:
            raise BadInput(f"{self.files[number]} cannot be read ({error.strerror}): was the dataset moved or "
                           "deleted meanwhile? `mixreal data verify` tells what is missing") from None

    def _read_run(self, file: BinaryIO, number: int, first: int, into: NDArray[np.uint8]) -> None:
        """Rows `first` on of one file, into contiguous memory; a system may hand over less than asked at a time."""
        left = into.reshape(-1).data
        file.seek(self.offset + first * self.height * self.width * 3)
        while left.nbytes:
            count = file.readinto(left)  # type: ignore[attr-defined]
            if not count:
                raise BadInput(f"{self.files[number]} ends too early: run `mixreal data verify` on its folder")
            left = left[count:]


def open_files(files: tuple[Path, ...], counts: list[int], height: int, width: int) -> ImageFiles:
    """The images of .npy files that hold so many each; `BadInput` for one of another shape. Only headers are read."""
    offset = 128
    for path, count in zip(files, counts):
        try:
            with path.open("rb") as file:
                version = np.lib.format.read_magic(file)
                shape, fortran, kind = (np.lib.format.read_array_header_1_0(file) if version == (1, 0)
                                        else np.lib.format.read_array_header_2_0(file))
                offset = file.tell()
        except (OSError, ValueError, EOFError) as error:
            raise BadInput(f"{path} cannot be read ({error}): run `mixreal data verify` on its folder") from None
        if (shape, fortran, kind) != ((count, height, width, 3), False, dtype) or offset != 128:
            raise BadInput(f"{path} has {kind} {shape}, not uint8 {(count, height, width, 3)}: make the dataset again")
    return ImageFiles(files, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), height, width)
