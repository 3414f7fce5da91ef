"""Worker processes: one that dies costs its shard, one that cannot go on says why; GPUs that are not there."""

import subprocess
import sys
from pathlib import Path

import pytest

from mixreal.datasets import shards
from mixreal.datasets.dataset import check
from mixreal.datasets.produce import fill
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from standin import content

PROGRAM = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
import mixreal
from mixreal.errors import BadInput
from standin import Fake

trap = Path({trap!r})

class Trapped(Fake):
    def render(self, synthesis, scenes):
        if {at} in scenes.index:
            {what}
        return super().render(synthesis, scenes)

mixreal.synthesis = sys.modules["mixreal.synthesis"] = Trapped()
if __name__ == "__main__":
    from mixreal.datasets import shards
    from mixreal.datasets.produce import fill
    from mixreal.spec import RenderSpec
    shards.SHARD = 8
    try:
        told = []
        fill(RenderSpec(images=80, size=8), {folder!r}, threads=1, processes={processes}, on_progress=told.append)
        print(sum(told), sum(count for count in told if count > 0))
    except Exception as error:
        print(type(error).__name__, error)
"""


def rendered(folder: Path, what: str = "pass", processes: int = 2, at: int = 21) -> tuple[str, str]:
    """stdout and stderr of a program that renders 80 images in ten shards and does something at image `at`."""
    program = folder.with_suffix(".py")
    tests = str(Path(__file__).parents[1])
    program.write_text(PROGRAM.format(tests=tests, trap=str(folder.with_suffix(".trap")), folder=str(folder),
                                      processes=processes, at=at, what=what))
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout.strip(), done.stderr.strip()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_worker_that_dies_costs_its_shard_only(tmp_path: Path) -> None:
    told, _ = rendered(tmp_path / "one", processes=1)
    assert told == "80 80"
    die_once = "trap.exists() or (trap.touch(), os.kill(os.getpid(), signal.SIGKILL))"
    told, said = rendered(tmp_path / "two", die_once)
    assert told == "80 80"  # its shard was one range, of which nothing was told
    assert said == "a rendering process ended (SIGKILL, out of memory?): shard 2 is rendered again"
    assert content(tmp_path / "one") == content(tmp_path / "two")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_a_shard_that_ends_every_process_is_given_up_and_the_others_kept(tmp_path: Path) -> None:
    told, said = rendered(tmp_path / "d", "os.kill(os.getpid(), signal.SIGKILL)", at=79)
    assert told.startswith("BadInput 3 rendering processes have ended over shard 9 (SIGKILL, out of memory?): run the")
    assert said.count("rendered again") == 2
    assert shards.finished_shards(tmp_path / "d") == set(range(9))
    assert rendered(tmp_path / "d")[0] == "8 8"  # run again: only what is missing
    assert check(tmp_path / "d") == []


@pytest.mark.slow
def test_what_goes_wrong_in_a_worker_is_told_by_the_main_process(tmp_path: Path) -> None:
    told, said = rendered(tmp_path / "bad", 'raise BadInput("the disk is full: make room")')
    assert (told, said) == ("BadInput the disk is full: make room", "")
    told, _ = rendered(tmp_path / "fault", "1 / 0")
    assert told == "RuntimeError ZeroDivisionError: division by zero"
    told, _ = rendered(tmp_path / "memory", "raise MemoryError")
    assert told == "MemoryError"
    assert rendered(tmp_path / "memory")[0].startswith(("72", "64", "56", "80"))
    assert check(tmp_path / "memory") == []


def test_gpus_where_there_are_none_are_told(tmp_path: Path) -> None:
    from mixreal.rendering import devices

    devices.start_warp()
    if devices.wp.get_cuda_device_count() > 7:
        pytest.skip("this machine has eight GPUs")
    with pytest.raises(BadInput, match=r"cuda:7: Warp finds .* CUDA device"):
        fill(RenderSpec(images=8, size=8), tmp_path / "d", gpus=(7,))
    with pytest.raises(BadInput, match="a process for each"):
        fill(RenderSpec(images=8, size=8), tmp_path / "d", gpus=(0, 0))
    with pytest.raises(BadInput, match="without --processes"):
        fill(RenderSpec(images=8, size=8), tmp_path / "d", gpus=(0,), processes=2)
    assert not (tmp_path / "d").exists()


@pytest.mark.gpu
@pytest.mark.slow
def test_a_gpu_renders_the_same_by_a_process_of_its_own(tmp_path: Path) -> None:
    from mixreal.rendering import devices

    devices.start_warp()
    if not devices.wp.is_cuda_available():
        pytest.skip("no CUDA device here")
    spec = RenderSpec(images=64, size=16, procedural=2, classes=("airplane", "car"), samples=1)
    fill(spec, tmp_path / "here", device="cuda:0")
    fill(spec, tmp_path / "there", gpus=(0,))
    assert content(tmp_path / "here") == content(tmp_path / "there")


def test_a_script_without_a_guard_is_told_what_it_lacks(tmp_path: Path, meshes: Path) -> None:
    """Each process reads the script again as it starts."""
    (tmp_path / "mine.py").write_text(
        "from mixreal.datasets.produce import fill\n"
        "from mixreal.spec import RenderSpec\n"
        f"fill(RenderSpec(models={str(meshes)!r}, images=2048, size=8, samples=1), 'out', processes=2, threads=1)\n")
    done = subprocess.run([sys.executable, "mine.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith('below `if __name__ == "__main__":`')
    assert "reads your script again" in done.stderr and done.stderr.count("Traceback") == 1  # the script's own
