"""metrics.jsonl while it is written: a line of numbers now and then, cut back to the checkpoint on going on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from mixreal import runs


@contextmanager
def open_metrics(folder: Path, length: int) -> Iterator[IO[bytes]]:
    """The folder's metrics.jsonl, cut to the `length` in bytes that it had at the checkpoint, open for more."""
    path = folder / runs.METRICS
    with open(path, "r+b" if path.exists() else "w+b") as file:
        file.truncate(length)
        file.seek(length)
        yield file


def write_line(metrics: IO[bytes], row: dict[str, Any]) -> None:
    """Add one line; `BadInput` where the disk is full."""
    with runs.room_for(Path(metrics.name)):
        metrics.write(json.dumps(row).encode() + b"\n")
        metrics.flush()
