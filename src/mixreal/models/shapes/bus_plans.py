"""What kinds of bus there are: their measures and colours, and how they are drawn at random."""

from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.livery import strong_colour
from mixreal.models.shapes.palette import (
    BLACK_PAINT,
    GLASS,
    GREY_PLASTIC,
    LIGHT_GLASS,
    WHITE_PAINT,
    material,
    srgb,
)

TYPES = ("city bus", "coach", "school bus", "minibus", "double decker")
SHARES = (0.32, 0.22, 0.18, 0.12, 0.16)


@dataclass(frozen=True)
class Plan:
    """A bus's measures in metres. The front is at z = 0, the tail at -length."""

    kind: str
    length: float
    width: float
    height: float  # of the roof, or of the lower deck's ceiling on a double decker
    floor: float  # height of the skirt's lower edge
    sill: float  # height of the side windows' lower edge
    foot: float  # height of the windscreen's lower edge
    bonnet: float  # length of the bonnet, 0 for none
    lean: float  # how far the windscreen leans back
    wheel: float  # radius
    axles: tuple[float, ...]
    windows: int
    storey: float = 0.0  # height of the upper deck, 0 for none


@dataclass(frozen=True)
class Look:
    """A bus's colours. Pillars of black make the windows one band of glass."""

    body: Material
    roof: Material
    skirt: Material
    pillar: Material
    glass: Material


def drawn(rng: np.random.Generator, kind: str) -> Plan:
    """A random bus of a kind."""

    def u(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    if kind == "city bus":
        length, width, height, floor, sill, foot = (
            u(8.0, 11.6),
            u(2.4, 2.55),
            u(2.85, 3.15),
            0.3,
            u(1.2, 1.45),
            u(1.0, 1.3),
        )
        bonnet, lean, wheel, front = 0.0, u(0.08, 0.3), 0.48, u(2.3, 2.7)
    elif kind == "coach":
        length, width, height, floor, sill, foot = (
            u(9.0, 12.0),
            u(2.45, 2.55),
            u(3.2, 3.7),
            0.35,
            u(1.75, 2.0),
            u(1.15, 1.5),
        )
        bonnet, lean, wheel, front = 0.0, u(0.25, 0.75), 0.5, u(2.3, 2.7)
    elif kind == "school bus":
        length, width, height, floor, sill, foot = (
            u(7.5, 11),
            u(2.3, 2.45),
            u(2.9, 3.1),
            0.5,
            u(1.6, 1.75),
            u(1.6, 1.72),
        )
        bonnet, lean, wheel, front = u(0.9, 1.5), u(0.2, 0.35), 0.48, 0.0
    elif kind == "minibus":
        length, width, height, floor, sill, foot = (
            u(5.6, 7.2),
            u(2.0, 2.2),
            u(2.45, 2.75),
            0.3,
            u(1.25, 1.4),
            u(1.15, 1.3),
        )
        bonnet, lean, wheel, front = u(0.4, 0.9), u(0.5, 0.75), 0.37, 0.0
    else:
        length, width, height, floor, sill, foot = (
            u(9, 11.2),
            u(2.45, 2.55),
            u(2.2, 2.3),
            0.3,
            u(1.15, 1.3),
            u(1.05, 1.25),
        )
        bonnet, lean, wheel, front = 0.0, u(0.03, 0.12), 0.48, u(2.0, 2.6)
    if bonnet:
        front = 0.55 * bonnet + 0.5
    rear = -length + length * u(0.24, 0.3)
    axles: tuple[float, ...] = (-front, rear)
    if kind in ("coach", "double decker") and rng.random() < 0.4:
        axles = (-front, rear + 0.3, rear - 0.9)
    windows = (
        max(3, round((length - bonnet) / u(1.0, 1.7))) if kind != "school bus" else round((length - bonnet) / 0.78)
    )
    storey = u(1.85, 2.05) if kind == "double decker" else 0.0
    return Plan(kind, length, width, height, floor, sill, foot, bonnet, lean, wheel, axles, windows, storey)


def painted(rng: np.random.Generator, kind: str) -> Look:
    """Colours for a bus of a kind."""
    glass = LIGHT_GLASS if rng.random() < 0.2 else GLASS
    if kind == "school bus":
        yellow = material("school yellow", srgb(246, float(rng.uniform(166, 188)), 14), 0.0, 0.3)
        if rng.random() < 0.1:
            yellow = WHITE_PAINT
        return Look(yellow, WHITE_PAINT if rng.random() < 0.4 else yellow, yellow, yellow, glass)
    if kind == "double decker" and rng.random() < 0.55:
        red = material("bus red", srgb(196, 22, 28), 0.0, 0.25)
        return Look(
            red, WHITE_PAINT if rng.random() < 0.3 else red, red, red if rng.random() < 0.6 else BLACK_PAINT, glass
        )
    body = WHITE_PAINT if rng.random() < 0.35 else strong_colour(rng)
    roof = body if rng.random() < 0.55 else (WHITE_PAINT if rng.random() < 0.7 else strong_colour(rng))
    skirt = body if rng.random() < 0.45 else (GREY_PLASTIC if rng.random() < 0.3 else strong_colour(rng))
    return Look(body, roof, skirt, BLACK_PAINT if rng.random() < 0.55 else body, glass)
