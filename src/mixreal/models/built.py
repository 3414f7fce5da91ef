"""Build procedural models once: on all cores, kept in the user's cache folder, read back the next time."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import mixreal
from mixreal.models import shapes
from mixreal.models.mesh import Material, Mesh

FEW = 30  # models that are built at once rather than by other processes, which take a moment to start
ARRAYS = ("vertices", "faces", "normals", "uvs", "colours", "material_of")

Job = tuple[str, int]  # class name and seed


def build(jobs: list[Job]) -> list[Mesh]:
    """The models in that order; the same arrays whether built here, by other processes, or read from the cache."""
    cache = _cache_folder()
    if cache is None:
        with tempfile.TemporaryDirectory(prefix="mixreal-") as folder:
            return _build_in(Path(folder), jobs)
    return _build_in(cache, jobs)


def generator_digest() -> str:
    """A hash of the generator's source: a changed shape is another model."""
    digest = hashlib.blake2b(digest_size=16)
    package = Path(shapes.__file__).parent
    for path in sorted([*package.glob("*.py"), package.parent / "mesh.py", Path(__file__)]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _build_in(folder: Path, jobs: list[Job]) -> list[Mesh]:
    missing = [job for job in jobs if not _file(folder, job).exists()]
    workers = min(os.cpu_count() or 1, len(missing) // (FEW // 2))
    if len(missing) > FEW and workers > 1:
        _fill_by_processes(folder, missing, workers)
    return [_read(_file(folder, job)) or _built(folder, job) for job in jobs]


def _fill_by_processes(folder: Path, jobs: list[Job], workers: int) -> None:
    """Fresh interpreters, not forks: forking under running threads can hang, spawning would rerun a user's script."""
    code = "from mixreal.models.built import fill_from_stdin; fill_from_stdin()"
    home = str(Path(mixreal.__file__).parent.parent)
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(
        [home, *filter(None, [os.environ.get("PYTHONPATH")])])}
    running = [subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, text=True, env=env,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(workers)]
    try:
        for k, process in enumerate(running):
            assert process.stdin is not None
            with contextlib.suppress(OSError), process.stdin as pipe:
                json.dump([str(folder), jobs[k::workers]], pipe)
        for process in running:
            process.wait()  # one that fails leaves its models to this process, where the error is seen
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.wait()


def fill_from_stdin() -> None:
    """What a worker process does: build the models it is told and leave them in the folder."""
    folder, jobs = json.load(sys.stdin)
    for name, seed in jobs:
        _built(Path(folder), (name, seed))


def _built(folder: Path, job: Job) -> Mesh:
    mesh = shapes.procedural(*job)
    with contextlib.suppress(OSError):  # a full disk: the model is built again the next time
        _write(_file(folder, job), mesh)
    return mesh


def _file(folder: Path, job: Job) -> Path:
    return folder / f"{job[0]}-{job[1]:05d}.npz"


def _write(path: Path, mesh: Mesh) -> None:
    arrays: dict[str, Any] = {name: getattr(mesh, name) for name in ARRAYS}
    if (mesh.colours == 255).all():
        arrays["colours"] = np.zeros((0, 4), np.uint8)
    about = []
    for k, m in enumerate(mesh.materials):
        if m.texture is not None:
            arrays[f"texture{k}"] = m.texture
        about.append([m.name, [float(c) for c in m.colour], float(m.metallic), float(m.roughness),
                      int(m.alpha_mode), float(m.alpha_cutoff)])
    arrays["about"] = np.frombuffer(json.dumps([mesh.name, about]).encode(), np.uint8)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            np.savez(out, **arrays)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _read(path: Path) -> Mesh | None:
    """The model in that file, or None where there is none or it is damaged."""
    from mixreal.keeping import HEADERS  # here for the same reason as `cache_folder` below

    try:
        with HEADERS, path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        name, about = json.loads(arrays["about"].tobytes())
        if not len(arrays["colours"]):
            arrays["colours"] = np.full((len(arrays["vertices"]), 4), 255, np.uint8)
        materials = tuple(Material(m[0], tuple(m[1]), m[2], m[3], arrays.get(f"texture{k}"), m[4], m[5])
                          for k, m in enumerate(about))
        return Mesh(name=name, materials=materials, **{n: arrays[n] for n in ARRAYS})
    except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError):
        return None
    except Exception as error:  # zipfile.BadZipFile and zlib.error share no base but Exception
        if type(error).__name__ not in ("BadZipFile", "error"):
            raise
        return None


def _cache_folder() -> Path | None:
    """Where models of this generator are kept, below the cache of downloads; None if we may not write there.

    What older generators left there is removed.
    """
    from mixreal.real.download import cache_folder  # here: a worker process need not wait for what that imports

    try:
        folder = cache_folder() / f"models-{generator_digest()}"
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return None
        others = [p for p in folder.parent.glob("models-*") if p != folder]
        for old in sorted(others, key=lambda p: p.stat().st_mtime)[:-1]:  # the newest may be another checkout's
            shutil.rmtree(old, ignore_errors=True)
    except (OSError, RuntimeError):  # no home, a file in the way, a read-only disk
        return None
    return folder
