"""Exact ratios, even use of images, and purity in (seed, step)."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mixreal.datasets.dataset import select
from mixreal.errors import BadInput
from mixreal.learning import minibatches as module
from mixreal.learning.minibatches import Mix, chosen, chosen_evenly, minibatches
from tiny import tiny


@pytest.mark.parametrize(("text", "batch", "counts"), [
    ("1:1", 128, (64, 64)), ("1:7", 128, (16, 112)), ("1:15", 128, (8, 120)), ("1:0", 128, (128, 0)),
    ("0:1", 128, (0, 128)), ("2:14", 128, (16, 112)), ("3:0", 128, (128, 0)), (" 3 : 1 ", 8, (6, 2))])
def test_counts_by_hand(text, batch, counts):
    assert Mix.parse(text).counts(batch) == counts


@pytest.mark.parametrize("text", ["0:0", "1:x", "1", "", "1:-1", "1.5:1", "1:1:1", "one:one", "١:٢"])
def test_wrong_mixes_are_told(text):
    with pytest.raises(BadInput, match="mix"):
        Mix.parse(text)


@pytest.mark.parametrize(("batch", "advice"), [(100, "use 96 or 104"), (5, "use 8"), (0, "use 8"), (-3, "use 8")])
def test_an_uneven_batch_is_told_with_the_nearest_that_fit(batch, advice):
    with pytest.raises(BadInput, match=advice):
        Mix.parse("1:7").counts(batch)


@given(real=st.integers(0, 40), synthetic=st.integers(0, 40), batch=st.integers(1, 600))
def test_counts_are_exact_or_refused(real, synthetic, batch):
    if real == synthetic == 0:
        return
    mix = Mix.parse(f"{real}:{synthetic}")
    try:
        ours, theirs = mix.counts(batch)
    except BadInput:
        assert batch % (mix.real + mix.synthetic)
    else:
        assert ours + theirs == batch
        assert ours * synthetic == theirs * real


@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6), count=st.integers(1, 40), seed=st.integers(0, 5))
@settings(max_examples=60)
def test_evenly_classes_and_the_images_of_each_are_seen_equally_often(sizes, count, seed):
    label_of = np.repeat(np.arange(len(sizes)), sizes)
    members = [np.flatnonzero(label_of == label) for label in range(len(sizes))]
    seen = np.zeros(len(label_of), int)
    for step in range(12):
        rows = chosen_evenly(members, count, seed, 0, step)
        np.add.at(seen, rows, 1)
        assert (rows == chosen_evenly(members, count, seed, 0, step)).all()
        of_class = np.bincount(label_of, seen, len(sizes))
        assert of_class.sum() == (step + 1) * count and of_class.max() - of_class.min() <= 1
        for mine in members:
            assert seen[mine].max() - seen[mine].min() <= 1


def test_evenly_is_of_real_images_alone():
    real, synthetic = tiny("real", 30), tiny("synthetic", 30)
    rare = select(real, np.flatnonzero((real.labels > 0) | (np.arange(30) < 3)))  # one image of the first class
    batches = list(islice(minibatches(rare, synthetic, Mix(1, 1), 12, 0, evenly=True), 5))
    assert all(np.bincount(batch.labels[:6]).tolist() == [2, 2, 2] for batch in batches)
    plain = list(islice(minibatches(rare, synthetic, Mix(1, 1), 12, 0), 5))
    assert any(np.bincount(batch.labels[:6], minlength=3).tolist() != [2, 2, 2] for batch in plain)
    assert all((a.images[6:] == b.images[6:]).all() for a, b in zip(batches, plain, strict=True))


@given(length=st.integers(1, 50), count=st.integers(1, 70), steps=st.integers(1, 30), seed=st.integers(0, 5))
@settings(max_examples=60)
def test_images_are_seen_equally_often_at_every_step(length, count, steps, seed):
    seen = np.zeros(length, int)
    for step in range(steps):
        np.add.at(seen, chosen(length, count, seed, 0, step), 1)
        assert seen.max() - seen.min() <= 1
    assert seen.sum() == steps * count


def test_passes_differ_and_streams_and_seeds_too():
    walks = {key: tuple(chosen(40, 40, *key)) for key in [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)]}
    assert len(set(walks.values())) == 4


@given(start=st.integers(0, 12))
@settings(max_examples=10)
def test_a_later_start_gives_the_same_minibatches(start):
    real, synthetic = tiny("real", 12), tiny("synthetic", 30)
    whole = list(islice(minibatches(real, synthetic, Mix(1, 3), 8, 3), 16))
    late = list(islice(minibatches(real, synthetic, Mix(1, 3), 8, 3, start), 16 - start))
    for a, b in zip(whole[start:], late, strict=True):
        assert torch.equal(a.images, b.images)
        assert torch.equal(a.labels, b.labels)


@pytest.mark.parametrize("resident", [True, False])
def test_pixels_and_labels_belong_together_and_come_from_their_domain(monkeypatch, resident):
    if not resident:
        monkeypatch.setattr(module, "RESIDENT", 0)
    real, synthetic = tiny("real", 12), tiny("synthetic", 30)
    synthetic.images.flags.writeable = False  # as memory-mapped ones are
    labels_of = [{image.tobytes(): int(label) for image, label in zip(d.images, d.labels, strict=True)}
                 for d in (real, synthetic)]
    used = Counter()
    for batch in islice(minibatches(real, synthetic, Mix(1, 3), 8, 0), 10):
        assert batch.real == 2
        assert batch.images.shape == (8, 8, 8, 3)
        assert batch.images.dtype == torch.uint8
        for k, (image, label) in enumerate(zip(batch.images.numpy(), batch.labels.tolist(), strict=True)):
            assert labels_of[0 if k < 2 else 1][image.tobytes()] == label
            used[image.tobytes()] += 1
    assert len(used) == 42  # 20 of 12 real and 60 of 30 synthetic: all were seen


def test_a_missing_domain_is_told():
    with pytest.raises(BadInput, match="no real images"):
        next(minibatches(None, tiny("synthetic", 6), Mix(1, 1), 4, 0))
    with pytest.raises(BadInput, match="no synthetic images"):
        next(minibatches(tiny("real", 6), None, Mix(1, 1), 4, 0))
