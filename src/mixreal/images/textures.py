"""Procedural material images: wood, brick, marble, cloth, stripes, checks, camouflage and more."""

import numpy as np
from numpy.typing import NDArray

from mixreal.images.noise import Field, Picture, blur, cells, fractal, grid, many, mix, smoothstep

COUNT = 48
PERIODS = (2, 3, 4, 6, 8, 12, 16)  # of patterns, whole numbers so that they tile

Rng = np.random.Generator


def make(count: int = COUNT, seed: int = 0) -> NDArray[np.uint8]:
    """(count, 256, 256, 3) sRGB. Picture i depends on (seed, i) alone."""
    kinds = (plank_wall, _stripes, _marble, brick_wall, _camouflage, _checks, _fabric, _speckle,
             _clouds, _cells, _dots, _brushed, _waves, _scratched, _patchwork, _leather)
    return many(count, lambda i: kinds[i % len(kinds)](np.random.default_rng([seed, i, 1])))


def plank_wall(rng: Rng) -> Picture:
    """Upright boards with grain and growth rings."""
    _, x = grid()
    bend = 0.05 * fractal(rng, 3.0, tall=6)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (rng.integers(5, 12) * (x + bend)))
    grain = fractal(rng, 1.2, tall=24)
    dark, light = _pair(rng, (0.38, 0.23, 0.12), (0.74, 0.53, 0.32))
    picture = mix(dark, light, 0.25 + 0.6 * rings) * (1 + 0.08 * grain[..., None])
    planks = rng.integers(2, 6)
    gap = np.abs((x * planks) % 1 - 0.5) > 0.49
    tone = 1 + 0.1 * rng.standard_normal(planks)[np.minimum((x * planks).astype(int), planks - 1)]
    wall: Picture = picture * tone[..., None] * np.where(gap, 0.45, 1)[..., None]
    return wall


