"""Albums read what datasets hold, and filters keep exactly what fits."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.datasets import dataset as datasets
from mixreal.datasets import shards
from mixreal.errors import BadInput
from mixreal.studio import gallery
from mixreal.studio.gallery import Asked, Range, Words
from studio.shelf import synthetic

RENDERED = synthetic(40)
ALBUM = gallery.album_of(RENDERED, "rendered")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of five shards."""
    monkeypatch.setattr(shards, "SHARD", 8)
    datasets.write(tmp_path / "rendered", RENDERED, {})
    return tmp_path / "rendered"


def test_an_album_shows_what_its_folder_holds(folder: Path) -> None:
    album = gallery.open_album(folder)
    rows = np.array([39, 0, 8, 7, 8])
    assert np.array_equal(album.look(rows), RENDERED.images[rows])
    assert (album.classes, album.domain, len(album), album.size) == (RENDERED.classes, "synthetic", 40, 16)
    assert gallery.latents_of(album, 3) == {"camera.elevation": 3.0, "texture.surface": "own"}


def test_a_dataset_that_is_gone_or_unfinished_is_told(folder: Path) -> None:
    album = gallery.open_album(folder)
    (folder / "done").unlink()
    with pytest.raises(BadInput, match="unfinished"):
        gallery.open_album(folder)
    shutil.rmtree(folder)
    with pytest.raises(BadInput, match="cannot be read"):
        album.look(np.array([0]))
    with pytest.raises(BadInput, match="no folder"):
        gallery.open_album(folder)


def test_only_latents_that_vary_are_filters() -> None:
    still = gallery.album_of(datasets.select(RENDERED, np.array([4])), "one")
    assert gallery.filters(still) == ()
    assert gallery.filters(ALBUM) == (Range("camera.elevation", 0.0, 39.0),
                                      Words("texture.surface", ("image", "own", "recoloured")))


@given(low=st.floats(-5, 45), width=st.floats(0, 50), classes=st.sets(st.sampled_from(RENDERED.classes)),
       words=st.sets(st.sampled_from(["image", "own"])))
def test_what_fits_is_all_that_fits(low: float, width: float, classes: set[str], words: set[str]) -> None:
    asked = Asked(tuple(classes), {"camera.elevation": (low, low + width)}, {"texture.surface": tuple(words)})
    kept = set(gallery.fitting(ALBUM, asked).tolist())
    for row in range(len(ALBUM)):
        elevation = ALBUM.latents["camera.elevation"][row]
        fits = low <= elevation <= low + width
        fits &= not classes or ALBUM.classes[ALBUM.labels[row]] in classes
        fits &= not words or ALBUM.latents["texture.surface"][row] in words
        assert (row in kept) == fits


def test_rows_come_in_the_order_asked_for() -> None:
    album = gallery.album_of(datasets.select(RENDERED, np.array([5, 3, 9])), "three")
    assert gallery.fitting(album, Asked(by="camera.elevation")).tolist() == [1, 0, 2]
    with pytest.raises(BadInput, match=r"no latent 'pose\.yaw'"):
        gallery.fitting(album, Asked(ranges={"pose.yaw": (0, 1)}))


def test_pages_hold_every_row_once() -> None:
    rows = np.arange(25)
    found = [gallery.page_of(rows, number, 10) for number in range(gallery.pages(rows, 10))]
    assert np.array_equal(np.concatenate(found), rows)
    assert np.array_equal(gallery.page_of(rows, 99, 10), found[-1])
    assert gallery.pages(rows[:0], 10) == 1 and len(gallery.page_of(rows[:0], 0, 10)) == 0


def test_units_are_those_of_the_controls() -> None:
    assert gallery.units()["camera.elevation"][0] == "deg"


def test_a_large_picture_is_sent_small() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    assert gallery.data_url(image).startswith("data:image/png;base64,")
    assert len(gallery.data_url(np.random.default_rng(0).integers(0, 255, (400, 400, 3), np.uint8), 80)) < 40_000
