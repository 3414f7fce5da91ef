"""What kinds of car there are: their measures, and how one is drawn at random."""

from dataclasses import dataclass, replace

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.palette import (
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    GLASS,
    LIGHT_GLASS,
    WHITE_PAINT,
    material,
    paint,
    srgb,
)

TYPES = ("saloon", "hatchback", "estate", "off-roader", "minivan", "coupe", "convertible", "city car", "classic")
SHARES = (0.24, 0.17, 0.09, 0.16, 0.08, 0.1, 0.06, 0.05, 0.05)


@dataclass(frozen=True)
class Plan:
    """A car's measures in metres. `cowl` .. `header` are from the nose, `rear_header` and `deck` from the tail."""

    length: float
    width: float
    height: float
    wheelbase: float
    clearance: float
    wheel: float  # radius
    nose: float  # height of the bonnet's front edge
    cowl_height: float
    cowl: float
    header: float
    rear_header: float
    deck: float
    deck_height: float
    roof_share: float  # the roof's width as a share of the body's
    glass_end: float  # where the last side window ends, from the tail
    overhang: float = 0.86


_PLANS = {
    "saloon": Plan(4.65, 1.82, 1.45, 2.76, 0.17, 0.33, 0.72, 0.97, 1.2, 1.95, 1.3, 0.6, 1.01, 0.69, 1.05),
    "hatchback": Plan(4.1, 1.77, 1.48, 2.55, 0.17, 0.32, 0.74, 0.99, 1.02, 1.72, 0.55, 0.14, 1.02, 0.7, 0.55, 0.82),
    "estate": Plan(4.75, 1.82, 1.48, 2.76, 0.17, 0.33, 0.72, 0.97, 1.2, 1.92, 0.42, 0.1, 1.0, 0.72, 0.42),
    "off-roader": Plan(4.55, 1.88, 1.74, 2.7, 0.24, 0.38, 0.95, 1.16, 1.15, 1.75, 0.4, 0.1, 1.16, 0.75, 0.42),
    "minivan": Plan(4.7, 1.88, 1.82, 2.9, 0.18, 0.34, 0.82, 1.1, 0.78, 1.65, 0.32, 0.08, 1.08, 0.77, 0.36, 0.9),
    "coupe": Plan(4.4, 1.86, 1.29, 2.55, 0.13, 0.34, 0.62, 0.88, 1.35, 2.1, 1.35, 0.35, 0.94, 0.64, 1.2, 0.9),
    "convertible": Plan(4.2, 1.78, 1.3, 2.45, 0.15, 0.32, 0.66, 0.9, 1.3, 1.95, 1.5, 1.1, 0.93, 0.66, 1.5, 0.84),
    "city car": Plan(3.45, 1.64, 1.52, 2.28, 0.17, 0.29, 0.78, 1.02, 0.72, 1.35, 0.3, 0.06, 1.04, 0.72, 0.34, 0.66),
    "classic": Plan(4.6, 1.74, 1.45, 2.75, 0.18, 0.33, 0.82, 0.95, 1.45, 1.85, 1.35, 0.95, 0.96, 0.72, 1.25, 0.85),
}


@dataclass(frozen=True)
class Car:
    """All that is drawn at random before anything is built."""

    kind: str
    plan: Plan
    body: Material
    roof: Material
    glass: Material
    trim: Material
    boxy: float  # 0 rounded at nose and tail, 1 square
    roof_open: bool


def drawn(rng: np.random.Generator, kind: str) -> Car:
    """A random car of a kind: its measures, colours and finish."""
    mean = _PLANS[kind]
    wide = {k: float(v * np.exp(rng.normal(0, 0.035))) for k, v in vars(mean).items()}
    size = float(rng.uniform(0.94, 1.06))
    plan = replace(mean, **wide)
    plan = replace(plan, length=mean.length * size, wheelbase=mean.wheelbase * size)
    plan = replace(
        plan, width=float(mean.width * rng.uniform(0.95, 1.05)), height=mean.height * rng.uniform(0.96, 1.05)
    )
    plan = replace(plan, roof_share=min(plan.roof_share, 0.8), wheel=float(mean.wheel * rng.uniform(0.95, 1.08)))
    if plan.length - plan.overhang - plan.wheelbase < plan.wheel + 0.2:
        plan = replace(plan, overhang=plan.length - plan.wheelbase - plan.wheel - 0.22)
    colour = paint(rng, bright=0.45 if kind in ("coupe", "convertible", "city car", "classic") else 0.12)
    roof = colour
    if rng.random() < 0.14:
        roof = WHITE_PAINT if rng.random() < 0.4 else BLACK_PAINT
    if rng.random() < 0.05 and kind in ("saloon", "minivan", "estate"):
        colour = roof = material(
            "taxi paint", srgb(246, 190, 20) if rng.random() < 0.7 else srgb(222, 208, 170), 0.0, 0.25
        )
    chrome = kind == "classic" or rng.random() < 0.2
    boxy = float(np.clip(rng.normal({"classic": 0.6, "off-roader": 0.55}.get(kind, 0.3), 0.22), 0, 1))
    glass = LIGHT_GLASS if rng.random() < 0.12 else GLASS
    is_open = kind == "convertible" and rng.random() < 0.75
    if kind == "convertible" and not is_open:
        roof = material("soft top", srgb(*((28, 28, 30), (70, 52, 40), (30, 36, 60))[rng.integers(3)]), 0.0, 0.95)
    return Car(kind, plan, colour, roof, glass, CHROME if chrome else DARK_PLASTIC, boxy, is_open)


def pillar(car: Car) -> float:
    """z of the pillar between the doors."""
    p = car.plan
    front, back = p.length / 2 - p.cowl - 0.2, -p.length / 2 + p.glass_end
    return front - (0.52 if p.glass_end < 0.9 and p.length > 4.2 else 0.6) * (front - back)
