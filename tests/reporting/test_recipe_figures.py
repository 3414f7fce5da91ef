"""Pictures of recipes: every cell that is there is drawn and named once, whichever cells are not."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from mixreal.reporting.recipe_figures import picture
from mixreal.reproducing.outcome import Outcome
from reporting.outcomes import cell, outcome, trained

OURS, PAPERS = "ours", "the paper's (other data)"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that were made, none of them painted."""
    figures: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: figures.append(figure))
    return figures


def named(found: Outcome, drawn: list[Figure]) -> list[str]:
    """The names in the legend of an outcome's picture."""
    assert picture(found) is not None
    return [text.get_text() for text in drawn[-1].legends[0].get_texts()]


def test_the_legend_names_what_any_panel_shows(drawn: list[Figure]) -> None:
    cells = [cell("1:1", "plain", None), cell("1:1", "flip", 0.6), cell("real only", "plain", 0.5),
             cell("real only", "flip", 0.4, paper=50.0)]
    assert sorted(named(outcome("table", cells), drawn)) == [OURS, PAPERS]
    assert named(outcome("table", [cell("1:1", "plain", None), cell("real only", "plain", 0.5)]), drawn) == [OURS]


def test_a_curve_of_the_second_panel_alone_is_named(drawn: list[Figure], tmp_path: Path) -> None:
    cells = [cell("1:1", "plain", None), cell("1:1", "flip", 0.6, run=trained(tmp_path / "a")),
             cell("real only", "plain", 0.5, run=trained(tmp_path / "b")),
             cell("real only", "flip", 0.5, run=trained(tmp_path / "c"))]
    assert sorted(named(outcome("curves", cells), drawn)) == ["1:1", "real only"]


def test_what_was_chosen_has_a_curve_unless_another_row_shows_it(drawn: list[Figure], tmp_path: Path) -> None:
    mixed, alone, both = (trained(tmp_path / name) for name in "abc")
    tried = {"1:1": 0.6, "1:7": 0.5}
    cells = [cell("refined", "all", 0.7, run=both, validation=tried), cell("real only", "all", 0.5, run=alone),
             cell("chosen", "all", 0.6, run=mixed, validation=tried), cell("1:1", "all", 0.6, run=mixed)]
    assert named(outcome("curves", cells), drawn) == ["refined", "real only", "1:1"]


def test_a_budget_of_all_photos_stands_where_their_number_is(drawn: list[Figure], tmp_path: Path) -> None:
    cells = [cell("all", "real only", 0.8, run=trained(tmp_path / "a", (99, 101))), cell("10", "real only", 0.5,
                                                                                        per_class=10)]
    assert named(outcome("budget", cells, "column real only"), drawn) == ["real only"]
    (axes,) = drawn[-1].axes
    assert axes.lines[0].get_xdata().tolist() == [10, 100]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["10", "100"]
    unknown = [cell("all", "real only", 0.8), cell("10", "real only", 0.5, per_class=10)]
    named(outcome("budget", unknown, "column real only"), drawn)
    assert drawn[-1].axes[0].lines[0].get_xdata().tolist() == [10]
