"""Light on a surface: texture lookups, metallic-roughness reflection, sun and sky. All colours linear."""

import warp as wp

from mixreal.rendering.layout import Sky, World

PI = wp.constant(3.14159265358979)


@wp.func
def fall(x: float) -> float:
    """exp(-x) for x >= 0, within 0.02: sixteen factors instead of a call, so that packets can do it in four steps."""
    a = wp.max(1.0 - x * 0.0625, 0.0)
    a *= a
    a *= a
    a *= a
    return a * a


@wp.func
def texel(world: World, place: int) -> wp.vec4:
    """Linear colour and alpha of one packed texel."""
    code = world.texels[place]
    r = float(code & wp.uint32(255)) * (1.0 / 255.0)
    g = float((code >> wp.uint32(8)) & wp.uint32(255)) * (1.0 / 255.0)
    b = float((code >> wp.uint32(16)) & wp.uint32(255)) * (1.0 / 255.0)
    return wp.vec4(r * r, g * g, b * b, float(code >> wp.uint32(24)) * (1.0 / 255.0))


@wp.func
def sample(world: World, picture: int, u: float, v: float, footprint: float) -> wp.vec4:
    """Bilinear, repeating, on the mip level whose texels match `footprint` (in texture coordinates)."""
    entry = world.pictures[picture]
    level = int(0)
    span = footprint * wp.sqrt(float(1 << entry[1]) * float(1 << entry[2]))
    if span > 1.0:
        level = wp.min(int(wp.log2(span) + 0.5), entry[3] - 1)
    place = entry[0]
    log_width = entry[1]
    log_height = entry[2]
    for _ in range(level):
        place += 1 << (log_width + log_height)
        log_width -= 1
        log_height -= 1
    width = 1 << log_width
    height = 1 << log_height
    x = (u - wp.floor(u)) * float(width) - 0.5
    y = (v - wp.floor(v)) * float(height) - 0.5
    left = wp.floor(x)
    top = wp.floor(y)
    a = x - left
    b = y - top
    x0 = int(left) & (width - 1)
    y0 = (int(top) & (height - 1)) << log_width
    x1 = (int(left) + 1) & (width - 1)
    y1 = ((int(top) + 1) & (height - 1)) << log_width
    upper = texel(world, place + y0 + x0) * (1.0 - a) + texel(world, place + y0 + x1) * a
    lower = texel(world, place + y1 + x0) * (1.0 - a) + texel(world, place + y1 + x1) * a
    return upper * (1.0 - b) + lower * b


@wp.func
def turned(direction: wp.vec3, turn: wp.vec2) -> wp.vec3:
    """Turned about y by minus the angle whose cosine and sine are given."""
    x = turn[0] * direction[0] - turn[1] * direction[2]
    return wp.vec3(x, direction[1], turn[1] * direction[0] + turn[0] * direction[2])


@wp.func
def angle(y: float, x: float) -> float:
    """atan2 within 1.2e-5 radians (Abramowitz and Stegun 4.4.49), in operations that packets have too."""
    high = wp.max(wp.abs(x), wp.abs(y))
    a = wp.min(wp.abs(x), wp.abs(y)) / wp.max(high, 1.0e-20)
    s = a * a
    r = a * (0.9998660 + s * (-0.3302995 + s * (0.1801410 + s * (-0.0851330 + s * 0.0208351))))
    r = wp.where(wp.abs(y) > wp.abs(x), 0.5 * PI - r, r)
    r = wp.where(x < 0.0, PI - r, r)
    return wp.where(y < 0.0, -r, r)


@wp.func
def around(world: World, environment: int, turn: wp.vec2, direction: wp.vec3, width: float) -> wp.vec4:
    """An environment map in a direction, averaged over `width` radians: equirectangular, its middle column -z."""
    d = turned(direction, turn)
    u = 0.5 + angle(d[0], -d[2]) * (0.5 / PI)
    v = angle(wp.sqrt(wp.max(1.0 - d[1] * d[1], 0.0)), d[1]) * (1.0 / PI)
    # A texel is pi / h radians, and `sample` wants width in sqrt(2 h h) texels. Poles do not run into each other.
    averaged = width * 0.2250791
    edge = wp.max(averaged, 1.0 / 512.0)
    return sample(world, world.first_environment + environment, u, wp.clamp(v, edge, 1.0 - edge), averaged)


