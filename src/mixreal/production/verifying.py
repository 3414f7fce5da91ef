"""A rendered dataset held against its recipe: files, then labels and latents drawn again, then a few images."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import dataset as datasets
from mixreal.datasets import shards
from mixreal.datasets.shards import Header
from mixreal.errors import BadInput
from mixreal.production.origin import made_by
from mixreal.production.ranges import Rows
from mixreal.rendering.devices import device_or_cpu
from mixreal.spec import RenderSpec, from_mapping

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

RERENDERED = 16  # images that `verify` renders again
NOT_DRAWN = ("its files are whole; the recipe cannot be drawn again here, so labels and latents were not compared: "
             "{error} (--models, --backgrounds, --textures and --envmaps say where these are now)")


@dataclass(frozen=True)
class Verified:
    """What a look at a dataset found."""

    problems: list[str]  # a line each
    notes: list[str]  # what could not be looked at


def verify(folder: str | Path, places: Mapping[str, str] | None = None) -> Verified:
    """Look at a rendered dataset: files and checksums, then every label and latent drawn again from the recipe, then a
    few images rendered again, where the kind of device that made them is here.

    places: where some of `spec.PLACES` are now; the recipe names them where they were as it was rendered.
    """
    from mixreal import synthesis as making

    root = Path(folder)
    problems = datasets.check(root)
    if problems:
        return Verified(problems, [])
    header = shards.read_header(root)
    if "spec" not in header.made_by:
        return Verified([], ["not rendered from a recipe: only its files were checked"])
    device = str(header.made_by.get("device", "cpu"))
    here = device_or_cpu(device)  # labels and latents are the same on any
    try:
        spec = from_mapping(RenderSpec, header.made_by["spec"] | dict(places or {}), f"{root / 'dataset.toml'}")
        synthesis = making.prepare(spec, here)
    except BadInput as error:  # no fault of the dataset's: it has been moved, say
        return Verified([], [NOT_DRAWN.format(error=error)])
    changed = shards.made_differently(made_by(synthesis, device), header)
    if changed:
        return Verified([f"the recipe's models or assets have changed: {line}" for line in changed], [])
    for shard in range(header.shards):
        problems += _row_problems(synthesis, shards.read_rows(root, shard), header.rows_of(shard))
    if not same_kind(here, device):
        return Verified(problems, [f"rendered with {device}, which is not here: its labels and latents were drawn "
                                   "again, its images were not"])
    again = np.unique(np.linspace(0, header.images - 1, RERENDERED).astype(np.int64))
    return Verified(problems + _image_problems(synthesis, root, header, again), [])


def same_kind(device: str, other: str) -> bool:
    """Whether both render the same bytes: CPU and CUDA agree within a tolerance only."""
    return device.partition(":")[0] == other.partition(":")[0]


def _row_problems(synthesis: "Synthesis", rows: Rows, at: range) -> list[str]:
    from mixreal import synthesis as making

    scenes = making.draw(synthesis, np.arange(at.start, at.stop, dtype=np.int64))
    drawn = making.columns(scenes)
    problems = [f"images {at.start}-{at.stop - 1}: column {name!r} is in the {where} only"
                for where, names in (("recipe", drawn.keys() - rows.keys()), ("folder", rows.keys() - drawn.keys()))
                for name in sorted(names)]
    for name in sorted(drawn.keys() & rows.keys()):
        both_nan = (drawn[name] != drawn[name]) & (rows[name] != rows[name])
        wrong = np.flatnonzero((drawn[name] != rows[name]) & ~both_nan)
        if len(wrong):
            first = wrong[0]
            problems.append(f"column {name!r} is wrong in {len(wrong)} of images {at.start}-{at.stop - 1}, first in "
                            f"image {at.start + first}: {rows[name][first]}, the recipe says {drawn[name][first]}")
    return problems


def _image_problems(synthesis: "Synthesis", root: Path, header: Header, indices: NDArray[np.int64]) -> list[str]:
    from mixreal import synthesis as making

    rendered = making.render(synthesis, making.draw(synthesis, indices)).rgb
    assert rendered is not None  # it was asked for
    problems = []
    for image, i in zip(rendered, indices.tolist(), strict=True):
        stored = shards.open_images(root, i // header.shard)[i % header.shard]
        if not np.array_equal(image, stored):
            apart = int(np.abs(image.astype(int) - stored.astype(int)).max())
            problems.append(f"image {i} rendered again differs by up to {apart} of 255")
    return problems
