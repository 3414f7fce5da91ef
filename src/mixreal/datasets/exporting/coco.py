"""COCO: images/ and annotations.json with a box, an area and a mask an image, drawn again from the recipe."""

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs
from mixreal.datasets.dataset import rows_at
from mixreal.datasets.exporting.source import Source, pngs, told
from mixreal.datasets.provenance import ORIGIN, ORIGIN_INDEX, with_origin
from mixreal.errors import BadInput

if TYPE_CHECKING:
    from mixreal.synthesis import Synthesis

ANNOTATIONS = "annotations.json"
BATCH = 256  # images whose masks are rendered at once
COVERED = 0.5  # of a pixel, for it to belong to the object


def check(source: Source) -> None:
    """`BadInput` where masks cannot be drawn: photographs and refined images have no recipe, and one can change."""
    for name, recipe in source.recipes.items():
        if recipe is None:
            raise BadInput(f"{source.folder}: boxes and masks are drawn from the recipe of rendered images, and {name} "
                           "has none (photographs, refined images): export rendered ones, or export to folders or "
                           "webdataset")


def write_piece(source: Source, rows: range, piece: int, root: Path) -> None:
    """images/00000123.png, and the piece's part of the annotations in a hidden file."""
    (root / "images").mkdir(exist_ok=True)
    for row, png in zip(rows, pngs(source, rows)):
        (root / "images" / f"{row:08d}.png").write_bytes(png)
    images = [{"id": row, "file_name": f"{row:08d}.png", "width": source.header.width, "height": source.header.height,
               "latents": {key: value for key, value in about.items() if key not in ("label", "class", "domain")}}
              for row, about in zip(rows, told(source, rows))]
    annotations = [annotation for row, label, mask, hidden in zip(rows, source.dataset.labels[rows.start:rows.stop],
                                                                  *_masks(source, rows))
                   if (annotation := annotate(row, int(label), mask, float(hidden))) is not None]
    runs.write_json(root / _part(piece), {"images": images, "annotations": annotations})


def finish(source: Source, root: Path) -> None:
    """annotations.json, from its parts."""
    if not (root / ANNOTATIONS).is_file():
        head = {"info": {"description": source.header.source},
                "categories": [{"id": label + 1, "name": name} for label, name in enumerate(source.dataset.classes)]}
        with runs.atomic(root / ANNOTATIONS) as temporary, temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(head, ensure_ascii=False)[:-1])
            for key in ("images", "annotations"):
                file.write(f', "{key}": [')
                for k, one in enumerate(_parts(source, root, key)):
                    file.write((",\n" if k else "\n") + json.dumps(one, ensure_ascii=False))
                file.write("]")
            file.write("}\n")
    for path in root.glob(".annotations-*.json"):
        path.unlink()


def annotate(row: int, label: int, mask: NDArray[np.bool_], hidden: float) -> dict[str, Any] | None:
    """The object of one image; None where none of it is seen. `mask` (h, w); `hidden`: the part behind occluders."""
    ys, xs = np.nonzero(mask)
    if not len(ys):
        return None
    left, top = int(xs.min()), int(ys.min())
    box = [left, top, int(xs.max()) - left + 1, int(ys.max()) - top + 1]
    return {"id": row + 1, "image_id": row, "category_id": label + 1, "bbox": box, "area": len(ys), "iscrowd": 0,
            "segmentation": {"size": list(mask.shape), "counts": run_lengths(mask)}, "occluded": round(hidden, 4)}


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """COCO's uncompressed code: lengths of runs down the columns, of 0 and 1 in turn, beginning with 0.

    >>> run_lengths(np.array([[False, True], [True, True]]))
    [1, 3]
    """
    flat = mask.ravel(order="F")
    ends = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff(np.concatenate([[0], ends, [len(flat)]])).tolist()
    return [0, *lengths] if flat[0] else lengths


def _masks(source: Source, rows: range) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(n, h, w) where the object is seen, (n,) which part of it is hidden: by each origin's recipe."""
    columns = with_origin(rows_at(source.dataset, slice(rows.start, rows.stop)),
                          {name: name for name in source.recipes})
    masks = np.zeros((len(rows), source.header.height, source.header.width), bool)
    hidden = np.zeros(len(rows))

    def draw(part: tuple["Synthesis", NDArray[np.int64]]) -> None:
        from mixreal import synthesis as making

        synthesis, mine = part
        frames = making.render(synthesis, making.draw(synthesis, columns[ORIGIN_INDEX][mine]), ("mask",))
        assert frames.mask is not None and frames.whole is not None
        masks[mine] = frames.mask >= COVERED
        whole = frames.whole.sum((1, 2))
        hidden[mine] = np.where(whole > 0, 1 - frames.mask.sum((1, 2)) / np.maximum(whole, 1e-9), 0.0)

    parts = []
    for name, synthesis in source.recipes.items():
        assert synthesis is not None  # `check` said so
        mine = np.flatnonzero(columns[ORIGIN] == name)
        parts += [(synthesis, mine[start:start + BATCH]) for start in range(0, len(mine), BATCH)]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(draw, parts))
    return masks, hidden.clip(0, 1)


def _part(piece: int) -> str:
    return f".annotations-{piece:05d}.json"


def _parts(source: Source, root: Path, key: str) -> Iterator[dict[str, Any]]:
    for piece in range(source.header.shards):
        yield from json.loads((root / _part(piece)).read_text(encoding="utf-8"))[key]
