"""Layers and parameters of the paper's networks, counted by hand."""

import sys
import types

import pytest
import torch
from torch import nn

from mixreal.errors import BadInput
from mixreal.learning.classifiers import build


def made(name: str, classes: int = 10, size: int = 32, seed: int = 0) -> nn.Module:
    return build(name, classes, torch.Generator().manual_seed(seed), size)


def parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


def test_resnet20_has_the_parameters_of_he_et_al():
    first = 3 * 16 * 9 + 2 * 16  # 432 weights, and batch norm's scale and offset
    group1 = 6 * (16 * 16 * 9 + 2 * 16)
    group2 = (16 * 32 * 9 + 2 * 32) + 5 * (32 * 32 * 9 + 2 * 32)
    group3 = (32 * 64 * 9 + 2 * 64) + 5 * (64 * 64 * 9 + 2 * 64)
    head = 64 * 10 + 10
    assert first + group1 + group2 + group3 + head == 269_722
    assert parameters(made("resnet20")) == 269_722
    assert parameters(made("resnet20", 9)) == 269_722 - 65


def test_resnet20_has_twenty_layers_in_three_groups():
    model = made("resnet20")
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) == 19
    assert sum(isinstance(m, nn.Linear) for m in model.modules()) == 1
    assert [c.out_channels for c in convolutions] == [16] * 7 + [32] * 6 + [64] * 6
    assert [k for k, c in enumerate(convolutions) if c.stride == (2, 2)] == [7, 13]
    assert all(c.bias is None and c.kernel_size == (3, 3) for c in convolutions)


def test_resnet20_shortcut_is_option_a():
    block = made("resnet20").blocks[3]  # 16 to 32 channels, stride 2
    for p in block.parameters():
        nn.init.zeros_(p)  # the residual is nothing: what is left is the shortcut
    x = torch.rand(2, 16, 8, 8)
    out = block.eval()(x)
    assert torch.equal(out[:, :16], x[:, :, ::2, ::2])
    assert torch.equal(out[:, 16:], torch.zeros(2, 16, 4, 4))


def test_alexnet_has_the_parameters_of_the_papers_variant():
    convolutions = (3 * 64 * 121 + 64) + (64 * 192 * 25 + 192) + (192 * 384 * 9 + 384) + (384 * 256 * 9 + 256) + (
        256 * 256 * 9 + 256)
    dense = (256 * 6 * 6 * 4096 + 4096) + (4096 * 4096 + 4096)
    assert convolutions + dense + 2 * 4096 + 2 == 57_012_034
    model = made("alexnet", 2, 227)
    assert parameters(model) == 57_012_034
    assert sum(isinstance(m, nn.Dropout) and m.p == 0.5 for m in model.modules()) == 2
    maps = model.maps[:13](torch.zeros(1, 3, 227, 227))
    assert maps.shape == (1, 256, 6, 6)  # so that adaptive pooling is the identity at 227 px
    with pytest.raises(BadInput, match="at least 31 px"):
        made("alexnet", 2, 30)


def test_alexnet_on_one_pixel_maps_is_what_pooling_to_six_by_six_would_give():
    model, x = made("alexnet", 2, 64).eval(), torch.randn(3, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    maps = model.maps(x)
    assert maps.shape == (3, 256, 1, 1)
    torch.testing.assert_close(model.features(x), model.dense(nn.functional.adaptive_avg_pool2d(maps, 6).flatten(1)))


@pytest.mark.parametrize(("name", "size", "width"), [("resnet20", 32, 64), ("resnet20", 20, 64), ("alexnet", 32, 4096),
                                                     ("alexnet", 63, 4096)])
def test_logits_are_the_heads_answer_to_the_features(name, size, width):
    model = made(name, 5, size).eval()
    x = torch.rand(2, 3, size, size)
    assert model.features(x).shape == (2, width)
    assert torch.equal(model(x), model.head(model.features(x)))
    assert model(x).shape == (2, 5)


def test_weights_are_glorots_and_of_the_generator_alone():
    before = torch.random.get_rng_state()
    one, again, other = made("resnet20"), made("resnet20"), made("resnet20", seed=1)
    assert torch.equal(before, torch.random.get_rng_state())
    weight = one.blocks[8].conv2.weight.detach()
    assert torch.equal(weight, again.blocks[8].conv2.weight)
    assert not torch.equal(weight, other.blocks[8].conv2.weight)
    bound = (6 / (64 * 9 + 64 * 9)) ** 0.5
    assert 0.99 * bound < weight.abs().max() <= bound
    assert weight.std() == pytest.approx(bound / 3**0.5, rel=0.02)
    assert not one.head.bias.any()


def test_unknown_names_are_told():
    with pytest.raises(BadInput, match="did you mean 'resnet20'"):
        made("resnet2")
    with pytest.raises(BadInput, match="at least 2 classes"):
        made("resnet20", 1)


def test_timm_is_asked_for_when_it_is_absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(BadInput, match="pip install timm"):
        made("timm:resnet18")


def test_timm_models_are_cut_into_features_and_head(monkeypatch):
    class Fake(nn.Module):
        """As timm's models: a body, and a classifier that can be taken off."""

        def __init__(self, classes: int) -> None:
            super().__init__()
            self.body, self.fc = nn.Conv2d(3, 7, 3), nn.Linear(7, classes)

        def get_classifier(self) -> nn.Module:
            return self.fc

        def reset_classifier(self, classes: int) -> None:
            assert classes == 0
            self.fc = nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.fc(self.body(x).mean((2, 3)))

    timm = types.SimpleNamespace(is_model=lambda name: name == "fake", list_models=lambda: ["fake"],
                                 create_model=lambda name, pretrained, num_classes: Fake(num_classes))
    monkeypatch.setitem(sys.modules, "timm", timm)
    model = made("timm:fake", 4)
    x = torch.rand(2, 3, 9, 9)
    assert model.features(x).shape == (2, 7)
    assert torch.equal(model(x), model.head(model.features(x)))
    assert torch.equal(made("timm:fake", 4)(x), model(x))
    with pytest.raises(BadInput, match="no model 'fak'"):
        made("timm:fak")
