"""Images that another program rendered or refined, in class folders, as a dataset to train with."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from mixreal.datasets.dataset import Dataset, write
from mixreal.errors import BadInput
from mixreal.learning.task import dataset_fingerprint
from mixreal.real import photos

DOMAINS = ("synthetic", "refined")


def import_images(folder: str | Path, out: str | Path, size: int = 32, domain: str = "synthetic",
                  classes: Sequence[str] = ()) -> Dataset:
    """Write FOLDER/CLASS/*.png (or jpg, ...) as a dataset of `size` x `size` pixels; returns it.

    The middle square of each image, resized as photos are; alpha is laid on white. Unreadable files and copies are
    left out and told. Images have no latents. Everything is in memory until it is written. `BadInput` for a folder
    without class folders.
    """
    if domain not in DOMAINS:
        raise BadInput(f"domain {domain!r}: expected {' or '.join(DOMAINS)} (photographs stay in their folders)")
    found = photos.read_whole(folder, size, classes)
    dataset = Dataset(found.images, found.labels, found.classes, domain, np.arange(len(found.labels), dtype=np.int64),
                      {}, None, Path(folder).absolute().name)
    made_by = {"kind": "imported", "domain": domain, "images": dataset_fingerprint(dataset, whole=True)}
    write(out, dataset, made_by)  # of other images, or as another domain, it is another dataset
    return dataset
