"""The contact sheet of a dataset that is being rendered: its newest finished images, from its files."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mixreal.datasets import shards
from mixreal.spec import RenderSpec, from_mapping
from mixreal.studio import pictures, preview
from mixreal.studio.workspace import Workspace
from mixreal.synthesis import draw, render

COLUMNS, ROWS = 16, 4


@dataclass(frozen=True)
class Sheet:
    """A picture, and what it shows in words."""

    picture: str  # a data address
    said: str


def sheet_of_files(folder: Path) -> Sheet | None:
    """The newest images that are on disk; None where no shard is finished."""
    header = shards.read_header(folder)
    whole = sorted(shards.finished_shards(folder))
    if not whole:
        return None
    newest = header.rows_of(whole[-1])
    images = np.asarray(shards.open_images(folder, whole[-1])[-COLUMNS * ROWS:])
    return Sheet(pictures.data_url(pictures.wall(images, COLUMNS)),
                 f"images {newest.stop - len(images):,} to {newest.stop - 1:,}, as they are on disk")


def sheet_drawn_again(workspace: Workspace, folder: Path, done: int) -> Sheet | None:
    """Before the first shard is written: what has been rendered so far, drawn again from the recipe.

    Image i is a pure function of the recipe and i, so these are the images that the shard will hold.
    """
    header = shards.read_header(folder)
    if "spec" not in header.made_by or done < 1:
        return None
    spec = from_mapping(RenderSpec, header.made_by["spec"], str(folder))
    synthesis = preview.laid(preview.opened(workspace, spec), spec)
    indices = np.arange(max(done - COLUMNS * ROWS, 0), done, dtype=np.int64)
    images = render(synthesis, draw(synthesis, indices)).rgb
    assert images is not None  # rgb is what is rendered
    return Sheet(pictures.data_url(pictures.wall(images, COLUMNS)),
                 f"images {indices[0]:,} to {indices[-1]:,}, drawn again from the recipe: "
                 "its shard is not full yet")
