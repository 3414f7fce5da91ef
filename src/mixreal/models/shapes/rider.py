"""A rider: a simple clothed figure whose hands and feet are where the handlebars and pedals are."""

import numpy as np

from mixreal.models.mesh import Material
from mixreal.models.shapes.cycle_parts import Floats, Part, point
from mixreal.models.shapes.palette import BLACK_LEATHER, GLASS, cloth, hair, material, paint, skin, srgb
from mixreal.models.shapes.solids import ellipsoid, joined, scaled, tube

TROUSERS = ((58, 76, 112), (44, 56, 84), (34, 35, 38), (78, 80, 84), (150, 134, 104), (96, 88, 70), (122, 140, 166))
SHOE = material("shoe", srgb(52, 46, 44), 0.0, 0.7)


def rider(
    rng: np.random.Generator,
    seat: Floats,
    hands: tuple[Floats, Floats],
    feet: tuple[Floats, Floats],
    lean: float,
    helmet: str = "",
    leather: bool = False,
    size: float = 1.0,
) -> list[Part]:
    """A figure sitting on `seat`, leaning forward by `lean` degrees or more if the hands are out of reach.

    `hands` and `feet` are (left, right); `helmet` is "", "open" or "full"; an adult is of `size` 1.
    """
    top = BLACK_LEATHER if leather and rng.random() < 0.6 else cloth(rng)
    denim = material("trousers", srgb(*TROUSERS[int(rng.integers(len(TROUSERS)))]), 0.0, 0.9)
    legs = BLACK_LEATHER if leather and rng.random() < 0.5 else denim
    body = skin(rng)
    hip = seat + point(0, 0.1, 0.02) * size
    arm, leg = 0.29 * size, 0.44 * size
    shoulder = _shoulder(hip, np.mean(hands, axis=0), lean, 0.5 * size, arm * 1.9)
    spine = shoulder - hip
    back = np.array([hip - spine * 0.05, hip + spine * 0.3, hip + spine * 0.75, shoulder])
    torso = tube(back, np.array([0.125, 0.125, 0.145, 0.1]) * size, 12)
    parts: list[Part] = [(scaled(torso, (1.3, 1, 1)), top)]
    for side, hand, foot in ((1, hands[0], feet[0]), (-1, hands[1], feet[1])):
        joint = shoulder + point(0.19 * side, -0.03, 0) * size
        elbow = bend(joint, hand, arm, arm * 0.95, point(0.5 * side, -0.6, -0.3))
        upper = tube(np.array([joint, elbow]), np.array([0.062, 0.048]) * size, 7)
        lower = tube(np.array([elbow, hand]), np.array([0.046, 0.034]) * size, 7)
        parts += [(upper, top), (lower, top if leather or _long_sleeves(top.colour) else body)]
        parts.append(
            (
                ellipsoid((0.045 * size, 0.04 * size, 0.055 * size), tuple(hand), 6, 8),
                body if not leather else BLACK_LEATHER,
            )
        )
        socket = hip + point(0.09 * side, -0.02, 0.02) * size
        ankle = foot + point(0, 0.09, -0.05) * size
        knee = bend(socket, ankle, leg, leg, point(0.15 * side, 0.3, 1))
        parts.append((tube(np.array([socket, knee]), np.array([0.095, 0.066]) * size, 8), legs))
        parts.append((tube(np.array([knee, ankle]), np.array([0.064, 0.042]) * size, 8), legs))
        parts.append(
            (
                ellipsoid((0.045 * size, 0.042 * size, 0.125 * size), tuple(foot + point(0, 0.04, 0.02) * size), 6, 10),
                SHOE,
            )
        )
    return parts + _head(rng, shoulder, spine / np.linalg.norm(spine), helmet, body, size)


def _long_sleeves(colour: tuple[float, float, float, float]) -> bool:
    """Whether a top has long sleeves: dark ones do, so that no randomness is spent on it."""
    return sum(colour[:3]) < 0.3


def bend(start: Floats, stop: Floats, upper: float, lower: float, towards: Floats) -> Floats:
    """Where the elbow or knee of a limb of two lengths is, bent `towards` a direction."""
    line = stop - start
    far = float(np.linalg.norm(line))
    ahead = line / far
    reach = float(np.clip(far, abs(upper - lower) + 1e-3, upper + lower - 1e-3))
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    out = towards - ahead * (towards @ ahead)
    out = out / np.linalg.norm(out)
    return start + ahead * (along * far / reach) + out * np.sqrt(max(upper**2 - along**2, 0.0))


def _shoulder(hip: Floats, hands: Floats, lean: float, back: float, reach: float) -> Floats:
    """Lean forward until the hands can be reached, at most until the back is level."""
    for degrees in np.arange(lean, max(lean, 82) + 1, 3.0):
        t = np.radians(degrees)
        shoulder = hip + back * point(0, np.cos(t), np.sin(t))
        if np.linalg.norm(hands - shoulder) < reach:
            break
    return shoulder


def _head(
    rng: np.random.Generator, shoulder: Floats, spine: Floats, helmet: str, body: Material, size: float
) -> list[Part]:
    middle = shoulder + (spine * 0.4 + point(0, 0.75, 0.3)) * 0.21 * size
    x, y, z = (float(v) for v in middle)
    neck = tube(np.array([shoulder, middle]), 0.055 * size, 7)
    if helmet == "full":
        shell = ellipsoid((0.135 * size, 0.15 * size, 0.155 * size), (x, y + 0.02 * size, z), 8, 12)
        visor = ellipsoid((0.11 * size, 0.055 * size, 0.08 * size), (x, y + 0.02 * size, z + 0.09 * size), 6, 10)
        return [(neck, body), (shell, paint(rng, 0.5)), (visor, GLASS)]
    head = ellipsoid((0.088 * size, 0.122 * size, 0.105 * size), (x, y, z), 8, 12)
    parts: list[Part] = [(joined(head, neck), body)]
    if helmet == "open":
        parts.append(
            (
                ellipsoid((0.105 * size, 0.085 * size, 0.14 * size), (x, y + 0.075 * size, z - 0.005), 7, 12),
                paint(rng, 0.6),
            )
        )
    else:
        parts.append(
            (
                ellipsoid((0.1 * size, 0.105 * size, 0.112 * size), (x, y + 0.045 * size, z - 0.022 * size), 8, 12),
                hair(rng),
            )
        )
    return parts
