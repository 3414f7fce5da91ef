"""CUT (Park et al. 2020): a patch of the output belongs to the patch of the input at the same place, not to others."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal.refining.generator import Generator
from mixreal.refining.notation import generator_layers
from mixreal.refining.pairs import Pair
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translator import Fakes, Networks, Plugin, Terms

PATCHES = 64  # of each image and map
WIDTH = 64  # of what patches are compared by
TEMPERATURE = 0.07


class Heads(nn.Module):
    """A two-layer map for each generator and chosen layer, as in the original; weights N(0, 0.02^2)."""

    def __init__(self, spec: RefineSpec, generator: torch.Generator) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            self.heads = nn.ModuleList(
                nn.ModuleList(nn.Sequential(nn.Linear(c, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH))
                              for c in _channels(spec)) for _ in range(2))
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.02, generator=generator)
                nn.init.zeros_(module.bias)


def _translate(nets: Networks, pair: Pair, spec: RefineSpec, generator: torch.Generator) -> tuple[Fakes, Terms]:
    fakes = Fakes(nets.to_real(pair.synthetic), nets.to_synthetic(pair.real))
    assert isinstance(nets.extra, Heads)
    ways = ((nets.to_real, pair.synthetic, fakes.real), (nets.to_synthetic, pair.real, fakes.synthetic))
    parts = [_contrast(network, before, after, heads, _places(spec), generator)
             for (network, before, after), heads in zip(ways, nets.extra.heads)]
    return fakes, {"contrast": (spec.lambda_contrast, torch.stack(parts).sum())}


def _contrast(network: Generator, before: Tensor, after: Tensor, heads: nn.Module, places: tuple[int, ...],
              generator: torch.Generator) -> Tensor:
    """InfoNCE within each image: of the patches of the input, which one is at this patch's place?"""
    losses = []
    assert isinstance(heads, nn.ModuleList)
    for own, made, head in zip(network.features(before, places), network.features(after, places), heads):
        count = own.shape[2] * own.shape[3]
        where = torch.randperm(count, generator=generator)[:PATCHES].to(own.device)
        key, query = (F.normalize(head(one.flatten(2).transpose(1, 2)[:, where]), dim=2) for one in (own, made))
        likeness = query @ key.detach().transpose(1, 2) / TEMPERATURE  # (b, patches, patches)
        wanted = torch.arange(len(where), device=own.device).expand(len(own), -1)
        losses.append(F.cross_entropy(likeness.flatten(0, 1), wanted.flatten()))
    return torch.stack(losses).mean()


def _places(spec: RefineSpec) -> tuple[int, ...]:
    """Where in `Generator.layers` maps are taken: after each d, and after the residual blocks."""
    out, at, inside = [], 0, False
    for layer in generator_layers(spec.generator)[:-1]:
        if layer.kind == "R":
            if not inside:
                out.append(at)
                at += 1
            inside = True
            continue
        inside = False
        if layer.kind == "d":
            out.append(at + 2)  # convolution, norm, ReLU
        at += 3
    return tuple(out)


def _channels(spec: RefineSpec) -> list[int]:
    out, inside = [], False
    for layer in generator_layers(spec.generator)[:-1]:
        if layer.kind == "d" or (layer.kind == "R" and not inside):
            out.append(layer.filters)
        inside = layer.kind == "R"
    return out


CUT = Plugin(Heads, _translate)
