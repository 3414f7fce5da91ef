"""Counter-based streams: against published vectors, and the properties that everything else relies on."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mixreal.streams import philox, uniforms


def words(*values):
    return [np.array([v], np.uint64) for v in values]


def test_philox_equals_the_random123_vectors():
    # Known answers that ship with Random123 (kat_vectors, philox 4x32 10).
    cases = [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
         (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ]
    for counter, key, expected in cases:
        assert tuple(int(w[0]) for w in philox(words(*counter), words(*key))) == expected


@given(st.integers(0, 2**31), st.lists(st.integers(0, 2**40), min_size=1, max_size=20), st.randoms())
def test_a_number_depends_on_its_own_index_alone(seed, indices, shuffler):
    together = uniforms(seed, ["a", "b"], np.array(indices))
    order = list(range(len(indices)))
    shuffler.shuffle(order)
    assert np.array_equal(uniforms(seed, ["b"], np.array(indices)[order])[0], together[1][order])
    assert np.array_equal(uniforms(seed, ["a"], np.array(indices[:1]))[0, 0], together[0, 0])


def test_streams_and_seeds_differ_and_zero_is_a_seed():
    i = np.arange(100)
    a, b = uniforms(0, ["a", "b"], i)
    assert not np.any(a == b)
    assert not np.any(a == uniforms(1, ["a"], i)[0])


def test_numbers_are_uniform_and_uncorrelated():
    u = uniforms(3, ["x", "y"], np.arange(50_000))
    assert u.min() > 0 and u.max() < 1
    for column in u.reshape(2, -1, 4).transpose(0, 2, 1).reshape(8, -1):
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(u[0, :, 0], u[1, :, 0])[0, 1]) < 0.02
    assert abs(np.corrcoef(u[0, :-1, 0], u[0, 1:, 0])[0, 1]) < 0.02
