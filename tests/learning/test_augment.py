"""Each augmentation against what it says, and the prepared minibatch as a function of its generator."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mixreal.errors import BadInput
from mixreal.learning import augment
from mixreal.learning.augment import NAMES, as_float, crop_flip, prepare, reflect

MEAN, STD = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])


def images(b: int = 16, size: int = 16) -> torch.Tensor:
    return torch.randint(0, 256, (b, size, size, 3), dtype=torch.uint8, generator=seeded(7))


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_augmentation_pixels_are_normalised_and_channels_last():
    out = prepare(images(), (), seeded(0), MEAN, STD)
    expected = (images().numpy().astype(np.float64) / 255 - MEAN.numpy()) / STD.numpy()
    assert out.is_contiguous(memory_format=torch.channels_last)
    np.testing.assert_allclose(out.permute(0, 2, 3, 1).numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("names", [(), *((name,) for name in NAMES), NAMES])
def test_the_generator_decides_everything(names):
    first, again, other = (prepare(images(), names, seeded(seed), MEAN, STD) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert torch.equal(first, other) == (names == ())
    assert first.is_contiguous(memory_format=torch.channels_last)
    assert first.isfinite().all()


def test_switching_one_on_leaves_the_others_draws():
    both = prepare(images(), ("flip", "illumination"), seeded(3), MEAN, STD)
    flipped = prepare(images(), ("flip",), seeded(3), MEAN, STD)
    lit = prepare(images(), ("illumination",), seeded(3), MEAN, STD)
    mirrored = torch.tensor([not torch.equal(a, b) for a, b in
                             zip(flipped, prepare(images(), (), seeded(0), MEAN, STD), strict=True)])
    assert 0 < mirrored.sum() < 16
    expected = torch.where(mirrored.view(-1, 1, 1, 1), lit.flip(3), lit)
    torch.testing.assert_close(both, expected)


def test_crop_and_flip_are_windows_of_the_reflected_image():
    source = images(40, 16)
    out = crop_flip(source, seeded(1), seeded(2))
    padded = np.pad(source.numpy(), ((0, 0), (2, 2), (2, 2), (0, 0)), mode="reflect")
    found = set()
    for k in range(40):
        windows = {(dy, dx, side): padded[k, dy:dy + 16, dx:dx + 16][:, ::side]
                   for dy in range(5) for dx in range(5) for side in (1, -1)}
        match = [key for key, window in windows.items() if np.array_equal(window, out[k].numpy())]
        assert len(match) == 1
        found.add(match[0])
    assert {side for *_, side in found} == {1, -1}
    assert {dy for dy, *_ in found} == set(range(5))
    assert {dx for _, dx, _ in found} == set(range(5))


@given(length=st.integers(1, 30), place=st.integers(-3, 33))
def test_reflect_is_numpys(length, place):
    reach = max(min(length - 1, 3), 0)
    if not -reach <= place < length + reach:
        return
    expected = np.pad(np.arange(length), reach, mode="reflect")[place + reach]
    assert int(reflect(torch.tensor([place]), length)[0]) == expected


def test_contrast_keeps_the_mean_and_illumination_the_ratios():
    pixels = as_float(images(8)) * 0.2 + 0.4  # far from the borders: nothing is clipped
    stretched = augment.contrast(pixels, seeded(0))
    torch.testing.assert_close(stretched.mean((1, 2, 3)), pixels.mean((1, 2, 3)))
    factors = stretched.std((1, 2, 3)) / pixels.std((1, 2, 3))
    assert (factors.log().abs() <= augment.CONTRAST + 1e-4).all()
    assert factors.std() > 0.05
    lit = augment.illumination(pixels, seeded(0)) / pixels
    torch.testing.assert_close(lit, lit[:, :1, :1, :1].expand_as(lit))
    assert (augment.illumination(torch.ones(64, 3, 2, 2), seeded(0)) <= 1).all()


def test_noise_is_gaussian_and_of_every_deviation_up_to_its_largest():
    found = augment.noise(torch.zeros(200, 3, 16, 16), seeded(0))
    deviations = found.std((1, 2, 3)) / augment.NOISE
    assert (deviations < 1.05).all() and abs(float(deviations.mean()) - 0.5) < 0.05
    assert (found.mean((1, 2, 3)).abs() < 5 * augment.NOISE / 768**0.5).all()
    bell = (found / found.std((1, 2, 3), keepdim=True)).flatten()
    assert abs(float((bell.abs() < 1).float().mean()) - 0.6827) < 0.005


def test_noise_leaves_the_other_factors_draws():
    plain, noisy = (prepare(images(), ("crop", "flip", *more), seeded(3), MEAN, STD) for more in ((), ("noise",)))
    assert not torch.equal(plain, noisy)
    assert float(((noisy - plain) * STD.view(3, 1, 1)).abs().max()) < 6 * augment.NOISE


def test_shear_moves_rows_in_proportion_to_their_height():
    pixels = torch.zeros(6, 3, 33, 33)
    pixels[:, :, :, 16] = 1  # an upright line
    out = augment.shear(pixels, seeded(5))[:, 0]
    centre = (out * torch.arange(33.0)).sum(2) / out.sum(2)  # (6, 33) where the line is in each row
    slope = (centre[:, 28] - centre[:, 4]) / 24
    torch.testing.assert_close(centre[:, 16], torch.full((6,), 16.0), atol=0.02, rtol=0)
    assert (slope.abs() <= augment.SHEAR + 0.01).all()
    assert slope.abs().max() > 0.03


def test_an_unknown_name_is_told():
    with pytest.raises(BadInput, match="did you mean 'crop'"):
        augment.check(("crop", "crp"))
