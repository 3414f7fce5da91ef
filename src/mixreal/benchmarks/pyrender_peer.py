"""pyrender in the benchmark: OpenGL rasterisation with a shadow map, off screen through EGL."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.benchmarks.contender import Images
from mixreal.benchmarks.task import Task, composited
from mixreal.models.mesh import Material

PACKAGE = "pyrender"
BATCH = 1
DRAWS = ("OpenGL off screen, metallic-roughness material with its texture, sun with a shadow map, even ambient light, "
         "its own multisampling; object in the middle, no ground, no sensor; background and occluder laid over it in "
         "NumPy")


def open_peer(task: Task) -> Callable[[list[int]], Images]:
    """A function that renders scenes by number."""
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    if not hasattr(np, "infty"):
        np.infty = np.inf  # type: ignore[attr-defined]  # pyrender 0.1.45 is older than NumPy 2
    import pyrender

    mesh, views = task.mesh, task.views
    scene = pyrender.Scene(bg_color=[0, 0, 0, 0])
    scene.add(pyrender.Mesh([
        pyrender.Primitive(positions=mesh.vertices, normals=mesh.normals,
                           texcoord_0=np.stack([mesh.uvs[:, 0], 1 - mesh.uvs[:, 1]], 1),
                           indices=mesh.faces[mesh.material_of == j], material=_material(pyrender, material))
        for j, material in enumerate(mesh.materials)]))
    lens = pyrender.PerspectiveCamera(yfov=0.5, aspectRatio=1.0, znear=0.05, zfar=50.0)
    eye = scene.add(lens)
    lamp = pyrender.DirectionalLight(intensity=1.0)
    sun = scene.add(lamp)
    renderer = pyrender.OffscreenRenderer(task.size, task.size)
    flags = pyrender.RenderFlags.SHADOWS_DIRECTIONAL | pyrender.RenderFlags.RGBA

    def draw(numbers: list[int]) -> Images:
        return np.stack([one(k) for k in numbers])

    def one(k: int) -> NDArray[np.uint8]:
        lens.yfov = 2 * float(np.arctan(views.tangent[k]))
        right, up, forward = views.axes[k]
        scene.set_pose(eye, _frame(right, up, -forward, views.eye[k]))
        across = np.cross(up, views.sun[k])
        across = across / max(float(np.linalg.norm(across)), 1e-9)
        scene.set_pose(sun, _frame(across, np.cross(views.sun[k], across), views.sun[k], 3 * views.sun[k]))
        lamp.intensity = float(views.irradiance[k].mean())
        scene.ambient_light = views.sky[k]
        colour, _ = renderer.render(scene, flags=flags)
        return composited(task, k, colour[..., :3].astype(np.float32), colour[..., 3:4] / np.float32(255))

    return draw


def _frame(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64],
           origin: NDArray[np.float64]) -> NDArray[np.float64]:
    out = np.eye(4)
    out[:3] = np.stack([x, y, z, origin], 1)
    return out


def _material(pyrender: Any, material: Material) -> Any:
    look: dict[str, Any] = {"baseColorFactor": material.colour, "metallicFactor": material.metallic,
                            "roughnessFactor": material.roughness, "doubleSided": True}
    if material.texture is not None:
        picture = np.ascontiguousarray(material.texture[..., :3])
        look["baseColorTexture"] = pyrender.Texture(source=picture, source_channels="RGB")
    return pyrender.MetallicRoughnessMaterial(**look)
