"""What the procedural models are made of: paint, glass, metal, cloth, skin, coats. Colours are linear."""

import numpy as np

from mixreal.models.mesh import Material

RGB = tuple[float, float, float]


def srgb(r: float, g: float, b: float) -> RGB:
    """Linear RGB of an sRGB colour given in 0..255, as one reads it off a photograph."""
    values = [c / 255 for c in (r, g, b)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in values]
    return linear[0], linear[1], linear[2]


def material(name: str, colour: RGB, metallic: float = 0.0, roughness: float = 0.6) -> Material:
    """An opaque material of a linear colour."""
    r, g, b = (min(max(float(c), 0.0), 1.0) for c in colour)
    return Material(name, (r, g, b, 1.0), metallic, roughness)


GLASS = material("glass", srgb(38, 46, 54), 0.0, 0.06)  # seen from outside a window is dark and mirrors the sky
LIGHT_GLASS = material("light glass", srgb(110, 128, 140), 0.0, 0.06)
RUBBER = material("rubber", srgb(34, 34, 35), 0.0, 0.85)
CHROME = material("chrome", srgb(225, 226, 228), 1.0, 0.12)
STEEL = material("steel", srgb(150, 152, 155), 0.9, 0.4)
ALLOY = material("alloy", srgb(190, 192, 196), 0.8, 0.3)
DARK_STEEL = material("dark steel", srgb(72, 73, 76), 0.7, 0.5)
IRON = material("iron", srgb(45, 44, 43), 0.3, 0.65)
RUST = material("rust", srgb(112, 72, 50), 0.1, 0.9)
BRASS = material("brass", srgb(205, 165, 80), 0.9, 0.3)
DARK_PLASTIC = material("dark plastic", srgb(42, 43, 45), 0.0, 0.6)
GREY_PLASTIC = material("grey plastic", srgb(105, 107, 110), 0.0, 0.6)
SHADOW = material("shadow", srgb(16, 16, 17), 0.0, 0.95)  # wheel arches, undersides, grilles
HEADLIGHT = material("headlight", srgb(235, 240, 245), 0.0, 0.1)
TAILLIGHT = material("taillight", srgb(190, 20, 22), 0.0, 0.2)
AMBER = material("amber", srgb(240, 140, 20), 0.0, 0.2)
PLATE = material("number plate", srgb(235, 235, 225), 0.0, 0.5)
WOOD = material("wood", srgb(140, 98, 62), 0.0, 0.75)
DARK_WOOD = material("dark wood", srgb(84, 60, 44), 0.0, 0.85)
LEATHER = material("leather", srgb(86, 52, 34), 0.0, 0.55)
BLACK_LEATHER = material("black leather", srgb(36, 33, 32), 0.0, 0.5)
WHITE_PAINT = material("white paint", srgb(238, 238, 236), 0.0, 0.35)
BLACK_PAINT = material("black paint", srgb(24, 24, 26), 0.0, 0.3)
GRAVEL = material("gravel", srgb(128, 122, 114), 0.0, 0.95)

