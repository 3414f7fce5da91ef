"""Person: men, women, children and babies; portraits to the chest, half figures and whole ones in many poses."""

from dataclasses import replace

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes import palette
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.body import limb, surface
from mixreal.models.shapes.figure import Figure, figure, turn
from mixreal.models.shapes.hair import hair, headwear
from mixreal.models.shapes.head import Parts, beard, face, glasses, head
from mixreal.models.shapes.outfit import dressed, patterned
from mixreal.models.shapes.poses import Pose, posed
from mixreal.models.shapes.solids import Solid, box, rotated

_KINDS = ("man", "woman", "boy", "girl", "toddler", "baby")
_KIND_SHARES = (0.24, 0.24, 0.15, 0.15, 0.08, 0.14)
_POSES = {
    "half": (("stand", 3), ("hips", 2), ("folded", 2), ("wave", 2), ("phone", 1), ("raised", 1)),
    "grown": (
        ("stand", 4),
        ("walk", 3),
        ("hips", 2),
        ("raised", 1.5),
        ("wave", 1),
        ("sit", 3),
        ("run", 1.5),
        ("phone", 0.5),
    ),
    "child": (("stand", 4), ("walk", 2), ("raised", 2), ("run", 2), ("sit", 2), ("floor", 2), ("hips", 1)),
    "toddler": (("stand", 3), ("walk", 3), ("floor", 4), ("raised", 1.5), ("sit", 1)),
    "baby": (("floor", 4), ("crawl", 4), ("tummy", 2), ("lie", 3)),
}
_HAIR = {
    "man": (
        ("short", 6),
        ("side", 3),
        ("spiky", 1),
        ("curly", 1.5),
        ("afro", 0.7),
        ("bald", 1.5),
        ("ring", 1.5),
        ("bob", 0.4),
    ),
    "woman": (
        ("long", 6),
        ("bob", 4),
        ("ponytail", 2),
        ("bun", 2),
        ("curly", 2),
        ("afro", 0.8),
        ("short", 1),
        ("bowl", 0.5),
    ),
    "boy": (("short", 5), ("side", 2), ("bowl", 3), ("spiky", 1.5), ("curly", 1.5), ("fuzz", 0.5)),
    "girl": (("long", 5), ("pigtails", 3), ("ponytail", 2), ("bob", 3), ("bowl", 1), ("curly", 1), ("bun", 0.5)),
    "toddler": (("bowl", 3), ("short", 3), ("curly", 2), ("fuzz", 2), ("pigtails", 1)),
    "baby": (("fuzz", 5), ("bald", 4), ("short", 1)),
}
_WORN = {
    "man": (("cap", 4), ("beanie", 1), ("cowboy", 1), ("brim", 1), ("hardhat", 1)),
    "woman": (("brim", 3), ("hijab", 2), ("beanie", 1), ("cap", 1), ("headband", 1)),
    "child": (("cap", 4), ("beanie", 2), ("brim", 1.5), ("headband", 0.5)),
    "baby": (("bonnet", 4), ("beanie", 3), ("headband", 1), ("brim", 1)),
}
_STYLES = {
    "man": (
        *(("tshirt", 4), ("shirt", 4), ("suit", 3), ("sweater", 2)),
        *(("jacket", 2), ("hoodie", 1), ("tank", 0.7), ("bare", 0.7)),
    ),
    "woman": (
        *(("tshirt", 3), ("shirt", 2), ("sweater", 3), ("dress", 3)),
        *(("tank", 2), ("jacket", 2), ("suit", 0.7), ("bare", 0.7)),
    ),
    "boy": (("tshirt", 5), ("shirt", 2), ("sweater", 2), ("hoodie", 2), ("jacket", 1), ("tank", 0.7), ("bare", 0.5)),
    "girl": (("tshirt", 3), ("dress", 5), ("sweater", 2), ("tank", 1.5), ("jacket", 0.7)),
    "toddler": (("tshirt", 3), ("onesie", 3), ("dress", 2), ("sweater", 2), ("hoodie", 1)),
    "baby": (("onesie", 5), ("bare", 3), ("sweater", 1)),
}
_AGES = {
    "man": (1, 1),
    "woman": (1, 1),
    "boy": (0.5, 0.85),
    "girl": (0.5, 0.85),
    "toddler": (0.25, 0.42),
    "baby": (0, 0.2),
}


