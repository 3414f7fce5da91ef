"""Render a small dataset of the built-in models, look at it, and stream more of it without files.

python examples/01_render.py [FOLDER]
"""

import sys
from pathlib import Path

import mixreal as mx
from mixreal.reporting.sheets import contact_sheet, save, summary

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data/example")

# Image i is a function of this spec and i alone: the same spec gives the same bytes, however it is split.
spec = mx.RenderSpec(classes=("car", "bicycle"), images=64, procedural=4, size=32,
                     ranges={"camera.elevation": [5, 40]})

synthetic = mx.render(spec, folder / "images")  # a Dataset; run it again and there is nothing left to do
print(summary(synthetic))

save(contact_sheet(synthetic, columns=16, rows=2), folder / "contact-sheet.png")

for rgb, labels, latents in mx.stream(spec, batch=32):  # or no files at all: arrays, as they are rendered
    print(rgb.shape, labels[:4], latents["camera.elevation"][:4].round(1))
