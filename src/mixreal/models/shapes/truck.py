"""Trucks: a cab-over or bonneted cab on a chassis, with one of many bodies behind it, or a semi-trailer."""

from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.coachwork import (
    CANT,
    CROWN,
    FLANK,
    FLOOR,
    HIP,
    RAIL,
    ROOF,
    SILL,
    WINDOW,
    Arch,
    Lines,
    panels,
    skin,
)
from mixreal.models.shapes.livery import both_sides, strong_colour
from mixreal.models.shapes.palette import (
    ALLOY,
    AMBER,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    GLASS,
    GREY_PLASTIC,
    HEADLIGHT,
    SHADOW,
    STEEL,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    paint,
    srgb,
)
from mixreal.models.shapes.solids import Solid, box, cylinder, ellipsoid, tube
from mixreal.models.shapes.truck_bodies import BODIES, semi_trailer
from mixreal.models.shapes.wheels import axle, road_wheel

Part = tuple[Solid, Material]
TYPES = ("box", "tipper", "semi", "tanker", "flatbed", "fire engine", "refuse", "mixer", "container", "curtain")
_SHARES = (0.16, 0.13, 0.2, 0.09, 0.1, 0.09, 0.07, 0.07, 0.05, 0.04)


@dataclass(frozen=True)
class Rig:
    """A truck's measures in metres, and its paint. The front bumper is at z = 0; all else lies behind it."""

    kind: str
    bonnet: float  # length of the bonnet; 0 for a cab over the engine
    cab: float  # length of the whole cab
    roof: float  # height of the cab
    width: float
    deck: float  # height of the load bed
    wheel: float  # radius
    back: float  # z of the tail
    axles: tuple[float, ...]  # z of each axle, front first
    paint: Material
    glass_low: float  # height of the side windows' lower edge


