"""Two processes share each minibatch: their averaged steps are those of one."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mixreal.errors import BadInput
from mixreal.refining import parallel
from mixreal.refining.mrgan import refine
from mixreal.refining.spec import preset
from mixreal.refining.translating import GENERATORS
from tiny import tiny

pytestmark = pytest.mark.slow

#: Nothing that depends on who shares a minibatch with whom: no batch norm, no draws for each image, plain sums.
SPEC = replace(preset("fast"), generator="c3s1-4,d8,R8,u4,c3s1-3", discriminator="C4,C8", batch=6, iterations=4,
               pretrain_g=2, pretrain_d=2, checkpoints=1, probes=0, judge_steps=1, norm="instance", d_norm="none",
               smooth_target=(1.0, 1.0), smooth_source=(0.0, 0.0), flip=0.0, d_augment=(), label_augment=(), init="he",
               label_judges=1, kernels="plain")

WORKER = """
import sys
sys.path[:0] = {path!r}
import torch
torch.set_num_threads(1)
from test_parallel import SPEC, refine, tiny
from mixreal.refining import parallel
with parallel.joined("cpu"):
    cpu, second = torch.device("cpu"), parallel.rank() == 1
    assert parallel.any_of(second, cpu) and not parallel.any_of(False, cpu)
    refine(tiny("real", 12), tiny("synthetic", 18), ["R-S"], SPEC, {folder!r}, device="cpu")
"""


@pytest.mark.skipif(sys.platform == "win32" or not torch.distributed.is_gloo_available(), reason="needs gloo")
def test_two_processes_are_as_one(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(WORKER.format(path=[str(Path(__file__).parent), *sys.path], folder=str(tmp_path / "two")))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(script)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    alone = refine(tiny("real", 12), tiny("synthetic", 18), ["R-S"], SPEC, tmp_path / "one", device="cpu")
    one = alone.stages[0].folder
    (two,) = (tmp_path / "two").glob("1-R-S-*")
    ours, theirs = load_file(one / GENERATORS), load_file(two / GENERATORS)
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-2, atol=5e-5)


def test_alone_everything_is_ones_own() -> None:
    assert parallel.rank() == 0 and parallel.share(7) == slice(0, 7)
    parallel.wait()
    with parallel.joined():
        assert parallel.rank() == 0


def test_a_minibatch_that_cannot_be_shared_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_several", lambda: True)
    monkeypatch.setattr(parallel.dist, "get_world_size", lambda: 4)
    with pytest.raises(BadInput, match="use a multiple of 4"):
        parallel.share(6)
