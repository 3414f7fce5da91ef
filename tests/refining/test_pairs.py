"""Minibatches aligned by class, exactly, and a pure function of (seed, phase, number)."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from mixreal.datasets.dataset import select
from mixreal.errors import BadInput
from mixreal.refining.pairs import Pairs
from mixreal.refining.sets import Pixels
from tiny import tiny

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return Pairs(Pixels(tiny("real", 13), (), CPU), Pixels(tiny("synthetic", 31), (), CPU), 3, 12, True, False, 0)


def test_rows_are_of_one_class_and_classes_in_equal_numbers(pairs: Pairs) -> None:
    for number in range(20):
        real, synthetic = pairs.rows(2, number)
        assert np.array_equal(pairs.real.labels[real], pairs.synthetic.labels[synthetic])
        assert np.bincount(pairs.real.labels[real]).tolist() == [4, 4, 4]


def test_images_are_seen_equally_often(pairs: Pairs) -> None:
    seen = np.concatenate([pairs.rows(0, number)[1] for number in range(40)])
    for members in pairs.synthetic.by_class:
        counts = np.bincount(seen, minlength=31)[members]
        assert np.ptp(counts) <= 1


def test_a_function_of_seed_phase_and_number(pairs: Pairs) -> None:
    first = pairs(1, 7)
    pairs(0, 3)
    again = pairs(1, 7)
    assert torch.equal(first.real, again.real) and torch.equal(first.synthetic, again.synthetic)
    others = [pairs(1, 8), pairs(2, 7), replace(pairs, seed=1)(1, 7)]
    assert all(not torch.equal(first.synthetic, other.synthetic) for other in others)


def test_pixels_are_the_images_in_minus_one_to_one(pairs: Pairs) -> None:
    rows, _ = pairs.rows(0, 0)
    expected = tiny("real", 13).images[rows].astype(np.float32) / 127.5 - 1
    np.testing.assert_allclose(pairs(0, 0).real.permute(0, 2, 3, 1).numpy(), expected, atol=1e-6)


def test_a_share_of_a_minibatch_is_those_rows_of_it(pairs: Pairs) -> None:
    turning = replace(pairs, mirror=True)
    whole, part = turning(0, 5), turning(0, 5, slice(4, 8))
    assert torch.equal(whole.real[4:8], part.real) and torch.equal(whole.real_labels[4:8], part.real_labels)


def test_mirrored_images_are_turned_left_to_right(pairs: Pairs) -> None:
    plain, turned = pairs(0, 1).real, replace(pairs, mirror=True)(0, 1).real
    same = torch.tensor([torch.equal(a, b) for a, b in zip(plain, turned)])
    flipped = torch.tensor([torch.equal(a.flip(2), b) for a, b in zip(plain, turned)])
    assert bool((same | flipped).all()) and 0 < int(same.sum()) < 12


def test_without_alignment_each_domain_walks_alone(pairs: Pairs) -> None:
    free = replace(pairs, aligned=False, batch=5)
    real, synthetic = free.rows(0, 0)
    assert len(real) == len(synthetic) == 5
    assert sorted(np.concatenate([free.rows(0, k)[0] for k in range(13)])) == sorted(list(range(13)) * 5)


def test_what_cannot_be_balanced_is_told(pairs: Pairs) -> None:
    with pytest.raises(BadInput, match="use batch 9"):
        replace(pairs, batch=10)
    lacking = Pixels(select(tiny("real", 12), tiny("real", 12).labels < 2), (), CPU)
    with pytest.raises(BadInput, match="class 2 has no real images"):
        replace(pairs, real=lacking)
