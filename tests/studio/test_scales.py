"""Sliders: values and positions, in and out."""

from hypothesis import given
from hypothesis import strategies as st

from mixreal.controls import Slider
from mixreal.studio.scales import STEPS, Scale, scale_of, told


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    log = draw(st.booleans())
    low = draw(st.floats(1e-3, 10) if log else st.floats(-400, 400))
    return Scale(low, low * draw(st.floats(1.1, 100)) if log else low + draw(st.floats(0.01, 800)), log)


@given(scale=scales(), position=st.integers(0, STEPS))
def test_a_position_is_found_again(scale: Scale, position: int) -> None:
    value = scale.value(position)
    assert scale.position(value) == position
    assert scale.low - 1e-9 <= value <= scale.high + 1e-9


@given(scale=scales())
def test_the_ends_are_met_and_the_way_between_rises(scale: Scale) -> None:
    values = [scale.value(k) for k in range(STEPS + 1)]
    assert (values[0], values[-1]) == (scale.low, scale.high)
    assert scale.position(scale.low - 1e9 if not scale.log else scale.low / 2) == 0
    assert scale.position(scale.high + 1e9) == STEPS
    assert values[STEPS // 4] < values[STEPS // 2] < values[-1]


def test_every_range_has_its_place() -> None:
    usual, own = Slider(0, 360, 35, "deg"), Slider(-75, 75, 0, "deg")
    assert scale_of([usual, own], [400.0]) == Scale(-75, 400, False)
    grain = Slider(0.002, 0.010, 0, log=True)  # rests at 0, which has no logarithm
    assert scale_of([grain]) == Scale(0.002, 0.010, True)
    fixed = scale_of([Slider(5, 5, 5)])
    assert fixed.low < 5 < fixed.high


def test_a_scale_about_one_value_stays_where_pictures_can_be_made() -> None:
    assert scale_of([Slider(1, 1, 1, limits=(0, 1))]) == Scale(0, 1)
    assert scale_of([Slider(0.25, 0.25, 0.25, limits=(0, 1))]) == Scale(0, 1)
    assert scale_of([Slider(5, 5, 5)]) == Scale(4, 6)


def test_values_are_told_to_people() -> None:
    assert told(32.0, "deg") == "32 deg" and told(0.05) == "0.05" and told(-0.91523, "x") == "-0.9152 x"
