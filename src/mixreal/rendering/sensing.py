"""From linear light to the stored picture: blur, exposure, colours, encoding, contrast, noise. Kernels for batches."""

import warp as wp

RADIUS = wp.constant(16)  # of the blur kernel, pixels at most
FIRST = wp.constant(wp.uint32(0x7FEB352D))  # odd multipliers of the noise hash
SECOND = wp.constant(wp.uint32(0x846CA68B))
# 1.055 x^(1/2.4) - 0.055 from x = 0.0031308 to 1, as a polynomial in x^(1/4) (Chebyshev fit, error below 8.1e-5).
CURVE = wp.constant(wp.types.vector(length=5, dtype=float)(
    -0.06530216, 0.20124538, 1.10960848, -0.32163906, 0.07612998))
BELL = wp.constant(1.0 / 147.8016)  # the sum of four bytes has this deviation


@wp.struct
class Recording:
    """One row of `scene.Sensor`; blur in pixels of this image."""

    blur: float
    gain: wp.vec3  # exposure times cast
    saturation: float
    contrast: float
    brightness: float
    noise: float
    jpeg: int
    key: wp.vec2ui  # of the noise: a pure function of the recipe and the image


@wp.func
def encoded(linear: float) -> float:
    """sRGB (IEC 61966-2-1) within a fortieth of a byte, linear clipped to [0, 1]: two roots, no power."""
    c = wp.clamp(linear, 0.0, 1.0)
    t = wp.sqrt(wp.sqrt(c))
    curve = CURVE[0] + t * (CURVE[1] + t * (CURVE[2] + t * (CURVE[3] + t * CURVE[4])))
    return wp.where(c <= 0.0031308, 12.92 * c, curve)


@wp.kernel(enable_backward=False)
def blur_rows(light: wp.array(dtype=wp.vec3, ndim=3), records: wp.array(dtype=Recording), size: int,
              out: wp.array(dtype=wp.vec3, ndim=3)):
    """Gaussian along x, edges repeated."""
    i, y, x = wp.tid()
    sigma = records[i].blur
    if sigma < 0.05:
        out[i, y, x] = light[i, y, x]
        return
    total = light[i, y, x]
    weight = float(1.0)
    fall = -0.5 / (sigma * sigma)
    for k in range(1, wp.min(RADIUS, int(2.5 * sigma) + 1) + 1):
        w = wp.exp(float(k * k) * fall)
        total = total + (light[i, y, wp.max(x - k, 0)] + light[i, y, wp.min(x + k, size - 1)]) * w
        weight += 2.0 * w
    out[i, y, x] = total / weight


@wp.kernel(enable_backward=False)
def develop(light: wp.array(dtype=wp.vec3, ndim=3), records: wp.array(dtype=Recording), size: int,
            out: wp.array(dtype=wp.uint8, ndim=4)):
    """Gaussian along y, then the chip: gain, saturation, encoding, contrast about grey, brightness, noise, bytes."""
    i, y, x = wp.tid()
    sigma = records[i].blur
    total = light[i, y, x]
    if sigma >= 0.05:
        weight = float(1.0)
        fall = -0.5 / (sigma * sigma)
        for k in range(1, wp.min(RADIUS, int(2.5 * sigma) + 1) + 1):
            w = wp.exp(float(k * k) * fall)
            total = total + (light[i, wp.max(y - k, 0), x] + light[i, wp.min(y + k, size - 1), x]) * w
            weight += 2.0 * w
        total = total / weight
    total = wp.cw_mul(total, records[i].gain)
    grey = wp.dot(total, wp.vec3(0.2126, 0.7152, 0.0722))  # Rec. 709 luminance
    for c in range(3):
        value = encoded(grey + (total[c] - grey) * records[i].saturation)
        value = (value - 0.5) * records[i].contrast + (0.5 + records[i].brightness)
        if records[i].noise > 0.0:
            place = wp.uint32(y * size + x) * wp.uint32(4) + wp.uint32(c)
            value += bell(records[i].key, place) * (records[i].noise * BELL)
        out[i, y, x, c] = wp.uint8(wp.clamp(value, 0.0, 1.0) * 255.0 + 0.5)


@wp.func
def mixed(x: wp.uint32) -> wp.uint32:
    """A 32-bit finaliser (Wellons, "Prospecting for hash functions", lowbias32)."""
    x = x ^ (x >> wp.uint32(16))
    x = x * FIRST
    x = x ^ (x >> wp.uint32(15))
    x = x * SECOND
    return x ^ (x >> wp.uint32(16))


@wp.func
def bell(key: wp.vec2ui, place: wp.uint32) -> float:
    """The sum of four random bytes less its mean: near enough to a normal number for grain of a few levels."""
    got = mixed(mixed(place + key[0]) ^ key[1])
    low = (got & wp.uint32(255)) + ((got >> wp.uint32(8)) & wp.uint32(255))
    return float(low + ((got >> wp.uint32(16)) & wp.uint32(255)) + (got >> wp.uint32(24))) - 510.0