def build(rng: np.random.Generator) -> Mesh:
    """A random truck, in metres, standing on y = 0 and looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=_SHARES))]
    rig = _drawn(rng, kind)
    parts = _cab(rig, rng) + _chassis(rig, rng)
    start = -rig.cab - 0.12
    if kind == "semi":
        parts += semi_trailer(rng, rig.width, rig.deck, start, rig.wheel, rig.axles[-1])
    else:
        parts += BODIES[kind](rng, rig.width, rig.deck, rig.back, start, rig.roof, rig.paint)
    return assemble(f"truck {kind}", parts)


def _drawn(rng: np.random.Generator, kind: str) -> Rig:
    bonnet_chance = {"semi": 0.5, "fire engine": 0.15, "tipper": 0.4, "refuse": 0.1}.get(kind, 0.3)
    bonnet = float(rng.uniform(1.1, 1.9)) if rng.random() < bonnet_chance else 0.0
    heavy = kind in ("semi", "mixer", "tanker", "tipper", "fire engine", "refuse", "container")
    crew = kind == "fire engine" and rng.random() < 0.6
    sleeper = kind == "semi" and rng.random() < 0.7
    cab = bonnet + float(rng.uniform(1.65, 2.0)) + 0.7 * (crew or sleeper)
    wheel = float(rng.uniform(0.48, 0.55) if heavy else rng.uniform(0.4, 0.5))
    roof = float(rng.uniform(2.55, 2.9) if heavy else rng.uniform(2.2, 2.6)) + (
        0.7 if sleeper and rng.random() < 0.6 else 0
    )
    width = float(rng.uniform(2.3, 2.5) if heavy else rng.uniform(2.05, 2.35))
    load = float({"semi": 2.2}.get(kind, rng.uniform(3.8, 6.0)))
    back = -(cab + load)
    front = -(bonnet * 0.45 + 0.35 if bonnet else float(rng.uniform(1.2, 1.4)))
    rear = back + (0.95 if kind == "semi" else load * float(rng.uniform(0.25, 0.32)))
    double = kind in ("semi", "mixer") or (heavy and rng.random() < 0.45)
    axles = (front, rear + 0.55, rear - 0.6) if double else (front, rear)
    fire = material("fire red", srgb(190, 22, 24) if rng.random() < 0.85 else srgb(214, 220, 40), 0.0, 0.25)
    usual = (
        paint(rng, bright=0.5) if rng.random() < 0.6 else (WHITE_PAINT if rng.random() < 0.4 else strong_colour(rng))
    )
    coat = fire if kind == "fire engine" else usual
    low = roof if roof < 3.0 else roof - 0.7
    return Rig(kind, bonnet, cab, roof, width, wheel * 2 + 0.12, wheel, back, axles, coat, 0.42 * low + 0.58)


def _cab(rig: Rig, rng: np.random.Generator) -> list[Part]:
    half, roof, back = rig.width / 2, rig.roof, -rig.cab
    lintel = min(roof, rig.glass_low + 0.95)  # the top of the glass
    sill = rig.glass_low - 0.05
    foot = -rig.bonnet - 0.03 - (0.25 if rig.bonnet else 0.0)  # the windscreen's lower edge
    lean = float(rng.uniform(0.28, 0.45)) if rig.bonnet else float(rng.uniform(0.08, 0.3))
    header = foot - lean
    top: list[tuple[float, float]] = [(back, roof - 0.05), (back + 0.08, roof)]
    if roof > lintel + 0.3:
        top += [(header - 0.75, roof), (header - 0.25, lintel + 0.35), (header, lintel)]
    else:
        top += [(header - 0.35, roof), (header, roof - 0.12)]
    top += [(foot, sill)]
    if rig.bonnet:
        top += [(-rig.bonnet * 0.5, sill - 0.09), (-0.16, sill - 0.16), (-0.04, sill - 0.24), (0.0, sill - 0.4)]
    else:
        top += [(-0.01, sill - 0.06), (0.0, sill - 0.12)]
    narrow = 0.80 if rig.bonnet else 0.93
    width = [(back, half), (foot - 0.25, half), (foot, half * (0.9 if rig.bonnet else 0.985))]
    width += [(-0.25, half * (narrow - 0.02 if rig.bonnet else 0.97)), (0.0, half * narrow * 0.96)]
    upper = [(back, half * 0.95), (header, half * 0.93), (foot, half * 0.92), (0.0, half * narrow * 0.9)]
    low = rig.wheel * 0.85
    bottom = [(back, low + 0.1), (0.0, low)]
    waist = [(back, rig.glass_low), (foot, rig.glass_low - 0.02), (0.0, sill - 0.15)]
    arch = Arch(rig.axles[0], rig.wheel, rig.wheel + 0.09)
    door = foot - 0.1 - float(rng.uniform(0.85, 1.0))
    cuts = [door, door - 0.02, foot - 0.12, door + 0.06, door - 0.25, back + 0.15]
    body = skin(Lines(bottom, waist, top, width, upper, roundness=1.1, flare=0.015), [arch], cuts)
    coat, glass, dark, shadow, second = range(5)
    lower = strong_colour(rng) if rng.random() < 0.25 else (DARK_PLASTIC if rng.random() < 0.5 else rig.paint)
    table = body.cells()
    body.mark(table, [SILL], back, 0, second)
    body.mark(table, [ROOF, CROWN], header, foot, glass)
    body.mark(table, [WINDOW], door + 0.06, foot - 0.12, glass)
    body.mark(table, [WINDOW, CANT], foot - 0.12, foot, dark if rng.random() < 0.3 else coat)
    body.mark(table, [SILL, FLANK, HIP], door - 0.02, door, shadow)
    if door - 0.25 - back > 0.8 and rng.random() < 0.7:
        body.mark(table, [WINDOW], back + 0.15, door - 0.25, glass)
    if rng.random() < 0.2:
        body.mark(table, [RAIL, HIP], back, 0, second)
    body.mark(table, [FLOOR], back, 0, shadow)
    parts = panels(body, table, [rig.paint, GLASS, DARK_PLASTIC, SHADOW, lower])
    if roof > lintel + 0.3 and rng.random() < 0.5:
        parts.append((box((rig.width * 0.5, 0.25, 0.06), (0, lintel + 0.35, header - 0.28), bevel=0.02), WHITE_PAINT))
    return parts + _cab_front(rig, body.half_width(0.0), low, sill, rng) + _cab_sides(rig, foot, sill, lintel, low, rng)


def _cab_front(rig: Rig, half: float, low: float, sill: float, rng: np.random.Generator) -> list[Part]:
    """Bumper, grille, headlamps, wipers' panel."""
    high = sill - (0.42 if rig.bonnet else 0.14)
    shiny = rng.random() < (0.6 if rig.bonnet else 0.15)
    bumper = CHROME if shiny else (DARK_PLASTIC if rng.random() < 0.6 else rig.paint)
    bars = CHROME if shiny else GREY_PLASTIC
    tall = (high - low) * float(rng.uniform(0.42, 0.6))
    wide = half * (1.1 if rig.bonnet else float(rng.uniform(1.2, 1.7)))
    middle = high - 0.06 - tall / 2
    parts: list[Part] = [(box((rig.width * 0.98, 0.32, 0.26), (0, low + 0.05, -0.04), bevel=0.06), bumper)]
    parts.append(
        (box((wide, tall, 0.05), (0, middle, 0.01), bevel=0.015), SHADOW if rng.random() < 0.7 else DARK_PLASTIC)
    )
    for i in range(int(rng.integers(2, 5))):
        parts.append((box((wide * 0.98, 0.035, 0.03), (0, middle + tall * (0.4 - 0.27 * i), 0.04)), bars))
    lamp_y, x = low + 0.12 if not rig.bonnet else low + 0.42, half * 0.84
    if rng.random() < 0.4 or rig.bonnet:
        parts += both_sides(cylinder(0.12, 0.1, "z", (x, lamp_y, 0.06), sides=12), HEADLIGHT)
    else:
        parts += both_sides(box((0.3, 0.18, 0.08), (x, lamp_y + 0.02, 0.08), bevel=0.03), HEADLIGHT)
    parts += both_sides(box((0.1, 0.08, 0.06), (half * 0.95, lamp_y + 0.19, 0.0)), AMBER)
    return parts


