"""`mixreal data verify | show | export`: look after datasets on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mixreal.commands.parse import Out, check_count, parse
from mixreal.errors import BadInput, did_you_mean

Folder = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]


@dataclass(frozen=True)
class Verify:
    """Check a dataset: every file and checksum, and, for a rendered one, every label and latent against its recipe."""

    folder: Folder  # the dataset


@dataclass(frozen=True)
class Show:
    """Draw a contact sheet, a row a class, and tell in words what the dataset holds."""

    folder: Folder  # the dataset
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .png; "" = contact-sheet.png here
    columns: int = 16  # images a row
    rows: int = 1  # rows a class
    size: int = 0  # pixels a side of one image on the sheet; 0 = as they are, small ones enlarged


@dataclass(frozen=True)
class Export:
    """Write a dataset in a form that other programs read."""

    folder: Folder  # the dataset
    out: Out  # a new folder
    kind: Annotated[Literal["folder"], tyro.conf.arg(name="as")] = "folder"  # class folders of PNG + metadata.jsonl


VERBS: dict[str, type] = {"verify": Verify, "show": Show, "export": Export}


def run(argv: Sequence[str]) -> int:
    """Parse the verb and do it."""
    if not argv or argv[0] in ("-h", "--help"):
        print("usage: mixreal data VERB DIR [OPTIONS]\n")
        for verb, command in VERBS.items():
            print(f"  {verb:<8} {(command.__doc__ or '').splitlines()[0]}")
        return 0
    if argv[0] not in VERBS:
        raise BadInput(f"data: no verb {argv[0]!r}: {did_you_mean(argv[0], VERBS)}")
    asked: object = parse(VERBS[argv[0]], argv[1:], f"data {argv[0]}")
    match asked:
        case Verify():
            return _verify(asked)
        case Show():
            return _show(asked)
        case _:
            assert isinstance(asked, Export)
            return _export(asked)


def _verify(asked: Verify) -> int:
    from mixreal.datasets.dataset import check
    from mixreal.datasets.produce import verify
    from mixreal.datasets.shards import read_header

    _need_folder(asked.folder)
    rendered = "spec" in read_header(Path(asked.folder)).made_by
    problems = verify(asked.folder) if rendered else check(asked.folder)
    for problem in problems:
        print(problem)
    if problems:
        raise BadInput(f"{asked.folder}: {len(problems)} problem{'s' if len(problems) > 1 else ''} "
                       "(listed above); delete the files named and run the command that made it again")
    print(f"{asked.folder}: clean")
    return 0


def _show(asked: Show) -> int:
    from mixreal.datasets.dataset import read
    from mixreal.reporting import sheets

    check_count("--columns", asked.columns, 1, 200)
    check_count("--rows", asked.rows, 1, 200)
    check_count("--size", asked.size, 0, 1024)
    _need_folder(asked.folder)
    dataset = read(asked.folder)
    print(sheets.summary(dataset))
    out = Path(asked.out or "contact-sheet.png")
    if out.suffix.lower() != ".png":
        raise BadInput(f"--out {asked.out!r}: expected a name that ends in .png")
    sheets.save(sheets.contact_sheet(dataset, asked.columns, asked.rows, asked.size), out)
    print(f"\n{out}")
    return 0


def _export(asked: Export) -> int:
    from mixreal.datasets.dataset import read
    from mixreal.datasets.export import export

    _need_folder(asked.folder)
    dataset = read(asked.folder)
    export(dataset, asked.out, asked.kind)
    print(f"{len(dataset):,} images in {asked.out}")
    return 0


def _need_folder(folder: str) -> None:
    if not Path(folder).is_dir():
        raise BadInput(f"no folder {folder!r}: give a dataset that `mixreal render` wrote")
