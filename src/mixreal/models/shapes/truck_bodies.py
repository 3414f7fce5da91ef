"""What trucks carry: boxes, tippers, tanks, loads, ladders, hoppers, drums, containers and semi-trailers."""

from collections.abc import Callable

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.livery import advertised, band, both_sides, strong_colour
from mixreal.models.shapes.palette import (
    ALLOY,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    DARK_WOOD,
    GRAVEL,
    GREY_PLASTIC,
    HEADLIGHT,
    RUST,
    SHADOW,
    STEEL,
    TAILLIGHT,
    WHITE_PAINT,
    WOOD,
    material,
    srgb,
)
from mixreal.models.shapes.solids import (
    Solid,
    box,
    cylinder,
    ellipsoid,
    extrude,
    joined,
    loft,
    moved,
    revolve,
    rotated,
    section,
)
from mixreal.models.shapes.wheels import axle, road_wheel

Part = tuple[Solid, Material]
BLUE_LAMP = material("blue lamp", srgb(30, 70, 230), 0.0, 0.15)

# Each body: (rng, width, deck height, z of its back, z of its front, height of the cab, the cab's paint) -> parts.
Body = Callable[[np.random.Generator, float, float, float, float, float, Material], list[Part]]


def box_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A closed van body, plain or with a firm's livery, its front often rounded or with a wind deflector."""
    top = max(roof + float(rng.uniform(0.1, 0.8)), deck + 1.9)
    colour = WHITE_PAINT if rng.random() < 0.6 else (paint if rng.random() < 0.5 else strong_colour(rng))
    parts = _walls(width, deck, top, back, front, colour)
    parts += advertised(width / 2, deck + 0.15, top - 0.12, back + 0.15, front - 0.15, rng)
    if top > roof + 0.3 and rng.random() < 0.5:
        shape = [
            (front + 0.2, roof - 0.1),
            (front + 0.2, top - 0.05),
            (front + 0.45, top - 0.15),
            (front + 1.1, roof - 0.05),
        ]
        parts.append((extrude(shape, width * 0.82, "x"), paint))
    elif rng.random() < 0.3:
        parts.append((box((width * 0.7, 0.6, 0.4), (0, top - 0.45, front + 0.2), bevel=0.06), GREY_PLASTIC))  # a cooler
    return parts


def tipper_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """An open, ribbed dump body, empty or heaped, sometimes tipped up; with a canopy over the cab if it is large."""
    high = deck + float(rng.uniform(0.8, 1.3))
    colour = paint if rng.random() < 0.4 else strong_colour(rng)
    half, wall = width / 2, 0.07
    side = [(back - 0.1, high), (back + 0.15, deck), (front - 0.1, deck), (front, deck + 0.15), (front, high)]
    body = both_sides(extrude(side, wall, "x", (half - wall / 2, 0, 0)), colour)
    body.append((box((width, 0.12, front - back - 0.15), (0, deck + 0.04, (front + back) / 2)), colour))
    body.append((box((width - 0.02, high - deck + 0.25, 0.08), (0, (high + deck) / 2 + 0.12, front - 0.03)), colour))
    gate = box((width - 0.02, high - deck, 0.07), (0, (high + deck) / 2, back + 0.02))
    body.append((rotated(gate, "x", -12, (0, deck, back + 0.05)), colour))
    for z in np.linspace(back + 0.4, front - 0.35, int(rng.integers(4, 8))):
        body += both_sides(box((0.08, high - deck, 0.1), (half + 0.02, (high + deck) / 2, z)), colour)
    body += both_sides(box((0.12, 0.1, front - back), (half + 0.01, high, (front + back) / 2)), colour)
    if roof < high + 0.9 and rng.random() < 0.5:
        canopy = box((width * 0.94, 0.07, 1.2), (0, max(roof + 0.1, high + 0.05), front + 0.5))
        lip = box((width * 0.94, max(roof + 0.1 - high, 0.1), 0.07), (0, (roof + 0.1 + high) / 2, front - 0.04))
        body += [(canopy, colour), (lip, colour)]
    if rng.random() < 0.6:
        load = ellipsoid(
            (half * 0.93, float(rng.uniform(0.3, 0.6)), (front - back) * 0.47),
            (0, high - 0.15, (front + back) / 2),
            rings=8,
            sides=16,
            squareness=0.75,
        )
        earth = (GRAVEL, material("sand", srgb(196, 168, 122)), material("earth", srgb(92, 66, 46)))[rng.integers(3)]
        body.append((load, earth))
    else:
        body.append((box((width - 0.16, 0.3, front - back - 0.3), (0, deck + 0.2, (front + back) / 2)), DARK_STEEL))
        if rng.random() < 0.45:
            tilt = float(rng.uniform(20, 45))
            body = [(rotated(s, "x", -tilt, (0, deck, back + 0.2)), m) for s, m in body]
            ram_top = (front - back) * 0.55 * np.sin(np.radians(tilt))
            middle = back + 0.2 + (front - back) * 0.55 * np.cos(np.radians(tilt))
            body.append((box((0.2, ram_top, 0.2), (0, deck + ram_top / 2, middle)), STEEL))
    return body


