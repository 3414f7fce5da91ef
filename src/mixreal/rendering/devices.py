"""Starting Warp without its banner."""

import os
from functools import cache

import warp as wp


@cache
def start_warp() -> None:
    """Initialise Warp once. Its native code writes to stderr that no CUDA driver was found: a CPU's owner knows."""
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