def build(rng: np.random.Generator) -> Mesh:
    """A person in head heights, the feet or the cut of the bust wherever they come to be."""
    kind = str(rng.choice(_KINDS, p=_KIND_SHARES))
    age = float(rng.uniform(*_AGES[kind]))
    female = {"man": 0.0, "boy": 0.0, "woman": 1.0, "girl": 1.0}.get(kind, 1.0 if rng.random() < 0.5 else 0.0)
    view = str(rng.choice(["bust", "half", "whole"], p=[0.46, 0.18, 0.36]))
    skin = max((palette.skin(rng) for _ in range(rng.integers(1, 3))), key=lambda m: m.colour[1])
    if kind == "baby" and view != "bust" and rng.random() < 0.2:
        return _swaddled(rng, age, skin)
    group = (
        "half"
        if view != "whole"
        else {"man": "grown", "woman": "grown", "boy": "child", "girl": "child"}.get(kind, kind)
    )
    pose_name = _one(rng, _POSES[group])
    if view == "bust" and rng.random() < 0.94:
        pose_name = "stand"
    pose = posed(rng, pose_name)
    stout = float(np.clip(rng.normal(1.0, 0.12), 0.82, 1.4))
    who = figure(rng, age, female, stout, pose)
    floor = {
        "bust": who.size["torso"] * (1 - rng.uniform(0.2, 0.65)),
        "half": who.size["torso"] * rng.uniform(-0.08, 0.15),
        "whole": None,
    }[view]
    cell = {"bust": 0.07, "half": 0.085, "whole": 0.075 + 0.035 * age}[view]
    style = _one(rng, _STYLES[kind])
    parts = dressed(rng, who, skin, style, pose_name, cell, floor)
    parts += _head(rng, kind, who.age, female, skin, pose, tuple(who.head_centre))
    parts = [(Solid(s.vertices @ turn(pose.tilt).T, s.faces, s.crease), m) for s, m in parts]
    if pose_name == "sit":
        parts += _seat(rng, who)
    return assemble("person", parts)


def _head(
    rng: np.random.Generator,
    kind: str,
    age: float,
    female: float,
    skin: Material,
    pose: Pose,
    centre: tuple[float, float, float],
) -> Parts:
    colour = palette.hair(rng)
    if skin.colour[1] < 0.2:
        colour = palette.material("hair", palette.srgb(26, 21, 20), 0.0, 0.75)
    who = head(rng, age, female, skin, colour)
    asleep = kind == "baby" and rng.random() < 0.25
    mood = "asleep" if asleep else _one(rng, (("calm", 4), ("smile", 4), ("laugh", 2.5), ("open", 0.5)))
    parts = face(rng, who, mood)
    style = _one(rng, _HAIR[kind])
    worn = ""
    if rng.random() < 0.2:
        worn = _one(rng, _WORN.get(kind, _WORN["baby"] if kind == "baby" else _WORN["child"]))
        tall = {"afro": "short", "curly": "short", "bun": "long", "spiky": "short"}
        style = "bald" if worn in ("hijab", "bonnet") else tall.get(style, style)
    parts += hair(rng, who, style)
    parts += headwear(rng, who, worn) if worn else []
    if rng.random() < (0.2 if age > 0.9 else 0.04):
        parts += glasses(rng, who)
    if kind == "man" and rng.random() < 0.32:
        parts += beard(rng, who)
    nod, left, lean = pose.head
    pivot = (0.0, -0.4, -0.1)
    turned = []
    for solid, material in parts:
        solid = rotated(rotated(rotated(solid, "y", left, pivot), "z", -lean, pivot), "x", nod, pivot)
        turned.append((Solid(solid.vertices + centre, solid.faces, solid.crease), material))
    return turned


def _seat(rng: np.random.Generator, who: Figure) -> Parts:
    """A chair, a stool, a bench or a block under one who sits."""
    kind = rng.integers(4)
    high, wide = who.size["legs"] * 0.5, who.size["hip"] + who.size["leg_girth"] + 0.15
    top = -who.size["leg_girth"] - 0.02
    wood = palette.WOOD if rng.random() < 0.5 else palette.cloth(rng)
    if kind == 0:
        return [(box((wide * 2.2, high, 1.5), (0, top - high / 2, 0.25), 0.04), wood)]
    parts: Parts = [(box((wide * 2.1, 0.12, 1.5), (0, top - 0.06, 0.3), 0.02), wood)]
    for x in (-1, 1):
        for z in (-0.35, 0.95):
            parts.append((box((0.1, high, 0.1), (x * wide * 0.95, top - high / 2, z)), wood))
    if kind != 1:
        parts.append((box((wide * 2.1, 1.5, 0.1), (0, top + 0.7, -0.55), 0.02), wood))
    return parts


def _swaddled(rng: np.random.Generator, age: float, skin: Material) -> Mesh:
    """A baby in a blanket, lying down or held half upright."""
    blanket = patterned(rng, palette.cloth(rng))
    bundle = [
        limb((0, -0.55, -0.05), (0, -1.5, 0), 0.44, 0.5, 0.2, (0, 0, 1), 0.8),
        limb((0, -1.5, 0), (0, -2.5, 0.05), 0.5, 0.24, 0.2, (0, 0, 1), 0.8),
        limb((0.4, -0.7, 0.2), (-0.3, -1.6, 0.32), 0.14, 0.1, 0.12),
    ]
    parts: Parts = [(surface(bundle, 0.075), blanket)]
    parts += _head(
        rng, "baby", age, 0.5, skin, replace(posed(rng, "stand"), head=(0.0, float(rng.normal(0, 15)), 0.0)), (0, 0, 0)
    )
    lean, side = rng.uniform(-85, -15), rng.choice([-90, 0, 0, 90]) + rng.normal(0, 15)
    return assemble("person", [(rotated(rotated(s, "z", side * 0.4), "x", lean), m) for s, m in parts])


def _one(rng: np.random.Generator, choices: tuple[tuple[str, float], ...]) -> str:
    shares = np.array([share for _, share in choices])
    return choices[int(rng.choice(len(choices), p=shares / shares.sum()))][0]
