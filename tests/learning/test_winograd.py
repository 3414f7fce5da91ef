"""Quick convolutions against PyTorch's own in double precision: values, both gradients, threads, what they leave."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixreal.learning.winograd import convolution, kernels, threads
from mixreal.learning.winograd.convolution import Conv3x3, fits


def drawn(b: int, c: int, o: int, side: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images, weights, and a gradient of the outputs."""
    g = torch.Generator().manual_seed(seed)
    return (torch.randn(b, c, side, side, generator=g), torch.randn(o, c, 3, 3, generator=g),
            torch.randn(b, o, side, side, generator=g))


def close(ours: torch.Tensor, exact: torch.Tensor) -> bool:
    """To 1e-4 of the largest value: float32 in another order of sums."""
    return bool((ours - exact).abs().max() <= 1e-4 * exact.abs().max())


@pytest.fixture
def lanes(request, monkeypatch):
    """Kernels of vectors so wide, whatever this CPU's are: wider ones are two of its own."""
    made = kernels.convolve_kernel, kernels.backward_kernel
    for one in made:
        one.cache_clear()
    monkeypatch.setattr(kernels, "LANES", request.param)
    yield request.param
    for one in made:
        one.cache_clear()


@pytest.mark.parametrize("lanes", [8, 16], indirect=True)
@pytest.mark.parametrize("reflect", [False, True])
@pytest.mark.parametrize(("b", "c", "o", "side"), [(3, 16, 16, 32), (5, 32, 16, 16), (2, 16, 64, 8), (1, 64, 64, 4),
                                                   (7, 128, 32, 4), (1, 32, 128, 12), (3, 128, 16, 8), (3, 16, 128, 8),
                                                   (2, 128, 128, 8)])
def test_values_and_gradients_are_those_of_the_direct_convolution(b, c, o, side, reflect, lanes):
    x, weight, grad = drawn(b, c, o, side)
    x, weight = x.requires_grad_(), weight.requires_grad_()
    out = torch.ops.mixreal.conv3x3(x, weight, reflect)
    exact_x, exact_weight = x.detach().double().requires_grad_(), weight.detach().double().requires_grad_()
    exact = F.conv2d(F.pad(exact_x, (1, 1, 1, 1), "reflect" if reflect else "constant"), exact_weight)
    assert out.is_contiguous(memory_format=torch.channels_last) and close(out.detach(), exact.detach())
    ours = torch.autograd.grad(out, (x, weight), grad, retain_graph=True)
    assert torch.equal(torch.autograd.grad(out, x, grad)[0], ours[0])
    alone = torch.ops.mixreal.conv3x3(x.detach(), weight, reflect)
    assert torch.equal(torch.autograd.grad(alone, weight, grad)[0], ours[1])
    theirs = torch.autograd.grad(exact, (exact_x, exact_weight), grad.double())
    assert close(ours[0], theirs[0]) and close(ours[1], theirs[1])


@settings(max_examples=10)
@given(st.integers(1, 9), st.sampled_from([4, 8]), st.integers(0, 2**31))
def test_any_count_of_images_and_any_memory_layout(b, side, seed):
    x, weight, _ = drawn(b, 16, 16, side, seed)
    exact = F.conv2d(x.double(), weight.double(), padding=1)
    for layout in (torch.contiguous_format, torch.channels_last):
        assert close(torch.ops.mixreal.conv3x3(x.contiguous(memory_format=layout), weight), exact)


@pytest.fixture(params=["torch's threads", "a pool"])
def three_threads(request, monkeypatch):
    """Work in three parts, whatever this machine has."""
    monkeypatch.setattr(threads.torch, "get_num_threads", lambda: 3)
    if request.param == "a pool":
        monkeypatch.setattr(threads, "_openmp", lambda: None)
    elif threads._openmp() is None:
        pytest.skip("this torch does not bring its OpenMP runtime along")


def test_an_image_does_not_depend_on_its_neighbours():
    x, weight, _ = drawn(6, 16, 16, 16)
    assert torch.equal(torch.ops.mixreal.conv3x3(x, weight)[2:3], torch.ops.mixreal.conv3x3(x[2:3], weight))


