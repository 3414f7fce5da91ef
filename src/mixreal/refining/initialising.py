"""How networks begin: the three readings of App. 6.2."""

import math

import torch
from torch import Tensor, nn

from mixreal.refining.discriminator import Discriminator
from mixreal.refining.generator import Generator
from mixreal.refining.spec import RefineSpec

DEVIATION = 0.02  # of weights, as in DCGAN and CycleGAN


def make_generator(spec: RefineSpec, generator: torch.Generator) -> Generator:
    """A generator with weights drawn from `generator`."""
    with torch.random.fork_rng(devices=[]):  # constructors draw from the global stream: leave it as it was
        made = Generator(spec)
    initialise(made, spec.init, generator)
    if spec.output == "residual":  # begin close to the identity
        last = [m for m in made.modules() if isinstance(m, nn.Conv2d)][-1]
        nn.init.normal_(last.weight, 0, 0.1 * DEVIATION, generator=generator)
    return made


def make_discriminator(spec: RefineSpec, generator: torch.Generator) -> Discriminator:
    """A discriminator with weights drawn from `generator`."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(int(torch.randint(2**62, (), generator=generator)))  # spectral norm draws
        made = Discriminator(spec)
    initialise(made, spec.init, generator)
    return made


def initialise(model: nn.Module, kind: str, generator: torch.Generator) -> None:
    """Draw weights and scales of batch norm; all else is 0.

    "normal": weights N(0, 0.02^2), scales N(1, 0.02^2). "literal": both of mean 0 and variance 0.02 (App. 6.2).
    "he": weights of variance 2 / fan-in, scales 1.
    """
    deviation = math.sqrt(DEVIATION) if kind == "literal" else DEVIATION
    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            # Under spectral norm `weight` is computed from the parameter that is meant.
            weight: Tensor = dict(module.named_parameters()).get("parametrizations.weight.original", module.weight)
            if kind == "he":
                nn.init.kaiming_normal_(weight, generator=generator)
            else:
                nn.init.normal_(weight, 0, deviation, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 0 if kind == "literal" else 1, 0 if kind == "he" else deviation,
                            generator=generator)
            nn.init.zeros_(module.bias)