def tank_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A round or oval tank with bands, manholes and a catwalk."""
    finish = (CHROME, ALLOY, WHITE_PAINT, paint, strong_colour(rng))[
        int(rng.choice(5, p=[0.2, 0.25, 0.25, 0.15, 0.15]))
    ]
    tall = float(rng.uniform(1.5, 1.8))
    y, wide = deck + tall / 2 + 0.1, width * 0.97
    exponent = float(rng.choice([2.0, 2.6]))
    ends = [(back, 0.72), (back + 0.08, 0.88), (back + 0.2, 0.97), (back + 0.4, 1.0)]
    ends += [(front - 0.4, 1.0), (front - 0.2, 0.97), (front - 0.08, 0.88), (front, 0.72)]
    tank = loft([section(wide * s, tall * s, (0, y), z, exponent, 24) for z, s in ends])
    parts: list[Part] = [(tank, finish)]
    ring_colour = strong_colour(rng) if rng.random() < 0.4 else DARK_STEEL
    for z in np.linspace(back + 0.5, front - 0.5, int(rng.integers(3, 6))):
        parts.append(
            (loft([section(wide + 0.05, tall + 0.05, (0, y), z + d, exponent, 24) for d in (-0.06, 0.06)]), ring_colour)
        )
    for z in np.linspace(back + 0.9, front - 0.9, 3):
        parts.append((cylinder(0.28, 0.2, "y", (0, y + tall / 2 + 0.04, z), sides=12), STEEL))
    parts.append((box((0.5, 0.05, front - back - 0.8), (0.45, y + tall / 2 + 0.02, (front + back) / 2)), DARK_STEEL))
    if rng.random() < 0.5:
        parts += band(wide / 2 - 0.004, y - 0.16, y + 0.16, back + 0.5, front - 0.5, strong_colour(rng))
    parts.append((box((width * 0.7, 0.3, front - back - 0.3), (0, deck + 0.05, (front + back) / 2)), DARK_STEEL))
    parts += both_sides(box((0.35, 0.4, 0.9), (width / 2 - 0.2, deck - 0.3, front - 1.0), bevel=0.04), GREY_PLASTIC)
    return parts


def flat_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A flat bed with drop sides or stakes, and a load: logs, pipes, crates, sacks or a digger's worth of steel."""
    middle, long = (front + back) / 2, front - back
    parts: list[Part] = [(box((width, 0.14, long), (0, deck + 0.05, middle)), DARK_STEEL)]
    parts.append((box((width * 0.97, 0.03, long * 0.99), (0, deck + 0.135, middle)), WOOD))
    parts.append((box((width, 0.95, 0.08), (0, deck + 0.55, front - 0.04)), paint))
    floor = deck + 0.15
    if rng.random() < 0.5:
        sides = paint if rng.random() < 0.5 else ALLOY
        parts += both_sides(box((0.05, 0.42, long), (width / 2 - 0.03, floor + 0.2, middle)), sides)
        parts.append((box((width, 0.42, 0.05), (0, floor + 0.2, back + 0.03)), sides))
    else:
        for z in np.linspace(back + 0.3, front - 0.3, 5):
            parts += both_sides(box((0.07, 1.2, 0.1), (width / 2 - 0.04, floor + 0.55, z)), DARK_STEEL)
    kind = rng.integers(4)
    if kind < 2:
        thick = float(rng.uniform(0.3, 0.5)) if kind == 0 else float(rng.uniform(0.28, 0.36))
        of = (
            (material("bark", srgb(106, 76, 52), 0, 0.9), DARK_WOOD)[rng.integers(2)]
            if kind == 0
            else (STEEL, RUST)[rng.integers(2)]
        )
        across = int((width - 0.25) / thick)
        for row in range(int(1.5 / thick)):
            for i in range(across - row % 2):
                x = (i - (across - row % 2 - 1) / 2) * thick
                r = thick / 2 * (float(rng.uniform(0.85, 1.0)) if kind == 0 else 1.0)
                shift = float(rng.uniform(-0.2, 0.2)) if kind == 0 else 0.0
                log = cylinder(r, long * 0.92, "z", (x, floor + thick * (0.5 + 0.87 * row), middle + shift), sides=8)
                parts.append((log, of))
    elif kind == 2:
        at = back + 0.6
        while at < front - 0.6:
            size = float(rng.uniform(0.8, 1.2))
            tall = float(rng.uniform(0.6, 1.4))
            of = (WOOD, GREY_PLASTIC, strong_colour(rng), DARK_WOOD)[rng.integers(4)]
            for x in (-0.5, 0.5):
                parts.append(
                    (box((width * 0.42, tall, size), (x * width * 0.46, floor + tall / 2, at), bevel=0.03), of)
                )
            at += size + 0.1
    else:
        of = material("tarpaulin", srgb(*((52, 84, 62), (46, 70, 120), (120, 112, 92))[rng.integers(3)]), 0, 0.85)
        parts.append(
            (ellipsoid((width * 0.46, 1.1, long * 0.47), (0, floor + 0.35, middle), rings=8, squareness=0.45), of)
        )
    return parts


def fire_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """Lockers with roller shutters, blue lamps, hoses, and a ladder on the roof."""
    top = roof + float(rng.uniform(-0.1, 0.25))
    parts = _walls(width, deck - 0.35, top, back, front, paint)
    count = int(rng.integers(2, 5))
    step = (front - back - 0.3) / count
    shutter = ALLOY if rng.random() < 0.8 else DARK_STEEL
    for i in range(count):
        z = back + 0.15 + step * (i + 0.5)
        low = deck + 0.15 if abs(z - (back + 0.3 * (front - back))) < 0.9 else deck - 0.25
        parts += band(width / 2, low, top - 0.25, z - step * 0.44, z + step * 0.44, shutter)
    white = WHITE_PAINT if rng.random() < 0.6 else material("yellow stripe", srgb(236, 220, 40), 0, 0.3)
    parts += band(width / 2 + 0.006, deck + 0.02, deck + 0.24, back, front, white)
    parts += band(width / 2 - 0.005, deck + 0.02, deck + 0.24, front + 0.15, -0.7, white)
    middle, long = (front + back) / 2, (front - back) * 1.15
    y = top + 0.28
    if rng.random() < 0.75:
        rails = [box((0.07, 0.16, long), (x, y, middle + 0.4)) for x in (-0.36, 0.36)]
        rungs = [
            box((0.7, 0.05, 0.05), (0, y, z)) for z in np.linspace(middle + 0.5 - long / 2, middle + 0.3 + long / 2, 14)
        ]
        ladder = joined(*rails, *rungs)
        if rng.random() < 0.4:
            ladder = rotated(ladder, "x", -float(rng.uniform(4, 14)), (0, y, back))
        parts.append((ladder, ALLOY))
        parts.append((cylinder(0.5, 0.4, "y", (0, top + 0.1, back + 1.0), sides=16), DARK_STEEL))
    cab_top = roof + 0.06
    parts.append((box((width * 0.7, 0.16, 0.3), (0, cab_top, front + 1.0), bevel=0.04), BLUE_LAMP))
    parts += both_sides(cylinder(0.09, 0.2, "y", (width * 0.42, top + 0.1, back + 0.15), sides=10), BLUE_LAMP)
    parts += both_sides(box((0.16, 0.4, 0.05), (width * 0.42, deck + 0.3, back - 0.02)), TAILLIGHT)
    parts.append((box((width * 0.55, top - deck - 0.4, 0.04), (0, (top + deck) / 2, back - 0.01)), shutter))
    parts.append((box((0.3, 0.15, 0.2), (width * 0.3, top + 0.1, front - 0.2)), HEADLIGHT))
    return parts


def refuse_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A dustcart: a bulging body and a hopper hanging over its tail."""
    top = roof + float(rng.uniform(0.1, 0.4))
    colour = paint if rng.random() < 0.5 else strong_colour(rng)
    split = back + 1.2
    middle = (deck + top) / 2
    hull = loft([section(width, top - deck, (0, middle), z, 6, 28) for z in (split, front)])
    shape = [
        (split, deck),
        (split, top),
        (split - 0.7, top - 0.05),
        (back - 0.25, top - 0.75),
        (back - 0.35, deck + 0.55),
    ]
    shape += [(back - 0.15, deck - 0.35), (split - 0.35, deck - 0.3)]
    parts: list[Part] = [(hull, colour), (extrude(shape, width * 0.98, "x"), colour)]
    parts.append((box((width * 0.78, 0.75, 0.3), (0, deck + 0.5, back - 0.28)), SHADOW))
    for z in np.linspace(split + 0.1, front - 0.2, 5):
        parts += both_sides(box((0.06, (top - deck) * 0.86, 0.1), (width / 2 + 0.01, middle, z)), colour)
    parts += band(
        width * 0.49, deck - 0.1, deck + 0.08, back - 0.1, split - 0.1, material("stripe", srgb(240, 200, 30), 0, 0.4)
    )
    parts += both_sides(box((0.12, 0.3, 0.05), (width * 0.44, deck + 1.0, back - 0.32)), TAILLIGHT)
    if rng.random() < 0.6:
        parts += advertised(width / 2, deck + 0.4, top - 0.4, split + 0.2, front - 0.2, rng)
    return parts


def mixer_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A concrete mixer: a tilted drum, painted in spirals or bands, with a hopper and a chute."""
    long = front - back - 0.5
    r = width * 0.48
    profile = [(0, 0), (r * 0.45, 0), (r * 0.8, long * 0.12), (r, long * 0.34), (r, long * 0.55)]
    profile += [(r * 0.62, long * 0.9), (r * 0.42, long), (0, long)]
    tilt = float(rng.uniform(8, 14))
    colour = WHITE_PAINT if rng.random() < 0.4 else (paint if rng.random() < 0.5 else strong_colour(rng))
    stripe = strong_colour(rng)
    # The drum's wide end is behind the cab; it narrows and rises towards the tail.
    turned = [(radius, -along) for radius, along in profile]
    parts: list[Part] = [(revolve(turned, "z", (0, 0, 0), sides=20), colour)]
    for at, wide in ((0.3, 1.0), (0.45, 1.0), (0.6, 0.98), (0.75, 0.86)):
        at_radius = float(np.interp(at * long, [p[1] for p in profile[1:-1]], [p[0] for p in profile[1:-1]])) + 0.015
        next_radius = (
            float(np.interp(at * long + 0.14, [p[1] for p in profile[1:-1]], [p[0] for p in profile[1:-1]])) + 0.015
        )
        ring = [
            (at_radius * 0.9, -at * long),
            (at_radius, -at * long),
            (next_radius, -at * long - 0.14),
            (next_radius * 0.9, -at * long - 0.14),
        ]
        parts.append((revolve(ring, "z", sides=20, closed=True), stripe if wide > 0.9 else DARK_STEEL))
    y = deck + r + 0.05
    parts = [(moved(rotated(s, "x", tilt), (0, y, front - 0.1)), m) for s, m in parts]
    tail_y = y + long * np.sin(np.radians(tilt))
    parts.append((box((width * 0.6, 0.14, front - back), (0, deck + 0.02, (front + back) / 2)), DARK_STEEL))
    hopper = loft([section(s, s, z=z, exponent=5, points=16) for s, z in ((0.4, 0.0), (0.95, 0.5))])
    parts.append((moved(rotated(hopper, "x", -90), (0, tail_y + 0.15, back + 0.35)), paint))
    chute = box((0.4, 0.1, 1.3), (0, tail_y - 0.75, back - 0.1), bevel=0.03)
    parts.append((rotated(chute, "x", -38, (0, tail_y - 0.5, back + 0.2)), STEEL))
    for x in (-0.5, 0.5):
        parts.append((box((0.1, tail_y - deck, 0.14), (x, (tail_y + deck) / 2, back + 0.55)), DARK_STEEL))
    parts.append((box((0.8, r * 1.2, 0.4), (0, deck + r * 0.6, front - 0.05)), DARK_STEEL))
    return parts


