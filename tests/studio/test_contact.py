"""Contact sheets of datasets that grow."""

from dataclasses import replace

import numpy as np

from mixreal.datasets.produce import fill
from mixreal.spec import RenderSpec
from mixreal.studio import contact, pictures
from mixreal.studio.workspace import Workspace
from studio_pixels import pixels


def test_images_on_disk_and_images_drawn_again_are_the_same(place: Workspace, recipe: RenderSpec) -> None:
    folder = place.root / "set"
    fill(replace(recipe, images=70), folder, threads=1)
    written = contact.sheet_of_files(folder)
    again = contact.sheet_drawn_again(place, folder, 70)
    assert written is not None and again is not None
    np.testing.assert_array_equal(pixels(written.picture), pixels(again.picture))
    assert written.said == "images 6 to 69, as they are on disk"
    assert again.said.startswith("images 6 to 69, drawn again")
    assert contact.sheet_drawn_again(place, folder, 0) is None


def test_nothing_finished_is_nothing_to_show(place: Workspace, recipe: RenderSpec) -> None:
    folder = place.root / "set"
    fill(replace(recipe, images=3), folder, threads=1)
    for path in folder.glob("shard-*.json"):
        path.unlink()
    assert contact.sheet_of_files(folder) is None


def test_a_wall_has_every_image_in_its_place() -> None:
    images = np.arange(5 * 2 * 2 * 3, dtype=np.uint8).reshape(5, 2, 2, 3)
    wall = pictures.wall(images, 3, gap=1)
    assert wall.shape == (5, 8, 4)
    for k in range(5):
        top, left = k // 3 * 3, k % 3 * 3
        np.testing.assert_array_equal(wall[top:top + 2, left:left + 2, :3], images[k])
    assert wall[3:, 6:].max() == 0  # no sixth image
