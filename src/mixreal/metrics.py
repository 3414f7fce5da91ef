"""metrics.jsonl while it is written: a line of numbers now and then, cut back to the checkpoint on going on."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from mixreal import runs


@contextmanager
def open_metrics(folder: Path, length: int) -> Iterator[IO[bytes]]:
    """The folder's metrics.jsonl, cut to the `length` in bytes that it had at the checkpoint, open for more.

    Where less is left of it (the power failed, or somebody cut it), its whole lines stay: filled up, it would be none.
    """
    path = folder / runs.METRICS
    with open(path, "r+b" if path.exists() else "w+b") as file:
        kept = file.read(length)
        if len(kept) < length:
            kept = kept[:kept.rfind(b"\n") + 1]
        file.truncate(len(kept))
        file.seek(len(kept))
        yield file


def settle(folder: Path) -> None:
    """See to it that the lines so far outlast a power failure, before a checkpoint that counts on them is saved."""
    path = folder / runs.METRICS
    with suppress(FileNotFoundError), runs.room_for(path), open(path, "r+b") as file:  # Windows: what may be written
        os.fsync(file.fileno())


def write_line(metrics: IO[bytes], row: dict[str, Any]) -> None:
    """Add one line; `BadInput` where the disk is full."""
    with runs.room_for(Path(metrics.name)):
        metrics.write(json.dumps(row).encode() + b"\n")
        metrics.flush()
