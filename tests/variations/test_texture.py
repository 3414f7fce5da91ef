"""The colour matrix of the texture variation: greys, hues and luminance do as they are told."""

import numpy as np

from mixreal.variations.texture import colour_matrix


def matrix(hue=0.0, saturation=1.0, value=1.0, tint_hue=0.0, tint=0.0):
    return colour_matrix(*(np.array([x]) for x in (hue, saturation, value, tint_hue, tint)))[0]


def test_at_rest_it_changes_nothing():
    assert np.allclose(matrix(), np.eye(3))


def test_turning_hue_keeps_grey_and_a_third_turn_cycles_channels():
    assert np.allclose(matrix(hue=77) @ [0.4, 0.4, 0.4], 0.4)
    assert np.allclose(matrix(hue=120) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


def test_no_saturation_leaves_luminance_and_value_scales():
    assert np.allclose(matrix(saturation=0) @ [0.2, 0.5, 0.1], 0.2126 * 0.2 + 0.7152 * 0.5 + 0.0722 * 0.1)
    assert np.allclose(matrix(value=1.5) @ [0.2, 0.4, 0.1], [0.3, 0.6, 0.15])


def test_a_full_tint_keeps_luminance_and_forgets_colour():
    m = matrix(tint_hue=10, tint=1.0)
    red, green = m @ [0.5, 0, 0], m @ [0, 0.5 * 0.2126 / 0.7152, 0]
    assert np.allclose(red, green)
    assert np.isclose(red @ [0.2126, 0.7152, 0.0722], 0.5 * 0.2126)
