"""What airplanes are put together from: wings, engines, propellers, landing gear, glass and markings."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.mesh import BLEND, OPAQUE, Material
from mixreal.models.shapes.hull import Hull, dashes, grid, hull, lathe, patch, shell, slanted
from mixreal.models.shapes.palette import srgb
from mixreal.models.shapes.solids import Solid, box, cylinder, ellipsoid, joined, mirrored_x, moved, plate, tube

Part = tuple[Solid, Material]
Floats = NDArray[np.float64]

# Half an aerofoil: (distance behind the leading edge, half thickness), both per chord; about NACA 0010, closed.
AEROFOIL = ((0.0, 0.0), (0.02, 0.20), (0.08, 0.37), (0.25, 0.5), (0.5, 0.44), (0.8, 0.19), (1.0, 0.012))


def painted(code: str, roughness: float = 0.35, metallic: float = 0.0, alpha: float = 1.0) -> Material:
    """A material of the sRGB colour `code` ("#rrggbb")."""
    red, green, blue = srgb(*(int(code[i : i + 2], 16) for i in (1, 3, 5)))
    return Material(code, (red, green, blue, alpha), metallic, roughness, alpha_mode=BLEND if alpha < 1 else OPAQUE)


WHITE = painted("#f2f2ee")
PALE_GREY = painted("#b9bec3", 0.45)
MID_GREY = painted("#80868c", 0.5)
BARE_METAL = painted("#c4c8cc", 0.3, 0.8)
DARK_METAL = painted("#4b4a48", 0.45, 0.7)
BLACK = painted("#161616", 0.6)
TYRE = painted("#1d1d1d", 0.85)
WINDOW = painted("#10161d", 0.12)
CANOPY = painted("#26323c", 0.06)
BLUR = painted("#33363a", 0.5, alpha=0.28)


@dataclass(frozen=True)
class Wing:
    """The left half of a lifting surface, as sections from root to tip."""

    leading: Floats  # (k, 3) leading edge
    chord: Floats  # (k,)
    thickness: Floats  # (k,) per chord
    up: Floats  # (k, 3) unit


def wing(
    root: tuple[float, float, float],
    span: float,
    chords: tuple[float, float],
    sweep: float,
    dihedral: float = 0.0,
    thickness: float = 0.12,
    kink: float = 0.0,
    tip: str = "round",
) -> Wing:
    """The left wing from the leading edge at `root` out to `span`; sweep (of that edge) and dihedral in degrees.

    `kink` (fraction of span) straightens the trailing edge inboard, as on airliners; `tip` is "square", "round",
    "winglet" or "ellipse".
    """
    at = np.array([0.0, kink or 0.4, 0.9, 0.97, 1.0] if tip != "ellipse" else np.sin(np.linspace(0, np.pi / 2, 9)))
    chord = chords[0] + (chords[1] - chords[0]) * at
    back = np.tan(np.radians(sweep)) * span * at
    if kink:
        chord[1] = max(chords[1], chords[0] - back[1] * 0.85)
        chord[2:] = chord[1] + (chords[1] - chord[1]) * (at[2:] - kink) / (1 - kink)
    if tip == "round":
        chord[3:] *= [0.93, 0.6]
        back[3:] += chords[1] * np.array([0.03, 0.22])
    if tip == "ellipse":
        chord = chords[0] * np.maximum(np.sqrt(1 - (0.995 * at) ** 2), 0.05)
        back += 0.3 * (chords[0] - chord)
    leading = np.asarray(root, float) + np.stack([span * at, np.tan(np.radians(dihedral)) * span * at, -back], 1)
    thick = np.linspace(thickness, thickness * 0.75, len(at))
    up = np.tile([0.0, 1.0, 0.0], (len(at), 1))
    if tip == "winglet":
        rise = span * 0.085
        bend = np.array([[0.25, 0.15, -0.35], [0.55, 1.0, -1.0]]) * rise + leading[-1]
        leading = np.concatenate([leading, bend])
        chord = np.concatenate([chord, [chords[1] * 0.85, chords[1] * 0.4]])
        thick = np.concatenate([thick, [thickness * 0.7, thickness * 0.7]])
        up = np.concatenate([up, [[-0.7, 0.7, 0.0], [-0.95, 0.3, 0.0]]])
    return Wing(leading, chord, thick, up)


def fin(
    root: tuple[float, float, float], height: float, chords: tuple[float, float], sweep: float, cant: float = 0
) -> Wing:
    """A vertical surface rising from the leading edge at `root`, leaning out to +x by `cant` degrees."""
    flat = wing((0, 0, 0), height, chords, sweep, thickness=0.1, tip="round")
    lean = np.radians(cant)
    rise, across = np.array([np.sin(lean), np.cos(lean), 0]), np.array([-np.cos(lean), np.sin(lean), 0])
    leading = np.asarray(root) + flat.leading[:, :1] * rise + flat.leading[:, 2:] * [0, 0, 1]
    return Wing(leading, flat.chord, flat.thickness, np.tile(across, (len(flat.chord), 1)))


def foil(half: Wing, start: float = 0.0, stop: float = 1.0, swell: float = 1.0) -> Solid:
    """The surface of a wing half between two fractions of its length; `swell` > 1 lays colour over another piece."""
    along = np.linspace(0, 1, len(half.chord))
    inside = along[(along > start) & (along < stop)]
    leading, chord, thickness, up = section_at(half, np.concatenate([[start], inside, [stop]]))
    chord_back = np.array([s for s, _ in AEROFOIL] + [s for s, _ in AEROFOIL[:0:-1]])
    rise = np.array([t for _, t in AEROFOIL] + [-t for _, t in AEROFOIL[:0:-1]])
    grown = chord * swell
    points = leading[:, None] + (rise * (grown * thickness * swell)[:, None])[..., None] * up[:, None]
    points[..., 2] -= chord_back * grown[:, None] - ((grown - chord) / 2)[:, None]
    return grid(points, around=True, caps=True, crease=50.0)


def section_at(half: Wing, at: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Leading edge, chord, thickness and up at fractions (k,) of the sections from root (0) to tip (1)."""
    along, at = np.linspace(0, 1, len(half.chord)), np.asarray(at, float)

    def columns(values: Floats) -> Floats:
        return np.stack([np.interp(at, along, values[:, c]) for c in range(3)], 1)

    return (
        columns(half.leading),
        np.interp(at, along, half.chord),
        np.interp(at, along, half.thickness),
        columns(half.up),
    )


