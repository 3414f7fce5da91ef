"""What all rail vehicles share: bogies, buffers, pantographs, and the track they stand on. Rail tops are at y = 0."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.livery import both_sides
from mixreal.models.shapes.palette import DARK_STEEL, DARK_WOOD, GRAVEL, IRON, RUST, SHADOW, STEEL, material, srgb
from mixreal.models.shapes.solids import Solid, box, cylinder, extrude, joined, tube
from mixreal.models.shapes.wheels import axle, rail_wheel

Part = tuple[Solid, Material]
GAUGE = 0.72  # from the middle of the track to the middle of a rail
CONCRETE = material("concrete", srgb(168, 164, 156), 0.0, 0.9)


def bogie(z: float, radius: float = 0.46, wheelbase: float = 2.2, frame: Material = DARK_STEEL) -> list[Part]:
    """A four-wheeled truck with its middle at z."""
    parts: list[Part] = []
    wheel = rail_wheel(radius, IRON)
    for at in (z - wheelbase / 2, z + wheelbase / 2):
        parts += axle(wheel, GAUGE, radius, at)
        parts += both_sides(box((0.16, 0.3, 0.34), (1.0, radius, at), bevel=0.05), frame)
    parts += both_sides(box((0.14, 0.2, wheelbase * 0.8), (1.0, radius + 0.12, z)), frame)
    parts += both_sides(cylinder(0.15, 0.4, "y", (1.0, radius + 0.2, z), sides=8), STEEL)
    parts.append((box((1.7, 0.3, 0.5), (0, radius + 0.15, z)), SHADOW))
    return parts


def buffers(z: float, ahead: int, beam: Material, height: float = 1.02, width: float = 2.7) -> list[Part]:
    """A buffer beam with two buffers and a coupling, looking along `ahead` (1 or -1)."""
    parts: list[Part] = [(box((width, 0.42, 0.14), (0, height, z)), beam)]
    parts += both_sides(cylinder(0.1, 0.5, "z", (0.88, height, z + ahead * 0.28), sides=8), DARK_STEEL)
    parts += both_sides(cylinder(0.24, 0.07, "z", (0.88, height, z + ahead * 0.55), sides=12), IRON)
    parts.append((box((0.12, 0.2, 0.4), (0, height - 0.05, z + ahead * 0.25)), IRON))
    return parts


def pantograph(z: float, roof: float, rise: float, of: Material) -> list[Part]:
    """A single-arm pantograph standing on the roof at z, its head `rise` above it."""
    knee, top = (z - 0.9, roof + rise * 0.5), (z + 0.15, roof + rise)
    lower = [
        tube([(x, roof + 0.15, z + 0.3), (x * 0.6, knee[1], knee[0])], 0.05, 5, rounded=False) for x in (-0.3, 0.3)
    ]
    upper = [
        tube([(x * 0.6, knee[1], knee[0]), (x * 1.6, top[1], top[0])], 0.04, 5, rounded=False) for x in (-0.3, 0.3)
    ]
    head = [box((1.6, 0.05, 0.08), (0, top[1], top[0] + d)) for d in (-0.16, 0.16)]
    foot = box((1.0, 0.12, 1.2), (0, roof + 0.1, z - 0.1))
    insulators = [cylinder(0.08, 0.2, "y", (x, roof + 0.02, z + d), sides=6) for x in (-0.4, 0.4) for d in (-0.5, 0.3)]
    return [(joined(*lower, *upper, *head), of), (foot, DARK_STEEL), (joined(*insulators), STEEL)]


def track(back: float, front: float, rng: np.random.Generator) -> list[Part]:
    """Rails on sleepers in a bed of ballast, from z = back to front, a little beyond either."""
    long, middle = front - back + 0.8, (front + back) / 2
    rail = [box((0.07, 0.15, long), (x, -0.075, middle)) for x in (-GAUGE, GAUGE)]
    sleepers = [box((2.5, 0.12, 0.26), (0, -0.2, z)) for z in np.arange(back - 0.2, front + 0.3, 0.75)]
    bed = [(-1.95, -0.46), (1.95, -0.46), (1.45, -0.2), (-1.45, -0.2)]
    parts: list[Part] = [(joined(*rail), RUST if rng.random() < 0.5 else STEEL)]
    parts.append((joined(*sleepers), DARK_WOOD if rng.random() < 0.5 else CONCRETE))
    if rng.random() < 0.75:
        parts.append((extrude(bed, long, "z", (0, 0, middle)), GRAVEL))
    return parts
