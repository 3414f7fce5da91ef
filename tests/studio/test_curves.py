"""Curves of files that grow, and the charts that they become."""

from pathlib import Path

from mixreal.studio import charts, curves
from mixreal.studio.curves import Line, Panel


def test_a_line_that_is_being_written_is_left_for_later(tmp_path: Path) -> None:
    assert curves.read_rows(tmp_path) == []
    (tmp_path / "metrics.jsonl").write_text('{"step": 20, "loss": 1.5}\n{"step": 40, "lo', encoding="utf-8")
    assert curves.read_rows(tmp_path) == [{"step": 20, "loss": 1.5}]


def test_training_gives_loss_and_accuracy_once_there_are_points() -> None:
    rows = [{"step": 20, "loss": 1.5, "images_per_second": 90.0}, {"step": 40, "loss": 1.25, "validation": 0.5}]
    assert curves.training([]) == ()
    loss, accuracy = curves.training(rows)
    assert loss.lines == (Line("loss on the minibatches", ((20.0, 1.5), (40.0, 1.25))),)
    assert [line.name for line in accuracy.lines] == ["validation"] and accuracy.percent
    assert curves.speed(rows) == 90.0


def test_refinement_leaves_pretraining_and_gaps_out() -> None:
    rows = [{"phase": "pretrain_g", "iteration": 5, "kid": 9.0},
            {"phase": "main", "iteration": 10, "cycle_error": None},
            {"phase": "main", "iteration": 20, "cycle_error": 0.1, "kid": 0.3}]
    panels = {panel.title: panel for panel in curves.refinement(rows, {"kid": 0.5})}
    assert panels["Change after there and back"].lines[0].points == ((20.0, 0.1),)
    assert panels["KID"].lines[0].points == ((20.0, 0.3),)
    assert panels["KID"].lines[0].rest == 0.5 and panels["KID"].lines[0].marked


def test_shares_are_drawn_in_percent() -> None:
    options = charts.lines(Panel("Accuracy", (Line("test", ((1.0, 0.25),), rest=0.5),), percent=True), "step")
    assert options["series"][0]["data"] == [[1.0, 25.0]]
    assert options["series"][0]["markLine"]["data"] == [{"yAxis": 50.0}]


def test_the_axis_holds_every_interval_and_the_papers_figure() -> None:
    options = charts.beside(["a", "b"], [(0.5, 0.31, 0.62), None], [None, 81.0])
    assert options["xAxis"]["min"] <= 31 and options["xAxis"]["max"] >= 81
    assert [one["name"] for one in options["series"]] == ["ours, 95% interval", "the paper's"]
    assert charts.beside(["a"], [(0.5, 0.4, 0.6)], [None])["series"][1:] == []


def test_confusions_are_shares_of_the_row() -> None:
    cells = charts.confusions(["a", "b"], [[3, 1], [0, 0]])["series"][0]["data"]
    assert [cell["value"] for cell in cells] == [[0, 0, 75.0], [1, 0, 25.0], [0, 1, 0.0], [1, 1, 0.0]]


def test_bars_carry_their_intervals() -> None:
    one = charts.bars(["a"], [0.5], [(0.4, 0.625)])["series"][0]
    assert one["data"] == [50.0] and one["markLine"]["data"] == [[{"coord": [40.0, "a"]}, {"coord": [62.5, "a"]}]]
