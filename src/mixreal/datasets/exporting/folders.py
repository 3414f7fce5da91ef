"""Class folders of PNG files with metadata.jsonl: what torchvision's ImageFolder and Hugging Face `datasets` open."""

import json
from pathlib import Path

from mixreal import runs
from mixreal.datasets.exporting.source import Source, pngs, told

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
    """Every dataset takes this form."""


def write_piece(source: Source, rows: range, piece: int, root: Path) -> None:
    """CLASS/00000123.png, named by the row's number."""
    for name in source.dataset.classes:
        (root / folder_name(name)).mkdir(exist_ok=True)
    for row, png in zip(rows, pngs(source, rows)):
        (root / _path(source, row)).write_bytes(png)


def finish(source: Source, root: Path) -> None:
    """metadata.jsonl: a line an image, with its file_name, label, class, domain, index, parent and every latent."""
    with runs.atomic(root / METADATA) as temporary, temporary.open("w", encoding="utf-8") as file:
        for shard in range(source.header.shards):
            rows = source.header.rows_of(shard)
            for row, about in zip(rows, told(source, rows)):
                file.write(json.dumps({"file_name": _path(source, row)} | about, ensure_ascii=False) + "\n")
    header = source.header
    runs.write_text(root / "README.md", CARD.format(count=header.images, domain=header.domain, size=header.width,
                                                    source=header.source))


def folder_name(class_name: str) -> str:
    """The class name with what no file system takes replaced."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in class_name).strip(". ") or "_"


def _path(source: Source, row: int) -> str:
    return f"{folder_name(source.dataset.classes[source.dataset.labels[row]])}/{row:08d}.png"
