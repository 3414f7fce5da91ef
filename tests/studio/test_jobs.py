"""Jobs: the command line in processes of their own, told from files alone."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mixreal import lifesigns
from mixreal.errors import BadInput
from mixreal.studio import jobs
from mixreal.studio.jobs import Job
from mixreal.studio.workspace import Workspace, open_workspace

LONG = ["render", "--out", "set", "--images", "500000", "--size", "48", "--threads", "1"]



def _wait(place: Workspace, job: Job, states: tuple[str, ...] = ("done", "failed", "cancelled", "died"),
          seconds: float = 60) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = jobs.read(place, job.id)
        if found.state in states:
            return found
        time.sleep(0.05)
    raise AssertionError(f"still {found.state} after {seconds} s: {jobs.log(place, job.id)}")


def _under_way(place: Workspace, job: Job, seconds: float = 60) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = jobs.read(place, job.id)
        if found.progress and found.progress.done > 0:
            return found
        assert found.state == "running", jobs.log(place, job.id)
        time.sleep(0.05)
    raise AssertionError(jobs.log(place, job.id))


def test_a_job_runs_to_its_end_and_tells_it(place: Workspace, meshes: Path) -> None:
    started = jobs.start(place, ["render", "--out", "set", "--models", str(meshes), "--images", "40", "--threads", "1"],
                         "Render set")
    assert started.state == "running"
    found = _wait(place, started)
    assert (found.state, found.code, found.title, found.out) == ("done", 0, "Render set", "set")
    assert found.progress is not None and found.progress.done == found.progress.total == 40
    assert "40 images" in jobs.log(place, started.id)
    assert (place.root / "set" / "done").is_file()
    assert [job.id for job in jobs.jobs(place, ("render",))] == [started.id] and not jobs.jobs(place, ("train",))


def test_what_went_wrong_is_told_in_the_commands_own_words(place: Workspace) -> None:
    found = _wait(place, jobs.start(place, ["render", "--out", "x", "--images", "4", "--models", "nowhere"]))
    assert (found.state, found.code) == ("failed", 2)
    assert "no such folder" in found.said and not found.said.startswith("mixreal:")


@pytest.mark.slow
def test_stopped_it_goes_on_and_two_on_one_folder_do_not_fight(place: Workspace, meshes: Path) -> None:
    argv = [*LONG, "--models", str(meshes)]
    first = jobs.start(place, argv)
    _under_way(place, first)
    with pytest.raises(BadInput, match="still running"):
        jobs.resume(place, first.id)
    second = _wait(place, jobs.start(place, argv))
    assert second.state == "failed" and "being written" in second.said
    jobs.cancel(place, first.id)
    found = _wait(place, first)
    assert (found.state, found.code) == ("cancelled", 130)
    again = jobs.resume(place, first.id)
    assert again.argv == first.argv and again.id != first.id
    _under_way(place, again)
    jobs.cancel(place, again.id, now=True)  # at once: no time to write anything
    found = _wait(place, again)
    assert (found.state, found.code) == ("cancelled", None)


@pytest.mark.slow
def test_a_job_that_dies_without_a_word_is_told(place: Workspace, meshes: Path) -> None:
    job = jobs.start(place, [*LONG, "--models", str(meshes)])
    _under_way(place, job)
    os.killpg(json.loads((job.folder / jobs.PROCESS).read_text())["pid"], signal.SIGKILL)
    found = _wait(place, job)
    assert found.state == "died" and "without a word" in found.said


@pytest.mark.slow
def test_a_job_outlives_the_program_that_started_it(place: Workspace, meshes: Path) -> None:
    script = ("import sys\nfrom mixreal.studio import jobs\nfrom mixreal.studio.workspace import open_workspace\n"
              "print(jobs.start(open_workspace(sys.argv[1]), sys.argv[2:]).id)")
    argv = [*LONG, "--models", str(meshes)]
    done = subprocess.run([sys.executable, "-c", script, str(place.root), *argv], capture_output=True, text=True,
                          check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    job = _under_way(place, jobs.read(place, done.stdout.strip()))
    assert job.state == "running"
    jobs.cancel(place, job.id)
    assert _wait(place, job).state == "cancelled"


def test_stopped_before_it_began_it_does_nothing(place: Workspace) -> None:
    job = jobs.start(place, LONG)
    jobs.cancel(place, job.id)
    found = _wait(place, job)
    assert found.state == "cancelled"
    jobs.cancel(place, job.id)  # again: nothing to do
    assert jobs.read(place, job.id).state == "cancelled"


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "none", "a\0b"])
def test_jobs_that_are_none_are_told(place: Workspace, name: str) -> None:
    with pytest.raises(BadInput, match="no job"):
        jobs.read(place, name)


def test_damaged_folders_are_passed_over(place: Workspace) -> None:
    root = place.root / ".jobs"
    (root / "empty").mkdir(parents=True)
    (root / "broken").mkdir()
    (root / "broken" / jobs.COMMAND).write_text("{")
    (root / "file").write_text("")
    assert jobs.jobs(place) == []


def test_a_process_of_another_birth_is_not_the_job(place: Workspace) -> None:
    folder = place.root / ".jobs" / "one"
    folder.mkdir(parents=True)
    (folder / jobs.COMMAND).write_text(json.dumps({"argv": ["render"], "asked": 0}))
    (folder / jobs.PROCESS).write_text(json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "born": "1"}))
    assert jobs.read(place, "one").state == "died"


@pytest.mark.parametrize("other", [{"host": "elsewhere"}, {"machine": "of another container"}])
def test_a_job_of_another_machine_is_never_signalled_and_given_up_when_silent(
        other: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, signal: sent.append(group))
    place = open_workspace(tmp_path / "shared")
    process = {**lifesigns.told(), **other}  # our own number, of a group that is none of the job's
    folder = _told(place, process)
    assert jobs.read(place, "one").state == "running"
    with pytest.raises(BadInput, match=f"on {process['host']}"):
        jobs.cancel(place, "one", now=True)
    with pytest.raises(BadInput, match=f"still run by process {os.getpid()} on {process['host']}"):
        jobs.resume(place, "one")
    assert not sent and not (folder / jobs.CANCEL).exists()

    later = time.monotonic() + lifesigns.SILENT
    monkeypatch.setattr(time, "monotonic", lambda: later)
    os.utime(folder / jobs.PROCESS, (1, 1))  # a touch, whatever that machine's clock says
    assert jobs.read(place, "one").state == "running"
    later += lifesigns.SILENT
    found = jobs.read(place, "one")
    assert found.state == "died" and process["host"] in found.said
    monkeypatch.setattr(jobs, "start", lambda workspace, argv, title: argv)  # the folder's lock is what protects it
    assert jobs.resume(place, "one") == ("render",)


def test_a_job_touches_its_file_while_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifesigns, "BEAT", 0.01)
    (tmp_path / "file").write_text("")
    os.utime(tmp_path / "file", (1, 1))
    with lifesigns.beating(tmp_path / "file"):
        end = time.monotonic() + 30
        while (tmp_path / "file").stat().st_mtime == 1 and time.monotonic() < end:
            time.sleep(0.01)
    assert (tmp_path / "file").stat().st_mtime > 1


def test_without_signals_a_job_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    place = open_workspace(tmp_path / "windows")  # whose jobs no fixture ends: this very process stands for one
    _told(place, lifesigns.told())
    monkeypatch.setattr(lifesigns, "alive", lambda pid: True)
    monkeypatch.delattr(os, "killpg")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "run", lambda argv, **_: calls.append(argv))
    jobs.cancel(place, "one")
    assert calls == [["taskkill", "/F", "/T", "/PID", str(os.getpid())]]


def _told(place: Workspace, process: dict[str, object]) -> Path:
    """The folder of a job "one" that this process seems to run."""
    folder = place.root / ".jobs" / "one"
    folder.mkdir(parents=True)
    (folder / jobs.COMMAND).write_text(json.dumps({"argv": ["render"], "title": "Render", "asked": 0}))
    (folder / jobs.PROCESS).write_text(json.dumps(process))
    return folder


def test_options_are_found_in_both_spellings() -> None:
    assert jobs.option(["render", "--out", "a"], "--out") == jobs.option(["render", "--out=a"], "--out") == "a"
    assert jobs.option(["render", "--out"], "--out") == jobs.option([], "--out") == ""
