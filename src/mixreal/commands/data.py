"""`mixreal data verify | show | select | merge | import | export | fetch`: look after datasets on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mixreal.commands.parse import Out, check_count, parse
from mixreal.errors import BadInput, did_you_mean
from mixreal.folders import check_writable

Folder = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]


@dataclass(frozen=True)
class Verify:
    """Check a dataset: every file and checksum, and, of rendered images, all labels and latents against the recipe."""

    folder: Folder  # the dataset
    models: str = ""  # where the recipe's models lie here, if not where they lay; their content is compared
    backgrounds: str = ""  # likewise
    textures: str = ""  # likewise
    envmaps: str = ""  # likewise


@dataclass(frozen=True)
class Show:
    """Draw a contact sheet, a row a class, and tell in words what the dataset holds."""

    folder: Folder  # the dataset
    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="FILE")] = ""  # a .png; "" = contact-sheet.png here
    columns: int = 16  # images a row
    rows: int = 1  # rows a class
    size: int = 0  # pixels a side of one image on the sheet; 0 = as they are, small ones enlarged


@dataclass(frozen=True)
class Select:
    """Write some of a dataset's images as a dataset of its own: those that fulfil a condition, or a number of them.

    A condition compares columns (label and latents: see `mixreal data show`) with numbers and quoted texts, by
    == != < <= > >= and in, joined by and, or, not: --where "label == 'horse' and camera.elevation < 30"
    """

    folder: Folder  # the dataset
    out: Out  # a new folder
    where: str = ""  # the condition; "" = all
    count: int = 0  # so many of them, drawn by the seed; 0 = all
    per_class: int = 0  # or so many of each class
    seed: int = 0


@dataclass(frozen=True)
class Merge:
    """Write the images of several datasets of one size as one dataset: classes matched by name, origins kept."""

    folders: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]  # the datasets, in order
    out: Out  # a new folder
    union: bool = False  # where they have not the same classes: those of all


@dataclass(frozen=True)
class Import:
    """Make a dataset of images that another program rendered or refined: class folders of png, jpg, ... files.

    The middle square of each image is resized to --size, as photos are; alpha is laid on white.
    """

    folder: Folder  # class folders of images
    out: Out  # a new folder
    size: int = 32  # pixels a side
    domain: Literal["synthetic", "refined"] = "synthetic"
    classes: tuple[str, ...] = ()  # only these; none given: all


@dataclass(frozen=True)
class Export:
    """Write a dataset in a form that other programs read.

    folders: class folders of PNG files and metadata.jsonl (torchvision, Hugging Face datasets); webdataset: tar files;
    coco: images and annotations.json with boxes and masks, of rendered images.
    """

    folder: Folder  # the dataset
    out: Out  # a new folder
    to: Literal["folders", "webdataset", "coco"] = "folders"  # the form


@dataclass(frozen=True)
class Fetch:
    """Copy a dataset from a URL (s3://bucket/folder) into a folder, each file held against its checksum."""

    url: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="URL")]
    out: Out  # a folder; again, and only what is missing is copied


VERBS: dict[str, type] = {"verify": Verify, "show": Show, "select": Select, "merge": Merge, "import": Import,
                          "export": Export, "fetch": Fetch}


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
        case Select():
            return _select(asked)
        case Merge():
            return _merge(asked)
        case Import():
            return _import(asked)
        case Fetch():
            return _fetch(asked)
        case _:
            assert isinstance(asked, Export)
            return _export(asked)


def _verify(asked: Verify) -> int:
    from mixreal.datasets.produce import verify
    from mixreal.datasets.provenance import verify_origins
    from mixreal.datasets.shards import read_header
    from mixreal.spec import PLACES

    _need_folder(asked.folder)
    merged = "origins" in read_header(Path(asked.folder)).made_by
    places = {name: str(getattr(asked, name)) for name in PLACES if getattr(asked, name)}
    found = (verify_origins if merged else verify)(asked.folder, places)
    for problem in found.problems:
        print(problem)
    if found.problems:
        raise BadInput(f"{asked.folder}: {len(found.problems)} problem{'s' if len(found.problems) > 1 else ''} "
                       "(listed above); delete the files named and run the command that made it again")
    for note in found.notes:
        print(note)
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


def _select(asked: Select) -> int:
    from mixreal.datasets.selecting import select_to

    check_count("--count", asked.count, 0, 10**12)
    check_count("--per-class", asked.per_class, 0, 10**12)
    _need_folder(asked.folder)
    made = select_to(asked.folder, asked.out, asked.where, asked.count, asked.per_class, asked.seed)
    print(f"{made.images:,} images in {asked.out}")
    return 0


def _merge(asked: Merge) -> int:
    from mixreal.datasets.merging import merge

    for folder in asked.folders:
        _need_folder(folder)
    made = merge(asked.folders, asked.out, asked.union)
    print(f"{made.images:,} images of {len(made.classes)} classes in {asked.out}")
    return 0


def _import(asked: Import) -> int:
    from mixreal.datasets.importing import import_images
    from mixreal.real.sets import SIZES

    check_count("--size", asked.size, SIZES.start, SIZES.stop - 1)
    check_writable(asked.out)
    made = import_images(asked.folder, asked.out, asked.size, asked.domain, asked.classes)
    print(f"{len(made):,} images of {len(made.classes)} classes in {asked.out}")
    return 0


def _export(asked: Export) -> int:
    from mixreal.datasets.export import export

    _need_folder(asked.folder)
    count = export(asked.folder, asked.out, asked.to)
    print(f"{count:,} images in {asked.out}")
    return 0


def _fetch(asked: Fetch) -> int:
    from mixreal.production.remote import fetch

    print(f"{fetch(asked.url, asked.out).images:,} images in {asked.out}")
    return 0


def _need_folder(folder: str) -> None:
    if "://" in folder:
        raise BadInput(f"{folder} is a URL: bring the dataset here first: mixreal data fetch {folder} --out FOLDER")
    if not Path(folder).is_dir():
        raise BadInput(f"no folder {folder!r}: give a dataset that `mixreal render` wrote")
