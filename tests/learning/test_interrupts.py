"""A first Ctrl-C waits, a second does not, a pause heeds the first, and the handler of before comes back."""

import os
import signal

import pytest

from mixreal.learning.interrupts import patient, pause


def test_a_first_waits_and_a_second_does_not():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), patient() as interrupted:
        assert not interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupted()
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("the second Ctrl-C was lost")
    assert signal.getsignal(signal.SIGINT) is before


def test_a_pause_heeds_ctrl_c_and_one_that_is_passed_on():
    before = signal.getsignal(signal.SIGINT)
    told = []
    pause(0.0, told.append)
    assert told == [0]
    with pytest.raises(KeyboardInterrupt):
        pause(0.0, lambda count: signal.raise_signal(signal.SIGINT))
    ignored = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in processes of our own
    try:
        with pytest.raises(KeyboardInterrupt):
            pause(0.0, lambda count: signal.raise_signal(signal.SIGINT))
    finally:
        signal.signal(signal.SIGINT, ignored)
    assert signal.getsignal(signal.SIGINT) is before
