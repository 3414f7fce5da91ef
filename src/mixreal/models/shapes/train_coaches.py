"""Box-bodied rail vehicles: electric and diesel locomotives, high-speed trains, railcars, trams and carriages."""

from dataclasses import dataclass

import numpy as np

from mixreal.models.mesh import Material
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
    Line,
    Lines,
    evenly,
    panels,
    skin,
)
from mixreal.models.shapes.livery import band, both_sides, strong_colour
from mixreal.models.shapes.palette import (
    AMBER,
    BLACK_PAINT,
    DARK_STEEL,
    GLASS,
    GREY_PLASTIC,
    HEADLIGHT,
    LIGHT_GLASS,
    SHADOW,
    STEEL,
    TAILLIGHT,
    WHITE_PAINT,
    material,
    srgb,
)
from mixreal.models.shapes.railway import bogie, buffers, pantograph
from mixreal.models.shapes.solids import Solid, box, cylinder, extrude, loft, rotated, section

Part = tuple[Solid, Material]


@dataclass(frozen=True)
class Livery:
    """A railway's colours."""

    body: Material
    roof: Material
    lower: Material
    stripe: Material
    front: Material
    pillar: Material
    glass: Material


@dataclass(frozen=True)
class Coach:
    """A rail vehicle's measures in metres. Its front is at z = 0; `nose` is how far the front slopes back."""

    kind: str  # "electric" | "diesel" | "high-speed" | "railcar" | "tram" | "carriage"
    length: float
    width: float
    floor: float  # height of the body's lower edge
    roof: float
    sill: float
    nose: float  # 0 for a plain end, with a gangway
    windows: int
    arched: float  # how round the roof is
    double: bool = False  # the tail is a second front


def livery(rng: np.random.Generator) -> Livery:
    """Colours for a whole train."""
    white = WHITE_PAINT if rng.random() < 0.7 else material("silver paint", srgb(190, 192, 196), 0.5, 0.35)
    body = white if rng.random() < 0.35 else strong_colour(rng)
    stripe = strong_colour(rng) if rng.random() < 0.6 else (WHITE_PAINT if body is not white else BLACK_PAINT)
    roof = (body, GREY_PLASTIC, DARK_STEEL, white)[rng.integers(4)]
    yellow = material("warning yellow", srgb(242, 200, 20), 0.0, 0.35)
    front = (body, body, body, yellow, stripe)[rng.integers(5)]
    lower = (body, body, stripe, DARK_STEEL)[rng.integers(4)]
    pillar = BLACK_PAINT if rng.random() < 0.4 else body
    return Livery(body, roof, lower, stripe, front, pillar, LIGHT_GLASS if rng.random() < 0.2 else GLASS)


def drawn(rng: np.random.Generator, kind: str) -> Coach:
    """A random vehicle of a kind."""
    length = float(
        {"electric": 11.0, "diesel": 11.0, "high-speed": 12.5, "railcar": 11.5, "tram": 10.0}.get(kind, 11.0)
    )
    length *= float(rng.uniform(0.85, 1.12))
    width = float(rng.uniform(2.75, 3.0)) if kind != "tram" else float(rng.uniform(2.35, 2.6))
    roof = float(rng.uniform(3.7, 4.1)) if kind != "tram" else float(rng.uniform(3.1, 3.4))
    floor = 0.35 if kind == "tram" else (0.5 if kind == "high-speed" else float(rng.uniform(0.8, 1.0)))
    sill = floor + (roof - floor) * float(rng.uniform(0.42, 0.5))
    nose = {
        "electric": rng.uniform(0.2, 1.1),
        "diesel": rng.uniform(0.15, 0.8),
        "high-speed": rng.uniform(3.2, 5.0),
        "railcar": rng.uniform(0.12, 1.0),
        "tram": rng.uniform(0.3, 1.0),
    }.get(kind, 0.0)
    windows = {"electric": 0, "diesel": 0}.get(kind, round(length / float(rng.uniform(1.2, 2.0))))
    return Coach(kind, length, width, floor, roof, sill, float(nose), windows, float(rng.uniform(1.3, 3.2)))


