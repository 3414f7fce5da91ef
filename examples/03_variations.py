"""One image a class with the variations switched on one by one, as in the paper's Figure 2.

python examples/03_variations.py [FOLDER [MODELS [SIZE]]]
"""

import sys
from pathlib import Path

import mixreal as mx
from mixreal.reporting.sheets import save
from mixreal.reporting.variation_sheet import variation_sheet

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "data/example")
models = sys.argv[2] if len(sys.argv) > 2 else "procedural"
size = int(sys.argv[3]) if len(sys.argv) > 3 else 128

# Ranges such that every column has something to show: a picture behind, something in front.
spec = mx.RenderSpec(models=models, procedural=4, seed=4,
                     ranges={"background.kind": "picture", "occlusion.count": ["1", "2"]})
sheet, columns, classes = variation_sheet(spec, size)
save(sheet, folder / "variations.png")
print(f"rows: {', '.join(classes)}\ncolumns: {', '.join(columns)}")
