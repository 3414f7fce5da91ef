"""Cars: saloons, hatchbacks, estates, off-roaders, minivans, coupes and convertibles."""

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.car_details import cabin, face, mirrors_and_handles, on_the_roof, rear
from mixreal.models.shapes.car_plans import SHARES, TYPES, Car, drawn, pillar
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
    Skin,
    panels,
    skin,
)
from mixreal.models.shapes.palette import (
    ALLOY,
    BLACK_LEATHER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    HEADLIGHT,
    LEATHER,
    SHADOW,
    TAILLIGHT,
)
from mixreal.models.shapes.solids import Solid, box
from mixreal.models.shapes.wheels import Style, axle, road_wheel

Part = tuple[Solid, Material]


def build(rng: np.random.Generator) -> Mesh:
    """A random car, in metres, standing on y = 0 and looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=SHARES))]
    car = drawn(rng, kind)
    body, arches = _body(car)
    parts = _coloured(car, body, rng)
    parts += _wheels(car, arches, rng)
    parts += face(car, body, rng) + rear(car, body, rng) + mirrors_and_handles(car, body)
    if car.roof_open:
        parts += cabin(car, body, rng)
    else:
        parts += on_the_roof(car, body, rng)
    return assemble(f"car {kind}", parts)


def _body(car: Car) -> tuple[Skin, list[Arch]]:
    """The car's skin, nose at +length/2, and its two wheel arches."""
    p, square = car.plan, car.boxy
    nose, tail = p.length / 2, -p.length / 2
    low, roof = p.clearance, p.height
    cowl, header, rear_header, deck = nose - p.cowl, nose - p.header, tail + p.rear_header, tail + p.deck
    belt = p.cowl_height - 0.07
    fall = 0.14 - 0.08 * square
    top = [
        (tail, p.deck_height - fall),
        (tail + 0.05, p.deck_height - fall / 3),
        (deck, p.deck_height),
        (deck + 0.5 * (rear_header - deck), p.deck_height + 0.56 * (roof - 0.05 - p.deck_height)),
        (rear_header, roof - 0.05),
        (rear_header + 0.25, roof - 0.015),
        ((header + rear_header) / 2, roof),
        (header - 0.25, roof - 0.012),
        (header, roof - 0.055),
        (cowl + 0.5 * (header - cowl), p.cowl_height + 0.55 * (roof - 0.055 - p.cowl_height)),
        (cowl, p.cowl_height),
        (nose - 0.45 * p.cowl, p.nose + 0.62 * (p.cowl_height - p.nose)),
        (nose - 0.18, p.nose),
        (nose - 0.05, p.nose - fall * 0.25),
        (nose, p.nose - fall * 0.75),
    ]
    if car.roof_open:
        flat = [(tail, p.deck_height - fall), (tail + 0.05, p.deck_height - fall / 3), (deck, p.deck_height)]
        top = [
            *flat,
            (rear_header - 0.05, p.deck_height),
            (rear_header, belt + 0.03),
            (cowl - 0.1, belt + 0.03),
            *top[10:],
        ]
    half = p.width / 2
    pinch = 0.30 - 0.2 * square
    width = [
        (tail, half * (1 - pinch * 0.6)),
        (tail + 0.06, half * (1 - pinch * 0.3)),
        (tail + 0.5, half * 0.97),
        (0.0, half),
        (nose - 0.8, half * 0.985),
        (nose - 0.3, half * (1 - pinch * 0.28)),
        (nose - 0.08, half * (1 - pinch * 0.62)),
        (nose, half * (1 - pinch)),
    ]
    share = p.roof_share
    upper = [
        (tail, half * 0.8),
        (deck, half * (0.82 if p.deck > 0.3 else share + 0.06)),
        (rear_header, half * (share - 0.02)),
        (0.0, half * share),
        (header, half * (share - 0.01)),
        (cowl, half * 0.86),
        (nose - 0.1, half * 0.78),
    ]
    bottom = [
        (tail, low + 0.18),
        (tail + 0.25, low + 0.04),
        (tail + 0.6, low),
        (nose - 0.6, low),
        (nose - 0.1, low + 0.02),
        (nose, low + 0.1),
    ]
    waist = [(tail, p.deck_height - 0.1), (deck, belt + 0.02), (cowl, belt), (nose, p.nose - 0.05)]
    front = nose - p.overhang
    gap = 0.05 if p.clearance < 0.2 else 0.08
    arches = [Arch(front, p.wheel, p.wheel + gap), Arch(front - p.wheelbase, p.wheel, p.wheel + gap)]
    glass_front, middle = cowl - 0.22, pillar(car)
    doors = [middle - 0.045, middle + 0.045, glass_front, tail + p.glass_end, cowl - 0.06, cowl - 0.075]
    doors += [middle - 0.01, middle + 0.01, arches[1].z + 0.2, arches[1].z + 0.215]
    lights = [nose - 0.34, tail + 0.24]
    return skin(Lines(bottom, waist, top, width, upper, flare=0.035), arches, doors + lights), arches


