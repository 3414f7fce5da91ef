"""What a person asks for: frozen dataclasses, read from TOML or flags, written back, and hashed into folder names."""

import dataclasses
import hashlib
import json
import math
import re
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from mixreal.errors import BadInput, did_you_mean

YOUNGER = ("beside", "up", "forward")  # keys of RenderSpec that sets rendered before them lack
PLACES = ("models", "backgrounds", "textures", "envmaps")  # keys of RenderSpec that name folders, or "procedural"
DEFAULT_VARY = ("pose", "texture", "lighting", "background", "camera", "occlusion", "sensor")

T = TypeVar("T")


@dataclass(frozen=True)
class RenderSpec:
    """A synthetic dataset, before it exists. Image i is a pure function of this and i."""

    models: str = "procedural"  # a folder of class folders of meshes, or "procedural"
    classes: tuple[str, ...] = ()  # which of them, in label order; () = all, sorted by name
    images: int = 0  # how many in all, classes in turn (balanced); or
    per_model: int = 0  # how many of each model (the paper: 1,800)
    procedural: int = 100  # with models = "procedural": distinct models a class
    first_model: int = 0  # the first procedural model's seed (held-out models start elsewhere)
    beside: int = 0  # with a folder of models: so many procedural ones a class beside them
    up: str = "y"  # the axis that is up in obj, ply, stl and off files, which do not say: y, z, -x, ...
    forward: str = ""  # the axis that their models look along; "" = z, and with up = "z" -y
    size: int = 32  # pixels a side
    samples: int = 4  # rays a pixel
    vary: tuple[str, ...] = DEFAULT_VARY  # variations switched on; the others rest
    ranges: dict[str, Any] = field(default_factory=dict)  # "camera.elevation" = [5, 40], or one fixed value
    habits: bool = True  # frame classes named like the built-in ones as photographers do (variations.habits)
    # Each a folder, "procedural", or "auto": the data folder's (MIXREAL_DATA) where it has one, else procedural.
    backgrounds: str = "auto"  # photographs
    textures: str = "auto"  # material images
    envmaps: str = "auto"  # equirectangular .hdr
    seed: int = 0

    def __post_init__(self) -> None:
        for name in PLACES:
            if isinstance(getattr(self, name), Path):  # specs are written as TOML and JSON
                object.__setattr__(self, name, str(getattr(self, name)))


def from_mapping(kind: type[T], values: dict[str, Any], where: str) -> T:
    """Build a spec dataclass from a TOML table; unknown keys and wrong types are `BadInput` with `where` named."""
    hints = get_type_hints(kind)
    names = [f.name for f in dataclasses.fields(kind)]  # type: ignore[arg-type]
    for key in values:
        if key not in names:
            raise BadInput(f"{where}: unknown key {key!r}: {did_you_mean(key, names)}")
    return kind(**{key: _coerce(value, hints[key], f"{where}: {key}") for key, value in values.items()})


def to_mapping(spec: Any) -> dict[str, Any]:
    """The spec as plain TOML/JSON values: tuples become lists, None fields are left out."""
    out: dict[str, Any] = {}
    for f in dataclasses.fields(spec):
        value = getattr(spec, f.name)
        if dataclasses.is_dataclass(value):
            out[f.name] = to_mapping(value)
        elif value is not None:
            out[f.name] = json.loads(json.dumps(value))
    return out


def rendered_by(spec: RenderSpec) -> dict[str, Any]:
    """The keys that name what is rendered: younger ones stand there only where they say something, so that old sets
    are found."""
    return {name: value for name, value in to_mapping(spec).items()
            if name not in YOUNGER or value != getattr(RenderSpec, name)}


def fingerprint(*parts: Any, digits: int = 12) -> str:
    """A short hex name for what made something: the hash of JSON-able parts, the same on every machine."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()[:digits]


def to_toml(values: dict[str, Any], prefix: str = "") -> str:
    """A mapping of plain values and sub-mappings as TOML text."""
    lines = [f"{_key(k)} = {_toml_value(v)}" for k, v in values.items() if not isinstance(v, dict)]
    for key, table in values.items():
        if isinstance(table, dict):
            name = f"{prefix}{_key(key)}"
            lines += ["", f"[{name}]", to_toml(table, name + ".").rstrip()]
    return "\n".join(lines).strip() + "\n"


def _coerce(value: Any, hint: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise BadInput(f"{where}: expected a table, got {value!r}")
        return from_mapping(hint, value, where)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        if value is None:
            return None
        return _coerce(value, next(a for a in get_args(hint) if a is not type(None)), where)
    if origin is tuple:
        if not isinstance(value, (list, tuple)):
            raise BadInput(f"{where}: expected a list, got {value!r}")
        args = get_args(hint)
        inner = args[0] if args[-1] is Ellipsis else None
        if inner is None and len(value) != len(args):
            raise BadInput(f"{where}: expected {len(args)} values, got {value!r}")
        return tuple(_coerce(v, inner or a, where) for v, a in zip(value, args if not inner else value))
    if origin is typing.Literal:
        if value not in get_args(hint):
            raise BadInput(f"{where}: {value!r}: {did_you_mean(str(value), [str(a) for a in get_args(hint)])}")
        return value
    if origin is dict and not isinstance(value, dict):
        raise BadInput(f"{where}: expected a table, got {value!r}")
    if origin is dict or hint is Any:
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(hint, type) and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
        raise BadInput(f"{where}: expected {hint.__name__}, got {value!r}")
    return value


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON may leave it bare, TOML may not


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_toml_value(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_toml_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # TOML's inf, -inf and nan are Python's; JSON has none
    return _quoted(value) if isinstance(value, str) else json.dumps(value)
