"""A glTF file before trimesh reads it: what trimesh would garble is refused, or stored plainly."""

import base64
import json
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput
from mixreal.models.companions import Companions

#: Ways of storing vertices that trimesh takes for plain numbers, or leaves at zero.
GARBLED = ("EXT_meshopt_compression", "KHR_meshopt_compression", "KHR_mesh_quantization")
DRACO = "KHR_draco_mesh_compression"  # read by trimesh where DracoPy is installed
#: Component types of whole numbers that texture coordinates may have.
WHOLE: dict[int, np.dtype[Any]] = {5121: np.dtype(np.uint8), 5123: np.dtype("<u2")}
FLOAT = 5126
JSON = 0x4E4F534A  # the type of a .glb file's first chunk; after it comes the binary one


def stored_plainly(path: Path, companions: Companions) -> bytes | None:
    """The file with texture coordinates as floats, where it has them as whole numbers (glTF 2.0, 3.7.2.1), which
    trimesh takes as they are; None where it may be read as it lies. Vertices that it could not read are `BadInput`."""
    header = _header(path)
    required = header.get("extensionsRequired") or ()
    refused = [name for name in (*GARBLED, *(() if find_spec("DracoPy") else (DRACO,))) if name in required]
    if refused:
        raise BadInput(f"its vertices are stored with {', '.join(refused)}, which is not read here: export it without "
                       "compression and quantisation" + (", or pip install DracoPy" if refused == [DRACO] else ""))
    whole = sorted(_whole_coordinates(header))
    if not whole:
        return None
    data = path.read_bytes()
    in_one = data.startswith(b"glTF")
    rest = data[20 + struct.unpack_from("<I", data, 12)[0]:] if in_one else b""
    for index in whole:
        _as_floats(header, index, rest[8:], companions)
    text = json.dumps(header).encode()
    if not in_one:
        return text
    text += b" " * (-len(text) % 4)
    return struct.pack("<4s4I", b"glTF", 2, 20 + len(text) + len(rest), len(text), JSON) + text + rest


def _header(path: Path) -> dict[str, Any]:
    """The JSON of the file; {} of a file that has none, which trimesh will tell in its own words."""
    with path.open("rb") as file:
        start = file.read(20)
        if start.startswith(b"glTF"):
            length, kind = struct.unpack("<2I", start[12:]) if len(start) == 20 else (0, 0)
            text = file.read(length) if kind == JSON else b""
        else:
            text = start + file.read()
    try:
        header = json.loads(text)
    except ValueError:
        return {}
    return header if isinstance(header, dict) else {}


def _whole_coordinates(header: dict[str, Any]) -> set[int]:
    """Accessors of texture coordinates that are whole numbers and mean fractions."""
    accessors = header.get("accessors", [])
    found = {primitive.get("attributes", {}).get("TEXCOORD_0")
             for mesh in header.get("meshes", []) for primitive in mesh.get("primitives", [])}
    return {index for index in found if index is not None and accessors[index].get("normalized")
            and accessors[index].get("componentType") in WHOLE and "bufferView" in accessors[index]}


def _as_floats(header: dict[str, Any], index: int, binary: bytes, companions: Companions) -> None:
    """Let accessor `index` point to a buffer of its own, of floats."""
    accessor = header["accessors"][index]
    view, kind = header["bufferViews"][accessor["bufferView"]], WHOLE[accessor["componentType"]]
    uri = header["buffers"][view["buffer"]].get("uri")
    if uri is None:
        buffer = binary
    else:
        buffer = base64.b64decode(uri.partition("base64,")[2]) if "base64," in uri else companions.get(uri)
    at = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
    rows: NDArray[Any] = np.ndarray((accessor["count"], 2), kind, buffer, at,
                                    (view.get("byteStride", 2 * kind.itemsize), kind.itemsize))
    floats = (rows / np.iinfo(kind).max).astype("<f4").tobytes()
    header["bufferViews"].append({"buffer": len(header["buffers"]), "byteLength": len(floats)})
    header["buffers"].append({"uri": "data:application/octet-stream;base64," + base64.b64encode(floats).decode(),
                              "byteLength": len(floats)})
    header["accessors"][index] = {"bufferView": len(header["bufferViews"]) - 1, "componentType": FLOAT,
                                  "count": accessor["count"], "type": "VEC2"}
