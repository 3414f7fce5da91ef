"""Poses: how a person stands, walks, sits, waves, crawls or lies."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

Direction = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """Directions of the limbs as the world sees them, x outward to its own side; `tilt` leans the whole body over."""

    upper_arms: tuple[Direction, Direction]  # left, right
    forearms: tuple[Direction, Direction]
    thighs: tuple[Direction, Direction]
    shins: tuple[Direction, Direction]
    tilt: float = 0.0  # degrees that the torso leans forward
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)  # degrees: nod forward, turn left, lean left; before the tilt


def posed(rng: np.random.Generator, name: str) -> Pose:
    """A pose by its name (see POSES), with everyone's small differences and the head turned a little."""
    pose = POSES[name](rng)
    looks = (rng.normal(0, 7), rng.normal(0, 16), rng.normal(0, 6))
    head = tuple(a + b for a, b in zip(pose.head, looks, strict=True))
    return replace(pose, head=(head[0], head[1], head[2]))


def _pose(arms: tuple[ArrayLike, ArrayLike], legs: tuple[ArrayLike, ArrayLike] | None = None, **rest: object) -> Pose:
    """From (upper, fore) and (thigh, shin), each one direction for both sides or a (2, 3) pair, left first."""
    legs = ((0.1, -1, 0), (0.03, -1, -0.02)) if legs is None else legs
    both = [np.broadcast_to(np.asarray(d, float), (2, 3)) for d in (*arms, *legs)]
    pairs = [(tuple(d[0]), tuple(d[1])) for d in both]
    return Pose(*pairs, **rest)  # type: ignore[arg-type]


def _stand(rng: np.random.Generator) -> Pose:
    out, bent = rng.uniform(0.16, 0.3), rng.uniform(0, 0.35)
    return _pose(((out, -1, 0), (out * 0.6, -1, bent)), ((rng.uniform(0.05, 0.2), -1, 0), (0.04, -1, -0.03)))


def _walk(rng: np.random.Generator) -> Pose:
    s = rng.uniform(0.25, 0.5) * rng.choice([-1, 1])
    arms = [(0.15, -1, -s), (0.15, -1, s)], [(0.1, -1, 0.3 - s * 0.6), (0.1, -1, 0.3 + s * 0.6)]
    legs = [(0.05, -1, s), (0.05, -1, -s)], [(0.03, -1, s * 0.2 - 0.1), (0.03, -1, -s * 0.6 - 0.2)]
    return _pose(arms, legs, tilt=rng.uniform(0, 6))


def _run(rng: np.random.Generator) -> Pose:
    s = rng.choice([-1, 1])
    arms = [(0.25, -1, -0.8 * s), (0.25, -1, 0.8 * s)], [(-0.1, 0.1 + 0.2 * s, 1), (-0.1, 0.1 - 0.2 * s, 1)]
    lifted, pushed = ((0.05, -0.6, 0.8), (0, -1, -0.5)), ((0.05, -1, -0.35), (0, -0.6, -0.8))
    first, second = (lifted, pushed) if s > 0 else (pushed, lifted)
    return _pose(arms, ([first[0], second[0]], [first[1], second[1]]), tilt=12, head=(-10, 0, 0))


def _raised(rng: np.random.Generator) -> Pose:
    out = rng.uniform(0.4, 1.2)
    return _pose(((out, rng.uniform(0.5, 1), 0.1), (rng.uniform(-0.2, 0.6), 1, 0.1)), ((0.25, -1, 0), (0.2, -1, 0)))


def _wave(rng: np.random.Generator) -> Pose:
    arms = [(0.8, rng.uniform(-0.3, 0.5), 0.2), (0.18, -1, 0)], [(0.25, 1, 0.2), (0.1, -1, 0.15)]
    pose = _pose(arms, ((0.12, -1, 0), (0.04, -1, 0)))
    if rng.random() < 0.5:
        return pose
    return replace(pose, upper_arms=pose.upper_arms[::-1], forearms=pose.forearms[::-1])


def _hips(rng: np.random.Generator) -> Pose:
    return _pose(((0.75, -1, -0.25), (-0.7, -0.62, 0.35)), ((0.2, -1, 0), (0.08, -1, 0)))


def _folded(rng: np.random.Generator) -> Pose:
    return _pose(((0.28, -1, 0.3), (-1, 0.12, 0.5)), None)


def _phone(rng: np.random.Generator) -> Pose:
    return _pose(([(0.35, -1, 0.35), (0.2, -1, 0)], [(-0.25, 1, 0.25), (0.1, -1, 0.2)]), None)


def _sit(rng: np.random.Generator) -> Pose:
    spread = rng.uniform(0.1, 0.4)
    arms = (0.2, -1, 0.25), (-0.2, -0.35, 1)
    return _pose(arms, ((spread, -0.1, 1), (0.0, -1, rng.uniform(-0.25, 0.3))), tilt=rng.uniform(-8, 12))


def _floor(rng: np.random.Generator) -> Pose:
    arms = (0.45, -1, 0.35), (rng.uniform(-0.3, 0.4), rng.uniform(-0.8, 0.3), 0.8)
    return _pose(arms, ((0.55, -0.08, 1), (rng.uniform(-0.9, 0.1), -0.12, 0.9)), tilt=rng.uniform(-5, 10))


def _crawl(rng: np.random.Generator) -> Pose:
    s = rng.uniform(-0.3, 0.3)
    arms = [(0.1, -1, 0.15 + s), (0.1, -1, 0.15 - s)], (0.02, -1, 0.1)
    return _pose(arms, ([(0.15, -1, 0.1 - s), (0.15, -1, 0.1 + s)], (0.05, -0.1, -1)), tilt=74, head=(-62, 0, 0))


def _tummy(rng: np.random.Generator) -> Pose:
    return _pose(((0.6, -0.9, 0.5), (-0.2, -0.25, 1)), ((0.3, 0, -1), (0.1, 0.3, -1)), tilt=58, head=(-48, 0, 0))


def _lie(rng: np.random.Generator) -> Pose:
    arms = (1, 0.35, 0.2), (0.5, 0.5, -0.8)
    return _pose(arms, ((0.5, 0.45, 1), (-0.1, -0.3, 1)), tilt=-78, head=(10, 0, 0))


POSES: dict[str, Callable[[np.random.Generator], Pose]] = {
    "stand": _stand,
    "walk": _walk,
    "run": _run,
    "raised": _raised,
    "wave": _wave,
    "hips": _hips,
    "folded": _folded,
    "phone": _phone,
    "sit": _sit,
    "floor": _floor,
    "crawl": _crawl,
    "tummy": _tummy,
    "lie": _lie,
}
