"""Trains: a locomotive, railcar, tram or carriage of any age, often with a vehicle behind it, often on its track."""

from dataclasses import replace

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.livery import strong_colour
from mixreal.models.shapes.palette import DARK_STEEL, GRAVEL, RUST, material, srgb
from mixreal.models.shapes.railway import bogie, buffers, track
from mixreal.models.shapes.solids import Solid, box, ellipsoid, moved
from mixreal.models.shapes.train_coaches import coach, drawn, livery
from mixreal.models.shapes.train_engines import COAL, hood_diesel, steam
from mixreal.models.shapes.truck_bodies import container_body, tank_body, tipper_body

Part = tuple[Solid, Material]
TYPES = ("steam", "hood diesel", "diesel", "electric", "high-speed", "railcar", "tram", "carriage", "wagon")
_SHARES = (0.2, 0.14, 0.12, 0.13, 0.13, 0.11, 0.08, 0.05, 0.04)
_COUPLED = 0.35  # metres between two vehicles' bodies


def build(rng: np.random.Generator) -> Mesh:
    """A random train, in metres, rail tops at y = 0, looking along +z."""
    kind = TYPES[int(rng.choice(len(TYPES), p=_SHARES))]
    parts, length = _train(kind, rng)
    if rng.random() < 0.6:
        parts += track(-length, 0.3, rng)
    return assemble(f"train {kind}", parts)


def _train(kind: str, rng: np.random.Generator) -> tuple[list[Part], float]:
    """All vehicles from the front at z = 0 backward, and their length."""
    followers = int(rng.random() < 0.35)
    if kind in ("steam", "hood diesel"):
        parts, length, _ = steam(rng) if kind == "steam" else hood_diesel(rng)
        train = [(parts, length)]
        followers = 0 if length > 12 and kind == "steam" else followers  # an engine with its tender is long enough
        behind = "carriage" if kind == "steam" and rng.random() < 0.5 else "wagon"
    elif kind == "wagon":
        train = [wagon(rng)]
        behind = "wagon"
    else:
        look = livery(rng)
        plan = drawn(rng, kind)
        if kind in ("electric", "diesel", "railcar", "tram") and not followers:
            plan = replace(plan, double=rng.random() < 0.75)
        train = [(coach(plan, look, rng), plan.length)]
        behind = {"diesel": "wagon" if rng.random() < 0.5 else "carriage", "electric": "carriage"}.get(kind, "same")
    if behind == "wagon":
        train += [wagon(rng) for _ in range(followers)]
    elif behind == "carriage":
        look = livery(rng)
        plan = replace(drawn(rng, "carriage"), length=float(rng.uniform(6.5, 9.0)))
        train += [(coach(plan, look, rng), plan.length) for _ in range(followers)]
    else:
        after = replace(plan, kind="carriage", nose=0.0, length=plan.length * 0.6, windows=max(3, plan.windows // 2))
        train += [(coach(after, look, rng), after.length) for _ in range(followers)]
    return _coupled(train)


def wagon(rng: np.random.Generator) -> tuple[list[Part], float]:
    """A goods wagon with its front at z = 0 and its length: box car, tank, hopper, container flat or open wagon."""
    length, width, deck = float(rng.uniform(6.5, 8.5)), 2.8, 1.15
    paint = RUST if rng.random() < 0.3 else strong_colour(rng)
    kind = rng.integers(5)
    back, front = -length + 0.1, -0.1
    parts: list[Part] = [(box((2.4, 0.26, length - 0.1), (0, deck - 0.12, -length / 2)), DARK_STEEL)]
    if kind == 0:
        parts += tank_body(rng, width, deck, back, front, deck + 2, paint)
    elif kind == 1:
        parts += container_body(rng, 2.5, deck, back, front, deck + 2, paint)
    elif kind == 2:
        parts += tipper_body(rng, width, deck, back, front, deck + 9, paint)
    elif kind == 3:
        parts += _box_car(rng, width, deck, length, paint)
    else:
        tall = float(rng.uniform(1.2, 1.9))
        parts.append((box((width, tall, length - 0.3), (0, deck + tall / 2, -length / 2)), paint))
        for z in np.linspace(back + 0.2, front - 0.2, 9):
            parts.append((box((width + 0.14, tall, 0.1), (0, deck + tall / 2, z)), paint))
        heap = ellipsoid(
            (width * 0.46, 0.55, length * 0.46), (0, deck + tall - 0.1, -length / 2), rings=8, squareness=0.75
        )
        parts.append((heap, (COAL, GRAVEL, material("sand", srgb(196, 168, 122)))[rng.integers(3)]))
    for z in (-length * 0.2, -length * 0.8):
        parts += bogie(z, 0.42, 1.7)
    return parts + buffers(-0.08, 1, DARK_STEEL) + buffers(-length + 0.08, -1, DARK_STEEL), length


def _box_car(rng: np.random.Generator, width: float, deck: float, length: float, paint: Material) -> list[Part]:
    tall = float(rng.uniform(2.3, 2.7))
    parts: list[Part] = [(box((width, tall, length - 0.2), (0, deck + tall / 2, -length / 2), bevel=0.08), paint)]
    parts.append(
        (box((width + 0.08, tall * 0.85, 1.9), (0, deck + tall * 0.46, -length / 2), bevel=0.02), strong_colour(rng))
    )
    for z in np.linspace(-length + 0.4, -0.4, 11):
        parts.append((box((width + 0.06, tall * 0.94, 0.07), (0, deck + tall / 2, z)), paint))
    parts.append((box((0.6, 0.06, length - 0.4), (0, deck + tall + 0.03, -length / 2)), DARK_STEEL))
    return parts


def _coupled(train: list[tuple[list[Part], float]]) -> tuple[list[Part], float]:
    parts: list[Part] = []
    at = 0.0
    for vehicle, length in train:
        parts += [(moved(solid, (0, 0, -at)), of) for solid, of in vehicle]
        at += length + _COUPLED
    return parts, at - _COUPLED
