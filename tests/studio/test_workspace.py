"""The studio's folders: what is found in them, and that no path leads out."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from album import album
from mixreal.datasets.dataset import write
from mixreal.errors import BadInput
from mixreal.studio.workspace import (
    Workspace,
    confined,
    datasets,
    model_folders,
    open_workspace,
    photo_folders,
    recipes,
    runs,
    shown,
)
from tiny import tiny


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """With a data folder, and a neighbour that is nobody's business."""
    (tmp_path / "data").mkdir()
    (tmp_path / "secret").mkdir()
    return open_workspace(tmp_path / "root", tmp_path / "data")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../secret", "~/x", "../root2", "", " ", "a\0b"])
def test_paths_that_lead_out_are_refused(place: Workspace, path: str) -> None:
    if path == "~/x":  # no home: a folder of that name below the root
        assert confined(place, path).is_relative_to(place.root)
        return
    with pytest.raises(BadInput):
        confined(place, path)


def test_a_link_that_points_outside_is_outside(place: Workspace, tmp_path: Path) -> None:
    (place.root / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BadInput, match="outside"):
        confined(place, "link/file")


def test_the_data_folder_is_read_and_not_written(place: Workspace) -> None:
    assert place.data is not None
    assert confined(place, place.data / "photos") == place.data / "photos"
    with pytest.raises(BadInput, match="outside"):
        confined(place, place.data / "photos", writing=True)


@given(parts=st.lists(st.sampled_from(["..", ".", "a", "b", "data", "root", "/", "secret", "x y"]), max_size=7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_the_path_it_is_inside_or_refused(place: Workspace, parts: list[str]) -> None:
    try:
        found = confined(place, "/".join(parts), writing=True)
    except BadInput:
        return
    assert found.resolve().is_relative_to(place.root)


def test_listings_come_from_files(place: Workspace, tiny_runs: Path, meshes: Path) -> None:
    write(place.root / "sets" / "deep" / "one", tiny("synthetic", 6), {"made": "by hand"})
    (place.root / ".jobs" / "x").mkdir(parents=True)
    (place.root / ".jobs" / "x" / "dataset.toml").write_text("")
    album(place.root / "photos", {"car": 2, "bus": 2})
    assert datasets(place) == [place.root / "sets" / "deep" / "one"]
    assert photo_folders(place) == [place.root / "photos"]
    assert runs(place) == []
    assert len(runs(open_workspace(tiny_runs))) == 4
    material = place.root.parent / "material"
    shutil.copytree(meshes, material / "meshes")
    assert model_folders(open_workspace(place.root, material)) == [material / "meshes"]
    assert "table1" in recipes(place)
    assert shown(place, place.root / "sets") == "sets"


def test_a_config_of_something_else_hides_no_runs(tiny_runs: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_runs, tmp_path / "root" / "deep")
    for folder in (tmp_path / "root", tmp_path / "root" / "deep"):
        (folder / "config.toml").write_text('[other]\nprogram = "of somebody"\n')
    assert len(runs(open_workspace(tmp_path / "root"))) == 4


def test_a_folder_that_cannot_serve_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="another folder"):
        open_workspace(tmp_path / "file")
    with pytest.raises(BadInput, match="not a folder"):
        open_workspace(tmp_path, tmp_path / "none")
