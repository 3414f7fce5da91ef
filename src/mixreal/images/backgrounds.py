"""Procedural backgrounds: skies, landscapes, roads, water, foliage, walls, rooms and blurred lights."""

import numpy as np
from numpy.typing import NDArray

from mixreal.images.ground import GROUNDS, ground
from mixreal.images.noise import Picture, blur, colour, fractal, grid, many, mix, near, smoothstep, tinted
from mixreal.images.textures import brick_wall, plank_wall

COUNT = 64

Rng = np.random.Generator


def make(count: int = COUNT, seed: int = 0) -> NDArray[np.uint8]:
    """(count, 256, 256, 3) sRGB. Picture i depends on (seed, i) alone; half of them are open landscapes."""
    kinds = (_landscape, _sky, _landscape, _foliage, _landscape, _wall, _landscape, _plain,
             _landscape, _sky, _landscape, _street, _landscape, _room, _landscape, _lights)

    def picture(i: int) -> Picture:
        rng = np.random.default_rng([seed, i, 2])
        return _photographed(rng, kinds[i % len(kinds)](rng))

    return many(count, picture)


def _landscape(rng: Rng) -> Picture:
    """Sky, something far away, and ground up to the viewer."""
    y, _ = grid()
    horizon = rng.uniform(0.12, 0.62)
    sky = _sky(rng)
    names = list(GROUNDS)
    name = names[rng.choice(len(names), p=np.array([GROUNDS[n].share for n in names]))]
    haze = sky[int(horizon * 255)].mean(0)
    picture = blur(_far(rng, sky, horizon, haze, name), float(rng.choice([0.0, 0.8, 2.5, 5.0])))
    below = smoothstep(-0.004, 0.004, y - horizon - 0.004 * fractal(rng, 2.0, tall=100))
    return mix(picture, ground(rng, name, horizon, haze, sky), below)


def _sky(rng: Rng) -> Picture:
    """Blue, hazy, overcast or evening sky, with or without clouds; top of the picture is the higher sky."""
    y, _ = grid()
    kinds = (((0.22, 0.43, 0.75), (0.66, 0.8, 0.92)), ((0.42, 0.6, 0.82), (0.8, 0.87, 0.92)),
             ((0.7, 0.73, 0.77), (0.86, 0.87, 0.88)), ((0.9, 0.91, 0.93), (0.95, 0.95, 0.95)),
             ((0.35, 0.4, 0.56), (0.95, 0.72, 0.5)), ((0.12, 0.25, 0.52), (0.4, 0.6, 0.82)))
    kind = rng.choice(len(kinds), p=[0.27, 0.22, 0.18, 0.15, 0.06, 0.12])
    high, low = (near(rng, c, 0.03) for c in kinds[kind])
    picture = mix(high, low, np.clip(y * rng.uniform(0.8, 1.5) + 0.04 * fractal(rng, 3.5), 0, 1))
    if rng.random() < 0.65:
        cloud = fractal(rng, rng.uniform(2.4, 3.2), wide=rng.uniform(1.2, 3.5))
        cover = rng.uniform(-0.3, 0.9)
        light = near(rng, (0.95, 0.95, 0.96), 0.02) if kind != 4 else near(rng, (0.9, 0.66, 0.55), 0.03)
        shade = 1 - 0.12 * smoothstep(0.6, 2.2, np.roll(cloud, 6, 0))
        picture = mix(picture, light * shade[..., None], rng.uniform(0.5, 0.95) * smoothstep(cover, cover + 1.5, cloud))
    return picture


