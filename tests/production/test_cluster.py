"""Ray: the same bytes as a process pool, a killed worker costs its shard, folders that are shared and that are not."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mixreal.datasets import shards
from mixreal.datasets.dataset import check
from mixreal.datasets.produce import fill
from mixreal.errors import BadInput
from mixreal.production import cluster
from mixreal.production.cluster import connected, ray_address
from mixreal.spec import RenderSpec
from standin import content

pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="looks at processes by ps")]

SPEC = RenderSpec(images=200, size=16, procedural=2, classes=("airplane", "car"), samples=1)


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    """A cluster of this machine for two workers of one core each."""
    with connected("ray", 2) as ray:
        yield ray


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 8)


@pytest.fixture(scope="module")
def by_processes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here") / "d"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shards, "SHARD", 8)
        fill(SPEC, folder, threads=1, processes=2)
    return folder


def workers() -> list[int]:
    """Process numbers of our cluster's workers that render: descendants of ours."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in table.splitlines()]
    ours, before = {os.getpid()}, 0
    while len(ours) > before:
        before = len(ours)
        ours |= {int(row[0]) for row in rows if int(row[1]) in ours}
    return [int(row[0]) for row in rows if int(row[0]) in ours and len(row) == 3 and "_render_shard" in row[2]]


def test_the_same_bytes_though_a_worker_is_killed_midway(tmp_path: Path, ray: Any, by_processes: Path) -> None:
    done, killed = [0], [0]

    def on_progress(images: int) -> None:
        done[0] += images
        if done[0] >= 40 and not killed[0]:
            while not (busy := workers()):  # between two tasks
                pass
            killed[0] = busy[0]
            os.kill(killed[0], signal.SIGKILL)

    fill(SPEC, tmp_path / "d", on="ray", on_progress=on_progress)
    assert killed[0] and done[0] == 200
    here, there = content(tmp_path / "d"), content(by_processes)
    assert sorted(here) == sorted(there)
    assert here == there


def test_stopped_and_gone_on_with(tmp_path: Path, ray: Any, by_processes: Path) -> None:
    def stop(images: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(SPEC, tmp_path / "d", on="ray", on_progress=stop)
    finished = shards.finished_shards(tmp_path / "d")
    assert 1 <= len(finished) < 25 and not shards.is_done(tmp_path / "d")
    fill(SPEC, tmp_path / "d", on="ray")
    assert content(tmp_path / "d") == content(by_processes)


def test_a_folder_that_workers_do_not_see_is_written_by_the_main_process(
        tmp_path: Path, ray: Any, by_processes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on another machine, where no file at the lock's path is ours: workers send their shards back."""
    written: list[str] = []
    monkeypatch.setattr(cluster, "THIS_PROCESS", "a holder that no lock file names")
    kept = shards.write_files

    def write_files(folder: Path, files: shards.Files) -> None:
        written.extend(name for name, _ in files)
        kept(folder, files)

    monkeypatch.setattr(shards, "write_files", write_files)
    fill(SPEC, tmp_path / "d", on="ray")
    assert len(written) == 3 * 25
    assert content(tmp_path / "d") == content(by_processes)


def test_uploaded_by_workers(tmp_path: Path, ray: Any, by_processes: Path) -> None:
    fill(SPEC, f"local://{tmp_path}/d", on="ray")
    assert content(tmp_path / "d") == content(by_processes) and check(tmp_path / "d") == []


def test_models_that_changed_since_the_main_process_looked_are_told(
        tmp_path: Path, ray: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mixreal.datasets import produce as producing

    def other(spec: RenderSpec) -> RenderSpec:
        return replace(spec, procedural=3)  # as if a model had been added

    monkeypatch.setattr(producing, "anywhere", other)
    with pytest.raises(BadInput, match=r"models or assets changed while they were being rendered .*models: "):
        fill(SPEC, tmp_path / "d", on="ray")
    assert not shards.finished_shards(tmp_path / "d")


@pytest.mark.parametrize(("on", "address"), [
    ("ray", None), ("ray:auto", "auto"), ("ray:head:6379", "head:6379"), ("ray://head:10001", "ray://head:10001")])
def test_addresses(on: str, address: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert ray_address(on) == address
    monkeypatch.setenv("RAY_ADDRESS", "head:6379")
    assert ray_address("ray") == "head:6379"


@pytest.mark.parametrize("on", ["slurm", "ray:", "ray://", "rays"])
def test_what_is_no_address_is_told(on: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected ray"):
        fill(SPEC, tmp_path / "d", on=on)
