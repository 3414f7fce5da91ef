"""`mixreal bench render`: the table, the JSON and the sheet of a run of seconds, and what people get wrong."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mixreal.assets import open_assets
from mixreal.benchmarks import ours
from mixreal.benchmarks.bench_mesh import bench_mesh
from mixreal.benchmarks.render import Bench, Cell, row
from mixreal.benchmarks.task import make_task
from mixreal.cli import main
from mixreal.rendering.renderer import render
from mixreal.synthesis import draw


@pytest.mark.slow
def test_a_tiny_run_prints_a_table_and_writes_ratios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mitsuba")
    out, sheet = tmp_path / "new" / "results.json", tmp_path / "sheet.png"
    assert main(["bench", "render", "--sizes", "32", "--triangles", "2000", "--threads", "1", "--seconds", "0.1",
                 "--peers", "mitsuba", "blender", "-o", str(out), "--sheet", str(sheet)]) == 0
    said = capsys.readouterr().out.splitlines()
    (at,) = [k for k, line in enumerate(said) if line.split()[:2] == ["px", "triangles"]]
    assert "mitsuba" in said[at] and said[at + 1].split()[:2] == ["32", "2,008"] and "x (" in said[at + 1]
    assert any(line.startswith("mitsuba") and "scalar_rgb" in line for line in said)
    found = json.loads(out.read_text())
    (cell,) = found["cells"]
    rates, ratio = cell["images_per_second"], cell["ratio"]["mitsuba"]
    assert cell["size"] == 32 and rates["ours"]["least"] > 0 and len(ratio["turns"]) == found["settings"]["turns"]
    assert ratio["turns"][0] == pytest.approx(rates["ours"]["turns"][0] / rates["mitsuba"]["turns"][0])
    assert found["hardware"]["cores"] >= 1 and found["versions"]["mitsuba"] and found["settings"]["samples"] == 4
    if "blender" in found["absent"]:  # told, and the others measured all the same
        assert any(line.startswith("blender: left out") for line in said)
    with Image.open(sheet) as picture:
        assert picture.width > 8 * 128 and picture.height > 2 * 128


@pytest.mark.parametrize(("words", "told"), [
    (["render", "--peers", "mitsubi"], "did you mean 'mitsuba'"),
    (["rendr"], "did you mean 'render'"),
    (["render", "--device", "cuda:97"], "CUDA device"),
    (["render", "--device", "gpu"], "expected cpu, cuda"),
    (["render", "--sizes", "3"], "expected 4 to"),
    (["render", "--triangles", "12"], "expected 1,000 to"),
    (["render", "--seconds", "0"], "--seconds 0"), (["render", "--seconds", "nan"], "--seconds nan"),
    (["render", "-o", f"{__file__}/results.json"], "is a file"),
    (["render", "-o", "results.txt"], ".json"),
])
def test_mistakes_are_told_in_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *words]) == 2
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1 and told in said[0]


@pytest.mark.parametrize("triangles", [2_000, 20_000])
def test_the_car_has_about_as_many_triangles_as_asked(triangles: int) -> None:
    mesh = bench_mesh(triangles, np.zeros((4, 4, 3), np.uint8))
    assert abs(mesh.triangles / triangles - 1) < 0.03
    assert np.linalg.norm(mesh.vertices, axis=1).max() == pytest.approx(1, abs=1e-5)
    assert any(m.texture is not None for m in mesh.materials) and np.ptp(mesh.uvs, axis=0).min() > 0.5


def test_ratios_go_turn_by_turn() -> None:
    cell = Cell(32, 2000, {"ours": [10.0, 30.0], "mitsuba": [5.0, 10.0]}, 1.5)
    assert cell.ratios("mitsuba") == [2.0, 3.0]
    assert "2.50x (2.00-3.00)" in row(cell, ["mitsuba"]) and "1.5 cores were busy elsewhere" in row(cell, ["mitsuba"])
    assert Bench().peers == ("mitsuba",)


def test_mitsuba_sees_what_we_see() -> None:
    """The same object at the same place: a peer that drew less, or elsewhere, would make the ratio worthless."""
    pytest.importorskip("mitsuba")
    from mixreal.benchmarks.mitsuba_peer import open_peer

    assets = open_assets()
    mesh = bench_mesh(2_000, assets.textures[0])
    synthesis = ours.open_synthesis(mesh, assets, 4, "cpu", 1)
    plain = {"pose.width": 1.0, "pose.height": 1.0, "pose.length": 1.0, "pose.mirror": 0}  # what peers leave out
    scenes = draw(synthesis, np.arange(6), plain)
    task = make_task(mesh, scenes, assets, 64, 4)
    task = replace(task, cards=np.zeros_like(task.cards))
    on_black, on_white = (open_peer(replace(task, backdrops=np.full_like(task.backdrops, level)))(list(range(6)))
                          for level in (0, 255))
    theirs = (on_black == on_white).all(-1)
    frames = render(synthesis.renderer, scenes, 64, 4, ("mask",))
    assert frames.whole is not None
    both, either = theirs & (frames.whole > 0.99), theirs | (frames.whole > 0.99)
    assert (both.sum((1, 2)) / either.sum((1, 2))).min() > 0.9  # but for pixels on the edge, sampled at random
