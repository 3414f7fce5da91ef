"""Bicycles: city, step-through, racing, mountain, BMX, cruiser, children's, folding, tandem, cargo, penny-farthing."""

from dataclasses import dataclass, replace

import numpy as np

from mixreal.models.mesh import Material, Mesh
from mixreal.models.shapes.assembly import assemble
from mixreal.models.shapes.bicycle_frames import FRAMES, Bones, bones, fork
from mixreal.models.shapes.bicycle_parts import (
    basket,
    bottle,
    cargo_box,
    chain_guard,
    drivetrain,
    front_light,
    handlebars,
    kickstand,
    panniers,
    penny_farthing,
    rack,
    saddle,
    training_wheels,
)
from mixreal.models.shapes.cycle_parts import Part, mudguard, point, spoked_wheel, turned, turned_point
from mixreal.models.shapes.palette import ALLOY, BLACK_PAINT, CHROME, RUBBER, TAILLIGHT, material, paint, srgb
from mixreal.models.shapes.rider import rider
from mixreal.models.shapes.solids import ellipsoid, rotated

GUM = material("gum rubber", srgb(150, 108, 72), 0.0, 0.8)
CREAM = material("cream rubber", srgb(226, 214, 186), 0.0, 0.8)


@dataclass(frozen=True)
class Kind:
    """One sort of bicycle: sizes in metres, and how likely it carries each extra."""

    share: float
    wheel: tuple[float, float]  # outer radius
    tyre: float
    tube: float  # radius of the frame's tubes
    frames: tuple[str, ...]
    bars: tuple[str, ...]
    seat_tube: float
    saddle: tuple[float, float]  # above the bottom bracket, along the seat tube
    stay: float = 0.44  # rear axle to bottom bracket
    reach: float = 0.63  # bottom bracket to front axle
    head: float = 0.15
    angle: float = 71.5  # of the head tube
    lean: float = 15.0  # of a rider's back
    guards: float = 0.0
    rack: float = 0.0
    basket: float = 0.0
    stand: float = 0.0
    guard: float = 0.0
    light: float = 0.0
    bottle: float = 0.0
    size: float = 1.0  # of the rider


CITY = Kind(
    share=0.17,
    wheel=(0.335, 0.355),
    tyre=0.042,
    tube=0.0175,
    frames=("diamond", "diamond", "mixte"),
    bars=("swept", "flat"),
    seat_tube=0.53,
    saddle=(0.62, 0.72),
    stay=0.46,
    head=0.17,
    angle=69,
    guards=0.85,
    rack=0.7,
    basket=0.3,
    stand=0.5,
    guard=0.6,
    light=0.8,
)
KINDS: dict[str, Kind] = {
    "city bicycle": CITY,
    "step-through bicycle": replace(
        CITY, share=0.13, frames=("step through", "swan"), bars=("swept",), basket=0.5, seat_tube=0.5
    ),
    "racing bicycle": Kind(
        share=0.18,
        wheel=(0.335, 0.345),
        tyre=0.028,
        tube=0.019,
        frames=("diamond",),
        bars=("drop",),
        seat_tube=0.53,
        saddle=(0.68, 0.78),
        stay=0.41,
        reach=0.59,
        head=0.15,
        angle=73,
        lean=45,
        bottle=0.6,
    ),
    "mountain bicycle": Kind(
        share=0.18,
        wheel=(0.335, 0.37),
        tyre=0.062,
        tube=0.023,
        frames=("mountain", "mountain", "suspended"),
        bars=("flat", "riser"),
        seat_tube=0.43,
        saddle=(0.6, 0.72),
        reach=0.69,
        head=0.12,
        angle=68.5,
        lean=32,
        bottle=0.4,
    ),
    "hybrid bicycle": Kind(
        share=0.1,
        wheel=(0.34, 0.355),
        tyre=0.038,
        tube=0.02,
        frames=("diamond", "mountain"),
        bars=("flat", "riser"),
        seat_tube=0.48,
        saddle=(0.62, 0.74),
        lean=28,
        bottle=0.4,
        guards=0.3,
        rack=0.3,
        light=0.3,
        stand=0.3,
    ),
    "BMX": Kind(
        share=0.06,
        wheel=(0.25, 0.26),
        tyre=0.052,
        tube=0.021,
        frames=("mountain",),
        bars=("bmx",),
        seat_tube=0.25,
        saddle=(0.3, 0.36),
        stay=0.37,
        reach=0.56,
        head=0.12,
        angle=74,
        lean=35,
    ),
    "cruiser bicycle": Kind(
        share=0.08,
        wheel=(0.335, 0.35),
        tyre=0.058,
        tube=0.019,
        frames=("cruiser",),
        bars=("cruiser",),
        seat_tube=0.43,
        saddle=(0.5, 0.6),
        stay=0.49,
        reach=0.68,
        head=0.15,
        angle=67,
        lean=8,
        guards=0.6,
        rack=0.25,
        basket=0.25,
        stand=0.6,
        guard=0.5,
        light=0.3,
    ),
    "child's bicycle": Kind(
        share=0.05,
        wheel=(0.19, 0.26),
        tyre=0.046,
        tube=0.017,
        frames=("mountain", "step through"),
        bars=("riser", "swept"),
        seat_tube=0.24,
        saddle=(0.32, 0.4),
        stay=0.32,
        reach=0.45,
        head=0.1,
        angle=70,
        guards=0.5,
        basket=0.35,
        guard=0.7,
        size=0.68,
    ),
    "folding bicycle": Kind(
        share=0.05,
        wheel=(0.22, 0.26),
        tyre=0.044,
        tube=0.024,
        frames=("folding",),
        bars=("flat",),
        seat_tube=0.22,
        saddle=(0.62, 0.7),
        stay=0.39,
        reach=0.62,
        head=0.1,
        angle=72,
        guards=0.7,
        rack=0.6,
        light=0.4,
        stand=0.4,
        guard=0.3,
    ),
    "tandem": Kind(
        share=0.03,
        wheel=(0.34, 0.35),
        tyre=0.038,
        tube=0.02,
        frames=("tandem",),
        bars=("drop", "flat"),
        seat_tube=0.5,
        saddle=(0.62, 0.72),
        stay=0.44,
        reach=0.62,
        lean=28,
        guards=0.3,
        rack=0.4,
        bottle=0.5,
    ),
    "cargo bicycle": replace(
        CITY, share=0.03, wheel=(0.32, 0.34), frames=("cargo",), bars=("swept",), rack=0.6, basket=0.0, stand=0.8
    ),
    "penny-farthing": Kind(0.01, (0.68, 0.72), 0.03, 0.02, ("",), ("",), 0.4, (0.4, 0.4)),
}


