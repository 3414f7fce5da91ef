"""Fresh synthetic images, rendered in memory as they are taken: no files, and no end where no count is given."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput
from mixreal.production.origin import models_of
from mixreal.production.ranges import at_once
from mixreal.spec import RenderSpec, fingerprint, to_mapping

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

SAMPLE, SAMPLE_BYTES = 4096, 64 << 20  # images that stand for all of a recipe's; of large ones, so many bytes

Batch = tuple[Any, Any, dict[str, NDArray[Any]]]  # NumPy arrays, or torch tensors if asked for


@dataclass(frozen=True, eq=False)
class Fresh:
    """A recipe without a count, opened: image i is a pure function of the spec and i. Several threads may render."""

    synthesis: "Synthesis"
    threads: int = 0  # that render; 0 = as many as training leaves cores

    @property
    def classes(self) -> tuple[str, ...]:
        return self.synthesis.classes

    @property
    def batch(self) -> int:
        """Images that are best rendered at once."""
        return at_once(self.synthesis.spec.size, self.synthesis.spec.size)

    @cached_property
    def identity(self) -> dict[str, Any]:
        """Everything that decides the pixels, as JSON; CPU and CUDA agree within a tolerance only."""
        decides = {k: v for k, v in self.synthesis.identity.items() if k not in ("images", "per_model")}
        return decides | {"device": self.synthesis.renderer.device.split(":")[0]}

    @cached_property
    def sample(self) -> Dataset:
        """The first 4,096 images (of large ones as many as fit 64 MiB): what statistics and reports are made of."""
        size = self.synthesis.spec.size
        count = max(min(SAMPLE, SAMPLE_BYTES // (size * size * 3)), len(self.classes))
        parts = [np.arange(start, min(start + self.batch, count)) for start in range(0, count, self.batch)]
        with ThreadPoolExecutor(2) as pool:
            rendered = list(pool.map(self.render, parts))
        rows = {name: np.concatenate([columns[name] for _, columns in rendered]) for name in rendered[0][1]}
        return Dataset(np.concatenate([rgb for rgb, _ in rendered]), rows.pop("label").astype(np.int64), self.classes,
                       "synthetic", rows.pop("index").astype(np.int64), rows, None,
                       f"{models_of(self.synthesis.spec)}, rendered afresh while training, at {size} px")

    def render(self, index: NDArray[np.int64]) -> tuple[NDArray[np.uint8], dict[str, NDArray[Any]]]:
        """(n, h, w, 3) images of any indices, and every column: label, index, model, latents."""
        from mixreal import synthesis as making

        scenes = making.draw(self.synthesis, index)
        rgb = making.render(self.synthesis, scenes).rgb
        assert rgb is not None  # it was asked for
        return rgb, making.columns(scenes)

    def describe(self) -> dict[str, Any]:
        """What it is, in plain values for a config file."""
        return {"source": self.sample.source, "domain": "synthetic", "fresh": True, "sample": len(self.sample),
                "fingerprint": fingerprint("fresh", self.identity),
                "recipe": to_mapping(replace(self.synthesis.spec, images=0))}


def open_fresh(spec: RenderSpec, device: str = "cpu", classes: tuple[str, ...] = (), threads: int = 0) -> Fresh:
    """Load what the spec names, for images without end; `classes` where the spec names none.

    device: "cpu", "cuda", "cuda:1", or "auto": CUDA where there is some that both torch and Warp can use.

    `BadInput` for a spec with a count: that is a dataset, to be rendered to disk.
    """
    import torch

    from mixreal.rendering.devices import checked_device, device_or_cpu
    from mixreal.synthesis import prepare, tell

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() and device_or_cpu("cuda") != "cpu" else "cpu"
    if spec.images or spec.per_model:
        count = f"images = {spec.images}" if spec.images else f"per_model = {spec.per_model}"
        raise BadInput(f"fresh images have no end, and the spec says {count}: leave it out, or render a dataset "
                       "(mixreal render) and train on that")
    synthesis = prepare(replace(spec, images=1, classes=spec.classes or classes), checked_device(device))
    tell(synthesis)
    return Fresh(synthesis, threads)


def stream(spec: RenderSpec, batch: int = 256, first: int = 0, device: str = "cpu",
           tensors: bool = False) -> Iterator[Batch]:
    """Yield (rgb (batch, h, w, 3), labels (batch,), latents by column), images `first`, `first + 1`, ... of the recipe.

    With `spec.images` (or `per_model`) it ends there, with a shorter last batch; with neither it never ends. Batch k
    is a pure function of the spec and k: start again at `first` to replay. With `tensors`, rgb and labels are torch
    tensors on the device ("cpu", "cuda", "cuda:1"), the images uncopied.
    """
    from mixreal.rendering.devices import checked_device
    from mixreal.rendering.renderer import render_tensors
    from mixreal.synthesis import columns, draw, labels, prepare, render, tell

    if tensors:
        import torch

    if batch < 1 or first < 0:
        raise BadInput(f"batch = {batch}, first = {first}: expected at least 1 and 0")
    endless = spec.images == 0 and spec.per_model == 0
    synthesis = prepare(replace(spec, images=1) if endless else spec, checked_device(device))
    tell(synthesis)
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
