"""WebDataset: tar files with, for every image, NUMBER.png, NUMBER.cls (its label) and NUMBER.json (all of its row)."""

import io
import json
import tarfile
from pathlib import Path

from mixreal import runs
from mixreal.datasets.exporting.source import Source, pngs, told


def check(source: Source) -> None:
    """Every dataset takes this form."""


def write_piece(source: Source, rows: range, piece: int, root: Path) -> None:
    """00000.tar, 00001.tar, ...: the same rows give the same bytes."""
    with runs.atomic(root / f"{piece:05d}.tar") as temporary, tarfile.open(temporary, "w") as tar:
        for row, png, about in zip(rows, pngs(source, rows), told(source, rows)):
            _add(tar, f"{row:08d}.png", png)
            _add(tar, f"{row:08d}.cls", str(about["label"]).encode())
            _add(tar, f"{row:08d}.json", json.dumps(about, ensure_ascii=False).encode())


def finish(source: Source, root: Path) -> None:
    """classes.txt: their names, in label order."""
    runs.write_text(root / "classes.txt", "\n".join(source.dataset.classes) + "\n")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), 0o644
    tar.addfile(about, io.BytesIO(content))
