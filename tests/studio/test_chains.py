"""Which stages may follow, which chains folders hold, and what alarms say."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixreal.refining.stages import parse_stages
from mixreal.studio import chains
from studio.shelf import synthetic, write_stage


def test_the_papers_second_stages_are_offered() -> None:
    assert chains.next_stages([]) == ("R-S",)
    assert set(chains.next_stages(["R-S"])) == {"RR-RS", "R-RS", "RR-S"}


def test_a_set_that_two_stages_made_is_offered_by_number() -> None:
    offered = chains.next_stages(["R-S", "R-RS"])
    assert "RR-RRS" in offered and "RR@1-RRS" in offered
    assert not any("@2" in name for name in offered)  # the bare name means it


@given(st.lists(st.integers(0, 40), max_size=3))
def test_whatever_is_offered_makes_a_chain(picks: list[int]) -> None:
    names: list[str] = []
    for pick in picks:
        offered = chains.next_stages(names)
        names.append(offered[pick % len(offered)])
        parse_stages(names)  # raises where it is none


@pytest.mark.parametrize(("name", "said"), [
    ("R-S", "real with synthetic"), ("RR-RRS", "refined real with twice refined synthetic"),
    ("RR@1-S", "refined real of stage 1 with synthetic")])
def test_stages_in_words(name: str, said: str) -> None:
    assert chains.told_stage(name) == said


def test_chains_follow_what_made_what(tmp_path: Path) -> None:
    made = synthetic(8)
    write_stage(tmp_path / "1-R-S-aa", "R-S", 1, "aa", [], made)
    write_stage(tmp_path / "2-RR-RS-bb", "RR-RS", 2, "bb", ["aa"], made)
    write_stage(tmp_path / "2-R-RS-cc", "R-RS", 2, "cc", ["aa"], made)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.toml").write_text("stage = ", encoding="utf-8")
    found = chains.find_chains([path for path in tmp_path.iterdir() if path.is_dir()])
    assert sorted(chain.name for chain in found) == ["R-S, R-RS", "R-S, RR-RS"]
    assert all(stage.done for chain in found for stage in chain.stages)


def test_a_grid_has_a_column_for_each_stage_that_is_finished(tmp_path: Path) -> None:
    made = synthetic(8)
    write_stage(tmp_path / "1-R-S-aa", "R-S", 1, "aa", [], made)
    write_stage(tmp_path / "2-R-RS-bb", "R-RS", 2, "bb", ["aa"], made)
    (chain,) = chains.find_chains(list(tmp_path.iterdir()))
    heads, images, classes = chains.grid(chain, "real")
    assert heads == ["R", "RR", "RR@2"] and images.shape == (4, 3, 16, 16, 3)
    assert classes == ["ball", "cube", "ball", "cube"] and np.array_equal(images[0, 0], made.images[0])
    (tmp_path / "2-R-RS-bb" / "samples.npz").unlink()
    assert chains.grid(chain, "synthetic")[0] == ["S", "RS"]
    (tmp_path / "1-R-S-aa" / "samples.npz").write_bytes(b"no npz")
    assert chains.grid(chain, "synthetic")[0] == []


def test_alarms_say_what_is_wrong_and_how_much() -> None:
    row = {"identity_alarm": ["to_real"], "change_real": 0.004, "collapse_alarm": ["to_synthetic"],
           "spread_synthetic": 0.2, "label_alarm": []}
    assert chains.alarms(row) == (
        "synthetic to real: the generator copies its input (a pixel changes by 0.4% on average)",
        "real to synthetic: its images are all alike (their spread is 20% of the input's)")
    assert chains.alarms({}) == ()


def test_what_was_chosen_is_nothing_until_it_is_whole(tmp_path: Path) -> None:
    assert chains.chosen(tmp_path) == {}
    (tmp_path / "chosen.json").write_text('{"kept": 3, "checkpoints": []}', encoding="utf-8")
    assert chains.chosen(tmp_path) == {}
