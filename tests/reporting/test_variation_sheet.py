"""The sheet of variations: its shape, and that a column adds its own variation and nothing else."""

import numpy as np
import pytest

from mixreal.reporting.sheets import GAP, corner
from mixreal.reporting.variation_sheet import variation_sheet
from mixreal.spec import RenderSpec


@pytest.mark.slow
def test_columns_add_one_variation_each(meshes):
    sheet, columns, classes = variation_sheet(RenderSpec(models=str(meshes)), size=16, vary=("lighting", "sensor"),
                                              examples=1)
    assert columns == ("none", "+ lighting", "+ sensor", "all") and classes == ("ball", "cube")
    step = 64 + GAP  # 16 px, each a square of 4
    left, top = corner(np.zeros((2, 4, 16, 16, 3), np.uint8), classes)
    assert sheet.shape == (top + 2 * step - GAP, left + 4 * step - GAP, 3)
    assert (sheet[:top, left:] < 128).any() and (sheet[top:, :left] < 128).any()  # titles
    cells = [sheet[top:top + 64, left + k * step:left + k * step + 64].astype(int) for k in range(4)]
    for one, other in zip(cells, cells[1:]):
        assert np.abs(one - other).max() > 0
    # Without light and sensor the first cell is the plain image: its corner is the flat grey background.
    assert np.ptp(cells[0][0, 0]) == 0
