"""Python source parsed by one thread at a time, where CPython needs it: 3.11.0 to 3.11.7.

There the constructor of syntax trees counts its depth in one place for all threads, and two that parse at once may
fail with "SystemError: AST constructor recursion depth mismatch" (CPython issue 106905, mended in 3.11.8). NumPy
parses to read a dtype such as "(3,)f4", Warp to build a kernel, NiceGUI to read properties: threads that render meet.
"""

import ast
import sys
import threading
from functools import wraps
from typing import Any

MENDED = (3, 11, 8)

_turn = threading.RLock()  # a finalizer that runs in the midst of one may parse too


def parse_in_turn() -> None:
    """Let `ast.parse`, which all of them call, wait for its turn. Once is enough, again is nothing."""
    if sys.version_info[:3] < MENDED and not hasattr(ast.parse, "in_turn"):
        ast.parse = in_turn(ast.parse)


def in_turn(parse: Any) -> Any:
    """`parse`, one call at a time."""

    @wraps(parse)
    def waiting(*given: Any, **named: Any) -> Any:
        with _turn:
            return parse(*given, **named)

    waiting.in_turn = True  # type: ignore[attr-defined]
    return waiting
