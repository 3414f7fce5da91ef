"""Counter-based random numbers: a pure function of (seed, stream name, index), for whole vectors of indices at once.

The generator is Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011). There is no
state: index 7 of the stream "camera.elevation" is the same number whichever images are drawn beside it, in whatever
order, on whatever machine.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WORDS = 4  # numbers that one (stream, index) yields

_MULTIPLY = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)


def uniforms(seed: int, names: Sequence[str], indices: NDArray[np.int64]) -> NDArray[np.float64]:
    """(streams, n, 4) numbers in the open interval (0, 1): four for each named stream at each index (>= 0)."""
    keys = np.stack([_key(seed, name) for name in names])[:, :, None]
    i = np.asarray(indices, np.uint64)[None]
    zero = np.zeros((1, 1), np.uint64)
    words = philox((i & _LOW, i >> _SHIFT, zero, zero), (keys[:, 0], keys[:, 1]))
    return (np.stack(np.broadcast_arrays(*words), -1).astype(np.float64) + 0.5) * 2.0**-32


def philox(counter: Sequence[NDArray[np.uint64]], key: Sequence[NDArray[np.uint64]]) -> tuple[NDArray[np.uint64], ...]:
    """Ten rounds of Philox-4x32 on broadcastable arrays of 32-bit words held in uint64; returns four such arrays."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c0 * _MULTIPLY[0], c2 * _MULTIPLY[1]
        c0, c1, c2, c3 = (p1 >> _SHIFT) ^ c1 ^ k0, p1 & _LOW, (p0 >> _SHIFT) ^ c3 ^ k1, p0 & _LOW
        k0, k1 = (k0 + _WEYL[0]) & _LOW, (k1 + _WEYL[1]) & _LOW
    return c0, c1, c2, c3


def _key(seed: int, name: str) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=8).digest()
    return np.frombuffer(digest, "<u4").astype(np.uint64)
