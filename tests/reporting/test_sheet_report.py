"""Recipes of one sheet: damaged files told by name, and recipes named beside folders of runs refused."""

from pathlib import Path

import numpy as np
import pytest

from mixreal.cli import main
from mixreal.errors import BadInput
from mixreal.reporting.recipe_report import write_report
from mixreal.reporting.sheets import save
from mixreal.reproducing.plan import ABOUT, SHEET, Plan, write_plan
from mixreal.runs import write_json


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "out" / "sheety-cpu"
    save(np.zeros((8, 8, 3), np.uint8), place / SHEET)
    write_json(place / ABOUT, {"size": 8, "rows": ["a"], "columns": ["b"], "models": "procedural models"})
    write_plan(Plan("sheety", "Sheety", "", "sheet", "", "cpu", "paper", (0,), ("a",), ("b",), "", (), ()), place)
    return place


@pytest.mark.parametrize(("name", "content"), [(SHEET, b"\x89PNG no more"), (SHEET, None), (ABOUT, b"{"),
                                               (ABOUT, b"[]"), (ABOUT, b'{"rows": []}'), (ABOUT, None)])
def test_a_damaged_sheet_is_told_by_name(folder: Path, name: str, content: bytes | None) -> None:
    assert write_report(folder)
    (folder / name).unlink() if content is None else (folder / name).write_bytes(content)
    with pytest.raises(BadInput, match=rf"{name}' cannot be read .*: reproduce the recipe again"):
        write_report(folder)


def test_a_folder_of_runs_beside_a_recipe_is_refused(folder: Path, tiny_runs: Path, tmp_path: Path,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "sheety-gpu").mkdir()  # two folders of one recipe are as many as two names
    (folder.parent / "sheety-gpu" / "plan.json").write_text((folder / "plan.json").read_text())
    for name in (SHEET, ABOUT):
        (folder.parent / "sheety-gpu" / name).write_bytes((folder / name).read_bytes())
    root = ["--reproduced", str(folder.parent)]
    assert main(["report", "sheety", *root]) == 0
    assert main(["report", "sheety", str(tiny_runs / "0-0"), *root]) == 2
    assert "0-0' is no recipe" in capsys.readouterr().err
    assert main(["report", "sheety", "-o", str(tmp_path / "pages"), *root]) == 2
    assert "without" not in capsys.readouterr().err
