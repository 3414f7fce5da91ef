"""Variation: one latent factor, as controls and a function over a whole batch of scenes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mixreal.assets import Assets
from mixreal.controls import Control, Latents
from mixreal.scene import Scenes


@dataclass(frozen=True)
class Variation:
    """`apply(scenes, latents)` returns the scenes with this factor set from its latents, drawn or resting.

    It is called whether the variation is on or off: off means that every latent has its control's `rest` value. It
    must be a pure function and treat each row alone, so that any split of a batch gives the same images.
    """

    name: str
    controls: Mapping[str, Control]
    apply: Callable[[Scenes, Latents], Scenes]


#: What a plug-in names as `package.module:attr`: given the assets at hand, the variation.
OpenVariation = Callable[[Assets], Variation]
