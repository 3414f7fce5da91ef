"""Shards rendered in this process: ranges of indices go to threads in order, shards are written as they fill."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import shards
from mixreal.datasets.shards import Header
from mixreal.errors import BadInput
from mixreal.production.storage import Root
from mixreal.spec import RenderSpec

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

BATCH = 512  # images a range: enough to fill a launch, few enough to stop within a second; of large ones
BATCH_PIXELS = 1 << 20  # so many pixels

Rows = dict[str, NDArray[Any]]
Rendered = tuple[NDArray[np.uint8], Rows]
Write = Callable[[int, NDArray[np.uint8], Rows], None]  # (shard, images, rows)


@dataclass(frozen=True)
class Work:
    """All that a worker anywhere needs to render any shard of a dataset; plain data, so that it can be sent."""

    spec: RenderSpec  # settled, its folders absolute
    identity: dict[str, Any]  # what the models and pictures were when the main process looked
    header: Header
    root: Root
    threads: int


def render_shards(synthesis: "Synthesis", header: Header, wanted: Iterable[int], pool: ThreadPoolExecutor,
                  threads: int, advance: Callable[[int], None], write: Write) -> None:
    """Render and write some shards; `advance` is told the images of each range, from this thread.

    Some ranges are ahead, so that the threads stay busy while a finished shard is written.
    """
    ranges = ((shard, indices) for shard in wanted for indices in ranges_of(header, shard))
    waiting: deque[tuple[int, Future[Rendered]]] = deque()
    parts: list[Rendered] = []

    def collect() -> None:
        """Take the oldest range; write its shard if it was the last of it."""
        shard, future = waiting.popleft()
        parts.append(future.result())
        advance(len(parts[-1][0]))
        if sum(len(images) for images, _ in parts) == len(header.rows_of(shard)):
            write(shard, np.concatenate([images for images, _ in parts]),
                  {name: np.concatenate([rows[name] for _, rows in parts]) for name in parts[0][1]})
            parts.clear()

    try:
        for shard, indices in ranges:
            waiting.append((shard, pool.submit(_render, synthesis, indices)))
            while len(waiting) > 2 * threads:
                collect()
        while waiting:
            collect()
    except BaseException:
        for _, future in waiting:  # Ctrl-C: only what is under way is waited for
            future.cancel()
        raise


def ranges_of(header: Header, shard: int) -> Iterator[range]:
    """The ranges of indices that a shard is rendered in."""
    rows, batch = header.rows_of(shard), at_once(header.height, header.width)
    for start in range(rows.start, rows.stop, batch):
        yield range(start, min(start + batch, rows.stop))


def at_once(height: int, width: int) -> int:
    """How many images of a size are best rendered in one go."""
    return max(min(BATCH, BATCH_PIXELS // (height * width)), 1)


def prepare(work: Work, device: str) -> "Synthesis":
    """The work's synthesis in a worker; `BadInput` if its models or pictures are not those of the main process."""
    from mixreal import synthesis as making

    synthesis = making.prepare(work.spec, device, work.threads)
    changed = shards.differences(synthesis.identity, work.identity)
    if changed:
        raise BadInput(f"models or assets changed while they were being rendered ({changed[0]}): render them anew")
    return synthesis


def _render(synthesis: "Synthesis", indices: range) -> Rendered:
    from mixreal import synthesis as making

    scenes = making.draw(synthesis, np.arange(indices.start, indices.stop, dtype=np.int64))
    frames = making.render(synthesis, scenes)
    assert frames.rgb is not None  # it was asked for
    return frames.rgb, making.columns(scenes)
