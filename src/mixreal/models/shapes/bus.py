"""Buses: city buses (also articulated), coaches, school buses, minibuses and double deckers."""

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
    Line,
    Lines,
    evenly,
    panels,
    skin,
)
from mixreal.models.shapes.livery import advertised, band, both_sides, lettering, strong_colour
from mixreal.models.shapes.palette import (
    ALLOY,
    AMBER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    GLASS,
    GREY_PLASTIC,
    HEADLIGHT,
    LIGHT_GLASS,
    PLATE,
    SHADOW,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    srgb,
)
from mixreal.models.shapes.solids import Solid, box, cylinder, loft, section, tube
from mixreal.models.shapes.wheels import axle, road_wheel

Part = tuple[Solid, Material]
TYPES = ("city bus", "coach", "school bus", "minibus", "double decker")
_SHARES = (0.32, 0.22, 0.18, 0.12, 0.16)


@dataclass(frozen=True)
class Plan:
    """A bus's measures in metres. The front is at z = 0, the tail at -length."""

    kind: str
    length: float
    width: float
    height: float  # of the roof, or of the lower deck's ceiling on a double decker
    floor: float  # height of the skirt's lower edge
    sill: float  # height of the side windows' lower edge
    foot: float  # height of the windscreen's lower edge
    bonnet: float  # length of the bonnet, 0 for none
    lean: float  # how far the windscreen leans back
    wheel: float  # radius
    axles: tuple[float, ...]
    windows: int
    storey: float = 0.0  # height of the upper deck, 0 for none


@dataclass(frozen=True)
class Look:
    """A bus's colours. Pillars of black make the windows one band of glass."""

    body: Material
    roof: Material
    skirt: Material
    pillar: Material
    glass: Material


