"""Where the rows of a merged or selected dataset come from: its origins, and its labels drawn again from their recipes.

Such a dataset notes in `made_by.origins` each dataset that its rows began in, with the recipe of a rendered one, and in
two columns of every row which of them (`origin`) and which of its images (`origin.index`).
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal.datasets import shards
from mixreal.datasets.columnfiles import Columns
from mixreal.datasets.dataset import check
from mixreal.datasets.shards import Header
from mixreal.errors import BadInput, unreadable
from mixreal.production.verifying import NOT_DRAWN, Verified, same_kind
from mixreal.rendering.devices import device_or_cpu
from mixreal.spec import RenderSpec, from_mapping

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

ORIGIN, ORIGIN_INDEX = "origin", "origin.index"
RERENDERED = 16  # images that `verify_origins` renders again

Origins = dict[str, dict[str, Any]]  # name -> source, domain, images, digest; of a rendered one spec, identity, device


class Changed(BadInput):
    """A recipe that would draw something else than it once did."""


def digest(folder: Path) -> str:
    """A hash of a finished dataset's checksums: of all its content, without reading it."""
    whole = hashlib.blake2b(digest_size=12)
    for shard in range(shards.read_header(folder).shards):
        path = folder / shards.marker_name(shard)
        try:
            whole.update(path.read_bytes())
        except OSError as error:
            raise unreadable(path, error, "run the command that made the dataset again") from None
    return whole.hexdigest()


def origins_of(folder: Path, header: Header) -> Origins:
    """The origins of a dataset's rows: those it notes, or itself."""
    if "origins" in header.made_by:
        noted: Origins = header.made_by["origins"]
        return noted
    about = {"source": header.source, "domain": header.domain, "images": header.images, "digest": digest(folder)}
    recipe = {key: header.made_by[key] for key in ("spec", "identity", "device") if key in header.made_by}
    return {folder.resolve().name: about | (recipe if "spec" in recipe else {})}


def with_origin(columns: Columns, names: dict[str, str]) -> Columns:
    """The columns with `origin` and `origin.index`. `names`: what each origin is called now; of one set, its only."""
    if ORIGIN in columns:
        renamed = columns[ORIGIN].astype(object)
        for before, now in names.items():
            renamed[columns[ORIGIN] == before] = now
        return columns | {ORIGIN: renamed.astype(str)}
    (name,) = names.values()
    return columns | {ORIGIN: np.full(len(columns["index"]), name), ORIGIN_INDEX: columns["index"].astype(np.int64)}


def verify_origins(folder: str | Path, places: Mapping[str, str] | None = None) -> Verified:
    """Files and checksums; then, of rows from rendered datasets, labels and latents drawn again, a few images rendered
    again where the kind of device that made them is here. places: as for `verify`."""
    root = Path(folder)
    problems = check(root)
    if problems:
        return Verified(problems, [])
    header = shards.read_header(root)
    notes: list[str] = []
    for name, about in header.made_by["origins"].items():
        try:
            synthesis = open_recipe(name, about, places)
        except Changed as error:
            problems.append(str(error))
            continue
        except BadInput as error:
            notes.append(NOT_DRAWN.format(error=error))
            continue
        if synthesis is None:
            notes.append(f"{name} ({about['domain']}) was not rendered from a recipe: of its images only the files "
                         "were checked")
            continue
        made_on = str(about.get("device", "cpu")).partition(":")[0]
        here = same_kind(synthesis.renderer.device, made_on)
        if not here:
            notes.append(f"{name} was rendered with {made_on}, which is not here: its labels and latents were drawn "
                         "again, its images were not")
        problems += _problems(root, header, name, synthesis, here)
    return Verified(problems, notes)


def open_recipe(name: str, about: dict[str, Any], places: Mapping[str, str] | None = None) -> "Synthesis | None":
    """An origin's recipe, ready to draw; None where it has none. `Changed` if it would draw something else now, plain
    `BadInput` where it cannot be drawn. places: where some of `spec.PLACES` are now."""
    from mixreal.synthesis import prepare

    if "spec" not in about:
        return None
    try:
        synthesis = prepare(from_mapping(RenderSpec, about["spec"] | dict(places or {}), f"the recipe of {name}"),
                            device_or_cpu(str(about.get("device", "cpu"))))
    except BadInput as error:
        raise BadInput(f"the recipe of {name} cannot be drawn again: {error}") from None
    changed = shards.differences(shards.plain(synthesis.identity), about["identity"])
    if changed:
        raise Changed(f"the models or assets of {name} have changed: {changed[0]}")
    return synthesis


def _problems(root: Path, header: Header, name: str, synthesis: "Synthesis", pixels: bool) -> list[str]:
    """What differs of one origin's rows. pixels: whether to render some of them again, too."""
    from mixreal import synthesis as making

    problems: list[str] = []
    some = set(np.linspace(0, header.images - 1, RERENDERED).astype(int).tolist())
    for shard in range(header.shards):
        rows = shards.read_rows(root, shard)
        mine = np.flatnonzero(rows[ORIGIN] == name)
        if not len(mine):
            continue
        drawn = making.columns(making.draw(synthesis, rows[ORIGIN_INDEX][mine]))
        at = header.rows_of(shard).start + mine
        problems += _row_problems(drawn, {key: values[mine] for key, values in rows.items()}, at, header.classes,
                                  synthesis.classes)
        again = np.flatnonzero(np.isin(at, list(some))) if pixels else ()
        if len(again):
            images = making.render(synthesis, making.draw(synthesis, rows[ORIGIN_INDEX][mine[again]])).rgb
            assert images is not None
            stored = shards.open_images(root, shard)[mine[again]]
            problems += [f"image {row} rendered again differs" for row, a, b in zip(at[again], images, stored)
                         if not np.array_equal(a, b)]
    return problems


def _row_problems(drawn: Columns, rows: Columns, at: NDArray[np.int64], classes: tuple[str, ...],
                  recipe_classes: tuple[str, ...]) -> list[str]:
    """Columns that differ from what the recipe draws. Merging may have widened a number's type."""
    wanted = drawn | {"label": np.asarray(recipe_classes)[drawn["label"]]}
    found = rows | {"label": np.asarray(classes)[rows["label"]]}
    problems = [f"column {key!r} of the recipe is missing" for key in sorted(wanted.keys() - found.keys())]
    for key in sorted((wanted.keys() & found.keys()) - {"index"}):
        here, there = found[key], wanted[key]
        wrong = np.flatnonzero((here != there) & ~((here != here) & (there != there)))
        if len(wrong):
            first = wrong[0]
            problems.append(f"column {key!r} is wrong in {len(wrong)} images, first in image {at[first]}: "
                            f"{here[first]}, the recipe says {there[first]}")
    return problems
