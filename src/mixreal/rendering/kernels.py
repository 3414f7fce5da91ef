"""The scalar kernel: one thread a pixel, plain and readable, the same source for CPU and CUDA."""

import warp as wp

from mixreal.rendering.layout import Face, Image, World
from mixreal.rendering.shading import around, fall, reflect_sky, reflect_sun, sample, sky_terms, turned
from mixreal.rendering.tracing import FAR, Hit, blocked, closest
from mixreal.scene import GROUND_NONE, GROUND_TEXTURE

LAYERS = wp.constant(4)  # see-through surfaces behind one another, at most
LIFT = wp.constant(1.0e-3)  # shadow rays start this far off the surface, in radii of the object
NO_GROUND = wp.constant(GROUND_NONE)
TEXTURED_GROUND = wp.constant(GROUND_TEXTURE)
# Each pixel of a 2 x 2 quad turns and shrinks its sample points by one of these before they choose a point of the
# sun's disc and of the lens: the quad's 16 rays see 16 points.
DISC = ((1.2, 0.0), (0.6364, 0.6364), (0.5563, 0.2248), (0.1172, 0.2762))
DISC_TURNS = wp.constant(wp.types.matrix(shape=(4, 2), dtype=float)(*(v for pair in DISC for v in pair)))
GROUND_REACH = wp.constant(7.0)  # radii from the object at which a textured ground has faded into the background


@wp.struct
class Seen:
    """What one camera ray meets."""

    colour: wp.vec3
    coverage: float  # by the object, 0 to 1
    distance: float  # of the object, along the axis; FAR: none
    normal: wp.vec3  # of the object, world
    occluded: float  # 1: an occluder is in front


@wp.func
def camera_ray(image: Image, x: float, y: float) -> wp.vec3:
    """Unit direction from the middle of the lens through the image point (x, y), each from -1 to 1, y up."""
    a = (x - image.shift[0]) * image.tangent
    b = (y - image.shift[1]) * image.tangent
    return wp.normalize(image.axes[0] * a + image.axes[1] * b + image.axes[2])


@wp.func
def focused(image: Image, x: float, y: float, lens: wp.vec2) -> wp.vec3:
    """Unit direction from a point of the lens to where the middle's ray meets the plane of focus."""
    a = (x - image.shift[0]) * image.tangent * image.focus - lens[0]
    b = (y - image.shift[1]) * image.tangent * image.focus - lens[1]
    return wp.normalize(image.axes[0] * a + image.axes[1] * b + image.axes[2] * image.focus)


@wp.func
def disc_point(quarter: int, x: float, y: float) -> wp.vec2:
    """A point of the unit disc for the sample at (x, y), from 0 to 1, of one of a quad's four pixels."""
    turn = DISC_TURNS[quarter]
    u = 2.0 * x - 1.0
    v = 2.0 * y - 1.0
    return wp.vec2(u * turn[0] - v * turn[1], u * turn[1] + v * turn[0])


@wp.func
def behind(world: World, image: Image, x: float, y: float, pixel: float) -> wp.vec3:
    """The background at an image point; `pixel` is its size, in half images."""
    if image.environment >= 0:
        direction = camera_ray(image, x, y)
        width = wp.max(pixel, image.background_blur * 2.0) * image.tangent
        seen = around(world, image.environment, image.sky_turn, direction, width)
        return wp.cw_mul(wp.vec3(seen[0], seen[1], seen[2]), image.gain)
    if image.picture < 0:
        return wp.cw_mul(image.picture_colour, image.gain)
    u = image.window[0] + image.window[2] * (0.5 + 0.5 * x)
    v = image.window[1] + image.window[3] * (0.5 - 0.5 * y)
    averaged = image.window[3] * wp.max(pixel * 0.5, image.background_blur)
    shown = sample(world, world.first_background + image.picture, u, v, averaged)
    return wp.cw_mul(wp.vec3(shown[0], shown[1], shown[2]), image.gain)


