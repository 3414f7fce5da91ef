"""What hangs on a bicycle's frame: handlebars, saddle, cranks, chain, racks, baskets, lights; a penny-farthing."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.bicycle_frames import Bones
from mixreal.models.shapes.cycle_parts import Floats, Part, bent, both, pipe, point, rods, spoked_wheel
from mixreal.models.shapes.hull import hull, shell
from mixreal.models.shapes.palette import (
    ALLOY,
    BLACK_LEATHER,
    BLACK_PAINT,
    CHROME,
    DARK_PLASTIC,
    DARK_STEEL,
    HEADLIGHT,
    LEATHER,
    RUBBER,
    STEEL,
    WOOD,
    cloth,
    material,
    paint,
    srgb,
)
from mixreal.models.shapes.solids import box, cylinder, ellipsoid, extrude, moved, plate, torus

WICKER = material("wicker", srgb(168, 126, 78), 0.0, 0.9)

# Half a handlebar, left side: from the clamp outwards, relative to it, in metres; the last two places are the grip.
BARS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "flat": ((0, 0, 0), (0.12, 0.0, 0.01), (0.18, 0.005, 0.0), (0.31, 0.01, -0.03)),
    "riser": ((0, 0, 0), (0.07, 0.0, 0.0), (0.13, 0.05, -0.005), (0.19, 0.055, -0.01), (0.34, 0.06, -0.04)),
    "swept": (
        (0, 0, 0),
        (0.08, 0.02, 0.03),
        (0.18, 0.07, 0.04),
        (0.26, 0.07, -0.03),
        (0.29, 0.055, -0.1),
        (0.3, 0.035, -0.22),
    ),
    "cruiser": (
        (0, 0, 0),
        (0.07, 0.02, 0.04),
        (0.2, 0.13, 0.05),
        (0.32, 0.13, -0.04),
        (0.36, 0.11, -0.13),
        (0.38, 0.08, -0.26),
    ),
    "bmx": ((0, 0, 0), (0.06, 0.0, 0.0), (0.15, 0.2, 0.0), (0.2, 0.21, -0.01), (0.34, 0.215, -0.04)),
    "drop": (
        *(
            (0, 0, 0),
            (0.15, 0.005, 0.0),
            (0.205, 0.0, 0.03),
            (0.21, 0.0, 0.085),
            (0.21, -0.03, 0.115),
            (0.21, -0.085, 0.105),
        ),
        *((0.212, -0.125, 0.055), (0.215, -0.135, -0.03)),
    ),
}


def handlebars(
    style: str, head: Floats, steer: Floats, colour: Material, size: float = 1.0, tall: bool = False
) -> tuple[list[Part], tuple[Floats, Floats]]:
    """Stem, bar, grips and levers of a style in `BARS`; also where the hands go, left and right."""
    rise = 0.42 if tall else 0.09 if style in ("swept", "cruiser") else 0.05
    forward = {"drop": 0.1, "flat": 0.07, "riser": 0.05}.get(style, 0.03) if not tall else 0.0
    top = head + steer * rise * size
    clamp = top + point(0, 0.01, forward * size)
    path = np.array(BARS[style]) * size + clamp
    drop = style == "drop"
    tape = BLACK_PAINT if drop else colour
    parts: list[Part] = [
        (pipe(head, top, radius=0.018 if not tall else 0.022), colour),
        (pipe(top, clamp + point(0, 0, 1e-4), radius=0.018), colour),
        (both(pipe(*path, radius=0.013 if not drop else 0.016, sides=7)), tape),
    ]
    if drop:  # brake hoods
        hood = path[4] + point(0, 0.04, 0.02)
        parts.append((both(pipe(path[3], hood, radius=0.018, sides=6)), BLACK_PAINT))
        parts.append((both(pipe(hood, hood + point(0, -0.12, 0.01), radius=0.008, sides=5)), STEEL))
        hand = hood
    else:
        grip = path[-1] + (path[-2] - path[-1]) * 0.85
        parts.append((both(pipe(grip, path[-1], radius=0.02, sides=8)), DARK_PLASTIC))
        lever = grip + point(-0.02, -0.02, 0.04)
        parts.append((both(pipe(lever, lever + (path[-1] - grip) * 0.8, radius=0.007, sides=5)), STEEL))
        hand = (grip + path[-1]) / 2
    if style == "bmx":
        parts.append(
            (pipe(path[2] * [-1, 1, 1] + [2 * clamp[0], -0.05, 0], path[2] - [0, 0.05, 0], radius=0.011), colour)
        )
    return parts, (hand, hand * [-1, 1, 1])


def saddle(top: Floats, wide: bool, brown: bool, size: float = 1.0) -> list[Part]:
    """A saddle at the top of its post: slim, or broad and sprung."""
    x, y, z = (float(v) for v in top)
    rear = 0.1 if wide else 0.072
    shape = [
        (0.16, -0.012, 0.012, 0.012),
        (0.12, 0.0, 0.026, 0.018),
        (0.02, 0.0, 0.036, 0.022),
        (-0.08, 0.012, rear * 0.9, 0.03),
    ]
    shape += [(-0.13, 0.014, rear, 0.03), (-0.155, 0.012, rear * 0.6, 0.018)]
    body = hull([(c * size, y + 0.02 + h * size, w * size, t * size) for c, h, w, t in shape], 12, 2.3)
    parts: list[Part] = [(moved(shell(body, 12), (x, 0, z)), LEATHER if brown else BLACK_LEATHER)]
    if wide:
        parts.append(
            (both(cylinder(0.02 * size, 0.05 * size, "y", (0.06 * size, y - 0.015, z - 0.1 * size), 8)), CHROME)
        )
    parts.append(
        (
            both(
                pipe(
                    top + point(0.02, 0.005, -0.09 * size), top + point(0.02, 0.005, 0.07 * size), radius=0.006, sides=5
                )
            ),
            STEEL,
        )
    )
    return parts


def drivetrain(bracket: Floats, rear: Floats, angle: float, ring: float) -> tuple[list[Part], tuple[Floats, Floats]]:
    """Chain ring, cranks turned to `angle` (degrees), pedals, chain and sprockets; also where the feet go."""
    right = -0.047
    middle, cog = bracket + point(right, 0, 0), rear + point(right, 0, 0)
    parts: list[Part] = [
        (torus(ring, 0.016, "x", (right, float(bracket[1]), float(bracket[2])), 22, 4), DARK_STEEL),
        (cylinder(0.045, 0.008, "x", (right, float(rear[1]), float(rear[2])), 12), STEEL),
    ]
    spider = np.radians(angle) + np.arange(5) * (2 * np.pi / 5)
    around = np.stack([np.zeros(5), np.sin(spider), np.cos(spider)], 1)
    parts.append((rods(np.repeat(middle[None], 5, 0), middle + around * ring, 0.009, 4), ALLOY))
    ends = np.array([[0, 1, 0], [0, -1, 0]])
    parts.append((rods(cog + ends * 0.045, middle + ends * ring, 0.0075, 4), DARK_STEEL))
    feet = []
    for x, turn in ((0.065, angle), (-0.07, angle + 180)):
        t = np.radians(turn)
        low = bracket + point(x, 0, 0) + 0.168 * point(0, np.sin(t), np.cos(t)) * (ring / 0.095)
        parts.append((pipe(bracket + point(x * 0.85, 0, 0), low, radius=0.012, sides=6), ALLOY))
        pedal = low + point(0.055 * np.sign(x), 0, 0)
        parts.append((box((0.09, 0.022, 0.085), (float(pedal[0]), float(pedal[1]), float(pedal[2]))), DARK_PLASTIC))
        feet.append(pedal + point(0, 0.012, 0))
    return parts, (feet[0], feet[1])


def chain_guard(b: Bones, colour: Material) -> Part:
    """A cover over the chain."""
    (_, y0, z0), (_, y1, z1) = b.rear, b.bracket
    outline = [(z0 - 0.05, y0 - 0.01), (z0 - 0.03, y0 + 0.05), (z1 - 0.02, y1 + 0.11), (z1 + 0.08, y1 + 0.1)]
    outline += [(z1 + 0.12, y1 + 0.02), (z1 + 0.09, y1 - 0.03), (z1, y1 + 0.02), (z0 + 0.05, y0 - 0.03)]
    return extrude(outline, 0.02, "x", (-0.062, 0, 0)), colour


def rack(b: Bones, colour: Material) -> list[Part]:
    """A luggage carrier over the rear wheel."""
    y, z = float(b.rear[1] + b.radius + 0.06), float(b.rear[2])
    front, back = z + 0.12, z - 0.28
    wide = np.array([-0.06, 0.0, 0.06])
    bars = rods(np.stack([wide, [y] * 3, [front] * 3], 1), np.stack([wide, [y] * 3, [back] * 3], 1), 0.0075, 5)
    cross = np.linspace(front, back, 4)
    slats = rods(np.stack([[-0.065] * 4, [y] * 4, cross], 1), np.stack([[0.065] * 4, [y] * 4, cross], 1), 0.0075, 5)
    legs = both(pipe(b.rear + point(0.068, 0, 0), point(0.06, y, z - 0.14), radius=0.0075, sides=5))
    struts = both(pipe(b.rear + point(0.068, 0, 0), point(0.06, y, z + 0.03), radius=0.0075, sides=5))
    return [(bars, colour), (slats, colour), (legs, colour), (struts, colour)]


def panniers(b: Bones, rng: np.random.Generator) -> list[Part]:
    """Two bags beside the rear wheel."""
    y, z = float(b.rear[1] + b.radius * 0.62), float(b.rear[2]) - 0.1
    return [(both(box((0.12, 0.28, 0.3), (0.14, y, z), 0.03)), cloth(rng))]


def basket(middle: Floats, width: float, rng: np.random.Generator) -> list[Part]:
    """An open basket centred at `middle`: wicker, or wire."""
    w, d, h = width / 2, width * 0.36, width * 0.3
    rim, foot = np.array([(w, d), (-w, d), (-w, -d), (w, -d)]), np.array([(w, d), (-w, d), (-w, -d), (w, -d)]) * 0.8
    high = np.stack([rim[:, 0], np.full(4, h), rim[:, 1]], 1) + middle
    low = np.stack([foot[:, 0], np.full(4, -h), foot[:, 1]], 1) + middle
    if rng.random() < 0.55:
        surface = WICKER if rng.random() < 0.75 else BLACK_PAINT
        parts: list[Part] = [(plate(low, 0.012), surface)]
        for i in range(4):
            j = (i + 1) % 4
            parts.append((plate(np.array([low[i], low[j], high[j], high[i]]), 0.014), surface))
            parts.append((pipe(high[i], high[j], radius=0.013, sides=5), surface))
        return parts
    starts, stops = [], []
    for i in range(4):
        j = (i + 1) % 4
        for share in np.linspace(0, 1, 6)[:-1]:
            starts.append(low[i] + (low[j] - low[i]) * share)
            stops.append(high[i] + (high[j] - high[i]) * share)
        for share in (0.0, 0.35, 0.7, 1.0):
            starts.append(low[i] + (high[i] - low[i]) * share)
            stops.append(low[j] + (high[j] - low[j]) * share)
    surface = (STEEL, BLACK_PAINT)[int(rng.random() < 0.5)]
    return [(rods(starts, stops, 0.005, 4), surface), (plate(low, 0.006), surface)]


def front_light(where: Floats) -> list[Part]:
    """A lamp before the steering head."""
    x, y, z = (float(v) for v in where)
    return [
        (ellipsoid((0.032, 0.032, 0.04), (x, y, z), 6, 10), CHROME),
        (cylinder(0.027, 0.01, "z", (x, y, z + 0.036), 10), HEADLIGHT),
    ]


def bottle(b: Bones, colour: Material) -> Part:
    """A drinking bottle on the down tube."""
    along = b.head_low - b.bracket
    low, high = b.bracket + along * 0.32, b.bracket + along * 0.62
    lift = point(0, along[2], -along[1]) / np.linalg.norm(along) * 0.06
    return pipe(
        low + lift, low + lift + (high - low) * 0.8, high + lift, radius=(0.036, 0.036, 0.015), sides=10
    ), colour


def kickstand(b: Bones) -> list[Part]:
    """A stand on the left; the bicycle leans onto it."""
    top = b.bracket + point(0.04, -0.01, -0.1)
    return [(pipe(top, point(0.2, 0.02, float(top[2]) - 0.08), radius=0.011, sides=6), STEEL)]


def training_wheels(b: Bones) -> list[Part]:
    """Two small wheels beside the rear one."""
    wheel = both(cylinder(0.065, 0.03, "x", (0.2, 0.065, float(b.rear[2])), 14))
    return [
        (wheel, RUBBER),
        (both(pipe(b.rear + point(0.06, 0, 0), point(0.18, 0.07, float(b.rear[2])), radius=0.012, sides=5)), STEEL),
    ]


def cargo_box(b: Bones, rng: np.random.Generator, colour: Material) -> list[Part]:
    """The box of a cargo bicycle between its head and its front wheel."""
    rear, front = float(b.head_low[2]) + 0.12, float(b.front[2]) - 0.3
    low, high, w = 0.32, 0.75, 0.3
    surface = (WOOD, BLACK_PAINT, colour)[int(rng.integers(3))]
    floor = np.array(
        [(-w * 0.7, low, rear + 0.08), (w * 0.7, low, rear + 0.08), (w * 0.6, low, front), (-w * 0.6, low, front)]
    )
    rim = np.array(
        [(-w, high, rear), (w, high, rear), (w * 0.85, high - 0.1, front + 0.12), (-w * 0.85, high - 0.1, front + 0.12)]
    )
    parts: list[Part] = [(plate(floor, 0.015), surface)]
    for i in range(4):
        j = (i + 1) % 4
        parts.append((plate(np.array([floor[i], floor[j], rim[j], rim[i]]), 0.018), surface))
        parts.append((pipe(rim[i], rim[j], radius=0.014, sides=5), BLACK_PAINT))
    return parts


def penny_farthing(rng: np.random.Generator) -> list[Part]:
    """A high wheeler of the 1880s."""
    big, small = rng.uniform(0.66, 0.74), rng.uniform(0.2, 0.24)
    front, rear = point(0, big, 0), point(0, small, -big - small * 0.75)
    colour = BLACK_PAINT if rng.random() < 0.7 else paint(rng, 0.8)
    parts = spoked_wheel(front, big, 0.03, colour, 0.1, 40, 0.003) + spoked_wheel(
        rear, small, 0.03, colour, 0.0, 18, 0.003
    )
    crown = point(0, big * 2 + 0.05, -0.03)
    parts.append((both(pipe(front + point(0.07, 0, 0), crown + point(0.03, 0, 0), radius=0.016)), colour))
    spine = [
        crown,
        crown + point(0, 0.02, -0.35),
        point(0, big * 1.35, -big - 0.15),
        rear + point(0, small + 0.1, -0.04),
        rear,
    ]
    parts.append((bent(*spine, radius=(0.022, 0.016), steps=14), colour))
    bar = crown + point(0, 0.1, 0.02)
    parts.append((pipe(crown, bar, radius=0.018), colour))
    parts.append((both(bent(bar, bar + point(0.2, 0, 0.03), bar + point(0.34, -0.05, -0.12), radius=0.013)), CHROME))
    parts += saddle(crown + point(0, 0.06, -0.22), True, True)
    for x, turn in ((0.1, 70.0), (-0.1, 250.0)):
        t = np.radians(turn)
        low = front + point(x, 0.13 * np.sin(t), 0.13 * np.cos(t))
        parts.append((pipe(front + point(x * 0.8, 0, 0), low, radius=0.013), STEEL))
        parts.append(
            (box((0.09, 0.025, 0.07), (float(low[0]) + 0.05 * np.sign(x), float(low[1]), float(low[2]))), DARK_PLASTIC)
        )
    return parts
