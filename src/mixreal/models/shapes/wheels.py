"""Wheels of cars, lorries and trains: tyres, rims and their patterns."""

from typing import Literal

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.palette import ALLOY, CHROME, DARK_STEEL, RUBBER, SHADOW
from mixreal.models.shapes.solids import Solid, box, cylinder, joined, mirrored_x, moved, revolve, rotated

Part = tuple[Solid, Material]
Style = Literal["spokes", "disc", "steel"]


def road_wheel(
    radius: float,
    width: float,
    style: Style,
    rim: Material = ALLOY,
    spokes: int = 5,
    sides: int = 18,
    share: float = 0.68,
) -> list[Part]:
    """A wheel at the origin whose outer face looks to +x; `share` is the rim's part of the radius."""
    half, edge = width / 2, radius * share
    tyre = [(edge, -0.8), (radius * 0.94, -1), (radius, -0.65), (radius, 0.65), (radius * 0.94, 1), (edge, 0.8)]
    parts = [(revolve(np.array(tyre) * (1, half), "x", sides=sides, closed=True), RUBBER)]
    if style == "spokes":
        dark = [(0, 0.1), (edge * 0.88, 0.05), (edge * 0.9, 0.72), (edge * 1.02, 0.82)]
        parts.append((revolve(np.array([*dark[:2], (edge, 0.05)]) * (1, half), "x", sides=sides), SHADOW))
        lip = [(edge * 0.87, 0.1), (edge * 0.87, 0.84), (edge * 1.02, 0.84)]
        parts.append((revolve(np.array(lip) * (1, half), "x", sides=sides), rim))
        arm = box((width * 0.14, edge * 0.92, radius * 0.62 / (spokes + 1)), (half * 0.62, edge * 0.46, 0))
        arms = [rotated(arm, "x", 360 * i / spokes) for i in range(spokes)]
        parts.append((joined(*arms, box((width * 0.2, radius * 0.22, radius * 0.22), (half * 0.62, 0, 0))), rim))
    else:
        dish = [(0, 0.5), (edge * 0.25, 0.5), (edge * 0.36, 0.3), (edge * 0.8, 0.15), (edge * 1.02, 0.84)]
        face = DARK_STEEL if style == "steel" else rim
        parts.append((revolve(np.array(dish) * (1, half), "x", sides=sides), face))
        if style == "steel":
            cap = [(0, 0.7), (edge * 0.3, 0.62), (edge * 0.36, 0.3)]
            parts.append((revolve(np.array(cap) * (1, half), "x", sides=10), CHROME))
    return parts


def axle(wheel: list[Part], x: float, y: float, z: float) -> list[Part]:
    """The wheel at (x, y, z) and its mirror image at (-x, y, z)."""
    right = [(moved(solid, (x, y, z)), material) for solid, material in wheel]
    return right + [(mirrored_x(solid), material) for solid, material in right]


def rail_wheel(radius: float, material: Material, sides: int = 10, spokes: int = 0) -> list[Part]:
    """A flanged steel wheel at the origin, its outer face to +x; an even number of `spokes` makes it an open one."""
    if not spokes:
        profile = [(0, -0.06), (radius * 1.06, -0.06), (radius, 0.0), (radius, 0.07), (radius * 0.7, 0.03), (0, 0.07)]
        return [(revolve(profile, "x", sides=sides), material)]
    tyre = [(radius * 0.86, -0.06), (radius * 1.04, -0.06), (radius, 0.0), (radius, 0.07), (radius * 0.86, 0.07)]
    arm = box((0.06, radius * 1.8, 0.06 + radius * 0.03))  # two spokes in one, right through the hub
    arms = [rotated(arm, "x", 360 * i / spokes) for i in range(spokes // 2)]
    hub = cylinder(radius * 0.2, 0.16, "x", (0.02, 0, 0), sides=8)
    return [(joined(revolve(tyre, "x", sides=sides, closed=True), hub, *arms), material)]
