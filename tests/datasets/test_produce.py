"""Producing datasets: the same bytes however the work is split or interrupted, and mistakes that are noticed."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mixreal.datasets import shards
from mixreal.datasets.dataset import check, read
from mixreal.datasets.produce import produce, verify
from mixreal.errors import BadInput
from mixreal.production import ranges, verifying
from mixreal.spec import RenderSpec
from standin import SPEC, Fake, Standin, content, in_place


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    monkeypatch.setattr(ranges, "BATCH", 4)
    return in_place(monkeypatch, shard=16)


def test_what_was_drawn_is_what_is_read(tmp_path: Path, fake: Fake) -> None:
    dataset = produce(SPEC, tmp_path)
    assert (len(dataset), dataset.domain, dataset.classes) == (50, "synthetic", ("car", "horse", "train"))
    assert dataset.index.tolist() == list(range(50))
    scenes = fake.draw(Standin(SPEC), np.arange(50))
    assert np.array_equal(dataset.images, fake.render(Standin(SPEC), scenes).rgb)
    assert np.array_equal(dataset.latents["camera.elevation"], scenes.noise)
    assert dataset.labels.tolist() == [i % 3 for i in range(50)]
    assert set(dataset.latents) == {"model", "camera.elevation", "light.off"}
    assert verify(tmp_path).problems == []


def test_any_number_of_threads_gives_equal_bytes(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    produce(SPEC, tmp_path / "one", threads=1)
    monkeypatch.setattr(ranges, "BATCH", 7)
    produce(SPEC, tmp_path / "many", threads=5)
    assert content(tmp_path / "one") == content(tmp_path / "many")


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError("broken"), MemoryError()])
def test_interrupted_and_continued_gives_the_same_bytes(tmp_path: Path, fake: Fake, failure: BaseException) -> None:
    produce(SPEC, tmp_path / "unbroken")
    fake.rendered.clear()
    fake.fail_at, fake.failure = 37, failure
    with pytest.raises(type(failure)):
        produce(SPEC, tmp_path / "broken", threads=2)
    assert shards.finished_shards(tmp_path / "broken") == {0, 1}
    with pytest.raises(BadInput, match=r"unfinished \(2 of 4 shards\)"):
        read(tmp_path / "broken")
    assert "not finished" in check(tmp_path / "broken")[0]
    fake.fail_at = None
    fake.rendered.clear()
    done: list[int] = []
    produce(SPEC, tmp_path / "broken", on_progress=done.append)
    assert sorted(fake.rendered) == list(range(32, 50))
    assert sum(done) == 18
    assert content(tmp_path / "broken") == content(tmp_path / "unbroken")


def test_a_finished_dataset_is_not_rendered_again_and_a_damaged_one_is_mended(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path)
    before = content(tmp_path)
    fake.rendered.clear()
    produce(SPEC, tmp_path)
    assert fake.rendered == []
    (tmp_path / "rows-00001.parquet").unlink()
    (tmp_path / "images-00002.npy").write_bytes(b"")
    (tmp_path / ".images-00002.npy.77.tmp").write_bytes(b"left by a killed process")
    produce(SPEC, tmp_path)
    assert sorted(fake.rendered) == list(range(16, 48))
    assert content(tmp_path) == before


def test_another_spec_in_the_folder_is_told_by_its_keys(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path)
    with pytest.raises(BadInput, match=r"identity\.seed: 1 asked, 0 in the folder.*another folder"):
        produce(replace(SPEC, seed=1), tmp_path)
    with pytest.raises(BadInput, match=r'identity\.ranges\.camera\.elevation: 5 asked, "nothing" in the folder'):
        produce(replace(SPEC, ranges={"camera.elevation": 5}), tmp_path)


def test_verify_finds_wrong_labels_latents_and_pixels_with_right_checksums(tmp_path: Path, fake: Fake) -> None:
    produce(SPEC, tmp_path)
    images = np.array(shards.open_images(tmp_path, 1))
    rows = {name: np.array(values) for name, values in shards.read_rows(tmp_path, 1).items()}
    images[:, 0, 0] += 1
    rows["label"][3] = (rows["label"][3] + 1) % 3
    rows["camera.elevation"][5:7] += 1
    shards.write_shard(tmp_path, 1, images, rows)
    assert check(tmp_path) == []
    problems = verify(tmp_path).problems
    assert any("'label' is wrong in 1 of images 16-31, first in image 19" in problem for problem in problems)
    assert any("'camera.elevation' is wrong in 2 of images 16-31" in problem for problem in problems)
    assert any("rendered again differs by up to" in problem for problem in problems)
    assert len(problems) == 2 + 5  # two columns, and 5 of the 16 images looked at are in this shard


def test_verify_says_when_it_cannot_draw_again(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    produce(SPEC, tmp_path)
    monkeypatch.setattr(Standin, "identity", {"models": "new digest"})
    assert any('identity.models: "new digest" asked' in problem for problem in verify(tmp_path).problems)

    def gone(*args: Any) -> None:
        raise BadInput("there is no folder meshes")

    monkeypatch.setattr(fake, "prepare", gone)
    found = verify(tmp_path)  # the dataset may have been moved: it is as whole as it was
    assert found.problems == [] and "cannot be drawn again here" in found.notes[0]
    assert "there is no folder meshes" in found.notes[0]
    (tmp_path / "done").unlink()
    assert verify(tmp_path).problems == ["not finished: run the command that made it again"]


def test_verify_looks_at_what_it_can_without_the_device_that_rendered(tmp_path: Path, fake: Fake,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    produce(SPEC, tmp_path)
    header = tmp_path / "dataset.toml"
    header.write_text(header.read_text().replace('device = "cpu"', 'device = "cuda"'))
    monkeypatch.setattr(verifying, "device_or_cpu", lambda device: "cpu")
    images = np.array(shards.open_images(tmp_path, 0))
    rows = {name: np.array(values) for name, values in shards.read_rows(tmp_path, 0).items()}
    shards.write_shard(tmp_path, 0, images + 1, rows)  # as another device may round
    found = verify(tmp_path)
    assert found.problems == [] and "rendered with cuda, which is not here" in found.notes[0]
    rows["label"][3] = (rows["label"][3] + 1) % 3
    shards.write_shard(tmp_path, 0, images, rows)
    assert "'label' is wrong in 1 of images 0-15" in verify(tmp_path).problems[0]


def test_a_full_disk_is_told_before_rendering(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
        with pytest.raises(BadInput, match=r"is full: 0 MB free, 0 MB more are needed.*run the same command again"):
            produce(SPEC, tmp_path)
    assert fake.rendered == []
    produce(replace(SPEC, images=25), tmp_path)  # what was refused is not in the way of a smaller order
    assert sorted(fake.rendered) == list(range(25))


def test_numbers_that_cannot_work(tmp_path: Path, fake: Fake) -> None:
    with pytest.raises(BadInput, match="expected 1 or more"):
        produce(SPEC, tmp_path, threads=0)
    with pytest.raises(BadInput, match="expected 1 or more"):
        produce(SPEC, tmp_path, processes=0)
    with pytest.raises(BadInput, match=r"is a file|File exists"):
        produce(SPEC, Path(__file__))


def test_two_at_once_on_one_folder(tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(*args: Any) -> Any:
        started.set()
        assert go_on.wait(10)
        return Fake.render(fake, *args)

    monkeypatch.setattr(fake, "render", slow)
    first = threading.Thread(target=produce, args=(SPEC, tmp_path))
    first.start()
    assert started.wait(10)
    with pytest.raises(BadInput, match=f"being written by process {os.getpid()}"):
        produce(SPEC, tmp_path)
    go_on.set()
    first.join()
    assert verify(tmp_path).problems == []


# -- with worker processes: in a program of its own, whose main module the workers import too -----------------------

PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from standin import slowly

slowly({seconds}, 8)
if __name__ == "__main__":
    from mixreal.datasets.produce import produce
    from mixreal.spec import RenderSpec
    produce(RenderSpec(images=320, size=8), {folder!r}, threads=1, processes={processes},
            on_progress=lambda n: print(n, flush=True))
"""


