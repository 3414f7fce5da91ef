"""Export a dataset in a form that other programs read, piece by piece: stopped half-way, the same call goes on."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from mixreal import runs
from mixreal.datasets.dataset import read
from mixreal.datasets.exporting import coco, folders, webdataset
from mixreal.datasets.exporting.source import Source
from mixreal.datasets.locks import lock
from mixreal.datasets.provenance import digest
from mixreal.datasets.shards import read_header, room_for
from mixreal.errors import BadInput, check_known, unreadable
from mixreal.folders import check_writable
from mixreal.progress import progress

MARKER = ".mixreal-export.json"  # what is exported, and how many pieces of it are written


class Form(Protocol):
    """A form to export to, as a module."""

    def check(self, source: Source) -> None:
        """`BadInput` if the dataset cannot take this form."""

    def write_piece(self, source: Source, rows: range, piece: int, root: Path) -> None:
        """Write the files of some rows; written again, they are the same."""

    def finish(self, source: Source, root: Path) -> None:
        """Write what tells of all rows, each file whole or not at all."""


FORMS: dict[str, Form] = {"folders": folders, "webdataset": webdataset, "coco": coco}


def export(folder: str | Path, out: str | Path, to: str = "folders",
           on_progress: Callable[[int], None] | None = None) -> int:
    """Write the dataset `folder` to the new or half-written folder `out`, as a form of `FORMS`; the count of images.

    Images are read as they are written, whatever the dataset's size. `BadInput` for an `out` that holds anything else.
    """
    check_known([to], FORMS, "form to export to")
    check_writable(out)
    form, place, root = FORMS[to], Path(folder), Path(out)
    source = Source(place, read_header(place), read(place, resident=0))
    form.check(source)
    identity = {"to": to, "of": digest(place)}
    _check_free(root, identity)
    root.mkdir(parents=True, exist_ok=True)
    with lock(root), room_for(root, source.dataset.images.nbytes):
        done = _check_free(root, identity)
        for path in root.glob(".*.tmp"):  # of a run that was killed
            path.unlink(missing_ok=True)
        if not done:
            runs.write_json(root / MARKER, identity | {"pieces": 0})  # before anything of its own: so it can go on
        pieces = [source.header.rows_of(shard) for shard in range(source.header.shards)]
        before = sum(len(rows) for rows in pieces[:done])
        if done > len(pieces):
            return len(source.dataset)
        with progress(f"exporting to {to}", len(source.dataset), "images", before) as advance:
            tell = on_progress or advance
            for piece in range(done, len(pieces)):
                form.write_piece(source, pieces[piece], piece, root)
                runs.write_json(root / MARKER, identity | {"pieces": piece + 1})
                tell(len(pieces[piece]))
        form.finish(source, root)
        runs.write_json(root / MARKER, identity | {"pieces": len(pieces) + 1})  # the last one: `finish`
    return len(source.dataset)


def _check_free(root: Path, identity: dict[str, str]) -> int:
    """How many pieces of this very export the folder holds; `BadInput` if it holds anything else."""
    if not root.exists():
        return 0
    names = {path.name for path in root.iterdir()} if root.is_dir() else {"."}
    if MARKER not in names:
        if names - {".lock"}:
            raise BadInput(f"{root} exists and is not an empty folder: give a new one")
        return 0
    try:
        noted = json.loads((root / MARKER).read_text(encoding="utf-8"))
        pieces = int(noted["pieces"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(root / MARKER, error, "delete the folder and export again") from None
    if {key: noted.get(key) for key in identity} != identity:
        raise BadInput(f"{root} holds another export ({noted.get('to')} of {noted.get('of')}): give a new folder")
    return pieces
