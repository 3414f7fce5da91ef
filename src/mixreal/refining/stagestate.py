"""Where a stage's training stands between two steps, in memory and in one file that it can go on from exactly."""

import copy
import pickle
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mixreal.errors import unreadable
from mixreal.learning.checkpoints import save_content
from mixreal.refining.generator import Generator
from mixreal.refining.pool import Pool
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translator import Networks
from mixreal.refining.updates import Player

CHECKPOINT = "checkpoint.pt"
PRETRAIN_G, PRETRAIN_D, MAIN = 0, 1, 2  # phases, in order
PHASES = ("pretrain_g", "pretrain_d", "main")


@dataclass
class StageState:
    """Networks, optimizers, averages and pools; and how far they are."""

    nets: Networks
    spec: RefineSpec
    step: int = 0  # of all phases together
    metrics_bytes: int = 0
    seconds: float = 0.0  # of training alone
    sums: dict[str, Tensor] = field(default_factory=dict)  # of each logged term since the last line
    count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)  # one a measured checkpoint
    inputs: dict[str, Any] = field(default_factory=dict)  # the same numbers for the stage's inputs
    diverged: bool = False
    averages: tuple[Generator, Generator] | None = None
    pools: tuple[Pool, Pool] = (Pool(0), Pool(0))
    players: tuple[Player, Player] | None = None

    @property
    def phase(self) -> int:
        """Which of the phases the next step belongs to."""
        return phase_of(self.spec, self.step)[0]

    @property
    def iteration(self) -> int:
        """How many iterations of the current phase are done."""
        return phase_of(self.spec, self.step)[1]


def total_steps(spec: RefineSpec) -> int:
    """Of all three phases."""
    return spec.pretrain_g + spec.pretrain_d + spec.iterations


def phase_of(spec: RefineSpec, step: int) -> tuple[int, int]:
    """(phase, iteration within it) of a step."""
    if step < spec.pretrain_g:
        return PRETRAIN_G, step
    if step < spec.pretrain_g + spec.pretrain_d:
        return PRETRAIN_D, step - spec.pretrain_g
    return MAIN, step - spec.pretrain_g - spec.pretrain_d


def begin_phase(state: StageState) -> None:
    """Fresh optimizers; with the main phase, the averages begin."""
    spec, nets = state.spec, state.nets
    makers = [*nets.to_real.parameters(), *nets.to_synthetic.parameters()]
    if state.phase == MAIN:
        makers += [*nets.extra.parameters()]
        if spec.ema:
            state.averages = (_still(nets.to_real), _still(nets.to_synthetic))
        state.pools = (Pool(spec.pool), Pool(spec.pool))
    critics = [*nets.d_real.parameters(), *nets.d_synthetic.parameters()]
    state.players = (_player(makers, spec.g_lr, spec), _player(critics, spec.d_lr, spec))


@torch.no_grad()
def follow(state: StageState, updates: int) -> None:
    """Move the averages a little towards the generators: weights by the decay, statistics of batch norm too."""
    if state.averages is None:
        return
    decay = min(state.spec.ema, (1 + updates) / (10 + updates))
    for average, network in zip(state.averages, (state.nets.to_real, state.nets.to_synthetic)):
        mine = [value for value in average.state_dict().values() if value.is_floating_point()]
        theirs = [value for value in network.state_dict().values() if value.is_floating_point()]
        torch._foreach_lerp_(mine, theirs, 1 - decay)


def save(folder: Path, identity: str, state: StageState) -> None:
    """Write everything, whole or not at all, in place of the last checkpoint."""
    assert state.players is not None
    kept = {name: getattr(state, name) for name in ("step", "metrics_bytes", "seconds", "sums", "count", "rows",
                                                    "inputs", "diverged")}
    content = {"identity": identity, **kept, "nets": state.nets.state_dict(),
               "averages": None if state.averages is None else [one.state_dict() for one in state.averages],
               "pools": [pool.images for pool in state.pools],
               "optimizers": [player.optimizer.state_dict() for player in state.players]}
    save_content(folder, content)


def load(folder: Path, identity: str, state: StageState, device: torch.device) -> None:
    """Take a fresh state to where the last checkpoint left it, if there is one."""
    path = folder / CHECKPOINT
    if not path.is_file():
        begin_phase(state)
        return
    try:
        content: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        if content["identity"] != identity:
            raise ValueError("it belongs to another stage")
        state.nets.load_state_dict(content["nets"])
        for name in ("step", "metrics_bytes", "seconds", "sums", "count", "rows", "inputs", "diverged"):
            setattr(state, name, content[name])
        begin_phase(state)
        assert state.players is not None
        if state.iteration > 0:  # at the beginning of a phase optimizers, averages and pools are new
            for player, found in zip(state.players, content["optimizers"]):
                player.optimizer.load_state_dict(found)
            for average, found in zip(state.averages or (), content["averages"] or ()):
                average.load_state_dict(found)
            for pool, images in zip(state.pools, content["pools"]):
                pool.images = images
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, pickle.UnpicklingError,
            zipfile.BadZipFile) as error:
        raise unreadable(path, error, "delete that file to train this stage from the start", "used") from error


def _player(parameters: list[torch.nn.Parameter], rate: float, spec: RefineSpec) -> Player:
    optimizer = torch.optim.Adam(parameters, rate, spec.betas, fused=True)
    return Player(list(parameters), optimizer)


def _still(network: Generator) -> Generator:
    return copy.deepcopy(network).requires_grad_(False)
