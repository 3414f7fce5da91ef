"""A dataset in forms that other programs read: a folder of class folders of PNG files with metadata.jsonl."""

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mixreal.datasets.dataset import Dataset
from mixreal.datasets.shards import room_for
from mixreal.errors import BadInput, check_known
from mixreal.progress import progress

KINDS = ("folder",)


def export(dataset: Dataset, folder: str | Path, kind: str = "folder") -> None:
    """Write `dataset` to a new or empty folder.

    `folder`: CLASS/000123.png (the row number) and metadata.jsonl, one line an image with its file_name, label,
    class, domain, index, parent and every latent: what Hugging Face datasets calls an image folder.
    """
    check_known([kind], KINDS, "kind of export")
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise BadInput(f"{root} exists and is not an empty folder: give a new one")
    with room_for(root, dataset.images.nbytes), progress("exporting", len(dataset)) as advance:
        for name in dataset.classes:
            (root / _file_name(name)).mkdir(parents=True, exist_ok=True)
        _write_images(dataset, root, advance)
        with (root / "metadata.jsonl.tmp").open("w", encoding="utf-8") as file:
            for row in range(len(dataset)):
                file.write(json.dumps(_metadata(dataset, row), ensure_ascii=False) + "\n")
        os.replace(root / "metadata.jsonl.tmp", root / "metadata.jsonl")


def _write_images(dataset: Dataset, root: Path, advance: Callable[[int], None]) -> None:
    def save(row: int) -> None:
        Image.fromarray(np.asarray(dataset.images[row])).save(root / _path(dataset, row))

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for _ in pool.map(save, range(len(dataset))):
            advance(1)


def _path(dataset: Dataset, row: int) -> str:
    return f"{_file_name(dataset.classes[dataset.labels[row]])}/{row:06d}.png"


def _metadata(dataset: Dataset, row: int) -> dict[str, Any]:
    label = int(dataset.labels[row])
    about = {"file_name": _path(dataset, row), "label": label, "class": dataset.classes[label],
             "domain": dataset.domain, "index": int(dataset.index[row])}
    if dataset.parent is not None:
        about["parent"] = int(dataset.parent[row])
    return about | {name: np.asarray(values)[row].item() for name, values in dataset.latents.items()}


def _file_name(class_name: str) -> str:
    """The class name with what no file system takes replaced."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in class_name).strip(". ") or "_"
