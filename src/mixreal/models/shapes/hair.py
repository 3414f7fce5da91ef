"""Hair and what is worn over it: cuts, long hair, tails, buns, caps, hats and scarves. Units as in head.py."""

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes import palette
from mixreal.models.shapes.body import SMOOTH, ball, limb, star, surface
from mixreal.models.shapes.head import Head, Parts
from mixreal.models.shapes.hull import lathe
from mixreal.models.shapes.solids import Solid, cylinder, ellipsoid, moved, rotated, scaled, tube

Floats = NDArray[np.float64]

# Where hair begins: degrees from the front round to the back, and how high it then is.
_ROUND = (0, 30, 52, 66, 78, 88, 100, 125, 150, 180)
_SHORT = (0.32, 0.3, 0.2, 0.02, -0.1, 0.06, 0.02, -0.16, -0.3, -0.33)
_FRINGE = (0.16, 0.15, 0.1, -0.05, -0.16, -0.1, -0.1, -0.22, -0.34, -0.36)
_RECEDED = (0.44, 0.42, 0.36, 0.1, -0.05, 0.06, 0.02, -0.16, -0.3, -0.33)
_BABY = (0.36, 0.35, 0.27, 0.16, 0.1, 0.08, 0.04, -0.1, -0.25, -0.28)


def hair(rng: np.random.Generator, who: Head, style: str) -> Parts:
    """A hair style: bald, fuzz, short, spiky, side, curly, afro, bob, long, ponytail, bun, pigtails, bowl, ring."""
    if style == "bald":
        return []
    if style == "ring":
        return _cut(rng, who, _RECEDED, 0.03, top=0.18)
    if style == "fuzz":
        return _cut(rng, who, _BABY, 0.012)
    if style == "short":
        return _cut(rng, who, _SHORT if rng.random() < 0.75 else _RECEDED, rng.uniform(0.025, 0.06), 0.004)
    if style == "side":
        return _cut(rng, who, _SHORT, rng.uniform(0.04, 0.07), 0.006, sweep=rng.choice([-1, 1]) * 0.05)
    if style == "spiky":
        return _cut(rng, who, _SHORT, 0.07, 0.028)
    if style == "curly":
        return _cut(rng, who, _FRINGE if rng.random() < 0.4 else _SHORT, rng.uniform(0.09, 0.15), 0.02)
    if style == "afro":
        return _cut(rng, who, _SHORT, rng.uniform(0.18, 0.34), 0.014, even=True)
    if style == "bowl":
        return _cut(rng, who, _FRINGE, rng.uniform(0.05, 0.08), 0.004)
    line = _FRINGE if rng.random() < 0.35 else _SHORT
    crown = _cut(rng, who, line, rng.uniform(0.04, 0.065), 0.005)
    if style == "bob":
        return [*crown, (_curtain(rng, -0.38 - rng.uniform(0, 0.16), 0.06), who.hair)]
    if style == "long":
        return [*crown, (_curtain(rng, -0.75 - rng.uniform(0, 0.75), rng.uniform(0.02, 0.1)), who.hair)]
    if style == "ponytail":
        return crown + _tail(rng, who, (0, rng.uniform(0.05, 0.3), -0.45), rng.uniform(0.5, 1.0))
    if style == "pigtails":
        low = rng.uniform(-0.1, 0.12)
        tails = [_tail(rng, who, (side * 0.36, low, -0.1), rng.uniform(0.35, 0.7), side) for side in (-1, 1)]
        return crown + tails[0] + tails[1]
    high = rng.random() < 0.4
    at = (0.0, 0.54, -0.12) if high else (0.0, 0.16, -0.5)
    bun = ellipsoid((0.17, 0.14, 0.16), rings=8, sides=12)
    return [*crown, (Solid(bun.vertices + at, bun.faces, SMOOTH), who.hair)]


