"""Outfits: what a figure wears, and the skin that it leaves bare. Units and frame as in figure.py."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes import figure as body
from mixreal.models.shapes import palette
from mixreal.models.shapes.body import SMOOTH, Limb, decal, limb, relief, surface, thicker
from mixreal.models.shapes.figure import Figure
from mixreal.models.shapes.head import Parts
from mixreal.models.shapes.solids import Solid, loft, torus

BLACK_SHOE = palette.material("shoe", palette.srgb(28, 26, 26), 0.0, 0.4)
_WHITE = palette.material("shirt", palette.srgb(238, 238, 236), 0.0, 0.9)
UPRIGHT = ("stand", "walk", "raised", "wave", "hips", "folded", "phone")


def dressed(
    rng: np.random.Generator, who: Figure, skin: Material, style: str, pose: str, cell: float, floor: float | None
) -> Parts:
    """Body and clothes as parts; `floor` cuts a bust off at that height, `cell` is the size of its triangles.

    Styles: tshirt, shirt, sweater, hoodie, suit, jacket, tank, dress, bare, onesie.
    """
    legs = floor is None
    sleeves = _sleeves(rng, style)
    top_cloth, bottom_cloth = patterned(rng, palette.cloth(rng)), palette.cloth(rng)
    if style == "suit":
        top_cloth = palette.material("cloth", palette.srgb(*_SUITS[rng.integers(len(_SUITS))]), 0.0, 0.85)
        bottom_cloth = top_cloth
    if style == "onesie":
        bottom_cloth = top_cloth
    skirt = (
        legs and pose in UPRIGHT and (style == "dress" or (who.female > 0.5 and style != "bare" and rng.random() < 0.2))
    )
    leg_cover = _leg_cover(rng, style, skirt)
    bare: list[Limb] = body.neck(who)
    top: list[Limb] = []
    over = {"hoodie": 0.08, "jacket": 0.075, "suit": 0.06, "sweater": 0.06}.get(style, 0.04)
    whole_torso = body.torso(who) if legs or floor is None or floor < 0.2 else body.torso(who)[:3] + body.torso(who)[4:]
    if style == "bare":
        bare = [*body.torso(who), *body.yoke(who), *bare]
    elif sleeves == "none":
        bare = [*body.torso(who)[:2], *body.yoke(who), *bare]
        top = [*thicker(whole_torso, 0.03), *_straps(who)]
        top[0] = _lowered(top[0], 0.08 * who.size["torso"])
    else:
        top = list(thicker([*whole_torso, *body.yoke(who)], over))
    pelvis = thicker(body.torso(who)[3:4], 0.035)
    bottom: list[Limb] = list(pelvis)
    shoes: list[Limb] = []
    barefoot = style in ("bare", "onesie") or (who.age < 0.3 and rng.random() < 0.6)
    for side in (0, 1):
        if sleeves == "long":
            top += thicker(body.arm(who, side), over * 0.8)
        elif sleeves == "short":
            top += thicker(body.half_arm(who, side, 0.62), over + 0.03)
            bare += body.arm(who, side)
        else:
            bare += body.arm(who, side)
        bare += body.hand(who, side)
        if not legs:
            continue
        if leg_cover > 0:
            bottom += thicker(body.leg(who, side, leg_cover), 0.05)
        if leg_cover < 0.9:
            bare += body.leg(who, side)
        if barefoot:
            bare += body.foot(who, side)
        else:
            shoes += body.foot(who, side, 0.03)
    parts: Parts = [(surface(bare, cell, floor), skin)]
    if top:
        parts.append((surface(top, cell, floor), top_cloth))
    if legs or (floor is not None and floor < 0.1):
        parts.append((surface(bottom, cell * 1.1, floor), bottom_cloth))
    if shoes:
        parts.append((surface(shoes, cell * 1.1), BLACK_SHOE if rng.random() < 0.6 else palette.cloth(rng)))
    if style == "bare" and who.female > 0.5 and who.age > 0.4:
        parts.append((surface(thicker([_cut_bar(who), *body.torso(who)[4:]], 0.025), cell, floor), bottom_cloth))
    if skirt:
        parts.append((_skirt(rng, who, style), top_cloth if style == "dress" else bottom_cloth))
    parts += _trim(rng, who, style, skin, top[: len(whole_torso) + 2], -9.0 if floor is None else floor + 0.06)
    return parts


def patterned(rng: np.random.Generator, cloth: Material) -> Material:
    """The cloth, two times in five with stripes, checks, dots or flowers."""
    if rng.random() > 0.4:
        return cloth
    kind = rng.integers(4)
    v, u = np.mgrid[0:64, 0:64] / 64
    count = int(rng.integers(3, 8))
    if kind == 0:
        share = (v * count % 1 < rng.uniform(0.3, 0.6)).astype(float)
    elif kind == 1:
        share = ((v * count % 1 < 0.5) + 0.0 + (u * count % 1 < 0.5)) / 2
    elif kind == 2:
        share = (((v * count % 1) - 0.5) ** 2 + ((u * count % 1) - 0.5) ** 2 < 0.07).astype(float)
    else:
        freq = rng.integers(1, 6, (4, 2))
        wave = sum(np.cos(2 * np.pi * (a * u + b * v + p)) for (a, b), p in zip(freq, rng.random(4), strict=True))
        share = (wave > 0.7).astype(float)
    other = np.array(palette.cloth(rng).colour[:3])
    colour = np.array(cloth.colour[:3]) * (1 - share[..., None]) + other * share[..., None]
    texture = np.full((64, 64, 4), 255, np.uint8)
    texture[..., :3] = np.round(_encoded(colour) * 255)
    return replace(cloth, name="patterned cloth", colour=(1.0, 1.0, 1.0, 1.0), texture=texture)


_SUITS = ((34, 36, 42), (26, 26, 28), (50, 56, 72), (92, 94, 98), (66, 54, 44), (150, 140, 120), (28, 36, 64))


def _encoded(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def _sleeves(rng: np.random.Generator, style: str) -> str:
    if style in ("tank", "bare"):
        return "none"
    if style == "tshirt":
        return "short"
    if style in ("dress", "onesie"):
        return str(rng.choice(["none", "short", "long"], p=[0.35, 0.4, 0.25]))
    return "long"


def _leg_cover(rng: np.random.Generator, style: str, skirt: bool) -> float:
    """How far down the legs are covered, 1 being the ankle."""
    if skirt:
        return 0.0
    if style == "bare":
        return 0.0 if rng.random() < 0.5 else 0.3
    if style == "onesie":
        return 1.0 if rng.random() < 0.6 else 0.1
    if style in ("tshirt", "tank") and rng.random() < 0.5:
        return float(rng.uniform(0.3, 0.5))
    return 1.0


def _lowered(part: Limb, by: float) -> Limb:
    return replace(part, start=part.start - (0, by, 0), end=part.end - (0, by, 0))


def _cut_bar(who: Figure) -> Limb:
    """A bikini's band."""
    t, chest, depth = who.size["torso"], who.size["chest"], who.size["depth"]
    reach = max(chest * 0.95 - depth * 0.94, 0.02)
    return limb((-reach, 0.62 * t, 0.01), (reach, 0.62 * t, 0.01), depth * 0.95, across=(0, 1, 0), flat=0.3)


