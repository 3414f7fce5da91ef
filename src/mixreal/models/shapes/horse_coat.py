"""Horse coats: bay, chestnut, black, grey, palomino, pinto and more as vertex colours; manes, tails, faces."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.models.mesh import Material
from mixreal.models.shapes import palette
from mixreal.models.shapes.body import SMOOTH, distance, limb, surface
from mixreal.models.shapes.horse_body import Horse
from mixreal.models.shapes.solids import Solid, tube

Floats = NDArray[np.float64]

# Body, mane and tail, and lower legs in sRGB; share of horses.
_COATS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int], float]] = {
    "bay": ((126, 74, 42), (24, 20, 19), (26, 22, 20), 0.22),
    "dark bay": ((74, 46, 32), (20, 17, 16), (24, 20, 18), 0.11),
    "chestnut": ((152, 84, 42), (140, 80, 42), (140, 76, 40), 0.17),
    "flaxen chestnut": ((140, 76, 38), (216, 186, 138), (150, 90, 50), 0.06),
    "liver chestnut": ((92, 54, 36), (84, 50, 34), (80, 46, 32), 0.04),
    "black": ((30, 27, 27), (18, 17, 17), (22, 20, 20), 0.1),
    "grey": ((168, 167, 165), (110, 110, 112), (92, 92, 94), 0.08),
    "white": ((232, 229, 222), (238, 235, 228), (214, 210, 204), 0.1),
    "palomino": ((214, 168, 98), (244, 232, 208), (222, 190, 140), 0.06),
    "buckskin": ((196, 158, 104), (30, 25, 22), (34, 28, 24), 0.03),
    "dun": ((170, 142, 108), (52, 44, 38), (60, 50, 44), 0.03),
}
_WHITE = palette.srgb(236, 232, 226)
EYE = palette.material("eye", palette.srgb(18, 14, 12), 0.0, 0.08)
NOSTRIL = palette.material("nostril", palette.srgb(28, 22, 22), 0.0, 0.7)
COAT = "coat"  # the name of the material that carries the vertex colours
_PLAIN = Material(COAT, (1.0, 1.0, 1.0, 1.0), 0.0, 0.55)


@dataclass(frozen=True)
class Coat:
    """A horse's colours, all linear."""

    body: Floats  # (3,)
    legs: Floats
    mane: Material
    hoof: Material
    pattern: str  # plain, pinto, dapple or appaloosa
    socks: tuple[float, float, float, float]  # how far up each leg is white, 0 to 1
    blaze: float  # half width of the white on the face, metres

    @property
    def material(self) -> Material:
        return _PLAIN


