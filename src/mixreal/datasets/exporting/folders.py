"""Class folders of PNG files with metadata.jsonl: what torchvision's ImageFolder and Hugging Face `datasets` open."""

import json
from pathlib import Path

from mixreal import runs
from mixreal.datasets.exporting.source import Source, pngs, told
from mixreal.errors import BadInput

METADATA = "metadata.jsonl"
#: A dataset card: without it Hugging Face `datasets` takes folders named like "train" or "test" for splits, and a class
#: of that name (a train is one) for all there is.
CARD = """---
configs:
- config_name: default
  data_files:
  - split: train
    path: ["**/*.png", "metadata.jsonl"]
---
{count:,} {domain} images of {size} pixels a side, exported by mixreal: {source}
"""


def check(source: Source) -> None:
    """`BadInput` where two classes would share a folder."""
    named: dict[str, str] = {}
    for name in source.dataset.classes:
        other = named.setdefault(folder_name(name).casefold(), name)
        if other != name:
            raise BadInput(f"classes {other!r} and {name!r} would both be the folder {folder_name(name)!r}: "
                           "export as webdataset or coco, or rename one")


def write_piece(source: Source, rows: range, piece: int, root: Path) -> None:
    """CLASS/00000123.png, named by the row's number."""
    labels = source.dataset.labels[rows.start:rows.stop]
    for name in {source.dataset.classes[label] for label in labels}:  # ImageFolder opens no folder without images
        (root / folder_name(name)).mkdir(exist_ok=True)
    for row, png in zip(rows, pngs(source, rows)):
        (root / _path(source, row)).write_bytes(png)


def finish(source: Source, root: Path) -> None:
    """metadata.jsonl: a line an image, with its file_name, label, class, domain, index, parent and every latent."""
    header = source.header
    runs.write_text(root / "README.md", CARD.format(count=header.images, domain=header.domain, size=header.width,
                                                    source=header.source))
    with runs.atomic(root / METADATA) as temporary, temporary.open("w", encoding="utf-8") as file:
        for shard in range(header.shards):
            rows = header.rows_of(shard)
            for row, about in zip(rows, told(source, rows)):
                file.write(json.dumps({"file_name": _path(source, row)} | about, ensure_ascii=False) + "\n")


def folder_name(class_name: str) -> str:
    """The class name with what no file system takes replaced."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in class_name).strip(". ") or "_"


def _path(source: Source, row: int) -> str:
    return f"{folder_name(source.dataset.classes[source.dataset.labels[row]])}/{row:08d}.png"
