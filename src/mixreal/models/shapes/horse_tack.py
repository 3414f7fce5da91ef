"""Tack: a saddle with its pad, a bridle with reins, and a rider. Units as in horse_body.py."""

import numpy as np

from mixreal.models.shapes import palette
from mixreal.models.shapes.body import ball, limb, surface, thicker
from mixreal.models.shapes.figure import figure
from mixreal.models.shapes.hair import hair, headwear
from mixreal.models.shapes.head import Parts, face, head
from mixreal.models.shapes.horse_body import Floats, Horse
from mixreal.models.shapes.outfit import dressed
from mixreal.models.shapes.poses import Pose
from mixreal.models.shapes.solids import Solid, moved, rotated, scaled, torus, tube

_RIDING = Pose(
    upper_arms=((0.25, -1, 0.2), (0.25, -1, 0.2)),
    forearms=((-0.15, -0.15, 1), (-0.15, -0.15, 1)),
    thighs=((0.62, -0.75, 0.62), (0.62, -0.75, 0.62)),
    shins=((-0.12, -1, -0.25), (-0.12, -1, -0.25)),
)
_HEAD = 0.225  # metres: a rider's head


def saddle(rng: np.random.Generator, horse: Horse) -> Parts:
    """A pad and a saddle with stirrups, on a horse that stands level."""
    g, seat = horse.breed.girth, horse.back
    cover = palette.cloth(rng)
    leather = palette.LEATHER if rng.random() < 0.6 else palette.BLACK_LEATHER
    low = seat[1] - rng.uniform(0.3, 0.45) * g
    middle = np.array([0, seat[1] - 0.33 * g, seat[2]])
    pad = [
        limb(middle + np.array([0, 0, 0.2]), middle - np.array([0, 0, 0.26]), 0.3 * g, 0.3 * g, 0.05, (1, 0, 0), 0.8)
    ]
    flat_pad = surface(thicker(pad, 0.055 * g), 0.05, low)
    squeezed = flat_pad.vertices.copy()
    squeezed[:, 2] = np.clip(squeezed[:, 2], seat[2] - 0.36, seat[2] + 0.28)
    body = [
        limb(seat + np.array([0, 0.06, 0.2]), seat + np.array([0, 0.05, -0.2]), 0.11, 0.13, 0.06, (0, 1, 0), 0.6),
        ball(seat + np.array([0, 0.13, 0.23]), 0.06),
        ball(seat + np.array([0, 0.13, -0.24]), 0.09, 0.1, (0, 0, 1), 0.6),
    ]
    for side in (-1, 1):
        body.append(
            limb(
                seat + np.array([side * 0.16, 0, 0.05]),
                seat + np.array([side * 0.3 * g, -0.35 * g, 0.08]),
                0.14,
                0.13,
                0.06,
                (1, 0.4 * side, 0),
                0.28,
            )
        )
    parts: Parts = [(Solid(squeezed, flat_pad.faces, 60.0), cover), (surface(body, 0.055), leather)]
    for side in (-1, 1):
        strap = [seat + np.array([side * 0.3 * g, -0.3 * g, 0.1]), seat + np.array([side * 0.34 * g, -0.66 * g, 0.12])]
        iron = torus(0.055, 0.02, "x", sides=10, rings=5)
        parts += [(tube(strap, 0.014, 5), leather), (moved(iron, strap[1] - (0, 0.05, 0)), palette.STEEL)]
    return parts


def bridle(rng: np.random.Generator, horse: Horse, hands: Floats | None) -> Parts:
    """Straps round the head and reins to `hands`, or to the withers."""
    leather = palette.LEATHER if rng.random() < 0.5 else palette.BLACK_LEATHER
    h, nose = horse.breed.head, horse.nose - horse.poll
    sides, up = horse.side, horse.face_up
    parts: Parts = []
    for share, tall, wide, sink in ((0.68, 0.098, 0.082, 0.03), (0.12, 0.15, 0.105, 0.05)):
        middle = horse.poll + nose * share - up * sink * h
        circle = np.linspace(0, 2 * np.pi, 14, endpoint=False)[:, None]
        ring = middle + (up * np.cos(circle) * tall + sides * np.sin(circle) * wide) * h
        parts.append((tube(ring, 0.013, 5, closed=True), leather))
    goal = horse.crest[0] + np.array([0, 0.03, 0.05]) if hands is None else hands
    for side in (-1, 1):
        cheek = sides * side * 0.1 * h
        bit = horse.poll + nose * 0.82 + (sides * side * 0.075 - up * 0.05) * h
        parts.append((tube([horse.poll + cheek * 0.9, horse.poll + nose * 0.35 + cheek, bit], 0.011, 5), leather))
        way = np.linspace(0, 1, 6)[:, None]
        sag = np.array([0, -0.12, 0]) * np.sin(way * np.pi) + sides * side * 0.1 * np.sin(way * np.pi)
        parts.append((tube(bit + (goal - bit) * way + sag, 0.011, 5), leather))
    return parts


def rider(rng: np.random.Generator, horse: Horse) -> Parts:
    """Someone in the saddle; a person scaled from head heights to metres."""
    female = float(rng.random() < 0.5)
    skin = palette.skin(rng)
    who = figure(rng, 1.0, female, float(rng.uniform(0.9, 1.1)), _RIDING)
    style = str(rng.choice(["shirt", "jacket", "suit", "tshirt", "sweater"]))
    parts = dressed(rng, who, skin, style, "ride", 0.2, None)
    top = head(rng, 1.0, female, skin, palette.hair(rng), rows=22, columns=26)
    above = face(rng, top, "calm") + hair(rng, top, "long" if female else "short")
    above += headwear(rng, top, str(rng.choice(["hardhat", "cowboy", "cap", "brim"])))
    parts += [(moved(solid, who.head_centre), material) for solid, material in above]
    seat = horse.back + np.array([0, 0.07 + who.size["leg_girth"] * 0.7 * _HEAD, 0])
    lean = 14.0 if horse.gait.tail > 0.5 else 2.0
    return [(moved(rotated(scaled(solid, _HEAD), "x", lean), seat), material) for solid, material in parts]
