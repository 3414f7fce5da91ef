"""A recipe's report: from files alone, every number beside the paper's, stamps on every table, failures in words."""

import json
import math
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal import runs
from mixreal.learning.scores import balanced_interval
from mixreal.reporting.recipe_pages import Heading, Picture, Table, Text, html, markdown
from mixreal.reporting.recipe_report import _told_of_gans, find_recipe_folders, stamp, terminal, write_report
from mixreal.reporting.worth import worth
from mixreal.reproducing.outcome import read_outcome
from mixreal.reproducing.recipe import open_recipe
from mixreal.reproducing.reproduce import reproduce
from reporting import outcomes
from reproducing.album_recipe import write_recipe


@pytest.fixture(scope="module")
def folder(photos: Path, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small recipe, reproduced and moved elsewhere: a report must not need anything but its root."""
    root = tmp_path_factory.mktemp("made")
    path = write_recipe(root / "small.toml", photos, meshes)
    reproduce(open_recipe(str(path)), root / "out", processes=1)
    moved = tmp_path_factory.mktemp("moved") / "elsewhere"
    shutil.move(root / "out", moved)
    shutil.rmtree(moved / "datasets")
    return moved / "small-cpu"


def test_ours_stand_beside_the_papers(folder: Path) -> None:
    write_report(folder)
    text, outcome = (folder / "report.md").read_text(encoding="utf-8"), read_outcome(folder)
    for row, papers in (("1:1", ["60.50", "70.25"]), ("real only", ["50.00", ""])):
        means = [f"{100 * outcome.cell(row, column).scores['test'].mean:.1f}" for column in ("plain", "flip")]
        (line,) = [line for line in text.splitlines() if line.startswith(f"| {row} |") and line.count("|") == 6]
        cells = [cell.strip() for cell in line.split("|")[2:6]]
        assert [cells[1], cells[3]] == papers
        assert cells[0].startswith(means[0]) and cells[2].startswith(means[1]) and "(" in cells[0]
    assert "+10.50" in text  # the paper's own difference, beside our paired one


def test_results_in_json_are_those_of_the_runs(folder: Path) -> None:
    found = json.loads((folder / "results.json").read_text())
    assert (found["profile"], found["preset"], found["stand_in"]) == ("cpu", "paper", False)
    for cell in found["cells"]:
        opened = [runs.open_run(folder.parent / "runs" / name) for name in cell["runs"]]
        assert [run.results["test/shared"]["accuracy"] for run in opened] == cell["scores"]["test"]["by_seed"]
        assert np.mean(cell["scores"]["test"]["by_seed"]) == pytest.approx(cell["scores"]["test"]["mean"])
    assert found["machine"]["processor"] and found["comparisons"]


def test_every_table_is_stamped(folder: Path) -> None:
    text, outcome = (folder / "report.md").read_text(encoding="utf-8"), read_outcome(folder)
    told = stamp(outcome)
    assert {"profile cpu", "preset paper", "seeds 0, 1", "2 steps of 8 in every cell"} <= set(told.split(" · "))
    assert "real: photos" in told and "8 images at 8 px" in told and "torch" in told and "SMOKE" not in told
    assert str(folder.parent) not in told  # where it was made says nothing on another machine
    assert text.count(f"<sub>{told}</sub>") == 3 and terminal(outcome).endswith(told)


def test_unequal_steps_are_said(photos: Path, meshes: Path, tmp_path: Path) -> None:
    path = write_recipe(tmp_path / "uneven.toml", photos, meshes, ', { name = "more", mix = "1:0", train.steps = 3 }')
    reproduce(open_recipe(str(path), seeds=(0,)), tmp_path, processes=1, only=["more/plain"])
    assert "2 steps of 8 | 3 steps of 8 (not equal)" in stamp(read_outcome(tmp_path / "uneven-cpu"))


def test_pages_stand_by_themselves(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    parser = _Tags()
    parser.feed(page)
    assert not parser.stack and "data:image/png;base64," in page and "src=\"report" not in page
    assert (folder / "report.md").read_text(encoding="utf-8").count("](report.png)") == 1
    with Image.open(folder / "report.png") as picture:
        assert picture.width > 400 and picture.height > 150


def test_how_a_stages_checkpoint_was_kept_is_told_as_it_was(tmp_path: Path) -> None:
    def told(*asked: tuple[str, bool]) -> str:
        cells = []
        for k, (choose, held_out) in enumerate(asked):
            run = outcomes.trained(tmp_path / f"{len(list(tmp_path.iterdir()))}")
            one = outcomes.cell(f"row {k}", "all", 0.5, run=run)
            one.runs[0].config["data"] = {"test": {}} | ({"validation": {}} if held_out else {})
            refine = {"preset": "fast"} | ({"choose": choose} if choose else {})
            cells.append(replace(one, plan=replace(one.plan, setting={"train_on": "refined", "refine": refine})))
        (block,) = _told_of_gans(outcomes.outcome("table", cells))
        assert isinstance(block, Text)
        return block.text.partition("how GANs differ.")[2]

    assert told(("", True)) == " Which checkpoint of a stage is kept is chosen on real validation images."
    assert "learnt from, for none were held out." in told(("kid", False))
    assert told(("last", True)) == " The last checkpoint of a stage is kept."
    assert "validation images; in other cells the last" in told(("", True), ("last", True))


def test_blocks_are_escaped() -> None:
    blocks = [Heading("<h>"), Text("a < b", "warning"), Table(("x|y",), (("1 & 2",),)), Picture(b"png", '"', "f.png")]
    page, text = html("t<", blocks), markdown("t", blocks)
    assert "&lt;h&gt;" in page and "1 &amp; 2" in page and 'alt="&quot;"' in page and "<h>" not in page
    assert r"x\|y" in text and "> **a < b**" in text and "![\"](f.png)" in text


def test_recipes_are_found_by_name(folder: Path, tmp_path: Path) -> None:
    assert find_recipe_folders("small", folder.parent) == [folder]
    assert find_recipe_folders("table2", folder.parent) == [] == find_recipe_folders("small", tmp_path)


def test_half_a_cell_says_so(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder.parent, tmp_path / "half")
    copy = tmp_path / "half" / "small-cpu"
    lost = read_outcome(copy).cell("1:1", "plain").runs[0].folder
    (lost / "done").unlink()
    assert write_report(copy)
    outcome = read_outcome(copy)
    assert (outcome.cell("1:1", "plain").state, outcome.cell("1:1", "plain").seeds) == ("part", (1,))
    assert "[1 of 2 seeds]" in (copy / "report.md").read_text(encoding="utf-8")
    pair = next(p for p in outcome.paired if (p.row, p.column) == ("1:1", "plain"))
    assert len(pair.p_values) == 1 and pair.seeds == (1,)  # the seed that both have
    text = (copy / "report.md").read_text(encoding="utf-8")
    assert "of images alone where a row has one seed" in text and "; one seed" in text


def test_how_many_real_images_rendering_replaces() -> None:
    found = worth([10, 100, 1000], [0.5, 0.6, 0.8], [0.55, 0.7, 0.9])
    assert [w.equal_to for w in found[:2]] == pytest.approx([10**1.5, 10**2.5])
    assert math.isinf(found[2].equal_to) and found[0].replaced == pytest.approx(10**1.5 - 10)
    assert math.isnan(worth([10, 100], [0.5, 0.6], [0.4, 0.6])[0].equal_to)
    wavy = worth([10, 100, 1000], [0.5, 0.45, 0.8], [0.5, 0.5, 0.8])  # chance dips do not count
    assert [w.equal_to for w in wavy] == pytest.approx([10, 10, 1000])


def test_balanced_accuracy_has_an_interval() -> None:
    labels = np.repeat([0, 1], [900, 100])
    correct = np.concatenate([np.ones(900), np.repeat([1.0, 0.0], 50)])
    found = balanced_interval(labels, correct)
    assert found.mean == pytest.approx(0.75) and found.low < 0.75 < found.high
    assert found.high - found.mean == pytest.approx(1.96 * np.sqrt(0.25 / 104) / 2, rel=0.05)  # the rare class decides
    sure = balanced_interval(labels, np.ones(1000))
    assert sure.mean == 1.0 and sure.low < 1.0


class _Tags(HTMLParser):
    """Keeps the tags that are open; a closing tag that fits none fails."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag
