"""Which CIFAR images are in which split of CIFAR-DA4 and CIFAR-DA9: written down once, in cifar.json.

500 training, 50 validation and 50 test images a class (docs/decisions.md, "Data"), and the
rest of the original test images, which `test_large` adds. Training images come from the original training split,
the others from the original test split. `choose` is the rule that made the file; a test applies it again.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

SEED = 0
TRAIN, VALIDATION, TEST = 500, 50, 50  # images a class

#: Of which original classes each class is made; a class of several takes an even share of each.
PARTS = {
    "airplane": ("cifar10/airplane",),
    "bicycle": ("cifar100/bicycle",),
    "bus": ("cifar100/bus",),
    "car": ("cifar10/automobile",),
    "car:pickup": ("cifar100/pickup_truck",),  # CIFAR-100 has no car: the literal reading of "only from CIFAR-100"
    "horse": ("cifar10/horse",),
    "motorcycle": ("cifar100/motorcycle",),
    "person": ("cifar100/baby", "cifar100/boy", "cifar100/girl", "cifar100/man", "cifar100/woman"),
    "train": ("cifar100/train",),
    "truck": ("cifar10/truck",),
}
#: Training images are chosen among this many first ones of the original class, so that the CIFAR-10 subset of
#: 4,000 a class and the full archive give the same.
FIRST = {"cifar10": 4000, "cifar100": 500}

#: CIFAR-10's test image of a truck that is CIFAR-100's training image 49,797 of a pickup, pixel by pixel: left out
#: where pickups are trained on.
ALSO_PICKUP = ("cifar10/truck", 1492)

#: An image: its position in the original split, or its file name where the position is not known.
Key = int | str


@lru_cache(maxsize=1)
def cifar() -> dict[str, dict[str, list[Key]]]:
    """Original class ("cifar10/horse") -> "train" | "validation" | "test" | "rest" -> the images in it."""
    table: dict[str, dict[str, list[Key]]] = json.loads(
        (files("mixreal.real.splits") / "cifar.json").read_text(encoding="utf-8"))["images"]
    return table


def choose(part: str, shares: int, train: Sequence[tuple[int, str]], test: Sequence[tuple[int, str]]
           ) -> dict[str, list[Key]]:
    """The rule: the images of one original class, as (position or -1, file name), dealt out by rank.

    `shares`: of how many original classes the class is made. `train` has the first `FIRST` ones, `test` all.
    """
    dataset = part.split("/")[0]
    first = sorted(train)[:FIRST[dataset]]
    learn = ranked(first, f"{SEED}/{part}/train")
    judge = ranked(test, f"{SEED}/{part}/test")
    a, b = VALIDATION // shares, (VALIDATION + TEST) // shares
    dealt = {"train": learn[:TRAIN // shares], "validation": judge[:a], "test": judge[a:b], "rest": judge[b:]}
    return {split: sorted((name if at < 0 else at for at, name in images), key=lambda k: (isinstance(k, str), k))
            for split, images in dealt.items()}


def ranked(images: Sequence[tuple[int, str]], salt: str) -> list[tuple[int, str]]:
    """The images in an order that depends on their names and `salt` alone, not on the order given."""
    return sorted(images, key=lambda image: rank(f"{salt}/{image[1]}"))


def rank(text: str) -> int:
    """A 63-bit number that stands for `text`, the same everywhere."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1
