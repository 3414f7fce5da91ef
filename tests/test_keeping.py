"""What is kept is what was made, whatever happens to the folder."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mixreal.keeping import MOST, Kept, kept, signature


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def make(value=3):
    return Kept({"numbers": np.full(5, value), "nothing": np.zeros((0, 4))}, {"said": ["a", value]})


def never():
    raise AssertionError("it was made again")


def test_made_once_and_read_back(cache):
    first, again = kept("things", ["key", 1], make), kept("things", ["key", 1], never)
    assert again.about == first.about == {"said": ["a", 3]}
    assert (again.arrays["numbers"] == 3).all() and again.arrays["nothing"].shape == (0, 4)
    again.arrays["numbers"][0] = 9  # a copy: the file stays
    assert (kept("things", ["key", 1], never).arrays["numbers"] == 3).all()


def test_another_key_is_another_thing(cache):
    kept("things", 1, make)
    assert kept("things", 2, lambda: make(4)).arrays["numbers"][0] == 4


@pytest.mark.parametrize("harm", ["about.json", "numbers.npy"])
def test_a_damaged_folder_is_made_again(cache, harm):
    kept("things", 1, make)
    (file,) = cache.glob(f"things-*/{harm}")
    file.write_bytes(file.read_bytes()[:40])
    assert kept("things", 1, lambda: make(5)).arrays["numbers"][0] == 5
    assert kept("things", 1, never).arrays["numbers"][0] == 5


def test_those_not_used_for_longest_go(cache):
    for k in range(MOST + 2):
        kept("things", k, make)
        for folder in cache.glob("things-*"):
            if folder.stat().st_mtime > 1e9:  # the one just made
                os.utime(folder, (k + 1, k + 1))
    kept("other", 0, make)
    assert sorted(folder.stat().st_mtime for folder in cache.glob("things-*")) == list(range(3, MOST + 3))
    assert len(list(cache.glob("other-*"))) == 1


def test_a_folder_that_somebody_may_have_mapped_stays(cache):
    """On shared storage another machine's map of a removed file ends its process."""
    def slow():
        kept("things", 1, make)  # another process is faster
        (there,) = cache.glob("things-*")
        left.append(there.stat().st_ino)
        return make()

    left: list[int] = []
    kept("things", 1, slow)
    assert [folder.stat().st_ino for folder in cache.glob("things-*")] == left
    for number in range(2, MOST + 3):
        kept("things", number, make)
    assert len(list(cache.glob("things-*"))) == MOST + 2  # all of today
    half = cache / ".things-1.77-abc"
    half.mkdir()
    os.utime(half, (1, 1))
    kept("things", 99, make)
    assert not half.exists()


def test_no_place_to_keep_it_costs_only_time(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("MIXREAL_CACHE", str(tmp_path / "file"))
    assert kept("things", 1, make).arrays["numbers"][0] == 3


def test_what_may_come_out_otherwise_is_not_kept(cache):
    assert kept("things", 1, lambda: replace(make(5), lasting=False)).arrays["numbers"][0] == 5
    assert kept("things", 1, make).arrays["numbers"][0] == 3 and kept("things", 1, never).lasting


def test_what_does_not_fit_any_more_is_made_again(cache):
    kept("things", 1, make)
    assert kept("things", 1, never, lambda about: about == {"said": ["a", 3]}).arrays["numbers"][0] == 3
    assert kept("things", 1, lambda: make(4), lambda about: about["said"] != ["a", 3]).arrays["numbers"][0] == 4
    assert kept("things", 1, never).arrays["numbers"][0] == 4


def test_a_signature_tells_changed_files(tmp_path: Path):
    (tmp_path / "a.obj").write_text("one")
    (tmp_path / ".hidden").write_text("no one looks")
    before = signature(tmp_path)
    assert signature(tmp_path) == before
    (tmp_path / ".hidden").write_text("at this")
    assert signature(tmp_path) == before
    (tmp_path / "a.obj").write_text("two!")
    assert signature(tmp_path) != before
    (tmp_path / "b.obj").symlink_to(tmp_path / "fetched later.obj")
    absent = signature(tmp_path)
    (tmp_path / "fetched later.obj").write_text("three")
    assert signature(tmp_path) != absent


def test_threads_read_headers_one_after_the_other(cache, monkeypatch):
    """CPython before 3.11.8 counts the depth of all threads' parsing together."""
    for number in range(4):
        kept("things", number, lambda number=number: Kept({"numbers": np.full(3, number)}))
    inside, most = [], []

    def load(*args, real=np.load, **more):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.01)
        found = real(*args, **more)
        inside.pop()
        return found

    monkeypatch.setattr(np, "load", load)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda number: kept("things", number, lambda: None).arrays["numbers"][0], range(4)))
    assert found == [0, 1, 2, 3] and max(most) == 1
