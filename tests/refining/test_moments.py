"""The gap of moments by hand; it is least on the images learnt from, and a step down its gradient makes it less."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from mixreal.errors import BadInput
from mixreal.learning.batch_norm import statistics_of
from mixreal.learning.classifiers import build
from mixreal.refining.moments import gap, look
from mixreal.refining.spec import PAPER, check, preset


def random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_gap_by_hand() -> None:
    maps = torch.tensor([1.0, 3.0, 5.0, 7.0]).view(2, 1, 1, 2)  # mean 4, deviation sqrt(5)
    found = gap(maps, torch.tensor([2.0]), torch.tensor([4.0]))
    assert float(found) == pytest.approx(((4 - 2) ** 2 + (5 ** 0.5 - 2) ** 2) / 4, rel=1e-4)
    assert float(gap(maps, torch.tensor([4.0]), torch.tensor([5.0]))) == pytest.approx(0, abs=1e-9)


def test_look_answers_as_the_classifier_does_and_means_over_all_its_layers() -> None:
    model = build("resnet20", 3, random(0), 16).eval()
    images = torch.randn(8, 3, 16, 16, generator=random(1))
    inputs: list[torch.Tensor] = []
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    handles = [norm.register_forward_hook(lambda layer, given, out: inputs.append(given[0].clone())) for norm in norms]
    expected = model(images)
    for handle in handles:
        handle.remove()
    logits, found = look(model, images)
    assert torch.equal(logits, expected) and len(inputs) == 19
    by_layer = [(one.mean((0, 2, 3)).square() + (one.std((0, 2, 3), correction=0) - 1).square()).mean()
                for one in inputs]  # fresh layers remember mean 0 and variance 1
    torch.testing.assert_close(found, torch.stack(by_layer).mean(), rtol=1e-3, atol=1e-5)
    look(model, images)
    assert not any(norm._forward_pre_hooks for norm in norms)


def test_the_gap_is_least_on_the_images_learnt_from_and_its_gradient_leads_there() -> None:
    model = build("resnet20", 3, random(0), 16)
    own = np.random.default_rng(0).integers(90, 160, (600, 16, 16, 3)).astype(np.uint8)
    mean, std = torch.full((3,), 0.5), torch.full((3,), 0.25)
    with statistics_of(model, own, mean, std):
        model.eval().requires_grad_(False)
        same, other = (((torch.from_numpy(images[:64]).permute(0, 3, 1, 2) / 255 - 0.5) / 0.25)
                       for images in (own, 255 - own // 3))
        assert 10 * look(model, same)[1] < look(model, other)[1]
        moved = other.clone().requires_grad_()
        before = look(model, moved)[1]
        step = torch.autograd.grad(before, moved)[0]
        assert look(model, other - 0.05 * step / step.abs().mean())[1] < 0.9 * before


def test_only_judges_of_the_other_side_draw_there() -> None:
    check(replace(preset("fast"), lambda_moments=1.0))
    with pytest.raises(BadInput, match='set label_judge = "target" or "unrefined"'):
        check(replace(PAPER, lambda_moments=1.0))
    with pytest.raises(BadInput, match="lambda_moments is -1"):
        check(replace(preset("fast"), lambda_moments=-1.0))


@pytest.mark.parametrize("wrong", [{"g_lr": math.inf}, {"lambda_cycle": math.inf}, {"g_target": math.nan},
                                   {"smooth_target": (math.nan, 1.2)}, {"smooth_source": (0.0, math.inf)}])
def test_numbers_without_end_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput, match=r"expected|a number of at least"):
        check(replace(PAPER, **wrong))