def coach(plan: Coach, look: Livery, rng: np.random.Generator) -> list[Part]:
    """The whole vehicle, from z = -plan.length to 0."""
    parts = _body(plan, look, rng)
    inset = min(2.4, plan.length * 0.2)
    ahead = max(inset, plan.nose * 0.75 + 0.6) if plan.kind == "high-speed" else inset
    for z in (-ahead, -plan.length + inset):
        parts += bogie(z, radius=0.33 if plan.kind == "tram" else 0.46, wheelbase=1.8 if plan.kind == "tram" else 2.1)
    parts.append((box((plan.width * 0.7, 0.5, plan.length * 0.4), (0, plan.floor - 0.02, -plan.length / 2)), SHADOW))
    parts += both_sides(
        box((0.5, 0.5, plan.length * 0.22), (plan.width / 2 - 0.35, plan.floor - 0.1, -plan.length * 0.5)), DARK_STEEL
    )
    if plan.kind in ("electric", "diesel"):
        parts += _louvres(plan, look, rng)
    if plan.kind in ("electric", "tram") or (plan.kind in ("railcar", "high-speed") and rng.random() < 0.4):
        z = -plan.length * float(rng.uniform(0.3, 0.5)) if plan.kind != "high-speed" else -plan.length * 0.75
        red = material("pantograph red", srgb(160, 30, 30), 0.2, 0.5)
        parts += pantograph(z, plan.roof, float(rng.uniform(0.9, 1.5)), red if rng.random() < 0.4 else DARK_STEEL)
        if plan.kind == "electric" and rng.random() < 0.6:
            parts += pantograph(-plan.length * 0.82, plan.roof, 0.3, DARK_STEEL)
    elif plan.kind == "diesel":
        for z in np.linspace(-plan.length * 0.75, -plan.length * 0.3, 3):
            parts.append((cylinder(0.5, 0.16, "y", (0, plan.roof + 0.02, z), sides=14), DARK_STEEL))
    parts += _roof_boxes(plan, look, rng)
    if plan.nose and plan.kind != "tram" and plan.kind != "high-speed":
        parts += buffers(
            0.0 if plan.nose < 0.5 else -0.02,
            1,
            TAILLIGHT if rng.random() < 0.3 else DARK_STEEL,
            plan.floor + 0.12,
            plan.width * 0.85,
        )
    face = _face(plan, look, rng) if plan.nose else _end_wall(plan, look, 0.0, 1)
    if plan.double:
        middle = (0.0, 0.0, -plan.length / 2)
        return parts + face + [(rotated(solid, "y", 180, middle), of) for solid, of in face]
    return parts + face + _end_wall(plan, look, -plan.length, -1)


def _body(plan: Coach, look: Livery, rng: np.random.Generator) -> list[Part]:
    back, low = -plan.length, plan.floor
    top, width, upper, (header, foot) = _nose_lines(plan)
    waist: Line = [
        (back, plan.sill),
        (header - 0.2, plan.sill),
        (foot, plan.sill - 0.05 if plan.kind != "high-speed" else 1.35),
    ]
    if plan.kind == "high-speed":
        waist = [(back, plan.sill), (header, plan.sill), (foot, plan.sill - 0.2), (0.0, low + 0.45)]
    if plan.double:
        top, width, upper, waist = (_mirrored(line, back / 2) for line in (top, width, upper, waist))
    bottom: Line = [(back, low), (0.0, low)] if plan.kind != "high-speed" else [(back, low), (-1.0, 0.35), (0.0, 0.4)]
    openings = (
        evenly((back - header if plan.double else back) + 1.1, header - 1.1, plan.windows, 0.28) if plan.windows else []
    )
    door = (header - 0.95, header - 0.35) if plan.nose and plan.kind != "high-speed" else (header, header)
    cuts = [z for opening in [*openings, door] for z in opening] + [header - 0.15, back + 0.3, header - 1.0]
    if plan.double:
        cuts += [back - z for z in (*door, header - 1.0)]
    body = skin(Lines(bottom, waist, top, width, upper, roundness=plan.arched, flare=0.012), (), cuts)
    table = body.cells()
    paint, roof_, lower, stripe, front, pillar, glass, shadow = range(8)
    body.mark(table, [SILL, *([FLANK] if rng.random() < 0.35 else [])], back, 0, lower)
    if rng.random() < 0.4:
        body.mark(table, [HIP if rng.random() < 0.5 else FLANK], back, header, stripe)
    body.mark(table, [CANT, ROOF, CROWN], back - header if plan.double else back, header, roof_)
    if look.front is not look.body:
        for side in (False, True) if plan.double else (False,):
            body.mark(table, range(SILL, CROWN + 1), *_end(back, (foot - 0.05, 0), side), front)
            body.mark(table, [WINDOW, CANT, HIP, RAIL, FLANK], *_end(back, (header, foot), side), front)
    if openings:
        body.mark(table, [WINDOW], back + 0.8, header - 1.0, pillar)
        for opening in openings:
            body.mark(table, [WINDOW], *opening, glass)
    if plan.nose:
        wrapped = rng.random() < 0.5
        for side in (False, True) if plan.double else (False,):
            body.mark(table, [WINDOW], *_end(back, door, side), glass)
            body.mark(table, [ROOF, CROWN], *_end(back, (header, foot), side), glass)
            if wrapped:
                body.mark(table, [CANT, WINDOW], *_end(back, (header, foot), side), pillar)
    body.mark(table, [FLOOR], back, 0, shadow)
    materials = [look.body, look.roof, look.lower, look.stripe, look.front, look.pillar, look.glass, SHADOW]
    return panels(body, table, materials, back=front if plan.double else paint, front=front)


