"""Cars: saloons, hatchbacks, estates, off-roaders, minivans, coupes and convertibles."""

from dataclasses import dataclass, replace

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
    Skin,
    panels,
    skin,
)
from mixreal.models.shapes.palette import (
    ALLOY,
    AMBER,
    BLACK_LEATHER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    GLASS,
    HEADLIGHT,
    LEATHER,
    LIGHT_GLASS,
    PLATE,
    SHADOW,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    paint,
    shaded,
    srgb,
)
from mixreal.models.shapes.solids import Solid, box, ellipsoid, joined, mirrored_x, plate, rotated, tube
from mixreal.models.shapes.wheels import axle, road_wheel

Part = tuple[Solid, Material]
TYPES = ("saloon", "hatchback", "estate", "off-roader", "minivan", "coupe", "convertible", "city car", "classic")
_SHARES = (0.24, 0.17, 0.09, 0.16, 0.08, 0.1, 0.06, 0.05, 0.05)


@dataclass(frozen=True)
class Plan:
    """A car's measures in metres. `cowl` .. `header` are from the nose, `rear_header` and `deck` from the tail."""

    length: float
    width: float
    height: float
    wheelbase: float
    clearance: float
    wheel: float  # radius
    nose: float  # height of the bonnet's front edge
    cowl_height: float
    cowl: float
    header: float
    rear_header: float
    deck: float
    deck_height: float
    roof_share: float  # the roof's width as a share of the body's
    glass_end: float  # where the last side window ends, from the tail
    overhang: float = 0.86


_PLANS = {
    "saloon": Plan(4.65, 1.82, 1.45, 2.76, 0.17, 0.33, 0.72, 0.97, 1.2, 1.95, 1.3, 0.6, 1.01, 0.69, 1.05),
    "hatchback": Plan(4.1, 1.77, 1.48, 2.55, 0.17, 0.32, 0.74, 0.99, 1.02, 1.72, 0.55, 0.14, 1.02, 0.7, 0.55, 0.82),
    "estate": Plan(4.75, 1.82, 1.48, 2.76, 0.17, 0.33, 0.72, 0.97, 1.2, 1.92, 0.42, 0.1, 1.0, 0.72, 0.42),
    "off-roader": Plan(4.55, 1.88, 1.74, 2.7, 0.24, 0.38, 0.95, 1.16, 1.15, 1.75, 0.4, 0.1, 1.16, 0.75, 0.42),
    "minivan": Plan(4.7, 1.88, 1.82, 2.9, 0.18, 0.34, 0.82, 1.1, 0.78, 1.65, 0.32, 0.08, 1.08, 0.77, 0.36, 0.9),
    "coupe": Plan(4.4, 1.86, 1.29, 2.55, 0.13, 0.34, 0.62, 0.88, 1.35, 2.1, 1.35, 0.35, 0.94, 0.64, 1.2, 0.9),
    "convertible": Plan(4.2, 1.78, 1.3, 2.45, 0.15, 0.32, 0.66, 0.9, 1.3, 1.95, 1.5, 1.1, 0.93, 0.66, 1.5, 0.84),
    "city car": Plan(3.45, 1.64, 1.52, 2.28, 0.17, 0.29, 0.78, 1.02, 0.72, 1.35, 0.3, 0.06, 1.04, 0.72, 0.34, 0.66),
    "classic": Plan(4.6, 1.74, 1.45, 2.75, 0.18, 0.33, 0.82, 0.95, 1.45, 1.85, 1.35, 0.95, 0.96, 0.72, 1.25, 0.85),
}


@dataclass(frozen=True)
class Car:
    """All that is drawn at random before anything is built."""

    kind: str
    plan: Plan
    body: Material
    roof: Material
    glass: Material
    trim: Material
    boxy: float  # 0 rounded at nose and tail, 1 square
    roof_open: bool