def _far(rng: Rng, picture: Picture, horizon: float, haze: NDArray[np.float32], name: str) -> Picture:
    """Hills, woods, mountains or houses standing on the horizon; sometimes nothing."""
    choices = ("nothing", "hills", "woods", "mountains", "houses")
    weights = {"water": (0.45, 0.25, 0.15, 0.15, 0.0), "runway": (0.35, 0.2, 0.3, 0.05, 0.1),
               "sand": (0.5, 0.2, 0.1, 0.2, 0.0)}.get(name, (0.15, 0.2, 0.35, 0.1, 0.2))
    kind = choices[rng.choice(len(choices), p=weights)]
    if kind in ("hills", "mountains"):
        for distance in (0.75, 0.45):
            rough, height = (2.4, 0.14) if kind == "mountains" else (3.2, 0.06)
            tone = mix(near(rng, (0.3, 0.36, 0.24) if kind == "hills" else (0.36, 0.36, 0.4)), haze, distance)
            top = horizon - height * (0.6 + distance) * np.clip(0.6 + 0.5 * _line(rng, rough), 0.05, 2)
            picture = _stand(picture, top, tone * (1 + 0.06 * fractal(rng, 1.5)[..., None]))
    elif kind == "woods":
        near_by = rng.random() < 0.4  # trees close enough to hide most of the sky
        tone = mix(near(rng, (0.2, 0.25, 0.13), 0.06), haze, rng.uniform(0, 0.15 if near_by else 0.4))
        tall = rng.uniform(0.35, 0.9) if near_by else rng.uniform(0.05, 0.25)
        leaves = 1 + 0.4 * fractal(rng, 1.3, coarsest=5) + 0.3 * fractal(rng, 2.5, coarsest=2, tall=0.6)
        top = horizon - tall * np.clip(0.8 + (0.15 if near_by else 0.25) * _line(rng, 1.6), 0.1, 2)
        picture = _stand(picture, top, tone * np.clip(leaves, 0.2, 2.4)[..., None])
        trunks = smoothstep(1.0, 1.6, fractal(rng, 1.0, tall=30, coarsest=4)) * (near_by * rng.random())
        picture = mix(picture, near(rng, (0.3, 0.26, 0.21), 0.06), trunks * (grid()[0] > top[None, :]))
    elif kind == "houses":
        picture = _houses(rng, picture, horizon, haze)
    return picture


def _houses(rng: Rng, picture: Picture, horizon: float, haze: NDArray[np.float32]) -> Picture:
    """A row of house fronts with windows."""
    y, x = grid()
    left = -0.1
    while left < 1:
        wide, tall = rng.uniform(0.12, 0.4), rng.uniform(0.1, 0.38)
        walls = ((0.7, 0.64, 0.56), (0.55, 0.36, 0.28), (0.62, 0.63, 0.64), (0.82, 0.8, 0.76), (0.4, 0.42, 0.45))
        front = mix(near(rng, walls[rng.integers(len(walls))], 0.05), haze, rng.uniform(0.05, 0.3))
        inside = (x > left) & (x < left + wide) & (y > horizon - tall) & (y < horizon + 0.02)
        floors, bays = rng.integers(8, 16), rng.integers(8, 18)
        window = (((y * floors) % 1 > 0.35) & ((x * bays) % 1 > 0.45) & (y > horizon - tall + 0.03))
        lit = np.where(window[..., None], near(rng, (0.25, 0.28, 0.33), 0.06), front)
        picture = np.where(inside[..., None], lit, picture)
        left += wide * rng.uniform(0.8, 1.2)
    return picture


def _street(rng: Rng) -> Picture:
    """House fronts close behind a road or pavement."""
    y, _ = grid()
    horizon = rng.uniform(0.45, 0.68)
    sky = _sky(rng)
    picture = _houses(rng, sky, horizon, sky.mean((0, 1)))
    picture = _houses(rng, picture, horizon + 0.01, sky.mean((0, 1))) if rng.random() < 0.6 else picture
    bushes = horizon - 0.06 * np.clip(0.3 + 0.8 * _line(rng, 1.8), 0, 3)
    leaves = near(rng, (0.2, 0.28, 0.13), 0.05) * np.clip(1 + 0.3 * fractal(rng, 1.2, coarsest=6), 0.3, 2)[..., None]
    picture = blur(_stand(picture, bushes, leaves), rng.uniform(0.5, 2.5))
    name = ("road", "asphalt", "paving")[rng.integers(3)]
    return mix(picture, ground(rng, name, horizon - 0.08, sky.mean((0, 1)), sky), smoothstep(-0.01, 0.01, y - horizon))