def _end(back: float, reach: tuple[float, float], tail: bool) -> tuple[float, float]:
    """The stretch of z `reach` near the front, or the same one measured from the tail at z = back."""
    return (back - reach[1], back - reach[0]) if tail else reach


def _mirrored(line: Line, middle: float) -> Line:
    """The line's half in front of z = middle, and its mirror image behind."""
    front = [(z, v) for z, v in line if z > middle]
    return front + [(2 * middle - z, v) for z, v in front]


def _nose_lines(plan: Coach) -> tuple[Line, Line, Line, tuple[float, float]]:
    """Lines of top, half-width and upper half-width, and from where to where the windscreen goes (header, foot)."""
    back, half, roof = -plan.length, plan.width / 2, plan.roof
    if plan.kind == "high-speed":
        t = np.linspace(0, 1, 9)  # 0 at the tip
        z = -plan.nose * t
        top = [
            (float(a), float(0.75 + (roof - 0.75) * s)) for a, s in zip(z, np.sin(t * np.pi / 2) ** 0.85, strict=True)
        ]
        width = [
            (float(a), float(half * (0.34 + 0.66 * s))) for a, s in zip(z, np.sin(t * np.pi / 2) ** 0.7, strict=True)
        ]
        upper = [(float(a), float(half * (0.24 + 0.68 * s))) for a, s in zip(z, np.sin(t * np.pi / 2), strict=True)]
        return [(back, roof), *top], [(back, half), *width], [(back, half * 0.92), *upper], (float(z[5]), float(z[3]))
    if not plan.nose:
        flat: Line = [(back, roof), (0.0, roof)]
        return flat, [(back, half), (0.0, half)], [(back, half * 0.94), (0.0, half * 0.94)], (0.0, 0.0)
    lintel, foot = roof - 0.42, -0.04 - 0.25 * max(plan.nose - 0.5, 0.0)
    header = -plan.nose
    top = [(back, roof), (header - 0.35, roof), (header - 0.06, roof - 0.14), (header, lintel), (foot, plan.sill)]
    top += [(-0.01, plan.sill - 0.12), (0.0, plan.sill - 0.2)]
    width = [(back, half), (header - 0.4, half), (header, half * 0.98), (foot, half * 0.94), (0.0, half * 0.9)]
    upper = [(back, half * 0.94), (header, half * 0.9), (foot, half * 0.86), (0.0, half * 0.82)]
    return top, width, upper, (header, foot)


def _face(plan: Coach, look: Livery, rng: np.random.Generator) -> list[Part]:
    """Lamps, windscreen pillar, destination board, coupler or plough."""
    half, low = plan.width / 2, plan.floor
    parts: list[Part] = []
    if plan.kind == "high-speed":
        y, z = 1.25, -plan.nose * 0.2
        x = half * 0.6
        lamp = loft(
            [
                section(0.1, 0.06, (x + d, y + d * 0.2), z - at, 2, 10)
                for d, at in ((-0.06, -0.32), (0.04, 0.0), (0.14, 0.6))
            ]
        )
        return both_sides(lamp, HEADLIGHT)
    y = low + (plan.sill - low) * float(rng.uniform(0.45, 0.7))
    x = half * float(rng.uniform(0.55, 0.72))
    if rng.random() < 0.6:
        parts += both_sides(cylinder(0.13, 0.1, "z", (x, y, 0.02), sides=12), HEADLIGHT)
        parts += both_sides(cylinder(0.09, 0.1, "z", (x - 0.28, y, 0.02), sides=10), TAILLIGHT)
    else:
        parts += both_sides(box((0.4, 0.2, 0.08), (x, y, 0.01), bevel=0.03), HEADLIGHT)
    if rng.random() < 0.6:
        parts.append((box((0.36, 0.2, 0.14), (0, plan.roof - 0.2, -plan.nose - 0.0), bevel=0.03), HEADLIGHT))
    if plan.kind in ("tram", "railcar"):
        board = box((plan.width * 0.5, 0.24, 0.1), (0, plan.roof - 0.36, -plan.nose + 0.05))
        parts += [
            (board, BLACK_PAINT),
            (box((plan.width * 0.36, 0.12, 0.1), (0, plan.roof - 0.36, -plan.nose + 0.06)), AMBER),
        ]
    if rng.random() < 0.75:
        post = [
            (-0.04, plan.sill - 0.05),
            (-plan.nose, plan.roof - 0.42),
            (-plan.nose + 0.06, plan.roof - 0.38),
            (0.03, plan.sill - 0.05),
        ]
        parts.append((extrude(post, 0.1 if rng.random() < 0.6 else 0.5, "x"), look.front))
    if plan.kind == "railcar" and plan.nose < 0.3 and rng.random() < 0.5:
        parts.append(
            (box((0.9, plan.roof - low - 0.4, 0.14), (0, (plan.roof + low) / 2 - 0.1, 0.0), bevel=0.03), look.body)
        )
        parts.append((box((0.5, 0.8, 0.16), (0, plan.sill + 0.45, 0.01)), look.glass))
    if rng.random() < 0.5:
        parts.append((box((plan.width * 0.7, 0.14, 0.05), (0, y - 0.3, 0.0)), look.stripe))
    plough = [(0.25, 0.2), (0.0, 0.2), (-0.3, low + 0.05), (0.12, low + 0.05)]
    parts.append((extrude(plough, plan.width * 0.8, "x"), DARK_STEEL if rng.random() < 0.6 else look.front))
    return parts


