"""From linear light to the stored picture: blur, exposure, colours, encoding, contrast, noise. Kernels for batches."""

import warp as wp

from mixreal.rendering.shading import PI

RADIUS = wp.constant(4)  # of the blur kernel, pixels at most
FIRST = wp.constant(wp.uint32(0x7FEB352D))  # odd multipliers of the noise hash
SECOND = wp.constant(wp.uint32(0x846CA68B))


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
    """sRGB (IEC 61966-2-1), linear clipped to [0, 1]."""
    c = wp.clamp(linear, 0.0, 1.0)
    return wp.where(c <= 0.0031308, 12.92 * c, 1.055 * wp.pow(c, 1.0 / 2.4) - 0.055)


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
    for k in range(1, wp.min(RADIUS, int(3.0 * sigma) + 1) + 1):
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
        for k in range(1, wp.min(RADIUS, int(3.0 * sigma) + 1) + 1):
            w = wp.exp(float(k * k) * fall)
            total = total + (light[i, wp.max(y - k, 0), x] + light[i, wp.min(y + k, size - 1), x]) * w
            weight += 2.0 * w
        total = total / weight
    grain = wp.vec3(0.0, 0.0, 0.0)
    if records[i].noise > 0.0:
        grain = gaussians(records[i].key, wp.uint32(y * size + x)) * records[i].noise
    total = wp.cw_mul(total, records[i].gain)
    grey = wp.dot(total, wp.vec3(0.2126, 0.7152, 0.0722))  # Rec. 709 luminance
    for c in range(3):
        value = encoded(grey + (total[c] - grey) * records[i].saturation)
        value = (value - 0.5) * records[i].contrast + 0.5 + records[i].brightness + grain[c]
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
def gaussians(key: wp.vec2ui, place: wp.uint32) -> wp.vec3:
    """Three normal numbers for one pixel (Box and Muller)."""
    a = mixed(place * wp.uint32(4) + key[0]) ^ key[1]
    b = mixed((place * wp.uint32(4) + wp.uint32(1)) + key[0]) ^ key[1]
    c = mixed((place * wp.uint32(4) + wp.uint32(2)) + key[0]) ^ key[1]
    d = mixed((place * wp.uint32(4) + wp.uint32(3)) + key[0]) ^ key[1]
    scale = 1.0 / 4294967296.0
    r1 = wp.sqrt(-2.0 * wp.log((float(mixed(a)) + 0.5) * scale))
    r2 = wp.sqrt(-2.0 * wp.log((float(mixed(b)) + 0.5) * scale))
    t1 = 2.0 * PI * float(mixed(c)) * scale
    t2 = 2.0 * PI * float(mixed(d)) * scale
    return wp.vec3(r1 * wp.cos(t1), r1 * wp.sin(t1), r2 * wp.cos(t2))