def build(rng: np.random.Generator) -> Mesh:
    """A random bus, in metres, standing on y = 0 and looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=_SHARES))]
    plan, look = _plan(rng, kind), _look(rng, kind)
    parts = _deck(plan, look, rng) + _wheels(plan, rng) + _front(plan, look, rng) + _tail(plan, look, rng)
    parts += _sides(plan, look, rng)
    if plan.storey:
        parts += _upper_deck(plan, look, rng)
    else:
        parts += _roof(plan, look, rng)
    if kind == "city bus" and plan.length > 10 and rng.random() < 0.15:
        parts += _trailing_half(plan, look, rng)
    return assemble(f"bus {kind}", parts)


def _plan(rng: np.random.Generator, kind: str) -> Plan:
    def u(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    if kind == "city bus":
        length, width, height, floor, sill, foot = (
            u(8.0, 11.6),
            u(2.4, 2.55),
            u(2.85, 3.15),
            0.3,
            u(1.2, 1.45),
            u(1.0, 1.3),
        )
        bonnet, lean, wheel, front = 0.0, u(0.08, 0.3), 0.48, u(2.3, 2.7)
    elif kind == "coach":
        length, width, height, floor, sill, foot = (
            u(9.0, 12.0),
            u(2.45, 2.55),
            u(3.2, 3.7),
            0.35,
            u(1.75, 2.0),
            u(1.15, 1.5),
        )
        bonnet, lean, wheel, front = 0.0, u(0.25, 0.75), 0.5, u(2.3, 2.7)
    elif kind == "school bus":
        length, width, height, floor, sill, foot = (
            u(7.5, 11),
            u(2.3, 2.45),
            u(2.9, 3.1),
            0.5,
            u(1.6, 1.75),
            u(1.6, 1.72),
        )
        bonnet, lean, wheel, front = u(0.9, 1.5), u(0.2, 0.35), 0.48, 0.0
    elif kind == "minibus":
        length, width, height, floor, sill, foot = (
            u(5.6, 7.2),
            u(2.0, 2.2),
            u(2.45, 2.75),
            0.3,
            u(1.25, 1.4),
            u(1.15, 1.3),
        )
        bonnet, lean, wheel, front = u(0.4, 0.9), u(0.5, 0.75), 0.37, 0.0
    else:
        length, width, height, floor, sill, foot = (
            u(9, 11.2),
            u(2.45, 2.55),
            u(2.2, 2.3),
            0.3,
            u(1.15, 1.3),
            u(1.05, 1.25),
        )
        bonnet, lean, wheel, front = 0.0, u(0.03, 0.12), 0.48, u(2.0, 2.6)
    if bonnet:
        front = 0.55 * bonnet + 0.5
    rear = -length + length * u(0.24, 0.3)
    axles: tuple[float, ...] = (-front, rear)
    if kind in ("coach", "double decker") and rng.random() < 0.4:
        axles = (-front, rear + 0.3, rear - 0.9)
    windows = (
        max(3, round((length - bonnet) / u(1.0, 1.7))) if kind != "school bus" else round((length - bonnet) / 0.78)
    )
    storey = u(1.85, 2.05) if kind == "double decker" else 0.0
    return Plan(kind, length, width, height, floor, sill, foot, bonnet, lean, wheel, axles, windows, storey)


def _look(rng: np.random.Generator, kind: str) -> Look:
    glass = LIGHT_GLASS if rng.random() < 0.2 else GLASS
    if kind == "school bus":
        yellow = material("school yellow", srgb(246, float(rng.uniform(166, 188)), 14), 0.0, 0.3)
        if rng.random() < 0.1:
            yellow = WHITE_PAINT
        return Look(yellow, WHITE_PAINT if rng.random() < 0.4 else yellow, yellow, yellow, glass)
    if kind == "double decker" and rng.random() < 0.55:
        red = material("bus red", srgb(196, 22, 28), 0.0, 0.25)
        return Look(
            red, WHITE_PAINT if rng.random() < 0.3 else red, red, red if rng.random() < 0.6 else BLACK_PAINT, glass
        )
    body = WHITE_PAINT if rng.random() < 0.35 else strong_colour(rng)
    roof = body if rng.random() < 0.55 else (WHITE_PAINT if rng.random() < 0.7 else strong_colour(rng))
    skirt = body if rng.random() < 0.45 else (GREY_PLASTIC if rng.random() < 0.3 else strong_colour(rng))
    return Look(body, roof, skirt, BLACK_PAINT if rng.random() < 0.55 else body, glass)


def _deck(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """The body, or the lower deck of two."""
    back, half, roof = -plan.length, plan.width / 2, plan.height
    foot = -plan.bonnet - 0.03
    header = foot - plan.lean
    brow = 0.18 if not plan.storey else 0.02  # from the windscreen's upper edge to the roof
    top: Line = [(back, roof - 0.22), (back + 0.06, roof - 0.07), (back + 0.2, roof), (header - 0.3, roof)]
    top += [(header - 0.1, roof - brow * 0.35), (header, roof - brow), (foot, plan.foot)]
    if plan.storey:
        top = [(back, roof), (header, roof), (foot, plan.foot)]
    if plan.bonnet:
        top += [
            (-0.2, plan.foot - 0.2 - plan.lean * 0.3),
            (-0.05, plan.foot - 0.3 - plan.lean * 0.3),
            (0.0, plan.foot - 0.5),
        ]
    else:
        top += [(-0.01, plan.foot - 0.06), (0.0, plan.foot - 0.14)]
    narrow = 0.86 if plan.bonnet else 0.94
    width: Line = [
        (back, half * 0.95),
        (back + 0.12, half),
        (foot - 0.35, half),
        (foot, half * (0.985 if not plan.bonnet else 0.93)),
    ]
    width += [(-0.15, half * (0.97 if not plan.bonnet else narrow)), (0.0, half * narrow * 0.98)]
    upper: Line = [(back, half * 0.94), (header, half * 0.95), (foot, half * 0.93), (0.0, half * narrow * 0.92)]
    waist: Line = [
        (back, plan.sill),
        (header - 0.9, plan.sill),
        (header - 0.6, min(plan.sill, plan.foot + 0.1)),
        (foot, plan.foot - 0.02),
    ]
    waist += [(0.0, plan.foot - 0.4 if plan.bonnet else plan.foot - 0.12)]
    bottom: Line = [(back, plan.floor + 0.2), (back + 0.7, plan.floor), (0.0, plan.floor)]
    arches = [Arch(z, plan.wheel, plan.wheel + 0.07) for z in plan.axles]
    openings = _openings(plan, header)
    cuts = [z for opening in openings for z in opening] + [foot - 0.1]
    lines = Lines(bottom, waist, top, width, upper, roundness=0.15 if plan.storey else 1.5, flare=0.012)
    body = skin(lines, arches, cuts)
    paint, roof_, skirt, pillar, glass, shadow = range(6)
    table = body.cells()
    body.mark(table, [SILL, *([FLANK] if rng.random() < 0.4 else [])], back, 0, skirt)
    body.mark(table, [CANT, ROOF, CROWN], back, header, roof_)
    body.mark(table, [WINDOW], back + 0.3, foot, pillar)
    for start, stop in openings:
        body.mark(table, [WINDOW], start, stop, glass)
    body.mark(table, [WINDOW], header, foot - 0.1, glass)
    body.mark(table, [ROOF, CROWN], header, foot, glass)
    body.mark(table, [CANT], header, foot, pillar if rng.random() < 0.5 else paint)
    if plan.storey == 0 and rng.random() < 0.35 and plan.kind != "school bus":
        body.mark(table, [RAIL], back, foot, roof_)
    body.mark(table, [FLOOR], back, 0, shadow)
    parts = panels(body, table, [look.body, look.roof, look.skirt, look.pillar, look.glass, SHADOW])
    parts.append((box((plan.width - 0.7, 0.6, plan.length - 0.8), (0, plan.floor + 0.32, back / 2)), SHADOW))
    return parts


def _openings(plan: Plan, header: float) -> list[tuple[float, float]]:
    """The side windows: (from, to) of each along z."""
    gap = 0.11 if plan.kind != "school bus" else 0.16
    return evenly(-plan.length + 0.35, header - 0.08, plan.windows, gap)


def _upper_deck(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    back, half, low, roof = -plan.length, plan.width / 2 * 0.995, plan.height - 0.03, plan.height + plan.storey
    sill, foot = low + 0.62, -0.03 - plan.lean * 0.3
    header = foot - plan.lean * 1.2 - 0.05
    top: Line = [(back, roof - 0.25), (back + 0.08, roof - 0.07), (back + 0.25, roof), (header - 0.3, roof)]
    top += [(header - 0.1, roof - 0.06), (header, roof - 0.18), (foot, sill), (foot + 0.02, sill - 0.1)]
    width: Line = [(back, half * 0.95), (back + 0.12, half), (foot - 0.3, half), (foot + 0.02, half * 0.95)]
    lines = Lines(
        [(back, low), (0.0, low)],
        [(back, sill), (0.0, sill)],
        top,
        width,
        [(back, half * 0.94), (0.0, half * 0.93)],
        1.5,
        0.01,
    )
    openings = evenly(back + 0.3, header - 0.08, plan.windows, 0.11)
    body = skin(lines, (), [z for opening in openings for z in opening])
    table = body.cells()
    body.mark(table, [CANT, ROOF, CROWN], back, header, 1)
    body.mark(table, [WINDOW], back + 0.3, 0, 2)
    for start, stop in [*openings, (header, foot)]:
        body.mark(table, [WINDOW], start, stop, 3)
    body.mark(table, [ROOF, CROWN], header, foot, 3)
    parts = panels(body, table, [look.body, look.roof, look.pillar, look.glass])
    parts.append((box((plan.width * 0.72, 0.62, 0.05), (0, roof - 0.75, back + 0.0), bevel=0.02), look.glass))
    if rng.random() < 0.65:
        parts += advertised(plan.width / 2, low + 0.08, sill - 0.06, back + 1.0, foot - 1.0, rng)
    board = box((plan.width * 0.62, 0.34, 0.06), (0, low + 0.32, foot + 0.04), bevel=0.02)
    return [*parts, (board, BLACK_PAINT), (box((plan.width * 0.5, 0.16, 0.06), (0, low + 0.32, foot + 0.05)), AMBER)]


def _wheels(plan: Plan, rng: np.random.Generator) -> list[Part]:
    rim = ALLOY if rng.random() < 0.6 else (WHITE_PAINT if rng.random() < 0.3 else DARK_STEEL)
    wheel = road_wheel(plan.wheel, 0.3, "disc", rim, sides=16, share=0.6)
    return [part for z in plan.axles for part in axle(wheel, plan.width / 2 - 0.19, plan.wheel, z)]


def _front(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
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


def _tail(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
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


def _sides(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
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


def _roof(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
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


def _trailing_half(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """The second half of an articulated bus, behind black bellows, perhaps turned a little."""
    gap, long = 0.9, float(rng.uniform(4, 5.5))
    half = Plan(
        **{**vars(plan), "length": long, "axles": (-long * 0.45,), "windows": max(3, round(long / 1.5)), "lean": 0.03}
    )
    parts = _deck(half, look, rng) + _wheels(half, rng) + _tail(half, look, rng)
    offset = (0, 0, -plan.length - gap)
    folds = np.linspace(-plan.length - gap, -plan.length, 11)
    ring = [
        section(plan.width * s, (plan.height - plan.floor) * s, (0, (plan.height + plan.floor) / 2), z, 7, 24)
        for z, s in zip(folds, [0.9, 0.97] * 5 + [0.9], strict=True)
    ]
    from_front = [(Solid(s.vertices + offset, s.faces, s.crease), m) for s, m in parts]
    return [*from_front, (loft(ring), BLACK_PAINT)]
