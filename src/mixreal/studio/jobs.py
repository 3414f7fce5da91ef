"""Jobs: the command line in processes of their own, and a folder for each, which alone says how it stands.

    .jobs/20261123-101500-3f2a/     below the studio's root
        command.json                the arguments and when it was asked for (written first)
        process.json                host, process and its birth, by the job itself, which touches it while it lives
        log                         what it printed
        progress.json               label, done, total, rate, left (`mixreal.progress`)
        cancel                      somebody asked it to stop
        exit.json                   its exit code and when, by the job itself, last

A job outlives the studio that started it, and any studio on the same folder sees it.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mixreal.errors import BadInput
from mixreal.lifesigns import SILENT, here, lives
from mixreal.runs import write_json, write_text
from mixreal.studio.workspace import HIDDEN, Workspace

State = Literal["running", "done", "failed", "cancelled", "died"]
COMMAND, PROCESS, LOG, PROGRESS, CANCEL, EXIT = "command.json", "process.json", "log", "progress.json", "cancel", \
    "exit.json"
STARTING = 60.0  # seconds within which a job has to say that it lives
TAIL = 64 << 10  # bytes of a log that are read


@dataclass(frozen=True)
class Progress:
    """What a job says of the work it is at."""

    label: str
    unit: str
    done: int
    total: int
    rate: float  # a second
    left: float  # seconds; infinite where the rate is 0

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total > 0 else 0.0


@dataclass(frozen=True)
class Job:
    """A job as its folder tells it."""

    id: str
    folder: Path
    argv: tuple[str, ...]  # as behind `mixreal`
    title: str
    started: float  # seconds since the epoch
    state: State
    code: int | None  # exit code, once it has one
    stopping: bool  # asked to stop, still running
    progress: Progress | None
    said: str  # the last thing it said of itself, "" if nothing
    ended: float | None = None

    @property
    def out(self) -> str:
        """The folder that it writes, as its arguments name it; "" if none."""
        return option(self.argv, "--out")


def start(workspace: Workspace, argv: Sequence[str], title: str = "") -> Job:
    """Run `mixreal ARGV...` in a process of its own, in the workspace's root."""
    folder = _new_folder(workspace)
    write_json(folder / COMMAND, {"argv": list(argv), "title": title or " ".join(argv[:1]), "asked": time.time(),
                                  "data": str(workspace.data) if workspace.data else ""})
    environment = dict(os.environ) | {"PYTHONUNBUFFERED": "1"}
    if workspace.data:
        environment["MIXREAL_DATA"] = str(workspace.data)
    with (folder / LOG).open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mixreal.studio.runner", str(folder)], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, cwd=workspace.root, env=environment, start_new_session=True)
    threading.Thread(target=process.wait, daemon=True).start()  # so that a finished one does not linger as a zombie
    return read(workspace, folder.name)


def jobs(workspace: Workspace, commands: Sequence[str] = ()) -> list[Job]:
    """The jobs of the workspace, newest first; with `commands`, those of these commands ("render")."""
    found = []
    root = workspace.root / HIDDEN
    for name in sorted((p.name for p in root.iterdir()), reverse=True) if root.is_dir() else ():
        with suppress(BadInput):  # being removed, or damaged
            job = read(workspace, name)
            if not commands or (job.argv and job.argv[0] in commands):
                found.append(job)
    return found


def read(workspace: Workspace, job: str) -> Job:
    """How a job stands. `BadInput` for one that is not there, or whose folder is damaged."""
    folder = _folder(workspace, job)
    command = _json(folder / COMMAND)
    if not isinstance(command.get("argv"), list):
        raise BadInput(f"no job {job!r}: it was removed, or its folder is damaged")
    process, ending = _json(folder / PROCESS), _json(folder / EXIT)
    there = not ending and _lives(folder, process, float(command.get("asked", 0)))
    if not ending and not there:
        ending = _json(folder / EXIT)  # it may have ended between our two looks
    wished = (folder / CANCEL).exists()
    state = _state(there, ending, wished)
    code = ending.get("code") if ending else None
    return Job(job, folder, tuple(map(str, command["argv"])), str(command.get("title", "")),
               float(command.get("asked", 0)), state, code, wished and state == "running", _progress(folder),
               _said(folder, state), ending.get("ended"))


