"""`mixreal predict`: a classifier on your images."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mixreal.commands.parse import check_count, parse
from mixreal.errors import BadInput


@dataclass(frozen=True)
class Predict:
    """Say what images show: one line an image, its name, the class and how likely, then the next likeliest."""

    run: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]  # a run folder of `mixreal train`
    images: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="IMAGE")]  # files or folders
    top: int = 3  # classes to name
    device: str = "auto"  # cpu, cuda, cuda:1; auto = CUDA where there is some


def run(argv: Sequence[str]) -> int:
    """Parse, classify, print."""
    asked = parse(Predict, argv, "predict")
    check_count("--top", asked.top, 1, 1000)

    from mixreal.learning.predicting import predictions

    files = {name: _files(Path(name)) for name in asked.images}
    paths = [path for name in asked.images for path in files[name]]
    in_folders = {path for name, found in files.items() if Path(name).is_dir() for path in found}
    for told in predictions(_one_run(Path(asked.run)), paths, device=asked.device, lenient=in_folders):
        likely = sorted(told.probabilities.items(), key=lambda pair: -pair[1])[:asked.top]
        print(f"{told.path}\t" + "  ".join(f"{name} {100 * share:.1f}%" for name, share in likely), flush=True)
    return 0


def _files(path: Path) -> list[Path]:
    """A file itself; of a folder, its images by name."""
    if not path.is_dir():
        return [path]
    from mixreal.folders import visible_files
    from mixreal.real.photos import SUFFIXES, UNREADABLE

    found = [file for file in visible_files(path) if file.suffix.lower() in SUFFIXES | UNREADABLE]
    if not found:
        raise BadInput(f"no image in {str(path)!r}: give image files, or a folder that holds some")
    return found


def _one_run(folder: Path) -> Path:
    """The folder, or the first run in it when it holds one a seed."""
    if (folder / "config.toml").exists():
        return folder
    seeds = sorted(folder.glob("seed-*"), key=lambda p: (len(p.name), p.name))  # seed-2 before seed-10
    return seeds[0] if seeds else folder
