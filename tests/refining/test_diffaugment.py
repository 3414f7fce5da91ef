"""Augmentation that discriminators see through, and the pool of earlier images."""

import pytest
import torch

from mixreal.refining.diffaugment import augment
from mixreal.refining.pool import Pool


def random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


IMAGES = torch.rand(6, 3, 16, 12, generator=random(0)) * 2 - 1


@pytest.mark.parametrize("policy", [("colour",), ("translation",), ("cutout",), ("noise",),
                                    ("colour", "translation", "cutout", "noise")])
def test_it_changes_images_and_lets_gradients_through(policy: tuple[str, ...]) -> None:
    x = IMAGES.clone().requires_grad_()
    y = augment(x, policy, random(1))
    assert y.shape == x.shape and not torch.equal(y, x)
    assert torch.equal(y, augment(x, policy, random(1)))
    (grad,) = torch.autograd.grad(y.square().sum(), x)
    assert bool((grad.flatten(1).abs().sum(1) > 0).all())


def test_each_does_what_it_says() -> None:
    assert torch.equal(augment(IMAGES, (), random(0)), IMAGES)
    moved = augment(torch.ones(50, 1, 16, 16), ("translation",), random(0))
    assert set(moved.unique().tolist()) == {0.0, 1.0} and float(moved.mean()) > 0.75
    cut = augment(torch.ones(50, 1, 16, 16), ("cutout",), random(0))
    assert float(cut.flatten(1).mean(1).min()) == pytest.approx(0.75)
    grey = augment(torch.full((50, 3, 4, 4), 0.2), ("colour",), random(0))
    assert float(grey.std((1, 2, 3)).max()) < 1e-6
    assert -0.31 < float(grey.min()) < -0.2 and 0.6 < float(grey.max()) < 0.71


def test_the_pool() -> None:
    pool = Pool(4)
    first = torch.arange(4.0).view(4, 1, 1, 1)
    assert torch.equal(pool.exchange(first, random(0)), first)
    shown = pool.exchange(first + 10, random(1))
    assert pool.images is not None
    old = shown < 10
    assert 0 < int(old.sum()) < 4
    everything = sorted([*shown.flatten().tolist(), *pool.images.flatten().tolist()])
    assert set(everything) <= {0, 1, 2, 3, 10, 11, 12, 13}
    assert int((pool.images >= 10).sum()) == int(old.sum())  # one kept for each old one shown
    assert torch.equal(Pool(0).exchange(first, random(0)), first)
