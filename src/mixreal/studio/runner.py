"""A job's process: `python -m mixreal.studio.runner FOLDER` runs its command and leaves the exit code there."""

import os
import signal
import sys
import time
from pathlib import Path

from mixreal import lifesigns
from mixreal.cli import FAULT, STOPPED, main
from mixreal.progress import FILE
from mixreal.runs import write_json
from mixreal.studio import jobs


def work(folder: Path) -> int:
    """Run the command of a job folder in this process; returns its exit code, which is written down, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what a shell without job control starts
    write_json(folder / jobs.PROCESS, lifesigns.told())
    os.environ[FILE] = str(folder / jobs.PROGRESS)
    code = FAULT
    try:
        with lifesigns.beating(folder / jobs.PROCESS):
            code = STOPPED if (folder / jobs.CANCEL).exists() else main(jobs.read_command(folder))
    except KeyboardInterrupt:
        code = STOPPED
    except SystemExit as leaving:  # of a command that was asked for help
        code = leaving.code if isinstance(leaving.code, int) else FAULT
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the ending is written, whoever is impatient
        sys.stdout.flush()
        write_json(folder / jobs.EXIT, {"code": code, "ended": time.time()})
    return code


if __name__ == "__main__":
    sys.exit(work(Path(sys.argv[1])))
