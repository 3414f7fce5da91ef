"""The chain of variations that turns (seed, index) into scenes: draws every latent on its own stream, then applies."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.assets import Assets
from mixreal.controls import Choice, Control, narrow
from mixreal.errors import BadInput, check_known, did_you_mean, first_line
from mixreal.keeping import code_digest
from mixreal.plugins import plugin
from mixreal.scene import Scenes
from mixreal.streams import uniforms
from mixreal.variations.variation import Variation

#: In the order in which they are applied: ground and framing need the pose, light may take after the background.
BUILT_IN = {
    "pose": "mixreal.variations.pose:pose",
    "texture": "mixreal.variations.texture:texture",
    "background": "mixreal.variations.background:background",
    "lighting": "mixreal.variations.lighting:lighting",
    "camera": "mixreal.variations.camera:camera",
    "occlusion": "mixreal.variations.occlusion:occlusion",
    "sensor": "mixreal.variations.sensor:sensor",
}


@dataclass(frozen=True)
class Chain:
    """Every variation, and the names of those that are on."""

    variations: tuple[Variation, ...]
    on: frozenset[str]
    seed: int
    of_class: dict[str, dict[int, Control]] = field(default_factory=dict)  # latent -> label -> that class's control


def open_chain(vary: Sequence[str], ranges: dict[str, Any], seed: int, assets: Assets,
               classes: Sequence[str] = ()) -> Chain:
    """The built-in variations and any plug-in (`package.module:attr`) named in `vary`, with `ranges` laid over them.

    A range may be for one class alone: "pose.yaw@person" = [-75, 75], since people are photographed from the front.
    Raises `BadInput` for unknown variations, latents, options and classes.
    """
    places = dict(BUILT_IN)
    for name in vary:
        if ":" in name:
            places[name] = name
        elif name not in BUILT_IN:
            raise BadInput(f"unknown variation {name!r}: {did_you_mean(name, BUILT_IN)} "
                           "(a plug-in is named package.module:attr)")
    opened = tuple(_open(place, assets) for place in places.values())
    on = frozenset(v.name for v, name in zip(opened, places, strict=True) if name in vary)
    return with_ranges(opened, on, ranges, seed, classes)


def with_ranges(opened: tuple[Variation, ...], on: frozenset[str], ranges: dict[str, Any], seed: int,
                classes: Sequence[str] = ()) -> Chain:
    """A chain of variations as they were opened, with `ranges` laid over their controls. `BadInput` as above."""
    owners = {v.name for v in opened}
    for key in ranges:
        if key.partition(".")[0] not in owners:
            known = [f"{v.name}.{c}" for v in opened for c in v.controls]
            raise BadInput(f"ranges: unknown latent {key!r}: {did_you_mean(key, known)}")
    for_all = {key: asked for key, asked in ranges.items() if "@" not in key}
    narrowed = tuple(replace(v, controls=narrow(v.controls, v.name, for_all)) for v in opened)
    for_one = {key: asked for key, asked in ranges.items() if "@" in key}
    return Chain(narrowed, on, seed, _of_class(narrowed, opened, for_one, classes))


def in_words(chain: Chain, ranges: dict[str, Any]) -> dict[str, Any]:
    """The same ranges with every option by its name: 1 and "1" are one recipe."""
    controls = {f"{v.name}.{c}": control for v in chain.variations for c, control in v.controls.items()}
    return {key: control.in_words(asked) if isinstance(control := controls[key.partition("@")[0]], Choice) else asked
            for key, asked in ranges.items()}


def vary_scenes(chain: Chain, scenes: Scenes, fixed: dict[str, Any] | None = None) -> Scenes:
    """The scenes with every variation applied and every latent recorded under "variation.control".

    `fixed` sets latents by name instead of drawing them: an array as `Control.draw` returns it, one value a row.
    """
    n = len(scenes)
    names = [f"{v.name}.{c}" for v in chain.variations if v.name in chain.on for c in v.controls]
    drawn = dict(zip(names, uniforms(chain.seed, names, scenes.index), strict=True)) if names else {}
    record: dict[str, NDArray[Any]] = {}
    for variation in chain.variations:
        latents = {}
        for control_name, control in variation.controls.items():
            full_name = f"{variation.name}.{control_name}"
            values = control.draw(drawn[full_name]) if full_name in drawn else control.resting(n)
            for label, own in chain.of_class.get(full_name, {}).items():
                rows = scenes.label == label
                values[rows] = own.draw(drawn[full_name][rows]) if full_name in drawn else own.resting(int(rows.sum()))
            if fixed and full_name in fixed:
                values = np.broadcast_to(np.asarray(fixed[full_name], values.dtype), values.shape)
            latents[control_name] = values
            record |= control.columns(full_name, values)
        scenes = variation.apply(scenes, latents)
    return replace(scenes, latents=record)


def code_of_plugins(vary: Sequence[str]) -> dict[str, str]:
    """By the name of each plug-in in `vary`, a hash of the file that it is named in and of the one that defines it:
    what other code makes is something else. What these import does not count."""
    out = {}
    for name in vary:
        if ":" in name:
            module = name.partition(":")[0]
            opener = plugin(name, "variation", "a function from Assets to Variation")
            named = sys.modules[module]
            defined = sys.modules.get(getattr(opener, "__module__", module), named)
            files = {Path(getattr(one, "__file__", None) or "") for one in (named, defined)}
            out[name] = code_digest(file for file in files if file.is_file())  # not of what a notebook holds
    return out


def _of_class(narrowed: Sequence[Variation], opened: Sequence[Variation], ranges: dict[str, Any],
              classes: Sequence[str]) -> dict[str, dict[int, Control]]:
    out: dict[str, dict[int, Control]] = {}
    for key, asked in ranges.items():
        latent, _, name = key.partition("@")
        check_known([name], classes, f"class in the range {key!r}:")
        owner, _, control = latent.partition(".")
        for_all, first = ({**next(v.controls for v in some if v.name == owner)} for some in (narrowed, opened))
        if getattr(first.get(control), "log", False) and not getattr(for_all[control], "log", False):
            for_all[control] = first[control]  # fixed at 0 for all, it has no logarithm any more
        own = narrow(for_all, owner, {latent: asked})[control]
        out.setdefault(latent, {})[list(classes).index(name)] = own
    return out


def _open(place: str, assets: Assets) -> Variation:
    opener = plugin(place, "variation", "a function from Assets to Variation")
    try:
        variation = opener(assets)
    except Exception as error:
        if place in BUILT_IN.values():
            raise
        raise BadInput(f"variation {place!r} cannot be opened ({type(error).__name__}: {first_line(error)}): expected "
                       "a function from Assets to Variation") from error
    if not isinstance(variation, Variation):
        raise BadInput(f"variation {place!r} gave {type(variation).__name__}: expected mixreal.variations.Variation")
    return variation
