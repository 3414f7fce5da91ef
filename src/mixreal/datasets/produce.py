"""Render a dataset to disk: index ranges over threads and processes, resumable, the same bytes however it is split."""

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datahome import settled
from mixreal.datasets import dataset as datasets
from mixreal.datasets import shards
from mixreal.datasets.dataset import Dataset
from mixreal.datasets.locks import lock
from mixreal.datasets.shards import Header, full_disk, shard_size
from mixreal.errors import BadInput, tell_left_out
from mixreal.progress import progress
from mixreal.spec import RenderSpec, from_mapping, to_mapping

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

BATCH = 512  # images a task: enough to fill a launch, few enough to stop within a second; of large ones
BATCH_PIXELS = 1 << 20  # so many pixels
RERENDERED = 16  # images that `verify` renders again

Rows = dict[str, NDArray[Any]]
Rendered = tuple[NDArray[np.uint8], Rows]


def produce(spec: RenderSpec, folder: str | Path, *, threads: int | None = None, processes: int = 1,
            device: str = "cpu", on_progress: Callable[[int], None] | None = None) -> Dataset:
    """Render what is missing of the dataset `spec` into `folder`, and read it: `fill`, then `datasets.read`."""
    fill(spec, folder, threads=threads, processes=processes, device=device, on_progress=on_progress)
    return datasets.read(folder)


