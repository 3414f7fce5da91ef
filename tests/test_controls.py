"""Controls: draws stay in range, ranges narrow as asked, wrong ranges are refused in words."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.controls import Choice, Colour, Slider, narrow, option_list
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.streams import uniforms
from mixreal.synthesis import prepare

U = uniforms(0, ["t"], np.arange(2000))[0]


@given(st.floats(-100, 100), st.floats(0.001, 100))
def test_slider_draws_within_its_range(low, width):
    values = Slider(low, low + width, low).draw(U)
    assert values.min() >= np.float32(low) and values.max() <= np.float32(low + width)
    assert values.dtype == np.float32


def test_log_slider_is_even_in_the_logarithm():
    values = Slider(0.1, 10, 1, log=True).draw(U)
    assert abs(np.median(values) - 1) < 0.1 and values.min() >= 0.0999 and values.max() <= 10.001


def test_choice_follows_its_weights():
    drawn = Choice(("a", "b", "c"), "a", (1, 0, 3)).draw(U)
    share = np.bincount(drawn, minlength=3) / len(drawn)
    assert share[1] == 0 and abs(share[0] - 0.25) < 0.04


def test_choice_columns_are_names():
    column = Choice(("a", "b"), "b").columns("v.c", np.array([0, 1, 1]))["v.c"]
    assert column.tolist() == ["a", "b", "b"]


def test_colour_columns_are_three():
    colour = Colour((0, 0.5, 0), (1, 0.5, 1), (0.1, 0.5, 0.1))
    columns = colour.columns("v.c", colour.draw(U))
    assert list(columns) == ["v.c.r", "v.c.g", "v.c.b"] and np.all(columns["v.c.g"] == 0.5)


def test_ranges_narrow_and_keep_the_rest_inside():
    controls = narrow({"x": Slider(0, 10, 1), "k": Choice(("a", "b", "c"), "a")}, "v",
                      {"v.x": [4, 5], "v.k": ["b", "c"], "other.x": 3})
    assert controls["x"] == Slider(4, 5, 4)
    assert controls["k"].rest == "a" and set(controls["k"].draw(U)) == {1, 2}  # what is off keeps its own rest
    assert narrow({"k": Choice(("a", "b"), "a")}, "v", {"v.k": "b"})["k"].rest == "b"  # one alone is fixed, on or off
    assert np.all(narrow({"x": Slider(0, 10, 1)}, "v", {"v.x": 7})["x"].draw(U) == 7)


@pytest.mark.parametrize(("key", "asked", "words"), [
    ("v.y", 1, "known: v.c, v.k, v.x, v.z"), ("v.x", [3, 1], "low <= high"), ("v.x", "big", "a number or"),
    ("v.x", [1, float("nan")], "low <= high"), ("v.x", True, "a number"), ("v.k", "d", "known: a, b"),
    ("v.k", 3, "no option '3'"), ("v.k", True, "an option"),
    ("v.k", [], "an option"), ("v.x", 1001, "from 0 to 1000 (x)"), ("v.x", [-1, 3], "from 0 to 1000 (x)"),
    ("v.z", 1.5, "from 0 to 1,"), ("v.c", [2, 0, 0], "in [0, 1]"), ("v.c", "red", "in [0, 1]")])
def test_wrong_ranges_are_refused(key, asked, words):
    controls = {"x": Slider(0, 10, 1, "x"), "z": Slider(0, 0.5, 0, limits=(0, 1)), "k": Choice(("a", "b"), "a"),
                "c": Colour((0, 0, 0), (1, 1, 1), (0, 0, 0))}
    with pytest.raises(BadInput) as error:
        narrow(controls, "v", {key: asked})
    assert words in str(error.value)


def test_a_slider_that_rests_at_zero_may_be_fixed_there():
    noise = Slider(0.002, 0.01, 0, log=True, limits=(0, 1))
    for asked in (0, 0.0, [0, 0]):
        fixed = noise.narrowed("sensor.noise", asked)
        assert np.array_equal(fixed.draw(U), np.zeros(len(U), np.float32)) and fixed.draw(U).dtype == np.float32
        assert np.array_equal(fixed.resting(3), np.zeros(3))
    for wrong in ([0, 0.1], [-1, 0]):
        with pytest.raises(BadInput, match="0 < low <= high, or 0 alone"):
            noise.narrowed("sensor.noise", wrong)
    with pytest.raises(BadInput, match=r"0 < low <= high, got 0"):
        Slider(0.5, 2, 1, log=True).narrowed("background.zoom", 0)


def test_option_list_makes_names_unique():
    assert option_list(["a", "b", "a"]) == ("a", "b", "a#2")


def test_options_that_are_numbers_may_be_asked_for_as_such():
    count = Choice(("0", "1", "2"), "0")
    assert count.narrowed("occlusion.count", 1) == count.narrowed("occlusion.count", "1")
    assert set(count.narrowed("occlusion.count", [1, 2]).draw(U)) == {1, 2}


def test_an_option_by_its_number_and_by_its_name_are_one_recipe(meshes):
    spec = RenderSpec(models=str(meshes), images=4, size=16)
    one, other = (prepare(replace(spec, ranges={"occlusion.count": asked})) for asked in (1, "1"))
    assert one.identity == other.identity != prepare(spec).identity