def headwear(rng: np.random.Generator, who: Head, kind: str) -> Parts:
    """Worn on the head: cap, beanie, brim, cowboy, hijab, bonnet, hardhat or headband."""
    colour = palette.cloth(rng)
    line = np.full(len(_ROUND), 0.2)
    if kind == "headband":
        return _shell(who, line, 0.075, colour, rng, top=0.29)
    if kind == "beanie":
        parts = _shell(who, (0.2, 0.18, 0.1, 0.02, 0, -0.03, -0.06, -0.1, -0.12, -0.14), 0.075, colour, rng)
        if rng.random() < 0.5:
            parts.append(
                (moved(ellipsoid((0.12, 0.12, 0.12), rings=6, sides=10), (0, 0.62, -0.08)), palette.cloth(rng))
            )
        return parts
    if kind in ("hijab", "bonnet"):
        return _wrapped(rng, who, colour, kind == "hijab")
    crown = _shell(who, (0.24, 0.23, 0.2, 0.16, 0.13, 0.11, 0.09, 0.05, 0.03, 0.02), 0.06, colour, rng)
    if kind == "cap":
        back = rng.random() < 0.12
        visor = cylinder(0.36, 0.025, "y", sides=18)
        visor = scaled(visor, (0.86, 1, 0.9))
        visor = moved(rotated(visor, "x", 12), (0, 0.235, 0.3))
        brim_colour = colour if rng.random() < 0.7 else palette.cloth(rng)
        return [*crown, (rotated(visor, "y", 180) if back else visor, brim_colour)]
    if kind == "hardhat":
        hat = palette.material(
            "helmet", palette.srgb(*[(235, 190, 30), (240, 240, 240), (220, 60, 40)][rng.integers(3)])
        )
        dome = moved(ellipsoid((0.44, 0.4, 0.52), rings=10, sides=18), (0, 0.2, -0.04))
        brim = moved(scaled(cylinder(0.5, 0.03, "y", sides=20), (0.92, 1, 1.16)), (0, 0.2, 0.02))
        dome = Solid(np.maximum(dome.vertices, (-9, 0.2, -9)), dome.faces, dome.crease)
        return [(dome, hat), (brim, hat)]
    colour = palette.material("straw", palette.srgb(214, 190, 140), 0, 0.9) if rng.random() < 0.5 else colour
    wide, curl = rng.uniform(0.68, 0.95), 0.16 if kind == "cowboy" else rng.uniform(-0.08, 0.02)
    tall = 0.62 if kind == "cowboy" else rng.uniform(0.5, 0.6)
    outline = [(0.17, wide), (0.2, wide), (0.23, 0.42), (0.45, 0.38), (tall, 0.3), (tall + 0.03, 0.1)]
    body = rotated(lathe(outline, sides=22), "x", -90)
    shape = body.vertices * (0.9, 1, 1.12)
    lifted = shape[:, 1] + curl * (shape[:, 0] / wide) ** 2 * (np.abs(shape[:, 1]) < 0.22)
    shape = np.column_stack([shape[:, 0], lifted, shape[:, 2] - 0.04])
    band = moved(scaled(cylinder(0.425, 0.07, "y", sides=20), (0.9, 1, 1.12)), (0, 0.27, -0.04))
    return [(Solid(shape, body.faces, body.crease), colour), (band, palette.cloth(rng))]


def _cut(
    rng: np.random.Generator,
    who: Head,
    line: tuple[float, ...],
    thick: float,
    rough: float = 0.003,
    top: float | None = None,
    sweep: float = 0.0,
    even: bool = False,
) -> Parts:
    shift = -0.05 * (1 - who.age) * (line is not _FRINGE) + rng.normal(0, 0.012)
    return _shell(who, np.array(line) + shift, thick, who.hair, rng, rough, top, sweep, even)


