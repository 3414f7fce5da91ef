"""A recipe of two rows and two columns on drawn photos and tiny meshes: a second to run."""

from pathlib import Path

from made import CLASSES

TEXT = """
title   = "Balls and cubes"
source  = "nowhere"
seeds   = [0, 1]
compare = "row real only"
columns = [{{ name = "plain", augment = [] }}, {{ name = "flip", augment = ["flip"] }}]
rows    = [{{ name = "1:1", mix = "1:1" }}, {{ name = "real only", mix = "1:0" }}{more_rows}]
[run]
real = "{photos}"
size = 8
train = {{ steps = {steps}, batch = 8, lr = 0.01 }}
[run.synthetic]
models = "{models}"
images = 8
vary = ["lighting"]
habits = false
backgrounds = "procedural"
textures = "procedural"
envmaps = "procedural"
[paper]
accuracy = [[60.5, 70.25], [50.0, nan]]
[profile.gpu]
train = {{ steps = 50 }}
"""


def write_recipe(path: Path, photos: Path, meshes: Path, more_rows: str = "", steps: int = 2) -> Path:
    """The recipe as a file; `more_rows` begins with a comma."""
    assert CLASSES == ("ball", "cube")
    path.write_text(TEXT.format(photos=photos, models=meshes, more_rows=more_rows, steps=steps), encoding="utf-8")
    return path
