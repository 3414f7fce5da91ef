"""Blender in the benchmark: Cycles through the bpy package, persistent data, pictures through a PNG file."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mixreal.benchmarks.contender import Images
from mixreal.benchmarks.task import Task, composited
from mixreal.models.mesh import Material

PACKAGE = "bpy"
BATCH = 1
DRAWS = ("Cycles on the CPU, 2 bounces, no denoising, principled material with its texture, sun with shadow, even sky, "
         "picture through a PNG file; no ground, no sensor; background and occluder laid over it in NumPy")


def open_peer(task: Task) -> Callable[[list[int]], Images]:
    """A function that renders scenes by number."""
    import bpy
    import mathutils

    folder = tempfile.TemporaryDirectory(prefix="mixreal-bench-")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    stage = bpy.context.scene
    stage.collection.objects.link(_model(bpy, task, Path(folder.name)))
    lens, lamp = bpy.data.cameras.new("eye"), bpy.data.lights.new("sun", "SUN")
    eye, sun = bpy.data.objects.new("eye", lens), bpy.data.objects.new("sun", lamp)
    for thing in (eye, sun):
        stage.collection.objects.link(thing)
    stage.camera = eye
    sky = _set_up(bpy, stage, task)
    picture, views = Path(folder.name) / "image.png", task.views
    stage.render.filepath = str(picture)

    def draw(numbers: list[int]) -> Images:
        return np.stack([one(k) for k in numbers])

    def one(k: int) -> NDArray[np.uint8]:
        assert folder.name  # the folder lives as long as this function
        right, up, forward = views.axes[k]
        eye.matrix_world = mathutils.Matrix(_frame(right, up, -forward, views.eye[k]))
        lens.angle = 2 * float(np.arctan(views.tangent[k]))
        lens.shift_x, lens.shift_y = (-views.shift[k] / 2).tolist()
        side = np.cross(np.eye(3)[np.abs(views.sun[k]).argmin()], views.sun[k])
        side = side / np.linalg.norm(side)
        sun.matrix_world = mathutils.Matrix(_frame(side, np.cross(views.sun[k], side), views.sun[k], views.sun[k]))
        lamp.energy = float(views.irradiance[k].mean())
        sky.default_value = (*views.sky[k].tolist(), 1.0)
        bpy.ops.render.render(write_still=True)
        rows = np.asarray(Image.open(picture).convert("RGBA"))
        return composited(task, k, rows[..., :3].astype(np.float32), rows[..., 3:4] / np.float32(255))

    return draw


def _set_up(bpy: Any, stage: Any, task: Task) -> Any:
    """Render settings; gives the sky's colour socket."""
    stage.render.engine = "CYCLES"
    stage.cycles.device, stage.cycles.samples, stage.cycles.max_bounces = "CPU", task.samples, 2
    stage.cycles.use_denoising = stage.cycles.use_adaptive_sampling = False
    stage.render.resolution_x = stage.render.resolution_y = task.size
    stage.render.film_transparent = stage.render.use_persistent_data = True
    stage.render.image_settings.file_format, stage.render.image_settings.color_mode = "PNG", "RGBA"
    stage.view_settings.view_transform = "Standard"
    stage.world = bpy.data.worlds.new("sky")
    stage.world.use_nodes = True
    return stage.world.node_tree.nodes["Background"].inputs[0]


def _model(bpy: Any, task: Task, folder: Path) -> Any:
    mesh = task.mesh
    out = bpy.data.meshes.new("model")
    out.from_pydata(mesh.vertices.tolist(), [], mesh.faces.tolist())
    uvs = np.stack([mesh.uvs[:, 0], 1 - mesh.uvs[:, 1]], 1)
    out.uv_layers.new().data.foreach_set("uv", uvs[mesh.faces.reshape(-1)].reshape(-1))
    out.shade_smooth()
    for j, material in enumerate(mesh.materials):
        out.materials.append(_material(bpy, material, folder / f"texture{j}.png"))
    out.polygons.foreach_set("material_index", mesh.material_of.astype(np.int32))
    return bpy.data.objects.new("model", out)


def _material(bpy: Any, material: Material, file: Path) -> Any:
    out = bpy.data.materials.new(material.name)
    out.use_nodes = True
    surface = out.node_tree.nodes["Principled BSDF"]
    surface.inputs["Base Color"].default_value = material.colour
    surface.inputs["Metallic"].default_value, surface.inputs["Roughness"].default_value = (
        material.metallic, material.roughness)
    if material.texture is not None:
        Image.fromarray(np.ascontiguousarray(material.texture[..., :3])).save(file)
        picture = out.node_tree.nodes.new("ShaderNodeTexImage")
        picture.image = bpy.data.images.load(str(file))
        out.node_tree.links.new(picture.outputs["Color"], surface.inputs["Base Color"])
    return out


def _frame(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64],
           origin: NDArray[np.float64]) -> list[list[float]]:
    out = np.eye(4)
    out[:3] = np.stack([x, y, z, origin], 1)
    rows: list[list[float]] = out.tolist()
    return rows
