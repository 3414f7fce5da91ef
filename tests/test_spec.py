"""Specs: from TOML values and back, wrong keys and types told, names that are the same on every machine."""

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixreal.errors import BadInput
from mixreal.learning.trainspec import TrainSpec
from mixreal.spec import RenderSpec, fingerprint, from_mapping, rendered_by, to_mapping, to_toml

VALUES = st.recursive(st.booleans() | st.integers(-2**60, 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
                      lambda inner: st.lists(inner, max_size=3), max_leaves=6)
TABLES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), VALUES, max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow])  # the first draw loads tables of characters
@given(TABLES, TABLES)
def test_toml_reads_back_as_written(outer, inner):
    outer = {k.replace("\0", ""): v for k, v in outer.items()}
    mapping = {**outer, "a table": inner}
    assert tomllib.loads(to_toml(mapping)) == mapping


def test_a_spec_survives_toml():
    spec = RenderSpec(models="m", images=3, vary=("pose",), ranges={"camera.view": [20, 30], "texture.surface": "own"})
    assert from_mapping(RenderSpec, tomllib.loads(to_toml(to_mapping(spec))), "x") == spec


@pytest.mark.parametrize(("kind", "values", "words"), [
    (RenderSpec, {"imges": 3}, "did you mean 'images'"), (RenderSpec, {"images": "many"}, "expected int"),
    (RenderSpec, {"images": True}, "expected int"), (RenderSpec, {"vary": "pose"}, "expected a list"),
    (RenderSpec, {"ranges": 3}, "expected a table"),
    (TrainSpec, {"optimizer": "sgdd"}, "did you mean 'sgd'"), (TrainSpec, {"lr": "high"}, "expected float")])
def test_wrong_values_are_refused_in_words(kind, values, words):
    with pytest.raises(BadInput) as error:
        from_mapping(kind, values, "my.toml")
    assert words in str(error.value) and "my.toml" in str(error.value)


def test_whole_numbers_serve_as_floats():
    assert from_mapping(TrainSpec, {"lr": 1}, "x").lr == 1.0


def test_fingerprints_ignore_order_and_notice_change():
    assert fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": [3]})
    assert fingerprint("known") == "3d88303b44d2", "a folder's name must not change between versions"


def test_a_key_younger_than_a_dataset_does_not_change_its_name() -> None:
    assert "beside" not in rendered_by(RenderSpec()) and rendered_by(RenderSpec(beside=2))["beside"] == 2
    assert rendered_by(RenderSpec()).keys() | {"beside", "up", "forward"} == to_mapping(RenderSpec()).keys()
    assert rendered_by(RenderSpec(up="z"))["up"] == "z"

