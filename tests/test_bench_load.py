"""How busy others keep the machine: our own children are no others."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from mixreal.benchmarks.load import _own


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="this system does not tell")
def test_children_at_work_are_our_own() -> None:
    """As a DataLoader's workers, which live on after each turn; and theirs."""
    grandchild = "import sys, time\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nsys.stdin.read()"
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {grandchild!r}])"
    before = _own() - time.process_time()
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdout.readline()
        used = _own() - time.process_time() - before
        process.stdin.close()  # both end
    assert used > 0.4
