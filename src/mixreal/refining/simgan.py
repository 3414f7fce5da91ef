"""SimGAN (Shrivastava et al. 2017): no way back; only the distance to the input (`lambda_l1`) holds the image.

The original keeps earlier images for the discriminators: set `pool` too.
"""

import torch
from torch import nn

from mixreal.errors import BadInput
from mixreal.refining.pairs import Pair
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translator import Fakes, Networks, Plugin, Terms


def _extra(spec: RefineSpec, generator: torch.Generator) -> nn.Module:
    if not spec.lambda_l1:
        raise BadInput("translator 'simgan' is held by the distance to the input alone: set lambda_l1 above 0")
    return nn.Identity()


def _translate(nets: Networks, pair: Pair, spec: RefineSpec, generator: torch.Generator) -> tuple[Fakes, Terms]:
    return Fakes(nets.to_real(pair.synthetic), nets.to_synthetic(pair.real)), {}


SIMGAN = Plugin(_extra, _translate)