def _straps(who: Figure) -> list[Limb]:
    t, depth, x = who.size["torso"], who.size["depth"], who.size["shoulder"] * 0.55
    top = (t + 0.1 * who.age) * 1.0
    return [
        limb((side * x, 0.7 * t, z), (side * x, top, -0.02), 0.09, 0.11 + 0.06 * who.age, 0.1)
        for side in (-1, 1)
        for z in (depth * 0.75, -depth * 0.75)
    ]


def _skirt(rng: np.random.Generator, who: Figure, style: str) -> Solid:
    size = who.size
    hem = -size["legs"] * rng.choice([0.3, 0.45, 0.6, 0.9], p=[0.3, 0.4, 0.15, 0.15])
    flare = rng.uniform(0.1, 0.5) * (1.2 if who.age < 0.8 else 0.9)
    hips = max(size["hip"] + size["leg_girth"] + 0.07, size["waist"] + 0.1)
    start = size["torso"] * (0.34 if style == "dress" else 0.24)
    waist = size["waist"] + 0.06
    turn = np.arange(28) * (2 * np.pi / 28)
    folds = 1 + rng.uniform(0, 0.06) * np.cos(7 * turn)
    rows = []
    for share, wide, deep in (
        (0, waist, size["depth"] * 0.95),
        (0.3, hips, size["depth"] * 1.12),
        (1, hips + flare, 0),
    ):
        deep = deep or size["depth"] * 1.15 + flare * 0.9
        y = start + (hem - start) * share
        ruffle = folds if share == 1 else 1
        ring = np.column_stack([wide * np.cos(turn) * ruffle, np.full(28, y), -deep * np.sin(turn) * ruffle])
        rows.append(ring)
    skirt = loft(rows)
    return Solid(skirt.vertices, skirt.faces, 60.0)


