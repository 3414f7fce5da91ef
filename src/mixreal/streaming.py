"""Endless or counted batches of fresh synthetic images, rendered in memory: no files."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.spec import RenderSpec

Batch = tuple[Any, Any, dict[str, NDArray[Any]]]  # NumPy arrays, or torch tensors if asked for


def stream(spec: RenderSpec, batch: int = 256, first: int = 0, device: str = "cpu",
           tensors: bool = False) -> Iterator[Batch]:
    """Yield (rgb (batch, h, w, 3), labels (batch,), latents by column), images `first`, `first + 1`, ... of the recipe.

    With `spec.images` (or `per_model`) it ends there, with a shorter last batch; with neither it never ends. Batch k
    is a pure function of the spec and k: start again at `first` to replay. With `tensors`, rgb and labels are torch
    tensors on the device ("cpu", "cuda", "cuda:1"), the images uncopied.
    """
    from mixreal.errors import BadInput, tell_left_out
    from mixreal.rendering.devices import checked_device
    from mixreal.rendering.renderer import render_tensors
    from mixreal.synthesis import columns, draw, labels, prepare, render

    if tensors:
        import torch

    if batch < 1 or first < 0:
        raise BadInput(f"batch = {batch}, first = {first}: expected at least 1 and 0")
    endless = spec.images == 0 and spec.per_model == 0
    synthesis = prepare(replace(spec, images=1) if endless else spec, checked_device(device))
    tell_left_out("models and pictures", synthesis.problems)
    start = first
    while endless or start < synthesis.total:
        stop = start + batch if endless else min(start + batch, synthesis.total)
        index = np.arange(start, stop, dtype=np.int64)
        scenes = draw(synthesis, index)
        if tensors:
            rgb = render_tensors(synthesis.renderer, scenes, spec.size, spec.samples, seed=spec.seed)["rgb"]
            yield rgb, torch.from_numpy(labels(synthesis, index)).to(rgb.device), columns(scenes)
        else:
            yield render(synthesis, scenes).rgb, labels(synthesis, index), columns(scenes)
        start = stop
