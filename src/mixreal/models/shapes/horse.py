"""Horse: riding horses, heavy ones, ponies and foals; standing, walking, trotting, galloping, grazing, rearing."""

from dataclasses import replace

import numpy as np

from mixreal.models.mesh import Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.body import SMOOTH, painted, surface
from mixreal.models.shapes.head import Parts
from mixreal.models.shapes.horse_body import Breed, Gait, Horse, ears, hooves, horse_body, lower_legs
from mixreal.models.shapes.horse_coat import COAT, EYE, NOSTRIL, coat, colours, feathers, mane, tail
from mixreal.models.shapes.horse_tack import bridle, rider, saddle
from mixreal.models.shapes.solids import Solid, ellipsoid, moved

_BREEDS = {
    "riding": Breed(),
    "thoroughbred": Breed(legs=1.06, bone=0.92, girth=0.94, length=0.98, neck=1.06, crest=0.94, head=0.96),
    "arab": Breed(legs=0.98, bone=0.9, girth=0.93, length=0.92, neck=1.04, crest=0.95, head=0.9),
    "quarter": Breed(legs=0.95, bone=1.08, girth=1.05, crest=1.06),
    "draft": Breed(legs=1.0, bone=1.45, girth=1.18, length=1.04, neck=1.02, crest=1.28, head=1.12, feather=1.0),
    "pony": Breed(legs=0.78, bone=1.12, girth=0.98, length=0.94, neck=0.86, crest=1.08, head=0.94),
    "foal": Breed(legs=0.92, bone=0.86, girth=0.66, length=0.66, neck=0.7, crest=0.68, head=0.74),
}
_BREED_SHARES = (0.27, 0.2, 0.13, 0.14, 0.09, 0.1, 0.07)


def build(rng: np.random.Generator) -> Mesh:
    """A horse in metres; one in six is a portrait of head and neck."""
    kind = str(rng.choice(list(_BREEDS), p=_BREED_SHARES))
    breed = _varied(rng, _BREEDS[kind])
    portrait = rng.random() < 0.17
    name = "stand" if portrait else str(rng.choice(list(_GAITS), p=_GAIT_SHARES))
    gait = _moment(rng, name)
    horse = horse_body(breed, gait)
    look = coat(rng)
    parts: Parts = []
    floor = float(horse.back[1] - rng.uniform(0.2, 0.5) * breed.girth) if portrait else None
    trunk = [part for part in horse.trunk if min(part.start[2], part.end[2]) > 0.1] if portrait else horse.trunk
    skin = [surface(horse.neck, 0.034 if portrait else 0.042, floor), surface(trunk, 0.06, floor), *ears(horse)]
    if not portrait:
        skin += lower_legs(horse) + feathers(horse)
        parts += [(hoof, look.hoof) for hoof in hooves(horse)] + [(hair, look.mane) for hair in tail(rng, horse)]
    parts += [(solid, look.material) for solid in skin]
    parts += [(hair, look.mane) for hair in mane(rng, horse)]
    parts += _features(horse)
    if kind != "foal":
        parts += _tack(rng, horse, name, portrait)
    mesh = assemble("horse", parts)
    return painted(mesh, COAT, colours(rng, horse, look, mesh.vertices.astype(np.float64)))


def _varied(rng: np.random.Generator, breed: Breed) -> Breed:
    def about(value: float, spread: float = 0.035) -> float:
        return float(value * rng.normal(1, spread))

    return Breed(
        about(breed.legs),
        about(breed.bone, 0.06),
        about(breed.girth),
        about(breed.length),
        about(breed.neck, 0.05),
        about(breed.crest, 0.05),
        about(breed.head),
        breed.feather,
    )