def fill(spec: RenderSpec, folder: str | Path, *, threads: int | None = None, processes: int = 1,
         device: str = "cpu", on_progress: Callable[[int], None] | None = None) -> Header:
    """Render what is missing of the dataset `spec` into `folder`; memory stays the same however many images.

    threads: in each process; None = the cores shared out. on_progress: called with the count of images just done;
    None shows progress on stderr. A folder made by another spec, models or assets is `BadInput` naming what differs.
    Interrupted (Ctrl-C, kill, full disk), the finished shards stay and the next call continues from them.
    """
    if processes < 1 or (threads is not None and threads < 1):
        raise BadInput(f"{processes} processes of {threads} threads: expected 1 or more of each")
    from mixreal import synthesis as making

    root, spec = Path(folder), settled(spec)
    threads = threads or max((os.cpu_count() or 1) // processes, 1)
    synthesis = making.prepare(spec, device, threads * processes)
    tell_left_out("models and pictures", getattr(synthesis, "problems", ()))
    with lock(root):
        header = shards.begin(root, _header(synthesis, device))
        if not shards.is_done(root) or shards.finished_shards(root) != set(range(header.shards)):
            shards.clear_unfinished(root)
            _render_missing(synthesis, root, header, threads, processes, device, on_progress)
            shards.finish(root)
    return header


def verify(folder: str | Path) -> list[str]:
    """What is wrong with a rendered dataset, a line each: files and checksums, then every label and latent drawn
    again from the recipe, then a few images rendered again. [] = all is well."""
    from mixreal import synthesis as making

    root = Path(folder)
    problems = datasets.check(root)
    if problems:
        return problems
    header = shards.read_header(root)
    if "spec" not in header.made_by:
        return [f"{root} was not rendered from a spec: only its files were checked"]
    device = str(header.made_by.get("device", "cpu"))
    try:
        spec = from_mapping(RenderSpec, header.made_by["spec"], f"{root / 'dataset.toml'}")
        synthesis = making.prepare(spec, device)
    except BadInput as error:
        return [f"the recipe cannot be drawn again: {error}"]
    changed = shards.made_differently(_made_by(synthesis, device), header)
    if changed:
        return [f"the recipe's models or assets have changed: {line}" for line in changed]
    for shard in range(header.shards):
        problems += _row_problems(synthesis, shards.read_rows(root, shard), header.rows_of(shard))
    again = np.unique(np.linspace(0, header.images - 1, RERENDERED).astype(np.int64))
    return problems + _image_problems(synthesis, root, header, again)


def _header(synthesis: "Synthesis", device: str) -> Header:
    spec = synthesis.spec
    models = "procedural models" if spec.models == "procedural" else f"models of {spec.models}"
    source = f"{models}, {synthesis.total:,} images at {spec.size} px"
    versions = {"mixreal": _version(), "numpy": np.__version__,
                "python": ".".join(map(str, sys.version_info[:3]))}
    return Header("synthetic", synthesis.classes, synthesis.total, spec.size, spec.size, source,
                  shard_size(spec.size, spec.size), _made_by(synthesis, device), versions)


def _version() -> str:
    try:
        return metadata.version("mixreal")
    except metadata.PackageNotFoundError:  # run from its source, not installed
        return "source"


def _made_by(synthesis: "Synthesis", device: str) -> dict[str, Any]:
    """What the images depend on. CPU and CUDA agree within a tolerance only, so the kind of device is part of it."""
    spec = to_mapping(synthesis.spec)
    for name in ("models", "backgrounds", "textures", "envmaps"):
        if spec[name] != "procedural":
            spec[name] = os.path.abspath(spec[name])  # so that `verify` finds it from anywhere
    return {"spec": spec, "identity": synthesis.identity, "device": device.split(":")[0]}


def _render_missing(synthesis: "Synthesis", root: Path, header: Header, threads: int, processes: int, device: str,
                    on_progress: Callable[[int], None] | None) -> None:
    finished = shards.finished_shards(root)
    missing = sorted(set(range(header.shards)) - finished)
    done = sum(len(header.rows_of(shard)) for shard in finished)
    _check_room(root, header, header.images - done)
    with _advancing(header.images, done, on_progress) as advance:
        if processes == 1 or len(missing) == 1:
            with ThreadPoolExecutor(threads) as pool:
                try:
                    _render_shards(synthesis, root, header, missing, pool, threads, advance)
                except BaseException:
                    pool.shutdown(wait=True, cancel_futures=True)  # Ctrl-C: only what is under way is waited for
                    raise
        else:
            _render_in_processes(synthesis, root, header, missing, threads, min(processes, len(missing)), device,
                                 advance)


def _render_shards(synthesis: "Synthesis", root: Path, header: Header, wanted: list[int], pool: ThreadPoolExecutor,
                   threads: int, advance: Callable[[int], None]) -> None:
    """Ranges go to the threads in order, some ahead, so that they stay busy while a finished shard is written."""
    ranges = ((shard, part) for shard in wanted for part in _ranges(header, shard))
    waiting: deque[tuple[int, Future[Rendered]]] = deque()
    parts: list[Rendered] = []
    for shard, indices in ranges:
        waiting.append((shard, pool.submit(_render_range, synthesis, indices)))
        while len(waiting) > 2 * threads:
            _collect(root, header, waiting, parts, advance)
    while waiting:
        _collect(root, header, waiting, parts, advance)


def _collect(root: Path, header: Header, waiting: deque[tuple[int, Future[Rendered]]], parts: list[Rendered],
             advance: Callable[[int], None]) -> None:
    """Take the oldest range; write its shard if it was the last of it."""
    shard, future = waiting.popleft()
    parts.append(future.result())
    advance(len(parts[-1][0]))
    if sum(len(images) for images, _ in parts) == len(header.rows_of(shard)):
        names = list(parts[0][1])
        shards.write_shard(root, shard, np.concatenate([images for images, _ in parts]),
                           {name: np.concatenate([rows[name] for _, rows in parts]) for name in names})
        parts.clear()


def _render_range(synthesis: "Synthesis", indices: range) -> Rendered:
    from mixreal import synthesis as making

    scenes = making.draw(synthesis, np.arange(indices.start, indices.stop, dtype=np.int64))
    frames = making.render(synthesis, scenes)
    assert frames.rgb is not None  # it was asked for
    return frames.rgb, making.columns(scenes)


def _ranges(header: Header, shard: int) -> Iterator[range]:
    rows, batch = header.rows_of(shard), max(min(BATCH, BATCH_PIXELS // (header.height * header.width)), 1)
    for start in range(rows.start, rows.stop, batch):
        yield range(start, min(start + batch, rows.stop))


def _render_in_processes(synthesis: "Synthesis", root: Path, header: Header, missing: list[int], threads: int,
                         processes: int, device: str, advance: Callable[[int], None]) -> None:
    """A shard is a task. Spawned, not forked: a fork would inherit locked threads and a GPU context."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    setting = (synthesis.spec, device, root, header, threads, stop)
    with ProcessPoolExecutor(processes, context, _start_worker, setting) as pool:
        try:
            with _deaf():
                tasks = [pool.submit(_shard_task, shard, synthesis.identity) for shard in missing]
            for future in as_completed(tasks):
                advance(future.result())
        except BrokenProcessPool:
            raise BadInput("a rendering process ended without a word (out of memory?): run the same command again with "
                           f"fewer than {processes} processes (finished shards are kept)") from None
        except BaseException:
            stop.set()  # the workers leave their shards at the next range
            pool.shutdown(wait=True, cancel_futures=True)
            raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl-C is for the main process: processes started in here ignore it from their first instruction on."""
    if threading.current_thread() is not threading.main_thread():  # only the main thread may set handlers
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Stopped(Exception):
    """The main process wants its workers to stop."""


_worker: tuple[Any, ...] = ()  # what a worker process works with: set once, when it starts


def _start_worker(spec: RenderSpec, device: str, root: Path, header: Header, threads: int, stop: Any) -> None:
    global _worker
    from mixreal import synthesis as making

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where `_deaf` could not: the main process hears and tells us
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _worker = (making.prepare(spec, device, threads), root, header, threads, stop)


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # it was killed: nobody waits for us


def _shard_task(shard: int, identity: dict[str, Any]) -> int:
    synthesis, root, header, threads, stop = _worker
    changed = shards.differences(synthesis.identity, identity)
    if changed:
        raise BadInput(f"models or assets changed while they were being rendered ({changed[0]}): render them anew")

    def go_on(_: int) -> None:
        if stop.is_set():
            raise _Stopped

    with ThreadPoolExecutor(threads) as pool:
        try:
            go_on(0)
            _render_shards(synthesis, root, header, [shard], pool, threads, go_on)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return len(header.rows_of(shard))


@contextmanager
def _advancing(total: int, done: int, on_progress: Callable[[int], None] | None) -> Iterator[Callable[[int], None]]:
    if on_progress is not None:
        yield on_progress
    else:
        with progress("rendering", total, "images", done) as advance:
            yield advance


def _check_room(root: Path, header: Header, images: int) -> None:
    """Before hours of rendering rather than after them."""
    need = images * (header.height * header.width * 3 + 200)  # about 200 bytes of latents a row
    if shutil.disk_usage(root).free < need:
        raise BadInput(full_disk(root, need))


def _row_problems(synthesis: "Synthesis", rows: Rows, at: range) -> list[str]:
    from mixreal import synthesis as making

    scenes = making.draw(synthesis, np.arange(at.start, at.stop, dtype=np.int64))
    drawn = making.columns(scenes)
    problems = [f"images {at.start}-{at.stop - 1}: column {name!r} is in the {where} only"
                for where, names in (("recipe", drawn.keys() - rows.keys()), ("folder", rows.keys() - drawn.keys()))
                for name in sorted(names)]
    for name in sorted(drawn.keys() & rows.keys()):
        both_nan = (drawn[name] != drawn[name]) & (rows[name] != rows[name])
        wrong = np.flatnonzero((drawn[name] != rows[name]) & ~both_nan)
        if len(wrong):
            first = wrong[0]
            problems.append(f"column {name!r} is wrong in {len(wrong)} of images {at.start}-{at.stop - 1}, first in "
                            f"image {at.start + first}: {rows[name][first]}, the recipe says {drawn[name][first]}")
    return problems


def _image_problems(synthesis: "Synthesis", root: Path, header: Header, indices: NDArray[np.int64]) -> list[str]:
    from mixreal import synthesis as making

    rendered = making.render(synthesis, making.draw(synthesis, indices)).rgb
    assert rendered is not None  # it was asked for
    problems = []
    for image, i in zip(rendered, indices.tolist(), strict=True):
        stored = shards.open_images(root, i // header.shard)[i % header.shard]
        if not np.array_equal(image, stored):
            apart = int(np.abs(image.astype(int) - stored.astype(int)).max())
            problems.append(f"image {i} rendered again differs by up to {apart} of 255")
    return problems