# Name, sRGB, share of the cars on the road in percent (white, black, grey and silver are three in four), metallic.
_PAINTS: tuple[tuple[str, tuple[int, int, int], float, float], ...] = (
    ("white", (240, 240, 238), 20, 0.0),
    ("pearl", (226, 224, 216), 4, 0.0),
    ("black", (20, 20, 22), 13, 0.1),
    ("silver", (186, 189, 192), 11, 0.6),
    ("grey", (112, 115, 119), 10, 0.4),
    ("dark grey", (66, 69, 73), 5, 0.4),
    ("red", (178, 22, 26), 9, 0.1),
    ("dark red", (104, 18, 26), 4, 0.3),
    ("blue", (28, 72, 150), 7, 0.3),
    ("light blue", (98, 148, 196), 3, 0.3),
    ("navy", (22, 32, 66), 4, 0.3),
    ("green", (36, 92, 56), 3, 0.2),
    ("light green", (124, 172, 84), 1.5, 0.1),
    ("yellow", (240, 196, 24), 3, 0.0),
    ("orange", (226, 106, 22), 2, 0.1),
    ("beige", (200, 184, 152), 3, 0.2),
    ("brown", (92, 62, 42), 2, 0.3),
    ("turquoise", (40, 150, 150), 1, 0.1),
    ("purple", (84, 44, 100), 0.7, 0.2),
)
_SKINS = (
    (245, 208, 180),
    (232, 186, 152),
    (222, 170, 134),
    (198, 140, 102),
    (160, 106, 74),
    (118, 76, 52),
    (84, 54, 40),
)
_CLOTHS = (
    *((235, 235, 232), (214, 206, 190), (30, 31, 34), (62, 64, 70), (120, 122, 126), (38, 54, 96), (58, 88, 134)),
    *((96, 128, 168), (168, 32, 38), (206, 74, 62), (46, 96, 62), (104, 112, 62), (228, 190, 60), (232, 124, 44)),
    *((122, 66, 42), (104, 54, 112), (222, 140, 160), (70, 160, 168), (176, 150, 110), (90, 72, 58)),
)
_HAIRS = (
    (28, 22, 20),
    (44, 32, 26),
    (70, 48, 34),
    (104, 72, 46),
    (152, 112, 66),
    (206, 172, 112),
    (150, 82, 46),
    (170, 168, 164),
)
_HAIR_SHARES = (0.24, 0.22, 0.18, 0.12, 0.08, 0.06, 0.04, 0.06)
_COATS = (  # bay, chestnut, dark bay, black, grey, white, palomino, dun, buckskin, liver chestnut
    *((118, 70, 40), (150, 86, 46), (78, 48, 32), (34, 29, 27), (150, 148, 146)),
    *((222, 218, 210), (206, 164, 100), (176, 142, 100), (190, 150, 94), (88, 50, 34)),
)
_COAT_SHARES = (0.24, 0.2, 0.13, 0.1, 0.09, 0.08, 0.06, 0.04, 0.03, 0.03)


def paint(rng: np.random.Generator, bright: float = 0.0) -> Material:
    """A paint as often as cars have it; `bright` in [0, 1] is the chance of asking for a colour, not a grey."""
    colourful = rng.random() < bright
    kinds = [p for p in _PAINTS if not colourful or max(p[1]) - min(p[1]) > 40]
    share = np.array([k[2] for k in kinds])
    name, colour, _, metallic = kinds[int(rng.choice(len(kinds), p=share / share.sum()))]
    return material(f"{name} paint", _varied(rng, colour, 0.08), metallic, float(rng.uniform(0.15, 0.35)))


def skin(rng: np.random.Generator) -> Material:
    """A person's skin."""
    return material("skin", _varied(rng, _SKINS[rng.integers(len(_SKINS))], 0.05), 0.0, 0.55)


def cloth(rng: np.random.Generator) -> Material:
    """Clothing of one colour."""
    return material("cloth", _varied(rng, _CLOTHS[rng.integers(len(_CLOTHS))], 0.12), 0.0, 0.9)


def hair(rng: np.random.Generator) -> Material:
    """A person's hair."""
    return material("hair", _varied(rng, _HAIRS[rng.choice(len(_HAIRS), p=_HAIR_SHARES)], 0.1), 0.0, 0.7)


def coat(rng: np.random.Generator) -> Material:
    """A horse's coat."""
    return material("coat", _varied(rng, _COATS[rng.choice(len(_COATS), p=_COAT_SHARES)], 0.08), 0.0, 0.65)


def shaded(original: Material, factor: float, name: str = "") -> Material:
    """The same surface lighter (factor above 1) or darker."""
    r, g, b = original.colour[:3]
    return material(
        name or f"{original.name} x{factor:.2f}",
        (r * factor, g * factor, b * factor),
        original.metallic,
        original.roughness,
    )


def _varied(rng: np.random.Generator, colour: tuple[int, int, int], spread: float) -> RGB:
    """The colour with its brightness and each channel a little off, as no two things are quite alike."""
    r, g, b = np.array(srgb(*colour)) * rng.normal(1, spread) * rng.normal(1, spread / 3, 3)
    return float(np.clip(r, 0.002, 1)), float(np.clip(g, 0.002, 1)), float(np.clip(b, 0.002, 1))
