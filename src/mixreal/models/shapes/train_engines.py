"""Locomotives with their works in the open: steam engines with their tenders, and hooded diesels."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.livery import band, both_sides, strong_colour
from mixreal.models.shapes.palette import (
    AMBER,
    BLACK_PAINT,
    BRASS,
    CHROME,
    DARK_STEEL,
    GLASS,
    HEADLIGHT,
    IRON,
    SHADOW,
    STEEL,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    srgb,
)
from mixreal.models.shapes.railway import GAUGE, bogie, buffers
from mixreal.models.shapes.solids import (
    Solid,
    box,
    cylinder,
    ellipsoid,
    extrude,
    joined,
    loft,
    mirrored_x,
    revolve,
    section,
    tube,
)
from mixreal.models.shapes.wheels import axle, rail_wheel

Part = tuple[Solid, Material]
COAL = material("coal", srgb(30, 30, 32), 0.0, 0.7)


def steam(rng: np.random.Generator) -> tuple[list[Part], float, Material]:
    """A steam locomotive with its front at z = 0: its parts, its length with the tender, and its paint."""
    black = material("engine black", srgb(32, 33, 35), 0.1, 0.45)
    colours = (
        black,
        black,
        material("engine green", srgb(34, 78, 50), 0.1, 0.3),
        material("maroon", srgb(112, 28, 34), 0.1, 0.3),
    )
    paint = (*colours, material("engine blue", srgb(34, 72, 136), 0.1, 0.3), strong_colour(rng))[rng.integers(6)]
    radius = float(rng.uniform(0.72, 0.98))
    drivers = int(rng.integers(2, 5))
    big = float(rng.uniform(0.6, 0.95)) * (1.0 if drivers < 4 else 0.8)
    leading = 0.45
    smokebox, barrel = float(rng.uniform(1.1, 1.5)), drivers * big * 2.15 + 0.9
    cab = float(rng.uniform(1.5, 2.0))
    axis = max(big * 1.25 + radius * 0.55, 1.9) + float(rng.uniform(0.1, 0.35))
    length = 0.6 + smokebox + barrel + cab
    american = rng.random() < 0.4
    parts = _boiler(rng, radius, axis, smokebox, barrel, paint)
    parts += _footplate(rng, big, leading, drivers, smokebox, barrel, length, paint, american)
    parts += _engine_cab(rng, axis + radius, length, cab, big, paint)
    tank_engine = rng.random() < 0.3
    if tank_engine:
        z, long = -(0.7 + smokebox + barrel * 0.55), barrel * 0.8
        parts += both_sides(box((0.5, 1.1, long), (1.12, axis - 0.15, z), bevel=0.05), paint)
        return parts, length + 0.5, paint
    tender, long = _tender(rng, axis + radius * 0.5, paint)
    return (
        parts + [(Solid(s.vertices - (0, 0, length + 0.3), s.faces, s.crease), m) for s, m in tender],
        length + 0.4 + long,
        paint,
    )


def _boiler(
    rng: np.random.Generator, radius: float, y: float, smokebox: float, barrel: float, paint: Material
) -> list[Part]:
    front = -0.55
    black = material("smokebox", srgb(30, 30, 31), 0.1, 0.6)
    door = [
        (0, 0.16),
        (radius * 0.5, 0.13),
        (radius * 0.78, 0.04),
        (radius * 0.8, 0.0),
        (radius * 1.02, 0.0),
        (radius * 1.02, -smokebox),
        (0, -smokebox),
    ]
    parts: list[Part] = [(revolve(door, "z", (0, y, front), sides=20), black)]
    wide = radius * float(rng.uniform(1.0, 1.12))
    hull = [
        (0, -smokebox + 0.02),
        (radius * 0.97, -smokebox + 0.02),
        (wide, -smokebox - barrel),
        (0, -smokebox - barrel),
    ]
    parts.append((revolve(hull, "z", (0, y, front), sides=20), paint))
    for z in np.linspace(front - smokebox, front - smokebox - barrel + 0.4, 4):
        at = float(np.interp(-(z - front) - smokebox, [0, barrel], [radius * 0.97, wide])) + 0.015
        hoop = cylinder(at, 0.08, "z", (0, y, z), sides=20)
        parts.append((hoop, BRASS if rng.random() < 0.3 else black))
    tall = float(rng.uniform(0.55, 1.0))
    flare = float(rng.uniform(1.1, 2.0)) if rng.random() < 0.7 else 2.6
    stack = [
        (0, -0.2),
        (0.26, -0.2),
        (0.2, 0.1),
        (0.21, tall * 0.75),
        (0.2 * flare, tall),
        (0.15 * flare, tall + 0.02),
        (0, tall - 0.1),
    ]
    chimney_z = front - smokebox * 0.5
    parts.append((revolve(stack, "y", (0, y + radius, chimney_z), sides=14), black))
    metal = BRASS if rng.random() < 0.45 else paint
    for i in range(int(rng.integers(1, 4))):
        z = front - smokebox - barrel * (0.22 + 0.3 * i)
        dome = [(0.34, -0.15), (0.28, 0.15), (0.27, 0.36), (0.18, 0.5), (0, 0.55)]
        parts.append((revolve([(0, -0.15), *dome], "y", (0, y + radius, z), sides=14), metal))
    lamp_y = y + radius + 0.2 if rng.random() < 0.5 else y
    parts.append((cylinder(0.2, 0.36, "z", (0, lamp_y, front + 0.2), sides=14), BRASS if metal is BRASS else black))
    parts.append((cylinder(0.16, 0.05, "z", (0, lamp_y, front + 0.39), sides=14), HEADLIGHT))
    parts.append((box((radius * 1.3, radius, smokebox), (0, y - radius * 1.1, front - smokebox / 2)), black))
    rail = tube(
        [(radius + 0.06, y + 0.15, front - 0.1), (radius + 0.1, y + 0.15, front - smokebox - barrel)],
        0.025,
        5,
        rounded=False,
    )
    return parts + both_sides(rail, STEEL)


def _footplate(
    rng: np.random.Generator,
    big: float,
    leading: float,
    drivers: int,
    smokebox: float,
    barrel: float,
    length: float,
    paint: Material,
    american: bool,
) -> list[Part]:
    """Running boards, frames, cylinders, wheels and rods."""
    deck = big * 1.55
    wheel_colour = (IRON, TAILLIGHT, paint)[int(rng.choice(3, p=[0.55, 0.25, 0.2]))]
    parts: list[Part] = [
        (box((0.12, big * 1.3, length - 0.8), (x, big * 0.85, -length / 2)), SHADOW) for x in (-0.5, 0.5)
    ]
    board = box((0.55, 0.08, length - 1.0), (1.12, deck, -length / 2))
    edge = TAILLIGHT if rng.random() < 0.3 else paint
    parts += both_sides(board, paint) + both_sides(
        box((0.03, 0.14, length - 1.0), (1.4, deck - 0.02, -length / 2)), edge
    )
    start = -(0.7 + smokebox + big * 0.9)
    at = [start - i * big * 2.15 for i in range(drivers)]
    wheel = rail_wheel(big, wheel_colour, sides=16, spokes=8)
    for z in at:
        parts += axle(wheel, GAUGE, big, z)
    pin = big * 0.45
    rod = box((0.08, 0.14, at[0] - at[-1] + 0.3), (GAUGE + 0.2, big - pin, (at[0] + at[-1]) / 2))
    drive = tube(
        [(GAUGE + 0.3, big - pin, at[min(1, drivers - 1)]), (GAUGE + 0.32, big, -0.95)], 0.06, 6, rounded=False
    )
    parts += both_sides(rod, STEEL) + both_sides(drive, STEEL)
    parts += both_sides(
        cylinder(0.3, 0.95, "z", (1.05, big + 0.05, -0.95), sides=14), paint if rng.random() < 0.5 else IRON
    )
    small = rail_wheel(leading, wheel_colour, sides=12, spokes=6)
    for z in (-0.75, -1.55)[: int(rng.integers(1, 3))]:
        parts += axle(small, GAUGE, leading, z)
    red = material("buffer beam red", srgb(186, 30, 30), 0.0, 0.4)
    if american:
        grill = loft(
            [
                section(w, h, (0, y), z, 4, 16)
                for w, h, y, z in ((2.3, 0.9, 0.75, -0.3), (1.5, 0.6, 0.5, 0.25), (0.3, 0.3, 0.25, 0.7))
            ]
        )
        parts += [(grill, red if rng.random() < 0.4 else IRON), (box((2.6, 0.3, 0.2), (0, 1.1, -0.3)), red)]
    else:
        parts += buffers(-0.15, 1, red, height=1.05)
    return parts


def _engine_cab(
    rng: np.random.Generator, top: float, length: float, cab: float, big: float, paint: Material
) -> list[Part]:
    roof, low = top + float(rng.uniform(0.35, 0.6)), big * 1.55 - 0.3
    middle = -length + cab / 2
    tall = roof - low
    parts: list[Part] = [(box((2.75, tall * 0.92, 0.1), (0, low + tall * 0.46, -length + cab)), paint)]
    parts += both_sides(box((0.1, tall * 0.5, cab), (1.36, low + tall * 0.25, middle)), paint)
    parts += both_sides(box((0.1, tall * 0.5, 0.25), (1.36, low + tall * 0.72, -length + 0.15)), paint)
    parts += both_sides(box((0.1, tall * 0.5, 0.3), (1.36, low + tall * 0.72, -length + cab - 0.15)), paint)
    parts += both_sides(box((0.1, tall * 0.12, cab), (1.36, roof - tall * 0.08, middle)), paint)
    parts += both_sides(cylinder(0.24, 0.06, "z", (0.98, roof - 0.55, -length + cab + 0.05), sides=12), GLASS)
    parts.append((box((2.4, tall * 0.6, cab * 0.8), (0, low + tall * 0.3, middle)), SHADOW))
    arc = [(x, 0.28 * (1 - (x / 1.5) ** 2)) for x in np.linspace(-1.5, 1.5, 9)]
    outline = [*arc, *[(x, y - 0.08) for x, y in arc[::-1]]]
    of = paint if rng.random() < 0.4 else material("cab roof", srgb(58, 58, 60), 0.0, 0.7)
    parts.append((extrude(outline, cab + 0.6, "z", (0, roof, middle - 0.1)), of))
    if rng.random() < 0.5:
        parts += band(1.41, low + tall * 0.12, low + tall * 0.36, -length + 0.3, -length + cab - 0.3, BRASS)
    return parts


def _tender(rng: np.random.Generator, top: float, paint: Material) -> tuple[list[Part], float]:
    """A tender with its front at z = 0: its parts and its length."""
    long = float(rng.uniform(3.8, 5.0))
    high = max(top, 2.4)
    parts: list[Part] = [(box((2.7, high - 1.1, long), (0, (high + 1.1) / 2, -long / 2), bevel=0.06), paint)]
    parts.append(
        (ellipsoid((1.2, 0.55, long * 0.42), (0, high - 0.05, -long * 0.48), rings=6, sides=12, squareness=0.7), COAL)
    )
    parts.append((box((2.5, 0.25, long), (0, 1.0, -long / 2)), IRON))
    for z in (-long * 0.24, -long * 0.76):
        parts += bogie(z, 0.42, 1.6, IRON)
    if rng.random() < 0.6:
        parts += band(1.35, 1.35, high - 0.3, -long + 0.3, -0.3, strong_colour(rng) if rng.random() < 0.4 else BRASS)
        parts += band(1.358, 1.42, high - 0.37, -long + 0.37, -0.37, paint)
    return parts + buffers(-long, -1, IRON), long


def hood_diesel(rng: np.random.Generator) -> tuple[list[Part], float, Material]:
    """A diesel with a narrow hood and walkways, its front at z = 0: parts, length and paint."""
    paint = strong_colour(rng)
    second = (WHITE_PAINT, BLACK_PAINT, strong_colour(rng), material("safety yellow", srgb(244, 196, 20), 0, 0.35))[
        rng.integers(4)
    ]
    length = float(rng.uniform(10.5, 14.0))
    deck, wide = 1.35, float(rng.uniform(1.75, 2.1))
    nose, cab = float(rng.uniform(0.9, 2.2)), float(rng.uniform(1.8, 2.3))
    low_top, high_top = deck + float(rng.uniform(0.9, 1.4)), deck + float(rng.uniform(2.15, 2.45))
    cab_top = max(high_top + 0.1, deck + 2.5)
    hood_front = -0.7 - nose - cab
    parts: list[Part] = [
        (box((2.9, 0.3, length - 0.3), (0, deck - 0.15, -length / 2)), BLACK_PAINT if rng.random() < 0.6 else paint)
    ]
    parts += band(1.45, deck - 0.2, deck - 0.08, -length + 0.3, -0.3, second)
    short = loft(
        [
            section(wide * s, low_top - deck, (0, (low_top + deck) / 2), z, 7, 20)
            for s, z in ((1, -0.7 - nose), (1, -0.8), (0.92, -0.62))
        ]
    )
    parts.append((short, second if rng.random() < 0.5 else paint))
    hood_mid = (deck + high_top) / 2
    long = loft([section(wide, high_top - deck, (0, hood_mid), z, 7, 20) for z in (-length + 0.8, hood_front + 0.05)])
    parts.append((long, paint))
    middle = -0.7 - nose - cab / 2
    shell = loft(
        [
            section(2.85 * s, cab_top - deck, (0, (cab_top + deck) / 2), middle + d, 8, 28)
            for s, d in ((1, -cab / 2), (1, cab / 2 - 0.2), (0.97, cab / 2))
        ]
    )
    parts.append((shell, second if rng.random() < 0.3 else paint))
    parts.append(
        (
            box((3.0, 0.1, cab + 0.25), (0, cab_top - 0.02, middle), bevel=0.04),
            BLACK_PAINT if rng.random() < 0.5 else paint,
        )
    )
    y = cab_top - 0.62
    parts += [(box((0.95, 0.55, 0.1), (x, y, middle + cab / 2)), GLASS) for x in (-0.68, 0.68)]
    parts += both_sides(box((0.08, 0.55, cab * 0.62), (1.42, y, middle)), GLASS)
    parts.append((box((0.7, 0.2, 0.14), (0, cab_top - 0.16, middle + cab / 2)), BLACK_PAINT))
    parts += both_sides(cylinder(0.11, 0.16, "z", (0.14, cab_top - 0.16, middle + cab / 2 + 0.05), sides=10), HEADLIGHT)
    parts += both_sides(cylinder(0.1, 0.1, "z", (0.85, deck + 0.1, -0.05), sides=10), HEADLIGHT)
    for z in np.linspace(-length + 1.6, hood_front - 0.9, 5):
        parts += band(
            wide / 2, hood_mid + 0.1, high_top - 0.25, z - 0.32, z + 0.32, SHADOW if rng.random() < 0.7 else DARK_STEEL
        )
    for z in np.linspace(-length + 1.6, hood_front - 1.2, 3):
        parts.append((cylinder(0.48, 0.22, "y", (0, high_top + 0.02, z), sides=14), DARK_STEEL))
    parts.append((box((0.3, 0.35, 0.6), (0, high_top + 0.1, hood_front - 0.6), bevel=0.05), IRON))
    rail = tube([(1.38, deck + 0.95, -0.35), (1.38, deck + 0.95, -0.7 - nose)], 0.025, 4, rounded=False)
    aft = tube([(1.38, deck + 0.95, hood_front), (1.38, deck + 0.95, -length + 0.35)], 0.025, 4, rounded=False)
    posts = [box((0.04, 0.95, 0.04), (1.38, deck + 0.47, z)) for z in np.linspace(-length + 0.35, hood_front, 6)]
    steps = joined(rail, aft, *posts, box((0.04, 0.95, 0.04), (1.38, deck + 0.47, -0.35)))
    of = second if rng.random() < 0.6 else STEEL
    parts += [(steps, of), (mirrored_x(steps), of)]
    parts.append((box((2.8, 0.55, 0.12), (0, deck - 0.3, -0.1)), second))
    for x in (-0.9, -0.3, 0.3, 0.9):
        slash = [(x - 0.2, deck - 0.56), (x, deck - 0.56), (x + 0.2, deck - 0.06), (x, deck - 0.06)]
        parts.append((extrude(slash, 0.14, "z", (0, 0, -0.09)), paint))
    plough = [(0.28, 0.18), (0.0, 0.18), (-0.25, 0.85), (0.05, 0.85)]
    parts.append((extrude(plough, 2.5, "x", (0, 0, -0.05)), IRON))
    parts.append((box((0.24, 0.24, 0.6), (0, 0.9, 0.15)), IRON))
    parts.append((ellipsoid((1.2, 0.42, 1.6), (0, 0.78, -length / 2), rings=6, sides=12, squareness=0.4), DARK_STEEL))
    for z in (-2.3, -length + 2.3):
        parts += bogie(z, 0.5, 2.2, STEEL if rng.random() < 0.3 else DARK_STEEL)
    if rng.random() < 0.3:
        parts.append((ellipsoid((0.1, 0.12, 0.1), (0, cab_top + 0.08, middle), rings=4, sides=8), AMBER))
    if rng.random() < 0.3:
        horns = box((0.4, 0.12, 0.4), (0.4, cab_top + 0.1, middle - 0.4))
        parts.append((horns, CHROME))
    return parts, length, paint