@wp.func
def on_ground(world: World, image: Image, background: wp.vec3, origin: wp.vec3, direction: wp.vec3, to_sun: wp.vec3,
              spread: float) -> wp.vec3:
    """The background with the ground laid over it: its own texture, or only the object's shadow."""
    if image.ground == NO_GROUND or direction[1] > -1.0e-4 or image.eye[1] <= image.ground_height:
        return background
    t = (image.ground_height - origin[1]) / direction[1]
    point = origin + direction * t
    away = point - image.origin
    reach = wp.length(wp.vec3(away[0], 0.0, away[2]))
    if reach > GROUND_REACH:
        return background
    up = wp.vec3(0.0, 1.0, 0.0)
    ambient = sky_terms(image.sky, up, 1.0, 1.0)
    # A cheap contact shadow: the object hides part of the sky, less the farther away it stands.
    hidden = 0.55 * fall(1.4 * wp.max(reach - 0.25, 0.0))
    sun = image.sun_radiance * wp.max(image.sun_direction[1], 0.0)
    light = ambient * (1.0 - hidden)
    model = world.models[image.model]
    start = image.to_model * (point + up * LIFT - image.origin)
    if image.sun_direction[1] <= 0.0 or not blocked(world, model, start, image.to_model * to_sun):
        light = light + sun
    fade = wp.clamp(2.0 * (1.0 - reach / GROUND_REACH), 0.0, 1.0)
    full = ambient + sun
    shaded = wp.cw_mul(background, wp.cw_div(light, full + wp.vec3(1.0e-6, 1.0e-6, 1.0e-6)))
    if image.ground == TEXTURED_GROUND:
        colour = image.ground_colour
        if image.ground_texture >= 0:
            look = sample(world, world.first_texture + image.ground_texture, point[0] * image.ground_repeat,
                          point[2] * image.ground_repeat, t * spread * image.ground_repeat / wp.max(-direction[1], 0.1))
            colour = wp.cw_mul(colour, wp.vec3(look[0], look[1], look[2]))
        shaded = wp.cw_mul(colour, light)
    return background * (1.0 - fade) + shaded * fade


@wp.func
def surface(world: World, image: Image, face: Face, hit: Hit, origin: wp.vec3, direction: wp.vec3, to_sun: wp.vec3,
            spread: float, normal: wp.vec3, geometric: wp.vec3) -> wp.vec4:
    """Light leaving the surface towards the eye, and its alpha."""
    w = 1.0 - hit.u - hit.v
    material = world.materials[face.material]
    facing = wp.max(-wp.dot(geometric, direction), 0.15)
    footprint = hit.distance * spread * (1.0 / wp.sqrt(facing))
    base = material.colour
    if material.picture >= 0:
        uv = face.uv0 * w + face.uv1 * hit.u + face.uv2 * hit.v
        base = wp.cw_mul(base, sample(world, material.picture, uv[0], uv[1], footprint * face.density))
    base = wp.cw_mul(base, unpacked(face.colour0) * w + unpacked(face.colour1) * hit.u + unpacked(face.colour2) * hit.v)
    rgb = image.colour_matrix * wp.vec3(base[0], base[1], base[2])
    if image.texture_mix > 0.0:
        laid = overlay(world, image, origin + direction * hit.distance, geometric, footprint)
        rgb = rgb * (1.0 - image.texture_mix) + laid * image.texture_mix
    rgb = wp.vec3(wp.clamp(rgb[0], 0.0, 1.0), wp.clamp(rgb[1], 0.0, 1.0), wp.clamp(rgb[2], 0.0, 1.0))
    metallic = wp.clamp(material.metallic + image.metallic, 0.0, 1.0)
    roughness = wp.clamp(material.roughness * image.roughness, 0.08, 1.0)
    view = -direction
    light = reflect_sky(image.sky, image.sky_turn, rgb, metallic, roughness, normal, view)
    sun = image.sun_direction
    if wp.dot(normal, sun) > 0.0 and wp.dot(geometric, sun) > 0.0:
        point = origin + direction * hit.distance + geometric * LIFT
        start = image.to_model * (point - image.origin)
        if not blocked(world, world.models[image.model], start, image.to_model * to_sun):
            light = light + wp.cw_mul(reflect_sun(rgb, metallic, roughness, normal, view, sun), image.sun_radiance)
    alpha = float(1.0)
    if material.alpha_mode == 1:
        alpha = wp.where(base[3] >= material.cutoff, 1.0, 0.0)
    if material.alpha_mode == 2:
        alpha = base[3]
    return wp.vec4(light[0], light[1], light[2], alpha)


