"""`mixreal refine`: from two folders to refined datasets, a report and a classifier; mistakes in one line."""

from pathlib import Path

import pytest
from PIL import Image

import mixreal as mx
from mixreal.cli import main
from mixreal.datasets.dataset import read

pytestmark = pytest.mark.slow

SMALL = ["--generator", "c3s1-4,d8,R8,u4,c3s1-3", "--discriminator", "C4,C8", "--iterations", "2", "--batch", "4",
         "--pretrain-g", "1", "--pretrain-d", "1", "--checkpoints", "1", "--probes", "1", "--probe-steps", "1",
         "--judge-steps", "1", "--label-judges", "1"]


def test_from_two_folders_to_a_classifier(meshes: Path, photos: Path, tmp_path: Path,
                                          capsys: pytest.CaptureFixture[str]) -> None:
    out, synthetic = tmp_path / "refined", tmp_path / "synthetic"
    assert main(["render", "--models", str(meshes), "--images", "12", "--size", "16", "--samples", "1",
                 "-o", str(synthetic)]) == 0
    command = ["refine", "--real", str(photos), "--synthetic", str(synthetic), "--stages", "R-S", "RR-RS",
               *SMALL, "-o", str(out)]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "KID" in said and "RR-RS" in said
    (second,) = out.glob("2-RR-RS-*")
    assert str(second / "RRS") in said
    refined = read(second / "RRS")
    assert refined.domain == "refined" and len(refined) == 12 and "camera.elevation" in refined.latents
    grids = sorted(out.glob("report-*-synthetic.png"))
    with Image.open(grids[0]) as picture:
        assert picture.width > 300
    assert "Stage 2: RR-RS" in next(out.glob("report-*.md")).read_text()
    assert "data:image/png" in next(out.glob("report-*.html")).read_text()
    assert main(command) == 0  # finds everything again
    assert main(["train", "--real", str(photos), "--synthetic", str(second / "RRS"), "--size", "16", "--steps", "1",
                 "--batch", "4", "-o", str(tmp_path / "run")]) == 0


def test_in_python(meshes: Path, photos: Path, tmp_path: Path) -> None:
    synthetic = mx.render(mx.RenderSpec(models=str(meshes), images=12, size=16, samples=1), tmp_path / "synthetic")
    rr, rs = mx.refine(mx.load(photos, size=16), synthetic, stages=["R-S"], folder=tmp_path / "out",
                       generator="c3s1-4,c3s1-3", discriminator="C4", iterations=1, batch=2, checkpoints=1, probes=0,
                       judge_steps=1, label_judges=1, pretrain_g=0, pretrain_d=0)
    assert isinstance(rr, mx.RealData) and rr.test.domain == "refined" and len(rs) == 12


@pytest.mark.parametrize(("words", "told"), [
    (["--preset", "fats"], "did you mean 'fast'"), (["--stages", "RR-RS"], "no earlier stage makes"),
    (["--flip", "2"], "flip is 2.0"), (["--translator", "cycelgan"], "did you mean 'cyclegan'")])
def test_mistakes_are_told_in_a_line(words: list[str], told: str, meshes: Path, photos: Path, tmp_path: Path,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    synthetic = tmp_path / "synthetic"
    mx.render(mx.RenderSpec(models=str(meshes), images=4, size=16, samples=1), synthetic)
    capsys.readouterr()
    assert main(["refine", "--real", str(photos), "--synthetic", str(synthetic), *SMALL, *words,
                 "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert told in said[-1]
