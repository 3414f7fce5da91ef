"""Several processes at one stage, one a GPU, as `torchrun` starts them: each takes its share of every minibatch.

Gradients are averaged over processes after each backward pass, in one message: what DistributedDataParallel does,
which hooks into `backward()`, where we ask for the gradients of some parameters alone (`updates.Player`). Batch norm
sees each process's own share, as there.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import torch
import torch.distributed as dist

from mixreal.errors import BadInput
from mixreal.hardware import open_device

T = TypeVar("T")


@contextmanager
def joined(device: str = "auto") -> Iterator[None]:
    """Join the group that `torchrun` started, if it did; leave it afterwards. device: as `open_device` takes it."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2 or dist.is_initialized():
        yield
        return
    cuda = open_device(device).type == "cuda"
    if cuda:
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if cuda else "gloo")
    try:
        yield
    finally:
        dist.destroy_process_group()


def rank() -> int:
    """Which of the processes this is; 0 measures and writes."""
    return dist.get_rank() if _several() else 0


def wait() -> None:
    """Until all processes are here."""
    if _several():
        dist.barrier()


def any_of(flag: bool, device: torch.device) -> bool:
    """Whether it is so in any of the processes, which all have to ask."""
    if not _several():
        return flag
    told = torch.tensor(float(flag), device=device)
    dist.all_reduce(told, dist.ReduceOp.MAX)
    return bool(told)


def in_turn(work: Callable[[], T]) -> T:
    """Let process 0 make what is shared on disk, then the others find it."""
    if rank() == 0:
        made = work()
        wait()
        return made
    wait()
    return work()


def share(batch: int) -> slice:
    """This process's rows of a minibatch."""
    count = dist.get_world_size() if _several() else 1
    if batch % count:
        raise BadInput(f"a minibatch of {batch} cannot be shared by {count} processes: use a multiple of {count}")
    size = batch // count
    return slice(rank() * size, (rank() + 1) * size)


def check_alone(what: str) -> None:
    """`BadInput` for what several processes cannot do together."""
    if _several():
        raise BadInput(f"{what} is for one process, and there are {dist.get_world_size()}: leave it out, or use one")


def _several() -> bool:
    return dist.is_available() and dist.is_initialized()
