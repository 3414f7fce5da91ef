"""`dataset.toml`: what a dataset is and what made it, written before its first image and compared on going on."""

import json
import os
import tomllib
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mixreal.datasets.writing import room_for, write
from mixreal.errors import BadInput, check_name, unreadable
from mixreal.spec import to_toml

FORMAT = 1  # of the folder; raised when an older mixreal could no longer read it


@dataclass(frozen=True)
class Header:
    """`dataset.toml`: what a dataset is, known before its first image."""

    domain: str  # "real" | "synthetic" | "refined"
    classes: tuple[str, ...]
    images: int
    height: int
    width: int
    source: str  # in words
    shard: int = 4096  # images in each shard but the last
    #: What made it, in plain TOML values. Compared on resuming, but for "spec": that is how to draw it again, and names
    #: folders by path, where "identity" names them by content.
    made_by: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # for people; not compared
    format: int = FORMAT

    @property
    def shards(self) -> int:
        return -(-self.images // self.shard)

    def rows_of(self, shard: int) -> range:
        """The row numbers that stand in a shard."""
        return range(shard * self.shard, min((shard + 1) * self.shard, self.images))


def begin(folder: Path, header: Header) -> Header:
    """Start a dataset folder, or take up the one that the same `made_by` started: its header is returned.

    Another dataset, or other files, in the folder is `BadInput` naming what differs. Of several that start the parts of
    one dataset at once, one writes the header and the others compare theirs with it.
    """
    check_name(folder)
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file: give a folder")
    begun = folder / "dataset.toml"
    if not begun.is_file():
        strangers = folder.is_dir() and [p.name for p in folder.iterdir() if not p.name.startswith(".")]
        if strangers and not begun.is_file():  # else another part has begun since our first look
            raise BadInput(f"{folder} is not empty and not a dataset: give a new or empty folder")
        with room_for(folder, 0), suppress(FileExistsError):
            folder.mkdir(parents=True, exist_ok=True)
            write(begun, header_bytes(header), first=True)
            return header
    found = read_header(folder)
    check_same(folder, header, found)
    return found


def check_same(folder: Path | str, asked: Header, found: Header) -> None:
    """`BadInput` naming what differs, if the dataset in a folder (or at a URL) was made by something else."""
    differing = made_differently(asked.made_by, found)
    if differing or (found.images, found.height, found.width, found.classes) != (
            asked.images, asked.height, asked.width, asked.classes):
        what = "; ".join(differing[:4]) or "other classes or counts"
        older = " by another version of mixreal, which renders other images" if any(
            line.startswith("identity.version:") for line in differing) else " by something else"
        raise BadInput(f"{folder} holds a dataset made{older} ({what}): give another folder, or delete this one")


def header_bytes(header: Header) -> bytes:
    """The content of `dataset.toml`."""
    return to_toml(plain(asdict(header))).encode()


def read_header(folder: Path) -> Header:
    """Read `dataset.toml`; `BadInput` says what is wrong with the folder."""
    path = folder / "dataset.toml"
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}: give the folder of a dataset")
    if not path.is_file():
        raise BadInput(f"{folder} is not a dataset: it has no dataset.toml (photos go to --real)")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise unreadable(path, error, "delete the folder and make it again") from None
    return parse_header(content, folder)


def parse_header(content: bytes, folder: Path | str) -> Header:
    """The header that stands in the `dataset.toml` of a folder (or a URL, which only messages name)."""
    path = f"{folder}{os.sep if isinstance(folder, Path) else '/'}dataset.toml"
    try:
        values = tomllib.loads(content.decode())
    except ValueError as error:
        raise BadInput(f"{path} cannot be read ({error}): delete the folder and make it again") from None
    version = values.get("format")
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        advice = "upgrade mixreal" if newer else "make it again"
        raise BadInput(f"{folder} has dataset format {version!r}, this mixreal reads {FORMAT}: {advice}")
    try:
        header = Header(**(values | {"classes": tuple(values["classes"])}))
    except (TypeError, KeyError) as error:
        raise BadInput(f"{path} lacks or has unknown keys ({error}): delete the folder and make it again") from None
    numbers = (header.images, header.height, header.width, header.shard)
    if not all(isinstance(n, int) and n >= 0 for n in numbers) or header.shard < 1:
        raise BadInput(f"{path} has a count that is not a whole number: delete the folder and make it again")
    return header


def made_differently(asked: dict[str, Any], found: Header) -> list[str]:
    """In which keys `asked` differs from what made the dataset of header `found`, a line each."""
    now, then = ({k: v for k, v in plain(made_by).items() if k != "spec"} for made_by in (asked, found.made_by))
    return differences(now, then)


def differences(asked: Any, found: Any, where: str = "") -> list[str]:
    """The keys in which two nested plain values differ, as "spec.seed: 1 asked, 0 in the folder"."""
    if isinstance(asked, dict) and isinstance(found, dict):
        keys = sorted(asked.keys() | found.keys())
        nothing = "nothing"
        return [line for k in keys
                for line in differences(asked.get(k, nothing), found.get(k, nothing), f"{where}.{k}".lstrip("."))]
    short = [json.dumps(v) if len(json.dumps(v)) <= 60 else json.dumps(v)[:57] + "..." for v in (asked, found)]
    return [] if asked == found else [f"{where}: {short[0]} asked, {short[1]} in the folder"]


def plain(value: Any) -> Any:
    """The value as it comes back from the file: tuples are lists, keys are text, what is None is left out."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value.item() if isinstance(value, np.generic) else value
