"""What a translator is: the part in which CycleGAN, SimGAN and CUT differ; the rest is shared by all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from mixreal.errors import BadInput, did_you_mean
from mixreal.plugins import plugin
from mixreal.refining.discriminator import Discriminator
from mixreal.refining.generator import Generator
from mixreal.refining.initialising import make_discriminator, make_generator
from mixreal.refining.pairs import Pair
from mixreal.refining.spec import RefineSpec

BUILT_IN = {"cyclegan": "mixreal.refining.cyclegan:CYCLEGAN", "simgan": "mixreal.refining.simgan:SIMGAN",
            "cut": "mixreal.refining.cut:CUT"}


class Networks(nn.Module):
    """Two generators, two discriminators, and what else a translator trains with the generators."""

    def __init__(self, spec: RefineSpec, extra: nn.Module, generator: torch.Generator) -> None:
        super().__init__()
        self.to_real: Generator = make_generator(spec, generator)
        self.to_synthetic: Generator = make_generator(spec, generator)
        self.d_real: Discriminator = make_discriminator(spec, generator)
        self.d_synthetic: Discriminator = make_discriminator(spec, generator)
        self.extra = extra


@dataclass(frozen=True)
class Fakes:
    """Translated images of one minibatch: (b, 3, h, w) each."""

    real: Tensor  # made from synthetic ones
    synthetic: Tensor  # made from real ones


#: The terms that a translator adds to the generators' adversarial loss: name -> (weight, value).
Terms = dict[str, tuple[float, Tensor]]


class Translator(Protocol):
    """A way of image translation without pairs. `check_translator` tries a new one out."""

    def extra(self, spec: RefineSpec, generator: torch.Generator) -> nn.Module:
        """Further networks, trained with the generators; `nn.Identity()` for none."""
        ...

    def translate(self, nets: Networks, pair: Pair, spec: RefineSpec,
                  generator: torch.Generator) -> tuple[Fakes, Terms]:
        """Both translations of a minibatch, and the losses that tie them to their inputs."""
        ...


@dataclass(frozen=True)
class Plugin:
    """A translator made of two functions."""

    extra: Callable[[RefineSpec, torch.Generator], nn.Module]
    translate: Callable[[Networks, Pair, RefineSpec, torch.Generator], tuple[Fakes, Terms]]


def open_translator(name: str) -> Translator:
    """A built-in translator by name, or anyone's as "package.module:attribute"."""
    place = BUILT_IN.get(name, name)
    if ":" not in place:
        raise BadInput(f"unknown translator {name!r}: {did_you_mean(name, [*BUILT_IN, 'package.module:attribute'])}")
    found = plugin(place, "translator", "a mixreal.refining.translator.Translator")
    for method in ("extra", "translate"):
        if not callable(getattr(found, method, None)):
            raise BadInput(f"translator {name!r} has no {method}(): see mixreal.refining.translator.Translator")
    out: Translator = found
    return out


def check_translator(translator: Translator, spec: RefineSpec, size: int = 32) -> None:
    """Try a plug-in on random images; `BadInput` for shapes, ranges or gradients that are not as they should be."""
    generator = torch.Generator().manual_seed(0)
    nets = Networks(spec, translator.extra(spec, generator), generator)
    images = torch.rand(2, 2, 3, size, size, generator=generator) * 2 - 1
    labels = torch.zeros(2, dtype=torch.int64)
    fakes, terms = translator.translate(nets, Pair(images[0], images[1], labels, labels), spec, generator)
    for name, fake in (("real", fakes.real), ("synthetic", fakes.synthetic)):
        reach = float(fake.detach().abs().max())
        if fake.shape != images[0].shape or reach > 1:
            raise BadInput(f"the translator's {name} images have shape {tuple(fake.shape)} and reach {reach:.3g}: "
                           f"expected {tuple(images[0].shape)} in [-1, 1]")
        if not fake.requires_grad:
            raise BadInput(f"the translator's {name} images have no gradient: make them with nets.to_{name}")
    for name, (_, value) in terms.items():
        if value.shape != ():
            raise BadInput(f"the translator's term {name!r} has shape {tuple(value.shape)}: expected one number")
