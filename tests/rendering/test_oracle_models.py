"""Our renderer against Mitsuba 3 on whole models: mask, depth, normal and matt sunlight, medians over scenes.

Both see the same opaque mesh, turned and stretched, textures and vertex colours included.
"""

import os
from dataclasses import astuple, dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import pytest

from mixreal.models.library import find_models
from mixreal.models.load import load_mesh
from mixreal.models.mesh import OPAQUE
from mixreal.models.shapes import CLASSES, procedural
from mixreal.rendering.renderer import open_renderer, render
from mixreal.scene import rows
from mixreal.variations.rotations import about
from rendering.scenes import around, assets

pytest.importorskip("mitsuba")

DATA = os.environ.get("MIXREAL_DATA", "")  # read now: the tests themselves run without it
SHARED = Path(DATA) / "models3d"
SIZE, GRID = 64, 8  # pixels a side; rays a pixel, along and across


@dataclass(frozen=True)
class Agreement:
    """Of one scene."""

    iou: float  # of the masks at half coverage
    depth: float  # median relative difference
    angle: float  # median between normals, degrees
    psnr: float  # of the light in sRGB, where either sees the object; the background would only flatter it
    light: float  # mean of that light, linear


@pytest.mark.slow
def test_procedural_models_agree():
    check([opaque(procedural(name, 3)) for name in CLASSES])


@pytest.mark.slow
@pytest.mark.skipif(not (DATA and SHARED.is_dir()), reason="MIXREAL_DATA names no folder with models3d in it")
def test_twenty_shared_models_agree():
    check(shared_models(20))


def check(meshes):
    found = agreements(meshes)
    for mesh, agreement in zip(meshes, found, strict=True):
        print(f"{mesh.name:<28} {mesh.triangles:>8,}  {agreement}")
    middle = Agreement(*np.median([astuple(agreement) for agreement in found], axis=0).tolist())
    print(f"median of {len(found)}: {middle}")
    assert middle.light > 0.02, "too dark to compare"
    assert middle.iou >= 0.99 and middle.depth <= 1e-3 and middle.angle <= 1 and middle.psnr >= 35, middle


def agreements(meshes):
    from rendering.mitsuba_oracle import along_ray, mitsuba_frame

    renderer = open_renderer(meshes, assets())
    scenes = matt_scenes(renderer, len(meshes))
    frames = render(renderer, scenes, SIZE, GRID**2, ("mask", "depth", "normal"))
    light = matt_light(renderer, scenes)
    out = []
    for k, mesh in enumerate(meshes):
        theirs = mitsuba_frame(mesh, scenes, k, SIZE, GRID**2)
        ours, hers = frames.mask[k] > 0.5, theirs.mask > 0.5
        inside = (theirs.mask > 0.999) & (frames.mask[k] > 0.999)
        either = (theirs.mask > 0) | (frames.mask[k] > 0)
        depth = np.abs(along_ray(frames.depth[k], scenes, k)[inside] / theirs.depth[inside] - 1)
        # Mitsuba's normals point where the mesh's do; ours towards the eye.
        length = np.linalg.norm(theirs.normal[inside], axis=-1)
        cosine = np.abs((frames.normal[k] * theirs.normal).sum(-1))[inside] / length
        angle = np.degrees(np.arccos(np.clip(cosine, 0, 1)))
        error = np.mean((encoded(light[k]) - encoded(theirs.light))[either] ** 2)
        iou = float((ours & hers).sum() / (ours | hers).sum())
        out.append(Agreement(iou, float(np.median(depth)), float(np.median(angle)),
                             float(-10 * np.log10(error + 1e-12)), float(theirs.light[either].mean())))
    return out


def matt_scenes(renderer, n):
    """A scene a model from random sides, turned and stretched, the sun over the camera's shoulder, black behind.

    Nothing is metallic.
    """
    scenes = around(renderer, n, seed=5)
    rng = np.random.default_rng(6)
    pose = about("y", rng.uniform(0, 360, n)) * rng.uniform(0.85, 1.15, (n, 1, 3))
    sun = rng.normal(size=(n, 3)) * 0.5 - scenes.camera.axes[:, 2]
    sun /= np.linalg.norm(sun, axis=-1, keepdims=True)
    return replace(
        scenes, model=np.arange(n, dtype=np.int32), hull=renderer.hulls[:n],
        pose=replace(scenes.pose, to_world=pose.astype(np.float32)),
        surface=replace(scenes.surface, metallic=np.full(n, -1, np.float32)),
        lights=replace(scenes.lights, sky=scenes.lights.sky * 0, sun_direction=sun.astype(np.float32)),
        background=replace(scenes.background, colour=scenes.background.colour * 0))


def matt_light(renderer, scenes):
    """(n, SIZE, SIZE, 3) what a matt surface would reflect, from what our glossy one does.

    Per ray it is (1 - F) times the matt light, plus a gloss that does not depend on the base colour: a render with
    black surfaces takes the gloss away, and Schlick's F follows from the ray and the sun alone.
    """
    fine = SIZE * GRID  # one ray a small pixel, so that F is known for each
    black = replace(scenes, surface=replace(scenes.surface, colour_matrix=scenes.surface.colour_matrix * 0))
    out = []
    for k in range(len(scenes)):
        glossy, gloss = (render(renderer, rows(some, slice(k, k + 1)), fine, 1, ("light",)).light[0]
                         for some in (scenes, black))
        along = (np.arange(fine) + 0.5) / fine * 2 - 1
        x, y = np.meshgrid(along, -along)
        right, up, forward = scenes.camera.axes[k].astype(np.float64)
        tangent = float(scenes.camera.tangent[k])
        ray = x[..., None] * tangent * right + y[..., None] * tangent * up + forward
        view = -ray / np.linalg.norm(ray, axis=-1, keepdims=True)
        half = view + scenes.lights.sun_direction[k]
        half /= np.maximum(np.linalg.norm(half, axis=-1, keepdims=True), 1e-9)
        fresnel = 0.04 + 0.96 * (1 - np.clip((view * half).sum(-1), 0, 1)) ** 5
        matt = (glossy - gloss) / (1 - fresnel[..., None])
        out.append(matt.reshape(SIZE, GRID, SIZE, GRID, 3).mean((1, 3)))
    return np.stack(out)


def encoded(linear):
    """sRGB, which makes more of errors in the dark, as eyes do."""
    c = np.clip(linear, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * np.maximum(c, 1e-9) ** (1 / 2.4) - 0.055)


def opaque(mesh):
    """The mesh with nothing see-through, for both renderers."""
    materials = tuple(replace(m, alpha_mode=OPAQUE, colour=(*m.colour[:3], 1.0)) for m in mesh.materials)
    return replace(mesh, materials=materials)


def shared_models(count):
    """The first files of all classes in turn; those that Mitsuba has no material for are passed over."""
    from rendering.mitsuba_oracle import has_colours_on_texture

    files = [path for path in chain(*zip_longest(*find_models(SHARED).values())) if path is not None]
    out = []
    for path in files:
        mesh = load_mesh(path)
        if not has_colours_on_texture(mesh):
            out.append(opaque(mesh))
        if len(out) == count:
            break
    return out
