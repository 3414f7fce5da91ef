"""Buses: city buses (also articulated), coaches, school buses, minibuses and double deckers."""

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.bus_details import front_end, on_the_roof, rear_end, sides
from mixreal.models.shapes.bus_plans import SHARES, TYPES, Look, Plan, drawn, painted
from mixreal.models.shapes.coachwork import (
    CANT,
    CROWN,
    FLANK,
    FLOOR,
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
from mixreal.models.shapes.livery import advertised
from mixreal.models.shapes.palette import (
    ALLOY,
    AMBER,
    BLACK_PAINT,
    DARK_STEEL,
    SHADOW,
    WHITE_PAINT,
)
from mixreal.models.shapes.solids import Solid, box, loft, section
from mixreal.models.shapes.wheels import axle, road_wheel

Part = tuple[Solid, Material]


def build(rng: np.random.Generator) -> Mesh:
    """A random bus, in metres, standing on y = 0 and looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=SHARES))]
    plan, look = drawn(rng, kind), painted(rng, kind)
    parts = _deck(plan, look, rng) + _wheels(plan, rng) + front_end(plan, look, rng) + rear_end(plan, look, rng)
    parts += sides(plan, look, rng)
    if plan.storey:
        parts += _upper_deck(plan, look, rng)
    else:
        parts += on_the_roof(plan, look, rng)
    if kind == "city bus" and plan.length > 10 and rng.random() < 0.15:
        parts += _trailing_half(plan, look, rng)
    return assemble(f"bus {kind}", parts)


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
    wheel = road_wheel(plan.wheel, 0.3, "disc", rim, sides=14, share=0.6)
    return [part for z in plan.axles for part in axle(wheel, plan.width / 2 - 0.19, plan.wheel, z)]


def _trailing_half(plan: Plan, look: Look, rng: np.random.Generator) -> list[Part]:
    """The second half of an articulated bus, behind black bellows, perhaps turned a little."""
    gap, long = 0.9, float(rng.uniform(4, 5.5))
    half = Plan(
        **{**vars(plan), "length": long, "axles": (-long * 0.45,), "windows": max(3, round(long / 1.8)), "lean": 0.03}
    )
    parts = _deck(half, look, rng) + _wheels(half, rng) + rear_end(half, look, rng)
    offset = (0, 0, -plan.length - gap)
    folds = np.linspace(-plan.length - gap, -plan.length, 11)
    ring = [
        section(plan.width * s, (plan.height - plan.floor) * s, (0, (plan.height + plan.floor) / 2), z, 7, 24)
        for z, s in zip(folds, [0.9, 0.97] * 5 + [0.9], strict=True)
    ]
    from_front = [(Solid(s.vertices + offset, s.faces, s.crease), m) for s, m in parts]
    return [*from_front, (loft(ring), BLACK_PAINT)]
