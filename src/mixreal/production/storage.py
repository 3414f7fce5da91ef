"""Where a dataset is written: a folder, or a URL that fsspec knows (s3://bucket/folder); one set of functions each."""

from collections.abc import Container
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets.shards import Header

Root = Path | str  # a folder, or a URL


class Storage(Protocol):
    """What producing needs of a place. The modules `datasets.shards` (folders) and `production.remote` (URLs) have it.

    Whatever is written is whole or not there at all, and a shard's marker is written after its files.
    """

    def begin(self, root: Any, header: Header, /) -> Header:
        """Write the header, or compare it with the one that is there; returns that."""

    def clear_unfinished(self, root: Any, of: Container[int] | None = None, /) -> None:
        """Remove what killed writers left."""

    def finished_shards(self, root: Any, /) -> set[int]:
        """The shards that are whole."""

    def write_shard(self, root: Any, shard: int, images: NDArray[np.uint8], rows: dict[str, NDArray[Any]], /) -> None:
        """Write a shard, its marker last."""

    def finish(self, root: Any, /) -> None:
        """Write `done`; `BadInput` where a shard is missing."""

    def is_done(self, root: Any, /) -> bool:
        """Whether `done` is there."""


def is_url(place: str | Path) -> bool:
    """Whether it is a URL rather than a folder's path. (A pathlib.Path has lost one of the slashes.)"""
    return isinstance(place, str) and "://" in place and not place.startswith("file://")


def root_of(place: str | Path) -> Root:
    """A URL without a slash at its end, or a folder (file:///folder too)."""
    return str(place).rstrip("/") if is_url(place) else Path(str(place).removeprefix("file://"))


def storage_of(root: Root) -> Storage:
    """The functions for such a place."""
    from mixreal.datasets import shards
    from mixreal.production import remote

    return remote if is_url(root) else shards
