"""A sheet in the manner of the paper's Figure 2: a row a class, a column for each variation as it is switched on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mixreal.reporting.sheets import titled
from mixreal.spec import DEFAULT_VARY, RenderSpec
from mixreal.synthesis import Synthesis, draw, labels, prepare, render


def variation_sheet(spec: RenderSpec, size: int = 128, vary: Sequence[str] = DEFAULT_VARY, examples: int = 2,
                    device: str = "cpu") -> tuple[NDArray[np.uint8], tuple[str, ...], tuple[str, ...]]:
    """((h, w, 3) sheet with its titles on it, column titles, row titles): one image a class, more varied to the right.

    The first column has none; each next adds one of `vary`; `examples` more columns show other images with all on.
    Streams are separate, so along a row nothing changes but what the column adds.
    """
    synthesis = prepare(replace(spec, images=spec.images or 10_000, per_model=0, vary=tuple(vary)), device)
    count = len(synthesis.classes)
    first = np.arange(count, dtype=np.int64)
    first = first[np.argsort(labels(synthesis, first), kind="stable")]
    columns = [_with(synthesis, vary[:k], first, size) for k in range(len(vary) + 1)]
    columns += [_with(synthesis, vary, first + count * k, size) for k in range(1, examples + 1)]
    titles = ("none", *(f"+ {name}" for name in vary), *("all",) * examples)
    return titled(np.stack(columns, 1), titles, synthesis.classes), titles, synthesis.classes


def _with(synthesis: Synthesis, vary: Sequence[str], index: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """(n, size, size, 3) of those images with only these variations on."""
    chain = replace(synthesis.chain, on=frozenset(vary))
    rgb = render(replace(synthesis, chain=chain), draw(replace(synthesis, chain=chain), index), size=size).rgb
    assert rgb is not None
    return rgb
