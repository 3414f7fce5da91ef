"""Frozen generators: the running average or the weights themselves, their batch norm as the spec asks."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor, nn

from mixreal.errors import unreadable
from mixreal.refining.generator import Generator
from mixreal.refining.initialising import make_generator
from mixreal.refining.spec import RefineSpec
from mixreal.runs import write_bytes

GENERATORS = "generators.safetensors"


@dataclass(frozen=True)
class Frozen:
    """One direction, at rest."""

    network: Generator
    by_minibatch: bool  # batch norm by each minibatch's own statistics

    @torch.no_grad()
    def __call__(self, pixels: Tensor) -> Tensor:
        """(b, 3, h, w) in [-1, 1] to the same."""
        self.network.train(self.by_minibatch)
        with _unmoved(self.network):
            out: Tensor = self.network(pixels).float()
        return out


@dataclass(frozen=True)
class Translators:
    """Both directions of a stage."""

    to_real: Frozen
    to_synthetic: Frozen


def freeze(to_real: Generator, to_synthetic: Generator, spec: RefineSpec,
           synthetic: Sequence[Tensor], real: Sequence[Tensor]) -> Translators:
    """Copies that no longer change. "estimated": batch-norm statistics anew from minibatches of each input."""
    out = []
    for network, minibatches in ((to_real, synthetic), (to_synthetic, real)):
        still = copy.deepcopy(network).requires_grad_(False)
        if spec.translate_norm == "estimated":
            _estimate(still, minibatches)
        out.append(Frozen(still.eval(), spec.translate_norm == "batch"))
    return Translators(*out)


def save(path: Path, translators: Translators) -> None:
    """Write both generators, whole or not at all."""
    tensors = {f"{name}.{key}": value.detach().cpu().contiguous()
               for name, frozen in (("to_real", translators.to_real), ("to_synthetic", translators.to_synthetic))
               for key, value in frozen.network.state_dict().items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, safetensors.save(tensors))


def load(path: Path, spec: RefineSpec, device: torch.device) -> Translators:
    """Read generators that `save` wrote."""
    out = []
    try:
        tensors = safetensors.load(path.read_bytes())
        for name in ("to_real", "to_synthetic"):
            network = make_generator(spec, torch.Generator().manual_seed(0))
            network.load_state_dict({key.removeprefix(f"{name}."): value for key, value in tensors.items()
                                     if key.startswith(f"{name}.")})
            network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
            out.append(Frozen(network.requires_grad_(False).eval(), spec.translate_norm == "batch"))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise unreadable(path, error, "delete the stage's folder and refine again") from error
    return Translators(*out)


@torch.no_grad()
def _estimate(network: Generator, minibatches: Sequence[Tensor]) -> None:
    """Running statistics as plain averages over minibatches, each layer's inputs normalised as in training."""
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    before = [norm.momentum for norm in norms]
    network.train()
    for k, minibatch in enumerate(minibatches if norms else ()):
        for norm in norms:
            norm.momentum = 1 / (k + 1)
        network(minibatch)
    for norm, momentum in zip(norms, before):
        norm.momentum = momentum


class _unmoved:
    """Inside, batch norm in training mode leaves its running statistics as they are."""

    def __init__(self, network: nn.Module) -> None:
        self.norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]

    def __enter__(self) -> None:
        self.before = [norm.momentum for norm in self.norms]
        for norm in self.norms:
            norm.momentum = 0.0

    def __exit__(self, *_: object) -> None:
        for norm, momentum in zip(self.norms, self.before):
            norm.momentum = momentum
