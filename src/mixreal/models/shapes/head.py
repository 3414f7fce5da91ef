"""Head: a face with its features, from baby to old age. Units: the head is 1 high, chin at y = -0.5, facing +z."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes import palette
from mixreal.models.shapes.body import (
    Limb,
    Relief,
    ball,
    decal,
    distance,
    front_at,
    limb,
    rays,
    relief,
    ribbon,
    sphere_directions,
    star,
)
from mixreal.models.shapes.solids import Solid, ellipsoid, moved, rotated, torus, tube

Floats = NDArray[np.float64]
Parts = list[tuple[Solid, Material]]
FAR = 0.9  # no part of a head is farther from its centre

EYE_WHITE = palette.material("eye white", palette.srgb(232, 228, 222), 0.0, 0.2)
PUPIL = palette.material("pupil", palette.srgb(14, 12, 12), 0.0, 0.1)
TEETH = palette.material("teeth", palette.srgb(240, 234, 222), 0.0, 0.25)
MOUTH = palette.material("mouth", palette.srgb(70, 24, 24), 0.0, 0.6)
_IRISES = ((58, 38, 26), (44, 28, 20), (74, 50, 32), (96, 84, 48), (84, 116, 148), (110, 128, 136), (84, 108, 80))


@dataclass(frozen=True)
class Head:
    """Who it is, and what follows for the surface of the head."""

    age: float  # 0 a baby, 0.35 a toddler, 0.6 a child of eight, 1 grown up
    female: float  # [0, 1]: how fine the brow, nose and jaw are
    skin: Material
    hair: Material
    limbs: tuple[Limb, ...]
    directions: Floats  # (rows, columns, 3)
    radii: Floats  # (rows, columns)
    front: Relief  # of the face
    eye_height: float


def head(
    rng: np.random.Generator,
    age: float,
    female: float,
    skin: Material,
    hair: Material,
    rows: int = 36,
    columns: int = 44,
) -> Head:
    """A head of random features; `rows` and `columns` set how fine its surface is."""
    limbs, eye_height = _skull(rng, age, female)
    directions = sphere_directions(rows, columns, front=0.5)
    radii = rays(limbs, (0, 0, 0), directions.reshape(-1, 3), FAR).reshape(rows, columns)
    front = relief(limbs, (-0.44, 0.44), (-0.5, 0.3), (0.0, 0.62), 0.021)
    return Head(age, female, skin, hair, limbs, directions, radii, front, eye_height)


def face(rng: np.random.Generator, who: Head, mood: str) -> Parts:
    """Skin, ears, eyes, brows and mouth; `mood` is calm, smile, laugh, open or asleep."""
    parts: Parts = [(star((0, 0, 0), who.directions, who.radii), who.skin)]
    parts += _ears(rng, who)
    parts += _eyes(rng, who, mood)
    parts += _brows(rng, who)
    parts += _mouth(rng, who, mood)
    return parts


def glasses(rng: np.random.Generator, who: Head) -> Parts:
    """Spectacles, or sunglasses."""
    dark = rng.random() < 0.35
    spread, y = _eye_spread(who), who.eye_height
    size = rng.uniform(0.085, 0.12) * (1.2 if dark else 1.0)
    frame = palette.DARK_PLASTIC if rng.random() < 0.7 else palette.STEEL
    z = float(front_at(who.front, [(0.0, y)])[0]) + 0.03
    parts: Parts = [(tube([(-0.05, y + 0.02, z), (0.05, y + 0.02, z)], 0.012, 5), frame)]
    for side in (-1, 1):
        at = (side * spread, y - 0.01, z - 0.02)
        if dark:
            parts.append((moved(ellipsoid((size * 1.15, size, 0.02), rings=6, sides=14), at), palette.GLASS))
        else:
            ring = torus(size, 0.024, "z", sides=18, rings=5)
            parts.append((moved(ring, at), frame))
        hinge = side * (spread + size)
        parts.append((tube([(hinge, y, z - 0.02), (side * 0.38, y + 0.02, 0.0)], 0.012, 5), frame))
    return parts


def beard(rng: np.random.Generator, who: Head) -> Parts:
    """A full beard, a goatee or a moustache: a second skin that stands out where hair grows."""
    kind = str(rng.choice(["full", "full", "goatee", "moustache"]))
    x, y, z = np.moveaxis(who.directions * who.radii[..., None], -1, 0)
    width = np.abs(x)
    length = rng.uniform(0.015, 0.05) if kind != "full" else rng.uniform(0.02, 0.11)
    lip = np.exp(-((width / 0.14) ** 4)) * np.exp(-(((y + 0.24) / 0.032) ** 2)) * (z > 0.2)
    chin = np.clip((-0.37 - y) / 0.05, 0, 1) * (z > 0.02)
    jaw = np.clip((-0.12 - y - 1.2 * np.clip(0.2 - width, 0, 1)) / 0.06, 0, 1) * (z > -0.08)
    jaw = jaw * (1 - np.exp(-((width / 0.13) ** 4)) * np.exp(-(((y + 0.31) / 0.05) ** 2)))
    grown = {
        "full": np.maximum(np.maximum(lip * 0.5, chin), jaw),
        "goatee": np.maximum(lip * 0.7, chin * (width < 0.13)),
        "moustache": lip,
    }[kind]
    radii = who.radii - 0.02 + grown * (length + 0.03) + rng.normal(0, 0.003, who.radii.shape) * grown
    return [(star((0, 0, 0), who.directions, radii, grown > 0.01), who.hair)]


def _skull(rng: np.random.Generator, age: float, female: float) -> tuple[tuple[Limb, ...], float]:
    """The field of a head, and how high its eyes are."""
    young, male = 1 - age, (1 - female) * age
    width = rng.normal(1.0, 0.04) + 0.14 * young
    eyes = 0.0 - 0.1 * young + rng.normal(0, 0.01)
    jaw = rng.normal(1.06, 0.08) + 0.12 * male
    chin = -0.36 + 0.03 * young
    nose = -0.2 - 0.01 * young
    reach = 0.485 - 0.06 * young + rng.normal(0, 0.012) - 0.012 * female
    wide_nose = rng.uniform(0.9, 1.5)
    flat = 0.86 * width
    limbs = [
        ball((0, 0.11, -0.09), 0.385, flat=flat),
        limb((0, 0.13, 0.06), (0, -0.12, 0.1), 0.325 + 0.01 * young, 0.28 + 0.03 * young, 0.12, flat=flat),
        limb((0, -0.12, 0.08), (0, chin, 0.2), 0.25 + 0.03 * young, 0.15 * jaw + 0.02 * young, 0.12),
        limb((0, -0.2, -0.12), (0, -0.75, -0.2), 0.2, 0.2, 0.08),  # the neck's root, so that no gap shows
        limb((-0.08, eyes + 0.085, 0.325), (0.08, eyes + 0.085, 0.325), 0.05 + 0.012 * male, blend=0.1),
        limb((0, chin - 0.045, 0.26), (0, chin - 0.05, 0.27), 0.085 * jaw, blend=0.1),
    ]
    for side in (-1, 1):
        limbs += [
            ball((side * 0.17 * width, -0.1 - 0.07 * young, 0.21 + 0.02 * young), 0.115 + 0.035 * young, 0.14),
            ball((side * 0.19 * jaw * width, -0.24, 0.02), 0.115 + 0.02 * male, 0.16),
            limb(
                (side * 0.125, eyes, 0.465), (side * 0.15, eyes, 0.455), 0.07, 0.06, 0.09, (0, 1, 0), 0.85, carve=True
            ),
        ]
    limbs += [
        limb((0, eyes + 0.03, 0.36), (0, nose + 0.03, reach - 0.055), 0.03, 0.042, 0.06),
        ball((0, nose + 0.025, reach - 0.045), 0.048, 0.04),
    ]
    for side in (-1, 1):
        limbs.append(ball((side * 0.042 * wide_nose, nose + 0.005, reach - 0.085), 0.035, 0.04))
    limbs += [
        limb((-0.05, nose - 0.085, 0.37), (0.05, nose - 0.085, 0.37), 0.035, blend=0.06),
        limb((-0.045, nose - 0.135, 0.365), (0.045, nose - 0.135, 0.365), 0.036, blend=0.05),
    ]
    return tuple(limbs), eyes


def _ears(rng: np.random.Generator, who: Head) -> Parts:
    size = rng.uniform(0.1, 0.13)
    inner = palette.shaded(who.skin, 0.72, "skin in shadow")
    parts: Parts = []
    for side in (-1, 1):
        x = side * (_side(who, who.eye_height - 0.05) + 0.03)
        shell = rotated(ellipsoid((0.035, size, 0.065), rings=7, sides=10), "y", side * -28)
        hollow = rotated(ellipsoid((0.03, size * 0.62, 0.038), rings=5, sides=8), "y", side * -28)
        at = (x, who.eye_height - 0.06, -0.03)
        parts += [
            (moved(shell, at), who.skin),
            (moved(hollow, (x + side * 0.012, at[1] + 0.012, at[2] + 0.012)), inner),
        ]
    return parts


def _eyes(rng: np.random.Generator, who: Head, mood: str) -> Parts:
    young = 1 - who.age
    iris = palette.material("iris", palette.srgb(*_IRISES[rng.choice(len(_IRISES), p=_iris_shares(who))]), 0.0, 0.15)
    lash = palette.shaded(who.hair, 0.35, "lash") if max(who.hair.colour[:3]) < 0.1 else palette.DARK_WOOD
    shade = palette.shaded(who.skin, 0.74 if rng.random() < 0.7 else 0.6, "eyelid")
    spread, y = _eye_spread(who), who.eye_height
    width = 0.066 + 0.014 * young + rng.normal(0, 0.003)
    openness = {"asleep": 0.0, "laugh": 0.5, "smile": 0.8}.get(mood, 1.0) * rng.uniform(0.85, 1.15)
    tall = (0.027 + 0.015 * young + 0.004 * who.female) * openness
    slant = rng.normal(0.006, 0.006)
    look = rng.normal(0, 0.012)
    parts: Parts = []
    for side in (-1, 1):
        x = side * spread
        parts.append((_laid(who, _almond((x, y + 0.01), width * 1.4, tall + 0.034, slant * side), 0.002), shade))
        if openness > 0.2:
            white = _almond((x, y), width, tall, slant * side)
            parts.append((_laid(who, white, 0.005), EYE_WHITE))
            radius = min(0.034 + 0.008 * young, tall * 1.3)
            disc = _almond((x + look, y), radius, radius, 0, pointed=False)
            parts += [(_laid(who, disc, 0.008), iris), (_laid(who, _shrunk(disc, 0.5), 0.0105), PUPIL)]
        lid = _arc((x, y), width * 1.08, tall, slant * side, 0.011 if openness > 0.2 else 0.016)
        parts.append((_strip(who, lid, 0.0115), lash))
    return parts


def _brows(rng: np.random.Generator, who: Head) -> Parts:
    young = 1 - who.age
    colour = palette.shaded(who.hair, 0.8, "brow")
    if max(who.hair.colour[:3]) > 0.35:
        colour = palette.shaded(who.hair, 0.5, "brow")
    if young > 0.8:
        colour = palette.shaded(who.skin, 0.6, "brow")
    thick = rng.uniform(0.022, 0.036) - 0.008 * who.female - 0.004 * young
    arch, lift = rng.uniform(0.005, 0.025), rng.uniform(0.085, 0.105) + 0.02 * young
    parts: Parts = []
    for side in (-1, 1):
        centre = (side * _eye_spread(who) * 1.05, who.eye_height + lift)
        brow = _arc(centre, 0.092, arch, 0.004 * side, thick)
        parts.append((_strip(who, brow, 0.008), colour))
    return parts


def _mouth(rng: np.random.Generator, who: Head, mood: str) -> Parts:
    young = 1 - who.age
    r, g, b = who.skin.colour[:3]
    red = rng.uniform(0.35, 0.6) * (0.5 if rng.random() < 0.7 else 1.0) * who.female * who.age
    tint = np.array([r * 0.8, g * 0.52, b * 0.52]) * (1 - red) + np.array(palette.srgb(170, 30, 46)) * red
    lips = palette.material("lips", tuple(tint), 0.0, 0.35)
    y = -0.2 - 0.01 * young - 0.11
    width = {"smile": 0.125, "laugh": 0.135, "open": 0.085}.get(mood, 0.1) * (1 - 0.2 * young) * rng.uniform(0.92, 1.1)
    curve = {"smile": 0.03, "laugh": 0.04, "calm": 0.006, "asleep": 0.004}.get(mood, 0.0)
    height = rng.uniform(0.026, 0.036)
    wide = {"laugh": 0.036, "open": 0.05, "smile": 0.018}.get(mood, 0.0)
    parts: Parts = [(_strip(who, _bow(y, width, curve, height + wide), 0.006), lips)]
    if mood in ("laugh", "open") or (mood == "smile" and rng.random() < 0.6):
        parts.append((_strip(who, _bow(y, width * 0.86, curve, wide + 0.006), 0.009), MOUTH))
        if mood != "open" and who.age > 0.15:
            parts.append((_strip(who, _bow(y + 0.006, width * 0.76, curve * 0.9, wide * 0.75 + 0.004), 0.0115), TEETH))
    else:
        parts.append((_strip(who, _bow(y, width * 0.94, curve, 0.006), 0.009), MOUTH))
    return parts


def _iris_shares(who: Head) -> Floats:
    """Light eyes go with light skin."""
    light = who.skin.colour[1] > 0.4
    share = np.array([3, 3, 3, 1.5, 2, 1, 1] if light else [3, 4, 2, 0.2, 0, 0, 0], float)
    return share / share.sum()


def _eye_spread(who: Head) -> float:
    return 0.135 + 0.012 * (1 - who.age)


def _laid(who: Head, outline: ArrayLike, lift: float) -> Solid:
    return decal(who.front, outline, lift)


def _strip(who: Head, lines: tuple[Floats, Floats], lift: float) -> Solid:
    return ribbon(who.front, *lines, lift)


def _side(who: Head, y: float) -> float:
    x = np.linspace(0.1, 0.6, 60)
    inside = distance(who.limbs, np.column_stack([x, np.full(60, y), np.full(60, -0.03)])) < 0
    return float(x[inside].max()) if inside.any() else 0.33


def _almond(
    centre: tuple[float, float], width: float, height: float, slant: float, pointed: bool = True, points: int = 14
) -> Floats:
    """An eye's outline; `slant` raises its end towards +x."""
    turn = np.arange(points) * (2 * np.pi / points)
    x, y = np.cos(turn), np.sin(turn)
    rise = np.sign(y) * np.abs(y) ** 1.4 if pointed else y
    return np.column_stack([centre[0] + width * x, centre[1] + height * rise + slant * x])


def _shrunk(outline: Floats, by: float) -> Floats:
    return outline.mean(0) + (outline - outline.mean(0)) * by


def _arc(centre: tuple[float, float], width: float, height: float, slant: float, thick: float) -> tuple[Floats, Floats]:
    """The lower and upper line of a curved strip with thinner ends: a brow, or lashes along an upper lid."""
    x = np.linspace(-1, 1, 7)
    y = centre[1] + height * (1 - x**2) + slant * x
    half = thick * (1 - 0.6 * x**2) / 2
    across = centre[0] + width * x
    return np.column_stack([across, y - half]), np.column_stack([across, y + half])


def _bow(y: float, width: float, curve: float, height: float) -> tuple[Floats, Floats]:
    """A mouth's lower and upper line: corners raised by `curve`, `height` the half height of its middle."""
    x = np.linspace(-1, 1, 9)
    line = y + curve * (x**2 - 0.6)
    body = height * np.maximum(1 - x**2, 0.02) ** 0.7
    return np.column_stack([x * width, line - body]), np.column_stack([x * width, line + body * 0.8])
