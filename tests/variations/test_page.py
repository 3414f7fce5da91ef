"""docs/rendering.md names every latent, with the range that it is drawn from; its spec and its variation work."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mixreal.cli import main
from mixreal.controls import Choice, Colour, Control, Slider
from mixreal.datasets.dataset import read
from mixreal.variations.chain import BUILT_IN, open_chain
from rendering.scenes import assets

PAGE = Path(__file__).parents[2] / "docs" / "rendering.md"
PICTURES = {"image", "picture", "environment", "ground_texture"}  # options are files


def row(name: str, control: Control) -> str:
    """A latent as the page tells it."""
    if isinstance(control, Slider):
        drawn = f"{control.low:g} to {control.high:g}" + (f" {control.unit}" if control.unit else "")
        rest = f"{control.rest:g}"
    elif isinstance(control, Choice):
        latent = name.partition(".")[2].rstrip("012")
        drawn = "any picture" if latent in PICTURES | {"texture"} else ", ".join(control.options)
        rest = "" if drawn == "any picture" else control.rest
    else:
        assert isinstance(control, Colour)
        drawn, rest = "a colour, sRGB from 0 to 1", ", ".join(f"{v:g}" for v in control.rest)
    return f"| `{name}` | {drawn} | {rest} | {control.doc} |"


def test_every_latent_is_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    wanted = [row(f"{variation.name}.{name}", control)
              for variation in open_chain(tuple(BUILT_IN), {}, 0, assets()).variations
              for name, control in variation.controls.items()
              if not (variation.name == "occlusion" and name.endswith("1"))]  # the second occluder's, as the first's
    missing = [line for line in wanted if line not in page]
    assert not missing, "the page lacks:\n" + "\n".join(missing)
    told = [line for line in page.splitlines() if line.startswith("| `") and "." in line.split("`")[1]]
    assert sorted(told) == sorted(wanted)


@pytest.mark.slow
def test_the_spec_and_the_variation_on_the_page_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                     meshes: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (code,), (toml,) = (re.findall(f"```{kind}\n(.*?)```", page, re.S) for kind in ("python", "toml"))
    (tmp_path / "stretching.py").write_text(code)
    monkeypatch.chdir(tmp_path)
    command = Path(sys.executable).with_name("mixreal")  # as a person starts it, whose folder is not where Python looks
    subprocess.run([command, "render", "--vary", "pose", "camera", "stretching:tall", "--ranges", "tall.factor=[1,2]",
                    "--images", "8", "--models", str(meshes), "--size", "16", "-o", "tall"], check=True)
    drawn = read("tall").latents["tall.factor"]
    assert 1 <= drawn.min() < drawn.max() <= 2
    asked = re.sub(r"meshes/", str(meshes), toml).replace("images = 8_000", "images = 8").replace("@person", "@ball")
    asked = re.sub(r'backgrounds = "[^"]*"', 'backgrounds = "procedural"', asked)
    (tmp_path / "spec.toml").write_text(asked)
    assert main(["render", "--spec", "spec.toml", "--textures", "procedural", "--envmaps", "procedural", "-o",
                 "data"]) == 0
    latents = read("data").latents
    assert np.ptp(latents["sensor.blur"]) == 0 and set(latents["lighting.sky"]) == {"background"}
    assert latents["background.colour.r"].min() >= 0.2