def build(rng: np.random.Generator) -> Mesh:
    """A random bicycle, in metres; it heads along +z, its chain on the right (-x)."""
    shares = np.array([kind.share for kind in KINDS.values()])
    name = list(KINDS)[int(rng.choice(len(KINDS), p=shares / shares.sum()))]
    parts = penny_farthing(rng) if name == "penny-farthing" else _bicycle(rng, name, KINDS[name])
    return assemble(name, parts)


def _bicycle(rng: np.random.Generator, name: str, kind: Kind) -> list[Part]:
    body, trim, wall, rim = _colours(rng, name)
    frame = str(rng.choice(kind.frames))
    size = rng.uniform(0.96, 1.05)
    radius = rng.uniform(*kind.wheel)
    extra = 0.72 if frame == "tandem" else 0.0
    long = 0.85 if frame == "cargo" else 0.0
    skeleton = bones(
        radius, kind.stay, kind.reach * size, kind.angle + rng.uniform(-1, 1), kind.head * size,
        kind.seat_tube * size, rng.uniform(*kind.saddle) * size, extra, long,
    )  # fmt: skip
    tube = kind.tube * rng.uniform(0.9, 1.2)
    parts = FRAMES[frame](skeleton, tube, body, trim)
    parts += _rear(rng, kind, skeleton, wall, rim, trim)
    turn = rng.uniform(0, 360)
    cranks = [(skeleton.bracket, turn)] + ([(skeleton.second, turn)] if extra else [])
    feet: list[tuple[np.ndarray, np.ndarray]] = []
    for where, angle in cranks:
        more, pedals = drivetrain(where, skeleton.rear, angle, rng.uniform(0.085, 0.1) * (0.75 if radius < 0.27 else 1))
        parts += more
        feet.append(pedals)
    soft = name in ("city bicycle", "step-through bicycle", "cruiser bicycle")
    seats = [skeleton.saddle] + ([skeleton.second_saddle] if extra else [])
    leather = rng.random() < (0.35 if soft else 0.08)
    for seat in seats:
        parts += saddle(seat, soft, leather, 0.75 if radius < 0.27 and frame != "folding" else 1.0)
    if frame == "tandem":  # the stoker's handlebar stands behind the captain's saddle
        more, behind = handlebars("flat", skeleton.saddle + point(0, -0.12, -0.02), skeleton.steer, trim, 0.8)
        parts += more

    front, grips = _front(rng, kind, skeleton, tube, body, trim, wall, rim, long)
    steering = float(np.clip(rng.normal(0, 14), -40, 40))
    parts += turned(front, skeleton.head_low, skeleton.steer, steering)
    if frame == "cargo":
        parts += cargo_box(skeleton, rng, body)
    if rng.random() < kind.guard:
        parts.append(chain_guard(skeleton, body if rng.random() < 0.4 else trim))
    if rng.random() < kind.bottle:
        parts.append(bottle(skeleton, paint(rng, 0.7)))
    if name == "child's bicycle" and rng.random() < 0.5:
        parts += training_wheels(skeleton)
    ridden = rng.random() < 0.15
    if ridden:
        hands = tuple(turned_point(grip, skeleton.head_low, skeleton.steer, steering) for grip in grips)
        helmet = "open" if rng.random() < 0.5 else ""
        lean = kind.lean + rng.uniform(-6, 6)
        parts += rider(rng, skeleton.saddle, (hands[0], hands[1]), feet[0], lean, helmet, size=kind.size)
        if frame == "tandem":
            parts += rider(rng, skeleton.second_saddle, behind, feet[1], lean, helmet, size=0.94)
        return parts
    if rng.random() < kind.stand:
        parts += kickstand(skeleton)
        tilt = rng.uniform(4, 9)
        return [(rotated(solid, "z", -tilt), surface) for solid, surface in parts]
    return parts


