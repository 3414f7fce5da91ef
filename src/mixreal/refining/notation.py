"""Networks in the notation of the CycleGAN paper: "c7s1-32,d64,R128x9,u64,c7s1-3" and "C64,C128" into layers."""

import re
from dataclasses import dataclass

from mixreal.errors import BadInput

_GENERATOR = re.compile(r"c(?P<kernel>\d+)s(?P<stride>\d+)-(?P<c>\d+)|d(?P<d>\d+)|u(?P<u>\d+)|"
                        r"R(?P<R>\d+)(x(?P<n>\d+))?")
_DISCRIMINATOR = re.compile(r"C(?P<C>\d+)")
_KNOWN = "c7s1-32 (convolution), d64 (half the size), R128x9 (nine residual blocks), u64 (twice the size)"


@dataclass(frozen=True)
class Layer:
    """One layer: "c" convolution, "d" down by 2, "R" residual block, "u" up by 2, "C" of a discriminator."""

    kind: str
    filters: int
    kernel: int
    stride: int = 1


def generator_layers(text: str) -> tuple[Layer, ...]:
    """The generator's layers, each residual block one; the last makes the image. `BadInput` for what cannot be one."""
    out: list[Layer] = []
    for word in _words(text):
        found = _GENERATOR.fullmatch(word)
        if not found:
            raise BadInput(f"generator {text!r}: {word!r} is no layer: known are {_KNOWN}")
        if found["c"]:
            out.append(Layer("c", int(found["c"]), int(found["kernel"]), int(found["stride"])))
        elif found["R"]:
            out += [Layer("R", int(found["R"]), 3)] * int(found["n"] or 1)
        else:
            kind = "d" if found["d"] else "u"
            out.append(Layer(kind, int(found[kind]), 3, 2))
    _check_generator(text, out)
    return tuple(out)


def discriminator_layers(text: str) -> tuple[Layer, ...]:
    """The discriminator's layers before its last one-channel convolution: 4x4, stride 2."""
    out = []
    for word in _words(text):
        found = _DISCRIMINATOR.fullmatch(word)
        if not found or int(found["C"]) < 1:
            raise BadInput(f"discriminator {text!r}: {word!r} is no layer: write for example C64,C128")
        out.append(Layer("C", int(found["C"]), 4, 2))
    return tuple(out)


def _words(text: str) -> list[str]:
    words = [word for word in re.sub(r"\s+", "", text.replace("×", "x")).split(",") if word]
    if not words:
        raise BadInput(f"no layers in {text!r}: write for example c7s1-32,d64,R64x3,u32,c7s1-3, or C64,C128")
    return words


def _check_generator(text: str, layers: list[Layer]) -> None:
    last = layers[-1]
    if (last.kind, last.filters, last.stride) != ("c", 3, 1):
        raise BadInput(f"generator {text!r}: the last layer has to make the three colours: end with c7s1-3")
    channels, depth = 3, 0
    for layer in layers:
        if layer.filters < 1 or (layer.kind == "c" and (layer.kernel % 2 == 0 or layer.stride != 1)):
            raise BadInput(f"generator {text!r}: a layer c wants an odd kernel, stride 1 and at least one filter")
        if layer.kind == "R" and layer.filters != channels:
            raise BadInput(f"generator {text!r}: R{layer.filters} follows {channels} channels: "
                           f"a residual block keeps them: write R{channels}")
        depth += {"d": 1, "u": -1}.get(layer.kind, 0)
        channels = layer.filters
    if depth:
        raise BadInput(f"generator {text!r}: as many u as d are needed, so that the image keeps its size")
