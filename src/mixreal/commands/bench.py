"""`mixreal bench render`, `train`, `stream` and `gan`: how fast this machine is, beside what one would pick instead."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

from mixreal.commands.parse import check_count, check_seconds, parse
from mixreal.errors import BadInput, did_you_mean
from mixreal.folders import check_writable

LARGEST = 1024  # pixels a side


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


@dataclass(frozen=True)
class Train:
    """Our training loop, mixed and unmixed, and a plain DataLoader loop in turns: images/s and ratios.

    Images are noise; what they show costs nothing. Some two minutes, half a minute of them to compile ours.
    """

    classifier: Literal["resnet20", "alexnet"] = "resnet20"
    size: int = 32  # pixels a side
    batch: int = 128
    mix: str = "1:1"  # real:synthetic of the mixed minibatches
    device: str = "cpu"  # cpu, cuda, cuda:1, ...
    threads: int = 1
    seconds: float = 4.0  # of each contender in a turn
    turns: int = 5  # of each contender
    workers: tuple[int, ...] = (0, 2)  # of the DataLoader; the faster one counts
    compile: Literal["auto", "yes", "no"] = "auto"  # ours; "auto" as in a long training
    augment: tuple[str, ...] = ("crop", "flip")  # of crop, flip, shear, contrast, illumination, noise; all alike
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .json for the results


@dataclass(frozen=True)
class Stream:
    """Training on images rendered meanwhile, and on as many from memory, in turns: images/s, ratio, and what bounds it.

    Real images are noise; what they show costs nothing. Some three minutes.
    """

    classifier: Literal["resnet20", "alexnet"] = "resnet20"
    models: str = "procedural"  # a folder of class folders of meshes, or "procedural"
    size: int = 32  # pixels a side
    batch: int = 128
    mix: str = "1:1"  # real:synthetic
    device: str = "cpu"  # cpu, cuda, cuda:1, ...
    threads: int = 1  # of training; rendering takes the other cores
    seconds: float = 10.0  # of each in a turn
    turns: int = 5  # of each
    compile: Literal["yes", "no"] = "no"  # both, by torch.compile
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .json for the results


@dataclass(frozen=True)
class Gan:
    """Our refinement loop and a plain CycleGAN loop of the same networks, losses and updates in turns: iterations/s.

    Images are noise; what they show costs nothing. Some three minutes on two cores.
    """

    networks: tuple[str, ...] = ("paper", "fast")  # presets whose networks are measured
    size: int = 32  # pixels a side
    batch: int = 32
    device: str = "cpu"  # cpu, cuda, cuda:1, ...
    threads: int = 0  # 0 = one a core
    turns: int = 3  # of each contender
    iterations: int = 2  # a turn: five updates of the generators and one of the discriminators each
    compile: bool = False  # ours, by torch.compile
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .json for the results


def run(argv: Sequence[str]) -> int:
    """Parse the verb and do it."""
    if not argv or argv[0] in ("-h", "--help"):
        print("usage: mixreal bench VERB [OPTIONS]\n")
        for verb, (command, _) in VERBS.items():
            print(f"  {verb:<8} {(command.__doc__ or '').splitlines()[0]}")
        return 0
    if argv[0] not in VERBS:
        raise BadInput(f"bench: no verb {argv[0]!r}: {did_you_mean(argv[0], VERBS)}")
    command, work = VERBS[argv[0]]
    return work(parse(command, argv[1:], f"bench {argv[0]}"))


def _render(asked: Render) -> int:
    check_count("--threads", asked.threads, 0, 1024)
    check_seconds(asked.seconds)
    _check_files((("--out", asked.out, ".json"), ("--sheet", asked.sheet, ".png")))

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


def _train(asked: Train) -> int:
    check_seconds(asked.seconds)
    _check(asked, 1)

    from mixreal.benchmarks import train as benchmark

    result = benchmark.run(benchmark.Bench(asked.classifier, asked.size, asked.batch, asked.mix, asked.device,
                                           asked.threads, asked.seconds, asked.workers, asked.compile, asked.turns,
                                           asked.augment))
    return _kept(result, asked.out)


def _stream(asked: Stream) -> int:
    check_seconds(asked.seconds)
    _check(asked, 1)

    from mixreal.benchmarks import stream as benchmark
    from mixreal.spec import RenderSpec

    result = benchmark.run(benchmark.Bench(RenderSpec(models=asked.models, size=asked.size), asked.classifier,
                                           asked.batch, asked.mix, asked.device, asked.threads, asked.seconds,
                                           asked.turns, asked.compile))
    return _kept(result, asked.out)


def _gan(asked: Gan) -> int:
    _check(asked, 0)

    from mixreal.benchmarks import gan as benchmark

    result = benchmark.run(benchmark.Bench(asked.networks, asked.size, asked.batch, asked.device,
                                           asked.threads or os.cpu_count() or 1, asked.turns, asked.iterations,
                                           asked.compile))
    return _kept(result, asked.out)


def _check(asked: Train | Stream | Gan, threads: int) -> None:
    """What the loops that train have in common; `threads` is the least number of them."""
    check_count("--threads", asked.threads, threads, 1024)
    check_count("--batch", asked.batch, 1, 1 << 20)
    check_count("--size", asked.size, 4, LARGEST)
    check_count("--turns", asked.turns, 1, 10_000)
    _check_files((("--out", asked.out, ".json"),))


def _check_files(files: Sequence[tuple[str, str, str]]) -> None:
    """Before minutes of measuring: that each (flag, name, ending) can be written, where it is asked for."""
    for flag, name, ending in files:
        if name and not name.lower().endswith(ending):
            raise BadInput(f"{flag} {name!r}: expected a name that ends in {ending}")
        if name and Path(name).is_dir():
            raise BadInput(f"{flag} {name!r} is a folder: expected a file in it")
        if name:
            check_writable(Path(name).absolute().parent, flag)


VERBS: dict[str, tuple[type, Callable[..., int]]] = {
    "render": (Render, _render), "train": (Train, _train), "stream": (Stream, _stream),
    "gan": (Gan, _gan)}


def _kept(result: dict[str, Any], out: str) -> int:
    """The result as JSON where it is asked for."""
    if out:
        from mixreal.benchmarks.render import save

        save(result, out)
        print(out)
    return 0
