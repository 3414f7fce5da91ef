"""A recipe's report from its folder alone: ours beside the paper's, with intervals, comparisons and stamps."""

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from mixreal import runs as folders
from mixreal.errors import unreadable
from mixreal.refining.spec import preset
from mixreal.reporting.findings import points
from mixreal.reporting.recipe_figures import picture
from mixreal.reporting.recipe_pages import Block, Heading, Picture, Table, Text, html, markdown
from mixreal.reporting.worth import Worth, worth_of
from mixreal.reproducing.outcome import TESTS, CellOutcome, Outcome, Paired, Score, read_outcome
from mixreal.reproducing.plan import ABOUT, PLAN, SHEET

#: How a stage's checkpoint is kept, by what decided.
KEPT = {"last": "the last checkpoint of a stage is kept",
        "validation": "which checkpoint of a stage is kept is chosen on real validation images",
        "train": "which checkpoint of a stage is kept is chosen on the real images that it learnt from, for none were "
                 "held out"}
TEST_NAMES = {"test_large": "large test", "test": "test", "validation": "validation"}
PICTURE = "report.png"
DRAW_AGAIN = "reproduce the recipe again, its sheet is drawn anew"


def find_recipe_folders(name: str, root: str | Path) -> list[Path]:
    """The folders below `root` that hold a recipe of that name, one a profile and preset."""
    found = sorted(path.parent for path in Path(root).glob(f"*/{PLAN}"))
    return [folder for folder in found if _recipe_of(folder) == name]


