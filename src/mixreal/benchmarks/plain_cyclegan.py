"""A plain CycleGAN loop after the structure of its reference code: what one writes without trying to be fast.

Own code, of the same networks, losses and update counts: `nn.Sequential` in NCHW float32, `forward` then
`backward_G` with discriminators' `requires_grad` switched off, then `backward_D` with it switched on, a pass each for
own and translated images, `torch.optim.Adam` as it comes, no image pool.
"""

import itertools

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mixreal.refining.losses import Labels
from mixreal.refining.notation import discriminator_layers, generator_layers
from mixreal.refining.spec import RefineSpec


class PlainResidual(nn.Module):
    """Two convolutions and the input added."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), nn.BatchNorm2d(channels),
            nn.ReLU(True),
            nn.ReflectionPad2d(1), nn.Conv2d(channels, channels, 3, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.block(x)
        return out


def plain_generator(text: str) -> nn.Sequential:
    """Batch norm and tanh, as the paper's."""
    layers = generator_layers(text)
    modules: list[nn.Module] = []
    channels = 3
    for layer in layers[:-1]:
        filters = layer.filters
        if layer.kind == "R":
            modules.append(PlainResidual(channels))
            continue
        if layer.kind == "c":
            modules += [nn.ReflectionPad2d(layer.kernel // 2), nn.Conv2d(channels, filters, layer.kernel, bias=False)]
        elif layer.kind == "d":
            modules.append(nn.Conv2d(channels, filters, 3, 2, 1, bias=False))
        else:
            modules.append(nn.ConvTranspose2d(channels, filters, 3, 2, 1, output_padding=1, bias=False))
        modules += [nn.BatchNorm2d(filters), nn.ReLU(True)]
        channels = filters
    last = layers[-1]
    return nn.Sequential(*modules, nn.ReflectionPad2d(last.kernel // 2), nn.Conv2d(channels, 3, last.kernel), nn.Tanh())


def plain_discriminator(text: str) -> nn.Sequential:
    """Batch norm; the last Ck of stride 1."""
    layers = discriminator_layers(text)
    modules: list[nn.Module] = [nn.Conv2d(3, layers[0].filters, 4, 2, 1), nn.LeakyReLU(0.2, True)]
    channels = layers[0].filters
    for k, layer in enumerate(layers[1:], 2):
        stride = 1 if k == len(layers) else 2
        modules += [nn.Conv2d(channels, layer.filters, 4, stride, 1, bias=False), nn.BatchNorm2d(layer.filters),
                    nn.LeakyReLU(0.2, True)]
        channels = layer.filters
    return nn.Sequential(*modules, nn.Conv2d(channels, 1, 4, 1, 1))


class PlainCycleGan:
    """`optimize_generators` and `optimize_discriminators` are the halves of the reference's `optimize_parameters`.

    A is synthetic, B is real.
    """

    def __init__(self, spec: RefineSpec, device: torch.device) -> None:
        self.spec = spec
        self.g_a, self.g_b = (plain_generator(spec.generator).to(device) for _ in range(2))  # A to B, B to A
        self.d_a, self.d_b = (plain_discriminator(spec.discriminator).to(device) for _ in range(2))  # is it B? A?
        self.optimizer_g = torch.optim.Adam(itertools.chain(self.g_a.parameters(), self.g_b.parameters()),
                                            lr=spec.g_lr, betas=spec.betas)
        self.optimizer_d = torch.optim.Adam(itertools.chain(self.d_a.parameters(), self.d_b.parameters()),
                                            lr=spec.d_lr, betas=spec.betas)

    def optimize_generators(self, real_a: Tensor, real_b: Tensor) -> None:
        """forward, then backward_G and a step of the generators."""
        self.real_a, self.real_b = real_a, real_b
        self.fake_b = self.g_a(real_a)
        rec_a = self.g_b(self.fake_b)
        self.fake_a = self.g_b(real_b)
        rec_b = self.g_a(self.fake_a)
        self._set_requires_grad(False)
        self.optimizer_g.zero_grad()
        loss = self._gan(self.d_a(self.fake_b), self.spec.g_target)
        loss = loss + self._gan(self.d_b(self.fake_a), self.spec.g_target)
        loss = loss + self.spec.lambda_cycle * (F.l1_loss(rec_a, real_a) + F.l1_loss(rec_b, real_b))
        if self.spec.lambda_l1:
            loss = loss + self.spec.lambda_l1 * (F.l1_loss(self.fake_b, real_a) + F.l1_loss(self.fake_a, real_b))
        loss.backward()
        self.optimizer_g.step()

    def optimize_discriminators(self, labels_b: Labels, labels_a: Labels) -> None:
        """backward_D_A and backward_D_B, and a step of the discriminators."""
        self._set_requires_grad(True)
        self.optimizer_d.zero_grad()
        for network, real, fake, labels in ((self.d_a, self.real_b, self.fake_b, labels_b),
                                            (self.d_b, self.real_a, self.fake_a, labels_a)):
            loss = 0.5 * (self._gan(network(real), labels.target) + self._gan(network(fake.detach()), labels.source))
            loss.backward()
        self.optimizer_d.step()

    def _gan(self, scores: Tensor, labels: Tensor | float) -> Tensor:
        wanted = labels.view(-1, 1, 1, 1) if isinstance(labels, Tensor) else torch.tensor(labels, device=scores.device)
        return F.mse_loss(scores, wanted.to(scores.device).expand_as(scores))

    def _set_requires_grad(self, switched: bool) -> None:
        for parameter in itertools.chain(self.d_a.parameters(), self.d_b.parameters()):
            parameter.requires_grad = switched
