"""Parts: together the whole, never overlapping, at once in one folder or apart and brought together."""

import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.datasets import shards
from mixreal.datasets.produce import fill, produce
from mixreal.errors import BadInput
from mixreal.production.parts import Part, read_part, tell_missing
from standin import SPEC, Fake, content, in_place


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return in_place(monkeypatch, shard=8)


@given(st.integers(1, 40), st.integers(0, 200))
def test_parts_are_the_whole_and_do_not_overlap(of: int, count: int) -> None:
    parts = [read_part(f"{number}/{of}") for number in range(1, of + 1)]
    assert all(sum(shard in part for part in parts) == 1 for shard in range(count))
    sizes = [sum(shard in part for shard in range(count)) for part in parts]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "3/", "-1/3", "a/b", "1/0"])
def test_what_is_no_part_is_told(text: str) -> None:
    with pytest.raises(BadInput, match="expected K/N"):
        read_part(text)
    assert read_part("3/8") == Part(3, 8) and str(read_part("3/8")) == "3/8" and str(read_part("")) == ""


def test_parts_one_after_the_other_in_one_folder(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path / "whole")
    made = fill(SPEC, tmp_path / "parts", part="2/3")
    assert shards.finished_shards(tmp_path / "parts") == {1, 4} and made.images == 16
    assert made.missing == (0, 2, 3, 5, 6)
    assert tell_missing(made.missing, 3) == "5 shards are still missing, of parts 1/3, 3/3"
    assert not shards.is_done(tmp_path / "parts")
    fill(SPEC, tmp_path / "parts", part="1/3")
    assert fill(SPEC, tmp_path / "parts", part="2/3").images == 0  # again: nothing to do
    assert not shards.is_done(tmp_path / "parts")
    assert fill(SPEC, tmp_path / "parts", part="3/3").missing == ()
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_parts_at_once_in_one_folder(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path / "whole")
    start, failed = threading.Barrier(4), []

    def work(part: str) -> None:
        start.wait()
        try:
            fill(SPEC, tmp_path / "parts", part=part, threads=1)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"{number}/4",)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_parts_in_folders_of_their_own_are_copied_together(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path / "whole")
    for number in (1, 2):
        fill(SPEC, tmp_path / str(number), part=f"{number}/2")
    shutil.copytree(tmp_path / "2", tmp_path / "1", dirs_exist_ok=True)
    fake.rendered.clear()
    assert fill(SPEC, tmp_path / "1").images == 0 and fake.rendered == []
    assert content(tmp_path / "1") == content(tmp_path / "whole")


def test_a_part_of_another_dataset_is_refused(tmp_path: Path, fake: Fake) -> None:
    fill(SPEC, tmp_path, part="1/2")
    with pytest.raises(BadInput, match=r"identity\.seed: 5 asked, 0 in the folder"):
        fill(replace(SPEC, seed=5), tmp_path, part="2/2")


def test_more_parts_than_shards(tmp_path: Path, fake: Fake) -> None:
    assert fill(SPEC, tmp_path, part="30/30").images == 0
    assert fill(SPEC, tmp_path, part="7/30").images == 2  # the last shard has two


def test_a_part_clears_up_after_its_own_killed_run_only(tmp_path: Path, fake: Fake) -> None:
    fill(SPEC, tmp_path, part="1/2")
    mine, theirs = tmp_path / ".images-00003.npy.host-77.tmp", tmp_path / ".rows-00002.parquet.host-78.tmp"
    mine.touch()
    theirs.touch()
    fill(SPEC, tmp_path, part="2/2")
    assert not mine.exists() and theirs.exists()
