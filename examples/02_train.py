"""Train on a few photos, alone and beside rendered images, and compare the two on the same test photos.

python examples/02_train.py PHOTOS MODELS [FOLDER] [STEPS]

PHOTOS and MODELS are folders of class folders with the same class names; PHOTOS may also be cifar-da4, and MODELS
"procedural".
"""

import sys
from pathlib import Path

import mixreal as mx
from mixreal.reporting.report import gather, write_pages
from mixreal.reporting.text import text_table

photos, models = sys.argv[1:3]
folder = Path(sys.argv[3] if len(sys.argv) > 3 else "runs/example")
steps = int(sys.argv[4] if len(sys.argv) > 4 else 500)

real = mx.load(photos, size=32)
spec = mx.RenderSpec(models=models, classes=real.classes, images=8 * steps, size=32)
synthetic = mx.render(spec, folder / "synthetic")

runs = [mx.train(real, synthetic, mix=mix, steps=steps, folder=folder / mix.replace(":", "x"))
        for mix in ("1:0", "1:1")]

findings = gather([run.folder for run in runs], "A few photos, alone and beside rendered images")
print(text_table(findings))
print(*write_pages(findings, folder), sep="\n")