@pytest.mark.parametrize(("b", "c", "side", "reflect"), [(6, 16, 16, False), (40, 16, 12, True), (9, 128, 12, True)])
def test_threads_share_the_work(b, c, side, reflect, monkeypatch):
    x, weight, grad = drawn(b, c, c, side)
    monkeypatch.setattr(threads.torch, "get_num_threads", lambda: 1)
    whole = torch.ops.mixreal.conv3x3(x, weight, reflect)
    by_x, by_weight = torch.ops.mixreal.conv3x3_backward(grad, x, weight, reflect, True)
    for runtime in (threads._openmp(), None):
        monkeypatch.setattr(threads.torch, "get_num_threads", lambda: 3)
        monkeypatch.setattr(threads, "_openmp", lambda runtime=runtime: runtime)
        assert torch.equal(torch.ops.mixreal.conv3x3(x, weight, reflect), whole)
        shared_x, shared_weight = torch.ops.mixreal.conv3x3_backward(grad, x, weight, reflect, True)
        assert torch.equal(shared_x, by_x)
        assert close(shared_weight, by_weight)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.integers(1, 40))
def test_every_block_is_done_once_in_order_of_parts(three_threads, blocks):
    parts = threads.shared(lambda first, count: list(range(first, first + count)), blocks)
    assert [block for part in parts for block in part] == list(range(blocks)) and len(parts) == min(3, blocks)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blocks=st.integers(1, 40), together=st.integers(1, 9))
def test_what_belongs_together_stays_in_one_part(three_threads, blocks, together):
    parts = threads.shared(lambda first, count: (first, count), blocks, together)
    assert sum(count for _, count in parts) == blocks and all(first % together == 0 for first, _ in parts)
    assert len(parts) == min(3, -(-blocks // together))


def test_what_fails_in_a_thread_is_told(three_threads):
    def work(first, count):
        if first:
            raise ValueError(f"block {first}")

    with pytest.raises(ValueError, match="block"):
        threads.shared(work, 9)


@pytest.mark.parametrize("three_threads", ["torch's threads"], indirect=True)
def test_work_inside_of_work_is_done_too(three_threads):
    inner = threads.shared(lambda first, count: threads.shared(lambda a, n: n, 4), 3)
    assert [sum(one) for one in inner] == [4, 4, 4]


def test_the_operator_keeps_torchs_rules():
    x, weight, _ = drawn(2, 16, 16, 8)
    torch.library.opcheck(torch.ops.mixreal.conv3x3.default, (x.requires_grad_(), weight.requires_grad_()),
                          test_utils=("test_schema", "test_autograd_registration", "test_faketensor"))
    for asked in ((True, True), (True, False), (False, True)):
        torch.library.opcheck(torch.ops.mixreal.conv3x3_backward.default,
                              (torch.ones(2, 16, 8, 8), x.detach(), weight.detach(), True, *asked),
                              test_utils=("test_schema", "test_faketensor"))


def test_the_layer_takes_the_quick_way_where_it_fits_only(monkeypatch):
    monkeypatch.setattr(convolution, "ABLE", True)
    layer, strided = Conv3x3(16, 16), Conv3x3(16, 32, 2)
    x = torch.randn(2, 16, 8, 8, generator=torch.Generator().manual_seed(0))
    assert fits(x, layer.weight) and close(layer(x), F.conv2d(x, layer.weight, padding=1))
    assert strided(x).shape == (2, 32, 4, 4)
    for other in (x[:, :, :7, :7], x[:, :, :4], x.double(), x[:0], x[:, :8], torch.cat([x] * 3, 1)):
        assert not fits(other, layer.weight)
    assert layer(x[:, :, :7, :7]).shape == (2, 16, 7, 7)
    with torch.autocast("cpu", torch.bfloat16):
        assert not fits(x, layer.weight) and layer(x).dtype == torch.bfloat16
    monkeypatch.setattr(convolution, "ABLE", False)
    assert not fits(x, layer.weight)
