"""The command line: finds the command, runs it, and says what went wrong in one line.

Exit codes: 0 done; 1 a fault of ours (the traceback is in a file that the line names); 2 wrong input, or a disk that
is full; 130 stopped with Ctrl-C. `MIXREAL_DEBUG=1` shows tracebacks.
"""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from mixreal.errors import BadInput, did_you_mean
from mixreal.parsing import parse_in_turn

#: Command -> what it does. Each is the module `mixreal.commands.NAME` with `run(argv)`, imported when it is asked for.
COMMANDS = {
    "demo": "limited real photos, abundant renderings: what each is worth, in one report",
    "doctor": "what works on this machine, in words",
    "render": "3D models -> a synthetic dataset on disk",
    "data": "verify, show, select, merge, import, export or fetch datasets",
    "train": "photos + models -> a classifier",
    "refine": "real and synthetic images brought together by stages of GANs",
    "predict": "a classifier on your images",
    "reproduce": "a table or figure of the paper, ours beside its numbers",
    "report": "run folders, or a recipe by name -> one HTML page and one Markdown page",
    "studio": "every latent, every job and every result, in a browser",
    "bench": "how fast this machine renders, trains and refines, beside the usual ways",
}

DONE, FAULT, WRONG, STOPPED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run `mixreal ARGV...` (the process's own arguments when None) and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    parse_in_turn()
    try:
        return _dispatch(words)
    except BadInput as error:
        return _say(str(error), WRONG)
    except KeyboardInterrupt:
        return _say("stopped; run the same command again to go on", STOPPED)
    except BrokenPipeError:  # the reader of our output, `head` say, has had enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (what is still buffered goes nowhere)
        return DONE
    except Exception as error:
        if os.environ.get("MIXREAL_DEBUG"):
            raise
        known = _known_trouble(error)
        return _say(known, WRONG) if known else _say(_fault(error), FAULT)


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return DONE
    if words[0] in ("-V", "--version"):
        print(f"mixreal {installed_version()}")
        return DONE
    if words[0] not in COMMANDS:
        raise BadInput(f"no command {words[0]!r}: {did_you_mean(words[0], COMMANDS)}")
    run = import_module(f"mixreal.commands.{words[0]}").run
    code: int = run(words[1:])
    return code


def installed_version() -> str:
    """The version of the installed package; "not installed" when it runs from its source folder."""
    try:
        return version("mixreal")
    except PackageNotFoundError:
        return "(not installed)"


def _help() -> str:
    lines = ["usage: mixreal COMMAND [OPTIONS]", "",
             "Image classifiers from limited real and abundant synthetic images.", ""]
    lines += [f"  {name:<9} {what}" for name, what in COMMANDS.items()]
    lines += ["", "mixreal COMMAND --help tells a command's options."]
    return "\n".join(lines)


def _say(message: str, code: int) -> int:
    print("mixreal: " + " ".join(message.split()), file=sys.stderr, flush=True)
    return code


def _known_trouble(error: BaseException) -> str:
    """What the machine, rather than the program, has run into; "" when it is none of these."""
    if isinstance(error, OSError):
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"the disk is full{where}: free some space and run the same command again; what is finished is kept"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"no permission{where}: give a folder that you may write to, or files that you may read"
        if error.errno in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR):
            return f"a file stands where a folder is meant, or a folder where a file is{where}: give another path"
        if error.errno == errno.ENAMETOOLONG:
            return f"a file name is too long{where}: give a shorter one"
    if isinstance(error, RuntimeError) and "home directory" in str(error):  # Path.expanduser of ~nobody
        return "a path begins with ~ and there is no such user's home: write the folder out"
    # Torch's own: torch.OutOfMemoryError on CUDA, "can't allocate memory" on CPUs, both RuntimeErrors.
    torches = isinstance(error, RuntimeError) and (type(error).__name__ == "OutOfMemoryError"
                                                   or "allocate memory" in str(error))
    if isinstance(error, MemoryError) or torches:
        return "out of memory: ask for less at a time: smaller images (--size), fewer of them, or a smaller minibatch"
    return ""


def _fault(error: BaseException) -> str:
    what = f"{type(error).__name__}: {error}"
    try:
        handle, name = tempfile.mkstemp(prefix="mixreal-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            traceback.print_exception(error, file=log)
    except OSError:
        return f"a fault of ours: {what} (MIXREAL_DEBUG=1 shows where)"
    return f"a fault of ours: {what} (the traceback is in {name})"
