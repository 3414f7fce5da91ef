"""Arguments into a dataclass (by tyro), with every mistake told in one line."""

import contextlib
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import tyro

from mixreal.errors import BadInput
from mixreal.spec import RenderSpec, from_mapping

T = TypeVar("T")

#: A folder to write to.
Out = Annotated[str, tyro.conf.arg(aliases=["-o"], metavar="DIR")]
#: A spec whose fields are flags of their own: `--size`, not `--spec.size`.
FLAT = tyro.conf.OmitArgPrefixes

_registry = tyro.constructors.ConstructorRegistry()


def parse(command: type[T], argv: Sequence[str], name: str, default: T | None = None) -> T:
    """The command's dataclass from its arguments; `BadInput` for what does not fit. `--help` prints and leaves."""
    said = io.StringIO()
    options: dict[str, Any] = {} if default is None else {"default": default}
    try:
        with contextlib.redirect_stderr(said):
            return tyro.cli(command, args=list(argv), prog=f"mixreal {name}", registry=_registry, **options)
    except SystemExit as leaving:
        if leaving.code in (0, None):
            raise
        raise BadInput(_one_line(said.getvalue())) from None


def render_spec(path: str) -> RenderSpec:
    """A RenderSpec from a TOML file: the spec's keys at its top."""
    file = Path(path)
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"no file {path!r}: --spec wants a TOML file with the keys of a render spec") from None
    except IsADirectoryError:
        raise BadInput(f"{path!r} is a folder: --spec wants a TOML file") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path!r} is not TOML: {error}") from None
    if isinstance(values.get("ranges"), dict):
        values["ranges"] = dict(_dotted(values["ranges"]))
    return from_mapping(RenderSpec, values, path)


def flag_value(argv: Sequence[str], flag: str) -> str | None:
    """What stands behind a flag, `--spec FILE` or `--spec=FILE`, before the rest is parsed; None where it is absent."""
    for k, word in enumerate(argv):
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
        if word == flag and k + 1 < len(argv):
            return argv[k + 1]
    return None


def check_count(what: str, given: int, low: int, high: int) -> None:
    """Raise `BadInput` for a number that is not one of low..high."""
    if not low <= given <= high:
        raise BadInput(f"{what} {given}: expected a whole number from {low} to {high:,}")


def check_seconds(given: float) -> None:
    """Raise `BadInput` for a time that is none, or that nobody would wait for."""
    if not 0 < given <= 86_400:  # of nan, too
        raise BadInput(f"--seconds {given}: expected a number above 0, at most 86,400")


def range_value(text: str) -> Any:
    """What `camera.elevation=...` asks for: TOML, or a bare word.

    >>> range_value("[5, 40]"), range_value("0.5"), range_value("checks")
    ([5, 40], 0.5, 'checks')
    """
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _dotted(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """[ranges] camera.elevation = [5, 40] is a table in a table to TOML, and one name to us."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


@_registry.primitive_rule
def _ranges(info: Any) -> Any:
    """`--ranges camera.elevation=[5,40] sensor.blur=0.5` is the spec's mapping of ranges."""
    if info.type != dict[str, Any]:
        return None
    return tyro.constructors.PrimitiveConstructorSpec(
        nargs="*", metavar="NAME=[LOW,HIGH]", instance_from_str=_ranges_from_words,
        is_instance=lambda value: isinstance(value, dict),
        str_from_instance=lambda ranges: [f"{key}={value}" for key, value in ranges.items()])


def _ranges_from_words(words: list[str]) -> dict[str, Any]:
    out = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not value:
            raise ValueError(f"expected NAME=[LOW,HIGH] or NAME=VALUE, got {word!r}")
        out[key.strip()] = range_value(value.strip())
    return out


def _one_line(box: str) -> str:
    """tyro's framed message as one line: frame off, its parts joined."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", box)
    rows = [row.strip() for row in plain.splitlines()]
    parts: list[list[str]] = []
    part: list[str] = []
    for row in rows:
        inner = row.strip("│").strip()
        if row[:1] in "╭╰" or (inner and set(inner) <= {"─"}):
            parts.append(part)
            part = []
        elif inner:
            part.append(inner)
    parts.append(part)
    return "; ".join(" ".join(part) for part in parts if part) or "the arguments do not fit: see --help"
