"""What is fixed to a car's body: lamps, grille, plates, mirrors, roof rails, and the cabin of an open one."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.car_plans import Car, pillar
from mixreal.models.shapes.coachwork import (
    Skin,
)
from mixreal.models.shapes.livery import both_sides
from mixreal.models.shapes.palette import (
    ALLOY,
    AMBER,
    BLACK_LEATHER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    HEADLIGHT,
    LEATHER,
    LIGHT_GLASS,
    PLATE,
    SHADOW,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    shaded,
    srgb,
)
from mixreal.models.shapes.solids import Solid, box, ellipsoid, joined, plate, rotated, tube

Part = tuple[Solid, Material]


def face(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """Grille, air intake, headlamps, number plate and bumper."""
    p, nose = car.plan, car.plan.length / 2
    wide = body.half_width(nose)
    low, high = p.clearance + 0.1, p.nose - 0.13
    lamp_y = high - float(rng.uniform(0.08, 0.12))
    grille = (wide * float(rng.uniform(0.7, 1.3)), float(rng.uniform(0.09, 0.2)) * (1 + 0.5 * (p.nose > 0.9)), 0.06)
    parts = [(box(grille, (0, high - 0.04 - grille[1] / 2, nose + 0.004), bevel=0.02), SHADOW)]
    if car.trim is CHROME or rng.random() < 0.3:
        bars = [
            box((grille[0], 0.015, 0.02), (0, high - 0.04 - grille[1] * (0.5 - o), nose + 0.035))
            for o in (-0.45, 0, 0.45)
        ]
        parts.append((joined(*bars), CHROME))
    parts.append((box((wide * 1.4, 0.09, 0.08), (0, low + 0.06, nose - 0.01), bevel=0.02), SHADOW))
    parts.append((box((0.48, 0.1, 0.02), (0, low + 0.17, nose + 0.03)), PLATE))
    round_lamps = car.kind == "classic" or (car.kind in ("city car", "off-roader", "coupe") and rng.random() < 0.4)
    size = (0.1, 0.1, 0.07) if round_lamps else (0.19, float(rng.uniform(0.05, 0.08)), 0.09)
    x = wide * 0.86 if not round_lamps else wide * 0.84
    z = float(np.interp(x, [0, wide, wide + 0.2], [nose, nose - 0.03, nose - 0.12]))
    lamp = ellipsoid(size, (x, lamp_y, z), rings=6, sides=10, squareness=1.0 if round_lamps else 0.6)
    lamp = rotated(lamp, "y", 0 if round_lamps else 16, (x, lamp_y, z))
    parts += both_sides(lamp, HEADLIGHT)
    parts += both_sides(ellipsoid((0.06, 0.035, 0.03), (wide * 0.85, low + 0.1, nose - 0.01), rings=4, sides=8), AMBER)
    if car.kind == "classic":
        parts.append((box((p.width * 0.96, 0.11, 0.12), (0, low + 0.09, nose + 0.04), bevel=0.04), CHROME))
    return parts


def rear(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """Rear lamps, number plate, bumper and sometimes a spoiler."""
    p, tail = car.plan, -car.plan.length / 2
    wide = body.half_width(tail)
    lamp_y = p.deck_height - float(rng.uniform(0.2, 0.28))
    tall = p.rear_header < 0.5 and rng.random() < 0.7
    size = (0.14, 0.34, 0.06) if tall else (0.34, 0.13, 0.06)
    lamp = box(size, (wide - size[0] / 2 - 0.01, lamp_y - (0.06 if tall else 0), tail), bevel=0.02)
    parts = both_sides(lamp, TAILLIGHT)
    plate_y = lamp_y - 0.02 if rng.random() < 0.6 else p.clearance + 0.3
    parts.append((box((0.5, 0.11, 0.02), (0, plate_y, tail - 0.015)), PLATE))
    bumper = CHROME if car.kind == "classic" else (DARK_PLASTIC if rng.random() < 0.5 else shaded(car.body, 0.85))
    parts.append((box((wide * 1.9, 0.14, 0.1), (0, p.clearance + 0.26, tail + 0.0), bevel=0.04), bumper))
    pipe = tube(
        [(wide * 0.6, p.clearance + 0.06, tail + 0.3), (wide * 0.6, p.clearance + 0.1, tail + 0.02)],
        0.04,
        rounded=False,
    )
    parts.append((pipe, CHROME))
    if car.kind == "coupe" and rng.random() < 0.4:
        wing = box((p.width * 0.8, 0.03, 0.26), (0, p.deck_height + 0.19, tail + 0.16), bevel=0.01)
        stay = box((0.03, 0.24, 0.14), (p.width * 0.3, p.deck_height + 0.07, tail + 0.18))
        parts += [(wing, car.body), *both_sides(stay, DARK_PLASTIC)]
    return parts


def mirrors_and_handles(car: Car, body: Skin) -> list[Part]:
    """Outside mirrors, and the handles of four doors."""
    p, nose = car.plan, car.plan.length / 2
    z = nose - p.cowl - 0.3
    belt = p.cowl_height - 0.07
    x = body.half_width(z)
    mirror = ellipsoid((0.1, 0.07, 0.06), (x + 0.1, belt + 0.07, z), rings=6, sides=8, squareness=0.7)
    foot = box((0.12, 0.03, 0.05), (x + 0.02, belt + 0.04, z))
    handle = car.trim if car.trim is CHROME else car.body
    parts = both_sides(mirror, car.body) + both_sides(foot, DARK_PLASTIC)
    for at in (pillar(car) + 0.16, nose - p.overhang - p.wheelbase + 0.36):
        parts += both_sides(box((0.035, 0.03, 0.16), (body.half_width(at), belt - 0.13, at), bevel=0.01), handle)
    return parts


def on_the_roof(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """Rails, a box, a taxi sign or an aerial, for some."""
    p, top = car.plan, car.plan.height
    front, back = p.length / 2 - p.header - 0.1, -p.length / 2 + p.rear_header + 0.1
    x = p.width / 2 * p.roof_share - 0.1
    parts: list[Part] = []
    if car.kind in ("estate", "off-roader", "minivan") and rng.random() < 0.55:
        y = top + 0.015
        path = [(x, y - 0.06, front), (x, y, front - 0.12), (x, y, back + 0.12), (x, y - 0.06, back)]
        parts += both_sides(tube(path, 0.02, sides=6, rounded=False), ALLOY if rng.random() < 0.5 else DARK_PLASTIC)
        if rng.random() < 0.12:
            load = ellipsoid((0.38, 0.17, 0.95), (0.1, top + 0.16, (front + back) / 2), squareness=0.6)
            parts.append((load, BLACK_PAINT if rng.random() < 0.6 else ALLOY))
    if car.body.name == "taxi paint":
        sign = box((0.5, 0.15, 0.16), (0, top + 0.07, front - 0.5), bevel=0.04)
        parts.append((sign, WHITE_PAINT if rng.random() < 0.6 else BLACK_PAINT))
    if car.kind == "hatchback" and rng.random() < 0.5:
        edge = body.height(back - 0.1)
        parts.append((box((p.width * 0.6, 0.04, 0.24), (0, edge - 0.015, back - 0.2), bevel=0.015), car.roof))
    return parts


def cabin(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """What one sees of an open car: windscreen, seats, steering wheel, folded top."""
    p, nose = car.plan, car.plan.length / 2
    foot, head = nose - p.cowl, nose - p.header + 0.1
    wide, narrow = p.width * 0.42, p.width * 0.345
    top = p.height - 0.03
    pane = [
        (wide, p.cowl_height - 0.03, foot),
        (-wide, p.cowl_height - 0.03, foot),
        (-narrow, top, head),
        (narrow, top, head),
    ]
    frame = [pane[0], pane[3], pane[2], pane[1]]
    parts: list[Part] = [(plate(pane, 0.015), LIGHT_GLASS)]
    parts.append((tube(frame, 0.028, sides=6, rounded=False), car.trim if car.trim is CHROME else car.body))
    seats = LEATHER if rng.random() < 0.4 else BLACK_LEATHER
    if rng.random() < 0.2:
        seats = material("pale leather", srgb(206, 188, 160), 0.0, 0.5)
    floor = p.cowl_height - 0.1
    rows = [head - 0.5] + ([head - 1.15] if -p.length / 2 + p.rear_header < head - 1.4 else [])
    for z in rows:
        back = ellipsoid((0.25, 0.3, 0.09), (p.width * 0.2, floor + 0.02, z - 0.1), rings=6, sides=10, squareness=0.6)
        parts += both_sides(rotated(back, "x", -12, (0, floor, z)), seats)
        parts += both_sides(
            ellipsoid((0.13, 0.07, 0.05), (p.width * 0.2, floor + 0.33, z - 0.16), rings=4, sides=8, squareness=0.6),
            seats,
        )
    wheel = tube(
        [(0.37 + 0.17 * np.cos(a), floor + 0.16 + 0.17 * np.sin(a), head + 0.02) for a in np.arange(8) * np.pi / 4],
        0.018,
        sides=5,
        closed=True,
    )
    parts.append((wheel, DARK_PLASTIC))
    hood = ellipsoid(
        (p.width * 0.36, 0.1, 0.22), (0, p.deck_height + 0.03, -p.length / 2 + p.rear_header - 0.1), squareness=0.6
    )
    parts.append((hood, BLACK_LEATHER))
    return parts