def _colours(rng: np.random.Generator, name: str) -> tuple[Material, Material, Material, Material]:
    """Frame, trim, tyre and rim."""
    body = (
        BLACK_PAINT
        if rng.random() < 0.12
        else paint(rng, 0.9 if name in ("child's bicycle", "cruiser bicycle") else 0.55)
    )
    trim = (BLACK_PAINT, CHROME, ALLOY, body)[int(rng.choice(4, p=[0.35, 0.25, 0.2, 0.2]))]
    wall: Material = RUBBER
    if name in ("cruiser bicycle", "city bicycle", "step-through bicycle") and rng.random() < 0.22:
        wall = CREAM
    elif name == "racing bicycle" and rng.random() < 0.25:
        wall = GUM
    rims = (ALLOY, BLACK_PAINT, CHROME, body)
    return body, trim, wall, rims[int(rng.choice(4, p=[0.5, 0.27, 0.13, 0.1]))]


def _rear(
    rng: np.random.Generator, kind: Kind, skeleton: Bones, wall: Material, rim: Material, trim: Material
) -> list[Part]:
    radius, axle = skeleton.radius, skeleton.rear
    parts = spoked_wheel(
        axle,
        radius,
        kind.tyre,
        rim,
        rng.uniform(0, 6),
        int(rng.choice([20, 24, 28])),
        wall=wall,
        knobs=kind.tyre > 0.06,
    )
    guarded = rng.random() < kind.guards
    if guarded:
        parts.append((mudguard(axle, radius + 0.014, kind.tyre * 1.5, 75, rng.uniform(165, 205)), trim))
    if rng.random() < kind.rack:
        parts += rack(skeleton, trim)
        if rng.random() < 0.2:
            parts += panniers(skeleton, rng)
        elif rng.random() < 0.12:
            parts += basket(axle + point(0, radius + 0.07, -0.06), 0.32, rng)
    if guarded or rng.random() < 0.3:
        z = float(axle[2]) - radius * 0.98 if guarded else float(skeleton.saddle[2])
        y = float(axle[1]) + radius * 0.35 if guarded else float(skeleton.saddle[1]) - 0.1
        parts.append((ellipsoid((0.022, 0.028, 0.016), (0, y, z - 0.02), 6, 8), TAILLIGHT))
    return parts


def _front(
    rng: np.random.Generator, kind: Kind, skeleton: Bones, tube: float, body: Material, trim: Material,
    wall: Material, rim: Material, long: float,
) -> tuple[list[Part], tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """Everything that turns with the handlebars, straight ahead, and where its grips are."""
    small = skeleton.front_radius
    springs = kind.tyre > 0.06
    parts = fork(skeleton, tube, trim if springs else body, springs) if not long else []
    turning = parts
    wheel = spoked_wheel(
        skeleton.front,
        small,
        kind.tyre,
        rim,
        rng.uniform(0, 6),
        int(rng.choice([20, 24, 28])),
        wall=wall,
        knobs=springs,
    )
    if rng.random() < kind.guards:
        wheel.append((mudguard(skeleton.front, small + 0.014, kind.tyre * 1.5, 35, 190), trim))
    turning += wheel
    bars, grips = handlebars(
        str(rng.choice(kind.bars)),
        skeleton.head_high,
        skeleton.steer,
        trim,
        0.8 if skeleton.radius < 0.27 and kind.size < 1 else 1.0,
        tall="folding" in kind.frames,
    )
    turning += bars
    if rng.random() < kind.light:
        turning += front_light(skeleton.head_low + point(0, 0.06, 0.075))
    if rng.random() < kind.basket:
        turning += basket(
            skeleton.head_high + point(0, -0.09, 0.21), 0.35 * (0.7 if skeleton.radius < 0.27 else 1), rng
        )
    return turning, grips
