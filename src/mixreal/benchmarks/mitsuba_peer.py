"""Mitsuba 3 in the benchmark: variant scalar_rgb, direct light, the same mesh, cameras, suns and textures."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.benchmarks.contender import Images
from mixreal.benchmarks.task import Task, Views, composited
from mixreal.models.mesh import Material, Mesh

PACKAGE = "mitsuba"
BATCH = 1
DRAWS = ("scalar_rgb on all cores, integrator direct, principled material with its bitmap, sun with shadow, even sky; "
         "no ground, no sensor; background and occluder laid over it in NumPy (to move a shape would have it rebuild "
         "the scene: tens of ms)")


def open_peer(task: Task) -> Callable[[list[int]], Images]:
    """A function that renders scenes by number."""
    import mitsuba as mi

    mi.set_variant("scalar_rgb")
    scene = mi.load_dict(_scene(mi, task))
    parameters = mi.traverse(scene)
    changes = [_changes(mi, task.views, k) for k in range(len(task))]

    def draw(numbers: list[int]) -> Images:
        return np.stack([one(k) for k in numbers])

    def one(k: int) -> NDArray[np.uint8]:
        for name, value in changes[k].items():
            parameters[name] = value
        parameters.update()
        out = np.array(mi.render(scene, spp=task.samples, seed=k))
        alpha = np.clip(out[..., 3:4], 0, 1)
        light = np.clip(out[..., :3] / np.maximum(alpha, 1e-3), 0, 1)
        return composited(task, k, light ** (1 / 2.2) * 255, alpha)

    return draw


def _scene(mi: Any, task: Task) -> dict[str, Any]:
    view = task.views
    look = mi.ScalarTransform4f().look_at([0, 0, 4], [0, 0, 0], [0, 1, 0])
    film = {"type": "hdrfilm", "width": task.size, "height": task.size, "pixel_format": "rgba",
            "rfilter": {"type": "box"}}
    return {
        "type": "scene", "integrator": {"type": "direct", "hide_emitters": True},
        "sensor": {"type": "perspective", "fov": float(np.degrees(2 * np.arctan(view.tangent[0]))), "to_world": look,
                   "near_clip": 1e-3, "film": film,
                   "sampler": {"type": "independent", "sample_count": task.samples}},
        "sun": {"type": "directional", "direction": [0, -1, 0], "irradiance": {"type": "rgb", "value": 1.0}},
        "sky": {"type": "constant", "radiance": {"type": "rgb", "value": 0.3}},
        **{f"part{j}": _shape(mi, task.mesh, j) for j in np.unique(task.mesh.material_of).tolist()},
    }


def _changes(mi: Any, views: Views, k: int) -> dict[str, Any]:
    """What differs from image to image, as scene parameters."""
    eye, forward, up = views.eye[k], views.axes[k, 2], views.axes[k, 1]
    across = views.axes[k, 0]  # any direction that is not the sun's own will do
    sun = -views.sun[k]
    if abs(across @ sun) > 0.99:
        across = up
    return {
        "sensor.to_world": mi.Transform4f().look_at(eye.tolist(), (eye + forward).tolist(), up.tolist()),
        "sensor.x_fov": float(np.degrees(2 * np.arctan(views.tangent[k]))),
        "sensor.principal_point_offset_x": float(-views.shift[k, 0] / 2),
        "sensor.principal_point_offset_y": float(views.shift[k, 1] / 2),
        "sun.to_world": mi.Transform4f().look_at([0, 0, 0], sun.tolist(), across.tolist()),
        "sun.irradiance.value": mi.Color3f(*views.irradiance[k].tolist()),
        "sky.radiance.value": mi.Color3f(*views.sky[k].tolist()),
    }


def _shape(mi: Any, mesh: Mesh, material: int) -> Any:
    """The faces of one material, as Mitsuba's mesh."""
    faces = mesh.faces[mesh.material_of == material]
    used, corners = np.unique(faces, return_inverse=True)
    properties = mi.Properties()
    properties["bsdf"] = mi.load_dict({"type": "twosided", "nested": _bsdf(mi, mesh.materials[material])})
    shape = mi.Mesh(f"part{material}", len(used), len(faces), properties, has_vertex_normals=True,
                    has_vertex_texcoords=True)
    parameters = mi.traverse(shape)
    parameters["vertex_positions"] = mesh.vertices[used].ravel()
    parameters["vertex_normals"] = mesh.normals[used].ravel()
    parameters["vertex_texcoords"] = mesh.uvs[used].ravel()
    parameters["faces"] = corners.astype(np.uint32).ravel()
    parameters.update()
    return shape


def _bsdf(mi: Any, material: Material) -> dict[str, Any]:
    colour: dict[str, Any] = {"type": "rgb", "value": list(material.colour[:3])}
    if material.texture is not None:
        colour = {"type": "bitmap", "bitmap": mi.Bitmap(np.ascontiguousarray(material.texture[..., :3])), "raw": False}
    return {"type": "principled", "base_color": colour, "roughness": float(max(material.roughness, 0.05)),
            "metallic": float(material.metallic), "specular": 0.5}