@wp.func
def overlay(world: World, image: Image, point: wp.vec3, normal: wp.vec3, footprint: float) -> wp.vec3:
    """A material image laid over the object from the side that its surface faces most, in model axes."""
    p = image.to_model * (point - image.origin) * image.texture_repeat
    n = image.to_model * normal
    u = p[0]
    v = -p[1]
    if wp.abs(n[1]) > wp.abs(n[0]) and wp.abs(n[1]) > wp.abs(n[2]):
        v = p[2]
    elif wp.abs(n[0]) > wp.abs(n[2]):
        u = p[2]
    look = sample(world, world.first_texture + image.texture, u, v, footprint * image.texture_repeat)
    return wp.vec3(look[0], look[1], look[2])


@wp.func
def unpacked(code: wp.uint32) -> wp.vec4:
    """A packed linear vertex colour."""
    return wp.vec4(float(code & wp.uint32(255)), float((code >> wp.uint32(8)) & wp.uint32(255)),
                   float((code >> wp.uint32(16)) & wp.uint32(255)), float(code >> wp.uint32(24))) * (1.0 / 255.0)


@wp.func
def in_front(world: World, image: Image, k: int, x: float, y: float, lens: wp.vec2, pixel: float) -> wp.vec4:
    """Colour of occluder k at an image point, seen from a point of the lens, and 1 where it covers it."""
    parallax = (1.0 / image.card_depth[k] - 1.0 / image.focus) / image.tangent
    dx = x - image.card_centre[k, 0] + lens[0] * parallax
    dy = y - image.card_centre[k, 1] + lens[1] * parallax
    a = wp.abs((dx * image.card_turn[k, 0] + dy * image.card_turn[k, 1]) * (1.0 / image.card_size[k, 0]))
    b = wp.abs((dy * image.card_turn[k, 0] - dx * image.card_turn[k, 1]) * (1.0 / image.card_size[k, 1]))
    for _ in range(image.card_squarings[k]):
        a *= a
        b *= b
    if a + b > 1.0:
        return wp.vec4(0.0, 0.0, 0.0, 0.0)
    colour = image.card_colour[k]
    if image.card_texture[k] >= 0:
        look = sample(world, world.first_texture + image.card_texture[k], dx, dy, pixel * 0.5)
        colour = wp.cw_mul(colour, wp.vec3(look[0], look[1], look[2]))
    towards = -image.axes[2]
    light = sky_terms(image.sky, turned(towards, image.sky_turn), 1.0, 1.0)
    light = light + image.sun_radiance * wp.max(wp.dot(towards, image.sun_direction), 0.0)
    colour = wp.cw_mul(colour, light)
    return wp.vec4(colour[0], colour[1], colour[2], 1.0)


