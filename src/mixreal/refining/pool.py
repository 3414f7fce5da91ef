"""Earlier translated images shown to a discriminator again (Shrivastava et al. 2017); CycleGAN's code keeps 50."""

import torch
from torch import Tensor


class Pool:
    """Up to `size` images; once full, each new image is shown as it is, or, half the time, an old one in its place."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.images: Tensor | None = None  # (n, 3, h, w)

    def exchange(self, fresh: Tensor, generator: torch.Generator) -> Tensor:
        """(b, 3, h, w) in and out. All randomness comes from `generator`."""
        if self.size == 0:
            return fresh
        coins = torch.rand(len(fresh), generator=generator)
        places = torch.randint(self.size, (len(fresh),), generator=generator)
        kept = list(self.images) if self.images is not None else []
        shown = []
        for k, image in enumerate(fresh):
            place = int(places[k])
            if len(kept) < self.size:
                kept.append(image)
                shown.append(image)
            elif coins[k] < 0.5:
                shown.append(kept[place])
                kept[place] = image
            else:
                shown.append(image)
        self.images = torch.stack(kept)
        return torch.stack(shown)
