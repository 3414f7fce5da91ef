"""Trainings that begin alike: one leaves, at the step where the other parts from it, a checkpoint for it to go on from.

A mix that finishes on real images alone is, until then, the training that does not: three quarters of it need not be
done twice.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from mixreal import runs
from mixreal.datasets.locks import Held, lock
from mixreal.errors import BadInput
from mixreal.learning import checkpoints
from mixreal.learning.checkpoints import State
from mixreal.learning.task import Task
from mixreal.learning.trainspec import TrainSpec


@dataclass(frozen=True)
class Branch:
    """Another training of the same images."""

    spec: TrainSpec  # the trunk's, but for `finish`
    folder: Path  # where it will be asked for


def partings(trunk: Task, branches: Sequence[Branch]) -> dict[int, list[Branch]]:
    """At which step of the trunk which branches leave it; `BadInput` for one that is another from the start."""
    out: dict[int, list[Branch]] = {}
    for branch in branches:
        if trunk.spec.finish or replace(branch.spec, finish=0.0) != trunk.spec or not branch.spec.finish:
            raise BadInput(f"{str(branch.folder)!r} does not begin as the training that should leave it a checkpoint: "
                           "they may differ in finish alone, which is 0 there and above 0 here")
        out.setdefault(replace(trunk, spec=branch.spec).mixed_steps, []).append(branch)
    return out


def leave(branch: Branch, trunk: Task, folder: Path, config: str, state: State, model: nn.Module,
          optimizer: torch.optim.Optimizer) -> None:
    """Make the branch's folder one of a training that was stopped here. One that is begun already is left alone."""
    with suppress(Held), lock(branch.folder):
        if (branch.folder / runs.CONFIG).is_file():
            return
        runs.write_text(branch.folder / runs.CONFIG, config)  # first: a folder without it would not be a training's
        with runs.atomic(branch.folder / runs.METRICS) as temporary, open(folder / runs.METRICS, "rb") as metrics:
            temporary.write_bytes(metrics.read(state.metrics_bytes))
        checkpoints.save(branch.folder, replace(trunk, spec=branch.spec).identity, state, model, optimizer)