def _foliage(rng: Rng) -> Picture:
    """Leaves and grass that fill the picture, sharp or far out of focus."""
    y, _ = grid()
    greens = ((0.2, 0.3, 0.1), (0.3, 0.4, 0.16), (0.36, 0.36, 0.18), (0.16, 0.24, 0.12), (0.45, 0.36, 0.18))
    a, b = tinted(rng, *(greens[i] for i in rng.integers(0, len(greens), 2)), by=0.06)
    picture = mix(a, b, smoothstep(-1, 1, fractal(rng, 2.5)))
    picture = picture * np.clip(1 + 0.45 * fractal(rng, 1.4, coarsest=3), 0.15, 2.2)[..., None]
    picture = mix(picture, near(rng, (0.75, 0.8, 0.62)), 0.6 * smoothstep(1.4, 2.4, fractal(rng, 1.6, coarsest=4)))
    picture = picture * (1.15 - 0.35 * y)[..., None]
    return blur(picture, float(rng.choice([0.0, 1.5, 4.0, 8.0])))


def _wall(rng: Rng) -> Picture:
    """Plaster, brick, boards or a roller door, with a strip of ground in front."""
    y, x = grid()
    kind = rng.integers(4)
    if kind == 0:
        picture = brick_wall(rng)
    elif kind == 1:
        picture = plank_wall(rng)
    else:
        tones = ((0.8, 0.78, 0.73), (0.62, 0.62, 0.62), (0.72, 0.63, 0.5), (0.5, 0.55, 0.6), (0.86, 0.86, 0.86))
        picture = near(rng, tones[rng.integers(len(tones))]) * (1 + 0.05 * fractal(rng, 2.4)[..., None])
        if kind == 3:
            picture = picture * (0.88 + 0.12 * np.sin(2 * np.pi * y * rng.integers(14, 30)))[..., None]
    picture = picture * (1 + rng.uniform(-0.25, 0.25) * (x - 0.5) + rng.uniform(-0.2, 0.2) * (y - 0.5))[..., None]
    foot = rng.uniform(0.6, 0.95)
    name = ("asphalt", "paving", "grass", "soil")[rng.integers(4)]
    floor = ground(rng, name, foot - 0.3, picture.mean((0, 1)), picture)
    return mix(picture, floor * (0.75 + 0.25 * smoothstep(0, 0.08, y - foot))[..., None],
               smoothstep(-0.006, 0.006, y - foot))


def _plain(rng: Rng) -> Picture:
    """A studio: white, grey, black or a colour, brighter in the middle, with a soft shadow on the floor."""
    y, x = grid()
    tones = ((0.97, 0.97, 0.97), (0.99, 0.99, 0.99), (0.75, 0.76, 0.78), (0.16, 0.16, 0.18), (0.45, 0.53, 0.62),
             (0.83, 0.79, 0.72))
    tone = near(rng, tones[rng.choice(len(tones), p=[0.35, 0.25, 0.16, 0.08, 0.08, 0.08])], 0.01)
    middle = np.hypot(x - rng.uniform(0.3, 0.7), (y - rng.uniform(0.3, 0.6)) * 1.2)
    picture = tone * (1.02 - rng.uniform(0, 0.35) * middle**2)[..., None]
    sweep = rng.uniform(0.55, 0.8)
    picture = picture * (1 - rng.uniform(0, 0.12) * smoothstep(sweep - 0.08, sweep + 0.08, y))[..., None]
    studio: Picture = picture * (1 + 0.008 * fractal(rng, 1.5)[..., None])
    return studio


