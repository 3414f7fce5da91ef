"""Render a dataset to disk or to a URL: the same bytes however the work is split, stopped, or handed out."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mixreal.children import check_in_main
from mixreal.datahome import settled
from mixreal.datasets import dataset as datasets
from mixreal.datasets.dataset import Dataset
from mixreal.datasets.locks import lock
from mixreal.datasets.shards import Header, full_disk
from mixreal.errors import BadInput
from mixreal.folders import check_writable
from mixreal.production.cluster import check_reachable, render_on_ray
from mixreal.production.origin import anywhere, header_of
from mixreal.production.parts import Part, read_part
from mixreal.production.processes import render_in_processes
from mixreal.production.ranges import Work, render_shards
from mixreal.production.storage import Root, is_url, root_of, storage_of
from mixreal.production.verifying import verify
from mixreal.progress import progress
from mixreal.rendering.devices import checked_device
from mixreal.spec import RenderSpec, fingerprint

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

__all__ = ["Filled", "Workers", "fill", "produce", "verify"]

ROW_BYTES = 200  # of latents, about


@dataclass(frozen=True)
class Workers:
    """Who renders. The images are the same whoever does."""

    threads: int | None = None  # in each process; None = the cores shared out
    processes: int | None = None  # each with its threads; None = one, or with `on` as many as there is room for
    device: str = "cpu"  # or cuda, cuda:1, ...
    gpus: tuple[int, ...] = ()  # a process for each of these CUDA devices instead
    part: str = ""  # "3/8": only the third of eight parts
    on: str = ""  # "ray", "ray:ADDRESS", "ray://HOST:PORT"; "" = here


@dataclass(frozen=True)
class Filled:
    """What one call rendered."""

    header: Header
    images: int  # that it rendered, of header.images
    seconds: float  # that rendering them took
    missing: tuple[int, ...] = ()  # shards of other parts that nobody has rendered yet


def produce(spec: RenderSpec, folder: str | Path, *, threads: int | None = None, processes: int | None = None,
            device: str = "cpu", gpus: Sequence[int] = (), on: str = "",
            on_progress: Callable[[int], None] | None = None) -> Dataset:
    """Render what is missing of the dataset `spec` into `folder`, and read it: `fill`, then `datasets.read`."""
    if is_url(folder):
        raise BadInput(f"{folder}: a dataset is read from a folder: `fill` it at its URL, then production.remote.fetch")
    fill(spec, folder, threads=threads, processes=processes, device=device, gpus=gpus, on=on, on_progress=on_progress)
    return datasets.read(root_of(folder))


def named_folder(spec: RenderSpec, beside: str | Path) -> Path:
    """BESIDE/synthetic-HASH: a name for the dataset of `spec` by all that decides its images, models, pictures and the
    code that makes them included, so that nobody meets another's dataset in a folder that they never named."""
    from mixreal import synthesis as making

    return Path(beside) / f"synthetic-{fingerprint(making.prepare(spec, threads=os.cpu_count() or 1).identity)}"


def fill(spec: RenderSpec, folder: str | Path, *, threads: int | None = None, processes: int | None = None,
         device: str = "cpu", gpus: Sequence[int] = (), part: str = "", on: str = "",
         on_progress: Callable[[int], None] | None = None) -> Filled:
    """Render what is missing of the dataset `spec` into `folder`; memory stays the same however many images.

    folder: or a URL that fsspec knows. The rest as in `Workers`. on_progress: called with the count of images just
    rendered (below 0: lost with a process that died); None shows progress on stderr. A folder made by another spec,
    models or assets is `BadInput` naming what differs. Interrupted (Ctrl-C, kill, full disk), the finished shards stay
    and the next call continues from them.
    """
    from mixreal import synthesis as making

    check_in_main()
    root, spec = root_of(folder), settled(spec)
    if isinstance(root, Path):
        check_writable(root)
    workers, ours = _checked(Workers(threads, processes, device, tuple(gpus), part, on)), read_part(part)
    storage = storage_of(root)
    elsewhere = len(workers.gpus) > 1 or bool(on)  # then this process only looks at models and pictures
    synthesis = making.prepare(spec, "cpu" if elsewhere else workers.device, os.cpu_count() or 1)
    making.tell(synthesis)
    with lock(root, str(ours)) if isinstance(root, Path) else nullcontext() as held:
        header = header_of(synthesis, workers.device)
        new = isinstance(root, Path) and not (root / "dataset.toml").is_file()
        if isinstance(root, Path) and new:  # what is refused leaves nothing in the way of another order
            _check_room(root, header, set(), ours)
        header = storage.begin(root, header)
        finished = storage.finished_shards(root)
        if isinstance(root, Path) and not new:
            _check_room(root, header, finished, ours)
        missing = [shard for shard in range(header.shards) if shard in ours and shard not in finished]
        start = time.monotonic()
        if missing or not storage.is_done(root):
            storage.clear_unfinished(root, ours if ours.of > 1 else None)
        if missing:
            work = Work(anywhere(spec), synthesis.identity, header, _absolute(root), workers.threads or 1)
            _render_missing(synthesis, work, missing, finished, ours, workers, held, on_progress)
            storage.clear_unfinished(root, ours if ours.of > 1 else None)  # of workers that died since
            finished = storage.finished_shards(root)
        seconds = time.monotonic() - start
        left = tuple(sorted(set(range(header.shards)) - finished))
        if not storage.is_done(root) and not any(shard not in ours for shard in left):
            storage.finish(root)  # it names what of ours is missing, if somebody has deleted it
            left = ()
    return Filled(header, sum(len(header.rows_of(shard)) for shard in missing), seconds, left)


