"""`mixreal bench gan`: both loops run, and the ratio is of each turn's."""

import json
import re
from pathlib import Path

import pytest

from mixreal.benchmarks.gan import Bench, spec_of
from mixreal.cli import main
from mixreal.refining.spec import PAPER


def test_a_tiny_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "gan.json"
    assert main(["bench", "gan", "--networks", "fast", "--size", "16", "--batch", "4", "--threads", "1", "--turns", "2",
                 "--iterations", "1", "-o", str(out)]) == 0
    assert "x (" in capsys.readouterr().out
    (cell,) = json.loads(out.read_text())["cells"]
    rates = cell["iterations_per_second"]
    assert cell["ratio"]["turns"] == pytest.approx([a / b for a, b in zip(rates["ours"], rates["plain"])])


def test_losses_and_updates_are_the_papers() -> None:
    spec = spec_of("fast", Bench(batch=8))
    assert (spec.g_updates, spec.d_updates, spec.lambda_cycle, spec.norm, spec.d_norm, spec.output) == (
        PAPER.g_updates, PAPER.d_updates, 10.0, "batch", "batch", "tanh")


def test_sizes_that_the_networks_cannot_halve_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for size, told in (("30", "size 30: the generator .* give a multiple of 4, such as 32"),
                       ("4", "leaves maps of 1x1 px")):
        assert main(["bench", "gan", "--threads", "1", "--size", size]) == 2
        (line,) = capsys.readouterr().err.strip().splitlines()
        assert re.search(told, line)


@pytest.mark.parametrize("words", [["--networks", "fsat"], ["--device", "cuda:97"], ["--turns", "0"], ["-o", "x.txt"],
                                   ["--size", "0"]])
def test_mistakes_are_told_in_a_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "gan", "--threads", "1", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
