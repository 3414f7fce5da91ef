"""Small scenes for the renderer's tests: a mesh, a renderer, and a batch of scenes around it."""

from dataclasses import replace

import numpy as np

from mixreal.assets import Assets
from mixreal.models.mesh import Material, Mesh
from mixreal.rendering.renderer import Renderer, open_renderer
from mixreal.scene import Scenes, blank
from mixreal.variations.rotations import about, direction


def assets() -> Assets:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 255, (3, 32, 32, 3), np.uint8)
    return Assets(pictures, pictures[::-1].copy(), np.ones((2, 8, 16, 3), np.float32), ("a", "b", "c"),
                  ("d", "e", "f"), ("g", "h"), (), "test")


def ball(rings: int = 24, material: Material | None = None, seed: int = 0) -> Mesh:
    """A bumpy ball with smooth normals and uvs: every direction of normal, some self-shadow."""
    v, u = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, 2 * rings + 1), indexing="ij")
    phase = np.random.default_rng(seed).uniform(0, 6, 3)
    radius = 1 + 0.15 * np.sin(3 * u + phase[0]) * np.sin(v) ** 2 + 0.1 * np.cos(4 * v + phase[1]) * np.sin(v)
    points = radius[..., None] * np.stack([np.sin(v) * np.sin(u), np.cos(v), np.sin(v) * np.cos(u)], -1)
    n = 2 * rings + 1
    a = (np.arange(rings)[:, None] * n + np.arange(2 * rings)[None]).reshape(-1)
    faces = np.concatenate([np.stack([a, a + n, a + n + 1], -1), np.stack([a, a + n + 1, a + 1], -1)])
    p = points.reshape(-1, 3)
    corner = p[faces]
    area = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=-1)
    faces = faces[area > 1e-9]
    normals = np.zeros_like(p)
    face_normal = np.cross(p[faces[:, 1]] - p[faces[:, 0]], p[faces[:, 2]] - p[faces[:, 0]])
    for k in range(3):
        np.add.at(normals, faces[:, k], face_normal)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    normals[np.linalg.norm(normals, axis=-1) < 0.5] = [0, 1, 0]
    uvs = np.stack([u / (2 * np.pi), v / np.pi], -1).reshape(-1, 2)
    p /= np.linalg.norm(p, axis=-1).max()
    return Mesh("ball", p.astype(np.float32), faces.astype(np.int32), normals.astype(np.float32),
                uvs.astype(np.float32), np.full((len(p), 4), 255, np.uint8), np.zeros(len(faces), np.int32),
                (material or Material("m", (0.6, 0.5, 0.4, 1.0), 0.0, 0.9),))


def around(renderer: Renderer, n: int, seed: int = 0, model: int = 0) -> Scenes:
    """n scenes of one model from random sides under random suns, grey background, no sensor."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    scenes = blank(index, index * 0, np.full(n, model, np.int32), renderer.hulls[[model] * n])
    back = direction(rng.uniform(0, 360, n), rng.uniform(-50, 70, n))
    right = np.cross([0.0, 1, 0], back)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    axes = about("z", rng.uniform(-20, 20, n)) @ np.stack([right, np.cross(back, right), -back], 1)
    sun = direction(rng.uniform(0, 360, n), rng.uniform(20, 80, n))
    return replace(
        scenes,
        camera=replace(scenes.camera, eye=(3.2 * back).astype(np.float32), axes=axes.astype(np.float32),
                       tangent=np.full(n, 0.4, np.float32)),
        lights=replace(scenes.lights, sun_direction=sun.astype(np.float32),
                       sun_radiance=rng.uniform(0.5, 1, (n, 3)).astype(np.float32),
                       sky=(scenes.lights.sky * 0.3).astype(np.float32)))


def opened(*meshes: Mesh, lanes: int | None = None) -> Renderer:
    renderer = open_renderer(meshes, assets())
    return renderer if lanes is None else replace(renderer, lanes=lanes)
