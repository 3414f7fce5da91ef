"""A condition on a dataset's columns, as text: "label == 'horse' and camera.elevation < 30". Parsed, never run."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput, did_you_mean

EXAMPLE = "\"label == 'horse' and camera.elevation < 30\""
LONGEST = 10_000  # characters

Values = Mapping[str, NDArray[Any]]  # column name -> (n,)

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge}


@dataclass(frozen=True)
class Condition:
    """A condition, checked against the names of columns."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]  # the columns that it looks at


def parse(text: str, known: Mapping[str, Any]) -> Condition:
    """Read a condition on the columns `known`: comparisons (also chained), `in`, `and`, `or`, `not`, brackets.

    Names are columns, constants are numbers, texts in quotes, True and False. `BadInput` for anything else.
    """
    if len(text) > LONGEST:
        raise BadInput(f"--where has {len(text):,} characters: expected at most {LONGEST:,}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        names: dict[str, None] = {}
        _check(tree, text, known, names)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, BadInput):
            raise
        hint = " (equal is ==)" if "=" in text and "==" not in text else ""
        raise BadInput(f"--where {text!r} cannot be read{hint}: write for example {EXAMPLE}") from None
    if not names:
        raise BadInput(f"--where {text!r} names no column: write for example {EXAMPLE}")
    return Condition(text, tree, tuple(names))


def holds(condition: Condition, values: Values) -> NDArray[np.bool_]:
    """(n,) where the condition is true; `values` has the columns that it names. NaN fulfils no comparison but !=."""
    return _truth(condition.tree, condition.text, values)


def _check(node: ast.expr, text: str, known: Mapping[str, Any], names: dict[str, None]) -> None:
    """That a node that has to be true or false is made of what we know; the columns it names are put into `names`."""
    match node:
        case ast.BoolOp(values=parts):
            for part in parts:
                _check(part, text, known, names)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            _check(part, text, known, names)
        case ast.Compare(left=left, ops=ops, comparators=others):
            _check_operand(left, text, known, names)
            for op, other in zip(ops, others):
                if isinstance(op, (ast.In, ast.NotIn)):
                    if not isinstance(other, (ast.Tuple, ast.List)) or not other.elts:
                        raise _wrong(other, text, "a list in brackets, as in label in ('car', 'bus')")
                    for element in other.elts:
                        _check_constant(element, text)
                elif type(op) in _ORDER:
                    _check_operand(other, text, known, names)
                else:
                    raise _wrong(node, text, "==, !=, <, <=, >, >= or in")
        case ast.Name() | ast.Attribute():
            _check_operand(node, text, known, names)
        case _:
            raise _wrong(node, text, "comparisons joined by and, or, not")


def _check_operand(node: ast.expr, text: str, known: Mapping[str, Any], names: dict[str, None]) -> None:
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = _column(node, text)
        if name not in known:
            raise BadInput(f"--where {text!r}: no column {name!r}: {did_you_mean(name, known)}")
        names[name] = None
    else:
        _check_constant(node, text)


def _check_constant(node: ast.expr, text: str) -> None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        node = node.operand
        if not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
            raise _wrong(node, text, "a number after the sign")
    if not (isinstance(node, ast.Constant) and type(node.value) in (int, float, str, bool)):
        raise _wrong(node, text, "a column, a number or a text in quotes")


def _wrong(node: ast.expr, text: str, expected: str) -> BadInput:
    part = ast.get_source_segment(text.strip(), node) or type(node).__name__
    return BadInput(f"--where {text!r}: {part!r} is not understood: expected {expected}")


def _value(node: ast.expr, text: str, values: Values) -> Any:
    match node:
        case ast.BoolOp(op=op, values=parts):
            join = np.logical_and if isinstance(op, ast.And) else np.logical_or
            return reduce(join, [_truth(part, text, values) for part in parts])  # one of constants is broadcast
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ~_truth(part, text, values)
        case ast.UnaryOp(op=sign, operand=ast.Constant(value=number)):
            return -number if isinstance(sign, ast.USub) else number  # type: ignore[operator]
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            return reduce(np.logical_and,
                          [_compare(a, op, b, text, values) for a, op, b in zip(sides, ops, others)])
        case ast.Name() | ast.Attribute():
            return values[_column(node, text)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [_value(part, text, values) for part in parts]
        case ast.Constant(value=value):
            return value
    raise _wrong(node, text, "something that `parse` let through")


def _truth(node: ast.expr, text: str, values: Values) -> NDArray[np.bool_]:
    found = np.asarray(_value(node, text, values))
    if found.dtype != bool:
        raise _wrong(node, text, "a comparison, or a column of True and False")
    return found


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, text: str, values: Values) -> NDArray[np.bool_]:
    a, b = _value(left, text, values), _value(right, text, values)
    several = b if isinstance(b, list) else [b]
    words = [_is_text(a), *(_is_text(one) for one in several)]
    if len(set(words)) > 1:
        sides = " and ".join(ast.get_source_segment(text.strip(), side) or "" for side in (left, right))
        raise BadInput(f"--where {text!r}: {sides} cannot be compared: a text and a number (texts stand in quotes)")
    if isinstance(b, list):
        found = np.isin(a, b)
        return ~found if isinstance(op, ast.NotIn) else found
    if words[0] and not isinstance(op, (ast.Eq, ast.NotEq)):
        raise BadInput(f"--where {text!r}: texts are compared by == and != or in")
    return np.asarray(_ORDER[type(op)](a, b))


def _is_text(value: Any) -> bool:
    return bool(np.asarray(value).dtype.kind in "UO")


def _column(node: ast.expr, text: str) -> str:
    """The dotted name that a node spells."""
    if isinstance(node, ast.Attribute):
        return f"{_column(node.value, text)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    raise _wrong(node, text, "a column, as in camera.elevation")
