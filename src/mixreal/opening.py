"""Open what a render spec names: models and pictures, packed for the renderer; from the user's cache if unchanged."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import mixreal
from mixreal.assets import Assets, open_assets
from mixreal.keeping import Kept, code_digest, file_signature, kept, signature
from mixreal.models import built
from mixreal.models.axes import rotation
from mixreal.models.library import Library, check_counts, find_models, open_library
from mixreal.rendering.stock import Stock, from_plain, pack, to_plain
from mixreal.spec import RenderSpec

_PICTURES = ("textures", "backgrounds", "envmaps")
#: What Python writes before an error of the system, such as one of permissions, which no look at sizes and times sees.
_OF_THE_SYSTEM = re.compile(r"\[(Errno|WinError) \d+\]")


@dataclass(frozen=True)
class Opened:
    """A spec's material. Read from the cache, `library.meshes` is () and arrays are memory-mapped."""

    library: Library
    assets: Assets
    stock: Stock


def open_material(spec: RenderSpec, threads: int = 2) -> Opened:
    """Load and pack what the spec names, whose "auto" is settled. `BadInput` for folders that cannot serve.

    Files are taken to be unchanged while their names, sizes and times of change are. What could not be read for the
    system's reasons is tried again the next time.
    """
    check_counts(spec.models, spec.procedural, spec.first_model, spec.beside)
    turn = rotation(spec.up, spec.forward)
    if spec.models != "procedural":
        find_models(Path(spec.models).expanduser(), spec.classes)  # a wrong folder is told before anything is read
    pictures = [[name, _about(getattr(spec, name))] for name in _PICTURES]
    models: list[Any] = [_about(spec.models), list(spec.classes)]
    if spec.models == "procedural":
        models += [built.generator_digest(), spec.procedural, spec.first_model]
    elif turn is not None:
        models.append(turn.tolist())
    if spec.models != "procedural" and spec.beside:
        models += [built.generator_digest(), spec.beside, spec.first_model]
    made_by = [_code(), *(version(name) for name in ("numpy", "pillow", "trimesh", "warp-lang"))]
    with ThreadPoolExecutor(1) as pool:  # pictures are decoded while models are parsed
        opening = pool.submit(kept, "pictures-of", [*made_by, pictures], lambda: _read_pictures(spec))
        library: list[Library] = []

        def make() -> Kept:
            library.append(open_library(spec.models, spec.classes, spec.procedural, spec.first_model, spec.beside,
                                        spec.up, spec.forward))
            stock = pack(library[0].meshes, _assets(opening.result()), threads)
            return Kept({**to_plain(stock), "class_of": library[0].class_of}, _listed(library[0]),
                        opening.result().lasting and _lasting(library[0].problems + library[0].incomplete))

        packed = kept("packed", [*made_by, models, pictures], make, _unchanged)
        assets = _assets(opening.result())
    arrays = dict(packed.arrays)
    class_of = arrays.pop("class_of")
    about = packed.about
    named = library[0] if library else Library(tuple(about["classes"]), tuple(about["names"]), np.array(class_of), (),
                                               tuple(about["problems"]), about["digest"], tuple(about["incomplete"]),
                                               tuple(about["outside"]))
    return Opened(named, assets, from_plain(arrays))


def _read_pictures(spec: RenderSpec) -> Kept:
    read = open_assets(spec.backgrounds, spec.textures, spec.envmaps)
    about = {"names": [list(read.texture_names), list(read.background_names), list(read.envmap_names)],
             "problems": list(read.problems), "digest": read.digest}
    return Kept({"textures": read.textures, "backgrounds": read.backgrounds, "envmaps": read.envmaps}, about,
                _lasting(read.problems))


def _assets(found: Kept) -> Assets:
    arrays, about = found.arrays, found.about
    textures, backgrounds, envmaps = (tuple(names) for names in about["names"])
    return Assets(arrays["textures"], arrays["backgrounds"], arrays["envmaps"], textures, backgrounds, envmaps,
                  tuple(about["problems"]), about["digest"])


def _listed(library: Library) -> dict[str, Any]:
    return {"classes": list(library.classes), "names": list(library.names), "problems": list(library.problems),
            "digest": library.digest, "incomplete": list(library.incomplete),
            "outside": {path: file_signature(path) for path in library.outside}}


def _unchanged(about: dict[str, Any]) -> bool:
    """Whether the files that models name outside the folder, of which its signature knows nothing, are as they were."""
    return all(file_signature(path) == told for path, told in about["outside"].items())


def _lasting(problems: Sequence[str]) -> bool:
    return not any(_OF_THE_SYSTEM.search(problem) for problem in problems)


def _about(source: str) -> str:
    """What a folder holds, by the signatures of its files; "procedural" is what the code says."""
    return source if source == "procedural" else signature(Path(source).expanduser())


def _code() -> str:
    """A hash of the code between the files and the packed arrays."""
    home = Path(mixreal.__file__).parent
    parts = [home / "rendering" / f"{name}.py" for name in ("bvh", "geometry", "layout", "pictures", "sky", "stock")]
    return code_digest([*home.glob("models/*.py"), *home.glob("images/*.py"), home / "assets.py", home / "folders.py",
                        home / "pixels.py", home / "real" / "photos.py", *parts, Path(__file__)])
