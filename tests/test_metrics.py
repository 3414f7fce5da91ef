"""metrics.jsonl goes on where the checkpoint left it, and stays readable where less of it is left."""

from pathlib import Path

import pytest

from mixreal.metrics import open_metrics, write_line
from mixreal.runs import METRICS, read_metrics


@pytest.mark.parametrize(("left", "length", "kept"), [
    ('{"step": 1}\n{"step": 2}\n{"step": 3}\n', 24, [1, 2]),  # cut back to the checkpoint
    ('{"step": 1}\n{"step": 2}\n', 24, [1, 2]),
    ('{"step": 1}\n{"st', 24, [1]),  # the power failed before all of it was on the disk
    ('{"st', 24, []), ("", 24, []), ("", 0, [])])
def test_it_is_cut_back_and_never_filled_up(left: str, length: int, kept: list[int], tmp_path: Path) -> None:
    (tmp_path / METRICS).write_text(left)
    with open_metrics(tmp_path, length) as metrics:
        write_line(metrics, {"step": 9})
        end = metrics.tell()
    assert [row["step"] for row in read_metrics(tmp_path)] == [*kept, 9]
    assert end == (tmp_path / METRICS).stat().st_size
