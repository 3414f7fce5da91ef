"""The report of refinement, from stage folders alone: images before and after, curves, what was measured."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs
from mixreal.errors import BadInput, unreadable
from mixreal.refining import choosing
from mixreal.refining.choosing import ALARMS
from mixreal.reporting.page import STYLE
from mixreal.reporting.refine_figures import curves, grid

ROWS = 4  # images a class in a grid
CHOSEN = ("checkpoints", "kept", "inputs", "rule", "diverged", "seconds")  # of chosen.json
REPAIR = "put the file back, or delete the stage's folder and refine again"
COLUMNS = (("kid", "KID"), ("kid_real", "KID to R"), ("a_distance", "A-distance"), ("cycle_error", "there and back"),
           ("label_real", "labels seen"), ("label_synthetic", "labels seen, back"), ("probe", "probe, %"))


@dataclass(frozen=True, eq=False)
class StageReport:
    """What a finished stage's folder tells."""

    folder: Path
    config: dict[str, Any]
    chosen: dict[str, Any]
    metrics: list[dict[str, Any]]
    samples: dict[str, NDArray[Any]]

    @property
    def name(self) -> str:
        return str(self.config["stage"])

    @property
    def kept(self) -> dict[str, Any]:
        """What the kept checkpoint measured."""
        row: dict[str, Any] = self.chosen["checkpoints"][self.chosen["kept"]]
        return row


def read_stage(folder: str | Path) -> StageReport:
    """A stage's folder, read. `BadInput` if it is none, unfinished or damaged."""
    folder = Path(folder)
    if not runs.is_done(folder):
        raise BadInput(f"{str(folder)!r} is no finished stage: run the refinement again to finish it")
    path = folder / "chosen.json"
    try:
        chosen = json.loads(path.read_text(encoding="utf-8"))
        lacking = [key for key in CHOSEN if key not in chosen]
        if lacking:
            raise ValueError(f"it has no {lacking[0]!r}")
        chosen["checkpoints"][chosen["kept"]]["iteration"]
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise unreadable(path, error, REPAIR) from None
    return StageReport(folder, runs.read_config(folder), chosen, list(runs.read_metrics(folder)),
                       runs.read_samples(folder))


def write_report(stages: Sequence[str | Path], folder: str | Path) -> tuple[Path, ...]:
    """report.html, report.md and its pictures, for a chain of stages; returns their paths."""
    root, told = Path(folder), [read_stage(stage) for stage in stages]
    root.mkdir(parents=True, exist_ok=True)
    name = f"report-{told[-1].folder.name}"  # one a chain: they may share a folder
    pictures = {f"{name}-synthetic.png": grid(chain_images(told, "synthetic"), chain_heads(told, "synthetic")),
                f"{name}-real.png": grid(chain_images(told, "real"), chain_heads(told, "real"))}
    for one in told:
        pictures[f"{name}-{one.config['number']}-curves.png"] = curves(one.metrics, one.chosen)
    for file, png in pictures.items():
        with runs.atomic(root / file) as temporary:
            temporary.write_bytes(png)
    runs.write_text(root / f"{name}.md", markdown(told, list(pictures)))
    runs.write_text(root / f"{name}.html", _html(told, pictures))
    return (root / f"{name}.html", root / f"{name}.md", *(root / file for file in pictures))


def terminal(stages: Sequence[str | Path]) -> str:
    """A table for the terminal: inputs, and the checkpoint that each stage kept."""
    lines = [f"{'stage':<10}{'iteration':>10}" + "".join(f"{head:>18}" for _, head in COLUMNS) + "  alarms"]
    for one in map(read_stage, stages):
        for name, row in (("inputs", one.chosen["inputs"]), (str(one.kept["iteration"]), one.kept)):
            lines.append(f"{one.name:<10}{name:>10}" + "".join(f"{_value(row, key):>18}" for key, _ in COLUMNS)
                         + "  " + (_alarms(row) or "none"))
    return "\n".join(lines)


