"""`mixreal studio`: what keeps it from starting is told in one line."""

import socket
from pathlib import Path

import pytest

from mixreal import cli
from mixreal.commands import studio


def test_without_nicegui_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(studio, "find_spec", lambda name: None)
    assert cli.main(["studio", str(tmp_path)]) == 2
    assert "pip install -c constraints.txt '.[studio]'" in capsys.readouterr().err


def test_a_port_in_use_and_a_folder_that_is_none_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert cli.main(["studio", str(tmp_path), "--port", str(taken.getsockname()[1])]) == 2
    assert "--port 0 for a free one" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert cli.main(["studio", str(tmp_path / "file")]) == 2
    assert "another folder" in capsys.readouterr().err
    assert cli.main(["studio", str(tmp_path), "--port", "70000"]) == 2
    assert cli.main(["studio", str(tmp_path), "--token", "a; b"]) == 2
    assert cli.main(["studio", str(tmp_path), "--data", str(tmp_path / "none")]) == 2
    assert "--data or MIXREAL_DATA" in capsys.readouterr().err