def at_span(half: Wing, x: float) -> tuple[Floats, float]:
    """The leading edge (3,) and chord of a wing at the distance x from the middle."""
    edge = half.leading
    point = np.array([x, np.interp(x, edge[:, 0], edge[:, 1]), np.interp(x, edge[:, 0], edge[:, 2])])
    return point, float(np.interp(x, edge[:, 0], half.chord))


def both(solid: Solid) -> Solid:
    """The solid and its mirror image."""
    return joined(solid, mirrored_x(solid))


def jet_engine(
    front: ArrayLike, radius: float, length: float, cowl: Material, lip: Material = BARE_METAL
) -> list[Part]:
    """A nacelle with a bright intake lip, dark fan, spinner and exhaust; `front` is the middle of its intake."""
    r, size = radius, length
    body = [
        (-size, r * 0.62),
        (-size * 0.85, r * 0.78),
        (-size * 0.45, r),
        (-size * 0.12, r * 0.98),
        (-size * 0.03, r * 0.9),
    ]
    ring = [(-size * 0.035, r * 0.905), (0, r * 0.84), (-size * 0.02, r * 0.78), (-size * 0.12, r * 0.76)]
    core = [(-size * 1.22, r * 0.12), (-size * 1.08, r * 0.4), (-size * 0.9, r * 0.5)]
    cone = [(-size * 0.14, r * 0.25), (-size * 0.02, 0.0)]
    return [
        (lathe(body, 16, front), cowl),
        (lathe(ring, 16, front), lip),
        (lathe([(-size * 0.13, r * 0.77), (-size * 0.12, r * 0.76)], 16, front), BLACK),
        (lathe(core, 12, front), DARK_METAL),
        (lathe(cone, 10, front), MID_GREY),
    ]


def propeller(
    hub: ArrayLike, radius: float, blades: int, angle: float, colour: Material, spinning: bool, spinner: float = 0.0
) -> list[Part]:
    """Blades in the plane across z at `hub`, or the veil they draw when spinning; `spinner` is its cone's radius."""
    middle = np.asarray(hub, float)
    cone = spinner or radius * 0.09
    parts = [
        (lathe([(-cone, cone * 0.95), (0, cone * 0.9), (cone * 0.8, cone * 0.6), (cone * 1.4, 0)], 12, middle), colour)
    ]
    if spinning:
        parts.append((lathe([(-0.004 * radius, radius), (0.004 * radius, radius)], 28, middle), BLUR))
        return parts
    for turn in angle + 360 / blades * np.arange(blades):
        t = np.radians(turn)
        out, across = np.array([np.sin(t), np.cos(t), 0]), np.array([np.cos(t), -np.sin(t), 0])
        chord, twist = radius * 0.075, np.array([0, 0, radius * 0.04])
        low, middle_out, tip = middle + out * cone * 0.7, middle + out * radius * 0.6, middle + out * radius
        inner = [low - across * chord + twist, low + across * chord - twist]
        broad = [middle_out - across * chord * 1.2 + twist / 2, middle_out + across * chord * 1.2 - twist / 2]
        outer = [tip - across * chord * 0.7 + twist / 4, tip + across * chord * 0.7 - twist / 4]
        for a, b in ((inner, broad), (broad, outer)):
            parts.append((plate(np.array([a[0], a[1], b[1], b[0]]), radius * 0.02), BLACK))
    return parts


