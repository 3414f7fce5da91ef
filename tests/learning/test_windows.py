"""A shuffle of images in files: every pass a permutation, pure in the place, mixed over the whole set."""

import time
import tracemalloc
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixreal.datasets import shards
from mixreal.datasets.dataset import Dataset, read, write
from mixreal.datasets.imagefiles import ImageFiles
from mixreal.errors import BadInput
from mixreal.learning import windows as module
from mixreal.learning.minibatches import Mix, minibatches
from mixreal.learning.windows import Windows
from tiny import stop_after, tiny

N = 203


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Images that spell their row number, sorted by class, in seven shards."""
    root = tmp_path_factory.mktemp("numbered")
    images = np.zeros((N, 4, 4, 3), np.uint8)
    images[:, 0, 0, 0] = np.arange(N)
    dataset = Dataset(images, np.arange(N) * 4 // N, ("a", "b", "c", "d"), "synthetic", np.arange(N), {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SHARD", 32)
        write(root, dataset, {})
    return read(root, resident=0)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 5 images, windows of 8 blocks."""
    monkeypatch.setattr(module, "BLOCK", 5 * 48)
    monkeypatch.setattr(module, "WINDOW", 40 * 48)


def rows_of(walk: Windows, places: np.ndarray) -> np.ndarray:
    rows, images = walk(places)
    assert np.array_equal(images[:, 0, 0, 0], rows)
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(count=st.integers(1, 300), seed=st.integers(0, 3), steps=st.integers(1, 12))
def test_images_are_seen_equally_often_at_every_step(numbered, small, count, seed, steps):
    assert isinstance(numbered.images, ImageFiles)
    walk, seen = Windows(numbered.images, seed, 0), np.zeros(N, int)
    for step in range(steps):
        np.add.at(seen, rows_of(walk, np.arange(step * count, (step + 1) * count)), 1)
        assert seen.max() - seen.min() <= 1
    walk.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.lists(st.integers(0, 5 * N), min_size=1, max_size=30))
def test_a_place_has_one_image_whatever_was_asked_before(numbered, small, places):
    walk = Windows(numbered.images, 7, 1)
    whole = rows_of(walk, np.arange(5 * N + 1))
    fresh = Windows(numbered.images, 7, 1)
    for place in places:
        assert rows_of(fresh, np.array([place]))[0] == whole[place]
    walk.close(), fresh.close()


def test_passes_seeds_and_domains_differ_and_a_window_is_spread_over_a_set_sorted_by_class(numbered, small):
    walks = {key: Windows(numbered.images, *key) for key in [(0, 0), (0, 1), (1, 0)]}
    orders = [tuple(rows_of(walk, np.arange(N))) for walk in walks.values()]
    orders.append(tuple(rows_of(walks[0, 0], np.arange(N, 2 * N))))
    assert len(set(orders)) == 4
    firsts = np.array([np.bincount(numbered.labels[rows_of(walks[0, 0], np.arange(N * k, N * k + 40))], minlength=4)
                       for k in range(30)])
    assert (firsts > 0).mean() > 0.9  # of a set sorted by class, nearly every window has every class
    assert np.allclose(firsts.mean(0), 10, atol=2.5)
    for walk in walks.values():
        walk.close()


def test_minibatches_from_files_begin_at_any_step(numbered, small):
    real = tiny("real", 12, size=4, classes=("a", "b", "c", "d"))
    whole = list(islice(minibatches(real, numbered, Mix(1, 3), 16, 3), 40))
    late = list(islice(minibatches(real, numbered, Mix(1, 3), 16, 3, 33), 7))
    for a, b in zip(whole[33:], late, strict=True):
        assert torch.equal(a.images, b.images) and torch.equal(a.labels, b.labels)
    rows = torch.cat([batch.images[batch.real:, 0, 0, 0] for batch in whole]).long()
    labels = torch.cat([batch.labels[batch.real:] for batch in whole])
    assert torch.equal(labels, torch.from_numpy(numbered.labels)[rows])


@pytest.mark.slow
def test_training_from_files_is_resumed_exactly(numbered, small, tmp_path: Path):
    """The weights of a training that was stopped in the middle of a pass are those of an unbroken one."""
    from mixreal.learning.training import train
    from mixreal.learning.trainspec import TrainSpec

    spec = TrainSpec(mix="0:1", steps=24, batch=16, lr=0.01, augment=(), evaluate_every=24)
    train(None, numbered, spec, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(None, numbered, spec, tmp_path / "stopped", on_progress=stop_after(14 * 16))
    train(None, numbered, spec, tmp_path / "stopped")
    files = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert files[0] == files[1]


def test_an_epoch_over_more_than_memory_takes_little_of_it_and_little_time(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 1 << 17)
    monkeypatch.setattr(module, "WINDOW", 1 << 21)
    count = 12_000  # 37 MB
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), np.uint8)
    write(tmp_path, Dataset(images, np.arange(count) % 4, ("a", "b", "c", "d"), "synthetic", np.arange(count),
                            {f"latent.n{k}": np.zeros(count) for k in range(30)}), {})
    whole = int(images.sum())
    del images
    tracemalloc.start()
    try:
        dataset = read(tmp_path, resident=0)
        seen = 0
        for batch in islice(minibatches(None, dataset, Mix(0, 1), 120, 0), 100):
            seen += int(batch.images.sum())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen == whole
    assert peak < 10 << 20  # of the set's 37: two windows, a minibatch, labels
    start = time.perf_counter()
    for _ in islice(minibatches(None, dataset, Mix(0, 1), 120, 1), 100):
        pass
    assert count / (time.perf_counter() - start) > 3_000  # images/s, on a busy machine; training takes hundreds a core


def test_a_file_that_goes_away_is_told(tmp_path: Path):
    images = np.zeros((6, 4, 4, 3), np.uint8)
    write(tmp_path, Dataset(images, np.arange(6) % 2, ("a", "b"), "synthetic", np.arange(6), {}), {})
    dataset = read(tmp_path, resident=0)
    (tmp_path / "images-00000.npy").unlink()
    with pytest.raises(BadInput, match="moved or"):
        next(minibatches(None, dataset, Mix(0, 1), 2, 0))