@wp.func
def sky_terms(sky: Sky, normal: wp.vec3, first: float, second: float) -> wp.vec3:
    """The polynomial of `rendering.sky`, bands 1 and 2 scaled."""
    x = normal[0]
    y = normal[1]
    z = normal[2]
    band1 = sky[1] * x + sky[2] * y + sky[3] * z
    band2 = sky[4] * (x * y) + sky[5] * (y * z) + sky[6] * (z * x) + sky[7] * (3.0 * y * y - 1.0)
    band2 = band2 + sky[8] * (x * x - z * z)
    light = sky[0] + band1 * first + band2 * second
    return wp.vec3(wp.max(light[0], 0.0), wp.max(light[1], 0.0), wp.max(light[2], 0.0))


@wp.func
def reflect_sun(base: wp.vec3, metallic: float, roughness: float, normal: wp.vec3, view: wp.vec3,
                sun: wp.vec3) -> wp.vec3:
    """Metallic-roughness BRDF times cosine times pi (glTF 2.0, App. B: GGX, Smith-Schlick, Fresnel-Schlick)."""
    nl = wp.dot(normal, sun)
    nv = wp.max(wp.dot(normal, view), 1.0e-3)
    half = wp.normalize(view + sun)
    nh = wp.max(wp.dot(normal, half), 0.0)
    vh = wp.max(wp.dot(view, half), 0.0)
    alpha = wp.max(roughness * roughness, 2.0e-3)
    d = nh * nh * (alpha * alpha - 1.0) + 1.0
    distribution = alpha * alpha / (PI * d * d)
    k = (roughness + 1.0) * (roughness + 1.0) * 0.125
    masking = 1.0 / (4.0 * (nl * (1.0 - k) + k) * (nv * (1.0 - k) + k))
    dark = wp.vec3(0.04, 0.04, 0.04) * (1.0 - metallic) + base * metallic
    om = 1.0 - vh
    fresnel = dark + (wp.vec3(1.0, 1.0, 1.0) - dark) * (om * om * om * om * om)
    diffuse = wp.cw_mul(wp.vec3(1.0, 1.0, 1.0) - fresnel, base) * (1.0 - metallic)
    return (diffuse + fresnel * (distribution * masking * PI)) * nl


@wp.func
def reflect_sky(sky: Sky, turn: wp.vec2, base: wp.vec3, metallic: float, roughness: float, normal: wp.vec3,
                view: wp.vec3) -> wp.vec3:
    """Light from the whole sky: diffuse exactly, mirrored with the sharpness that roughness leaves (Lazarov's fit)."""
    nv = wp.clamp(wp.dot(normal, view), 0.0, 1.0)
    mirrored = turned(normal * (2.0 * nv) - view, turn)
    sharp = 1.0 - roughness
    shine = sky_terms(sky, mirrored, 1.0 + 0.5 * sharp, 1.0 + 3.0 * sharp)
    dark = wp.vec3(0.04, 0.04, 0.04) * (1.0 - metallic) + base * metallic
    # Karis, "Physically based shading on mobile" (2014): scale and bias of the environment's reflection.
    # 2^-9.28 = e^-6.4324.
    rx = 1.0 - roughness
    ry = 0.0425 - 0.0275 * roughness
    rz = 1.04 - 0.572 * roughness
    rw = 0.022 * roughness - 0.04
    a = wp.min(rx * rx, fall(6.4324 * nv)) * rx + ry
    scale = -1.04 * a + rz
    bias = 1.04 * a + rw
    soft = sky_terms(sky, turned(normal, turn), 1.0, 1.0)
    return wp.cw_mul(soft, base) * (1.0 - metallic) + wp.cw_mul(shine, dark * scale + wp.vec3(bias, bias, bias))
