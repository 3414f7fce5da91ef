"""`mixreal bench train`: ratios and costs of a run of a second, turn by turn, and what people get wrong."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mixreal.benchmarks.plain_loop import Photos
from mixreal.benchmarks.train import Bench, _noise, run
from mixreal.cli import main
from mixreal.learning.augment import prepare

pytestmark = pytest.mark.slow


def test_a_tiny_run_tells_rates_ratios_and_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, threads = tmp_path / "new" / "train.json", torch.get_num_threads()
    assert main(["bench", "train", "--size", "8", "--batch", "8", "--seconds", "0.02", "--turns", "2", "--workers", "0",
                 "--compile", "no", "--threads", "1", "-o", str(out)]) == 0
    said, found = capsys.readouterr().out, json.loads(out.read_text())
    assert "mixed minibatches cost" in said and "ours, unmixed against DataLoader, 0 workers" in said
    rates = {name: told["turns"] for name, told in found["images_per_second"].items()}
    assert set(rates) == {"ours, mixed", "ours, unmixed", "DataLoader, 0 workers"}
    assert all(len(turns) == 2 and min(turns) > 0 for turns in rates.values())
    (ratio,) = found["ratio"].values()
    assert ratio["turns"] == pytest.approx([a / b for a, b in zip(rates["ours, unmixed"],
                                                                  rates["DataLoader, 0 workers"])])
    costs = found["mixed_costs"]
    assert costs["pairs"] >= 2 and costs["lower"] <= costs["median"] <= costs["upper"]
    assert found["hardware"]["cores"] >= 1 and found["settings"]["batch"] == 8
    assert torch.get_num_threads() == threads


def test_the_peer_crops_and_flips_as_we_do() -> None:
    """Every one of its images is one that ours can make."""
    data = _noise("real", 9, 8)
    photos, mean, std = Photos(data), *(getattr(Photos(data), name).view(3) for name in ("mean", "std"))
    batch = torch.from_numpy(data.images[:1]).repeat(400, 1, 1, 1)
    ours = prepare(batch, ("crop", "flip"), torch.Generator().manual_seed(0), mean, std)
    for _ in range(10):
        image, label = photos[0]
        assert label == 0 and np.isclose((ours - image).abs().amax((1, 2, 3)).min(), 0, atol=1e-5)


@pytest.mark.parametrize("name", ["shear", "contrast", "illumination", "noise"])
def test_the_peer_augments_as_we_do(name: str) -> None:
    """Many draws of one image have the same mean and spread, pixel by pixel, as ours."""
    smooth = torch.linspace(60, 180, 16).round().to(torch.uint8).view(1, 1, 16, 1).expand(1, 16, 16, 3).numpy().copy()
    data = replace(_noise("real", 1, 16), images=smooth)
    photos = Photos(data, (name,))
    theirs = torch.stack([photos[0][0] for _ in range(1500)])
    ours = prepare(torch.from_numpy(smooth).repeat(1500, 1, 1, 1), (name,), torch.Generator().manual_seed(0),
                   photos.mean.view(3), photos.std.view(3))
    apart = max(float((a - b).abs().max()) for a, b in ((ours.mean(0), theirs.mean(0)), (ours.std(0), theirs.std(0))))
    assert apart < 0.12 * float(ours.std())


@pytest.mark.parametrize(("words", "told"), [
    (["--device", "cuda"], "no CUDA device"), (["--seconds", "0"], "--seconds 0"),
    (["--seconds", "nan"], "--seconds nan"), (["--seconds", "inf"], "--seconds inf"), (["--size", "0"], "--size 0"),
    (["-o", f"{__file__}/train.json"], "is a file"),
    (["--augment", "flop"], "did you mean 'flip'"), (["--mix", "1:6"], "cannot be split"),
    (["--workers", "-1"], "nothing to measure"),
    (["-o", "train.txt"], ".json"), (["--batch", "0"], "--batch 0")])
def test_mistakes_are_told_in_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    if "cuda" in words and torch.cuda.is_available():
        pytest.skip("there is one")
    assert main(["bench", "train", *words]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and told in said[0]


def test_the_faster_loader_is_the_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"ours, mixed": 95.0, "ours, unmixed": 100.0, "DataLoader, 0 workers": 40.0, "DataLoader, 2 workers": 50.0}
    monkeypatch.setattr("mixreal.benchmarks.train._contenders",
                        lambda bench: {name: lambda seconds, rate=rate: rate for name, rate in rates.items()})
    found = run(Bench(seconds=0.001), say=lambda line: None)
    assert found["ratio"]["ours, unmixed against DataLoader, 2 workers"]["median"] == 2.0
    assert found["mixed_costs"]["median"] == pytest.approx(100 / 95 - 1)