@wp.func
def look(world: World, image: Image, x: float, y: float, disc: wp.vec2, pixel: float, backdrop: wp.vec3) -> Seen:
    """Follow one camera ray through occluders, see-through layers and ground to the background.

    disc: the point of the unit disc that stands for a point of the lens and one of the sun.
    """
    seen = Seen()
    seen.distance = float(FAR)
    direction = camera_ray(image, x, y)
    start = image.eye
    lens = wp.vec2(0.0, 0.0)
    if image.aperture > 0.0:
        lens = wp.vec2(disc[1], -disc[0]) * image.aperture
        start = image.eye + image.axes[0] * lens[0] + image.axes[1] * lens[1]
        direction = focused(image, x, y, lens)
    to_sun = image.sun_direction
    if image.sun_radius > 0.0:
        to_sun = to_sun + (image.sun_across[0] * disc[0] + image.sun_across[1] * disc[1]) * image.sun_radius
    spread = pixel * image.tangent  # width of a pixel at distance 1
    origin = image.to_model * (start - image.origin)
    ray = image.to_model * direction
    through = float(1.0)
    near = float(0.0)
    light = wp.vec3(0.0, 0.0, 0.0)
    model = world.models[image.model]
    for _ in range(LAYERS):
        hit = closest(world, model, origin, ray, near)
        if hit.triangle < 0:
            break
        near = hit.distance + 1.0e-4
        face = world.faces[hit.triangle]
        back = wp.transpose(image.to_model)
        triangle = world.triangles[hit.triangle]
        geometric = wp.normalize(back * wp.cross(triangle.edge1, triangle.edge2))
        smooth = face.normal0 * (1.0 - hit.u - hit.v) + face.normal1 * hit.u + face.normal2 * hit.v
        normal = wp.normalize(back * smooth)
        if wp.dot(geometric, direction) > 0.0:
            geometric = -geometric
        if wp.dot(normal, geometric) < 0.0:
            normal = -normal
        answer = surface(world, image, face, hit, start, direction, to_sun, spread, normal, geometric)
        if answer[3] <= 0.0:
            continue
        if seen.distance == FAR:
            seen.distance = hit.distance * wp.dot(direction, image.axes[2])
            seen.normal = normal
            seen.coverage = 1.0
        light = light + wp.vec3(answer[0], answer[1], answer[2]) * (through * answer[3])
        through = through * (1.0 - answer[3])
        if through < 0.02:
            break
    if through >= 0.02:
        light = light + on_ground(world, image, backdrop, start, direction, to_sun, spread) * through
    seen.colour = light
    for k in range(image.cards):
        card = in_front(world, image, k, x, y, lens, pixel)
        if card[3] > 0.0:
            seen.colour = wp.vec3(card[0], card[1], card[2])
            seen.occluded = 1.0
    return seen


@wp.kernel(enable_backward=False)
def render_pixels(world: World, images: wp.array(dtype=Image), size: int, samples: wp.array(dtype=wp.vec2),
                  colour: wp.array(dtype=wp.vec3, ndim=3), mask: wp.array(dtype=float, ndim=3),
                  whole: wp.array(dtype=float, ndim=3), depth: wp.array(dtype=float, ndim=3),
                  normal: wp.array(dtype=wp.vec3, ndim=3)):
    """Means over a pixel's samples: light; coverage, seen and unoccluded; depth and normal of what is seen."""
    i, row, column = wp.tid()
    count = samples.shape[0]
    pixel = 2.0 / float(size)
    light = wp.vec3(0.0, 0.0, 0.0)
    visible = float(0.0)
    amodal = float(0.0)
    away = float(0.0)
    facing = wp.vec3(0.0, 0.0, 0.0)
    middle_x = (float(column) + 0.5) * pixel - 1.0
    backdrop = behind(world, images[i], middle_x, 1.0 - (float(row) + 0.5) * pixel, pixel)
    for s in range(count):
        x = (float(column) + samples[s][0]) * pixel - 1.0
        y = 1.0 - (float(row) + samples[s][1]) * pixel
        disc = disc_point((row % 2) * 2 + column % 2, samples[s][0], samples[s][1])
        seen = look(world, images[i], x, y, disc, pixel, backdrop)
        light = light + seen.colour
        amodal += seen.coverage
        if seen.occluded == 0.0 and seen.coverage > 0.0:
            visible += 1.0
            away += seen.distance
            facing = facing + seen.normal
    share = 1.0 / float(count)
    colour[i, row, column] = light * share
    if mask.shape[0] > 0:
        mask[i, row, column] = visible * share
        whole[i, row, column] = amodal * share
    if depth.shape[0] > 0:
        depth[i, row, column] = wp.where(visible > 0.0, away / wp.max(visible, 1.0), float(wp.inf))
    if normal.shape[0] > 0:
        normal[i, row, column] = wp.where(visible > 0.0, wp.normalize(facing), facing)