def wheel_leg(
    top: ArrayLike, wheel: ArrayLike, radius: float, strut: Material = BARE_METAL, twin: bool = False
) -> list[Part]:
    """One landing-gear leg from `top` down to the middle of its wheel or wheels."""
    top, low = np.asarray(top, float), np.asarray(wheel, float)
    width = radius * 0.55
    out = np.array([width * 0.75, 0, 0])
    spots = [low + out, low - out] if twin else [low]
    parts: list[Part] = [(tube(np.array([top, low]), radius * 0.2, 6), strut)]
    for spot in spots:
        parts.append((cylinder(radius, width, "x", tuple(spot), 14), TYRE))
        parts.append((cylinder(radius * 0.5, width * 1.08, "x", tuple(spot), 10), PALE_GREY))
    return parts


def bogie(top: ArrayLike, wheel: ArrayLike, radius: float, axles: int) -> list[Part]:
    """A leg with `axles` pairs of wheels behind one another."""
    offsets = (np.arange(axles) - (axles - 1) / 2) * radius * 2.15
    return [
        part
        for dz in offsets
        for part in wheel_leg(np.asarray(top, float), np.asarray(wheel) + np.array([0, 0, dz]), radius, twin=True)
    ]


def spatted_wheel(top: ArrayLike, wheel: ArrayLike, radius: float, colour: Material, spats: bool) -> list[Part]:
    """A light airplane's leg and wheel, in a teardrop fairing when `spats`."""
    parts = wheel_leg(top, wheel, radius, PALE_GREY)
    if spats:
        x, y, z = (float(v) for v in np.asarray(wheel))
        parts.append(
            (
                ellipsoid(
                    (radius * 0.55, radius * 0.75, radius * 1.9), (x, y + radius * 0.25, z - radius * 0.3), 8, 10
                ),
                colour,
            )
        )
    return parts


def bubble(
    stations: Sequence[tuple[float, float, float, float]], frames: int = 0, frame: Material = MID_GREY
) -> list[Part]:
    """A canopy hull of dark glass, with `frames` hoops over it."""
    body = hull(stations, 14)
    parts: list[Part] = [(shell(body, 14), CANOPY)]
    span = body.z[-1] - body.z[0]
    for share in np.linspace(0.18, 0.85, frames):
        middle = body.z[0] + span * share
        parts.append((patch(body, (middle - span * 0.015, middle + span * 0.015), (-100, 100), span * 0.006), frame))
    return parts


def windows(body: Hull, start: float, stop: float, pitch: float, size: tuple[float, float], angle: float = 76) -> Part:
    """A row of cabin windows on both sides from z = `stop` forward to `start`."""
    count = max(2, int(abs(start - stop) / pitch))
    return dashes(body, np.linspace(stop, start, count), size, angle, size[1] * 0.06), WINDOW


def windscreen(body: Hull, rear: float, front: float, angle: float, lift: float) -> Part:
    """Glass around the front from one side to the other."""
    return patch(body, (rear, front), (-angle, angle), lift), WINDOW


def side_glass(body: Hull, corners: Sequence[tuple[float, float]], lift: float) -> Part:
    """A window on both sides given by its corners (z, angle), as for `slanted`."""
    return both(slanted(body, corners, lift)), WINDOW


def disc(half: Wing, at: float, radius: float, colour: Material, below: bool = False) -> Solid:
    """A flat round marking on top of (or below) a wing at a fraction of its length."""
    leading, chord, thickness, up = (v[0] for v in section_at(half, [at]))
    side = -1.0 if below else 1.0
    middle = leading - [0, 0, chord * 0.42] + up * side * chord * thickness * 0.5
    across = np.cross([0, 0, 1.0], up)
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    ring = middle + radius * (np.cos(turn)[:, None] * across + np.sin(turn)[:, None] * np.array([0, 0, 1.0]))
    lifted = np.stack([ring, ring + up * side * chord * 0.012])
    return grid(lifted if below else lifted[:, ::-1], around=True, caps=True)


def roundel(half: Wing, at: float, radius: float, rings: Sequence[Material]) -> list[Part]:
    """An air force's rings on the upper left and right wing, from the outermost inwards."""
    parts = []
    for i, colour in enumerate(rings):
        mark = disc(half, at, radius * (1 - i / len(rings)), colour)
        parts.append((both(moved(mark, (0, 0.02 * radius * i, 0))), colour))
    return parts


def bar(start: ArrayLike, stop: ArrayLike, radius: float) -> Solid:
    """A strut."""
    return tube(np.array([start, stop], float), radius, 5)


def pylon(top: ArrayLike, size: tuple[float, float, float]) -> Solid:
    """The slab that holds an engine, hanging from `top`."""
    x, y, z = (float(v) for v in np.asarray(top))
    return box(size, (x, y - size[1] / 2, z - size[2] / 2), 0.0)
