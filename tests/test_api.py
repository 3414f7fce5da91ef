"""The public names: all there, lazily, and `train` finds its own folder."""

import subprocess
import sys

import pytest

import mixreal as mx
from tiny import tiny, tiny_real


def test_every_public_name_is_there():
    for name in mx.__all__:
        assert getattr(mx, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'rendr'"):
        mx.rendr  # noqa: B018


def test_importing_is_light():
    code = "import sys, mixreal; print(any(m in sys.modules for m in ('torch', 'warp', 'trimesh')))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_train_takes_choices_and_finds_the_same_run_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    real, synthetic = tiny_real(), tiny("synthetic", 24)
    run = mx.train(real, synthetic, mix="1:1", steps=3, batch=8)
    again = mx.train(real, synthetic, mix="1:1", steps=3, batch=8)
    other = mx.train(real, synthetic, mix="1:3", steps=3, batch=8)
    assert run.folder == again.folder != other.folder
    assert 0 <= run.test_accuracy <= 1 and run.spec.mix == "1:1"


def test_train_refuses_unknown_choices():
    with pytest.raises(mx.BadInput, match="did you mean 'classifier'"):
        mx.train(None, tiny("synthetic", 24), clasifier="resnet20")