def _shell(
    who: Head,
    line: NDArray[np.float64] | tuple[float, ...],
    thick: float,
    material: Material,
    rng: np.random.Generator,
    rough: float = 0.0,
    top: float | None = None,
    sweep: float = 0.0,
    even: bool = False,
) -> Parts:
    """A second skin that comes out of the head above `line`, and below `top` where that is given."""
    x, y, z = np.moveaxis(who.directions * who.radii[..., None], -1, 0)
    degrees = np.degrees(np.abs(np.arctan2(x, z)))
    over = y - np.interp(degrees, _ROUND, line) - sweep * np.sign(x) * np.clip(1 - degrees / 80, 0, 1)
    if top is not None:
        over = np.minimum(over, top - y)
    grown = np.clip(over / (0.12 if even else 0.05) + 0.45, 0, 1)
    grown = grown * grown * (3 - 2 * grown)
    crown = 1.0 if even else 0.75 + 0.5 * np.clip(y / 0.45, 0, 1)
    radii = who.radii - 0.025 + grown * (thick * crown + 0.025) + rng.normal(0, 1, y.shape) * rough * grown
    return [(star((0, 0, 0), who.directions, radii, grown > 0), material)]


def _curtain(rng: np.random.Generator, end: float, flare: float) -> Solid:
    """Hair that falls down the back and both sides of the head to the height `end`."""
    front = rng.uniform(-0.1, 0.1) if end > -0.7 else rng.choice([-0.18, 0.08])
    parts = [
        limb((0, 0.1, -0.2), (0, max(end, -0.5), -0.26), 0.3, 0.26 + flare, 0.1, (0, 0, 1), 0.62),
        limb((0, -0.3, -0.3), (0, end, -0.36), 0.26, 0.22 + flare, 0.1, (0, 0, 1), 0.5),
    ]
    for side in (-1, 1):
        middle = (side * (0.35 + flare * 0.5), -0.3, -0.06)
        parts += [
            limb((side * 0.27, 0.2, -0.04), middle, 0.12, 0.11, 0.1, (1, 0, 0), 0.75),
            limb(middle, (side * (0.37 + flare), end, front), 0.11, 0.09, 0.1, (1, 0, 0), 0.8),
        ]
    return surface(parts, 0.07)


def _tail(
    rng: np.random.Generator, who: Head, root: tuple[float, float, float], length: float, side: float = 0.0
) -> Parts:
    """A tail of hair with its band."""
    share = np.linspace(0, 1, 7)[:, None]
    out = np.array([side * 0.25, 0.08, 0.0 if side else -0.28])
    path = np.array(root) + out * np.sin(share * 2.2) + np.array([0, -length, 0]) * share**1.5
    radii = 0.1 * np.array([0.55, 0.9, 1.05, 1.0, 0.85, 0.6, 0.25]) * rng.uniform(0.8, 1.2)
    band = moved(ellipsoid((0.07, 0.07, 0.07), rings=5, sides=8), path[0])
    return [(tube(path, radii, 9), who.hair), (band, palette.cloth(rng))]


def _wrapped(rng: np.random.Generator, who: Head, colour: Material, shawl: bool) -> Parts:
    """A scarf or bonnet that leaves only the face free."""
    x, y, z = np.moveaxis(who.directions, -1, 0)
    middle = who.eye_height / 2 - 0.06
    across = (np.arctan2(x, np.maximum(z, 0.01)) / 0.66) ** 2 + ((np.arcsin(y) - middle) / 0.82) ** 2
    covered = np.clip((np.where(z > 0, across, 9) - 0.9) / 0.25, 0, 1)
    radii = who.radii - 0.03 + covered * (0.075 + 0.03 * (y > 0.5))
    parts: Parts = [(star((0, 0, 0), who.directions, radii, covered > 0), colour)]
    if shawl:
        fall = [
            limb((0, -0.3, -0.1), (0, -0.75, -0.06), 0.33, 0.5, 0.12, (0, 0, 1), 0.8),
            limb((0, -0.75, 0.0), (0, -1.1, 0.05), 0.56, 0.66, 0.12, (0, 0, 1), 0.62),
            ball((0, -0.56, 0.2), 0.2),
        ]
        parts.append((surface(fall, 0.09), colour))
    return parts