def markdown(told: Sequence[StageReport], pictures: Sequence[str]) -> str:
    """The page."""
    lines = [f"# Refinement: {', then '.join(one.name for one in told)}", "",
             f"Synthetic: {told[0].config['synthetic']['source']}. Real: {told[0].config['real']['source']}. "
             f"KID and A-distance on {told[0].config['features']}; KID is not comparable with other features'."]
    for one in told:
        lines += ["", f"## Stage {one.config['number']}: {one.name}", "", _about(one), ""]
        heads = ["iteration", *(head for _, head in COLUMNS), "alarms"]
        lines += [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
        for name, row in (("inputs", one.chosen["inputs"]), *((str(r["iteration"]), r) for r in
                                                              one.chosen["checkpoints"])):
            kept = " **kept**" if row is one.kept else ""
            lines.append(f"| {name}{kept} | " + " | ".join(_value(row, key) for key, _ in COLUMNS)
                         + f" | {_alarms(row)} |")
    lines += ["", "## Images", ""] + [f"![{file}]({file})" for file in pictures]
    return "\n".join([*lines, "", f"Made on {_machines(told)}.", ""])


def chain_images(told: Sequence[StageReport], side: str) -> NDArray[np.uint8]:
    """(rows, columns, h, w, 3): each row one image as it began and after every stage that it went through."""
    labels = _sample(told[0], f"{side}/labels")
    rows = np.concatenate([np.flatnonzero(labels == label)[:ROWS] for label in np.unique(labels)])
    columns = [_sample(told[0], f"{side}/began"), *(_sample(one, f"{side}/after") for one in told)]
    return np.stack([column[rows] for column in columns], 1)


def _sample(one: StageReport, name: str) -> NDArray[np.uint8]:
    """An array of a stage's samples; `BadInput` where it has none of that name, or none at all."""
    if name not in one.samples:
        raise BadInput(f"{str(one.folder / runs.SAMPLES)!r} is not there or has no {name}: {REPAIR}")
    return one.samples[name]


def chain_heads(told: Sequence[StageReport], side: str) -> list[str]:
    """What the columns of `chain_images` are."""
    heads = ["S" if side == "synthetic" else "R"]
    for one in told:
        name = "R" + str(one.config[side]["set"])
        heads.append(f"{name}@{one.config['number']}" if name in heads else name)
    return heads


def _about(one: StageReport) -> str:
    spec = one.config["refine"]
    diverged = " **It diverged, and was stopped there.**" if one.chosen["diverged"] else ""
    return (f"{spec['translator']}, generator `{spec['generator']}`, discriminator `{spec['discriminator']}`, "
            f"{spec['iterations']:,} iterations of {spec['g_updates']} generator updates to {spec['d_updates']}, "
            f"batch {spec['batch']}; {one.chosen['seconds'] / 60:,.1f} min.{diverged} Kept: "
            f"{choosing.told(one.chosen['checkpoints'], one.chosen['rule'], one.config.get('watched', 'validation'))}"
            f"{_instead(spec['choose'], one.chosen['rule'])}.")


def _machines(told: Sequence[StageReport]) -> str:
    """The machine of all stages, or where they differ each stage's."""
    named = [_machine(one.config["hardware"]) for one in told]
    if len(set(named)) == 1:
        return named[0]
    return "; ".join(f"{machine} (stage {one.config['number']})" for one, machine in zip(told, named))


def _machine(hardware: dict[str, Any]) -> str:
    return str(hardware.get("accelerator") or f"{hardware['processor']}, {hardware['cores']} cores")


def _instead(asked: str, done: str) -> str:
    return "" if asked == done else f' (choose = "{asked}" was asked, and no checkpoint left had been probed)'


def _alarms(row: dict[str, Any]) -> str:
    return ", ".join(f"{alarm.removesuffix('_alarm')} {way}" for alarm in ALARMS for way in row.get(alarm, ()))


def _value(row: dict[str, Any], key: str) -> str:
    if key not in row:
        return ""
    return f"{100 * row[key]:.1f}" if key in ("probe", "label_real", "label_synthetic") else f"{row[key]:.4f}"


def _html(told: Sequence[StageReport], pictures: dict[str, bytes]) -> str:
    title = f"Refinement: {', then '.join(one.name for one in told)}"
    body = [f"<h1>{escape(title)}</h1>", f"<p class=soft>{escape(told[0].config['synthetic']['source'])}; "
            f"{escape(told[0].config['real']['source'])}</p>"]
    for one in told:
        heads = "".join(f"<th>{escape(head)}</th>" for head in ["iteration", *(head for _, head in COLUMNS), "alarms"])
        rows = "".join(
            f"<tr class={'strong' if row is one.kept else 'soft'}><td>{escape(name)}</td>"
            + "".join(f"<td>{_value(row, key)}</td>" for key, _ in COLUMNS) + f"<td>{escape(_alarms(row))}</td></tr>"
            for name, row in (("inputs", one.chosen["inputs"]),
                              *((f"{r['iteration']:,}", r) for r in one.chosen["checkpoints"])))
        body.append(f"<section><h2>Stage {one.config['number']}: {escape(one.name)}</h2><p>{escape(_about(one))}</p>"
                    f"<div class=wide><table><tr>{heads}</tr>{rows}</table></div></section>")
    for file, png in pictures.items():
        data = base64.b64encode(png).decode()
        body.append(f"<section><h3>{escape(file)}</h3><img alt='{escape(file)}' style='max-width:100%' "
                    f"src='data:image/png;base64,{data}'></section>")
    return (f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
            f"<style>{STYLE}</style><main>{''.join(body)}</main></html>\n")
