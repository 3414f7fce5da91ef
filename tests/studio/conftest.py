"""What the studio's tests share: a workspace with models, and nothing of NiceGUI left in the working folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mixreal.spec import RenderSpec
from mixreal.studio.workspace import Workspace, open_workspace
from studio.chromium import end_jobs


@pytest.fixture
def place(tmp_path: Path, meshes: Path) -> Iterator[Workspace]:
    """An empty workspace whose data folder has models of two classes; its jobs end with the test."""
    found = open_workspace(tmp_path / "root", meshes)
    yield found
    end_jobs(found)


@pytest.fixture
def recipe(meshes: Path) -> RenderSpec:
    """A recipe of those models."""
    return RenderSpec(models=str(meshes))
