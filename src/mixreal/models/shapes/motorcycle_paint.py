"""How a motorcycle is painted: tank and its stripes, metals, rims."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import Part, both
from mixreal.models.shapes.hull import Hull, patch, shell, slanted
from mixreal.models.shapes.palette import ALLOY, BLACK_PAINT, CHROME, DARK_STEEL, WHITE_PAINT, paint


def painted_tank(rng: np.random.Generator, tank: Hull, colour: Material) -> list[Part]:
    """A tank, plain or with a stripe or panel in another colour."""
    parts: list[Part] = [(shell(tank, 14), colour)]
    kind = rng.choice(["plain", "band", "panel", "badge"], p=[0.4, 0.2, 0.2, 0.2])
    rear, front = float(tank.z[0]), float(tank.z[-1])
    length, second = front - rear, paint(rng, 0.6)
    if kind == "band":
        parts.append((patch(tank, (rear + length * 0.12, front - length * 0.05), (-14, 14), 0.004), second))
    elif kind == "panel":
        corners = [
            (rear + length * 0.25, 120),
            (rear + length * 0.35, 70),
            (front - length * 0.12, 62),
            (front - length * 0.2, 118),
        ]
        parts.append((both(slanted(tank, corners, 0.004)), second))
    elif kind == "badge":
        corners = [
            (rear + length * 0.45, 98),
            (rear + length * 0.45, 80),
            (front - length * 0.22, 80),
            (front - length * 0.22, 98),
        ]
        parts.append((both(slanted(tank, corners, 0.005)), CHROME))
    return parts


def engine_metal(rng: np.random.Generator) -> Material:
    """What an engine is cast in."""
    return (ALLOY, DARK_STEEL, BLACK_PAINT)[int(rng.choice(3, p=[0.4, 0.4, 0.2]))]


def cover_metal(rng: np.random.Generator) -> Material:
    """What its covers are of."""
    return (CHROME, ALLOY, DARK_STEEL)[int(rng.choice(3, p=[0.3, 0.35, 0.35]))]


def rim_colour(rng: np.random.Generator) -> Material:
    """What rims are painted."""
    return (BLACK_PAINT, ALLOY, WHITE_PAINT, paint(rng, 1.0))[int(rng.choice(4, p=[0.5, 0.35, 0.05, 0.1]))]