def _end_wall(plan: Coach, look: Livery, z: float, ahead: int) -> list[Part]:
    """The plain end of a carriage: a gangway in black bellows, lamps, and buffers."""
    parts: list[Part] = [
        (box((1.0, plan.roof - plan.floor - 0.8, 0.5), (0, (plan.roof + plan.floor) / 2 - 0.1, z)), SHADOW)
    ]
    parts += both_sides(box((0.16, 0.16, 0.06), (plan.width * 0.38, plan.floor + 0.5, z + ahead * 0.02)), TAILLIGHT)
    parts += both_sides(cylinder(0.2, 0.5, "z", (0.85, plan.floor + 0.05, z + ahead * 0.1), sides=10), DARK_STEEL)
    return parts


def _louvres(plan: Coach, look: Livery, rng: np.random.Generator) -> list[Part]:
    """A locomotive's flank: grilles, portholes or small windows, a stripe."""
    parts: list[Part] = []
    half, back, front = plan.width / 2, -plan.length + 2.0, -plan.nose - 2.0
    count = int(rng.integers(2, 6))
    kind = rng.integers(3)
    for start, stop in evenly(back, front, count, 0.5):
        middle = (start + stop) / 2
        if kind == 0:
            parts += band(half * 0.985, plan.sill + 0.15, plan.sill + 0.75, start, stop, SHADOW)
        elif kind == 1:
            y = plan.sill + 0.35
            parts += both_sides(cylinder(0.26, 0.06, "x", (half * 0.985, y, middle), sides=14), look.glass)
        else:
            parts += band(half * 0.99, plan.floor + 0.6, plan.sill + 0.5, start, stop, GREY_PLASTIC)
    y = plan.floor + float(rng.uniform(0.35, 0.9))
    if rng.random() < 0.8:
        parts += band(half, y, y + float(rng.uniform(0.12, 0.35)), -plan.length + 0.05, -plan.nose - 0.4, look.stripe)
    return parts


def _roof_boxes(plan: Coach, look: Livery, rng: np.random.Generator) -> list[Part]:
    parts: list[Part] = []
    if plan.kind in ("railcar", "tram", "carriage", "electric") and rng.random() < 0.7:
        for at in (0.25, 0.62, 0.85)[: int(rng.integers(1, 4))]:
            unit = box(
                (plan.width * 0.5, 0.26, plan.length * 0.12), (0, plan.roof + 0.04, -plan.length * at), bevel=0.06
            )
            parts.append((unit, GREY_PLASTIC if rng.random() < 0.6 else STEEL))
    if plan.kind in ("railcar", "tram", "carriage") and rng.random() < 0.8:
        tall = plan.roof - plan.floor
        for at in (0.14, 0.5, 0.86) if plan.kind == "tram" else (0.1, 0.9):
            z = -plan.nose * (1 - at) - plan.length * at
            parts += band(
                plan.width / 2 - 0.005, plan.floor + 0.1, plan.floor + tall * 0.8, z - 0.5, z + 0.5, look.stripe
            )
            parts += band(
                plan.width / 2 + 0.003, plan.sill + 0.05, plan.floor + tall * 0.74, z - 0.33, z + 0.33, look.glass
            )
    return parts
