"""What NumPy's arithmetic goes into before a ray is cast, as hashes: run as a program, on other instructions."""

import dataclasses
import hashlib
import json
import sys
from typing import Any

import numpy as np

from mixreal.images import backgrounds, skies, textures
from mixreal.models.shapes import procedural
from mixreal.spec import RenderSpec
from mixreal.synthesis import draw, prepare


def hashes(models: str) -> dict[str, str]:
    """Of pictures of every kind, of models, of 3,000 scenes and of all their latents."""
    spec = RenderSpec(models=models, images=3000, size=16)
    return {"backgrounds": digest(backgrounds.make(16)), "textures": digest(textures.make()),
            "skies": digest(skies.make()),
            "models": digest(tuple(np.round(procedural(kind, 3).vertices, 6) for kind in ("car", "horse", "person"))),
            "scenes": digest(draw(prepare(spec), np.arange(3000)))}


def digest(value: Any) -> str:
    """Of every array in it."""
    out = hashlib.blake2b(digest_size=8)
    for array in arrays(value):
        out.update(np.ascontiguousarray(array).tobytes())
    return out.hexdigest()


def arrays(value: Any) -> list[Any]:
    if isinstance(value, np.ndarray):
        return [value]
    inner = [getattr(value, field.name) for field in dataclasses.fields(value)] if dataclasses.is_dataclass(value) \
        else list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, tuple) else []
    return [array for one in inner for array in arrays(one)]


if __name__ == "__main__":
    print(json.dumps(hashes(sys.argv[1])))
