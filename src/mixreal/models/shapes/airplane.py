"""Airplanes: airliners, business jets, turboprops, light propeller planes, biplanes, gliders, fighters and warbirds."""

from collections.abc import Callable

import numpy as np

from mixreal.models.mesh import Mesh
from mixreal.models.shapes.airplane_fighters import jet_fighter, warbird
from mixreal.models.shapes.airplane_jets import airliner, business_jet, delta_airliner, tail_jet
from mixreal.models.shapes.airplane_light import biplane, high_wing, light_twin, low_wing, seaplane
from mixreal.models.shapes.airplane_parts import Part
from mixreal.models.shapes.airplane_propellers import glider, regional, transport
from mixreal.models.shapes.assembly import assemble

# How often each type is built. Airliners, light singles and fighters are what photographs mostly show.
TYPES: tuple[tuple[Callable[[np.random.Generator], list[Part]], float], ...] = (
    (airliner, 0.25),
    (tail_jet, 0.08),
    (delta_airliner, 0.02),
    (business_jet, 0.08),
    (regional, 0.08),
    (transport, 0.04),
    (high_wing, 0.09),
    (low_wing, 0.08),
    (light_twin, 0.03),
    (seaplane, 0.03),
    (biplane, 0.06),
    (glider, 0.04),
    (jet_fighter, 0.12),
    (warbird, 0.07),
)


def build(rng: np.random.Generator) -> Mesh:
    """A random airplane, in metres; its nose points along +z."""
    kinds, shares = zip(*TYPES, strict=True)
    kind = kinds[int(rng.choice(len(kinds), p=np.array(shares) / sum(shares)))]
    return assemble(kind.__name__, kind(rng))
