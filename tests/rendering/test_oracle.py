"""Our renderer against Mitsuba 3 on a plain ball: mask, depth, normal and direct light of the same scenes."""

from dataclasses import replace

import numpy as np
import pytest

from mixreal.models.mesh import Material
from mixreal.rendering.renderer import render
from rendering.scenes import around, ball, opened

pytest.importorskip("mitsuba")


def sun_only(scenes):
    """Scenes lit by the sun alone before black, so that both renderers compute the same thing."""
    return replace(scenes, lights=replace(scenes.lights, sky=scenes.lights.sky * 0),
                   background=replace(scenes.background, colour=scenes.background.colour * 0))


def test_mask_depth_normal_and_diffuse_sunlight_agree():
    from rendering.mitsuba_oracle import along_ray, mitsuba_frame

    mesh = ball(material=Material("m", (0.6, 0.5, 0.4, 1.0), 0.0, 1.0))
    renderer = opened(mesh)
    scenes = sun_only(around(renderer, 4))
    ours = render(renderer, scenes, 64, 64, ("mask", "depth", "normal", "light"))
    for k in range(len(scenes)):
        theirs = mitsuba_frame(mesh, scenes, k, 64)
        inside = (theirs.mask > 0.999) & (ours.mask[k] > 0.999)
        union = ((theirs.mask > 0.5) | (ours.mask[k] > 0.5)).sum()
        assert ((theirs.mask > 0.5) & (ours.mask[k] > 0.5)).sum() / union >= 0.99
        relative = np.abs(along_ray(ours.depth[k], scenes, k)[inside] / theirs.depth[inside] - 1)
        assert np.median(relative) < 1e-3
        cosine = (ours.normal[k] * theirs.normal).sum(-1)[inside] / np.linalg.norm(theirs.normal, axis=-1)[inside]
        assert np.degrees(np.arccos(np.clip(np.median(cosine), -1, 1))) < 1
        # Ours adds a dielectric's faint gloss; Mitsuba's surface is matt: the difference is that gloss.
        difference = np.mean((ours.light[k] - theirs.light)[inside] ** 2)
        assert -10 * np.log10(difference) > 30
