"""Synthesis: from a render spec and indices to images. Image i is a pure function of (spec, i)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datahome import settled
from mixreal.errors import BadInput, tell_left_out
from mixreal.models.library import Library
from mixreal.opening import open_material
from mixreal.rendering.renderer import Frames, Renderer, check_size, place, sample_pattern
from mixreal.rendering.renderer import render as render_scenes
from mixreal.scene import Scenes, blank
from mixreal.spec import RenderSpec, fingerprint, to_mapping
from mixreal.variations.chain import Chain, code_of_plugins, in_words, open_chain, vary_scenes
from mixreal.variations.habits import with_habits

MOST = 10**9  # images of a spec, and of each model: thousands of gigabytes
VERSION = 2  # of what a spec means: raised when the same spec would give other images


@dataclass(frozen=True)
class Synthesis:
    """A spec with its models and pictures loaded and its variations opened."""

    spec: RenderSpec
    library: Library
    chain: Chain
    renderer: Renderer
    total: int  # images of the whole dataset
    identity: dict[str, Any]  # everything that decides the pixels, as JSON
    problems: tuple[str, ...] = ()  # files of models and pictures that were left out, and why
    incomplete: tuple[str, ...] = ()  # models that are shown without a file that they name

    @property
    def classes(self) -> tuple[str, ...]:
        return self.library.classes


def prepare(spec: RenderSpec, device: str = "cpu", threads: int = 2) -> Synthesis:
    """Load what the spec names and put it on a device. Raises `BadInput` for anything that cannot work."""
    spec = settled(spec)
    check_size(spec.size)
    sample_pattern(spec.samples)
    if (spec.images > 0) == (spec.per_model > 0) or min(spec.images, spec.per_model) < 0:
        raise BadInput(f"images = {spec.images}, per_model = {spec.per_model}: give exactly one of them, above 0")
    if max(spec.images, spec.per_model) > MOST:
        raise BadInput(f"images = {spec.images:,}, per_model = {spec.per_model:,}: expected at most {MOST:,}")
    material = open_material(spec, threads)
    library, assets = material.library, material.assets
    ranges = with_habits(spec.ranges, library.classes) if spec.habits else spec.ranges
    chain = open_chain(spec.vary, ranges, spec.seed, assets, library.classes)
    ranges = in_words(chain, ranges)
    renderer = place(material.stock, device)
    total = spec.images or spec.per_model * len(library)
    # Folders are named by what is in them: moving one changes nothing.
    made_by = to_mapping(spec) | {"models": library.digest, "assets": assets.digest, "classes": list(library.classes),
                                  "ranges": to_mapping(replace(spec, ranges=ranges))["ranges"]}
    unused = () if spec.models == "procedural" else ("procedural", "first_model")
    for name in ("backgrounds", "textures", "envmaps", "beside", "up", "forward", *unused):
        del made_by[name]
    if library.problems:  # the digest is of the files: another machine may have been able to read them all
        made_by["loaded"] = fingerprint(list(library.names))
    if plugins := code_of_plugins(spec.vary):
        made_by["plugins"] = plugins
    return Synthesis(spec, library, chain, renderer, total, {"version": VERSION, **made_by},
                     library.problems + assets.problems, library.incomplete)


def tell(synthesis: Synthesis) -> None:
    """Say on stderr what was left out of it."""
    tell_left_out("models and pictures", synthesis.problems)
    tell_left_out("models", synthesis.incomplete, "without a file that they name")


def draw(synthesis: Synthesis, indices: NDArray[np.int64], fixed: dict[str, Any] | None = None) -> Scenes:
    """The scenes of any images of the recipe, all latents drawn; `fixed` sets some latents instead."""
    index = np.asarray(indices, np.int64)
    model = _models(synthesis, index)
    plain = blank(index, synthesis.library.class_of[model], model.astype(np.int32),
                  synthesis.renderer.hulls[model])
    scenes = vary_scenes(synthesis.chain, plain, fixed)
    return replace(scenes, latents={"model": np.asarray(synthesis.library.names)[model], **scenes.latents})


def render(synthesis: Synthesis, scenes: Scenes, outputs: Sequence[str] = ("rgb",), size: int | None = None) -> Frames:
    """Frames of those scenes at the spec's size and samples, or another size."""
    spec = synthesis.spec
    return render_scenes(synthesis.renderer, scenes, size or spec.size, spec.samples, outputs, spec.seed)


def labels(synthesis: Synthesis, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n,) index into `synthesis.classes`."""
    return synthesis.library.class_of[_models(synthesis, np.asarray(indices, np.int64))]


def columns(scenes: Scenes) -> dict[str, NDArray[Any]]:
    """What is stored beside each image: label, index, model name, and every latent under "variation.control"."""
    return {"label": scenes.label, "index": scenes.index, **scenes.latents}


def resized(synthesis: Synthesis, **changes: Any) -> Synthesis:
    """The same models and pictures under a spec that differs in what needs no loading: size, samples, count."""
    return replace(synthesis, spec=replace(synthesis.spec, **changes))


def _models(synthesis: Synthesis, index: NDArray[np.int64]) -> NDArray[np.int64]:
    """With `per_model`, models in turn; with `images`, classes in turn and the models of each class in turn."""
    class_of = synthesis.library.class_of
    if synthesis.spec.per_model:
        return index % len(class_of)
    count = np.bincount(class_of, minlength=len(synthesis.classes))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])  # a library's models are sorted by class
    which = index % len(count)
    return first[which] + (index // len(count)) % count[which]
