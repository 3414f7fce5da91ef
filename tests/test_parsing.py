"""Parsing in turn: threads that parse at once get their trees, on the CPython that fails at it too."""

import ast
import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mixreal.parsing import in_turn, needed, parse_in_turn

SOURCE = "def f(x):\n" + "    x = (1 + 2) * [x, (3, 4)]\n" * 20


@pytest.fixture
def restless() -> Iterator[None]:
    """Collections in the midst of a parse, each of which lets the other threads run."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()

    def look(*_: Any) -> None:
        sum(range(30))

    gc.callbacks.append(look)
    gc.set_threshold(50)
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)
    gc.callbacks.remove(look)


def _troubles(parse: Callable[[str], ast.AST], threads: int = 3, times: int = 60) -> list[str]:
    found: list[str] = []

    def go() -> None:
        for _ in range(times):
            try:
                parse(SOURCE)
            except SystemError as trouble:
                found.append(str(trouble))

    all_of_them = [threading.Thread(target=go) for _ in range(threads)]
    for thread in all_of_them:
        thread.start()
    for thread in all_of_them:
        thread.join()
    return found


def _bare(source: str) -> ast.AST:
    tree: ast.AST = compile(source, "<here>", "exec", ast.PyCF_ONLY_AST)
    return tree


def test_in_turn_no_thread_fails(restless: None) -> None:
    assert _troubles(in_turn(_bare)) == []


@pytest.mark.skipif(not needed() or sys.version_info >= (3, 12), reason="mended in this CPython")
def test_at_once_they_do_fail(restless: None) -> None:
    found = next(filter(None, (_troubles(_bare) for _ in range(20))), [])  # some ten in the first round
    assert found and all("recursion depth mismatch" in trouble for trouble in found)


def test_only_where_it_is_needed_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def plain(source: str) -> str:
        return source[::-1]

    monkeypatch.setattr(ast, "parse", plain)
    monkeypatch.setattr(sys, "version_info", (3, 11, 8, "final", 0))
    parse_in_turn()
    assert ast.parse is plain
    monkeypatch.setattr(sys, "version_info", (3, 11, 7, "final", 0))
    parse_in_turn()
    waiting = ast.parse
    assert waiting is not plain and waiting("abc") == "cba"
    parse_in_turn()
    assert ast.parse is waiting


def test_the_renderer_the_commands_and_the_studio_do(tmp_path: Path) -> None:
    """Whoever renders, or opens a page, has it: nothing has to be asked for."""
    for source in ("from mixreal.rendering.devices import start_warp; start_warp()",
                   "from mixreal.cli import main; main(['--version'])",
                   "from mixreal.studio.app import build; from mixreal.studio.workspace import open_workspace as at; "
                   "build(at('.'), 'token')"):
        done = subprocess.run([sys.executable, "-c", f"{source}\nimport ast; print(hasattr(ast.parse, 'in_turn'))"],
                              capture_output=True, text=True, check=True, cwd=tmp_path)
        assert done.stdout.split()[-1] == str(needed())
