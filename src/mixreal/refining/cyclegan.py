"""CycleGAN (Zhu et al. 2017; Sec. 4.1, App. 6.1): there and back again is the same image."""

import torch
from torch import nn

from mixreal.refining.losses import l1
from mixreal.refining.pairs import Pair
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translator import Fakes, Networks, Plugin, Terms


def _extra(spec: RefineSpec, generator: torch.Generator) -> nn.Module:
    return nn.Identity()


def _translate(nets: Networks, pair: Pair, spec: RefineSpec, generator: torch.Generator) -> tuple[Fakes, Terms]:
    """L_cycle = |F(G(s)) - s| + |G(F(r)) - r|, means over pixels."""
    fakes = Fakes(nets.to_real(pair.synthetic), nets.to_synthetic(pair.real))
    if not spec.lambda_cycle:
        return fakes, {}
    back = l1(nets.to_synthetic(fakes.real), pair.synthetic) + l1(nets.to_real(fakes.synthetic), pair.real)
    return fakes, {"cycle": (spec.lambda_cycle, back)}


CYCLEGAN = Plugin(_extra, _translate)
