"""Coachwork: the pressed or riveted skin of a road or rail vehicle, lofted along z, with glass and panels as its cells.

A body is described by its *lines*: heights and half-widths at stations along z. At each station the skin goes from
the middle of the floor round the flank to the middle of the roof in ten points; the nine strips between them are
named below. A cell (between two stations, in one strip) has one material: so windows follow the body exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes.solids import Solid

FLOOR, SILL, FLANK, HIP, RAIL, WINDOW, CANT, ROOF, CROWN = range(9)
_POINTS = 10

Line = list[tuple[float, float]]  # (z, value), z rising; held constant beyond its ends


@dataclass(frozen=True)
class Lines:
    """What gives a body its form. Heights and widths in metres along z."""

    bottom: Line  # lower edge of the skin
    waist: Line  # where the glass begins
    top: Line  # the middle of the bonnet, windscreen, roof and boot lid
    half: Line  # half of the width at its widest
    upper: Line  # half of the width at the upper edge of the side glass
    roundness: float = 1.0  # how far the roof's edge is rounded off: 0 square, 1 a car's, 2 a coach's
    flare: float = 0.02  # how much narrower the skin is at the sill and the waist, as a share of its width


@dataclass(frozen=True)
class Arch:
    """A wheel's opening in the skin."""

    z: float  # the wheel's centre
    y: float
    radius: float


def skin(lines: Lines, arches: Iterable[Arch] = (), cuts: Iterable[float] = ()) -> "Skin":
    """The grid of a body, with a station at each point of its lines, round each arch and at each z of `cuts`."""
    arches = tuple(arches)
    wanted = [z for line in (lines.bottom, lines.waist, lines.top, lines.half, lines.upper) for z, _ in line]
    wanted += list(cuts)
    ends = min(wanted), max(wanted)
    for arch in arches:
        turn = np.linspace(0, np.pi, 9)
        wanted += [*(arch.z + arch.radius * np.cos(turn)), arch.z - arch.radius - 0.006, arch.z + arch.radius + 0.006]
    stations = np.unique(np.round(np.clip(wanted, *ends), 3))
    bottom = _at(lines.bottom, stations)
    for arch in arches:
        rise = np.sqrt(np.maximum(arch.radius**2 - (stations - arch.z) ** 2, 0))
        bottom = np.where(np.abs(stations - arch.z) <= arch.radius + 0.001, np.maximum(bottom, arch.y + rise), bottom)
    outline = _contours(lines, stations, bottom)
    return Skin(stations, outline)


@dataclass(frozen=True)
class Skin:
    """Stations (n,) along z and the left half's contour at each, (n, 10, 2) of (x, y) from floor to roof."""

    stations: NDArray[np.float64]
    outline: NDArray[np.float64]

    def cells(self) -> NDArray[np.int64]:
        """A table (n - 1, 9) of material numbers, all 0: fill it in with `mark`, then hand it to `panels`."""
        return np.zeros((len(self.stations) - 1, _POINTS - 1), np.int64)

    def mark(self, table: NDArray[np.int64], strips: Iterable[int], start: float, stop: float, number: int) -> None:
        """Give the cells of `strips` that lie between z = start and stop the material of that number."""
        middle = (self.stations[1:] + self.stations[:-1]) / 2
        rows = np.flatnonzero((middle > start) & (middle < stop))
        table[np.ix_(rows, np.array(list(strips), np.int64))] = number

    def half_width(self, z: float, point: int = HIP) -> float:
        """The skin's x at z, at one of its ten points."""
        return float(np.interp(z, self.stations, self.outline[:, point, 0]))

    def height(self, z: float, point: int = _POINTS - 1) -> float:
        """The skin's y at z, at one of its ten points (default: the middle of the roof)."""
        return float(np.interp(z, self.stations, self.outline[:, point, 1]))


def panels(
    body: Skin, table: NDArray[np.int64], materials: list[Material], back: int = 0, front: int = 0
) -> list[tuple[Solid, Material]]:
    """The skin as parts, one a material; `back` and `front` are the materials' numbers of the two end walls."""
    n, ring = len(body.stations), 2 * _POINTS - 2
    left = np.dstack([body.outline, np.repeat(body.stations[:, None], _POINTS, 1)])
    points = np.concatenate([left, left[:, -2:0:-1] * (-1, 1, 1)], 1)
    ends = points[[0, -1]].mean(1)
    vertices = np.concatenate([points.reshape(-1, 3), ends])
    row, column = np.mgrid[: n - 1, :ring]
    after = (column + 1) % ring
    a, b, c, d = row * ring + column, row * ring + after, (row + 1) * ring + after, (row + 1) * ring + column
    quads = np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], 2).reshape(-1, 3)
    number = np.repeat(np.concatenate([table, table[:, ::-1]], 1).reshape(-1), 2)
    around = np.arange(ring)
    onward = np.roll(around, -1)
    last = (n - 1) * ring
    caps = [np.stack([onward, around, np.full(ring, n * ring)], 1)]
    caps += [np.stack([last + around, last + onward, np.full(ring, n * ring + 1)], 1)]
    faces = np.concatenate([quads, *caps])
    number = np.concatenate([number, np.full(ring, back), np.full(ring, front)])
    return [(Solid(vertices, faces[number == k], 32.0), materials[k]) for k in np.unique(number)]


def evenly(start: float, stop: float, count: int, gap: float) -> list[tuple[float, float]]:
    """`count` equal openings between start and stop, `gap` apart: (from, to) of each."""
    step = (stop - start + gap) / count
    return [(start + i * step, start + (i + 1) * step - gap) for i in range(count)]


def _at(line: Line, z: NDArray[np.float64]) -> NDArray[np.float64]:
    ordered = sorted(line)
    return np.interp(z, [p[0] for p in ordered], [p[1] for p in ordered])


def _contours(lines: Lines, z: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    half, upper, top = _at(lines.half, z), _at(lines.upper, z), _at(lines.top, z)
    waist = np.maximum(np.minimum(_at(lines.waist, z), top - 0.02), bottom + 0.12)
    top = np.maximum(top, waist + 0.01)
    rise = top - waist
    drop = lines.roundness * np.minimum(1.0, rise / 0.25)  # a bonnet or a windscreen's foot is flatter than a roof
    low = bottom + 0.25 * (waist - bottom)
    middle = bottom + 0.62 * (waist - bottom)
    narrow = half * (1 - lines.flare)
    xs = [0 * half, narrow * 0.98, (half + narrow) / 2, half, (half + narrow) / 2, narrow]
    xs += [np.minimum(upper, narrow), np.minimum(upper, narrow) - 0.075 * lines.roundness - 0.01]
    xs += [np.minimum(upper, narrow) * 0.55, 0 * half]
    ys = [bottom, bottom, low, middle, waist - 0.04, waist]
    ys += [top - 0.10 * drop - 0.004, top - 0.045 * drop - 0.002, top - 0.013 * drop - 0.001, top]
    return np.stack([np.stack(xs, 1), np.stack(ys, 1)], 2)