def _trim(rng: np.random.Generator, who: Figure, style: str, skin: Material, cloth: list[Limb], low: float) -> Parts:
    """What is laid on the chest: an open collar, shirt and tie, a zip, a print; and collars and hoods."""
    if not cloth:
        return []
    t, neck_girth = who.size["torso"], who.size["neck_girth"]
    high = t + 0.95 * who.size["arm_girth"] + 0.08 * who.age
    half = neck_girth * 0.95
    chest = relief(cloth, (-0.4, 0.4), (0.3 * t, high), (0.0, 1.6), 0.05)
    collar = torus(neck_girth * 1.06 + 0.02, 0.1, "y", sides=18, rings=6)
    collar = Solid(collar.vertices * (1, 1, 0.95) + (0, high - 0.06 * who.age, 0.0), collar.faces, SMOOTH)
    if style in ("suit", "jacket"):
        shirt = (
            palette.cloth(rng) if style == "jacket" else palette.material("shirt", palette.srgb(236, 236, 236), 0, 0.9)
        )
        deep = max(t * rng.uniform(0.4, 0.6), low)
        parts: Parts = [(decal(chest, [(0, deep), (half, high), (-half, high)], 0.02, 3), shirt), (collar, shirt)]
        if style == "suit" and who.female < 0.5:
            tie = palette.cloth(rng)
            outline = [
                (0, deep - 0.02),
                (0.075, deep + 0.15),
                (0.04, high - 0.03),
                (-0.04, high - 0.03),
                (-0.075, deep + 0.15),
            ]
            parts += [(decal(chest, outline, 0.045), tie)]
            parts += [(decal(chest, [(-0.05, high - 0.1), (0.05, high - 0.1), (0.08, high), (-0.08, high)], 0.07), tie)]
        return parts
    if style == "shirt":
        open_to = t - rng.uniform(0.1, 0.4) * (0.5 + 0.5 * who.age)
        parts = [(decal(chest, [(0, open_to), (half * 0.7, high), (-half * 0.7, high)], 0.015, 3), skin)]
        if rng.random() < 0.7:
            parts.append((collar, _WHITE if rng.random() < 0.5 else palette.cloth(rng)))
        return parts
    if style == "hoodie":
        hood = torus(neck_girth * 1.5, 0.26 * (0.6 + 0.4 * who.age), "y", sides=18, rings=8)
        tilted = hood.vertices * (1, 1, 1) + np.outer(hood.vertices[:, 2] * -0.25, (0, 1, 0))
        return [(Solid(tilted + np.array([0, high, -0.1]), hood.faces, SMOOTH), palette.cloth(rng))]
    if style in ("tank", "dress", "onesie"):
        return []
    parts = []
    if rng.random() < 0.45:
        deep = t - rng.uniform(0.15, 0.5) * who.age - 0.05
        parts.append((decal(chest, [(0, deep), (half, high), (-half, high)], 0.015, 3), skin))
    if rng.random() < 0.3 and low < 0.3 * t:
        w, h = rng.uniform(0.14, 0.3) * (0.6 + 0.4 * who.age), rng.uniform(0.1, 0.26) * (0.6 + 0.4 * who.age)
        turn = np.arange(12) * (np.pi / 6) + 0.26
        shape = np.column_stack([w * np.cos(turn), 0.62 * t + h * np.sin(turn)])
        if rng.random() < 0.5:
            shape = np.array([(-w, 0.62 * t - h), (w, 0.62 * t - h), (w, 0.62 * t + h), (-w, 0.62 * t + h)])
        parts.append((decal(chest, shape, 0.02, 3), palette.cloth(rng)))
    return parts
