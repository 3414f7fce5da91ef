"""The data folder: found by flag or environment, and what "auto" then means."""

import pytest

from mixreal.datahome import find, settled
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec


def test_nothing_is_found_without_a_data_folder():
    assert find("models") is None
    assert settled(RenderSpec()).backgrounds == "procedural"


def test_the_flag_beats_the_environment(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name / "models3d").mkdir(parents=True)
    monkeypatch.setenv("MIXREAL_DATA", str(tmp_path / "a"))
    assert find("models") == tmp_path / "a" / "models3d"
    assert find("models", str(tmp_path / "b")) == tmp_path / "b" / "models3d"
    assert find("cifar") is None


def test_a_missing_data_folder_is_told(tmp_path):
    with pytest.raises(BadInput, match="is not a folder"):
        find("models", str(tmp_path / "absent"))


def test_auto_becomes_what_is_there_and_the_rest_is_kept(tmp_path, monkeypatch):
    (tmp_path / "textures").mkdir()
    monkeypatch.setenv("MIXREAL_DATA", str(tmp_path))
    spec = settled(RenderSpec(envmaps="mine/"))
    assert (spec.backgrounds, spec.textures, spec.envmaps) == ("procedural", str(tmp_path / "textures"), "mine/")
