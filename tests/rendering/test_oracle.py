"""Our renderer against Mitsuba 3: mask, depth, normal and direct light of the same scenes."""

import numpy as np
import pytest
from rendering.scenes import around, ball, opened

from mixreal.models.mesh import Material
from mixreal.rendering.renderer import render

mi = pytest.importorskip("mitsuba")


def mitsuba_frame(mesh, scenes, k, size, spp=64):
    """(light, depth, normal, hit) by Mitsuba's direct integrator with the same camera and sun; box filter."""
    mi.set_variant("scalar_rgb")
    shape = mi.Mesh("m", len(mesh.vertices), len(mesh.faces), has_vertex_normals=True)
    parameters = mi.traverse(shape)
    parameters["vertex_positions"] = mesh.vertices.astype(np.float32).ravel()
    parameters["faces"] = mesh.faces.astype(np.uint32).ravel()
    parameters["vertex_normals"] = mesh.normals.astype(np.float32).ravel()
    parameters.update()
    bsdf = mi.load_dict({"type": "twosided", "nested": {"type": "diffuse", "reflectance": {
        "type": "rgb", "value": list(mesh.materials[0].colour[:3])}}})
    shape.set_bsdf(bsdf)
    eye, axes = scenes.camera.eye[k].astype(float), scenes.camera.axes[k].astype(float)
    tangent = float(scenes.camera.tangent[k])
    sun = (scenes.lights.sun_radiance[k] * np.pi).tolist()
    scene = mi.load_dict({
        "type": "scene", "shape": shape,
        "integrator": {"type": "aov", "aovs": "d:depth,n:sh_normal", "img": {"type": "direct", "hide_emitters": True}},
        "sensor": {"type": "perspective", "near_clip": 1e-4, "fov": float(np.degrees(2 * np.arctan(tangent))),
                   
                   "to_world": mi.ScalarTransform4f().look_at(eye.tolist(), (eye + axes[2]).tolist(), axes[1].tolist()),
                   "film": {"type": "hdrfilm", "width": size, "height": size, "pixel_format": "rgba",
                            "rfilter": {"type": "box"}},
                   "sampler": {"type": "independent", "sample_count": spp}},
        "sun": {"type": "directional", "direction": (-scenes.lights.sun_direction[k]).tolist(),
                "irradiance": {"type": "rgb", "value": sun}}})
    out = np.array(mi.render(scene, spp=spp, seed=k))
    return out[..., :3], out[..., 4], out[..., 5:8], out[..., 3]


def sun_only(scenes):
    """Scenes lit by the sun alone before black, so that both renderers compute the same thing."""
    from dataclasses import replace

    return replace(scenes, lights=replace(scenes.lights, sky=scenes.lights.sky * 0),
                   background=replace(scenes.background, colour=scenes.background.colour * 0))


def test_mask_depth_normal_and_diffuse_sunlight_agree():
    mesh = ball(material=Material("m", (0.6, 0.5, 0.4, 1.0), 0.0, 1.0))
    renderer = opened(mesh)
    scenes = sun_only(around(renderer, 4))
    size = 64
    ours = render(renderer, scenes, size, 64, ("mask", "depth", "normal", "light"))
    for k in range(len(scenes)):
        light, depth, normal, hit = mitsuba_frame(mesh, scenes, k, size)
        inside = (hit > 0.999) & (ours.mask[k] > 0.999)
        union = ((hit > 0.5) | (ours.mask[k] > 0.5)).sum()
        assert ((hit > 0.5) & (ours.mask[k] > 0.5)).sum() / union >= 0.99
        # Mitsuba's depth is along the ray; ours along the axis.
        u = (np.arange(size) + 0.5) / size * 2 - 1
        x, y = np.meshgrid(u, -u)
        slant = np.sqrt(1 + (x**2 + y**2) * float(scenes.camera.tangent[k]) ** 2)
        relative = np.abs(ours.depth[k] * slant - depth)[inside] / depth[inside]
        assert np.median(relative) < 1e-3
        cosine = (ours.normal[k] * normal).sum(-1)[inside] / np.linalg.norm(normal, axis=-1)[inside]
        assert np.degrees(np.arccos(np.clip(np.median(cosine), -1, 1))) < 1
        # Ours adds a dielectric's faint gloss; Mitsuba's surface is matt: the difference is that gloss.
        difference = np.mean((ours.light[k] - light)[inside] ** 2)
        assert -10 * np.log10(difference) > 30
