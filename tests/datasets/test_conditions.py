"""Conditions on columns: what they mean, and that nothing in them is ever run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.datasets.conditions import holds, parse
from mixreal.errors import BadInput

VALUES = {"label": np.array(["car", "horse", "horse", "bus"]), "camera.elevation": np.array([1.0, 20, np.nan, -5]),
          "count": np.array([0, 1, 2, 3]), "on": np.array([True, False, True, False])}


def rows(text: str) -> list[int]:
    return np.flatnonzero(holds(parse(text, VALUES), VALUES)).tolist()


@pytest.mark.parametrize(("text", "found"), [
    ("label == 'horse' and camera.elevation < 30", [1]), ("label != 'horse'", [0, 3]), ("camera.elevation < -4.5", [3]),
    ("0 <= count < 2", [0, 1]), ("label in ('bus', 'car') or on", [0, 2, 3]), ("label not in ['bus']", [0, 1, 2]),
    ("not (on or count == 3)", [1]), ("on == False", [1, 3]), ("camera.elevation != camera.elevation", [2]),
    ("count in (1, 3)", [1, 3]), (" count > camera.elevation ", [3]), ("-5 == camera.elevation", [3]),
    ("0 < 1 < count", [2, 3]), ("1 == 1 and count < 1", [0]), ("2 in (1, 2) and not on", [1, 3]),
    ("2 < 1 or on", [0, 2]), ("count < 2 == True", [])])
def test_what_conditions_mean(text: str, found: list[int]) -> None:
    assert rows(text) == found


@pytest.mark.parametrize(("text", "told"), [
    ("label = 'car'", "equal is =="), ("label == 'car' and", "cannot be read"),
    ("elevation < 3", "no column 'elevation'"),
    ("camera.elevatoin < 3", "did you mean 'camera.elevation'"), ("label < 'car'", "compared by == and !="),
    ("label == 3", "a text and a number"), ("count in 3", "a list in brackets"), ("1 < 2", "names no column"),
    ("count is 3", "expected ==, !="), ("count", "a comparison, or a column of True and False"),
    ("count + 1 == 2", "a column, a number or a text"), ("count == None", "a column, a number or a text"),
    ("-label == 'x'", "a number after the sign"), ("", "cannot be read"), ("count == 1" * 2000, "at most 10,000"),
    ("not " * 2000 + "on", "cannot be read"), ("on\0", "cannot be read")])
def test_what_is_no_condition_is_told(text: str, told: str) -> None:
    with pytest.raises(BadInput, match=told):
        rows(text)


@pytest.mark.parametrize("text", [
    "__import__('os').system('true') == 0", "on.__class__ == 1", "(lambda: on)() == 1", "[x for x in on] == 1",
    "count == 10**10", "f'{count}' == 'x'", "label[0] == 'c'", "(count := 3) == 3", "count == (1).real", "open('x')"])
def test_nothing_is_run(text: str) -> None:
    with pytest.raises(BadInput):
        rows(text)


@given(st.text(max_size=40))
def test_any_text_is_a_condition_or_told(text: str) -> None:
    try:
        rows(text)
    except BadInput as error:
        assert "--where" in str(error)
