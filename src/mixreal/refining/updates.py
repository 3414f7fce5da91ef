"""One update of the generators, one of the discriminators, one of either's pretraining (App. 6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from mixreal.refining.diffaugment import augment
from mixreal.refining.losses import discriminator_loss, draw_labels, l1, least_squares, told_apart
from mixreal.refining.pairs import Pair
from mixreal.refining.pool import Pool
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translator import Fakes, Networks, Terms, Translator


class Judge(Protocol):
    """A frozen classifier of images (b, 3, h, w) in [-1, 1]."""

    def __call__(self, pixels: Tensor) -> Tensor:
        """Logits, (b, classes)."""

    def look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """The same, and (), how far features are from those of the images it learnt from: refining/moments.py."""


@dataclass(frozen=True)
class Judges:
    """Classifiers that refined images should not confuse, one or more for each direction."""

    to_real: Sequence[Judge]
    to_synthetic: Sequence[Judge]


@dataclass
class Player:
    """Parameters and their optimizer."""

    parameters: list[Tensor]
    optimizer: torch.optim.Optimizer

    def descend(self, loss: Tensor, rate: float) -> None:
        """One step down the gradient of these parameters and no others, averaged over processes."""
        grads = torch.autograd.grad(loss, self.parameters)
        if dist.is_available() and dist.is_initialized():
            _average(grads)
        for parameter, grad in zip(self.parameters, grads):
            # Fused optimizers walk through memory: a gradient laid out otherwise would go to the wrong weights.
            same = grad.stride() == parameter.stride()
            parameter.grad = grad if same else torch.empty_like(parameter).copy_(grad)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)


def update_generators(player: Player, rate: float, nets: Networks, translator: Translator, pair: Pair,
                      spec: RefineSpec, generator: torch.Generator,
                      judges: Judges | None = None) -> tuple[Fakes, dict[str, Tensor]]:
    """One step of both generators; returns their images, as they were before it, and each term of the loss."""
    fakes, loss, terms = generator_loss(nets, translator, pair, spec, generator, judges)
    player.descend(loss, rate)
    return Fakes(fakes.real.detach(), fakes.synthetic.detach()), terms


def generator_loss(nets: Networks, translator: Translator, pair: Pair, spec: RefineSpec, generator: torch.Generator,
                   judges: Judges | None = None) -> tuple[Fakes, Tensor, dict[str, Tensor]]:
    """Adversarial loss, the translator's terms (10 L_cycle), 0.1 L1 to the input, and what the spec adds (App. 7)."""
    fakes, extra = translator.translate(nets, pair, spec, generator)
    terms = dict(extra)
    fooled = [least_squares(network(augment(fake, spec.d_augment, generator)), spec.g_target)
              for network, fake in ((nets.d_real, fakes.real), (nets.d_synthetic, fakes.synthetic))]
    terms["adversarial"] = 1.0, fooled[0] + fooled[1]
    if spec.lambda_l1:
        terms["l1"] = spec.lambda_l1, l1(fakes.real, pair.synthetic) + l1(fakes.synthetic, pair.real)
    if spec.lambda_identity:
        at_home = l1(nets.to_real(pair.real), pair.real) + l1(nets.to_synthetic(pair.synthetic), pair.synthetic)
        terms["identity"] = spec.lambda_identity, at_home
    if judges is not None:
        terms |= _judged(judges, fakes, pair, spec, generator)
    loss = torch.stack([weight * value for weight, value in terms.values()]).sum()
    return fakes, loss, {"g_loss": loss.detach(), **{name: value.detach() for name, (_, value) in terms.items()}}


def _judged(judges: Judges, fakes: Fakes, pair: Pair, spec: RefineSpec, generator: torch.Generator) -> Terms:
    """What judges miss of the labels (cross entropy) and of their own images' features (moments), both directions."""
    seen = [_look(judges.to_real, fakes.real, pair.synthetic_labels, spec, generator),
            _look(judges.to_synthetic, fakes.synthetic, pair.real_labels, spec, generator)]
    terms = {"label": (spec.lambda_label, seen[0][0] + seen[1][0]),
             "moments": (spec.lambda_moments, seen[0][1] + seen[1][1])}
    return {name: term for name, term in terms.items() if term[0]}


def _look(judges: Sequence[Judge], fake: Tensor, labels: Tensor, spec: RefineSpec,
          generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Means over several judges who look at the same images, moved alike, as they were in training."""
    shown = augment(fake, spec.label_augment, generator, "reflect")
    nothing = fake.new_zeros(())
    looks = [judge.look(shown) if spec.lambda_moments else (judge(shown), nothing) for judge in judges]
    mistaken = [F.cross_entropy(logits, labels) for logits, _ in looks]
    return torch.stack(mistaken).mean(), torch.stack([gap for _, gap in looks]).mean()


def update_discriminators(player: Player, rate: float, nets: Networks, pair: Pair, fakes: Fakes, spec: RefineSpec,
                          generator: torch.Generator, pools: tuple[Pool, Pool] | None = None) -> dict[str, Tensor]:
    """One step of both discriminators on own and translated images; each has its own domain as target."""
    shown = (fakes.real, fakes.synthetic) if pools is None else (
        pools[0].exchange(fakes.real, generator), pools[1].exchange(fakes.synthetic, generator))
    losses, told = [], []
    for network, own, made in ((nets.d_real, pair.real, shown[0]), (nets.d_synthetic, pair.synthetic, shown[1])):
        labels = draw_labels(spec, len(own), generator)
        if network.rows_apart:  # one pass over both: each image's answer is the same
            both = network(augment(torch.cat([own, made]), spec.d_augment, generator))
            on_own, on_made = both.split(len(own))
        else:
            on_own, on_made = (network(augment(images, spec.d_augment, generator)) for images in (own, made))
        labels = type(labels)(labels.target.to(own.device), labels.source.to(own.device))
        losses.append(discriminator_loss(on_own, on_made, labels))
        told.append(told_apart(on_own.detach(), on_made.detach()))
    player.descend(losses[0] + losses[1], rate)
    return {"d_loss": (losses[0] + losses[1]).detach(), "d_real_accuracy": told[0], "d_synthetic_accuracy": told[1]}


def pretrain_generators(player: Player, rate: float, nets: Networks, pair: Pair) -> dict[str, Tensor]:
    """L1 to the input, both generators (App. 6.2)."""
    loss = l1(nets.to_real(pair.synthetic), pair.synthetic) + l1(nets.to_synthetic(pair.real), pair.real)
    player.descend(loss, rate)
    return {"l1": loss.detach()}


@torch.no_grad()
def translated(nets: Networks, pair: Pair) -> Fakes:
    """Both translations without gradients: what discriminators see while the generators rest."""
    return Fakes(nets.to_real(pair.synthetic), nets.to_synthetic(pair.real))


def _average(grads: tuple[Tensor, ...]) -> None:
    """Over all processes, in one message."""
    flat = torch.cat([grad.reshape(-1) for grad in grads])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    at = 0
    for grad in grads:
        grad.copy_(flat[at:at + grad.numel()].view_as(grad))
        at += grad.numel()
