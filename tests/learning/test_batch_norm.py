"""Re-estimated statistics are those of the images given, and the model's own come back."""

import numpy as np
import pytest
import torch
from torch import nn

from mixreal.learning import evaluation
from mixreal.learning.batch_norm import DomainNorm, has_batch_norm, set_real, statistics_of, with_domain_norm
from mixreal.learning.classifiers import build
from tiny import tiny

MEAN, STD = torch.full((3,), 0.5), torch.full((3,), 0.25)


def test_one_layer_by_hand():
    images = tiny("real", 24).images
    layer = nn.BatchNorm2d(3)
    layer.running_mean.fill_(9)
    pixels = (images.reshape(-1, 3).astype(np.float64) / 255 - 0.5) / 0.25
    with statistics_of(layer, images, MEAN, STD):
        np.testing.assert_allclose(layer.running_mean.numpy(), pixels.mean(0), atol=1e-5)
        np.testing.assert_allclose(layer.running_var.numpy(), pixels.var(0, ddof=1), rtol=1e-4)
        assert not layer.training
    assert torch.equal(layer.running_mean, torch.full((3,), 9.0))
    assert (layer.momentum, layer.training, int(layer.num_batches_tracked)) == (0.1, True, 0)


def test_chunks_are_averaged(monkeypatch):
    monkeypatch.setattr(evaluation, "MOST_AT_ONCE", 6)
    images = tiny("real", 24).images
    layer = nn.BatchNorm2d(3)
    chunks = (images.reshape(4, -1, 3).astype(np.float64) / 255 - 0.5) / 0.25
    with statistics_of(layer, images, MEAN, STD):
        np.testing.assert_allclose(layer.running_var.numpy(), chunks.var(1, ddof=1).mean(0), rtol=1e-4)


def test_a_network_is_as_before_even_after_an_error():
    model = build("resnet20", 3, torch.Generator().manual_seed(0), 8)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(RuntimeError, match="inside"), statistics_of(model, tiny("real", 12).images, MEAN, STD):
        assert not torch.equal(model.norm.running_mean, before["norm.running_mean"])
        raise RuntimeError("inside")
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_which_models_have_batch_norm():
    generator = torch.Generator().manual_seed(0)
    assert has_batch_norm(build("resnet20", 3, generator, 8))
    assert not has_batch_norm(nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 4)))


def test_split_norm_gives_each_domain_its_own_statistics_and_keeps_the_real_ones():
    x = torch.randn(10, 4, 5, 5, generator=torch.Generator().manual_seed(1))
    x[6:] = x[6:] * 3 + 7
    split, real, synthetic = DomainNorm(4), nn.BatchNorm2d(4), nn.BatchNorm2d(4)
    split.real = 6
    assert torch.allclose(split(x), torch.cat([real(x[:6]), synthetic(x[6:])]), atol=1e-6)
    assert torch.equal(split.running_mean, real.running_mean) and torch.equal(split.running_var, real.running_var)
    split.real = 0
    assert torch.allclose(split(x), nn.BatchNorm2d(4)(x), atol=1e-6)


def test_a_network_is_split_without_changing_its_weights():
    model = build("resnet20", 3, torch.Generator().manual_seed(0), 8)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    split = with_domain_norm(model)
    set_real(split, 3)
    layers = [m for m in split.modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(layers) == 19 and all(isinstance(layer, DomainNorm) and layer.real == 3 for layer in layers)
    assert all(torch.equal(value, before[name]) for name, value in split.state_dict().items())


def test_real_statistics_of_a_split_network_are_those_of_one_domain():
    model = build("resnet20", 3, torch.Generator().manual_seed(0), 8)
    images = tiny("real", 24).images
    with statistics_of(model, images, MEAN, STD):
        plain = {name: value.clone() for name, value in model.state_dict().items()}
    set_real(with_domain_norm(model), 3)
    with statistics_of(model, images, MEAN, STD):
        assert all(torch.equal(value, plain[name]) for name, value in model.state_dict().items())
