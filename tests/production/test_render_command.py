"""`mixreal render` with parts, URLs and choices that cannot work: what it prints."""

from pathlib import Path

import pytest

from mixreal.cli import main
from standin import Fake, in_place

WORDS = ["render", "--images", "50", "--size", "8", "--threads", "1"]


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return in_place(monkeypatch, shard=16)


def test_a_closing_line_tells_what_it_took(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "-o", str(tmp_path)]) == 0
    first, last = capsys.readouterr().out.strip().splitlines()
    assert first == f"50 images of 3 classes in {tmp_path}"
    assert last.startswith("50 images rendered in 0.") and " images/s, " in last and last.endswith(" MB on disk")
    assert main([*WORDS, "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == first  # nothing was rendered


def test_a_part_tells_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "-o", str(tmp_path), "--part", "2/3"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [f"part 2/3 of 50 images of 3 classes in {tmp_path}",
                        "3 shards are still missing, of parts 1/3, 3/3"]
    assert said[2].startswith("16 images rendered")
    for part in ("1/3", "3/3"):
        assert main([*WORDS, "-o", str(tmp_path), "--part", part]) == 0
    assert capsys.readouterr().out.splitlines()[-2] == f"50 images of 3 classes in {tmp_path}"


def test_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "-o", "memory://render-command/d"]) == 0
    assert "50 images of 3 classes in memory://render-command/d" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "told"), [
    (["--part", "4/3"], "expected K/N"), (["--gpus", "a,b"], "expected numbers of CUDA devices"),
    (["--on", "slurm"], "expected ray"), (["--processes", "-1"], "--processes -1"),
    (["--gpus", "0", "--processes", "2"], "--processes")])
def test_mistakes(words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "-o", str(tmp_path / "d"), *words]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and told in said[0]
    assert not (tmp_path / "d").exists()
