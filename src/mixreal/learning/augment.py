"""Random crop, flip, shear, contrast, illumination and noise, over a whole minibatch at once, on its device (Sec. 3.2).

Random numbers are drawn on the CPU, one short vector a factor, so that every device sees the same ones. Noise alone,
which is not the paper's, takes a number a value: those are drawn on the device, from a seed.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from mixreal.errors import check_known

PAPERS = ("crop", "flip", "shear", "contrast", "illumination")
NAMES = (*PAPERS, "noise")
SHEAR = 0.2  # tangent of the largest angle, 11 degrees
CONTRAST = 0.35  # natural logarithm of the largest factor: 0.70 to 1.42
ILLUMINATION = 0.35  # the same, of the light
NOISE = 0.1  # largest standard deviation, of values in [0, 1]


def prepare(images: Tensor, augment: tuple[str, ...], generator: torch.Generator, mean: Tensor,
            std: Tensor) -> Tensor:
    """Augment and normalise: (b, h, w, 3) uint8 to (b, 3, h, w) float32, channels last in memory.

    `augment` is a set of `NAMES`, in any order. Each factor draws its numbers whether or not another is switched on.
    """
    seeds = torch.randint(2**62, (len(PAPERS),), generator=generator)
    draws = {name: torch.Generator().manual_seed(int(seed)) for name, seed in zip(PAPERS, seeds) if name in augment}
    if "crop" in augment or "flip" in augment:
        images = crop_flip(images, draws.get("crop"), draws.get("flip"))
    pixels = as_float(images)
    if "shear" in augment:
        pixels = shear(pixels, draws["shear"])
    if "contrast" in augment:
        pixels = contrast(pixels, draws["contrast"])
    if "illumination" in augment:
        pixels = illumination(pixels, draws["illumination"])
    if "noise" in augment:
        pixels = pixels + noise(pixels, torch.Generator().manual_seed(int(seeds.sum())))  # the generator as it was
    return normalise(pixels, mean, std).contiguous(memory_format=torch.channels_last)


def check(augment: tuple[str, ...]) -> None:
    """`BadInput` for a name that is no augmentation."""
    check_known(augment, NAMES, "augmentation")


def as_float(images: Tensor) -> Tensor:
    """(b, h, w, 3) uint8 to (b, 3, h, w) float32 in [0, 1], channels last in memory."""
    return images.permute(0, 3, 1, 2).to(torch.float32).div_(255)


def normalise(pixels: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """(x - mean) / std for each channel; `mean` and `std` are (3,) in the units of [0, 1] pixels."""
    return (pixels - mean.view(1, 3, 1, 1)) / std.view(1, 3, 1, 1)


def crop_flip(images: Tensor, crop: torch.Generator | None, flip: torch.Generator | None) -> Tensor:
    """A window of the same size, moved by up to an eighth of a side (4 px of 32) each way, and mirrored half the time.

    (b, h, w, 3) uint8 in and out. What lies beyond the border is the image reflected. None leaves that factor out.
    """
    b, h, w, _ = images.shape
    rows = torch.arange(h).expand(b, h)
    columns = torch.arange(w).expand(b, w)
    if crop is not None:
        rows = reflect(rows + _shift(b, h, crop), h)
        columns = reflect(columns + _shift(b, w, crop), w)
    if flip is not None:
        mirrored = torch.rand(b, 1, generator=flip) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    # One gather of whole pixels: image, row and column as one index.
    index = (torch.arange(b).view(b, 1, 1) * h + rows.unsqueeze(2)) * w + columns.unsqueeze(1)
    return images.reshape(b * h * w, 3).index_select(0, index.reshape(-1).to(images.device)).view(b, h, w, 3)


def reflect(places: Tensor, length: int) -> Tensor:
    """Places at or beyond a border, mirrored back inside: -1 is 1, length is length - 2. Sides of 1 px have only 0."""
    if length == 1:
        return torch.zeros_like(places)
    return (length - 1) - ((length - 1) - places.abs()).abs()


def shear(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Slant along x by a tangent uniform in +-`SHEAR`, about the centre. (b, 3, h, w) in and out."""
    b = len(pixels)
    theta = torch.eye(2, 3).repeat(b, 1, 1)
    theta[:, 0, 1] = (torch.rand(b, generator=generator) * 2 - 1) * SHEAR
    grid = F.affine_grid(theta.to(pixels.device), list(pixels.shape), align_corners=False)
    return F.grid_sample(pixels, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


def contrast(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Stretch each image about its own mean: m + c (x - m), log c uniform in +-`CONTRAST`, clipped to [0, 1]."""
    factor = _factor(pixels, CONTRAST, generator)
    mean = pixels.mean((1, 2, 3), keepdim=True)
    return (mean + factor * (pixels - mean)).clamp_(0, 1)


def illumination(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """More or less light: c x, log c uniform in +-`ILLUMINATION`, clipped to [0, 1]."""
    return (pixels * _factor(pixels, ILLUMINATION, generator)).clamp_(0, 1)


def noise(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """What to add to (b, c, h, w) in [0, 1]: Gaussian, of a deviation uniform in 0 to `NOISE` for each image.

    Not clipped, so that gradients pass everywhere: refining's judges are shown noisy images too.
    """
    own = torch.Generator(pixels.device).manual_seed(int(torch.randint(2**62, (), generator=generator)))
    deviations = torch.rand(len(pixels), 1, 1, 1, generator=own, device=pixels.device) * NOISE
    return torch.randn(pixels.shape, generator=own, device=pixels.device) * deviations


def _factor(pixels: Tensor, spread: float, generator: torch.Generator) -> Tensor:
    draws = torch.rand(len(pixels), 1, 1, 1, generator=generator)
    return torch.exp((draws * 2 - 1) * spread).to(pixels.device)


def _shift(count: int, side: int, generator: torch.Generator) -> Tensor:
    most = side // 8
    return torch.randint(-most, most + 1, (count, 1), generator=generator)
