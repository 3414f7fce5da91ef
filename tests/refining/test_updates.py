"""One iteration of ours is one of a plain CycleGAN loop; each term of the loss by hand; only the meant weights move."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
import torch
import torch.nn.functional as F

from mixreal.benchmarks.plain_cyclegan import PlainCycleGan
from mixreal.errors import BadInput
from mixreal.learning.augment import noise
from mixreal.refining.diffaugment import augment
from mixreal.refining.losses import draw_labels
from mixreal.refining.pairs import Pair
from mixreal.refining.spec import PAPER, RefineSpec
from mixreal.refining.stagestate import StageState, begin_phase
from mixreal.refining.translator import (
    Fakes,
    Networks,
    Plugin,
    Terms,
    Translator,
    check_translator,
    open_translator,
)
from mixreal.refining.updates import (
    Judges,
    Player,
    generator_loss,
    pretrain_generators,
    update_discriminators,
    update_generators,
)

CPU = torch.device("cpu")
SMALL = replace(PAPER, generator="c7s1-8,d16,R16x2,u8,c7s1-3", discriminator="C8,C16", batch=6, pretrain_g=0,
                pretrain_d=0, flip=0.3)


def random(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pair(seed: int = 0, count: int = 6, size: int = 16) -> Pair:
    images = torch.rand(2, count, 3, size, size, generator=random(seed)) * 2 - 1
    labels = torch.arange(count) % 3
    return Pair(images[0], images[1], labels, labels)


@dataclass(frozen=True)
class Eye:
    """A judge by a formula; its images' mean square stands for the gap of moments."""

    logits: Callable[[torch.Tensor], torch.Tensor]

    def __call__(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.logits(pixels)

    def look(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self(pixels), pixels.square().mean()


def networks(spec: RefineSpec, translator: Translator) -> Networks:
    return Networks(spec, translator.extra(spec, random(1)), random(2))


def players(nets: Networks, spec: RefineSpec) -> tuple[Player, Player]:
    state = StageState(nets, replace(spec, pretrain_g=0, pretrain_d=0))
    begin_phase(state)
    assert state.players is not None
    return state.players


def test_an_iteration_is_that_of_a_plain_loop() -> None:
    """Two generator updates with fresh minibatches, then one of the discriminators, on the images made last."""
    spec = replace(SMALL, kernels="plain")
    translator = open_translator("cyclegan")
    nets = networks(spec, translator)
    makers, critics = players(nets, spec)
    plain = PlainCycleGan(spec, CPU)
    for mine, theirs in ((nets.to_real, plain.g_a), (nets.to_synthetic, plain.g_b), (nets.d_real, plain.d_a),
                         (nets.d_synthetic, plain.d_b)):
        for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
            b.data.copy_(a.data)
    draws = random(5)
    for k in range(2):
        fakes, _ = update_generators(makers, spec.g_lr, nets, translator, pair(k), spec, random(9))
        plain.optimize_generators(pair(k).synthetic, pair(k).real)
    update_discriminators(critics, spec.d_lr, nets, pair(1), fakes, spec, draws)
    draws = random(5)
    plain.optimize_discriminators(draw_labels(spec, 6, draws), draw_labels(spec, 6, draws))
    for mine, theirs in ((nets.to_real, plain.g_a), (nets.to_synthetic, plain.g_b), (nets.d_real, plain.d_a),
                         (nets.d_synthetic, plain.d_b)):
        for a, b in zip(mine.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(a.detach(), b.detach(), rtol=1e-3, atol=3e-6)


def test_the_fast_kernels_give_the_same_loss_and_gradient() -> None:
    """ReLUs near zero may switch by a rounding: the directions of the gradients are what is compared."""
    found = []
    for kernels in ("plain", "auto"):
        spec = replace(SMALL, kernels=kernels)
        nets = networks(spec, open_translator("cyclegan"))
        _, loss, _ = generator_loss(nets, open_translator("cyclegan"), pair(), spec, random(0))
        grads = torch.autograd.grad(loss, list(nets.to_real.parameters()))
        found.append((loss.detach(), torch.cat([grad.flatten() for grad in grads])))
    torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-4, atol=0)
    assert float(F.cosine_similarity(found[0][1], found[1][1], dim=0)) > 0.9999


@pytest.mark.parametrize("kernels", ["plain", "auto"])
def test_the_layout_of_weights_changes_nothing(kernels: str) -> None:
    """Channels-last weights and gradients in another layout: fused optimizers walk through memory."""
    spec = replace(SMALL, kernels=kernels, output="residual")
    found = []
    for layout in (torch.contiguous_format, torch.channels_last):
        nets = networks(spec, open_translator("cyclegan")).to(memory_format=layout)  # type: ignore[call-overload]
        makers, critics = players(nets, spec)
        for k in range(2):
            fakes, _ = update_generators(makers, 1e-3, nets, open_translator("cyclegan"), pair(k), spec, random(0))
            update_discriminators(critics, 1e-3, nets, pair(k), fakes, spec, random(0))
        found.append(torch.cat([p.detach().flatten() for p in nets.parameters()]))
    assert float((found[0] - found[1]).abs().mean()) < 2e-5  # Adam moves each by about 1e-3 a step


def test_the_generators_loss_by_hand() -> None:
    spec = replace(SMALL, lambda_identity=2.0, lambda_label=0.5, lambda_moments=3.0, label_judge="target")
    nets = networks(spec, open_translator("cyclegan"))
    nets.eval()  # so that passes can be repeated
    both = pair()

    seen = Eye(lambda pixels: pixels.mean((2, 3)))
    other = Eye(lambda pixels: 3 * pixels.std((2, 3)))
    _, loss, terms = generator_loss(nets, open_translator("cyclegan"), both, spec, random(0),
                                    Judges([seen, other], [other, seen]))
    fake_real, fake_synthetic = nets.to_real(both.synthetic), nets.to_synthetic(both.real)
    adversarial = (nets.d_real(fake_real) - 1).square().mean() + (nets.d_synthetic(fake_synthetic) - 1).square().mean()
    cycle = ((nets.to_synthetic(fake_real) - both.synthetic).abs().mean()
             + (nets.to_real(fake_synthetic) - both.real).abs().mean())
    l1 = (fake_real - both.synthetic).abs().mean() + (fake_synthetic - both.real).abs().mean()
    identity = ((nets.to_real(both.real) - both.real).abs().mean()
                + (nets.to_synthetic(both.synthetic) - both.synthetic).abs().mean())
    label = sum(F.cross_entropy(judge(fake), labels) / 2 for judge in (seen, other)
                for fake, labels in ((fake_real, both.synthetic_labels), (fake_synthetic, both.real_labels)))
    moments = sum(judge.look(fake)[1] / 2 for judge in (seen, other) for fake in (fake_real, fake_synthetic))
    torch.testing.assert_close(loss, adversarial + 10 * cycle + 0.1 * l1 + 2 * identity + 0.5 * label + 3 * moments,
                               rtol=1e-4, atol=1e-5)
    assert terms.keys() == {"g_loss", "adversarial", "cycle", "l1", "identity", "label", "moments"}
    for name, weight in (("label", {"lambda_label": 0.0}), ("moments", {"lambda_moments": 0.0})):
        without = replace(spec, **weight)
        assert name not in generator_loss(nets, open_translator("cyclegan"), both, without, random(0),
                                          Judges([seen], [seen]))[2]


def test_classifiers_of_labels_see_moved_images_and_discriminators_whole_ones() -> None:
    spec = replace(SMALL, lambda_label=0.5, label_augment=("translation",))
    nets = networks(spec, open_translator("cyclegan"))
    nets.eval()
    shown: list[torch.Tensor] = []

    def corner(pixels: torch.Tensor) -> torch.Tensor:
        shown.append(pixels)
        return pixels[:, :, 0, 0]

    seen = Eye(corner)
    fakes, loss, terms = generator_loss(nets, open_translator("cyclegan"), pair(), spec, random(0),
                                        Judges([seen], [seen]))
    draws = random(0)
    for given, fake in zip(shown, (fakes.real, fakes.synthetic), strict=True):
        torch.testing.assert_close(given, augment(fake, ("translation",), draws, "reflect"))
        assert not torch.equal(given, fake)
    unmoved = generator_loss(nets, open_translator("cyclegan"), pair(), replace(spec, label_augment=()), random(0),
                             Judges([seen], [seen]))
    assert torch.equal(terms["adversarial"], unmoved[2]["adversarial"])
    assert not torch.equal(loss, unmoved[1])


def test_noise_goes_with_what_is_shown_and_gradients_pass_through_it() -> None:
    x = torch.full((4, 3, 8, 8), 0.999, requires_grad=True)
    shown = augment(x, ("noise",), random(0))
    assert (shown > 1).any() and not torch.equal(shown[0], shown[1])
    assert torch.equal(torch.autograd.grad(shown.sum(), x)[0], torch.ones_like(x))
    draws = random(0)
    torch.rand(7, 4, generator=draws)  # those of the other augmentations, drawn in any case
    torch.testing.assert_close(shown, x + 2 * noise(x, draws))  # a range of [-1, 1] is twice as wide


@pytest.mark.parametrize("name", ["cyclegan", "simgan", "cut"])
def test_each_update_moves_only_its_own_weights(name: str) -> None:
    spec = replace(SMALL, d_norm="spectral", d_augment=("colour", "translation", "cutout"))
    translator = open_translator(name)
    nets = networks(spec, translator)
    makers, critics = players(nets, spec)

    def weights() -> dict[str, torch.Tensor]:
        return {key: value.detach().clone() for key, value in nets.named_parameters()}

    def moved(work: Callable[[], object]) -> set[str]:
        before = weights()
        work()
        return {key.split(".")[0] for key, value in weights().items() if not torch.equal(value, before[key])}

    made: list[Fakes] = []
    extra = {"extra"} if name == "cut" else set()
    assert moved(lambda: made.append(update_generators(makers, 1e-3, nets, translator, pair(), spec, random(0))[0])) \
        == {"to_real", "to_synthetic"} | extra
    assert moved(lambda: update_discriminators(critics, 1e-3, nets, pair(), made[0], spec, random(0))) \
        == {"d_real", "d_synthetic"}
    assert not made[0].real.requires_grad
    assert all(parameter.grad is None for parameter in nets.parameters())


def test_pretraining_brings_generators_towards_their_input() -> None:
    nets = networks(SMALL, open_translator("cyclegan"))
    makers = Player([*nets.to_real.parameters(), *nets.to_synthetic.parameters()],
                    torch.optim.Adam([*nets.to_real.parameters(), *nets.to_synthetic.parameters()], 1e-2))
    losses = [float(pretrain_generators(makers, 1e-2, nets, pair())["l1"]) for _ in range(80)]
    assert losses[-1] < 0.6 * losses[0]


def test_discriminators_learn_to_tell_apart() -> None:
    spec = replace(SMALL, flip=0.0)
    nets = networks(spec, open_translator("cyclegan"))
    _, critics = players(nets, spec)
    both = pair()
    fakes = Fakes(both.real * 0.3, both.synthetic * 0.3)
    told = [update_discriminators(critics, 2e-3, nets, both, fakes, spec, random(k)) for k in range(30)]
    assert float(told[-1]["d_real_accuracy"]) > 0.95
    assert float(told[-1]["d_loss"]) < 0.3 * float(told[0]["d_loss"])


def test_plug_ins_are_tried_out() -> None:
    def plain(nets: Networks, both: Pair, spec: RefineSpec, generator: torch.Generator) -> tuple[Fakes, Terms]:
        return Fakes(nets.to_real(both.synthetic), nets.to_synthetic(both.real)), {}

    def stuck(nets: Networks, both: Pair, spec: RefineSpec, generator: torch.Generator) -> tuple[Fakes, Terms]:
        return Fakes(both.synthetic, both.real), {}

    def nothing(spec: RefineSpec, generator: torch.Generator) -> torch.nn.Module:
        return torch.nn.Identity()

    for name in ("cyclegan", "simgan", "cut"):
        check_translator(open_translator(name), SMALL, 16)
    check_translator(Plugin(nothing, plain), SMALL, 16)
    with pytest.raises(BadInput, match="have no gradient"):
        check_translator(Plugin(nothing, stuck), SMALL, 16)
    assert open_translator("mixreal.refining.cut:CUT") is open_translator("cut")
    for name, told in (("cycelgan", "did you mean 'cyclegan'"), ("nowhere:X", "cannot be imported"),
                       ("mixreal.refining.cut:PATCHES", "has no extra")):
        with pytest.raises(BadInput, match=told):
            open_translator(name)
    with pytest.raises(BadInput, match="set lambda_l1"):
        open_translator("simgan").extra(replace(SMALL, lambda_l1=0.0), random(0))
