"""Motorcycles: naked, sport, cruiser and chopper, touring, adventure, enduro, scooter, moped, vintage with sidecar."""

from collections.abc import Callable

import numpy as np

from mixreal.models.mesh import Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.cycle_parts import Part, turned, turned_point
from mixreal.models.shapes.motorcycle_classic import cruiser, vintage
from mixreal.models.shapes.motorcycle_parts import Draft, side_stand
from mixreal.models.shapes.motorcycle_road import naked, sport, touring
from mixreal.models.shapes.motorcycle_small import enduro, moped, scooter
from mixreal.models.shapes.rider import rider
from mixreal.models.shapes.solids import rotated

KINDS: tuple[tuple[Callable[[np.random.Generator], Draft], float], ...] = (
    (naked, 0.17),
    (sport, 0.2),
    (cruiser, 0.18),
    (touring, 0.11),
    (enduro, 0.11),
    (scooter, 0.11),
    (moped, 0.03),
    (vintage, 0.09),
)


def build(rng: np.random.Generator) -> Mesh:
    """A random motorcycle, in metres; it heads along +z."""
    makers, shares = zip(*KINDS, strict=True)
    make = makers[int(rng.choice(len(makers), p=np.array(shares) / sum(shares)))]
    return assemble(make.__name__, _ready(rng, make(rng)))


def _ready(rng: np.random.Generator, draft: Draft) -> list[Part]:
    """The draft with its front turned, and ridden, on its stand, or upright."""
    c = draft.chassis
    steering = float(np.clip(rng.normal(0, 11), -30, 30))
    parts = draft.fixed + turned(draft.steered, c.head, c.steer, steering)
    if draft.leans and rng.random() < 0.16:  # with a sidecar it would be too many triangles
        left, right = (turned_point(hand, c.head, c.steer, steering) for hand in draft.hands)
        helmet = "full" if rng.random() < 0.85 else "open"
        return parts + rider(rng, draft.seat, (left, right), draft.feet, draft.lean, helmet, leather=rng.random() < 0.7)
    if draft.leans and rng.random() < 0.55:
        parts.append(side_stand(float(draft.feet[0][2])))
        tilt = rng.uniform(5, 11)
        return [(rotated(solid, "z", -tilt), surface) for solid, surface in parts]
    return parts
