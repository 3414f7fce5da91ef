"""Ray: shards as tasks on this machine's cores or a cluster's; the same bytes, whoever renders and whoever dies.

A worker writes its shard by itself where it sees the folder's lock, which only the main process can have written: there
the folder is shared storage, or the same machine. Elsewhere it sends the shard back and the main process writes it.
"""

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mixreal.datasets import shards
from mixreal.datasets.locks import THIS_PROCESS, held
from mixreal.datasets.shards import Files
from mixreal.errors import BadInput
from mixreal.production.ranges import Rows, Work, prepare, render_shards
from mixreal.production.storage import storage_of
from mixreal.spec import fingerprint, to_mapping

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

CONNECT = 10.0  # seconds to wait for a cluster's head
RETRIES = 3  # of a task whose worker dies
AHEAD = 2  # tasks handed out for each that can run


def ray_address(on: str) -> str | None:
    """What `--on` says to Ray: "ray" -> None, "ray:HOST:PORT" -> "HOST:PORT", "ray://HOST:PORT" as it is.

    None is RAY_ADDRESS where that is set, as in a job that was submitted to a cluster, else this machine's cores.
    """
    if on == "ray":
        return os.environ.get("RAY_ADDRESS") or None
    if on.startswith("ray://") and len(on) > len("ray://"):
        return on
    if on.startswith("ray:") and on.removeprefix("ray:").strip("/"):
        return on.removeprefix("ray:")
    raise BadInput(f"--on {on!r}: expected ray (this machine), ray:auto (the cluster this machine is part of), "
                   "ray:HOST:6379 or ray://HOST:10001")


@contextmanager
def connected(on: str, cores: int) -> Iterator[Any]:
    """Yield the `ray` module, connected: to `cores` cores of this machine, or to a cluster. One that is there is used.

    No dashboard, no usage statistics, no logs of Ray's own.
    """
    address, ray = ray_address(on), _ray()
    if ray.is_initialized():
        yield ray
        return
    quiet = {"logging_level": "ERROR", "log_to_driver": False}
    local = {} if address else {"address": "local", "num_cpus": cores, "include_dashboard": False}
    try:
        ray.init(**({"address": address} | quiet | local))
    except (ConnectionError, ValueError, ImportError, RuntimeError, OSError) as error:
        said = " ".join(str(error).split())
        raise BadInput(f"Ray at {address or 'this machine'} does not let us in ({said}): look at `ray status` there; "
                       "where it wants a token, set RAY_AUTH_MODE=token") from None
    try:
        yield ray
    finally:
        ray.shutdown()


def check_reachable(on: str) -> None:
    """`BadInput` where Ray is not installed or nobody listens at the address: Ray itself would try for many minutes."""
    address = ray_address(on)
    _ray()
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto", or ours to start
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT).close()
    except OSError as error:
        raise BadInput(f"no Ray cluster at {address} ({error.strerror or error}): look at `ray status` on its head, "
                       "and at the port (6379 of ray:HOST:PORT, 10001 of ray://HOST:PORT)") from None


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise BadInput("--on ray needs the package ray: pip install -c constraints.txt '.[ray]' "
                       "in mixreal's folder") from None
    return ray


def render_on_ray(work: Work, wanted: Sequence[int], on: str, processes: int | None, device: str, lock: Path | None,
                  advance: Callable[[int], None]) -> None:
    """Render the shards `wanted` as Ray tasks of `work.threads` cores each (and a GPU on "cuda").

    processes: tasks at once; None = as many as the cluster takes. lock: the lock file that we hold; None at a URL.
    """
    cores = (processes or max((os.cpu_count() or 1) // work.threads, 1)) * work.threads
    with connected(on, cores) as ray:
        resources = {"num_cpus": work.threads, "num_gpus": 1 if device.startswith("cuda") else 0}
        task = ray.remote(_render_shard).options(max_retries=RETRIES, **resources)
        setting = ray.put((work, device.partition(":")[0], str(lock.absolute()) if lock else "", THIS_PROCESS))
        at_once = processes or max(int(AHEAD * ray.cluster_resources().get("CPU", 1) / work.threads), 1)
        for shard, files in _in_turn(ray, ((s, partial(task.remote, setting, s)) for s in wanted), at_once):
            if files:
                assert isinstance(work.root, Path)  # at a URL workers write
                shards.write_files(work.root, files)
            advance(len(work.header.rows_of(shard)))


def _in_turn(ray: Any, tasks: Iterable[tuple[int, Callable[[], Any]]], at_once: int) -> Iterator[tuple[int, Files]]:
    """Results of tasks as they come, so many handed out at a time: a million tasks need no more memory than ten."""
    left = iter(tasks)
    running: dict[Any, int] = {}
    try:
        while True:
            for shard, start in islice(left, at_once - len(running)):
                running[start()] = shard
            if not running:
                return
            (done,), _ = ray.wait(list(running), num_returns=1)
            shard = running.pop(done)
            yield shard, result(ray, done)
    except BaseException:
        for task in running:
            ray.cancel(task, force=True)
        raise


def result(ray: Any, task: Any) -> Any:
    """What a task returned; its `BadInput` is ours, and a worker that keeps dying is one too."""
    try:
        return ray.get(task)
    except ray.exceptions.RayTaskError as error:
        cause = error.cause if isinstance(error.cause, BaseException) else error
        if isinstance(cause, BadInput):
            raise BadInput(str(cause)) from None
        raise
    except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.NodeDiedError) as error:
        raise BadInput(f"a task's workers died {RETRIES + 1} times ({type(error).__name__}; out of memory?): run the "
                       "same command again with fewer --processes or more --threads (what is finished is kept)"
                       ) from None


# -- in the worker ---------------------------------------------------------------------------------------------------

_prepared: dict[str, "Synthesis"] = {}  # the one that this process rendered with last


def _render_shard(setting: tuple[Work, str, str, str], shard: int) -> Files:
    """Render a shard; [] if it is written, else its files."""
    work, device, lock, process = setting
    name = fingerprint(to_mapping(work.spec), work.identity, device)
    if name not in _prepared:
        _prepared.clear()
        _prepared[name] = prepare(work, device)
    storage, back = storage_of(work.root), Files()

    def write(number: int, images: "np.typing.NDArray[np.uint8]", rows: Rows) -> None:
        if not lock or held(Path(lock), process):
            storage.write_shard(work.root, number, images, rows)
        else:
            back.extend((file, (b"".join(parts),)) for file, parts in shards.shard_files(number, images, rows))

    with ThreadPoolExecutor(work.threads) as pool:
        render_shards(_prepared[name], work.header, [shard], pool, work.threads, lambda images: None, write)
    return back
