"""A library of models: class folders of mesh files, or the built-in procedural ones."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mixreal.errors import BadInput, check_known, check_name
from mixreal.folders import hidden, visible_files
from mixreal.models import axes, built, shapes
from mixreal.models.load import SUFFIXES, Loaded, read_mesh
from mixreal.models.mesh import Mesh

MOST = 10_000  # procedural models a class: nine such classes take some ten gigabytes of memory
LAST = 2**31 - 1  # the last seed to begin with


@dataclass(frozen=True)
class Library:
    """Models by class. `names`, `class_of` and `meshes` run in parallel: class by class, then by name."""

    classes: tuple[str, ...]
    names: tuple[str, ...]  # "car/sedan_01"
    class_of: NDArray[np.int64]  # (m,) index into classes
    meshes: tuple[Mesh, ...]  # normalised; (): not loaded, the renderer has them packed already
    problems: tuple[str, ...]  # a line for each file that could not be loaded: which, and why
    digest: str  # of the files' contents, or of the generator and its seeds
    incomplete: tuple[str, ...] = ()  # a line for each model that lacks a file it names, and is shown without
    outside: tuple[str, ...] = ()  # files that models are made of and that lie in no class folder

    def __len__(self) -> int:
        return len(self.names)


def open_library(models: str = "procedural", classes: tuple[str, ...] = (), per_class: int = 100,
                 first: int = 0, beside: int = 0, up: str = "y", forward: str = "") -> Library:
    """The models to render: `models` is a folder of class folders of mesh files, or "procedural".

    `classes` says which classes and in what order; () is all of them by name. With "procedural", each class has the
    models of seeds `first` to `first + per_class - 1`; with a folder, `beside` of these stand beside its own. `up` and
    `forward` are the axes of files that do not say theirs (`axes.rotation`). A file that cannot be loaded is named in
    `problems`; a folder or class without any usable model is `BadInput`. A model may name files outside its class
    folder: they count for the digest, too.
    """
    if len(set(classes)) != len(classes):
        raise BadInput(f"classes {', '.join(classes)}: a class is named twice: name each once")
    check_counts(models, per_class, first, beside)
    if models == "procedural":
        return _procedural(tuple(classes), per_class, first)
    axes.rotation(up, forward)  # what is no axis is told before anything is read
    found = _folder(Path(models).expanduser(), tuple(classes), up, forward)
    return _joined(found, _procedural(found.classes, beside, first)) if beside else found


def check_counts(models: str, per_class: int, first: int, beside: int) -> None:
    """`BadInput` for numbers of models that cannot be, or that no memory holds."""
    if models == "procedural" and beside:
        raise BadInput(f'beside = {beside} with models = "procedural": they stand beside the models of a folder: '
                       "give one, or set procedural alone")
    drawn = models == "procedural"
    for name, given, low, high, counts in (("procedural", per_class, 1, MOST, drawn), ("beside", beside, 0, MOST, True),
                                           ("first_model", first, 0, LAST, drawn or beside > 0)):
        if counts and not low <= given <= high:
            raise BadInput(f"{name} is {given}: expected a whole number from {low} to {high:,}"
                           + (" procedural models a class" if name != "first_model" else ", the seed of a model"))


def find_models(folder: Path, classes: tuple[str, ...] = ()) -> dict[str, list[Path]]:
    """The mesh files of each class below `folder`, by name, without reading them."""
    if not folder.is_dir():
        raise BadInput(f"models {str(folder)!r}: no such folder: give a folder of class folders of mesh files, "
                       'or "procedural"')
    places = [path for path in sorted(folder.iterdir()) if path.is_dir() and not hidden(path.name)]
    found = {p.name: _mesh_files(p) if not classes or p.name in classes else [] for p in places}
    check_known(classes, found, f"class of models in {str(folder)!r}")
    if not classes and not any(found.values()):
        raise BadInput(f"models {str(folder)!r}: no mesh file in any class folder: expected CLASS/MODEL with one of "
                       f"{', '.join(SUFFIXES)}")
    chosen = classes or tuple(name for name, files in found.items() if files)
    for name in chosen:
        if not found[name]:
            raise BadInput(f"models {str(folder / name)!r}: no mesh file for class {name!r}: "
                           f"expected one of {', '.join(SUFFIXES)}")
    return {name: found[name] for name in chosen}


def models_digest(models: str, classes: tuple[str, ...] = ()) -> str:
    """What the models are, without loading them: a hash of the files, or of the generator of the procedural ones.

    Which files outside the class folders they name is known only when they are loaded: `Library.digest` has these too.
    """
    if models == "procedural":
        return built.generator_digest()
    folder = Path(models).expanduser()
    return _digest(folder, tuple(find_models(folder, classes)))


def _folder(folder: Path, classes: tuple[str, ...], up: str, forward: str) -> Library:
    found = find_models(folder, classes)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # reading, decoding pictures and NumPy leave Python's lock
        digest = pool.submit(_digest, folder, tuple(found))
        loaded = {kind: list(pool.map(lambda path: _loaded(path, up, forward), files)) for kind, files in found.items()}
    opened: dict[str, Loaded] = {}  # by name
    class_of: list[int] = []
    problems: list[str] = []
    incomplete: list[str] = []
    for number, (kind, files) in enumerate(found.items()):
        before = len(opened)
        for path, one in zip(files, loaded[kind], strict=True):
            if isinstance(one, BadInput):
                problems.append(str(one))
                continue
            name = f"{kind}/{path.relative_to(folder / kind).with_suffix('').as_posix()}"
            opened[f"{name}{path.suffix}" if name in opened else name] = one  # a.glb beside a.obj
            class_of.append(number)
            if one.missing:
                incomplete.append(f"{path}: shown without what it names {' and '.join(one.missing)}: put it beside the "
                                  "model, or mend the name")
        if len(opened) == before:
            raise BadInput(f"models {str(folder / kind)!r}: none of its {len(files)} mesh files can be loaded: "
                           f"{problems[-1]}")
    outside = _outside(folder, tuple(found), opened)
    return Library(tuple(found), tuple(opened), np.array(class_of, np.int64),
                   tuple(replace(one.mesh, name=name) for name, one in opened.items()), tuple(problems),
                   _with_more(digest.result(), opened, outside), tuple(incomplete),
                   tuple(dict.fromkeys(str(path) for paths in outside.values() for path in paths)))


def _joined(first: Library, second: Library) -> Library:
    """The models of both, class by class; they have the same classes."""
    names, class_of = (*first.names, *second.names), np.concatenate([first.class_of, second.class_of])
    meshes = (*first.meshes, *second.meshes)
    order = np.argsort(class_of, kind="stable")
    digest = hashlib.blake2b(f"{first.digest} {second.digest}".encode(), digest_size=16).hexdigest()
    return Library(first.classes, tuple(names[k] for k in order), class_of[order], tuple(meshes[k] for k in order),
                   first.problems, digest, first.incomplete, first.outside)


def _loaded(path: Path, up: str, forward: str) -> Loaded | BadInput:
    try:
        return read_mesh(path, up, forward)
    except BadInput as problem:
        return problem


def _procedural(classes: tuple[str, ...], per_class: int, first: int) -> Library:
    check_known(classes, shapes.CLASSES, "procedural class")
    chosen = classes or tuple(sorted(shapes.CLASSES))
    jobs = [(kind, seed) for kind in chosen for seed in range(first, first + per_class)]
    names = tuple(f"{kind}/procedural-{seed:04d}" for kind, seed in jobs)
    meshes = tuple(replace(mesh, name=name) for mesh, name in zip(built.build(jobs), names, strict=True))
    digest = hashlib.blake2b("\0".join((built.generator_digest(), *names)).encode(), digest_size=16)
    return Library(chosen, names, np.repeat(np.arange(len(chosen)), per_class).astype(np.int64), meshes, (),
                   digest.hexdigest())


def _mesh_files(folder: Path) -> list[Path]:
    check_name(folder)
    return [path for path in visible_files(folder) if path.suffix.lower() in SUFFIXES]


def _digest(folder: Path, classes: tuple[str, ...]) -> str:
    """A hash of every file in the class folders: a mesh's look also depends on .mtl, .bin and pictures beside it."""
    digest = hashlib.blake2b(digest_size=16)
    for kind in classes:
        for path in filter(Path.is_file, visible_files(folder / kind)):  # not a link whose end is not there
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode("utf-8", "surrogateescape"))
            digest.update(content)
    return digest.hexdigest()


def _outside(folder: Path, classes: tuple[str, ...], opened: dict[str, Loaded]) -> dict[str, list[Path]]:
    """By model, the files that it is made of and that `_digest` does not look at."""
    if not any(one.used for one in opened.values()):
        return {}
    inside = {path.resolve() for kind in classes for path in visible_files(folder / kind)}
    return {name: [path for path in one.used if path.resolve() not in inside] for name, one in opened.items()}


def _with_more(digest: str, opened: dict[str, Loaded], outside: dict[str, list[Path]]) -> str:
    """The digest of the class folders; where there is more to models than these, another one: files elsewhere, other
    axes than the files', or that earlier versions showed them otherwise."""
    more = hashlib.blake2b(digest.encode(), digest_size=16)
    same = True
    for name, one in opened.items():
        for told in (*one.mended, *(hashlib.blake2b(path.read_bytes()).hexdigest() for path in outside.get(name, ()))):
            more.update(f"{name}\0{told}\0".encode("utf-8", "surrogateescape"))
            same = False
    return digest if same else more.hexdigest()
