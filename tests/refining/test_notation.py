"""The paper's strings: layers, shapes and parameters, counted by hand."""

from dataclasses import replace

import pytest
import torch

from mixreal.errors import BadInput
from mixreal.refining.discriminator import check_size
from mixreal.refining.initialising import make_discriminator, make_generator
from mixreal.refining.notation import discriminator_layers, generator_layers
from mixreal.refining.spec import PAPER, preset


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_papers_generator() -> None:
    layers = generator_layers(PAPER.generator)
    assert [(one.kind, one.filters, one.kernel, one.stride) for one in layers] == [
        ("c", 32, 7, 1), ("d", 64, 3, 2), ("d", 128, 3, 2), *[("R", 128, 3, 1)] * 9,
        ("u", 64, 3, 2), ("u", 32, 3, 2), ("c", 3, 7, 1)]
    block = 2 * (128 * 128 * 9 + 2 * 128)  # two convolutions without bias, two norms with scale and offset
    assert count(make_generator(PAPER, random())) == (
        3 * 32 * 49 + 64 + 32 * 64 * 9 + 128 + 64 * 128 * 9 + 256 + 9 * block
        + 128 * 64 * 9 + 128 + 64 * 32 * 9 + 64 + 32 * 3 * 49 + 3)


def test_the_papers_discriminators() -> None:
    assert [one.filters for one in discriminator_layers("C64, C128, C256, C512")] == [64, 128, 256, 512]
    small = make_discriminator(PAPER, random())
    assert count(small) == (3 * 64 + 0) * 16 + 64 + 64 * 128 * 16 + 256 + 128 * 16 + 1
    assert small(torch.zeros(2, 3, 32, 32)).shape == (2, 1, 14, 14)  # 32 -> 16 -> 15 -> 14
    large = make_discriminator(replace(PAPER, discriminator="C64,C128,C256,C512"), random())
    assert count(large) == (3 * 64 * 16 + 64 + 64 * 128 * 16 + 256 + 128 * 256 * 16 + 512 + 256 * 512 * 16 + 1024
                            + 512 * 16 + 1)
    assert large(torch.zeros(1, 3, 256, 256)).shape == (1, 1, 30, 30)  # the 70 x 70 PatchGAN
    assert make_discriminator(replace(PAPER, d_last_stride=2), random())(torch.zeros(1, 3, 32, 32)).shape[2] == 7


def test_without_norm_there_are_biases() -> None:
    spec = replace(PAPER, generator="c3s1-4,d8,R8,u4,c3s1-3", norm="none", discriminator="C4,C8", d_norm="spectral")
    assert count(make_generator(spec, random())) == (
        3 * 4 * 9 + 4 + 4 * 8 * 9 + 8 + 2 * (8 * 8 * 9 + 8) + 8 * 4 * 9 + 4 + 4 * 3 * 9 + 3)
    assert count(make_discriminator(spec, random())) == 3 * 4 * 16 + 4 + 4 * 8 * 16 + 8 + 8 * 16 + 1


@pytest.mark.parametrize(("height", "width"), [(32, 32), (30, 22), (8, 40), (17, 9)])
@pytest.mark.parametrize("output", ["tanh", "residual"])
def test_images_of_any_size_and_shape(height: int, width: int, output: str) -> None:
    spec = replace(preset("fast"), generator="c7s1-4,d8,d8,R8,u8,u4,c7s1-3", output=output)
    x = torch.rand(2, 3, height, width, generator=random()) * 2 - 1
    y = make_generator(spec, random())(x)
    assert y.shape == x.shape
    assert float(y.detach().abs().max()) <= 1


def test_residual_generators_begin_close_to_the_identity() -> None:
    x = torch.rand(8, 3, 16, 16, generator=random()) * 2 - 1
    y = make_generator(replace(PAPER, output="residual", generator="c7s1-8,d16,R16x2,u8,c7s1-3"), random())(x)
    assert float((y - x).detach().abs().mean()) < 0.1


@pytest.mark.parametrize(("text", "told"), [
    ("c7s1-32,d64,R64,u32", "the three colours"), ("c7s1-32,d64,R64,c7s1-3", "as many u as d"),
    ("c7s1-32,d64,R32,u32,c7s1-3", "write R64"), ("c7s1-32,x64,c7s1-3", "'x64' is no layer"), ("", "no layers"),
    ("c4s1-8,c7s1-3", "odd kernel")])
def test_generators_that_cannot_be(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        generator_layers(text)


def test_discriminators_that_cannot_be() -> None:
    with pytest.raises(BadInput, match="'D64' is no layer"):
        discriminator_layers("C64,D64")
    with pytest.raises(BadInput, match="leaves nothing"):
        check_size(replace(PAPER, discriminator="C8,C8,C8,C8"), 8, 32)


def test_initialisation() -> None:
    """App. 6.2: mean 0 and variance 0.02 of weights and scales, or the conventional reading."""
    def drawn(kind: str) -> tuple[torch.Tensor, torch.Tensor]:
        model = make_generator(replace(PAPER, init=kind), random(1))
        convolutions = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d)]
        norms = [m for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)]
        assert all(not m.bias.any() for m in norms)
        return (torch.cat([m.weight.detach().flatten() for m in convolutions]),
                torch.cat([m.weight.detach() for m in norms]))

    weights, scales = drawn("normal")
    assert float(weights.std()) == pytest.approx(0.02, rel=0.02)
    assert float(scales.mean()) == pytest.approx(1, abs=0.002)
    weights, scales = drawn("literal")
    assert float(weights.var()) == pytest.approx(0.02, rel=0.02)
    assert float(scales.mean()) == pytest.approx(0, abs=0.02)
    assert float(scales.var()) == pytest.approx(0.02, rel=0.1)
