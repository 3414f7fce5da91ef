"""What is painted on the sides of lorries, buses and trains: bands, boards, emblems and lettering."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.palette import WHITE_PAINT, material, srgb
from mixreal.models.shapes.solids import Solid, box, cylinder, joined, mirrored_x

Part = tuple[Solid, Material]
_PROUD = 0.012  # metres that paint stands off what it is on, so that no two surfaces lie in one plane


def both_sides(solid: Solid, of: Material) -> list[Part]:
    """The solid and its mirror image."""
    return [(solid, of), (mirrored_x(solid), of)]


def band(x: float, low: float, high: float, back: float, front: float, of: Material) -> list[Part]:
    """A rectangle painted on both side walls, which stand at -x and x."""
    size = (2 * _PROUD, high - low, front - back)
    return both_sides(box(size, (x, (low + high) / 2, (front + back) / 2)), of)


def lettering(
    x: float, y: float, z: float, height: float, letters: int, of: Material, rng: np.random.Generator
) -> list[Part]:
    """A word on both sides, its middle at (y, z): strokes that read as letters from afar."""
    step = height * 0.82
    strokes = []
    for i in range(letters):
        at = z + (i - (letters - 1) / 2) * step
        upright = box((2 * _PROUD, height, step * 0.2), (x, y, at - step * 0.24))
        rung = float(rng.choice([-0.4, 0.0, 0.4])) * height
        bar = box((2 * _PROUD, height * 0.2, step * 0.6), (x, y + rung, at))
        other = box((2 * _PROUD, height * float(rng.choice([0.5, 1.0])), step * 0.2), (x, y, at + step * 0.24))
        strokes += [upright, bar, other]
    return both_sides(joined(*strokes), of)


def emblem(x: float, y: float, z: float, size: float, of: Material, rng: np.random.Generator) -> list[Part]:
    """A disc, lozenge or square on both sides."""
    sides = int(rng.choice([4, 6, 18]))
    return both_sides(cylinder(size / 2, 2 * _PROUD, "x", (x, y, z), sides=sides), of)


def strong_colour(rng: np.random.Generator) -> Material:
    """A colour that firms paint their vehicles in."""
    colours = (
        *((200, 30, 34), (22, 70, 150), (20, 110, 66), (244, 196, 24), (232, 110, 24), (30, 36, 70), (120, 24, 40)),
        *((60, 150, 200), (40, 44, 48), (96, 160, 60), (110, 60, 130), (0, 120, 130), (236, 232, 214), (168, 172, 176)),
    )
    shade = srgb(*colours[rng.integers(len(colours))])
    r, g, b = np.clip(np.array(shade) * rng.normal(1, 0.1), 0.003, 1)
    return material("livery", (float(r), float(g), float(b)), 0.0, 0.35)


def advertised(x: float, low: float, high: float, back: float, front: float, rng: np.random.Generator) -> list[Part]:
    """A side wall's decoration, one of several kinds, or none."""
    kind = rng.integers(6)
    first, second = strong_colour(rng), strong_colour(rng)
    tall, long = high - low, front - back
    middle = ((low + high) / 2, (front + back) / 2)
    letters = int(rng.integers(4, 8))
    size = min(tall * 0.32, long / (letters + 1) / 0.82)
    if kind == 0:
        return []
    if kind == 1:
        return band(x, low, low + tall * float(rng.uniform(0.2, 0.5)), back, front, first)
    if kind == 2:
        return lettering(x, *middle, size, letters, first, rng)
    if kind == 3:
        word = lettering(x + 0.012, low + tall * 0.5, middle[1], size * 0.8, letters, WHITE_PAINT, rng)
        return band(x, low + tall * 0.25, low + tall * 0.75, back, front, first) + word
    if kind == 4:
        return [
            *emblem(x, middle[0], front - tall * 0.6, tall * 0.6, first, rng),
            *lettering(x, middle[0], middle[1] - tall * 0.3, size * 0.7, letters, second, rng),
        ]
    return band(x, low, high, back, back + long * float(rng.uniform(0.25, 0.6)), first) + band(
        x, low + tall * 0.1, low + tall * 0.2, back, front, second
    )
