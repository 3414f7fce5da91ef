"""moderngl in the benchmark: a hand-written OpenGL pipeline, 4 samples, a shadow map, through EGL."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.benchmarks.contender import Images
from mixreal.benchmarks.task import Task, Views, composited

PACKAGE = "moderngl"
BATCH = 1
DRAWS = ("OpenGL 3.3 off screen, 4 samples a pixel, glossy material with its texture and mip levels, sun with a shadow "
         "map of 512 px, even ambient light; no ground, no sensor; background and occluder laid over it in NumPy")
_SHADOW = 512  # pixels a side

_VERTEX = """#version 330
uniform mat4 camera; uniform mat4 light;
in vec3 point; in vec3 normal; in vec2 uv; in vec4 base; in vec3 look;
out vec3 p; out vec3 n; out vec2 t; out vec4 b; out vec3 l; out vec4 s;
void main() {
    p = point; n = normal; t = uv; b = base; l = look; s = light * vec4(point, 1);
    gl_Position = camera * vec4(point, 1);
}
"""
_FRAGMENT = """#version 330
uniform sampler2D paint; uniform sampler2D depths;
uniform vec3 eye; uniform vec3 sun; uniform vec3 irradiance; uniform vec3 sky;
in vec3 p; in vec3 n; in vec2 t; in vec4 b; in vec3 l; in vec4 s;
out vec4 colour;
void main() {
    vec3 view = normalize(eye - p), normal = normalize(n);
    if (dot(normal, view) < 0) normal = -normal;
    vec3 base = b.rgb; if (l.z > 0.5) base *= pow(texture(paint, t).rgb, vec3(2.2));
    vec3 place = s.xyz / s.w * 0.5 + 0.5;
    float cosine = dot(normal, sun);
    vec3 light = base * sky * (1 - l.x) + mix(vec3(0.04), base, l.x) * sky;
    if (cosine > 0 && place.z - 0.003 <= texture(depths, place.xy).r) {
        vec3 h = normalize(view + sun);
        float nh = max(dot(normal, h), 0.0), nv = max(dot(normal, view), 1e-3), vh = max(dot(view, h), 0.0);
        float a2 = max(l.y * l.y * l.y * l.y, 1e-5), d = nh * nh * (a2 - 1) + 1, k = (l.y + 1) * (l.y + 1) / 8;
        vec3 dark = mix(vec3(0.04), base, l.x), f = dark + (1 - dark) * pow(1 - vh, 5.0);
        vec3 lobe = f * a2 / (4 * d * d * (cosine * (1 - k) + k) * (nv * (1 - k) + k));
        light += ((1 - f) * base * (1 - l.x) + lobe) * irradiance / 3.14159265 * cosine;
    }
    colour = vec4(pow(clamp(light, 0, 1), vec3(1 / 2.2)), 1);
}
"""
_NOTHING = "#version 330\nvoid main() {}"
_DEPTH = "#version 330\nuniform mat4 light; in vec3 point; void main() { gl_Position = light * vec4(point, 1); }"


def open_peer(task: Task) -> Callable[[list[int]], Images]:
    """A function that renders scenes by number."""
    import moderngl

    context = moderngl.create_context(standalone=True, backend="egl", require=330)
    size, views = task.size, task.views
    program = context.program(vertex_shader=_VERTEX, fragment_shader=_FRAGMENT)
    caster = context.program(vertex_shader=_DEPTH, fragment_shader=_NOTHING)
    corners, places = _corners(task), "3f 3f 2f 4f 3f"
    model = context.vertex_array(program, [(context.buffer(corners.tobytes()), places, "point", "normal", "uv", "base",
                                            "look")])
    points = context.buffer(np.ascontiguousarray(corners[:, :3]).tobytes())
    shape = context.vertex_array(caster, [(points, "3f", "point")])
    paint = _paint(context, moderngl, task)
    depths = context.depth_texture((_SHADOW, _SHADOW))
    depths.compare_func = ""
    shadow = context.framebuffer(depth_attachment=depths)
    drawn = context.framebuffer([context.renderbuffer((size, size), 4, samples=4)],
                                context.depth_renderbuffer((size, size), samples=4))
    resolved = context.framebuffer([context.renderbuffer((size, size), 4)])
    cameras, lights = _cameras(views), _lights(views)
    context.enable(moderngl.DEPTH_TEST)

    def draw(numbers: list[int]) -> Images:
        with context:  # other peers have contexts of their own
            return np.stack([one(k) for k in numbers])

    def one(k: int) -> NDArray[np.uint8]:
        shadow.use()
        shadow.clear(depth=1.0)
        caster["light"].write(lights[k])
        shape.render()
        drawn.use()
        drawn.clear()
        paint.use(0)
        depths.use(1)
        program["paint"], program["depths"] = 0, 1
        program["camera"].write(cameras[k])
        program["light"].write(lights[k])
        for name, value in (("eye", views.eye), ("sun", views.sun), ("irradiance", views.irradiance),
                            ("sky", views.sky)):
            program[name] = tuple(value[k].tolist())
        model.render()
        context.copy_framebuffer(resolved, drawn)
        rows = np.frombuffer(resolved.read(components=4, alignment=1), np.uint8).reshape(size, size, 4)[::-1]
        alpha = rows[..., 3:4] / np.float32(255)
        return composited(task, k, rows[..., :3] / np.maximum(alpha, 1e-3), alpha)

    return draw


def _corners(task: Task) -> NDArray[np.float32]:
    """(3 f, 15) point, normal, uv, colour, and (metallic, roughness, textured) of every corner."""
    mesh = task.mesh
    base = np.array([m.colour for m in mesh.materials], np.float32)
    look = np.array([(m.metallic, m.roughness, m.texture is not None) for m in mesh.materials], np.float32)
    which, corner = np.repeat(mesh.material_of, 3), mesh.faces.reshape(-1)
    return np.concatenate([mesh.vertices[corner], mesh.normals[corner], mesh.uvs[corner], base[which], look[which]], 1)


def _paint(context: Any, moderngl: Any, task: Task) -> Any:
    pictures = [m.texture for m in task.mesh.materials if m.texture is not None] or [np.full((1, 1, 4), 255, np.uint8)]
    height, width = pictures[0].shape[:2]
    texture = context.texture((width, height), 4, np.ascontiguousarray(pictures[0]).tobytes())  # row 0 is v = 0
    texture.build_mipmaps()
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    return texture


def _cameras(views: Views, near: float = 0.05, far: float = 50.0) -> list[bytes]:
    """Column-major projection times view, one a scene; the principal point moves the picture."""
    out = []
    for eye, (right, up, forward), tangent, shift in zip(views.eye, views.axes, views.tangent, views.shift):
        view = np.eye(4)
        view[:3, :3] = [right, up, -forward]
        view[:3, 3] = -view[:3, :3] @ eye
        lens = np.array([[1 / tangent, 0, -shift[0], 0], [0, 1 / tangent, -shift[1], 0],
                         [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)], [0, 0, -1, 0]])
        out.append((lens @ view).T.astype("f4").tobytes())
    return out


def _lights(views: Views) -> list[bytes]:
    """The same for the sun: parallel, just around the ball of radius 1 that holds the object."""
    out = []
    for sun in views.sun:
        side = np.cross(np.eye(3)[np.abs(sun).argmin()], sun)
        side = side / np.linalg.norm(side)
        matrix = np.eye(4)
        matrix[:3, :3] = np.stack([side, np.cross(sun, side), -sun]) / 1.02
        out.append(matrix.T.astype("f4").tobytes())
    return out