def brick_wall(rng: Rng) -> Picture:
    """Bricks in running bond, each of its own tone, with mortar between."""
    y, x = grid()
    rows = int(rng.choice([6, 8, 10, 12]))
    row = (y * rows).astype(int)
    along = x * rows / 2 + 0.5 * (row % 2)
    column = along.astype(int) % (rows // 2)
    tone = rng.normal(1, 0.12, (rows, rows // 2))[row, column]
    edge = np.minimum(np.minimum((y * rows) % 1, 1 - (y * rows) % 1),
                      2 * np.minimum(along % 1, 1 - along % 1))
    brick, mortar = _pair(rng, (0.58, 0.27, 0.2), (0.72, 0.69, 0.64))
    picture = brick * tone[..., None] * (1 + 0.1 * fractal(rng, 1.0)[..., None])
    return mix(picture, mortar, 1 - smoothstep(0.04, 0.1, edge)) * (1 + 0.05 * fractal(rng, 2.5)[..., None])


def _marble(rng: Rng) -> Picture:
    y, x = grid()
    flow = x * rng.integers(1, 3) + y * rng.integers(1, 3) + 0.35 * fractal(rng, 3.2)
    veins = 1 - np.abs(np.sin(np.pi * flow.astype(np.float64) * rng.integers(1, 3)))
    stone, vein = _pair(rng, (0.88, 0.87, 0.84), (0.32, 0.33, 0.36)) if rng.random() < 0.7 else _any_pair(rng)
    return mix(stone, vein, 0.75 * veins**5 + 0.06 * fractal(rng, 2.5).clip(-1.5, 1.5) + 0.08)


def _stripes(rng: Rng) -> Picture:
    y, x = grid()
    direction = rng.integers(0, 3)
    along = (x, y, x + y)[direction] * int(rng.choice(PERIODS))
    wide = rng.uniform(0.25, 0.7)
    a, b = _any_pair(rng)
    picture = mix(a, b, _soft_step(along % 1, wide))
    if rng.random() < 0.5:
        picture = mix(picture, _any_colour(rng), 0.9 * _soft_step((along + 0.3) % 1, 0.1))
    return picture * (1 + 0.03 * fractal(rng, 1.0)[..., None])


def _checks(rng: Rng) -> Picture:
    """A chessboard, or a tartan where bands of both directions cross."""
    y, x = grid()
    count = int(rng.choice((2, 4, 6, 8, 12)))
    a, b = _any_pair(rng)
    if rng.random() < 0.5:
        odd = ((x * count).astype(int) + (y * count).astype(int)) % 2
        return mix(a, b, odd.astype(np.float32)) * (1 + 0.04 * fractal(rng, 1.5)[..., None])
    bands = 0.5 * _soft_step((x * count) % 1, 0.4) + 0.5 * _soft_step((y * count) % 1, 0.4)
    thin = np.maximum(_soft_step((x * count + 0.45) % 1, 0.07), _soft_step((y * count + 0.45) % 1, 0.07))
    return mix(mix(a, b, bands), _any_colour(rng), 0.7 * thin)


def _camouflage(rng: Rng) -> Picture:
    palettes = (((0.42, 0.4, 0.26), (0.24, 0.28, 0.16), (0.33, 0.25, 0.17), (0.1, 0.1, 0.09)),
                ((0.76, 0.68, 0.52), (0.6, 0.49, 0.35), (0.48, 0.38, 0.27), (0.84, 0.78, 0.66)),
                ((0.85, 0.86, 0.88), (0.55, 0.58, 0.62), (0.3, 0.33, 0.37), (0.7, 0.72, 0.75)))
    palette = np.array(palettes[rng.integers(len(palettes))], np.float32)
    picture = np.broadcast_to(palette[0], (256, 256, 3)).copy()
    for tone in palette[1:]:
        picture = mix(picture, tone, smoothstep(0.55, 0.62, fractal(rng, 2.6, coarsest=2)))
    return picture


def _fabric(rng: Rng) -> Picture:
    y, x = grid()
    threads = int(rng.choice([24, 32, 48, 64]))
    over = np.sin(np.pi * x * threads) ** 2
    under = np.sin(np.pi * y * threads) ** 2
    turn = ((x * threads).astype(int) + (y * threads).astype(int)) % 2
    a = _any_colour(rng)
    b = a * rng.uniform(0.6, 0.95) if rng.random() < 0.6 else _any_colour(rng)
    picture = np.where(turn[..., None] > 0, a * (0.6 + 0.4 * over[..., None]), b * (0.6 + 0.4 * under[..., None]))
    cloth: Picture = picture * (1 + 0.07 * fractal(rng, 1.6)[..., None])
    return cloth


def _speckle(rng: Rng) -> Picture:
    """Granite, terrazzo, gravel: grains of a few colours."""
    a, b = _any_pair(rng) if rng.random() < 0.5 else _pair(rng, (0.6, 0.58, 0.56), (0.25, 0.24, 0.24))
    picture = np.broadcast_to(a, (256, 256, 3))
    picture = mix(picture, b, smoothstep(0.2, 0.9, fractal(rng, 0.6, coarsest=12)))
    picture = mix(picture, np.clip(a * 1.4, 0, 1), smoothstep(0.8, 1.3, fractal(rng, 0.8, coarsest=16)))
    return mix(picture, b * 0.3, smoothstep(1.2, 1.7, fractal(rng, 0.8, coarsest=16)))


def _clouds(rng: Rng) -> Picture:
    a, b = _any_pair(rng)
    picture = mix(a, b, smoothstep(-1.6, 1.6, fractal(rng, rng.uniform(1.6, 3.4))))
    return mix(picture, _any_colour(rng), 0.5 * smoothstep(0.3, 1.6, fractal(rng, 2.4)))


def _cells(rng: Rng) -> Picture:
    """Cobbles, cracked earth, scales."""
    index, _, edge = cells(rng, int(rng.integers(40, 260)))
    a, b = _any_pair(rng) if rng.random() < 0.5 else _pair(rng, (0.55, 0.5, 0.44), (0.2, 0.17, 0.15))
    tone = rng.normal(1, 0.12, index.max() + 1).astype(np.float32)[index]
    picture = a * tone[..., None] * (1 + 0.06 * fractal(rng, 1.2)[..., None])
    return mix(b, picture, smoothstep(0.002, 0.014, edge))


def _dots(rng: Rng) -> Picture:
    y, x = grid()
    count = int(rng.choice([4, 6, 8, 10, 14]))
    shift = 0.5 * ((y * count).astype(int) % 2)
    radius = np.hypot((x * count + shift) % 1 - 0.5, (y * count) % 1 - 0.5)
    a, b = _any_pair(rng)
    size = rng.uniform(0.18, 0.38)
    return mix(b, a, smoothstep(size - 0.03, size + 0.03, radius))


def _brushed(rng: Rng) -> Picture:
    metals = ((0.7, 0.71, 0.73), (0.78, 0.64, 0.38), (0.72, 0.47, 0.36), (0.42, 0.43, 0.46))
    base = np.array(metals[rng.integers(len(metals))], np.float32)
    lines = fractal(rng, 0.7, wide=40)
    sheen = fractal(rng, 3.5, tall=0.6, wide=3)
    metal: Picture = base * (1 + 0.08 * lines + 0.14 * sheen)[..., None]
    return metal


def _waves(rng: Rng) -> Picture:
    """Zigzags and swirls."""
    y, x = grid()
    turns = int(rng.choice([3, 4, 6, 8]))
    swing = (np.abs((x * turns) % 1 - 0.5) if rng.random() < 0.5 else 0.12 * np.sin(2 * np.pi * x * turns) +
             0.04 * fractal(rng, 3.0))
    a, b = _any_pair(rng)
    return mix(a, b, _soft_step((y * turns + swing) % 1, 0.5)) * (1 + 0.03 * fractal(rng, 1.5)[..., None])


def _scratched(rng: Rng) -> Picture:
    """Worn paint with rust showing through."""
    paint, rust = _any_colour(rng), np.array([0.42, 0.24, 0.13], np.float32)
    worn = smoothstep(0.9, 1.25, fractal(rng, 2.0) + 0.3 * fractal(rng, 0.8))
    dull = paint * (1 + 0.06 * fractal(rng, 2.2)[..., None])
    picture = mix(dull, rust * (1 + 0.2 * fractal(rng, 1)[..., None]), worn)
    return mix(picture, paint * 0.5 + 0.4, smoothstep(1.9, 2.3, fractal(rng, 0.6, wide=30)))


def _patchwork(rng: Rng) -> Picture:
    """Squares of a few colours, as in tiles, quilts and painted blocks."""
    y, x = grid()
    count = int(rng.choice([3, 4, 5, 8]))
    palette = np.stack([_any_colour(rng) for _ in range(5)])
    chosen = palette[rng.integers(0, 5, (count, count))]
    row, column = (y * count).astype(int), (x * count).astype(int)
    down, along = (y * count) % 1, (x * count) % 1
    near = np.minimum(np.minimum(down, 1 - down), np.minimum(along, 1 - along))
    picture = chosen[row, column] * (1 + 0.05 * fractal(rng, 1.5)[..., None])
    return mix(picture * 0.45, picture, smoothstep(0.01, 0.03, near))


def _leather(rng: Rng) -> Picture:
    _, _, edge = cells(rng, 1400)
    hides = ((0.36, 0.22, 0.14), (0.1, 0.09, 0.09), (0.55, 0.38, 0.24), (0.4, 0.1, 0.1), (0.72, 0.66, 0.58))
    base = np.array(hides[rng.integers(len(hides))], np.float32)
    relief = smoothstep(0.0, 0.012, edge)
    return blur(base * (0.72 + 0.33 * relief + 0.06 * fractal(rng, 2.6))[..., None], 0.7)


def _soft_step(phase: Field, wide: float, soft: float = 0.015) -> Field:
    """1 for the first `wide` of each period and 0 for the rest, with soft edges."""
    return smoothstep(-soft, soft, wide / 2 - np.abs(phase - 0.5))


def _pair(rng: Rng, a: tuple[float, float, float], b: tuple[float, float, float]) -> NDArray[np.float32]:
    """Two colours near the given ones, tinted alike."""
    tint = 1 + 0.1 * rng.standard_normal(3)
    return np.clip(np.array([a, b]) * tint * rng.uniform(0.85, 1.15), 0, 1).astype(np.float32)


def _any_pair(rng: Rng) -> NDArray[np.float32]:
    """Two colours that differ in brightness."""
    a, b = _any_colour(rng), _any_colour(rng)
    while abs(float(a.mean() - b.mean())) < 0.15:
        b = _any_colour(rng)
    return np.stack([a, b])


def _any_colour(rng: Rng) -> NDArray[np.float32]:
    """A colour of any hue; strong ones are rarer than muted ones, as among things made by people."""
    hue, strength, value = rng.uniform(0, 6), rng.beta(1.3, 1.8), rng.uniform(0.15, 0.95)
    wheel = np.clip(np.abs((hue + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    rgb: NDArray[np.float32] = (value * (1 - strength * (1 - wheel))).astype(np.float32)
    return rgb
