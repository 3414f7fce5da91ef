"""Figure: a person's proportions by age, and the bare body that follows. Units: the head is 1 high."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.models.shapes.body import Limb, ball, limb
from mixreal.models.shapes.poses import Direction, Pose

Floats = NDArray[np.float64]

# Lengths and half widths in head heights for a baby, a toddler, a child of eight and a grown-up (7.5 heads tall).
_AGES = (0.0, 0.35, 0.6, 1.0)
_BUILD = {
    "legs": (1.5, 2.1, 2.9, 3.75),
    "torso": (1.3, 1.45, 1.75, 2.1),  # from the hips to the shoulder line
    "neck": (0.02, 0.1, 0.2, 0.34),  # from the shoulder line to the chin
    "shoulder": (0.44, 0.46, 0.55, 0.74),
    "hip": (0.25, 0.24, 0.25, 0.36),
    "upper_arm": (0.55, 0.72, 0.95, 1.3),
    "forearm": (0.5, 0.6, 0.8, 1.1),
    "hand": (0.27, 0.31, 0.36, 0.48),
    "chest": (0.45, 0.42, 0.46, 0.6),
    "depth": (0.34, 0.3, 0.29, 0.36),
    "waist": (0.46, 0.4, 0.38, 0.46),
    "arm_girth": (0.155, 0.138, 0.135, 0.19),
    "leg_girth": (0.23, 0.21, 0.22, 0.32),
    "neck_girth": (0.19, 0.18, 0.18, 0.235),
}


@dataclass(frozen=True)
class Figure:
    """A posed body in the torso's own frame: hips at the origin, the spine along y, the chest towards +z."""

    age: float
    female: float
    size: dict[str, float]  # _BUILD at this age and build
    pose: Pose
    joints: dict[str, Floats]  # "shoulder0" (left), "shoulder1" (right), elbow, wrist, fingers, hip, knee, ankle, toe

    @property
    def head_centre(self) -> Floats:
        return np.array([0, self.size["torso"] + self.size["neck"] + 0.5, 0.06])


def figure(rng: np.random.Generator, age: float, female: float, stout: float, pose: Pose) -> Figure:
    """A posed figure; `stout` is about 1, from 0.85 lean to 1.35 fat."""
    size = {name: float(np.interp(age, _AGES, row)) * float(rng.normal(1, 0.03)) for name, row in _BUILD.items()}
    grown = age * female
    size["shoulder"] *= 1 - 0.14 * grown
    size["chest"] *= (1 - 0.12 * grown) * (0.7 + 0.3 * stout)
    size["waist"] *= (1 - 0.22 * grown) * stout
    size["hip"] *= 1 + 0.06 * grown
    size["depth"] *= (1 - 0.08 * grown) * (0.6 + 0.4 * stout)
    size["arm_girth"] *= (1 - 0.2 * grown) * (0.5 + 0.5 * stout)
    size["leg_girth"] *= 0.6 + 0.4 * stout
    size["neck_girth"] *= 1 - 0.18 * grown
    return Figure(age, female, size, pose, _joints(size, pose))


def turn(tilt: float) -> Floats:
    """The rotation (3, 3) that leans a body forward by `tilt` degrees."""
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def torso(who: Figure) -> list[Limb]:
    """Chest to hips."""
    size = who.size
    t, depth, chest, waist = size["torso"], size["depth"], size["chest"], size["waist"]
    belly = depth * (0.86 if waist < chest else 1.0)
    pelvis = size["hip"] + size["leg_girth"] * 0.85
    return [
        _bar(0.74 * t, chest, depth * 0.95, 0.0),
        _bar(0.52 * t, chest * 0.93, depth * 0.94, 0.02),
        _bar(0.3 * t, waist, belly, 0.04 * (waist > chest)),
        _bar(0.06 * t, pelvis * (1.02 if who.female > 0.5 else 0.96), depth * 0.92, -0.02),
        *(_bosom(who) if who.female > 0.5 and who.age > 0.9 else []),
    ]


def yoke(who: Figure) -> list[Limb]:
    """The shoulders, and their slope up to the neck."""
    t, girth = who.size["torso"], who.size["arm_girth"]
    low = np.array([0, -0.12, 0]) * who.age
    return [
        limb((0, t - 0.04 * who.age, -0.04), who.joints[f"shoulder{i}"] + low * 0.3, girth * 1.0, girth * 1.12, 0.2)
        for i in (0, 1)
    ]


def neck(who: Figure) -> list[Limb]:
    """From the shoulder line into the head."""
    t, girth = who.size["torso"], who.size["neck_girth"]
    return [limb((0, t - 0.1, -0.04), who.head_centre - (0, 0.3, 0.12), girth * 1.05, girth * 0.95, 0.12)]


def arm(who: Figure, side: int, to: str = "wrist") -> list[Limb]:
    """An arm from the shoulder down to "elbow" or "wrist"; side 0 is the left one."""
    girth = who.size["arm_girth"]
    joints = who.joints
    shoulder, elbow, wrist = joints[f"shoulder{side}"], joints[f"elbow{side}"], joints[f"wrist{side}"]
    parts = [limb(shoulder, elbow, girth, girth * 0.78, 0.08)]
    if to == "wrist":
        parts.append(limb(elbow, wrist, girth * 0.8, girth * 0.52, 0.06))
    return parts