def _recipe_of(folder: Path) -> str:
    """The name of a folder's recipe; "" of a damaged one, which is told when it is asked for by its folder."""
    try:
        return str(json.loads((folder / PLAN).read_text(encoding="utf-8"))["name"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def write_report(folder: str | Path) -> list[Path]:
    """Write report.md, report.html, report.png and results.json into a recipe's folder; returns their paths."""
    folder = Path(folder)
    outcome = read_outcome(folder)
    png = _drawn_sheet(folder) if outcome.plan.kind == "sheet" else picture(outcome)
    title, blocks = outcome.plan.title, _page(outcome, png)
    written = [folder / "report.md", folder / "report.html", folder / "results.json"]
    folders.write_text(written[0], markdown(title, blocks))
    folders.write_text(written[1], html(title, blocks))
    folders.write_json(written[2], as_json(outcome))
    if png is not None:
        with folders.atomic(folder / PICTURE) as temporary:
            temporary.write_bytes(png)
        written.append(folder / PICTURE)
    return written


def as_json(outcome: Outcome) -> dict[str, Any]:
    """All of it in plain values; accuracies are shares in [0, 1], the paper's percentages."""
    plan = outcome.plan
    out = {"recipe": plan.name, "title": plan.title, "source": plan.source, "profile": plan.profile,
           "preset": plan.preset, "seeds": list(plan.seeds), "stand_in": outcome.stand_in, "real": list(outcome.real),
           "synthetic": list(outcome.synthetic), "models": list(plan.models), "machine": outcome.machine,
           "cells": [_cell_json(cell) for cell in outcome.cells],
           "comparisons": [{**vars(p), "seeds": list(p.seeds), "p_values": list(p.p_values), "settled": p.settled}
                           for p in outcome.paired]}
    if plan.kind == "budget":
        out["worth"] = {column: [vars(w) | {"equal_to": w.equal_to if math.isfinite(w.equal_to) else None}
                                 for w in worth_of(outcome, column)] for column in _mixed_columns(outcome)}
    return out


def terminal(outcome: Outcome) -> str:
    """The main table as text."""
    table = _main_table(outcome)
    widths = [max(map(len, column)) for column in zip(table.heads, *table.rows)]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip()
             for row in (table.heads, *table.rows)]
    return "\n".join([*lines, stamp(outcome)])


def stamp(outcome: Outcome) -> str:
    """What every table bears: so that a number of seconds never passes for a result."""
    plan = outcome.plan
    lengths = sorted({(cell.steps, cell.plan.batch) for cell in outcome.cells})
    steps = " | ".join(f"{count:,} steps of {batch}" for count, batch in lengths)
    equal = " in every cell" if len(lengths) == 1 else " (not equal)" if lengths else ""
    parts = [f"profile {plan.profile}", f"preset {plan.preset}", f"seeds {', '.join(map(str, plan.seeds))}"]
    parts += [steps + equal] if steps else []
    parts += [f"real: {'; '.join(outcome.real)}"] if outcome.real else []
    parts += [f"synthetic: {'; '.join(outcome.synthetic)}"] if outcome.synthetic else []
    machine = outcome.machine
    if machine:
        made_on = machine.get("accelerator") or machine.get("processor", "")
        parts.append(f"{made_on}, threads a run: {machine.get('threads', '?')}, torch {machine.get('torch', '?')}")
    smoke = "SMOKE, these numbers mean nothing · " if plan.profile == "smoke" else ""
    return smoke + " · ".join(parts)


def _page(outcome: Outcome, png: bytes | None) -> list[Block]:
    plan = outcome.plan
    blocks: list[Block] = [Text(" · ".join(part for part in (plan.source, f"profile {plan.profile}",
                                                             f"preset {plan.preset}") if part))]
    if plan.profile == "smoke":
        blocks.append(Text("SMOKE: seconds of training show that everything works; these numbers mean nothing.",
                           "warning"))
    if outcome.stand_in:
        blocks.append(Text(f"{outcome.real[0]}: these figures say nothing about photographs.", "warning"))
    blocks += [Text(plan.note)] if plan.note else []
    if plan.kind == "sheet":
        return blocks + _sheet(outcome, png)
    blocks += [Text(line, "strong") for line in _headlines(outcome)]
    blocks += [Picture(png, plan.title, PICTURE)] if png else []
    blocks += [Heading("Ours beside the paper's"), Text(
        f"Accuracy, %, {_main_name(outcome)}, mean over seeds, with 95% intervals of so many test images; how "
        "seeds differ is not in them, each seed stands below. The paper's figures are of its own photos and models: "
        "they stand beside ours, not against them."), _main_table(outcome), _stamped(outcome)]
    if plan.kind == "budget":
        blocks += _worth_blocks(outcome)
    if outcome.paired:
        blocks += [Heading("Paired comparisons"), Text(
            f"On the same test images, seed by seed; 95% intervals by a bootstrap over {_drawn(outcome)}, settled "
            "where zero lies outside; McNemar's test for each seed, of all images alike. Intervals are not adjusted "
            "for the number of rows."),
            _paired_table(outcome.paired), _stamped(outcome)]
    blocks += [Heading("Every test set"), Text(
        "Accuracy, %. Test: for CIFAR-DA the paper's 50 images a class; large test: every test image not used for "
        "validation. Validation images alone choose between ratios (mix = \"best\"); no checkpoint of a classifier is "
        "chosen, the last weights count."), *_told_of_gans(outcome), _test_table(outcome), _stamped(outcome)]
    if any(cell.validation for cell in outcome.cells):
        blocks += [Heading("The ratio, chosen on validation images"), _choice_table(outcome), _stamped(outcome)]
    if any(cell.sources for cell in outcome.cells):
        blocks += [Heading("By collection of photos"), Text(
            "Classes come from different collections, which may give them away: each by itself."),
            _source_table(outcome), _stamped(outcome)]
    failures = [cell for cell in outcome.cells if cell.reason]
    if failures:
        blocks += [Heading("Failed"), Table(("cell", "reason"), tuple(
            (f"{cell.row} / {cell.column}", cell.reason) for cell in failures))]
    blocks += [Heading("Made on"), Table(("what", ""), tuple(
        (key, value) for key, value in {**outcome.machine, "models": ", ".join(plan.models)}.items()))]
    return blocks


def _told_of_gans(outcome: Outcome) -> list[Block]:
    """What stages add to chance, which intervals do not know of."""
    refined = [cell for cell in outcome.cells
               if cell.plan.setting.get("train_on") == "refined" or cell.plan.test != "real"]
    if not refined:
        return []
    ways = list(dict.fromkeys(KEPT[_kept_by(cell)] for cell in refined if cell.runs))
    kept = f" {'; in other cells '.join(ways)}." if ways else ""
    return [Text("Stages of GANs: trained once for each choice of real photos, with one seed of their own, so seeds of "
                 "classifiers that learn from the same photos share them and no interval holds how GANs differ."
                 + kept[:2].upper() + kept[2:])]


def _kept_by(cell: CellOutcome) -> str:
    """What decides which checkpoint of the cell's stages is kept: a key of `KEPT`."""
    keys = cell.plan.setting.get("refine", {})
    if keys.get("choose", preset(str(keys.get("preset", "paper"))).choose) == "last":
        return "last"
    return "validation" if f"validation{cell.suffix}" in cell.runs[0].config.get("data", {}) else "train"


def _drawn_sheet(folder: Path) -> bytes:
    try:
        content = (folder / SHEET).read_bytes()
        Image.open(io.BytesIO(content)).verify()
        return content
    except Exception as error:  # Pillow raises OSError, SyntaxError, ValueError and more on broken files
        raise unreadable(folder / SHEET, error, DRAW_AGAIN) from None


def _sheet(outcome: Outcome, png: bytes | None) -> list[Block]:
    try:
        about = json.loads((outcome.folder / ABOUT).read_text(encoding="utf-8"))
        told = f"Rows: {', '.join(about['rows'])}. Columns: {', '.join(about['columns'])}."
        made = (f"{stamp(outcome)} · {about['size']} px · models: {about['models']} · "
                f"{about.get('processor', '')}")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise unreadable(outcome.folder / ABOUT, error, DRAW_AGAIN) from None
    return [*([Picture(png, outcome.plan.title, PICTURE)] if png else []), Text(told), Text(made, "stamp")]


def _headlines(outcome: Outcome) -> list[str]:
    """A sentence a column, on the row that validation images like best; for budgets what rendering replaces."""
    if outcome.plan.kind == "budget":
        return [_worth_line(column, w) for column in _mixed_columns(outcome) for w in worth_of(outcome, column)
                if w.per_class == 50] or []
    lines = []
    for column in outcome.plan.columns:
        pairs = [p for p in outcome.paired if p.column == column and _is_main(outcome, p)
                 and "validation" in outcome.cell(p.row, column).scores]
        if pairs and outcome.plan.compare.startswith("row "):
            best = max(pairs, key=lambda p: outcome.cell(p.row, column).scores["validation"].mean)
            paper = f"; the paper's: {best.paper:+.2f}" if best.paper is not None else ""
            lines.append(f"{column}: {best.row} less {best.against} {_gain(best)}{paper} (row chosen on validation).")
    return lines


def _main_table(outcome: Outcome) -> Table:
    columns = outcome.plan.columns
    heads = ["", *(head for column in columns for head in (f"{column}: ours", "paper"))]
    rows = []
    for row in outcome.plan.rows:
        cells = [outcome.cell(row, column) for column in columns]
        rows.append((row, *(word for cell in cells for word in (_told(cell), _paper(cell)))))
    return Table(tuple(heads), tuple(rows))


def _paired_table(paired: Sequence[Paired]) -> Table:
    rows = [(p.row, p.column, p.against, TEST_NAMES[p.test] + (", classes equal" if p.balanced else ""),
             points(p.difference, True), f"{points(p.low, True)} to {points(p.high, True)}",
             "yes" if p.settled else "no", ", ".join(map(str, p.seeds)),
             ", ".join(f"{value:.2g}" for value in p.p_values),
             f"{p.paper:+.2f}".replace("-", "−") if p.paper is not None else "") for p in paired]
    return Table(("row", "column", "less", "test", "points", "95% interval", "settled", "seeds",
                  "McNemar p, by seed", "paper's"), tuple(rows))


def _test_table(outcome: Outcome) -> Table:
    tests = [test for test in TESTS if any(test in cell.scores for cell in outcome.cells)]
    level = any(cell.scores[test].balanced for cell in outcome.cells for test in cell.scores)
    heads = ["row", "column", "tested on", "seeds", "steps"]
    for test in tests:
        n = _counts([cell.scores[test].n for cell in outcome.cells if test in cell.scores])
        heads += [f"{TEST_NAMES[test]}, n = {n}"] + (["the same, classes equal"] if level else [])
    rows = []
    for cell in outcome.cells:
        line = [cell.row, cell.column, f"{cell.plan.test} images", ", ".join(map(str, cell.seeds)) or "none",
                f"{cell.steps:,}"]
        for test in tests:
            score = cell.scores.get(test)
            line += [f"{_score(score)} [{', '.join(points(v) for v in score.by_seed)}]" if score else ""]
            line += [_balanced(score) if score else ""] if level else []
        rows.append(tuple(line))
    return Table(tuple(heads), tuple(rows))


def _choice_table(outcome: Outcome) -> Table:
    rows = [(cell.row, cell.column, ", ".join(f"{mix} {points(value)}" for mix, value in cell.validation.items()),
             cell.mix or "not yet") for cell in outcome.cells if cell.validation]
    return Table(("row", "column", "validation accuracy, %", "chosen"), tuple(rows))


def _source_table(outcome: Outcome) -> Table:
    names = sorted({name for cell in outcome.cells for name in cell.sources})
    rows = [(cell.row, cell.column, *(points(cell.sources[name][0]) if name in cell.sources else "" for name in names))
            for cell in outcome.cells if cell.sources]
    sizes = {name: _counts([cell.sources[name][1] for cell in outcome.cells if name in cell.sources]) for name in names}
    return Table(("row", "column", *(f"{name}, n = {sizes[name]}" for name in names)), tuple(rows))


def _counts(found: Sequence[int]) -> str:
    """How many images: columns may be tested on different photos."""
    return f"{min(found):,}" if min(found) == max(found) else f"{min(found):,} to {max(found):,}"


def _worth_blocks(outcome: Outcome) -> list[Block]:
    rows = [(column, f"{w.per_class:,}", points(w.alone), points(w.mixed), _count(w.equal_to, w), _replaced(w))
            for column in _mixed_columns(outcome) for w in worth_of(outcome, column)]
    return [Heading("How many real images does rendering replace?"), Text(
        "Accuracy with classes weighted equally. A budget's mixed accuracy is looked up on the curve of real images "
        "alone, straight over the logarithm of their number between budgets."),
        Table(("mixed", "real images a class", "alone, %", "mixed, %", "alone equals it at", "replaced a class"),
              tuple(rows)), _stamped(outcome)]


def _worth_line(column: str, w: Worth) -> str:
    return (f"At {w.per_class} real images a class, {column}: {points(w.mixed)}% against {points(w.alone)}% alone; "
            f"alone it takes {_count(w.equal_to, w)}: rendering replaces {_replaced(w)} a class.")


def _count(equal_to: float, w: Worth) -> str:
    return "more than were tried" if math.isinf(equal_to) else "fewer than were tried" if math.isnan(equal_to) else \
        f"{equal_to:,.0f}"


def _replaced(w: Worth) -> str:
    return "more than can be told" if math.isinf(w.equal_to) else "fewer than none" if math.isnan(w.equal_to) else \
        f"{w.replaced:+,.0f}".replace("-", "−")


def _mixed_columns(outcome: Outcome) -> list[str]:
    return [column for column in outcome.plan.columns if column != outcome.plan.compare.partition(" ")[2]]


def _drawn(outcome: Outcome) -> str:
    """What the bootstrap draws, and what it cannot know."""
    fewest, most = (count({len(p.seeds) for p in outcome.paired}) for count in (min, max))
    if most == 1:
        return "images (of one seed: how seeds differ is not known)"
    told = "seeds and images" + (" (two seeds hardly show how seeds differ)" if most == 2 else "")
    return told + (" (of images alone where a row has one seed: how seeds differ is not in it)" if fewest == 1 else "")


def _main_name(outcome: Outcome) -> str:
    main = [score for cell in outcome.cells for score in [cell.main()] if score]
    large = any("test_large" in cell.scores for cell in outcome.cells)
    return ("large test where there is one, else the test" if large else "test") + (
        ", classes weighted equally (as the paper's test has them)" if any(score.balanced for score in main) else "")


def _is_main(outcome: Outcome, pair: Paired) -> bool:
    """Whether the comparison is of the figures that the main table tells."""
    scores = outcome.cell(pair.row, pair.column).scores
    main = "test_large" if "test_large" in scores else "test"
    return pair.test == main and pair.balanced == (scores[main].balanced is not None)


def _told(cell: CellOutcome) -> str:
    score = cell.main()
    if score is None:
        return cell.state
    tried = f", chose {cell.mix}" if cell.validation else ""
    part = f" [{len(cell.seeds)} of {len(next(iter(cell.plan.runs.values())))} seeds]" if cell.state != "done" else ""
    return f"{_balanced(score)}{tried}{part}"


def _paper(cell: CellOutcome) -> str:
    return f"{cell.paper:.2f}" if cell.paper is not None else ""


def _score(score: Score) -> str:
    return f"{points(score.mean)} ({points(score.low)}–{points(score.high)})"


def _balanced(score: Score) -> str:
    mean, low, high = score.told
    return f"{points(mean)} ({points(low)}–{points(high)})"


def _gain(pair: Paired) -> str:
    told = f"{points(pair.difference, True)} points ({points(pair.low, True)} to {points(pair.high, True)}"
    told += "; one seed" if len(pair.seeds) == 1 else ""
    return told + (")" if pair.settled else "; not settled: zero lies inside)")


def _stamped(outcome: Outcome) -> Text:
    return Text(stamp(outcome), "stamp")


def _cell_json(cell: CellOutcome) -> dict[str, Any]:
    return {"row": cell.row, "column": cell.column, "paper": cell.paper, "state": cell.state, "reason": cell.reason,
            "mix": cell.mix, "validation_of_mixes": cell.validation, "seeds": list(cell.seeds),
            "steps": cell.steps, "batch": cell.plan.batch, "per_class": cell.plan.per_class,
            "tested_on": cell.plan.test, "runs": [run.folder.name for run in cell.runs],
            "scores": {test: {**vars(score), "by_seed": list(score.by_seed), "told": score.told[0]}
                       for test, score in cell.scores.items()},
            "sources": {name: {"accuracy": value, "n": n} for name, (value, n) in cell.sources.items()},
            "setting": cell.plan.setting}
