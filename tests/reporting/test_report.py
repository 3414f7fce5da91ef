"""Reports from run folders alone: what they say, and that the pages stand by themselves."""

import dataclasses
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.reporting import page as report_html
from mixreal.reporting import report
from mixreal.reporting.figures import curves
from mixreal.reporting.findings import STAND_IN, Findings, headline, main_key, points
from mixreal.reporting.page import page
from mixreal.reporting.text import markdown, text_table


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages without figures, which take a second to draw: for tests of what the words say."""
    monkeypatch.setattr(report_html, "class_bars", lambda task: b"png")
    monkeypatch.setattr(report_html, "curves", lambda task: b"png")


@pytest.fixture(scope="module")
def findings(tiny_runs: Path) -> Findings:
    return report.gather([tiny_runs], "a title")


def test_runs_that_differ_in_seed_alone_are_one_arm(findings: Findings) -> None:
    (task,) = findings.tasks
    assert [(arm.name, arm.mix, arm.seeds) for arm in task.arms] == [
        ("real only", "1:0", (0, 1)), ("real + synthetic 1:1", "1:1", (0, 1))]
    assert task.classes == ("ball", "cube")


def test_scores_are_means_over_seeds_of_the_run_folders_results(findings: Findings, tiny_runs: Path) -> None:
    stored = [json.loads((tiny_runs / f"1-{seed}" / "result.json").read_text())["results"] for seed in (0, 1)]
    arm = findings.tasks[0].arms[1]
    for (test, norm), score in arm.scores.items():
        expected = np.mean([result[f"{test}/{norm}"]["accuracy"] for result in stored])
        assert score.mean == pytest.approx(expected)
        assert score.low <= score.mean <= score.high


def test_a_comparison_is_the_difference_of_the_two_arms_scores(findings: Findings) -> None:
    task = findings.tasks[0]
    alone, mixed = task.arms
    assert {(c.test, c.norm) for c in task.comparisons} == {key for key in alone.scores if key[0] != "validation"}
    for c in task.comparisons:
        key = (c.test, c.norm)
        assert c.difference == pytest.approx(mixed.scores[key].mean - alone.scores[key].mean)
        assert c.low <= c.difference <= c.high
        assert len(c.p_values) == 2 and all(0 <= p <= 1 for p in c.p_values)


def test_accuracy_by_class_averages_to_the_accuracy(findings: Findings) -> None:
    task = findings.tasks[0]
    for arm in task.arms:  # the photos' test set holds as many balls as cubes
        assert arm.per_class.mean() == pytest.approx(arm.scores[main_key(task.arms)].mean)


def test_the_page_needs_nothing_but_itself(findings: Findings) -> None:
    html = page(findings)
    assert not re.search(r'(src|href)="(?!data:)', html)
    pictures = 3 + 2 * 2  # curves, bars, latents, and each class's examples of both kinds
    assert html.count("data:image/png;base64,") == pictures
    open_tags = _Tags()
    open_tags.feed(html)
    assert open_tags.stack == []
    for said in ("real + synthetic 1:1", "McNemar", findings.machine["processor"], "prefers-color-scheme: dark"):
        assert said in html


def test_names_from_run_folders_are_escaped(findings: Findings, undrawn: None) -> None:
    task = dataclasses.replace(findings.tasks[0], classes=("<b>ball</b>", "cube"))
    assert "<b>ball</b>" not in page(dataclasses.replace(findings, tasks=(task,)))


def test_markdown_and_terminal_show_every_arm_and_the_headline(findings: Findings) -> None:
    text, table = markdown(findings), text_table(findings)
    for arm in findings.tasks[0].arms:
        score = points(arm.scores[main_key(findings.tasks[0].arms)].mean)
        assert re.search(rf"\| {re.escape(arm.name)} \|.*\| {score} \(", text)
        assert re.search(rf"{re.escape(arm.name)} .* {score} \(", table)
    assert headline(findings.tasks[0]) in text


def test_the_headline_is_about_the_arm_that_validation_images_prefer(findings: Findings) -> None:
    (task,) = findings.tasks
    arms = {arm.name: arm for arm in task.arms}
    mixed = dataclasses.replace(arms["real + synthetic 1:1"], scores=dict(arms["real + synthetic 1:1"].scores))
    other = dataclasses.replace(mixed, name="better on test", scores=dict(mixed.scores))
    test, norm = main_key(task.arms)
    for arm, validation in ((mixed, 0.9), (other, 0.2)):
        key = "validation", norm
        arm.scores[key] = dataclasses.replace(arm.scores[key], mean=validation)
    (found,) = [c for c in task.comparisons if (c.test, c.norm) == (test, norm)]
    both = dataclasses.replace(task, arms=(arms["real only"], mixed, other), comparisons=(
        found, dataclasses.replace(found, arm="better on test", difference=0.9)))
    assert "real + synthetic 1:1" in headline(both) and "(chosen on validation images)" in headline(both)


def test_a_stand_in_is_named_on_every_page(findings: Findings, undrawn: None) -> None:
    task = dataclasses.replace(findings.tasks[0], real=f"{STAND_IN}, cifar-da4 train")
    marked = dataclasses.replace(findings, tasks=(task,))
    assert STAND_IN in page(marked) and STAND_IN in markdown(marked) and STAND_IN in text_table(marked)
    assert all(STAND_IN in row["real"] for row in report.rows(marked) + report.paired_rows(marked))
    assert STAND_IN not in page(findings)


def test_rows_tell_each_run(findings: Findings) -> None:
    rows = report.rows(findings)
    assert [(row["mix"], row["seed"]) for row in rows] == [("1:0", 0), ("1:0", 1), ("1:1", 0), ("1:1", 1)]
    for row in rows:
        assert row["classes"] == 2 and row["steps"] == 4 and row["images_per_second"] > 0
        assert 0 <= row["low"] <= row["accuracy"] <= row["high"] <= 1
    json.dumps(rows)


def test_pages_are_written(findings: Findings, undrawn: None, tmp_path: Path) -> None:
    html, text = report.write_pages(findings, tmp_path / "new" / "folder")
    assert html.read_text(encoding="utf-8") == page(findings) and text.read_text(encoding="utf-8") == markdown(findings)


def test_latents_are_shown_as_ranges_and_where_kept_as_histograms(findings: Findings, undrawn: None) -> None:
    (task,) = findings.tasks
    assert 0 <= task.latent_ranges["camera.elevation"][0] < task.latent_ranges["camera.elevation"][2] <= 30
    assert "camera.elevation" in page(findings) and "| camera.elevation |" in markdown(findings)
    kept = dataclasses.replace(task, latents={"camera.elevation": np.linspace(0.0, 30.0, 50)})
    assert "histograms of latents" in page(dataclasses.replace(findings, tasks=(kept,)))
    assert "histograms of latents" not in page(dataclasses.replace(findings, tasks=(dataclasses.replace(
        task, latents={}),)))


def test_the_same_run_twice_counts_once(tiny_runs: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_runs / "0-0", tmp_path / "copy")
    (task,) = report.gather([tiny_runs / "0-0", tmp_path / "copy"]).tasks
    assert set(task.arms[0].scores) == {(t, n) for t in ("test", "validation") for n in ("shared", "real")}
    assert [arm.seeds for arm in task.arms] == [(0,)]
    assert task.comparisons == () and "95% interval" in headline(task)


def test_arms_of_one_mix_are_told_apart_by_what_differs(tiny_runs: Path, tmp_path: Path) -> None:
    _copy(tiny_runs / "0-0", tmp_path / "a", lr=0.2)
    _copy(tiny_runs / "0-0", tmp_path / "b", lr=0.05)
    (task,) = report.gather([tmp_path]).tasks
    assert sorted(arm.name for arm in task.arms) == ["real only, lr 0.05", "real only, lr 0.2"]
    assert [(c.arm, c.against) for c in task.comparisons[:1]] == [(task.arms[1].name, task.arms[0].name)]


def test_an_arm_is_compared_with_real_images_alone_of_its_own_training(tiny_runs: Path, tmp_path: Path) -> None:
    for seed in (0, 1):
        for lr in (0.05, 0.2):
            _copy(tiny_runs / f"0-{seed}", tmp_path / f"alone-{lr}-{seed}", lr=lr)
        _copy(tiny_runs / f"1-{seed}", tmp_path / f"mixed-{seed}", lr=0.2)
        _copy(tiny_runs / f"1-{seed}", tmp_path / f"finished-{seed}", lr=0.2, finish=0.25)
        _copy(tiny_runs / f"1-{seed}", tmp_path / f"other-{seed}", lr=0.7)  # with nothing to be compared with
    (task,) = report.gather([tmp_path]).tasks
    mixed = "real + synthetic 1:1, lr 0.2, finish"
    assert {(c.arm, c.against) for c in task.comparisons} == {
        (f"{mixed} {finish}", "real only, lr 0.2") for finish in ("0.0", "0.25")}
    assert headline(task).startswith("real only, lr 0.2 ")


def test_arms_that_differ_in_their_synthetic_images_alone_bear_two_names(tiny_runs: Path, tmp_path: Path) -> None:
    known = runs.open_run(tiny_runs / "1-0").config["data"]["synthetic"]
    for name, source, fingerprint in (("a", known["source"], known["fingerprint"]),
                                      ("b", known["source"], "0123456789abcdef"),
                                      ("c", "others", "fedcba9876543210")):
        _copy(tiny_runs / "1-0", tmp_path / name)
        config = (tmp_path / name / runs.CONFIG).read_text()
        config = config.replace(known["fingerprint"], fingerprint).replace(f'"{known["source"]}"', f'"{source}"')
        (tmp_path / name / runs.CONFIG).write_text(config)
    (task,) = report.gather([tmp_path]).tasks
    drawn = f"real + synthetic 1:1, synthetic source {known['source']}, synthetic"
    assert {arm.name for arm in task.arms} == {f"{drawn} {known['fingerprint'][:8]}", f"{drawn} 01234567",
                                               "real + synthetic 1:1, synthetic source others"}


def test_photos_that_a_recipe_tested_beside_are_passed_over(tiny_runs: Path, tmp_path: Path, undrawn: None) -> None:
    for name in ("0-0", "1-0"):
        _copy(tiny_runs / name, tmp_path / name)
        result = json.loads((tmp_path / name / runs.RESULT).read_text())
        result["results"]["test@2/shared"] = result["results"]["test/shared"]
        (tmp_path / name / runs.RESULT).write_text(json.dumps(result))
        told = runs.read_arrays(tmp_path / name / runs.PREDICTIONS)
        told |= {key.replace("test/", "test@2/"): value for key, value in told.items() if key.startswith("test/")}
        np.savez(tmp_path / name / runs.PREDICTIONS, **told)
    found = report.gather([tmp_path])
    assert found.tasks[0].comparisons
    assert "@" not in text_table(found) + markdown(found) + page(found).replace("@media", "")


def _copy(run: Path, to: Path, **changed: float) -> None:
    """A run as if it had been trained with other numbers."""
    shutil.copytree(run, to)
    config = (to / runs.CONFIG).read_text().replace('identity = "', f'identity = "{to.name}-')
    for key, value in changed.items():
        config, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", config)
        assert count == 1
    (to / runs.CONFIG).write_text(config)


def test_a_curve_says_which_images_it_is_of(tiny_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels: list[str] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: labels.append(figure.axes[0].get_ylabel()))
    shutil.copytree(tiny_runs / "0-0", tmp_path / "0-0")
    (task,) = report.gather([tmp_path]).tasks
    curves(task)
    rows = [{key: value for key, value in row.items() if key != "validation"}
            for row in runs.read_metrics(tmp_path / "0-0")]
    (tmp_path / "0-0" / runs.METRICS).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (task,) = report.gather([tmp_path]).tasks
    curves(task)
    assert labels == ["validation accuracy, %", "test accuracy, %"]


def test_a_folder_without_runs_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no finished run"):
        report.gather([tmp_path])


class _Tags(HTMLParser):
    """Keeps the tags that are open; a closing tag that fits none fails."""

    VOID = ("meta", "img", "br")

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag
