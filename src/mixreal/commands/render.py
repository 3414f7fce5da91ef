"""`mixreal render`: 3D models -> a synthetic dataset on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import tyro

from mixreal.commands.parse import FLAT, Out, check_count, flag_value, parse, render_spec
from mixreal.spec import RenderSpec


@dataclass(frozen=True)
class Render:
    """Render 3D models into a dataset: images, labels and every latent; the same command, the same bytes.

    Stopped half-way? Run it again: what is finished is kept.
    """

    out: Out  # where the dataset goes
    recipe: Annotated[RenderSpec, FLAT]
    spec: Annotated[str, tyro.conf.arg(metavar="FILE")] = ""  # a TOML file with these keys; flags go over it
    threads: int = 0  # that render; 0 = one a core
    processes: int = 1  # that render, each with its own threads
    device: str = "cpu"  # or cuda, cuda:0, cuda:1, ...


def run(argv: Sequence[str]) -> int:
    """Parse and render; prints where the dataset lies."""
    file = flag_value(argv, "--spec")
    start = render_spec(file) if file else RenderSpec()
    asked = parse(Render, argv, "render", Render(tyro.MISSING, start))
    check_count("--threads", asked.threads, 0, 1024)
    check_count("--processes", asked.processes, 1, 256)

    from mixreal.datasets.produce import fill  # late: the renderer takes a second to load, `--help` should not
    from mixreal.rendering.devices import checked_device

    made = fill(asked.recipe, asked.out, threads=asked.threads or None, processes=asked.processes,
                device=checked_device(asked.device))
    print(f"{made.images:,} images of {len(made.classes)} classes in {asked.out}")
    return 0