def build(rng: np.random.Generator) -> Mesh:
    """A random car, in metres, standing on y = 0 and looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=_SHARES))]
    car = _drawn(rng, kind)
    body, arches = _body(car)
    parts = _coloured(car, body, rng)
    parts += _wheels(car, arches, rng)
    parts += _face(car, body, rng) + _tail(car, body, rng) + _mirrors_and_handles(car, body)
    if car.roof_open:
        parts += _cabin(car, body, rng)
    else:
        parts += _on_the_roof(car, body, rng)
    return assemble(f"car {kind}", parts)


def _drawn(rng: np.random.Generator, kind: str) -> Car:
    mean = _PLANS[kind]
    wide = {k: float(v * np.exp(rng.normal(0, 0.035))) for k, v in vars(mean).items()}
    size = float(rng.uniform(0.94, 1.06))
    plan = replace(mean, **wide)
    plan = replace(plan, length=mean.length * size, wheelbase=mean.wheelbase * size)
    plan = replace(
        plan, width=float(mean.width * rng.uniform(0.95, 1.05)), height=mean.height * rng.uniform(0.96, 1.05)
    )
    plan = replace(plan, roof_share=min(plan.roof_share, 0.8), wheel=float(mean.wheel * rng.uniform(0.95, 1.08)))
    if plan.length - plan.overhang - plan.wheelbase < plan.wheel + 0.2:
        plan = replace(plan, overhang=plan.length - plan.wheelbase - plan.wheel - 0.22)
    colour = paint(rng, bright=0.45 if kind in ("coupe", "convertible", "city car", "classic") else 0.12)
    roof = colour
    if rng.random() < 0.14:
        roof = WHITE_PAINT if rng.random() < 0.4 else BLACK_PAINT
    if rng.random() < 0.05 and kind in ("saloon", "minivan", "estate"):
        colour = roof = material(
            "taxi paint", srgb(246, 190, 20) if rng.random() < 0.7 else srgb(222, 208, 170), 0.0, 0.25
        )
    chrome = kind == "classic" or rng.random() < 0.2
    boxy = float(np.clip(rng.normal({"classic": 0.6, "off-roader": 0.55}.get(kind, 0.3), 0.22), 0, 1))
    glass = LIGHT_GLASS if rng.random() < 0.12 else GLASS
    is_open = kind == "convertible" and rng.random() < 0.75
    if kind == "convertible" and not is_open:
        roof = material("soft top", srgb(*((28, 28, 30), (70, 52, 40), (30, 36, 60))[rng.integers(3)]), 0.0, 0.95)
    return Car(kind, plan, colour, roof, glass, CHROME if chrome else DARK_PLASTIC, boxy, is_open)


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
    glass_front, middle = cowl - 0.22, _pillar(car)
    doors = [middle - 0.045, middle + 0.045, glass_front, tail + p.glass_end, cowl - 0.06, cowl - 0.075]
    doors += [middle - 0.01, middle + 0.01, arches[1].z + 0.2, arches[1].z + 0.215]
    lights = [nose - 0.34, tail + 0.24]
    return skin(Lines(bottom, waist, top, width, upper, flare=0.035), arches, doors + lights), arches


def _pillar(car: Car) -> float:
    """z of the pillar between the doors."""
    p = car.plan
    front, back = p.length / 2 - p.cowl - 0.2, -p.length / 2 + p.glass_end
    return front - (0.52 if p.glass_end < 0.9 and p.length > 4.2 else 0.6) * (front - back)


def _coloured(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    p, nose, tail = car.plan, car.plan.length / 2, -car.plan.length / 2
    cowl, header, rear_header, deck = nose - p.cowl, nose - p.header, tail + p.rear_header, tail + p.deck
    paint_, roof, glass, black, shadow, lamp, red, trim, sill, inside = range(10)
    cladding = DARK_PLASTIC if car.kind == "off-roader" and rng.random() < 0.6 else car.body
    cushions = BLACK_LEATHER if rng.random() < 0.6 else LEATHER
    materials = [car.body, car.roof, car.glass, BLACK_PAINT, SHADOW, HEADLIGHT, TAILLIGHT, car.trim, cladding, cushions]
    table = body.cells()
    body.mark(table, [SILL], tail, nose, sill)
    for seam in (cowl - 0.0675, _pillar(car), p.length / 2 - p.overhang - p.wheelbase + 0.2075):
        body.mark(table, [SILL, FLANK, HIP], seam - 0.012, seam + 0.012, shadow)
    if not car.roof_open:
        body.mark(table, [CANT, ROOF, CROWN], rear_header, header, roof)
        body.mark(table, [CANT], deck, rear_header, roof)
        body.mark(table, [CANT], header, cowl, roof)
        body.mark(table, [ROOF, CROWN], header, cowl, glass)
        body.mark(table, [ROOF, CROWN], deck, rear_header, glass)
        body.mark(table, [WINDOW], tail + p.glass_end, cowl - 0.22, glass)
        body.mark(table, [WINDOW], cowl - 0.22, cowl, black)
        body.mark(table, [WINDOW], _pillar(car) - 0.05, _pillar(car) + 0.05, black)
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
    style = "steel" if car.kind == "classic" or rng.random() < 0.08 else ("spokes" if rng.random() < 0.75 else "disc")
    rim = BLACK_PAINT if rng.random() < 0.1 else ALLOY
    width = 0.2 + 0.05 * (car.kind in ("coupe", "off-roader"))
    wheel = road_wheel(p.wheel, width, style, rim, int(rng.integers(5, 8)), share=float(rng.uniform(0.64, 0.74)))
    x = p.width / 2 - width / 2 - 0.03
    return [part for arch in arches for part in axle(wheel, x, p.wheel, arch.z)]


def _face(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
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
    parts += _both(lamp, HEADLIGHT)
    parts += _both(ellipsoid((0.06, 0.035, 0.03), (wide * 0.85, low + 0.1, nose - 0.01), rings=4, sides=8), AMBER)
    if car.kind == "classic":
        parts.append((box((p.width * 0.96, 0.11, 0.12), (0, low + 0.09, nose + 0.04), bevel=0.04), CHROME))
    return parts


def _tail(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """Rear lamps, number plate, bumper and sometimes a spoiler."""
    p, tail = car.plan, -car.plan.length / 2
    wide = body.half_width(tail)
    lamp_y = p.deck_height - float(rng.uniform(0.2, 0.28))
    tall = p.rear_header < 0.5 and rng.random() < 0.7
    size = (0.14, 0.34, 0.06) if tall else (0.34, 0.13, 0.06)
    lamp = box(size, (wide - size[0] / 2 - 0.01, lamp_y - (0.06 if tall else 0), tail), bevel=0.02)
    parts = _both(lamp, TAILLIGHT)
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
        parts += [(wing, car.body), *_both(stay, DARK_PLASTIC)]
    return parts


def _mirrors_and_handles(car: Car, body: Skin) -> list[Part]:
    p, nose = car.plan, car.plan.length / 2
    z = nose - p.cowl - 0.3
    belt = p.cowl_height - 0.07
    x = body.half_width(z)
    mirror = ellipsoid((0.1, 0.07, 0.06), (x + 0.1, belt + 0.07, z), rings=6, sides=8, squareness=0.7)
    foot = box((0.12, 0.03, 0.05), (x + 0.02, belt + 0.04, z))
    handle = car.trim if car.trim is CHROME else car.body
    parts = _both(mirror, car.body) + _both(foot, DARK_PLASTIC)
    for at in (_pillar(car) + 0.16, nose - p.overhang - p.wheelbase + 0.36):
        parts += _both(box((0.035, 0.03, 0.16), (body.half_width(at), belt - 0.13, at), bevel=0.01), handle)
    return parts


def _on_the_roof(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
    """Rails, a box, a taxi sign or an aerial, for some."""
    p, top = car.plan, car.plan.height
    front, back = p.length / 2 - p.header - 0.1, -p.length / 2 + p.rear_header + 0.1
    x = p.width / 2 * p.roof_share - 0.1
    parts: list[Part] = []
    if car.kind in ("estate", "off-roader", "minivan") and rng.random() < 0.55:
        y = top + 0.015
        path = [(x, y - 0.06, front), (x, y, front - 0.12), (x, y, back + 0.12), (x, y - 0.06, back)]
        parts += _both(tube(path, 0.02, sides=6, rounded=False), ALLOY if rng.random() < 0.5 else DARK_PLASTIC)
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


def _cabin(car: Car, body: Skin, rng: np.random.Generator) -> list[Part]:
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
        back = ellipsoid((0.24, 0.32, 0.09), (p.width * 0.2, floor + 0.14, z - 0.1), rings=6, sides=10, squareness=0.6)
        parts += _both(rotated(back, "x", -12, (0, floor, z)), seats)
        parts += _both(ellipsoid((0.12, 0.09, 0.06), (p.width * 0.2, floor + 0.5, z - 0.18), rings=5, sides=8), seats)
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


def _both(solid: Solid, of: Material) -> list[Part]:
    return [(solid, of), (mirrored_x(solid), of)]
