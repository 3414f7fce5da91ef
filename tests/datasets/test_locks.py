"""Locks: one writer a folder or a part, whatever dies, whatever the clock says, on this machine or another."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mixreal import lifesigns
from mixreal.datasets import locks
from mixreal.datasets.locks import held, lock
from mixreal.errors import BadInput

ELSEWHERE = {"host": "another-host", "pid": 7, "born": "1", "process": "x", "machine": "another"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, seconds in ((lifesigns, "BEAT", 0.05), (lifesigns, "SILENT", 0.4), (locks, "EMPTY", 0.2),
                                  (locks, "LOOK", 0.02)):
        monkeypatch.setattr(module, name, seconds)


def left(folder: Path, **content: object) -> Path:
    path = folder / ".lock"
    path.write_text(json.dumps(content))
    return path


@contextmanager
def touched(path: Path, seconds: float) -> Iterator[None]:
    """As the holder on another machine does: by a clock that has nothing to do with ours."""
    stop = threading.Event()

    def beat() -> None:
        at = 0.0
        while not stop.wait(0.05):
            at += seconds
            os.utime(path, (1e9 + at, 1e9 + at))

    thread = threading.Thread(target=beat)
    thread.start()
    yield
    stop.set()
    thread.join()


def test_two_writers_of_one_folder(tmp_path: Path) -> None:
    with lock(tmp_path) as path:
        assert held(path)
        with pytest.raises(BadInput, match=rf"being written by process {os.getpid()}.*or delete .*\.lock"), \
                lock(tmp_path):
            pass
        assert held(path)
    with lock(tmp_path):  # released by the first
        pass
    assert not list(tmp_path.iterdir())


def test_parts_of_as_many_go_together_and_exclude_the_whole_and_other_parts(tmp_path: Path) -> None:
    with lock(tmp_path, "1/3"), lock(tmp_path, "3/3"):
        for other in ("3/3", "", "1/2"):
            with pytest.raises(BadInput, match=r"part [13]/3 of .* is being written by process"), lock(tmp_path, other):
                pass
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock-1-of-3", ".lock-3-of-3"]
    with lock(tmp_path), pytest.raises(BadInput, match="is being written"), lock(tmp_path, "1/3"):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("gone", [
    {"pid": 2**22 + 1, "born": "1", "process": "x"},  # a process number that Linux never gives
    {"pid": os.getppid(), "born": "no such time", "process": "x"},  # its number was given again
    {"pid": os.getpid(), "born": "1", "process": "an earlier one with our number"},
])
def test_the_lock_of_a_process_that_is_gone_is_taken_over_at_once(tmp_path: Path, gone: dict[str, object]) -> None:
    path = left(tmp_path, host=socket.gethostname(), machine=lifesigns.this_machine(), **gone)
    with lock(tmp_path):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_another_machines_lock_is_taken_over_when_nobody_touches_it(tmp_path: Path,
                                                                    capsys: pytest.CaptureFixture[str]) -> None:
    left(tmp_path, **ELSEWHERE)
    start = time.monotonic()
    with lock(tmp_path) as path:
        assert time.monotonic() - start >= 0.4 and held(path)
    assert "another-host: watching" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", [1.0, -3600.0], ids=["its clock goes on", "its clock goes back"])
def test_another_machines_lock_holds_while_it_is_touched(tmp_path: Path, seconds: float) -> None:
    path = left(tmp_path, **ELSEWHERE)
    with touched(path, seconds), pytest.raises(BadInput, match="process 7 on another-host"), lock(tmp_path):
        pass
    assert json.loads(path.read_text()) == ELSEWHERE


def test_a_machine_of_our_name_is_another_machine(tmp_path: Path) -> None:
    path = left(tmp_path, **ELSEWHERE | {"host": socket.gethostname(), "pid": 2**22 + 1})
    with touched(path, 1.0), pytest.raises(BadInput, match="is being written"), lock(tmp_path):
        pass


def test_an_older_versions_lock_of_another_machine_is_left_alone(tmp_path: Path) -> None:
    left(tmp_path, **{name: value for name, value in ELSEWHERE.items() if name != "machine"})
    with pytest.raises(BadInput, match="on another-host"), lock(tmp_path):
        pass


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock(tmp_path) as path:
        for jump in (-1e9, 1e9):
            monkeypatch.setattr(time, "time", lambda jump=jump: jump)
            os.utime(path, (1e9 + jump, 1e9 + jump))
            with pytest.raises(BadInput, match="is being written"), lock(tmp_path):
                pass
    assert not path.exists()


def test_our_lock_is_touched_while_we_hold_it(tmp_path: Path) -> None:
    with lock(tmp_path) as path:
        os.utime(path, (1, 1))
        for _ in range(100):
            if path.stat().st_mtime > 1:
                break
            time.sleep(0.05)
        assert path.stat().st_mtime > 1


def test_a_lock_without_content_is_taken_over_after_a_moment(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    with lock(tmp_path) as path:
        assert held(path)


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*names: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", cannot)
    with lock(tmp_path) as path:
        assert held(path)
        with pytest.raises(BadInput, match="is being written"), lock(tmp_path):
            pass
    assert not list(tmp_path.iterdir())


def test_many_at_once_one_at_a_time(tmp_path: Path) -> None:
    """Threads of one process count as one holder each: never two inside."""
    inside, most, taken = 0, 0, 0

    def work() -> None:
        nonlocal inside, most, taken
        for _ in range(30):
            try:
                with lock(tmp_path):
                    inside += 1
                    most, taken = max(most, inside), taken + 1
                    time.sleep(0.001)
                    inside -= 1
            except BadInput:
                time.sleep(0.001)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1 and taken > 4
    assert not (tmp_path / ".lock").exists()
