"""Devices to render on: starting Warp without its banner, and which CUDA devices there are."""

import os
from functools import cache

import warp as wp

from mixreal.errors import BadInput
from mixreal.parsing import parse_in_turn


@cache
def start_warp() -> None:
    """Initialise Warp once. Its native code writes to stderr that no CUDA driver was found: a CPU's owner knows."""
    parse_in_turn()
    wp.config.quiet = True
    wp.config.log_level = wp.LOG_ERROR
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        wp.init()
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def checked_device(asked: str) -> str:
    """"cpu", or the Warp name of a CUDA device that is there; else `BadInput`."""
    if asked == "cpu":
        return asked
    start_warp()
    number = asked.removeprefix("cuda").removeprefix(":") or "0"
    if not asked.startswith("cuda") or not number.isdigit():
        raise BadInput(f"--device {asked!r}: expected cpu, cuda or cuda:0, cuda:1, ...")
    found = wp.get_cuda_device_count() if wp.is_cuda_available() else 0
    if int(number) >= found:
        raise BadInput(f"--device {asked}: Warp finds {found or 'no'} CUDA device{'' if found == 1 else 's'} here: "
                       "run it on a machine with an NVIDIA GPU and its driver, or leave --device out")
    return f"cuda:{number}"


def device_or_cpu(asked: str) -> str:
    """`checked_device`, or the CPU where that is not here."""
    try:
        return checked_device(asked)
    except BadInput:
        return "cpu"
