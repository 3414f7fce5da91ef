"""`mixreal render`: 3D models -> a synthetic dataset on disk, by one machine or many."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import tyro

from mixreal.commands.parse import FLAT, Out, check_count, flag_value, parse, render_spec
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec

if TYPE_CHECKING:
    from mixreal.datasets.produce import Filled


@dataclass(frozen=True)
class Render:
    """Render 3D models into a dataset: images, labels and every latent; the same command, the same bytes.

    Stopped half-way? Run it again: what is finished is kept.
    """

    out: Out  # where the dataset goes: a folder, or a URL (s3://bucket/folder)
    recipe: Annotated[RenderSpec, FLAT]
    spec: Annotated[str, tyro.conf.arg(metavar="FILE")] = ""  # a TOML file with these keys; flags go over it
    threads: int = 0  # that render, in each process; 0 = the cores shared out, or with --on one a task
    processes: int = 0  # that render, each with its own threads; 0 = one, or with --on as many as there is room for
    device: str = "cpu"  # or cuda, cuda:0, cuda:1, ...
    gpus: Annotated[str, tyro.conf.arg(metavar="K,K,..")] = ""  # a process for each of these CUDA devices, as in 0,1
    part: Annotated[str, tyro.conf.arg(metavar="K/N")] = ""  # only part K of N; parts may share a folder
    on: str = ""  # ray, ray:auto, ray:HOST:PORT or ray://HOST:PORT: tasks of a Ray cluster; "" = this machine


def run(argv: Sequence[str]) -> int:
    """Parse and render; prints where the dataset lies and what it took."""
    file = flag_value(argv, "--spec")
    start = render_spec(file) if file else RenderSpec()
    asked = parse(Render, argv, "render", Render(tyro.MISSING, start))
    check_count("--threads", asked.threads, 0, 1024)
    check_count("--processes", asked.processes, 0, 4096 if asked.on else 256)

    from mixreal.datasets.produce import fill  # late: the renderer takes a second to load, `--help` should not
    from mixreal.rendering.devices import checked_device

    device = asked.device.partition(":")[0] if asked.on else checked_device(asked.device)
    made = fill(asked.recipe, asked.out, threads=asked.threads or None, processes=asked.processes or None,
                device=device, gpus=_numbers(asked.gpus), part=asked.part, on=asked.on)
    _tell(made, asked)
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.split(",")] if text else []
    if not all(word.isdigit() for word in words):
        raise BadInput(f"--gpus {text!r}: expected numbers of CUDA devices, such as 0,1")
    return tuple(map(int, words))


def _tell(made: "Filled", asked: Render) -> None:
    """What lies there, what rendering it took, and for a part what is missing."""
    from mixreal.production.parts import read_part, tell_missing

    header = made.header
    what = f"part {asked.part} of {header.images:,}" if made.missing else f"{header.images:,}"
    print(f"{what} images of {len(header.classes)} classes in {asked.out}")
    if made.missing:
        print(tell_missing(made.missing, read_part(asked.part).of))
    if made.images:
        rate = made.images / max(made.seconds, 1e-9)
        told = [f"{made.images:,} images rendered in {made.seconds:,.1f} s", f"{rate:,.0f} images/s",
                *_peak(), *_on_disk(asked.out)]
        print(", ".join(told))


def _peak() -> list[str]:
    """The largest process of ours that has been; of workers on other machines we know nothing."""
    try:
        import resource
    except ImportError:  # Windows
        return []
    unit = 1 if sys.platform == "darwin" else 1024
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [f"at most {most * unit / 1e6:,.0f} MB of memory a process"]


def _on_disk(out: str) -> list[str]:
    from pathlib import Path

    from mixreal.production.storage import root_of

    root = root_of(out)
    if not isinstance(root, Path):
        return []
    sizes = []
    for path in root.iterdir():
        with suppress(OSError):  # a temporary file of another part, gone since
            sizes.append(path.stat().st_size if path.is_file() else 0)
    return [f"{sum(sizes) / 1e6:,.1f} MB on disk"]
