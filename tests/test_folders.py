"""Folders that people name: nothing in them is passed over in silence, and what cannot be written is told at once."""

import os
from pathlib import Path

import pytest

from mixreal.errors import BadInput
from mixreal.folders import check_writable, visible_files


def test_visible_files_by_name_through_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/1.txt", ".hidden/3.txt", "a/.4.txt"):
        (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "root" / name).touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "5.txt").touch()
    (tmp_path / "root" / "lost+found").mkdir()
    (tmp_path / "root" / "lost+found" / "6.txt").touch()
    for link in ("c", "d"):  # two ways to one folder are no circle
        (tmp_path / "root" / link).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root" / "a" / "up").symlink_to(tmp_path / "root")
    found = [path.relative_to(tmp_path / "root").as_posix() for path in visible_files(tmp_path / "root")]
    assert found == ["a/1.txt", "a/2.txt", "b.txt", "c/5.txt", "d/5.txt"]


def test_a_folder_that_may_not_be_read_is_not_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locked").mkdir()
    look = os.scandir

    def scandir(place: str) -> object:  # whoever runs the tests may read everything
        if str(place).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(place))
        return look(place)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(BadInput, match=r"locked' cannot be read \(Permission denied\)"):
        visible_files(tmp_path)


def test_what_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    check_writable(tmp_path / "new" / "newer")
    assert not (tmp_path / "new").exists()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BadInput, match=r"--records .*file' is a file: give another"):
            check_writable(folder, "--records")
    with pytest.raises(BadInput, match="not UTF-8"):
        check_writable(tmp_path / os.fsdecode(b"caf\xe9"))
    monkeypatch.setattr(os, "access", lambda place, mode: False)
    with pytest.raises(BadInput, match="nothing may be written to"):
        check_writable(tmp_path / "new")
