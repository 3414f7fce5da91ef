"""Procedural ground in perspective: grass, sand, snow, water, roads, rails, floors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.images.noise import SIDE, Field, Picture, blur, fractal, grid, mix, near, smoothstep, tinted

Rng = np.random.Generator


@dataclass(frozen=True)
class Ground:
    """What a kind of ground looks like: two sRGB colours it varies between, and how rough it is."""

    a: tuple[float, float, float]
    b: tuple[float, float, float]
    beta: float = 1.4  # spectral slope of its texture: less is grainier
    rough: float = 0.12  # relative variation of brightness
    share: float = 0.0  # of landscapes


GROUNDS = {
    "grass": Ground((0.33, 0.39, 0.18), (0.43, 0.46, 0.25), 1.2, 0.2, 0.25),
    "dry grass": Ground((0.56, 0.5, 0.3), (0.45, 0.43, 0.24), 1.2, 0.2, 0.1),
    "asphalt": Ground((0.44, 0.44, 0.45), (0.54, 0.54, 0.55), 1.2, 0.07, 0.12),
    "road": Ground((0.4, 0.4, 0.42), (0.5, 0.5, 0.5), 1.2, 0.07, 0.14),
    "runway": Ground((0.58, 0.58, 0.57), (0.66, 0.66, 0.65), 1.6, 0.06, 0.08),
    "sand": Ground((0.77, 0.68, 0.52), (0.68, 0.58, 0.42), 1.8, 0.08, 0.07),
    "snow": Ground((0.9, 0.92, 0.95), (0.82, 0.86, 0.92), 2.4, 0.05, 0.06),
    "water": Ground((0.2, 0.34, 0.44), (0.42, 0.55, 0.62), 1.6, 0.14, 0.06),
    "soil": Ground((0.45, 0.35, 0.25), (0.55, 0.45, 0.33), 1.3, 0.18, 0.06),
    "rails": Ground((0.46, 0.43, 0.4), (0.36, 0.33, 0.31), 0.8, 0.22, 0.06),
    "paving": Ground((0.63, 0.61, 0.58), (0.55, 0.53, 0.5), 1.4, 0.06),
    "boards": Ground((0.6, 0.43, 0.27), (0.5, 0.34, 0.2), 1.6, 0.08),
    "carpet": Ground((0.5, 0.4, 0.36), (0.42, 0.38, 0.4), 1.0, 0.08),
}


def ground(rng: Rng, name: str, horizon: float, haze: NDArray[np.float32], sky: Picture) -> Picture:
    """The ground of that name up to a horizon at height `horizon` in [0, 1], greyer with distance."""
    kind = GROUNDS[name]
    y, x = grid()
    depth = np.maximum(y - horizon, 1 / SIDE)
    away = 0.25 / depth  # distance, in camera heights
    side = (x - 0.5) * away * 2 + rng.uniform(-0.5, 0.5)
    fine = np.clip(1.4 - away / 12, 0, 1)  # texture finer than a pixel is only its mean

    patches = _laid(fractal(rng, 2.4), away * 10, side * 10)
    grains = _laid(fractal(rng, kind.beta, coarsest=4), away * 70, side * 70)
    if name == "water":
        grains = fractal(rng, kind.beta, wide=8, coarsest=2)
        grains = grains * np.clip(depth * 4, 0.25, 1)
        fine = np.ones_like(fine)
    a, b = tinted(rng, kind.a, kind.b, by=0.04)
    uneven = 1 + kind.rough * (grains * fine + 0.8 * _laid(fractal(rng, 3.0), away * 14, side * 14))
    picture = mix(a, b, smoothstep(-1.2, 1.2, patches)) * np.clip(uneven, 0.2, 2)[..., None]
    picture = _marked(rng, name, picture, away, side)
    if name == "water":  # a mirror of the sky, stronger far off
        picture = mix(picture, blur(sky[::-1], 6.0), np.clip(0.25 + 0.05 * away, 0, 0.7))
    return mix(picture, haze, 0.6 * (1 - np.exp(-away / 25)))


def _marked(rng: Rng, name: str, picture: Picture, away: Field, side: Field) -> Picture:
    """Lines, verges, sleepers, joints: what people put on the ground."""
    turn = rng.uniform(-0.9, 0.9)
    along, across = away * np.cos(turn) + side * np.sin(turn), side * np.cos(turn) - away * np.sin(turn)
    soft = np.maximum(0.02, away * 0.004)
    if name == "road":
        level = rng.random() < 0.5  # a road that crosses the picture, or one that leads away
        place = away - rng.uniform(1.0, 1.8) if level else across + 1.0
        wide = rng.uniform(0.7, 1.6)
        verge = GROUNDS["grass" if rng.random() < 0.7 else "soil"]
        rough = _laid(fractal(rng, 1.2, coarsest=4), away * 60, side * 60) * np.clip(1.4 - away / 12, 0, 1)
        beside = near(rng, verge.a, 0.05) * (1 + 0.2 * rough)[..., None]
        picture = mix(picture, beside, smoothstep(0, 1, (np.abs(place) - wide) / (2 * soft)))
        dashes = (along if not level else side) % 1 < 0.6
        line = np.clip(1 - np.abs(place) / (2.5 * soft), 0, 1) * dashes
        edge = np.clip(1 - np.abs(np.abs(place) - wide * 0.93) / (2 * soft), 0, 1)
        return mix(picture, near(rng, (0.9, 0.89, 0.84), 0.02), 0.85 * np.maximum(line, edge))
    if name in ("runway", "asphalt"):
        line = np.clip(1 - np.abs(across + rng.uniform(-0.5, 1)) / (2.5 * soft), 0, 1)
        tone = (0.9, 0.9, 0.87) if rng.random() < 0.5 else (0.86, 0.7, 0.2)
        return mix(picture, near(rng, tone, 0.02), 0.75 * line * (rng.random() < 0.6))
    if name == "rails":
        across = across * 1.6
        sleepers = ((along * 5) % 1 < 0.4) & (np.abs(across) < 1)
        picture = mix(picture, near(rng, (0.3, 0.25, 0.21)), 0.6 * sleepers * np.clip(1.4 - away / 5, 0, 1))
        rail = np.clip(1.6 - np.abs(np.abs(across) - 0.6) / (2 * soft), 0, 1)
        return mix(picture, near(rng, (0.62, 0.6, 0.58)), rail)
    if name in ("paving", "boards"):
        stones = rng.uniform(1.5, 3.5)
        joint = np.abs((across * stones) % 1 - 0.5)
        if name == "paving":
            joint = np.minimum(joint, np.abs((along * stones) % 1 - 0.5))
        shown = np.clip(1.3 - away / 6, 0, 1)
        return picture * (1 - 0.25 * shown * (1 - smoothstep(0.01, 0.04, joint / np.maximum(1, away))))[..., None]
    return picture


def _laid(field: Field, away: Field, side: Field) -> Field:
    """A field that tiles, looked up at places on the ground, in pixels of the field."""
    return field[(away * 4).astype(np.int64) % SIDE, np.floor(side * 4).astype(np.int64) % SIDE]
