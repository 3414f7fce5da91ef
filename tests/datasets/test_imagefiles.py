"""Images in files answer as the array that they hold."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixreal.datasets.imagefiles import ImageFiles, open_files

COUNTS = [5, 3, 7]


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (15, 4, 6, 3), np.uint8)


@pytest.fixture(scope="module")
def files(images: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> ImageFiles:
    root = tmp_path_factory.mktemp("files")
    for k, part in enumerate(np.split(images, np.cumsum(COUNTS)[:-1])):
        np.save(root / f"{k}.npy", part)
    return open_files(tuple(root / f"{k}.npy" for k in range(3)), COUNTS, 4, 6)


@given(st.lists(st.integers(-15, 14), max_size=40))
def test_rows_by_number(files: ImageFiles, images: np.ndarray, rows: list[int]) -> None:
    assert np.array_equal(files[np.array(rows, np.int64)], images[np.array(rows, np.int64)])


@given(st.slices(15))
def test_rows_by_slice(files: ImageFiles, images: np.ndarray, rows: slice) -> None:
    assert np.array_equal(files[rows], images[rows])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.booleans(), min_size=15, max_size=15), st.lists(st.integers(-3, 2), max_size=5))
def test_views_of_views(files: ImageFiles, images: np.ndarray, mask: list[bool], then: list[int]) -> None:
    if sum(mask) >= 3:
        view = files.take(np.array(mask)).take(np.array(then, np.int64))
        assert np.array_equal(np.asarray(view), images[np.array(mask)][np.array(then, np.int64)])


def test_it_looks_like_the_array(files: ImageFiles, images: np.ndarray, tmp_path: Path) -> None:
    assert (len(files), files.shape, files.nbytes, files.size, files.dtype) == (
        15, images.shape, images.nbytes, images.size, images.dtype)
    assert np.array_equal(files[-1], images[-1]) and files[-1].shape == (4, 6, 3)
    assert all(np.array_equal(a, b) for a, b in zip(files, images, strict=True))
    assert files[4].flags.writeable and np.asarray(files, np.float32).dtype == np.float32
    for wrong in (15, [0, -16], np.ones(3, bool)):
        with pytest.raises(IndexError):
            files[wrong]
