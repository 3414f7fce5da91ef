"""A study: a recipe, the image of it that is looked at, and the latents that are held while one looks.

Everything here is a value: the Scene page keeps one study a visitor and replaces it at each move.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.controls import Choice, Colour, Control, Slider
from mixreal.errors import BadInput
from mixreal.scene import Scenes
from mixreal.spec import RenderSpec, to_mapping, to_toml
from mixreal.synthesis import Synthesis
from mixreal.variations.variation import Variation


@dataclass(frozen=True)
class Study:
    """`held` has values as people write them: a number, an option's name, [r, g, b] in sRGB."""

    spec: RenderSpec
    model: int = 0  # which of the library's
    turn: int = 0  # which of the images of that model
    held: Mapping[str, Any] = field(default_factory=dict)  # "camera.elevation" -> value


def hold(study: Study, latent: str, value: Any) -> Study:
    """The same image with one latent held at a value."""
    return replace(study, held={**study.held, latent: value})


def let_go(study: Study, latent: str = "") -> Study:
    """The same image with that latent drawn again; all of them by default."""
    return replace(study, held={k: v for k, v in study.held.items() if latent and k != latent})


def with_range(study: Study, latent: str, asked: Any, of_class: str = "") -> Study:
    """The recipe with another range of a latent, for one class alone if one is named; None takes the range away."""
    key = f"{latent}@{of_class}" if of_class else latent
    ranges = {k: v for k, v in study.spec.ranges.items() if k != key}
    return replace(study, spec=replace(study.spec, ranges=ranges if asked is None else ranges | {key: asked}))


def switched(study: Study, place: str, on: bool, order: tuple[str, ...]) -> Study:
    """The recipe with a variation on or off; `order` is that in which variations are named."""
    vary = {*study.spec.vary, place} if on else set(study.spec.vary) - {place}
    return replace(study, spec=replace(study.spec, vary=tuple(name for name in order if name in vary)))


def index_of(synthesis: Synthesis, model: int, turn: int) -> int:
    """Which image of the recipe shows a model for the `turn`-th time."""
    library = synthesis.library
    if synthesis.spec.per_model:
        return model + len(library) * turn
    label = int(library.class_of[model])
    first = int(np.searchsorted(library.class_of, label))  # a library's models are sorted by class
    count = int((library.class_of == label).sum())
    return label + len(library.classes) * (model - first + count * turn)


def place_of(synthesis: Synthesis, index: int) -> tuple[int, int]:
    """(model, turn) of an image of the recipe: what `index_of` was given."""
    library = synthesis.library
    if synthesis.spec.per_model:
        return index % len(library), index // len(library)
    label, number = index % len(library.classes), index // len(library.classes)
    count = int((library.class_of == label).sum())
    return int(np.searchsorted(library.class_of, label)) + number % count, number // count


def control_of(synthesis: Synthesis, variation: Variation, name: str, label: int) -> Control:
    """The control that a latent of a class is drawn by."""
    own = synthesis.chain.of_class.get(f"{variation.name}.{name}", {})
    return own.get(label, variation.controls[name])


def fixed(study: Study, synthesis: Synthesis) -> dict[str, Any]:
    """The held latents as `synthesis.draw` takes them. `BadInput` for one that is none, or has no such option."""
    out = {}
    controls = {f"{v.name}.{c}": control for v in synthesis.chain.variations for c, control in v.controls.items()}
    for latent, value in study.held.items():
        control = controls.get(latent)
        if control is None:
            continue  # of a plug-in that is no longer part of the recipe
        if isinstance(control, Choice):
            if value not in control.options:
                raise BadInput(f"{latent}: no option {value!r} among the {len(control.options)}")
            value = control.options.index(value)
        elif isinstance(control, Slider):
            control.check(latent, float(value))
        out[latent] = np.asarray(value)
    return out


def fitted(study: Study, synthesis: Synthesis) -> Study:
    """The study with what a library has: another model where its own is not there, no latent held that is not there."""
    kept = {}
    for latent, value in study.held.items():
        with suppress(BadInput):
            fixed(replace(study, held={latent: value}), synthesis)
            kept[latent] = value
    return replace(study, model=min(study.model, len(synthesis.library) - 1), held=kept)


def values_of(latents: Mapping[str, NDArray[Any]], variation: Variation, row: int = 0) -> dict[str, Any]:
    """The latents of one row that a variation has, as people write them; those that are recorded."""
    out: dict[str, Any] = {}
    for name, control in variation.controls.items():
        latent = f"{variation.name}.{name}"
        if isinstance(control, Colour):
            channels = [f"{latent}.{channel}" for channel in "rgb"]
            if all(channel in latents for channel in channels):
                out[latent] = [_short(latents[channel][row]) for channel in channels]
        elif latent in latents:
            value = latents[latent][row]
            out[latent] = str(value) if isinstance(control, Choice) else _short(value)
    return out


def pinned(study: Study, synthesis: Synthesis, scenes: Scenes) -> RenderSpec:
    """A recipe whose images show this model with these latents: what is drawn is the one value that was drawn here.

    Grain differs, since it goes by an image's index; models of folders cannot be named one by one.
    """
    ranges: dict[str, Any] = {}
    for variation in synthesis.chain.variations:
        if variation.name in synthesis.chain.on:
            ranges |= values_of(scenes.latents, variation)
    library = synthesis.library
    label = int(library.class_of[study.model])
    spec = replace(study.spec, classes=(library.classes[label],), images=1, per_model=0, ranges=ranges)
    if spec.models != "procedural":
        return spec
    number = study.model - int(np.searchsorted(library.class_of, label))
    return replace(spec, procedural=1, first_model=spec.first_model + number)


def as_toml(study: Study, synthesis: Synthesis, scenes: Scenes) -> str:
    """The shown image as a render spec, for `mixreal render --spec`."""
    spec, default = to_mapping(pinned(study, synthesis, scenes)), to_mapping(RenderSpec())
    told = {key: value for key, value in spec.items() if key == "ranges" or value != default[key]}
    return f"# image {int(scenes.index[0])} of its recipe: {scenes.latents['model'][0]}\n{to_toml(told)}"


def as_python(study: Study, synthesis: Synthesis, scenes: Scenes) -> str:
    """The shown image as Python that renders it."""
    spec, default = pinned(study, synthesis, scenes), RenderSpec()
    lines = [f"    {name}={value!r}," for name in to_mapping(spec)
             if name != "ranges" and (value := getattr(spec, name)) != getattr(default, name)]
    lines += ["    ranges={", *(f"        {latent!r}: {value!r}," for latent, value in spec.ranges.items()), "    },"]
    told = f"# image {int(scenes.index[0])} of its recipe: {scenes.latents['model'][0]}"
    return "\n".join([told, "import mixreal as mx", "", "spec = mx.RenderSpec(", *lines, ")",
                      'dataset = mx.render(spec, "data/one")']) + "\n"


def _short(value: Any) -> float:
    """A float32 as the shortest decimal number that is read back as it."""
    return float(str(np.float32(value)))
