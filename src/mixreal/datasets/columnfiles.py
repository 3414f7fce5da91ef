"""Columns that stay in their files: latents of a set too large to keep them, read by column or by row."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class ColumnFiles(Mapping[str, NDArray[Any]]):
    """A mapping of column names to (n,) values that reads a column from all files when it is asked for."""

    read: Callable[[int, Sequence[str]], Columns]  # (file number, names) -> those columns of that file
    names: tuple[str, ...]
    starts: NDArray[np.int64]  # (files + 1,) rows before each file, then all of them
    rows: NDArray[np.int64] | None = None  # which of the files' rows, in the order wanted; None = all

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name not in self.names:
            raise KeyError(name)
        whole = np.concatenate([self.read(file, [name])[name] for file in range(len(self.starts) - 1)])
        return whole if self.rows is None else whole[self.rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    @property
    def count(self) -> int:
        """Rows."""
        return int(self.starts[-1]) if self.rows is None else len(self.rows)

    def at(self, key: slice | ArrayLike, names: Sequence[str] | None = None) -> Columns:
        """Some rows, of all columns or of those named: only the files that hold them are read."""
        names = self.names if names is None else names
        rows = self._numbers(key)
        order = np.argsort(rows, kind="stable")
        file_of = np.searchsorted(self.starts, rows[order], side="right") - 1
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
        for file in np.unique(file_of).tolist() or [0]:  # no rows at all: the first file tells the types
            found = self.read(file, names)
            here = rows[order[file_of == file]] - self.starts[file]
            for name in names:
                parts[name].append(found[name][here])
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return {name: np.concatenate(values)[back] for name, values in parts.items()}

    def take(self, key: slice | ArrayLike) -> "ColumnFiles":
        """These rows as another view of the same files: nothing is read."""
        return replace(self, rows=self._numbers(key))

    def _numbers(self, key: slice | ArrayLike) -> NDArray[np.int64]:
        if isinstance(key, slice):
            places = np.arange(*key.indices(self.count), dtype=np.int64)
        else:
            places = np.asarray(key, np.int64)
        return places if self.rows is None else self.rows[places]


def columns_at(columns: Mapping[str, NDArray[Any]], key: slice | NDArray[Any],
               names: Sequence[str] | None = None) -> Columns:
    """Some rows of columns, whether they lie in memory or in files."""
    if isinstance(columns, ColumnFiles):
        return columns.at(key, names)
    return {name: columns[name][key] for name in (columns if names is None else names)}