def _room(rng: Rng) -> Picture:
    """A wall, a skirting, a floor; a window, a door, a picture or a cupboard here and there; mildly out of focus."""
    y, x = grid()
    tones = ((0.82, 0.78, 0.7), (0.7, 0.72, 0.72), (0.62, 0.5, 0.38), (0.86, 0.84, 0.8), (0.5, 0.42, 0.36))
    foot = rng.uniform(0.55, 0.8)
    picture = near(rng, tones[rng.integers(len(tones))]) * (1.05 - 0.3 * np.abs(x - rng.random()))[..., None]
    for _ in range(rng.integers(1, 5)):
        left, top = rng.uniform(-0.1, 0.9), rng.uniform(-0.2, 0.45)
        wide, tall = rng.uniform(0.12, 0.45), rng.uniform(0.2, 0.7)
        inside = (x > left) & (x < left + wide) & (y > top) & (y < min(top + tall, foot + 0.06))
        things = ((0.93, 0.95, 0.98), (0.35, 0.24, 0.16), (0.25, 0.27, 0.3), (0.7, 0.66, 0.6), (0.45, 0.2, 0.17))
        picture = np.where(inside[..., None], near(rng, things[rng.integers(len(things))], 0.06), picture)
    picture = blur(picture, rng.uniform(0.6, 4))
    name = ("boards", "paving", "carpet")[rng.integers(3)]
    floor = ground(rng, name, foot - 0.35, picture.mean((0, 1)), picture)
    return mix(picture, floor, smoothstep(-0.01, 0.01, y - foot))


def _lights(rng: Rng) -> Picture:
    """Discs of light far out of focus over a dim or green ground."""
    y, x = grid()
    a, b = near(rng, (0.12, 0.14, 0.16), 0.05), near(rng, (0.4, 0.42, 0.3), 0.1)
    picture = mix(a, b, smoothstep(-1.5, 1.5, 0.7 * fractal(rng, 4.0) + 2 * (y - 0.5)))
    for _ in range(rng.integers(12, 40)):
        radius = rng.uniform(0.02, 0.09)
        away = np.hypot(x - rng.random(), y - rng.random())
        glow = colour(*np.clip(rng.normal((0.95, 0.85, 0.6), 0.2), 0.2, 1))
        picture = mix(picture, glow, rng.uniform(0.1, 0.55) * (1 - smoothstep(radius * 0.85, radius, away)))
    return blur(picture, 2.0)


def _line(rng: Rng, beta: float) -> NDArray[np.float32]:
    """A random profile along x, (256,), mean 0, variance 1."""
    profile = fractal(rng, beta + 1)[0]
    line: NDArray[np.float32] = (profile - profile.mean()) / max(float(profile.std()), 1e-6)
    return line


def _stand(picture: Picture, top: NDArray[np.float32], tone: Picture) -> Picture:
    """`tone` wherever a pixel lies below `top`, a height for each column."""
    y, _ = grid()
    return mix(picture, tone, smoothstep(-0.004, 0.004, y - top[None, :].astype(np.float32)))


def _photographed(rng: Rng, picture: Picture) -> Picture:
    """What a camera adds: exposure, contrast, muted colours, a cast, darker corners."""
    y, x = grid()
    grey = picture.mean(-1, keepdims=True)
    picture = grey + (picture - grey) * np.float32(rng.uniform(0.5, 1.0))
    mean = picture.mean()
    picture = mean + (picture - mean) * np.float32(rng.uniform(1.1, 1.7))
    corner = 1 - rng.uniform(0, 0.25) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)
    tone = np.exp(0.08 * rng.standard_normal()) * (1 + 0.02 * rng.standard_normal(3))
    taken: Picture = picture * corner[..., None] * tone.astype(np.float32)
    return taken