def _coloured(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    p, nose, tail = car.plan, car.plan.length / 2, -car.plan.length / 2
    cowl, header, rear_header, deck = nose - p.cowl, nose - p.header, tail + p.rear_header, tail + p.deck
    _, roof, glass, black, shadow, lamp, red, trim, sill, inside = range(10)
    cladding = DARK_PLASTIC if car.kind == "off-roader" and rng.random() < 0.6 else car.body
    cushions = BLACK_LEATHER if rng.random() < 0.6 else LEATHER
    materials = [car.body, car.roof, car.glass, BLACK_PAINT, SHADOW, HEADLIGHT, TAILLIGHT, car.trim, cladding, cushions]
    table = body.cells()
    body.mark(table, [SILL], tail, nose, sill)
    for seam in (cowl - 0.0675, pillar(car), p.length / 2 - p.overhang - p.wheelbase + 0.2075):
        body.mark(table, [SILL, FLANK, HIP], seam - 0.012, seam + 0.012, shadow)
    if not car.roof_open:
        body.mark(table, [CANT, ROOF, CROWN], rear_header, header, roof)
        body.mark(table, [CANT], deck, rear_header, roof)
        body.mark(table, [CANT], header, cowl, roof)
        body.mark(table, [ROOF, CROWN], header, cowl, glass)
        body.mark(table, [ROOF, CROWN], deck, rear_header, glass)
        body.mark(table, [WINDOW], tail + p.glass_end, cowl - 0.22, glass)
        body.mark(table, [WINDOW], cowl - 0.22, cowl, black)
        body.mark(table, [WINDOW], pillar(car) - 0.05, pillar(car) + 0.05, black)
        if car.trim is CHROME or rng.random() < 0.2:
            body.mark(table, [RAIL], tail + p.glass_end, cowl - 0.2, trim)
    else:
        body.mark(table, [CANT, ROOF, CROWN, WINDOW], rear_header, cowl - 0.1, inside)
    body.mark(table, [HIP], tail, tail + 0.24, red)
    if car.boxy < 0.7:
        body.mark(table, [HIP], nose - 0.34, nose - 0.03, lamp)
    body.mark(table, [FLOOR], tail, nose, shadow)
    deep = min(p.height * 0.4, p.nose - p.clearance - 0.16)
    inner = p.width - 0.52
    underside = box((inner, deep, p.length - 0.5), (0, p.clearance + 0.02 + deep / 2, 0))
    return [*panels(body, table, materials), (underside, SHADOW)]


def _wheels(car: Car, arches: list[Arch], rng: np.random.Generator) -> list[Part]:
    p = car.plan
    style: Style = (
        "steel" if car.kind == "classic" or rng.random() < 0.08 else ("spokes" if rng.random() < 0.75 else "disc")
    )
    rim = BLACK_PAINT if rng.random() < 0.1 else ALLOY
    width = 0.2 + 0.05 * (car.kind in ("coupe", "off-roader"))
    wheel = road_wheel(p.wheel, width, style, rim, int(rng.integers(5, 8)), share=float(rng.uniform(0.64, 0.74)))
    x = p.width / 2 - width / 2 - 0.03
    return [part for arch in arches for part in axle(wheel, x, p.wheel, arch.z)]