def container_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A corrugated shipping container on a skeletal frame."""
    colour = strong_colour(rng) if rng.random() < 0.8 else RUST
    top = deck + 2.5
    parts = _walls(width, deck + 0.05, top, back, front, colour)
    for z in np.arange(back + 0.25, front - 0.2, 0.3):
        parts += both_sides(box((0.05, top - deck - 0.3, 0.13), (width / 2 + 0.01, (top + deck) / 2, z)), colour)
    for z in (back + 0.05, front - 0.05):
        parts += both_sides(box((0.16, top - deck, 0.14), (width / 2 - 0.04, (top + deck) / 2 + 0.02, z)), colour)
    for x in (-0.5, -0.2, 0.2, 0.5):
        parts.append((box((0.04, top - deck - 0.3, 0.05), (x * width * 0.8, (top + deck) / 2, back - 0.02)), STEEL))
    return parts


def curtain_body(
    rng: np.random.Generator, width: float, deck: float, back: float, front: float, roof: float, paint: Material
) -> list[Part]:
    """A curtain-sider or covered wagon: cloth over hoops, with straps."""
    top = max(roof + float(rng.uniform(0.1, 0.6)), deck + 2.0)
    cloth = material("canvas", strong_colour(rng).colour[:3], 0.0, 0.85)
    if rng.random() < 0.3:
        cloth = material("canvas", srgb(86, 92, 62), 0.0, 0.9)
    middle = (deck + top) / 2 + 0.1
    hull = loft([section(width, top - deck - 0.15, (0, middle), z, 7, 28) for z in (back, front)])
    parts: list[Part] = [
        (hull, cloth),
        (box((width, 0.16, front - back), (0, deck + 0.05, (front + back) / 2)), DARK_STEEL),
    ]
    for z in np.linspace(back + 0.4, front - 0.4, 7):
        parts += both_sides(box((0.03, top - deck - 0.5, 0.05), (width / 2 + 0.003, middle - 0.05, z)), DARK_PLASTIC)
    return parts + advertised(width / 2 + 0.005, deck + 0.4, top - 0.35, back + 0.3, front - 0.3, rng)


BODIES: dict[str, Body] = {
    "box": box_body,
    "tipper": tipper_body,
    "tanker": tank_body,
    "flatbed": flat_body,
    "fire engine": fire_body,
    "refuse": refuse_body,
    "mixer": mixer_body,
    "container": container_body,
    "curtain": curtain_body,
}


def semi_trailer(
    rng: np.random.Generator, width: float, deck: float, cab_back: float, wheel: float, fifth_wheel: float
) -> list[Part]:
    """A trailer hung over the tractor's rear axles (at z = fifth_wheel), with its own axles and landing legs."""
    kind = ("box", "box", "tanker", "flatbed", "container", "curtain", "none")[int(rng.integers(7))]
    if kind == "none":
        return [(cylinder(0.45, 0.12, "y", (0, deck - 0.02, fifth_wheel + 0.3), sides=16), DARK_STEEL)]
    front = cab_back - float(rng.uniform(0.15, 0.5))
    back = front - float(rng.uniform(6.0, 9.5))
    paint = strong_colour(rng)
    parts = BODIES[kind](rng, width + 0.06, deck + 0.12, back, front, deck + 2.0, paint)
    under = deck - 0.05
    parts += both_sides(box((0.1, 0.3, front - back - 0.4), (0.45, under, (front + back) / 2)), DARK_STEEL)
    tyre = road_wheel(wheel, 0.5, "disc", ALLOY if rng.random() < 0.5 else DARK_STEEL, sides=14, share=0.6)
    last = back + float(rng.uniform(0.8, 1.6))
    for i in range(int(rng.integers(2, 4))):
        parts += axle(tyre, width / 2 - 0.25, wheel, last + i * wheel * 2.4)
    leg = fifth_wheel - 1.5
    parts += both_sides(box((0.14, under - 0.25, 0.16), (0.7, under / 2 + 0.1, leg)), STEEL)
    if rng.random() < 0.5:
        low = wheel * 1.0
        parts += band(
            width / 2 - 0.03,
            low,
            under - 0.12,
            last + wheel * 6,
            leg - 0.2,
            GREY_PLASTIC if rng.random() < 0.6 else paint,
        )
    parts += both_sides(box((0.36, 0.14, 0.05), (width / 2 - 0.24, under - 0.1, back - 0.01)), TAILLIGHT)
    parts.append((box((width * 0.9, 0.12, 0.08), (0, wheel, back + 0.05)), STEEL))
    return parts


def _walls(width: float, low: float, high: float, back: float, front: float, colour: Material) -> list[Part]:
    """A box with metal corner posts, doors and hinges at its tail."""
    tall, middle = high - low, (high + low) / 2
    parts: list[Part] = [(box((width, tall, front - back), (0, middle, (front + back) / 2), bevel=0.04), colour)]
    parts += both_sides(box((0.03, 0.09, front - back - 0.1), (width / 2, low + 0.05, (front + back) / 2)), ALLOY)
    parts.append((box((0.03, tall - 0.2, 0.03), (0, middle, back)), SHADOW))
    for x in (-0.18, 0.18):
        parts.append((box((0.03, tall - 0.25, 0.04), (x, middle, back - 0.01)), STEEL))
    return parts
