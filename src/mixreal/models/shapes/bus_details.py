"""What is fixed to a bus's body: lamps, boards, mirrors, doors, stripes, what stands on its roof."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.bus_plans import Look, Plan
from mixreal.models.shapes.livery import advertised, band, both_sides, lettering, strong_colour
from mixreal.models.shapes.palette import (
    AMBER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    GREY_PLASTIC,
    HEADLIGHT,
    PLATE,
    SHADOW,
    TAILLIGHT,
    material,
    srgb,
)
from mixreal.models.shapes.solids import Solid, box, cylinder, loft, section, tube

Part = tuple[Solid, Material]


def front_end(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """Bumper, lamps, destination board, wipers, mirrors."""
    half, low = plan.width / 2, plan.floor
    bumper = BLACK_PAINT if plan.kind == "school bus" else (DARK_PLASTIC if rng.random() < 0.5 else look.skirt)
    parts: list[Part] = [(box((plan.width * 0.94, 0.26, 0.16), (0, low + 0.14, -0.02), bevel=0.05), bumper)]
    x, y = half * (0.66 if plan.bonnet else 0.72), low + 0.5 if not plan.bonnet else low + 0.55
    if plan.kind == "school bus" or rng.random() < 0.35:
        parts += both_sides(cylinder(0.11, 0.08, "z", (x, y, 0.02), sides=12), HEADLIGHT)
    else:
        parts += both_sides(box((0.36, 0.16, 0.08), (x, y, 0.0), bevel=0.03), HEADLIGHT)
    parts += both_sides(box((0.12, 0.1, 0.06), (half * 0.84, y - 0.01, -0.02)), AMBER)
    parts.append((box((0.5, 0.11, 0.02), (0, low + 0.16, 0.07)), PLATE))
    if plan.bonnet:
        tall = plan.foot - 0.55 - low - 0.3
        parts.append((box((half * 0.8, tall, 0.05), (0, low + 0.32 + tall / 2, 0.01), bevel=0.02), SHADOW))
        for i in range(3):
            parts.append((box((half * 0.8, 0.03, 0.03), (0, low + 0.4 + tall * 0.3 * i, 0.04)), CHROME))
    elif rng.random() < 0.4:
        parts.append((box((half * 0.9, 0.14, 0.04), (0, y + 0.02, 0.0), bevel=0.02), SHADOW))
    z = -plan.bonnet - plan.lean
    if not plan.storey and plan.kind != "minibus":
        y = plan.height - 0.13
        board = box((plan.width * 0.66, 0.24, 0.22), (0, y, z - 0.04), bevel=0.03)
        parts.append((board, look.body if plan.kind == "school bus" else BLACK_PAINT))
        letters = BLACK_PAINT if plan.kind == "school bus" else AMBER
        parts.append((box((plan.width * 0.46, 0.11, 0.02), (0, y, z + 0.075)), letters))
    foot = -plan.bonnet
    for x in (-0.35, 0.25):
        wiper = tube(
            [(x, plan.foot + 0.03, foot + 0.0), (x + 0.5, plan.foot + 0.35, foot - plan.lean * 0.4)],
            0.015,
            4,
            rounded=False,
        )
        parts.append((wiper, BLACK_PAINT))
    high = plan.foot + 0.75
    arm = tube(
        [(half - 0.08, high + 0.25, foot - plan.lean * 0.6), (half + 0.14, high + 0.2, foot + 0.12)],
        0.025,
        5,
        rounded=False,
    )
    mirror = box((0.14, 0.36, 0.1), (half + 0.15, high, foot + 0.12), bevel=0.03)
    return parts + both_sides(arm, DARK_PLASTIC) + both_sides(mirror, DARK_PLASTIC)


def rear_end(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """Rear window, lamps, engine grille, plate, bumper."""
    back, half, low = -plan.length, plan.width / 2, plan.floor
    parts: list[Part] = []
    pane = plan.height - plan.sill - 0.35
    if rng.random() < 0.85:
        parts.append(
            (box((plan.width * 0.74, pane, 0.05), (0, plan.sill + pane / 2 + 0.05, back), bevel=0.02), look.glass)
        )
    parts += both_sides(box((0.14, 0.5, 0.06), (half * 0.84, low + 0.75, back), bevel=0.02), TAILLIGHT)
    parts += both_sides(box((0.12, 0.12, 0.06), (half * 0.84, plan.sill + 0.1, back)), AMBER)
    parts.append(
        (box((plan.width * 0.5, 0.4, 0.05), (0, low + 0.65, back)), SHADOW if rng.random() < 0.6 else look.skirt)
    )
    parts.append((box((plan.width * 0.9, 0.2, 0.16), (0, low + 0.32, back), bevel=0.05), DARK_PLASTIC))
    parts.append((box((0.5, 0.11, 0.02), (0, plan.sill - 0.12, back - 0.03)), PLATE))
    return parts


def sides(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """Doors on the kerb's side, stripes, lettering."""
    half, header = plan.width / 2, -plan.bonnet - plan.lean
    kerb = -1 if rng.random() < 0.75 else 1
    high = plan.height - 0.3
    doors = [header - 0.75]
    if plan.kind in ("city bus", "double decker"):
        doors.append((plan.axles[0] + plan.axles[1]) / 2 + float(rng.uniform(-0.4, 0.8)))
    parts: list[Part] = []
    for z in doors:
        z = max(z, plan.axles[0] + plan.wheel + 0.75) if z == doors[0] and plan.axles[0] < header - 1.2 else z
        y, tall = (plan.floor + 0.1 + high) / 2, high - plan.floor - 0.1
        parts.append((box((0.05, tall, 1.15), (kerb * (half - 0.01), y, z), bevel=0.015), BLACK_PAINT))
        for side in (-0.27, 0.27):
            parts.append(
                (box((0.05, tall * 0.86, 0.44), (kerb * (half + 0.005), y + 0.02, z + side), bevel=0.015), look.glass)
            )
    if plan.kind == "school bus":
        for y in (plan.sill - 0.12, plan.sill - 0.5, plan.floor + 0.3):
            parts += band(half - 0.002, y, y + 0.06, -plan.length + 0.2, header - 0.1, BLACK_PAINT)
        parts += lettering(half + 0.01, plan.sill - 0.26, -plan.length * 0.55, 0.2, 9, BLACK_PAINT, rng)
        if rng.random() < 0.5:
            sign = cylinder(0.24, 0.05, "x", (half + 0.08, plan.sill - 0.2, header - 0.7), sides=8)
            parts.append((sign, material("stop sign", srgb(200, 20, 24), 0, 0.4)))
        for x in (-0.82, -0.6, 0.6, 0.82):
            lamp = cylinder(0.09, 0.1, "z", (x * half, plan.height - 0.12, header + 0.03), sides=8)
            parts.append((lamp, AMBER if abs(x) < 0.7 else TAILLIGHT))
    elif plan.kind == "coach" and rng.random() < 0.8:
        parts += advertised(half, plan.floor + 0.35, plan.sill - 0.08, -plan.length + 0.5, header - 1.9, rng)
    elif rng.random() < 0.6:
        y = plan.sill - float(rng.uniform(0.1, 0.3))
        parts += band(half - 0.004, y - 0.14, y, -plan.length + 0.15, header - 0.2, strong_colour(rng))
    return parts


def on_the_roof(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """Air conditioning, hatches, gas tanks."""
    parts: list[Part] = []
    unit = look.roof if rng.random() < 0.6 else GREY_PLASTIC
    if plan.kind in ("city bus", "coach", "minibus") and rng.random() < 0.6:
        z = -plan.length * float(rng.uniform(0.5, 0.75))
        long = min(float(rng.uniform(1.2, 3.0)), plan.length * 0.3)
        sections = [
            section(plan.width * 0.7 * s, 0.3, (0, plan.height), z + at * long, 4, 20)
            for at, s in ((-0.5, 0.94), (-0.4, 1), (0.4, 1), (0.5, 0.9))
        ]
        parts.append((loft(sections), unit))
    for at in (0.25, 0.8):
        parts.append((box((0.7, 0.1, 0.7), (0, plan.height + 0.0, -plan.length * at), bevel=0.03), look.roof))
    return parts
