"""A first Ctrl-C waits, a second does not, and the handler of before comes back."""

import os
import signal

import pytest

from mixreal.learning.interrupts import patient


def test_a_first_waits_and_a_second_does_not():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), patient() as interrupted:
        assert not interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second Ctrl-C was lost")
    assert signal.getsignal(signal.SIGINT) is before
