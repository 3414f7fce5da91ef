"""The renderer for a page: recipes opened once, their variations laid anew at every move, one picture at a time."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mixreal import synthesis as making
from mixreal.datahome import settled
from mixreal.rendering.renderer import check_size
from mixreal.scene import Scenes
from mixreal.spec import RenderSpec
from mixreal.studio import pictures
from mixreal.studio.study import Study, fixed, index_of
from mixreal.studio.workspace import Workspace
from mixreal.synthesis import Synthesis
from mixreal.variations.chain import BUILT_IN, with_ranges
from mixreal.variations.habits import with_habits

SMALL, FULL = 128, 384  # pixels: while something is dragged, and when it rests
VIEWS = ("rgb", "mask", "depth", "normal")
KEPT = 3  # opened recipes: their models and pictures take some hundred MB
THUMB = 72

_opened: dict[str, Synthesis] = {}  # newest last
_turn = threading.Lock()


@dataclass(frozen=True)
class Wanted:
    """One picture: a study, how large, which view, and whether it is at rest."""

    study: Study
    size: int
    view: str = "rgb"
    rest: bool = True  # at rest it is exact, while dragging it is small


@dataclass(frozen=True, eq=False)
class Shown:
    """What came of it."""

    picture: str  # a data address
    stored: str  # the same at the recipe's own size, "" while something is dragged
    scenes: Scenes  # of the one image
    synthesis: Synthesis


def opened(workspace: Workspace, spec: RenderSpec) -> Synthesis:
    """The recipe's models and pictures with nothing narrowed, loaded once for all pages; seconds the first time.

    Its `spec.vary` names all variations that there are, those that the recipe leaves off too.
    Not for the event loop: one waits here while another page's models are loaded. `BadInput` as `prepare`.
    """
    bare = RenderSpec(models=spec.models, classes=spec.classes, procedural=spec.procedural, images=1, habits=False,
                      first_model=spec.first_model, beside=spec.beside, up=spec.up, forward=spec.forward,
                      vary=_places(spec), backgrounds=spec.backgrounds, textures=spec.textures, envmaps=spec.envmaps)
    bare = settled(bare, str(workspace.data) if workspace.data else None)
    key = repr(bare)
    with _turn:
        base = _opened.pop(key, None) or making.prepare(bare)
        _opened[key] = base
        for old in list(_opened)[:-KEPT]:
            del _opened[old]
    return base


def laid(base: Synthesis, spec: RenderSpec) -> Synthesis:
    """The recipe over what was opened for it: a millisecond. `BadInput` for ranges that cannot be."""
    check_size(spec.size)
    named = zip(base.spec.vary, base.chain.variations, strict=True)
    on = frozenset(variation.name for place, variation in named if place in spec.vary)
    ranges = with_habits(spec.ranges, base.classes) if spec.habits else spec.ranges
    chain = with_ranges(base.chain.variations, on, ranges, spec.seed, base.classes)
    return replace(base, chain=chain, spec=spec, total=spec.images or spec.per_model * len(base.library) or 1)


def picture(base: Synthesis, wanted: Wanted) -> Shown:
    """Render one image of a study whose recipe is opened as `base`."""
    study, synthesis = wanted.study, laid(base, wanted.study.spec)
    scenes = making.draw(synthesis, np.array([index_of(synthesis, study.model, study.turn)]), fixed(study, synthesis))
    frames = making.render(synthesis, scenes, (wanted.view,), wanted.size)
    exact = wanted.rest or wanted.view != "rgb"
    large, stored = pictures.data_url(_pixels(frames, wanted.view), "PNG" if exact else "JPEG"), ""
    if wanted.rest:
        stored = pictures.data_url(_pixels(making.render(synthesis, scenes, (wanted.view,)), wanted.view))
    return Shown(large, stored, scenes, synthesis)


def draws(base: Synthesis, spec: RenderSpec, indices: Sequence[int], view: str = "rgb") -> list[str]:
    """Images of the recipe as data addresses, at its own size."""
    synthesis = laid(base, spec)
    scenes = making.draw(synthesis, np.asarray(indices, np.int64))
    frames = making.render(synthesis, scenes, (view,))
    return [pictures.data_url(_pixels(frames, view, row)) for row in range(len(scenes))]


def thumbnails(base: Synthesis, models: Sequence[int]) -> list[str]:
    """Models of the opened library, alone on nothing, as data addresses."""
    plain = replace(base, chain=replace(base.chain, on=frozenset()))
    indices = [index_of(plain, int(model), 0) for model in models]
    frames = making.render(plain, making.draw(plain, np.array(indices, np.int64)), ("rgb", "mask"), THUMB)
    assert frames.rgb is not None and frames.mask is not None  # both were asked for
    return [pictures.data_url(pictures.cut_out(rgb, mask), "WEBP") for rgb, mask in zip(frames.rgb, frames.mask)]


def _pixels(frames: Any, view: str, row: int = 0) -> pictures.Bytes:
    if view == "mask":
        return pictures.mask_picture(frames.mask[row], frames.whole[row])
    if view == "depth":
        return pictures.depth_picture(frames.depth[row])
    if view == "normal":
        return pictures.normal_picture(frames.normal[row])
    rgb: pictures.Bytes = frames.rgb[row]
    return rgb


def _places(spec: RenderSpec) -> tuple[str, ...]:
    """The variations of a recipe as it names them: the built-in ones, then its plug-ins."""
    return (*BUILT_IN, *(name for name in spec.vary if ":" in name))
