"""`mixreal refine`: real and synthetic images brought together by stages of GANs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import tyro

from mixreal.commands.parse import FLAT, Out, check_count, flag_value, parse
from mixreal.folders import check_writable
from mixreal.refining.spec import RefineSpec, check, preset


@dataclass(frozen=True)
class Refine:
    """Train MrGAN's stages and write refined datasets of both domains, labels, latents and parents kept.

    Stopped half-way? Run it again: it goes on where it was, to the same weights. Several GPUs: torchrun.
    """

    out: Out  # a folder for all stages; chains that begin alike share their first ones
    real: str  # a folder of class folders of photos, or cifar-da4, cifar-da9, airplane-bicycle
    synthetic: Annotated[str, tyro.conf.arg(metavar="DIR")]  # a dataset that `mixreal render` wrote
    refine: Annotated[RefineSpec, FLAT]
    stages: tuple[str, ...] = ("R-S",)  # then any of RR-RS, R-RS, RR-S, and so on to any depth
    preset: str = "fast"  # paper, paper-literal or fast: the values that other flags go over
    per_class: int = 0  # use only so many photos a class, chosen by the seed; 0 = all
    classes: tuple[str, ...] = ()  # which classes, in label order; () = all of the photos'
    size: int = 0  # pixels a side that photos are brought to; 0 = the synthetic images' own
    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    device: str = "auto"  # cpu, cuda or auto


def run(argv: Sequence[str]) -> int:
    """Parse, train what is missing, write; prints what each stage's kept checkpoint measured."""
    name = flag_value(argv, "--preset") or "fast"
    start = preset(name)
    asked = parse(Refine, argv, "refine", Refine(tyro.MISSING, tyro.MISSING, tyro.MISSING, start, preset=name))
    check_count("--per-class", asked.per_class, 0, 10**9)
    check(asked.refine)
    check_writable(asked.out)

    from mixreal.datasets.dataset import read
    from mixreal.real.sets import load
    from mixreal.refining import parallel
    from mixreal.refining.mrgan import refine
    from mixreal.reporting.refine_report import terminal, write_report

    synthetic = read(asked.synthetic)
    real = load(asked.real, size=asked.size or synthetic.images.shape[1], data=asked.data or None,
                per_class=asked.per_class or None, seed=asked.refine.seed, classes=asked.classes)
    with parallel.joined(asked.device):
        made = refine(real, synthetic, asked.stages, asked.refine, asked.out, device=asked.device)
        if parallel.rank():
            return 0
    pages = write_report([one.folder for one in made.stages], asked.out)
    print(terminal([one.folder for one in made.stages]))
    for one in made.stages:
        print(f"{one.folder / ('R' + one.stage.synthetic.partition('@')[0])}  {len(one.synthetic):,} images")
    print("\n".join(str(page) for page in pages))
    return 0