def half_arm(who: Figure, side: int, share: float) -> list[Limb]:
    """The upper arm down to `share` of its length: a short sleeve's."""
    shoulder, elbow = who.joints[f"shoulder{side}"], who.joints[f"elbow{side}"]
    girth = who.size["arm_girth"]
    return [limb(shoulder, shoulder + (elbow - shoulder) * share, girth, girth * 0.95, 0.08)]


def hand(who: Figure, side: int) -> list[Limb]:
    """Palm, fingers and thumb."""
    wrist, tips = who.joints[f"wrist{side}"], who.joints[f"fingers{side}"]
    along = tips - wrist
    length = float(np.linalg.norm(along))
    along = along / length
    across = np.cross(along, (0.0, 0.3, 1.0))
    across = across / (np.linalg.norm(across) + 1e-9)
    thumb = np.cross(across, along) * (1 if side else -1)
    thumb = thumb * np.sign(thumb[2] + 1e-6)
    width = length * 0.26
    return [
        limb(wrist, wrist + along * length * 0.5, width * 0.85, width * 1.1, 0.05, across, 0.55),
        limb(wrist + along * length * 0.5, tips - along * width * 0.5, width, width * 0.7, 0.05, across, 0.5),
        limb(
            wrist + along * length * 0.15,
            wrist + (along * 0.55 + thumb * 0.45) * length,
            width * 0.4,
            width * 0.36,
            0.03,
        ),
    ]


def leg(who: Figure, side: int, share: float = 1.0) -> list[Limb]:
    """A leg down to `share` of its length (0.5 is the knee)."""
    girth = who.size["leg_girth"]
    hip, knee, ankle = (who.joints[f"{name}{side}"] for name in ("hip", "knee", "ankle"))
    thigh_end = hip + (knee - hip) * min(share / 0.5, 1)
    parts = [limb(hip, thigh_end, girth, girth * (1 - 0.36 * min(share / 0.5, 1)), 0.12)]
    if share > 0.5:
        reach = (share - 0.5) / 0.5
        calf = knee + (ankle - knee) * 0.32 * reach
        back = np.array([0, 0, -0.05]) * who.age
        parts.append(limb(knee, knee + (ankle - knee) * reach, girth * 0.62, girth * (0.62 - 0.28 * reach), 0.08))
        parts.append(ball(calf + back, girth * 0.58, 0.15))
    return parts


def foot(who: Figure, side: int, by: float = 0.0) -> list[Limb]:
    """A foot, or with `by` a shoe that much thicker."""
    ankle, toe = who.joints[f"ankle{side}"], who.joints[f"toe{side}"]
    girth = who.size["leg_girth"] * 0.4 + by
    heel = ankle - (toe - ankle) * 0.18
    return [
        limb(ankle, ankle, girth, girth, 0.05),
        limb(heel + np.array([0, -girth * 0.5, 0]), toe, girth * 0.85, girth * 0.8, 0.08, (0, 1, 0), 0.85),
    ]


def _joints(size: dict[str, float], pose: Pose) -> dict[str, Floats]:
    to_torso = turn(pose.tilt).T
    joints: dict[str, Floats] = {}
    for i, side in enumerate((1, -1)):

        def along(direction: Direction, length: float, side: int = side) -> Floats:
            way = np.array(direction) * (side, 1, 1)
            return to_torso @ way * (length / np.linalg.norm(way))

        shoulder = np.array([side * size["shoulder"], size["torso"] - 0.1, -0.02])
        shoulder = shoulder + np.array([0, 0.12 * max(pose.upper_arms[i][1], 0), 0])
        elbow = shoulder + along(pose.upper_arms[i], size["upper_arm"])
        wrist = elbow + along(pose.forearms[i], size["forearm"])
        hip = np.array([side * size["hip"], 0, 0])
        knee = hip + along(pose.thighs[i], size["legs"] * 0.5)
        ankle = knee + along(pose.shins[i], size["legs"] * 0.45)
        shin = np.array(pose.shins[i]) / np.linalg.norm(pose.shins[i])
        point = (0.15, -0.12, 1.0) if shin[1] < -0.6 else (0.1, 0.3 * shin[2] + 0.4 * abs(shin[2]), -0.4 + abs(shin[2]))
        if shin[1] >= -0.6 and shin[2] < 0:
            point = (0.05, -0.35, -1.0)
        joints |= {
            f"shoulder{i}": shoulder,
            f"elbow{i}": elbow,
            f"wrist{i}": wrist,
            f"fingers{i}": wrist + along(pose.forearms[i], size["hand"]),
            f"hip{i}": hip,
            f"knee{i}": knee,
            f"ankle{i}": ankle,
            f"toe{i}": ankle + along(point, size["legs"] * 0.15 + 0.12) + to_torso @ np.array([0, -0.06, 0]),
        }
    return joints


def _bar(y: float, half_width: float, half_depth: float, z: float) -> Limb:
    """A slice of the torso: a stadium across x."""
    reach = max(half_width - half_depth, 0.02)
    return limb((-reach, y, z), (reach, y, z), half_depth, half_depth, 0.3)


def _bosom(who: Figure) -> list[Limb]:
    t, depth, chest = who.size["torso"], who.size["depth"], who.size["chest"]
    return [ball((side * chest * 0.42, 0.66 * t, depth * 0.72), depth * 0.5, 0.12) for side in (-1, 1)]