def _cab_sides(rig: Rig, foot: float, sill: float, lintel: float, low: float, rng: np.random.Generator) -> list[Part]:
    """Mirrors, steps, exhaust stacks, roof lamps, a sun visor."""
    half = rig.width / 2
    parts = both_sides(box((0.12, 0.42, 0.09), (half + 0.17, sill + 0.42, foot + 0.02), bevel=0.03), DARK_PLASTIC)
    arm = tube(
        [(half - 0.05, sill + 0.62, foot - 0.06), (half + 0.17, sill + 0.6, foot + 0.02)], 0.02, 5, rounded=False
    )
    parts += both_sides(arm, DARK_PLASTIC)
    parts += both_sides(box((0.08, 0.05, 0.4), (half - 0.02, low + 0.12, foot - 0.62)), STEEL)
    if rig.kind == "semi" and rng.random() < (0.85 if rig.bonnet else 0.2):
        z = -rig.cab - 0.1
        stack = tube(
            [(half - 0.12, 0.9, z), (half - 0.12, rig.roof + 0.35, z), (half - 0.1, rig.roof + 0.5, z - 0.1)], 0.085, 8
        )
        parts += both_sides(stack, CHROME)
    if rng.random() < 0.45:
        for x in (-0.36, -0.18, 0.0, 0.18, 0.36):
            y = (rig.roof if rig.roof < lintel + 0.3 else lintel + 0.3) - 0.03
            parts.append((ellipsoid((0.06, 0.05, 0.08), (x * rig.width, y, foot - 0.5), rings=4, sides=6), AMBER))
    if rng.random() < 0.35:
        parts.append((box((rig.width * 0.86, 0.16, 0.14), (0, lintel - 0.08, foot - 0.12), bevel=0.02), DARK_PLASTIC))
    return parts


def _chassis(rig: Rig, rng: np.random.Generator) -> list[Part]:
    """Frame, tanks, mudguards, rear lamps and wheels."""
    half, frame = rig.width / 2, rig.wheel * 2 - 0.1
    long = -rig.back - 0.5
    parts = both_sides(box((0.1, 0.24, long), (0.42, frame, rig.back / 2 - 0.2)), DARK_STEEL)
    parts.append((box((0.9, 0.5, rig.cab), (0, frame - 0.15, -rig.cab / 2 - 0.2)), SHADOW))
    between = -rig.cab * 0.6 + rig.axles[1] * 0.4 if rig.bonnet else (rig.axles[0] + rig.axles[1]) / 2
    if rng.random() < 0.6:
        tank = cylinder(0.3, 1.1, "z", (half - 0.32, frame - 0.22, between), sides=14)
    else:
        tank = box((0.5, 0.5, 1.1), (half - 0.28, frame - 0.24, between), bevel=0.08)
    parts += both_sides(tank, ALLOY if rng.random() < 0.6 else DARK_STEEL)
    parts += both_sides(box((0.36, 0.14, 0.05), (half - 0.24, frame - 0.1, rig.back - 0.01)), TAILLIGHT)
    parts.append((box((rig.width * 0.92, 0.12, 0.08), (0, frame - 0.36, rig.back + 0.04)), STEEL))
    rim = ALLOY if rng.random() < 0.6 else (WHITE_PAINT if rng.random() < 0.4 else DARK_STEEL)
    front = road_wheel(rig.wheel, 0.3, "disc", rim, sides=16, share=0.6)
    rear = road_wheel(rig.wheel, 0.52, "disc", rim, sides=16, share=0.6)
    parts += axle(front, half - 0.18, rig.wheel, rig.axles[0])
    for z in rig.axles[1:]:
        parts += axle(rear, half - 0.28, rig.wheel, z)
        parts.append((cylinder(0.1, rig.width - 0.6, "x", (0, rig.wheel, z), sides=8), DARK_STEEL))
    return parts
