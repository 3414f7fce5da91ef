"""`mixreal bench render`: how fast this machine renders, beside what one would pick instead."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mixreal.commands.parse import check_count, parse
from mixreal.errors import BadInput, did_you_mean


@dataclass(frozen=True)
class Render:
    """Ours and its peers render the same scenes in turns: images/s and ratios, as a table and as JSON.

    Without --sizes and --triangles: 32, 64, 128 and 256 px with 20,000 triangles, and 2,000 and 200,000 at 64 px.
    """

    sizes: tuple[int, ...] = (32, 64, 128, 256)  # pixels a side
    triangles: tuple[int, ...] = (2_000, 20_000, 200_000)  # of the mesh, about
    device: str = "cpu"  # that ours runs on: cpu, cuda, cuda:1, ...
    threads: int = 0  # of ours; 0 = one a core
    seconds: float = 5.0  # that each renderer works on a size and mesh
    peers: tuple[str, ...] = ("mitsuba",)  # of mitsuba, pyrender, moderngl, blender
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .json for the results
    sheet: Annotated[str, tyro.conf.arg(metavar="FILE")] = ""  # a .png: 8 scenes as each renderer draws them


VERBS: dict[str, type] = {"render": Render}


def run(argv: Sequence[str]) -> int:
    """Parse the verb and do it."""
    if not argv or argv[0] in ("-h", "--help"):
        print("usage: mixreal bench VERB [OPTIONS]\n")
        for verb, command in VERBS.items():
            print(f"  {verb:<8} {(command.__doc__ or '').splitlines()[0]}")
        return 0
    if argv[0] not in VERBS:
        raise BadInput(f"bench: no verb {argv[0]!r}: {did_you_mean(argv[0], VERBS)}")
    asked = parse(Render, argv[1:], "bench render")
    check_count("--threads", asked.threads, 0, 1024)
    for flag, name, ending in (("--out", asked.out, ".json"), ("--sheet", asked.sheet, ".png")):
        if name and not name.lower().endswith(ending):
            raise BadInput(f"{flag} {name!r}: expected a name that ends in {ending}")

    from mixreal.benchmarks import render as benchmark
    from mixreal.rendering.renderer import check_size
    from mixreal.reporting import sheets

    for size in asked.sizes:
        check_size(size)
    bench = benchmark.Bench(asked.sizes, asked.triangles, asked.device, asked.threads or os.cpu_count() or 1,
                            asked.seconds, asked.peers)
    result = benchmark.run(bench)
    if asked.out:
        benchmark.save(result, asked.out)
        print(asked.out)
    if asked.sheet:
        sheets.save(benchmark.sheet(bench), Path(asked.sheet))
        print(asked.sheet)
    return 0
