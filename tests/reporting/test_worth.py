"""What rendering is worth: a budget of all photos counts as many as there were."""

from pathlib import Path

from mixreal.reporting.worth import worth_of
from reporting.outcomes import cell, outcome, trained


def test_all_photos_are_the_largest_budget_and_one_that_is_not_known_is_none(tmp_path: Path) -> None:
    run = trained(tmp_path / "all", (100, 100))
    cells = [cell("all", "real only", 0.9, run=run), cell("all", "mixed", 0.9, run=run),
             cell("10", "real only", 0.5, per_class=10), cell("10", "mixed", 0.7, per_class=10)]
    small, large = worth_of(outcome("budget", cells, "column real only"), "mixed")
    assert (small.per_class, large.per_class, round(large.equal_to)) == (10, 100, 100)
    assert 10 < small.equal_to < 100  # read off between the two
    cells[:2] = [cell("all", "real only", 0.9), cell("all", "mixed", 0.9)]
    assert [one.per_class for one in worth_of(outcome("budget", cells, "column real only"), "mixed")] == [10]
