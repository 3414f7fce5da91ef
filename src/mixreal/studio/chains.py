"""Refinement's stages as a chain: which stage may come next, the chains a folder holds, and alarms in words."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.refining.choosing import ALARMS
from mixreal.refining.stages import parse_stages
from mixreal.reporting.refine_report import StageReport, chain_heads

WAYS = {"to_real": "synthetic to real", "to_synthetic": "real to synthetic"}
RINGS = {"identity_alarm": "the generator copies its input",
         "collapse_alarm": "its images are all alike",
         "label_alarm": "its images no longer show their label"}


@dataclass(frozen=True)
class StageFolder:
    """A stage as its folder tells it, finished or under way."""

    folder: Path
    name: str  # "RR-RS"
    number: int  # from 1
    identity: str
    made_by: tuple[str, ...]  # identities of the stages before it
    done: bool
    config: dict[str, Any]


@dataclass(frozen=True)
class Chain:
    """Stages in turn, that one folder holds."""

    stages: tuple[StageFolder, ...]

    @property
    def folder(self) -> Path:
        return self.stages[-1].folder.parent

    @property
    def name(self) -> str:
        return ", ".join(stage.name for stage in self.stages)


def next_stages(names: Sequence[str]) -> tuple[str, ...]:
    """The stages that may follow `names`: every one the notation accepts and that is not among them already.

    Where two stages made a set of one name, it is offered by number too: "RR@1".
    """
    depth = range(len(names) + 1)
    plain = [("R" * (k + 1), "R" * k + "S") for k in depth]
    reals = [real for real, _ in plain]
    synthetics = [synthetic for _, synthetic in plain]
    first = _numbered(names, reals, "{}-S"), _numbered(names, synthetics, "R-{}")
    pairs = [*product(reversed(reals), reversed(synthetics)), *product(first[0], reversed(synthetics)),
             *product(reversed(reals), first[1])]
    return tuple(name for name in map("-".join, pairs) if name not in names and _allowed(names, name))


def told_stage(name: str) -> str:
    """A stage in words: "RR-RS" is "refined real with refined synthetic"."""
    return " with ".join(told_set(side) for side in name.split("-", 1))


def told_set(name: str) -> str:
    """A set in words: "RRS@2" is "twice refined synthetic of stage 2"."""
    bare, _, stage = name.partition("@")
    kind, times = ("synthetic", len(bare) - 1) if bare.endswith("S") else ("real", len(bare) - 1)
    often = {0: "", 1: "refined ", 2: "twice refined "}.get(times, f"{times} times refined ")
    return f"{often}{kind}" + (f" of stage {stage}" if stage else "")


def find_chains(folders: Sequence[Path]) -> tuple[Chain, ...]:
    """The chains that these folders of stages make, the longest first in each folder; what cannot be read is no stage.

    `folders` are run folders of any kind, such as a workspace lists them.
    """
    stages = [stage for folder in folders for stage in _read(folder)]
    known = {(stage.folder.parent, stage.identity): stage for stage in stages}
    inner = {(stage.folder.parent, identity) for stage in stages for identity in stage.made_by}
    out = []
    for stage in stages:
        parent = stage.folder.parent
        if (parent, stage.identity) in inner:
            continue
        before = [known[parent, identity] for identity in stage.made_by if (parent, identity) in known]
        out.append(Chain(tuple(sorted({one.number: one for one in [*before, stage]}.values(),
                                      key=lambda one: one.number))))
    return tuple(out)


def alarms(row: dict[str, Any]) -> tuple[str, ...]:
    """What a measured checkpoint warns of, a sentence each; () where nothing rings."""
    return tuple(f"{WAYS.get(way, way)}: {RINGS[alarm]}{_measured(row, alarm, way)}"
                 for alarm in ALARMS for way in row.get(alarm, ()))


def chosen(folder: Path) -> dict[str, Any]:
    """A finished stage's chosen.json: checkpoints, the one kept, what its inputs measured; {} before there is one."""
    try:
        found = json.loads((folder / "chosen.json").read_text(encoding="utf-8"))
        found["checkpoints"][found["kept"]]["iteration"]
        return dict(found)
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def samples(folder: Path) -> dict[str, NDArray[Any]]:
    """A stage's samples.npz; {} before it is written or where it cannot be read."""
    try:
        return runs.read_samples(folder)
    except BadInput:
        return {}


def grid(chain: Chain, side: str) -> tuple[list[str], NDArray[np.uint8], list[str]]:
    """Images of `side` ("real" | "synthetic") as they began and after every stage that has samples.

    Returns the columns' names, the images (k, columns, h, w, 3) and each row's class; no columns without samples.
    """
    told = [(stage, found) for stage in chain.stages if f"{side}/after" in (found := samples(stage.folder))]
    if not told:
        return [], np.zeros((0, 0, 1, 1, 3), np.uint8), []
    first = told[0][1]
    names = chain_heads([StageReport(stage.folder, stage.config, {}, [], found) for stage, found in told], side)
    images = np.stack([first[f"{side}/began"], *(found[f"{side}/after"] for _, found in told)], 1)
    classes = told[0][0].config["classes"]
    return names, images, [str(classes[label]) for label in first[f"{side}/labels"]]


def _allowed(names: Sequence[str], name: str) -> bool:
    try:
        parse_stages([*names, name])
    except BadInput:
        return False
    return True


def _numbered(names: Sequence[str], sides: Sequence[str], stage: str) -> list[str]:
    """The sides that several stages have made, by the number of each but the last, which the bare name means."""
    out = []
    for side in sides:
        makers = [f"{side}@{k + 1}" for k in range(len(names)) if _allowed(names, stage.format(f"{side}@{k + 1}"))]
        out += makers[:-1]
    return out


def _read(folder: Path) -> Iterator[StageFolder]:
    try:
        config = runs.read_config(folder)
        made_by = dict.fromkeys([*config["real"]["made_by"], *config["synthetic"]["made_by"]])
        yield StageFolder(folder, str(config["stage"]), int(config["number"]), str(config["identity"]),
                          tuple(map(str, made_by)), runs.is_done(folder), config)
    except (BadInput, KeyError, TypeError, ValueError):
        return


def _measured(row: dict[str, Any], alarm: str, way: str) -> str:
    """The number that rang, where it is told."""
    side = way.removeprefix("to_")
    if alarm == "identity_alarm" and f"change_{side}" in row:
        return f" (a pixel changes by {100 * row[f'change_{side}']:.1f}% on average)"
    if alarm == "collapse_alarm" and f"spread_{side}" in row:
        return f" (their spread is {100 * row[f'spread_{side}']:.0f}% of the input's)"
    if alarm == "label_alarm" and f"label_{side}" in row:
        return f" (a classifier sees it in {100 * row[f'label_{side}']:.0f}% of them)"
    return ""
