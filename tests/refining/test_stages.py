"""Stages by name, to any depth (Sec. 4.2)."""

import pytest

from mixreal.errors import BadInput
from mixreal.refining.sets import ImageSet
from mixreal.refining.stages import found, parse_stages, with_outputs
from tiny import tiny


@pytest.mark.parametrize("names", [["R-S"], ["R-S", "RR-RS"], ["R-S", "R-RS"], ["R-S", "RR-S"],
                                   ["R-S", "RR-RS", "RRR-RRS", "RRRR-S"], ["R-S", "R-RS", "RR@1-RRS"]])
def test_stages_that_can_be(names: list[str]) -> None:
    assert [str(stage) for stage in parse_stages(names)] == names


@pytest.mark.parametrize(("names", "told"), [
    ([], "name at least the first"), (["S-R"], "expected real-synthetic"), (["RR-RS"], "starts from RR"),
    (["R-S", "RRR-RS"], "starts from RRR"), (["R-S", "R-R"], "expected real-synthetic"),
    (["R-S", "RR-RS@2"], "starts from RS@2"), (["R"], "expected real-synthetic")])
def test_stages_that_cannot_be(names: list[str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        parse_stages(names)


def test_a_later_set_takes_the_name_of_an_earlier_one() -> None:
    sets = {"R": ImageSet("R", {"train": tiny("real", 3)}), "S": ImageSet("S", {"train": tiny("synthetic", 3)})}
    names = []
    for stage in parse_stages(["R-S", "R-RS", "RR-RRS", "RR@1-S"]):
        real, synthetic = found(sets, stage)
        names.append((real.made_by, synthetic.made_by))
        identity = str(stage.number)
        sets = with_outputs(sets, stage, real.refined(lambda x: x, identity), synthetic.refined(lambda x: x, identity))
    assert names == [((), ()), ((), ("1",)), (("2",), ("1", "2")), (("1",), ())]