def _moment(rng: np.random.Generator, name: str) -> Gait:
    """A gait's moment, mirrored half of the time, with small differences."""
    choices = _GAITS[name]
    gait = choices[int(rng.integers(len(choices)))]
    reach = tuple(float(r + rng.normal(0, 0.06)) for r in gait.reach)
    lift = tuple(float(max(v + rng.normal(0, 0.04), 0) if v > 0 else 0) for v in gait.lift)
    if rng.random() < 0.5:
        reach, lift = (reach[1], reach[0], reach[3], reach[2]), (lift[1], lift[0], lift[3], lift[2])
    return replace(
        gait,
        reach=(reach[0], reach[1], reach[2], reach[3]),
        lift=(lift[0], lift[1], lift[2], lift[3]),
        neck=gait.neck + float(rng.normal(0, 6)),
        face=gait.face + float(rng.normal(0, 7)),
        rear=gait.rear * float(rng.uniform(0.8, 1.2)),
        turn=float(rng.normal(0, 14)),
    )


_GAITS: dict[str, tuple[Gait, ...]] = {
    "stand": (
        Gait((0.05, 0, 0, -0.1), (0, 0, 0, 0)),
        Gait((0.15, -0.15, -0.3, 0.1), (0, 0, 0, 0), 55, -48),
        Gait((0, 0.1, 0.1, -0.35), (0, 0, 0.15, 0), 35, -50),
    ),
    "walk": (
        Gait((0.55, -0.6, -0.5, 0.45), (0, 0.12, 0, 0), 38, -48),
        Gait((0.1, -0.1, 0.6, -0.65), (0.45, 0, 0, 0.12), 40, -50, tail=0.2),
    ),
    "trot": (
        Gait((0.55, -0.75, -0.7, 0.6), (0.5, 0.1, 0.15, 0.25), 52, -56, tail=0.35),
        Gait((0.3, -0.3, -0.35, 0.35), (0.75, 0, 0, 0.5), 55, -60, tail=0.35),
    ),
    "gallop": (
        Gait((1.25, 0.85, -1.1, -0.75), (0.12, 0.35, 0.12, 0.2), 30, -38, tail=0.75),
        Gait((-0.7, -0.3, 0.9, 0.65), (0.35, 0.75, 0.2, 0.1), 32, -42, tail=0.7),
        Gait((0.5, 1.0, -0.5, -0.95), (0.75, 0.25, 0.1, 0.3), 36, -42, rear=8, tail=0.7),
    ),
    "graze": (
        Gait((0.35, -0.2, -0.1, 0.15), (0, 0, 0, 0), -42, -68),
        Gait((-0.1, 0.3, 0.1, -0.2), (0, 0, 0, 0), -36, -62),
    ),
    "rear": (Gait((0.45, 0.2, 0.1, -0.1), (0.8, 0.95, 0, 0), 40, -40, rear=48, tail=0.3),),
}
_GAIT_SHARES = (0.38, 0.15, 0.14, 0.13, 0.15, 0.05)


def _features(horse: Horse) -> Parts:
    """Eyes and nostrils."""
    h, nose = horse.breed.head, horse.nose - horse.poll
    ahead = nose / np.linalg.norm(nose)
    parts: Parts = []
    for side in (-1, 1):
        eye = horse.poll + (ahead * 0.165 + horse.face_up * 0.035 + horse.side * side * 0.083) * h
        hole = horse.nose + (horse.face_up * 0.012 - ahead * 0.0 + horse.side * side * 0.045) * h
        parts.append((moved(ellipsoid((0.026 * h, 0.026 * h, 0.03 * h), rings=6, sides=8), eye), EYE))
        parts.append((moved(ellipsoid((0.016 * h, 0.02 * h, 0.02 * h), rings=5, sides=7), hole), NOSTRIL))
    return [(Solid(s.vertices, s.faces, SMOOTH), m) for s, m in parts]


def _tack(rng: np.random.Generator, horse: Horse, name: str, portrait: bool) -> Parts:
    ridden = name in ("stand", "walk", "trot", "gallop") and not portrait and rng.random() < 0.13
    if ridden:
        hands = horse.back + np.array([0, 0.32, 0.42])
        return saddle(rng, horse) + bridle(rng, horse, hands) + rider(rng, horse)
    parts: Parts = []
    if rng.random() < (0.3 if portrait else 0.16):
        parts += bridle(rng, horse, None)
        if not portrait and name != "rear" and rng.random() < 0.7:
            parts += saddle(rng, horse)
    return parts
