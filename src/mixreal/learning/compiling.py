"""Compiled training steps: torch.compile where it pays, tried out before the first step, given up where it fails."""

import shutil

import torch
import torch.nn.functional as F
from torch import nn

from mixreal.learning.batch_norm import has_batch_norm, set_real
from mixreal.learning.task import Task

PAYS = 200_000  # images of training on a CPU: compiling takes as long as some 10,000 do
COMPILERS = ("c++", "g++", "clang++", "cl")


def pays(task: Task, model: nn.Module, device: torch.device) -> bool:
    """Whether to compile: as asked, or with "auto" where there is something to fuse and time to win it back.

    Measured on a core with AVX-512, ResNet-20 at batch 128 in float32: 477 images/s, compiled 599. The AlexNet variant
    has no batch norm to fuse and gains nothing.
    """
    if task.spec.compile != "auto":
        return task.spec.compile == "yes"
    able = device.type == "cuda" or any(shutil.which(name) for name in COMPILERS)
    return able and has_batch_norm(model) and task.steps * task.spec.batch >= PAYS


def compiled(model: nn.Module, task: Task, device: torch.device, precision: str) -> tuple[nn.Module, bool]:
    """The model with its forward and backward pass compiled, weights shared; the model as it is where that fails.

    One step on an empty minibatch finds out; it leaves weights and batch-norm statistics as they were. A resumed run
    that was compiled has to be compiled again, so there a failure is told by the second value.
    """
    fast: nn.Module = torch.compile(model, dynamic=False,  # type: ignore[assignment]
                                    mode="reduce-overhead" if device.type == "cuda" else "default")
    kept = [(buffer, buffer.clone()) for buffer in model.buffers()]
    images = torch.zeros(task.spec.batch, 3, task.size, task.size, device=device)
    labels = torch.zeros(task.spec.batch, dtype=torch.int64, device=device)
    worked = True
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
                set_real(model, task.mix.counts(task.spec.batch)[0] if task.spec.norm == "split" else 0)
                scores = fast(images.contiguous(memory_format=torch.channels_last))
            F.cross_entropy(scores.float(), labels).backward()  # type: ignore[no-untyped-call]
    except Exception as error:  # no compiler, one of another version, a graph it cannot take: none stops a training
        print(f"torch.compile does not work here ({type(error).__name__}): training without it", flush=True)
        worked = False
    with torch.no_grad():
        for buffer, before in kept:
            buffer.copy_(before)
    model.zero_grad(set_to_none=True)
    return (fast, True) if worked else (model, False)
