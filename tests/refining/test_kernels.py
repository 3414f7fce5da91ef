"""Fewer multiplications, the same sums: our convolutions against PyTorch's in float64."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from mixreal.refining import kernels
from mixreal.refining.initialising import make_generator
from mixreal.refining.spec import PAPER


def close(ours: torch.Tensor, exact: torch.Tensor) -> None:
    assert float((ours.double() - exact).abs().max()) <= 3e-5 * float(exact.abs().max())


@settings(max_examples=20)
@given(st.integers(2, 12), st.integers(2, 12), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9))
def test_winograd_is_the_reflected_convolution(height: int, width: int, b: int, c: int, o: int) -> None:
    generator = torch.Generator().manual_seed(height * 100 + width)
    x = torch.randn(b, c, height, width, generator=generator, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(o, c, 3, 3, generator=generator, dtype=torch.float64, requires_grad=True)
    exact = F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), weight)
    grad = torch.randn(exact.shape, generator=generator, dtype=torch.float64)
    exact_grads = torch.autograd.grad(exact, (x, weight), grad)
    places = x.detach().float().permute(2, 3, 0, 1).reshape(height * width, b, c).requires_grad_()
    weight32 = weight.detach().float().requires_grad_()
    ours = kernels.reflected3x3(places, weight32, height, width)
    ours_grads = torch.autograd.grad(ours, (places, weight32),
                                     grad.float().permute(2, 3, 0, 1).reshape(height * width, b, o))
    close(ours.detach().view(height, width, b, o).permute(2, 3, 0, 1), exact.detach())
    close(ours_grads[0].view(height, width, b, c).permute(2, 3, 0, 1), exact_grads[0])
    close(ours_grads[1], exact_grads[1])


@pytest.mark.parametrize(("few", "many", "k"), [(3, 16, 7), (3, 5, 3), (1, 4, 5)])
@pytest.mark.parametrize("widening", [True, False])
def test_few_and_many(few: int, many: int, k: int, widening: bool) -> None:
    generator = torch.Generator().manual_seed(k)
    channels, filters = (few, many) if widening else (many, few)
    x = torch.randn(2, channels, 11, 9, generator=generator, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(filters, channels, k, k, generator=generator, dtype=torch.float64, requires_grad=True)
    exact = F.conv2d(x, weight)
    grad = torch.randn(exact.shape, generator=generator, dtype=torch.float64)
    exact_grads = torch.autograd.grad(exact, (x, weight), grad)
    ours_in = [one.detach().float().requires_grad_() for one in (x, weight)]
    ours = (kernels.few_to_many if widening else kernels.many_to_few)(*ours_in)
    close(ours.detach(), exact.detach())
    for mine, theirs in zip(torch.autograd.grad(ours, ours_in, grad.float()), exact_grads):
        close(mine, theirs)


@pytest.mark.parametrize("norm", ["batch", "instance", "none"])
@pytest.mark.parametrize(("layers", "h", "w"), [
    ("c7s1-8,d16,R16x2,u8,c7s1-3", 16, 20), ("c7s1-8,d16,R16x2,u8,c7s1-3", 16, 16), ("c3s1-16,R16x2,c3s1-3", 16, 16)])
def test_a_generator_is_the_same_either_way(norm: str, layers: str, h: int, w: int) -> None:
    spec = replace(PAPER, generator=layers, norm=norm, init="he")
    plain, fast = (make_generator(replace(spec, kernels=kind), torch.Generator().manual_seed(3))
                   for kind in ("plain", "auto"))
    x = torch.rand(4, 3, h, w, generator=torch.Generator().manual_seed(4)) * 2 - 1
    exact = plain.double()(x.double())
    close(fast(x).detach(), exact.detach())
    for mine, theirs in zip(fast.buffers(), plain.buffers()):  # running statistics too
        if mine.is_floating_point():
            close(mine, theirs)
    for training in (fast, plain):
        training.eval()
    close(fast(x).detach(), plain(x.double()).detach())


def test_large_maps_go_the_ordinary_way() -> None:
    assert kernels.fits(8, 8) and kernels.fits(12, 12)
    assert not kernels.fits(16, 16) and not kernels.fits(1, 8)