def _checked(workers: Workers) -> Workers:
    """The same with what was left open decided; `BadInput` for numbers and choices that cannot work."""
    threads, processes = workers.threads, workers.processes
    if (processes is not None and processes < 1) or (threads is not None and threads < 1):
        raise BadInput(f"{processes} processes of {threads} threads: expected 1 or more of each")
    if workers.gpus and (processes is not None or workers.on or len(set(workers.gpus)) < len(workers.gpus)):
        raise BadInput(f"gpus {', '.join(map(str, workers.gpus))}: expected different ones, a process for each, "
                       "without --processes; with --on ray give --device cuda, the cluster hands out its GPUs")
    if not workers.on:
        for asked in [f"cuda:{number}" for number in workers.gpus] or [workers.device]:
            checked_device(asked)
    device, cores = f"cuda:{workers.gpus[0]}" if workers.gpus else workers.device, os.cpu_count() or 1
    if workers.on:
        check_reachable(workers.on)
        threads = threads or 1  # tasks of one thread share out any number of cores
    else:
        threads = threads or max(cores // (len(workers.gpus) or processes or 1), 1)
    return Workers(threads, processes, device, workers.gpus, workers.part, workers.on)


def _render_missing(synthesis: "Synthesis", work: Work, missing: list[int], finished: set[int], ours: Part,
                    workers: Workers, held: Path | None, on_progress: Callable[[int], None] | None) -> None:
    header = work.header
    total, done = _count(header, range(header.shards), ours), _count(header, finished, ours)
    devices = [f"cuda:{number}" for number in workers.gpus] or [workers.device] * (workers.processes or 1)
    with _advancing(total, done, on_progress) as advance:
        if workers.on:
            render_on_ray(work, missing, workers.on, workers.processes, workers.device, held, advance)
        elif len(devices) > 1 and (len(missing) > 1 or workers.gpus):
            render_in_processes(work, missing, devices, advance)
        else:
            write = partial(storage_of(work.root).write_shard, work.root)
            with ThreadPoolExecutor(work.threads) as pool:
                render_shards(synthesis, header, missing, pool, work.threads, advance, write)


@contextmanager
def _advancing(total: int, done: int, on_progress: Callable[[int], None] | None) -> Iterator[Callable[[int], None]]:
    if on_progress is not None:
        yield on_progress
    else:
        with progress("rendering", total, "images", done) as advance:
            yield advance


def _check_room(root: Path, header: Header, finished: set[int], ours: Part) -> None:
    """Before hours of rendering rather than after them."""
    missing = _count(header, set(range(header.shards)) - finished, ours)
    need = missing * (header.height * header.width * 3 + ROW_BYTES)
    if shutil.disk_usage(root).free < need:
        raise BadInput(full_disk(root, need))


def _count(header: Header, shards: Iterable[int], ours: Part) -> int:
    """Images of those shards that are our part."""
    return sum(len(header.rows_of(shard)) for shard in shards if shard in ours)


def _absolute(root: Root) -> Root:
    return root.absolute() if isinstance(root, Path) else root