def coat(rng: np.random.Generator) -> Coat:
    """A coat as often as horses have it."""
    kinds = list(_COATS)
    shares = np.array([_COATS[k][3] for k in kinds])
    kind = kinds[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    body, mane, legs, _ = _COATS[kind]
    light = rng.normal(1, 0.13) * rng.normal(1, 0.04, 3)
    pattern = "plain"
    draw = rng.random()
    if draw < 0.13 and kind != "white":
        pattern = "pinto"
    elif draw < 0.16:
        pattern = "appaloosa"
    elif kind == "grey" and draw < 0.7:
        pattern = "dapple"
    marked = rng.random(4) < 0.35
    socks = tuple(float(s) for s in marked * rng.uniform(0.15, 0.75, 4))
    hair = np.array(palette.srgb(*mane)) * light.mean()
    dark = palette.material("hoof", palette.srgb(*((52, 46, 42) if rng.random() < 0.7 else (150, 130, 106))), 0, 0.5)
    return Coat(
        np.clip(np.array(palette.srgb(*body)) * light, 0, 0.95),
        np.clip(np.array(palette.srgb(*legs)) * light.mean(), 0, 0.95),
        palette.material("mane", tuple(np.clip(hair, 0, 0.95)), 0.0, 0.7),
        dark,
        pattern,
        (socks[0], socks[1], socks[2], socks[3]),
        float(rng.choice([0.0, 0.014, 0.028, 0.045], p=[0.42, 0.2, 0.23, 0.15])),
    )


def colours(rng: np.random.Generator, horse: Horse, look: Coat, points: Floats) -> Floats:
    """Linear colours (n, 3) of the skin at points (n, 3)."""
    shade = 1 + 0.12 * _noise(rng, points, 1.6) + 0.05 * _noise(rng, points, 6)
    skin = look.body * shade[:, None]
    if look.pattern == "dapple":
        skin = skin * (1 + 0.3 * np.clip(_noise(rng, points, 9), -1, 1))[:, None]
    points_share = np.zeros(len(points))
    white = np.zeros(len(points))
    for i in range(4):
        cannon, foot = horse.lower[2 * i], horse.lower[2 * i + 1]
        near = distance((cannon, foot), points)
        along = cannon.end - cannon.start
        rise = (points - cannon.end) @ along / -(along @ along)  # 0 at the fetlock, 1 at the knee
        own = near < 0.05 * horse.breed.bone
        points_share = np.maximum(
            points_share, own * np.clip(1.25 - 0.35 * np.maximum(rise, 0) * 2, 0, 1) * (rise < 1.25)
        )
        white = np.maximum(white, own * (rise < look.socks[i] - 0.02) * (look.socks[i] > 0))
    skin = skin + (look.legs - skin) * points_share[:, None]
    if look.pattern == "pinto":
        patches = _noise(rng, points, 1.7) + rng.uniform(-0.25, 0.3)
        white = np.maximum(white, np.clip(patches * 14 + 0.5, 0, 1) * (points[:, 2] < horse.poll[2] - 0.1))
        white = np.maximum(white, points_share)
    if look.pattern == "appaloosa":
        spots = _noise(rng, points, 8) > 0.5
        white = np.maximum(white, np.clip((-0.15 - points[:, 2]) * 4, 0, 1) * ~spots * (1 - points_share))
    skin = skin + (np.array(_WHITE) - skin) * white[:, None]
    return _face(horse, look, points, skin)


def mane(rng: np.random.Generator, horse: Horse) -> list[Solid]:
    """A mane that falls to one side, or a short standing one, and the forelock."""
    crest = horse.crest
    fall = float(rng.choice([0.06, 0.16, 0.24, 0.32], p=[0.2, 0.3, 0.3, 0.2])) * horse.breed.neck
    side = float(rng.choice([-1, 1]))
    both = rng.random() < 0.35
    blown = np.array([0, 0.25, -0.9]) * (horse.gait.tail > 0.5) * fall
    locks = [
        limb(crest[i], crest[i + 1], 0.034 + 0.05 * (fall < 0.1), None, 0.03, (1, 0, 0), 0.6)
        for i in range(len(crest) - 1)
    ]
    for i in range(1, 2 * len(crest) - 1):
        at = (crest[i // 2] + crest[(i + 1) // 2]) / 2
        length = fall * rng.uniform(0.75, 1.2)
        way = -side if both and i % 2 else side
        tip = at + np.array([way * (0.06 + 0.1 * min(length, 0.2)), -length, -0.25 * length]) + blown
        locks.append(limb(at, tip, 0.05, 0.026, 0.04, (1, 0, 0), 0.8))
    nose = horse.nose - horse.poll
    start = horse.poll + horse.face_up * 0.1 * horse.breed.head
    locks.append(limb(start - nose * 0.08, start + nose * 0.28, 0.035, 0.02, 0.03))
    return [surface(locks, 0.042)]


def tail(rng: np.random.Generator, horse: Horse) -> list[Solid]:
    """A tail that hangs, or streams behind a horse in motion."""
    out = horse.gait.tail
    length = rng.uniform(0.85, 1.1) * (0.55 + 0.45 * horse.breed.legs)
    share = np.linspace(0, 1, 8)
    drop = -length * share**1.4 * (1 - 0.6 * out) + 0.05 * np.sin(share * np.pi) * out
    back = -(0.16 + 0.75 * out) * length * np.sin(share * (1.9 - 0.5 * out)) - 0.02
    sway = rng.normal(0, 0.07) * share
    path = horse.dock + np.column_stack([sway, drop, back]) + (0, -0.03, 0.05)
    full = rng.uniform(0.9, 1.5)
    radii = np.array([0.045, 0.06, 0.075, 0.09, 0.1, 0.095, 0.075, 0.03]) * full
    hair = tube(path, radii, 10)
    return [Solid(hair.vertices, hair.faces, SMOOTH)]


def feathers(horse: Horse) -> list[Solid]:
    """Long hair round the fetlocks of heavy horses."""
    if horse.breed.feather <= 0:
        return []
    solids = []
    for path, thick in horse.hooves:
        top = path[0] + (path[0] - path[1]) * 1.6
        solids.append(
            tube([top, path[0], path[0] * 0.4 + path[1] * 0.6], [thick[0], thick[1] * 1.08, thick[1] * 1.16], 9)
        )
    return solids


def _face(horse: Horse, look: Coat, points: Floats, skin: Floats) -> Floats:
    """Blaze and dark muzzle, in the head's frame."""
    ahead = horse.nose - horse.poll
    length = float(np.linalg.norm(ahead))
    ahead = ahead / length
    from_poll = points - horse.poll
    along, up, across = from_poll @ ahead / length, from_poll @ horse.face_up, from_poll @ horse.side
    on_head = (along > 0.05) & (along < 1.25) & (np.abs(across) < 0.2) & (np.abs(up) < 0.3)
    muzzle = on_head * np.clip((along - 0.84) / 0.1, 0, 1) * (0.75 if look.body.mean() < 0.5 else 0.6)
    grey = np.array(palette.srgb(48, 40, 38))
    skin = skin + (grey - skin) * muzzle[:, None]
    width = look.blaze * horse.breed.head
    blaze = on_head & (np.abs(across) < width) & (up > 0) & (along > 0.16) & (along < (0.95 if width > 0.02 else 0.5))
    return np.where(blaze[:, None], np.array(_WHITE), skin)


def _noise(rng: np.random.Generator, points: Floats, frequency: float) -> Floats:
    """A smooth random function of place, of mean 0 and deviation about 0.7."""
    waves = rng.normal(0, 1, (14, 3))
    waves *= frequency * 3.2 / np.linalg.norm(waves, axis=1, keepdims=True)
    phase = rng.uniform(0, 2 * np.pi, 14)
    return np.asarray(np.sin(points @ waves.T + phase).sum(1) / np.sqrt(14))
