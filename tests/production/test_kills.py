"""kill -9 at random moments, of all processes, the main one or a worker: nothing is lost, nothing is wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mixreal.benchmarks.kills import Kills, measure

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs signals")]

PROGRAM = """
import sys
from functools import partial
from pathlib import Path
sys.path.insert(0, {tests!r})
from standin import slowly

slowly({seconds}, 16)
if __name__ == "__main__":
    from mixreal.benchmarks.kills import note
    from mixreal.datasets.produce import fill
    from mixreal.spec import RenderSpec
    fill(RenderSpec(images=320, size=8, seed={seed}), {folder!r}, threads=1, processes=3,
         on_progress=partial(note, Path({folder!r})))
"""


def start(folder: Path, seconds: float = 0.5, seed: int = 0) -> "subprocess.Popen[bytes]":
    program = folder.with_suffix(".py")
    program.write_text(PROGRAM.format(tests=str(Path(__file__).parents[1]), folder=str(folder),
                                      seconds=seconds, seed=seed))
    return subprocess.Popen([sys.executable, str(program)], stderr=subprocess.PIPE, start_new_session=True)


def test_killed_at_random_and_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mixreal.benchmarks.kills.LATER", 1.0)
    outcome = measure(Kills(str(tmp_path / "out"), kills=5, processes=3), start)
    assert outcome.equal and outcome.rewritten == 0, str(outcome)
    assert sum(outcome.killed.values()) == 5, str(outcome)
    assert (outcome.images, outcome.shards) == (320, 20)
    assert 0 <= outcome.lost <= 5 * 3 * 16  # what a kill loses at most: a shard a process
    assert json.loads((tmp_path / "out" / "kills.json").read_text())["equal"] is True
    assert not list((tmp_path / "out" / "killed").glob(".*"))


def test_a_difference_is_seen(tmp_path: Path) -> None:
    def other(folder: Path) -> "subprocess.Popen[bytes]":
        return start(folder, 0, seed=1 if folder.name == "killed" else 0)

    outcome = measure(Kills(str(tmp_path), kills=0, processes=3), other)
    assert not outcome.equal and "DIFFER" in str(outcome)