def cancel(workspace: Workspace, job: str, *, now: bool = False) -> None:
    """Ask a job to stop, as Ctrl-C does: it keeps what is finished. `now` ends it at once, whatever it is at.

    `BadInput` for a job of another machine, whose process nobody here can reach.
    """
    found = read(workspace, job)
    if found.state != "running":
        return
    process = _json(found.folder / PROCESS)
    if process and not here(process):
        raise BadInput(f"{found.title} is run by {_elsewhere(process)}, which cannot be reached from here: stop it "
                       f"there, or wait: if it is gone, that is seen within {SILENT:.0f} s")
    write_text(found.folder / CANCEL, "")
    pid = process.get("pid")
    # A job that has not said its process yet looks for `cancel` as soon as it has.
    if isinstance(pid, int) and lives(process, found.folder / PROCESS):
        _stop(pid, now)


def resume(workspace: Workspace, job: str) -> Job:
    """The same command again, as a new job: it goes on where the other stopped.

    One of another machine that is silent may be alive after all: then the lock of its folder keeps the new one out.
    """
    found = read(workspace, job)
    if found.state == "running":
        process = _json(found.folder / PROCESS)
        raise BadInput(f"{found.title} is still running: stop it first, or wait for it" if not process or here(process)
                       else f"{found.title} is still run by {_elsewhere(process)}: wait for it, or stop it there")
    return start(workspace, found.argv, found.title)


def log(workspace: Workspace, job: str) -> str:
    """What a job printed; of a long log its end."""
    return _tail(_folder(workspace, job) / LOG)


def read_command(folder: Path) -> list[str]:
    """The arguments that a job's folder holds."""
    argv = _json(folder / COMMAND).get("argv")
    if not isinstance(argv, list):
        raise BadInput(f"{folder} is no job's folder: it has no {COMMAND}")
    return [str(word) for word in argv]


def option(argv: Sequence[str], name: str) -> str:
    """The value behind a flag, `--out DIR` or `--out=DIR`; "" where it is absent."""
    for k, word in enumerate(argv):
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
        if word == name and k + 1 < len(argv):
            return argv[k + 1]
    return ""


def _new_folder(workspace: Workspace) -> Path:
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() // 1_000_000 % 1000:03d}-{secrets.token_hex(2)}"
    folder = workspace.root / HIDDEN / name
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise BadInput(f"cannot write to {folder.parent}: {error.strerror or error}") from None
    return folder


def _folder(workspace: Workspace, job: str) -> Path:
    if not job or "/" in job or "\\" in job or job.startswith(".") or "\0" in job:
        raise BadInput(f"no job {job!r}")
    return workspace.root / HIDDEN / job


def _state(there: bool, ending: dict[str, Any], wished: bool) -> State:
    if ending:
        return "done" if ending.get("code") == 0 else "cancelled" if ending.get("code") == 130 else "failed"
    if there:
        return "running"
    return "cancelled" if wished else "died"


def _lives(folder: Path, process: dict[str, Any], asked: float) -> bool:
    """Whether the job's process is there. One that has only been asked for is taken to be, for a while."""
    if not process:
        return time.time() - asked < STARTING
    return lives(process, folder / PROCESS)


def _elsewhere(process: dict[str, Any]) -> str:
    return f"process {process.get('pid')} on {process.get('host')} (another machine or container)"


def _stop(pid: int, now: bool) -> None:
    """Ctrl-C, or the end, for a job and the processes that it started."""
    if sys.platform == "win32":  # no signals there, and no Ctrl-C for a process without a console: it can only be ended
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL if now else signal.SIGINT)


def _progress(folder: Path) -> Progress | None:
    told = _json(folder / PROGRESS)
    try:
        left = told["left"]
        return Progress(str(told["label"]), str(told["unit"]), int(told["done"]), int(told["total"]),
                        float(told["rate"]), float("inf") if left is None else float(left))
    except (KeyError, TypeError, ValueError):
        return None


def _said(folder: Path, state: State) -> str:
    """The last line of the log that is worth telling: what went wrong, or what came out."""
    lines = [line for line in _tail(folder / LOG).splitlines() if line.strip()]
    if state in ("failed", "died"):
        told = [line for line in lines if line.startswith("mixreal: ")]
        if told:
            return told[-1].removeprefix("mixreal: ")
        process = _json(folder / PROCESS)
        if state == "died" and process and not here(process):
            return f"nothing was heard from {_elsewhere(process)} for {SILENT:.0f} s: it ended without a word"
        if state == "died":
            return "its process ended without a word: out of memory, killed, or the machine was restarted"
    return lines[-1] if lines else ""


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - TAIL, 0))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return text.partition("\n")[2] if size > TAIL else text


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}
