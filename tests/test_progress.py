"""Progress told to programs: the file that MIXREAL_PROGRESS names."""

import json
from pathlib import Path

import pytest

from mixreal.progress import FILE, Advance, advancing, progress


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


def test_what_an_earlier_try_had_done_counts_not_towards_the_rate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                                  capsys: pytest.CaptureFixture[str]) -> None:
    """Of several trainings in one view, some are gone on with."""
    monkeypatch.setenv(FILE, str(tmp_path / "progress.json"))
    monkeypatch.setattr("mixreal.progress.LOG_EVERY", 0.0)
    with progress("training", 1_000_000) as advance:
        with advancing("one of them", 500_000, "images", 400_000, advance) as mine:
            mine(1)
        with advancing("another", 500_000, "images", 0, advance) as mine:
            mine(2)
    told = json.loads((tmp_path / "progress.json").read_text())
    assert told["done"] == 400_003
    assert told["left"] == pytest.approx((1_000_000 - 400_003) / told["rate"])
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("training: 400,000/1,000,000 images, 0 images/s, inf s left")


def test_whoever_shows_progress_otherwise_is_told_what_was_done_before() -> None:
    told: list[int] = []
    with advancing("mine", 10, "images", 4, told.append) as advance:
        advance(1)
    assert told == [4, 1]
    fresh, earlier = list[int](), list[int]()
    with advancing("mine", 10, "images", 4, Advance(fresh.append, earlier.append)) as advance:
        advance(1)
    assert (fresh, earlier) == ([1], [4])


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
