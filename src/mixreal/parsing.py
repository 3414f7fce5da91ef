"""Python source parsed by one thread at a time, where CPython needs it: before 3.11.8 and, of 3.12, before 3.12.2.

There the constructor of syntax trees counts its depth in one place for all threads, and two that parse at once may
fail with "SystemError: AST constructor recursion depth mismatch" (CPython issue 106905). NumPy parses to read an .npy
header or a dtype such as "(3,)f4", Warp to build a kernel, NiceGUI to read properties: threads that render meet.
"""

import ast
import sys
import threading
from functools import wraps
from typing import Any

_turn = threading.RLock()  # a finalizer that runs in the midst of one may parse too


def parse_in_turn() -> None:
    """Let `ast.parse`, which all of them call, wait for its turn. Once is enough, again is nothing."""
    if needed() and not hasattr(ast.parse, "in_turn"):
        ast.parse = in_turn(ast.parse)


def needed() -> bool:
    """Whether this CPython has the fault."""
    return sys.version_info[:3] < (3, 11, 8) or (3, 12) <= sys.version_info[:3] < (3, 12, 2)


def in_turn(parse: Any) -> Any:
    """`parse`, one call at a time."""

    @wraps(parse)
    def waiting(*given: Any, **named: Any) -> Any:
        with _turn:
            return parse(*given, **named)

    waiting.in_turn = True  # type: ignore[attr-defined]
    return waiting
