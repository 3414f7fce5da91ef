"""Progress told to programs: the file that MIXREAL_PROGRESS names."""

import json
from pathlib import Path

import pytest

from mixreal.progress import FILE, progress


def test_the_file_tells_what_is_done_and_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "progress.json"
    monkeypatch.setenv(FILE, str(place))
    with progress("rendering", 10, "images", done=4) as advance:
        begun = json.loads(place.read_text())
        assert (begun["done"], begun["total"], begun["left"]) == (4, 10, None)
        advance(2)
        advance(1)
    told = json.loads(place.read_text())
    assert (told["label"], told["unit"], told["done"], told["total"]) == ("rendering", "images", 7, 10)
    assert told["rate"] > 0
    assert told["left"] == pytest.approx(3 / told["rate"])  # what an earlier run had done counts not towards the rate
    assert list(tmp_path.iterdir()) == [place]


def test_the_last_count_is_told_even_when_work_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE, str(tmp_path / "progress.json"))
    with pytest.raises(KeyboardInterrupt), progress("rendering", 10) as advance:
        advance(3)
        raise KeyboardInterrupt
    assert json.loads((tmp_path / "progress.json").read_text())["done"] == 3


def test_a_file_that_cannot_be_written_stops_no_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FILE, str(tmp_path / "no" / "such" / "folder"))
    with progress("rendering", 2) as advance:
        advance(2)
