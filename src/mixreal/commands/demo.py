"""`mixreal demo`: limited real photos, abundant renderings, and what each is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

from mixreal.commands.parse import Out, parse


@dataclass(frozen=True)
class Demo:
    """Train with 50 real images a class, alone and beside rendered ones, and compare.

    10 to 20 minutes on two cores with AVX-512, longer without.

    Real images are CIFAR's: from MIXREAL_DATA, else downloaded, else (no network) a stand-in that is named as such.
    Stopped half-way? Run it again: what is finished is kept.
    """

    out: Out = "runs/demo"  # where runs and report go
    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    smoke: bool = False  # seconds instead of minutes: shows that everything works, its figures mean nothing
    stand_in: bool = False  # do not look for CIFAR


def run(argv: Sequence[str]) -> int:
    """Parse and run; prints the table and where the pages lie."""
    asked = parse(Demo, argv, "demo")

    from mixreal.demo import FULL, SMOKE, demo

    demo(asked.out, SMOKE if asked.smoke else FULL, data=asked.data or None, stand_in=asked.stand_in)
    return 0
