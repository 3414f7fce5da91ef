"""A render killed again and again: nothing finished is lost, and the end is the same, byte by byte.

    python -m mixreal.benchmarks.kills --kills 30 --images 60000 --processes 3 -o kills

renders a dataset unbroken, then once more with `kill -9` at random moments: of all its processes, of the main one, or
of one worker; started again each time. Prints one line and writes kills.json; exit code 1 if the two differ.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import tyro

from mixreal.commands.parse import parse
from mixreal.datasets import shards
from mixreal.datasets.dataset import check
from mixreal.datasets.produce import fill
from mixreal.errors import BadInput
from mixreal.production.ranges import ranges_of
from mixreal.runs import write_json
from mixreal.spec import RenderSpec

WHAT = ("all", "main", "worker")
LATER = 3.0  # seconds: a kill comes up to so much after the shard, or the start, that it waits for
GAVE_UP = "rendering processes have ended over shard"
LEAVE = 30.0  # seconds for workers to notice that the main process is gone


@dataclass(frozen=True)
class Kills:
    """Kill a render at random moments and compare what it makes with an unbroken one."""

    out: Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="DIR")]
    kills: int = 30
    images: int = 60_000
    processes: int = 3
    size: int = 32
    samples: int = 4
    models: int = 10  # procedural ones a class
    seed: int = 0  # of the moments


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    images: int
    shards: int
    processes: int
    killed: dict[str, int]  # what -> how often
    equal: bool  # checksums of every file to those of the unbroken run, and nothing else in the folder
    rewritten: int  # finished shards that were rendered again
    lost: int  # images that workers had told of, lost by kills and rendered again; beside those
    under_way: int  # images at most that a kill met half-rendered: a range for each process that it ended
    given_up: int  # starts that gave up, three of their workers killed over one shard; started again like the others
    seconds: float  # of all runs together, starts included
    seconds_unbroken: float

    def __str__(self) -> str:
        how = ", ".join(f"{count} of {what}" for what, count in self.killed.items())
        most = self.lost + self.under_way
        return (f"{sum(self.killed.values())} x kill -9 ({how}) in {self.images:,} images on {self.processes} "
                f"processes: checksums {'equal' if self.equal else 'DIFFER'}; {self.rewritten} of {self.shards} "
                f"finished shards rendered again; {self.lost:,} to {most:,} images "
                f"({100 * self.lost / self.images:.1f} to {100 * most / self.images:.1f}%) lost and rendered again; "
                f"gave up and was started again {self.given_up} times; "
                f"{self.seconds:,.0f} s with all starts, {self.seconds_unbroken:,.0f} s unbroken")


def measure(asked: Kills, start: Callable[[Path], "subprocess.Popen[bytes]"] | None = None) -> Outcome:
    """Both runs, in `asked.out`: below "unbroken" and "killed", made anew.

    start: starts a render into a folder, in a session of its own, which writes FOLDER.tally as `render` does.
    """
    start = start or partial(_start, asked)
    root, rng = Path(asked.out), random.Random(asked.seed)
    if root.exists() and any(root.iterdir()):
        raise BadInput(f"{root} is not empty: give a new folder")
    root.mkdir(parents=True, exist_ok=True)
    begin = time.monotonic()
    _wait(start(root / "unbroken"))
    unbroken = time.monotonic() - begin
    header = shards.read_header(root / "unbroken")
    killed, begin = dict.fromkeys(WHAT, 0), time.monotonic()
    first_seen: dict[str, int] = {}
    now: dict[str, int] = {}
    running, given_up = start(root / "killed"), 0

    def going() -> bool:
        """Whether it renders; started again if it gave up, as it does after three workers killed over one shard."""
        nonlocal running, given_up
        if running.poll() is None:
            return True
        assert running.stderr is not None  # asked for
        said = "" if running.stderr.closed else running.communicate()[1].decode(errors="replace")
        if not running.returncode:
            return False
        if GAVE_UP not in said:
            raise BadInput(f"the render failed (exit code {running.returncode}): {said.strip().splitlines()[-1:]}")
        running, given_up = start(root / "killed"), given_up + 1
        return True

    for moment in sorted(rng.randrange(max(header.shards - asked.processes, 1)) for _ in range(asked.kills)):
        what, later = rng.choice(WHAT), rng.uniform(0, LATER)
        while going() and _look(root / "killed", first_seen) < moment:
            time.sleep(0.02)
        for _ in range(int(later / 0.02)):  # but not beyond the last shards: all kills should meet something
            if going() and _look(root / "killed", first_seen) < header.shards - asked.processes:
                time.sleep(0.02)
        if not going():
            break
        hit = _kill(running, what, rng)
        if not hit:
            break
        killed[hit] += 1
        if running.poll() is not None:
            running = start(root / "killed")
    while going():
        time.sleep(0.02)
    seconds = time.monotonic() - begin
    _look(root / "killed", now)
    rewritten = sum(now.get(name) != seen for name, seen in first_seen.items())
    told = sum(map(int, (root / "killed.tally").read_text().split()))
    ended = killed["worker"] + asked.processes * (killed["all"] + killed["main"])
    outcome = Outcome(header.images, header.shards, asked.processes, killed,
                      _equal(root / "unbroken", root / "killed"), rewritten, max(told - header.images, 0),
                      ended * len(next(ranges_of(header, 0))), given_up, round(seconds, 1), round(unbroken, 1))
    write_json(root / "kills.json", asdict(outcome))
    return outcome


def render(arguments: str) -> None:
    """What is killed: `mixreal render` in effect, which also notes every range that a worker tells of."""
    asked, folder = Kills(**json.loads(arguments)[0]), Path(json.loads(arguments)[1])
    spec = RenderSpec(images=asked.images, size=asked.size, samples=asked.samples, procedural=asked.models)
    fill(spec, folder, threads=1, processes=asked.processes, on_progress=partial(note, folder))


def note(folder: Path, images: int) -> None:
    """Add the images of a range to the tally beside a folder; those that died with a worker stay in it."""
    if images > 0:
        with open(folder.with_suffix(".tally"), "a", encoding="ascii") as tally:
            tally.write(f"{images}\n")


def _start(asked: Kills, folder: Path) -> "subprocess.Popen[bytes]":
    code = "import sys; from mixreal.benchmarks.kills import render; render(sys.argv[1])"
    return subprocess.Popen([sys.executable, "-c", code, json.dumps([asdict(asked), str(folder)])],
                            stderr=subprocess.PIPE, start_new_session=True)


def _wait(running: "subprocess.Popen[bytes]") -> None:
    said = running.communicate()[1].decode(errors="replace")
    if running.returncode:
        raise BadInput(f"the render failed (exit code {running.returncode}): {said.strip().splitlines()[-1:]}")


def _kill(running: "subprocess.Popen[bytes]", what: str, rng: random.Random) -> str:
    """Kill something of it; returns what, "" if it has ended by itself."""
    while what == "worker" and running.poll() is None:
        workers = _workers(running.pid)
        if workers:
            os.kill(rng.choice(workers), signal.SIGKILL)
            return "worker"
        time.sleep(0.02)  # it has none yet
    if running.poll() is not None:
        return ""
    if what == "all":
        os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()
    running.communicate()
    for _ in range(int(LEAVE / 0.05)):
        try:
            os.killpg(running.pid, 0)
        except ProcessLookupError:
            return "all" if what == "all" else "main"
        time.sleep(0.05)
    raise BadInput(f"processes of group {running.pid} live on after their main process")


def _workers(group: int) -> list[int]:
    """The worker processes of a render."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,pgid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in table.splitlines()]
    return [int(row[0]) for row in rows if len(row) == 3 and row[1] == str(group) and "spawn_main" in row[2]]


def _look(folder: Path, seen: dict[str, int]) -> int:
    """How many shards are finished; notes when each was written, as far as that is new."""
    for path in folder.glob("shard-*.json"):
        seen.setdefault(path.name, path.stat().st_mtime_ns)
    return len(seen)


def _equal(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files, all of them as their checksums say."""
    names = sorted(path.name for path in one.iterdir())
    return (names == sorted(path.name for path in other.iterdir()) and not check(one) and not check(other)
            and all((one / name).read_bytes() == (other / name).read_bytes() for name in names))


def main(argv: Sequence[str]) -> int:
    """Measure, print, and tell by the exit code."""
    outcome = measure(parse(Kills, argv, "kills"))
    print(outcome)
    return 0 if outcome.equal and not outcome.rewritten else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadInput as wrong:
        sys.exit(f"kills: {wrong}")
