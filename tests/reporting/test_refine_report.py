"""The report of stages, read from folders made by hand: every machine named, damaged files told by name."""

import json
from pathlib import Path

import numpy as np
import pytest

from mixreal import runs
from mixreal.errors import BadInput
from mixreal.reporting.refine_report import chain_images, markdown, read_stage, write_report
from mixreal.spec import to_toml

ROW = {"iteration": 4, "kid": 0.5}


def stage(folder: Path, number: int, processor: str) -> Path:
    """A finished stage of four images a side."""
    folder.mkdir(parents=True)
    sides = {side: {"set": "R" * number if side == "real" else "S", "source": f"{side} images"}
             for side in ("real", "synthetic")}
    config = {"stage": "R-S", "number": number, "features": "none", "watched": "validation", **sides,
              "hardware": {"processor": processor, "cores": 2},
              "refine": {"translator": "cyclegan", "generator": "c3s1-3", "discriminator": "C4", "iterations": 4,
                         "g_updates": 1, "d_updates": 1, "batch": 4, "choose": "kid"}}
    (folder / runs.CONFIG).write_text(to_toml(config))
    (folder / "chosen.json").write_text(json.dumps({
        "checkpoints": [ROW], "kept": 0, "inputs": {"kid": 1.0}, "rule": "kid", "diverged": False, "seconds": 60.0}))
    arrays = {f"{side}/{name}": np.zeros((4, 8, 8, 3), np.uint8) for side in sides for name in ("began", "after")}
    np.savez(folder / runs.SAMPLES, **arrays, **{f"{side}/labels": np.arange(4) % 2 for side in sides})
    runs.mark_done(folder)
    return folder


def test_each_stage_names_its_machine_where_they_differ(tmp_path: Path) -> None:
    told = [read_stage(stage(tmp_path / f"{k}", k, name)) for k, name in ((1, "Abacus"), (2, "Slide rule"))]
    assert markdown(told[:1], []).rstrip().endswith("Made on Abacus, 2 cores.")
    assert markdown(told, []).rstrip().endswith("Made on Abacus, 2 cores (stage 1); Slide rule, 2 cores (stage 2).")
    assert chain_images(told, "real").shape == (4, 3, 8, 8, 3)


@pytest.mark.parametrize("content", ["{", "[]", '{"checkpoints": []}', None, json.dumps({
    "checkpoints": [], "kept": 0, "inputs": {}, "rule": "kid", "diverged": False, "seconds": 1.0})])
def test_what_was_chosen_cannot_be_read(tmp_path: Path, content: str | None) -> None:
    folder = stage(tmp_path / "1", 1, "Abacus")
    (folder / "chosen.json").unlink() if content is None else (folder / "chosen.json").write_text(content)
    with pytest.raises(BadInput, match=r"chosen\.json' cannot be read .*: put the file back, or delete the stage"):
        read_stage(folder)


def test_samples_that_are_not_there_are_told(tmp_path: Path) -> None:
    folder = stage(tmp_path / "1", 1, "Abacus")
    (folder / runs.SAMPLES).write_bytes(b"PK")
    with pytest.raises(BadInput, match=r"samples\.npz' cannot be read"):
        write_report([folder], tmp_path)
    np.savez(folder / runs.SAMPLES, other=np.zeros(3))
    with pytest.raises(BadInput, match=r"samples\.npz' is not there or has no synthetic/labels: put the file back"):
        write_report([folder], tmp_path)
    (folder / runs.SAMPLES).unlink()
    with pytest.raises(BadInput, match=r"samples\.npz' is not there"):
        write_report([folder], tmp_path)
