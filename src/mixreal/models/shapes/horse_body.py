"""Horse body: the skeleton of a posed horse and the surfaces on it. Units: metres; forward is +z, the ground y = 0."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mixreal.models.shapes.body import SMOOTH, Limb, ball, limb, turned
from mixreal.models.shapes.solids import Solid, tube

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Breed:
    """Proportions relative to a riding horse of 1.6 m at the withers."""

    legs: float = 1.0  # length
    bone: float = 1.0  # thickness of the legs
    girth: float = 1.0  # of the trunk
    length: float = 1.0  # of the trunk
    neck: float = 1.0  # length
    crest: float = 1.0  # thickness of the neck
    head: float = 1.0
    feather: float = 0.0  # long hair over the hooves


@dataclass(frozen=True)
class Gait:
    """A moment of a movement. Legs in the order left fore, right fore, left hind, right hind."""

    reach: tuple[float, float, float, float]  # -1 far back to 1 far forward
    lift: tuple[float, float, float, float]  # 0 on the ground to 1 folded up
    neck: float = 48.0  # degrees above the horizontal
    face: float = -52.0  # degrees above the horizontal at which the nose points
    rear: float = 0.0  # degrees that the trunk is raised
    tail: float = 0.15  # 0 hanging to 1 streaming
    turn: float = 0.0  # degrees that neck and head turn to the left


@dataclass(frozen=True)
class Horse:
    """Limbs of the field, and where things are."""

    breed: Breed
    gait: Gait
    trunk: tuple[Limb, ...]
    neck: tuple[Limb, ...]  # neck and head
    legs: tuple[tuple[Floats, Floats], ...]  # per leg the path (n, 3) and radii (n,) of its lower part
    hooves: tuple[tuple[Floats, Floats], ...]  # per leg from the coronet to the sole (2, 3), and radii
    crest: Floats  # (n, 3) points along the top of the neck, from the withers to the poll
    poll: Floats
    nose: Floats
    face_up: Floats  # unit: out of the forehead
    side: Floats  # unit: to the head's left
    dock: Floats  # the tail's root
    back: Floats  # where a saddle sits
    lower: tuple[Limb, ...] = field(default=())  # the legs below knees and hocks, for points and socks


def horse_body(breed: Breed, gait: Gait) -> Horse:
    """The skeleton of a breed in a moment of a gait."""
    up = 0.95 * breed.legs
    g, n = breed.girth * 0.95, breed.length * 0.88

    def at(x: float, y: float, z: float) -> Floats:
        return np.array([x * g, up + (y - 0.95) * g, z * n])

    lean, pivot = _raising(gait.rear), at(0, 1.1, -0.6)

    def raised(points: Floats) -> Floats:
        return (points - pivot) @ lean.T + pivot

    trunk = [
        limb(at(0, 1.2, 0.42), at(0, 1.165, -0.08), 0.33 * g, 0.345 * g, 0.15, (1, 0, 0), 0.8),
        limb(at(0, 1.165, -0.08), at(0, 1.25, -0.45), 0.345 * g, 0.265 * g, 0.15, (1, 0, 0), 0.84),
        limb(at(0, 1.295, -0.42), at(0, 1.2, -0.74), 0.265 * g, 0.235 * g, 0.15, (1, 0, 0), 0.94),
        limb(at(0, 1.42, 0.44), at(0, 1.44, 0.18), 0.15 * g, 0.12 * g, 0.2, (1, 0, 0), 0.6),
        ball(at(0, 1.14, 0.58), 0.24 * g, 0.15, (1, 0, 0), 0.9),
    ]
    for x in (-1, 1):
        trunk += [
            limb(at(x * 0.12, 1.34, 0.36), at(x * 0.15, 1.04, 0.62), 0.15 * g, 0.15 * g, 0.12, (1, 0, 0), 0.7),
            limb(at(x * 0.12, 1.24, -0.6), at(x * 0.15, 0.98, -0.46), 0.235 * g, 0.15 * g, 0.12, (1, 0, 0), 0.62),
            limb(at(x * 0.11, 1.2, -0.72), at(x * 0.14, 0.95, -0.68), 0.2 * g, 0.13 * g, 0.12, (1, 0, 0), 0.6),
        ]
    legs, hooves, lower = [], [], []
    for i in range(4):
        side = 1 if i % 2 == 0 else -1
        if i < 2:
            joints, radii, muscle = _fore(at(side * 0.165, 0.98, 0.5), gait.reach[i], gait.lift[i], breed)
        else:
            joints, radii, muscle = _hind(at(side * 0.16, 1.2, -0.58), gait.reach[i], gait.lift[i], breed, gait.rear)
        trunk += muscle
        path, thick = _smooth_leg(joints, radii)
        legs.append((path, thick))
        lower.append(limb(joints[1], joints[2], 0.075 * breed.bone, 0.06 * breed.bone))
        lower.append(limb(joints[2], joints[3], 0.07 * breed.bone, 0.07 * breed.bone))
        sole = joints[3] + (joints[3] - joints[2]) * 0.6
        hooves.append(
            (np.stack([joints[3] - (joints[3] - joints[2]) * 0.12, sole]), np.array([0.05, 0.068]) * breed.bone)
        )
    trunk = list(turned(trunk, lean, pivot - lean @ pivot))
    lower = list(turned(lower, lean, pivot - lean @ pivot))
    legs = [(raised(path), thick) for path, thick in legs]
    hooves = [(raised(path), thick) for path, thick in hooves]
    base = raised(at(0, 1.27, 0.54)[None])[0]
    lines = _neck_and_head(breed, gait, base)
    trunk.append(limb(base, lines.middle, 0.255 * g, 0.17 * breed.crest, 0.16, (1, 0, 0), 0.64))
    crest_start = raised(at(0, 1.5, 0.4)[None])[0]
    crest = np.concatenate([crest_start[None], lines.crest])
    return Horse(
        breed,
        gait,
        tuple(trunk),
        lines.limbs,
        tuple(legs),
        tuple(hooves),
        crest,
        lines.poll,
        lines.nose,
        lines.face_up,
        lines.side,
        raised(at(0, 1.36, -0.9)[None])[0],
        raised(at(0, 1.52, 0.12)[None])[0],
        tuple(lower),
    )


def lower_legs(horse: Horse) -> list[Solid]:
    """The thin parts of the legs, from the forearm or gaskin to the coronet."""
    solids = [tube(path, thick, 9) for path, thick in horse.legs]
    return [Solid(s.vertices, s.faces, SMOOTH) for s in solids]


def hooves(horse: Horse) -> list[Solid]:
    """Four hooves."""
    return [tube(path, thick, 10, rounded=False) for path, thick in horse.hooves]


def ears(horse: Horse) -> list[Solid]:
    """Two pointed ears."""
    size = horse.breed.head
    solids = []
    for side in (-1, 1):
        root = horse.poll + horse.side * side * 0.06 * size + horse.face_up * 0.06 * size
        nose = (horse.nose - horse.poll) / np.linalg.norm(horse.nose - horse.poll)
        tip = horse.face_up * 0.12 - nose * 0.11 + horse.side * side * 0.025
        path = root + np.linspace(0, 1, 5)[:, None] * tip * size
        solids.append(tube(path, np.array([0.03, 0.042, 0.038, 0.025, 0.008]) * size, 7))
    return solids


@dataclass(frozen=True)
class _Lines:
    limbs: tuple[Limb, ...]
    crest: Floats
    middle: Floats
    poll: Floats
    nose: Floats
    face_up: Floats
    side: Floats


def _neck_and_head(breed: Breed, gait: Gait, base: Floats) -> _Lines:
    c, h = breed.crest, breed.head
    low, high = gait.neck + gait.rear * 0.4 - 10, gait.neck + gait.rear * 0.4 + 10
    middle = base + 0.44 * breed.neck * _way(low, gait.turn * 0.4)
    poll = middle + 0.44 * breed.neck * _way(high, gait.turn * 0.8)
    ahead = _way(gait.face + gait.rear * 0.3, gait.turn)
    side = np.cross((0, 1, 0), ahead) if abs(ahead[1]) < 0.98 else np.array([1.0, 0, 0])
    side = side / np.linalg.norm(side)
    up = np.cross(ahead, side)
    nose = poll + 0.56 * h * ahead + up * 0.0
    flat = (side, 0.74)
    limbs = [
        limb(base, middle, 0.245 * breed.girth, 0.175 * c, 0.1, (1, 0, 0), 0.62),
        limb(middle, poll - ahead * 0.02, 0.178 * c, 0.122 * c, 0.1, side, 0.62),
        limb(poll, poll + ahead * 0.22 * h, 0.108 * h, 0.115 * h, 0.08, *flat),
        ball(poll + (ahead * 0.17 - up * 0.075) * h, 0.125 * h, 0.08, *flat),
        limb(poll + ahead * 0.2 * h, nose - (ahead * 0.04 - up * -0.01) * h, 0.108 * h, 0.07 * h, 0.08, *flat),
        limb(
            poll + (ahead * 0.2 - up * 0.09) * h,
            nose - (ahead * 0.06 + up * 0.055) * h,
            0.085 * h,
            0.05 * h,
            0.06,
            *flat,
        ),
        ball(nose - (ahead * 0.03 + up * 0.01) * h, 0.078 * h, 0.05, side, 0.85),
        ball(nose - (ahead * 0.06 + up * 0.075) * h, 0.048 * h, 0.04),
    ]
    for x in (-1, 1):
        limbs.append(ball(poll + (ahead * 0.16 + up * 0.055 + side * 0.06 * x) * h, 0.04 * h, 0.05))
    share = np.linspace(0, 1, 5)[:, None]
    over = _way(low + 90, gait.turn * 0.4), _way(high + 90, gait.turn * 0.8)
    first = base + (middle - base) * share + over[0] * (0.235 * breed.girth + (0.172 * c - 0.235 * breed.girth) * share)
    second = middle + (poll - middle) * share + over[1] * (0.175 + (0.122 - 0.175) * share) * c
    return _Lines(tuple(limbs), np.concatenate([first[2:], second[1:]]), middle, poll, nose, up, side)


def _fore(elbow: Floats, reach: float, lift: float, breed: Breed) -> tuple[list[Floats], list[float], list[Limb]]:
    """Joints elbow, knee, fetlock, coronet; radii there; and the muscles above the knee."""
    forearm = 30 * reach + 42 * lift
    cannon = forearm - 105 * lift + (0 if reach > 0 else 4 * reach)
    pastern = cannon + 26 - 65 * lift
    size = breed.legs
    knee = elbow + 0.42 * size * _leg_way(forearm)
    fetlock = knee + 0.33 * size * _leg_way(cannon)
    coronet = fetlock + 0.12 * size * _leg_way(pastern)
    b = breed.bone
    muscle = [
        limb(
            elbow + np.array([0, 0.06, 0]),
            elbow + (knee - elbow) * 0.55,
            0.13 * breed.girth,
            0.075 * b,
            0.1,
            (1, 0, 0),
            0.85,
        )
    ]
    return [elbow, knee, fetlock, coronet], [0.1 * b, 0.06 * b, 0.05 * b, 0.046 * b], muscle


def _hind(
    hip: Floats, reach: float, lift: float, breed: Breed, rear: float
) -> tuple[list[Floats], list[float], list[Limb]]:
    """As _fore: stifle, hock, fetlock, coronet. Rearing horses stand on bent hind legs."""
    size = breed.legs
    thigh = 24 + 16 * reach + 20 * lift - 0.6 * rear
    gaskin = -38 + 30 * reach - 12 * lift - 0.8 * rear
    cannon = 5 + 34 * reach - 34 * lift - 0.95 * rear
    pastern = cannon + 22 - 50 * lift
    stifle = hip + 0.33 * breed.girth * _leg_way(thigh)
    hock = stifle + 0.42 * size * _leg_way(gaskin)
    fetlock = hock + 0.41 * size * _leg_way(cannon)
    coronet = fetlock + 0.12 * size * _leg_way(pastern)
    b, g = breed.bone, breed.girth
    muscle = [
        limb(hip, stifle, 0.22 * g, 0.15 * g, 0.1, (1, 0, 0), 0.65),
        limb(stifle, stifle + (hock - stifle) * 0.7, 0.15 * g, 0.075 * b, 0.1, (1, 0, 0), 0.75),
    ]
    return [stifle, hock, fetlock, coronet], [0.12 * b, 0.068 * b, 0.052 * b, 0.047 * b], muscle


def _smooth_leg(joints: list[Floats], radii: list[float]) -> tuple[Floats, Floats]:
    """A path through the joints with slender bones between thick joints."""
    top, knee, fetlock, coronet = joints
    a, b, c, d = radii
    rows = [
        (top + (knee - top) * 0.4, a * 0.82),
        (top + (knee - top) * 0.7, a * 0.68),
        (top + (knee - top) * 0.9, b * 0.98),
        (knee, b),
        (knee + (fetlock - knee) * 0.14, b * 0.86),
        (knee + (fetlock - knee) * 0.35, b * 0.66),
        (knee + (fetlock - knee) * 0.8, b * 0.66),
        (fetlock, c),
        (fetlock + (coronet - fetlock) * 0.5, c * 0.8),
        (coronet, d),
    ]
    return np.array([p for p, _ in rows]), np.array([r for _, r in rows])


def _way(degrees: float, turn: float) -> Floats:
    """Ahead and up at an angle, turned to the left."""
    a, t = np.radians(degrees), np.radians(turn)
    return np.array([np.cos(a) * np.sin(t), np.sin(a), np.cos(a) * np.cos(t)])


def _leg_way(degrees: float) -> Floats:
    """Down, swung forward by an angle."""
    a = np.radians(degrees)
    return np.array([0, -np.cos(a), np.sin(a)])


def _raising(degrees: float) -> Floats:
    """The rotation (3, 3) that lifts the front."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