def start(folder: Path, processes: int, seconds: float) -> "subprocess.Popen[str]":
    program = folder.with_suffix(".py")
    program.write_text(PROGRAM.format(tests=str(Path(__file__).parents[1]), folder=str(folder), processes=processes,
                                      seconds=seconds))
    return subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)


def nobody_left(group: int) -> bool:
    """Whether all processes of the group are gone, or are within ten seconds."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_several_processes_give_the_same_bytes_as_one(tmp_path: Path) -> None:
    for processes in (1, 3):
        done, said = start(tmp_path / str(processes), processes, 0).communicate(timeout=200)
        assert sum(map(int, done.split())) == 320, said
    assert content(tmp_path / "1") == content(tmp_path / "3")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_stopped_with_workers(tmp_path: Path, number: signal.Signals) -> None:
    """Nothing half-written is taken for whole, no worker stays, and the rest can be rendered: with the same bytes."""
    running = start(tmp_path / "d", 2, 0.1)
    assert running.stdout is not None
    for _ in range(3):  # ranges of a shard each: with the third, a worker has written its first
        assert running.stdout.readline().strip() == "8", running.communicate()
    if number == signal.SIGINT:
        os.killpg(running.pid, number)  # as a terminal does: to every process of the group
    else:
        running.kill()
    _, said = running.communicate(timeout=200)
    assert nobody_left(running.pid)
    assert running.returncode != 0
    finished = shards.finished_shards(tmp_path / "d")
    assert 1 <= len(finished) < 40
    assert check(tmp_path / "d")[0].startswith("not finished")
    if number == signal.SIGINT:
        assert said.strip().endswith("KeyboardInterrupt")
        assert said.count("Traceback") == 1  # the workers say nothing
        assert not list((tmp_path / "d").glob(".*"))
    done, said = start(tmp_path / "d", 1, 0).communicate(timeout=200)
    assert sum(map(int, done.split())) == 320 - 8 * len(finished), said
    start(tmp_path / "unbroken", 1, 0).communicate(timeout=200)
    assert content(tmp_path / "d") == content(tmp_path / "unbroken")


# -- with the renderer ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_rendered_in_one_process_and_in_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "SHARD", 16)
    spec = RenderSpec(images=40, size=16, procedural=2, classes=("airplane", "car"), samples=1)
    dataset = produce(spec, tmp_path / "one", threads=2)
    assert np.bincount(dataset.labels).tolist() == [20, 20]
    assert dataset.images.std() > 5
    assert verify(tmp_path / "one").problems == []
    produce(spec, tmp_path / "two", threads=1, processes=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert not multiprocessing.active_children()
