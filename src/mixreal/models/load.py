"""Read one model file: any format trimesh reads, merged to one normalised `Mesh`."""

import io
import logging
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from numpy.typing import NDArray

from mixreal.errors import BadInput, check_name
from mixreal.models import gltf, obj_indices
from mixreal.models.axes import SILENT, collada_rotation, rotation
from mixreal.models.companions import Companions
from mixreal.models.mesh import Material, Mesh, normalised
from mixreal.models.normals import crease_normals
from mixreal.models.off_colours import read_off_colours
from mixreal.models.surfaces import GREY, MENDED, corner_colours, surface

SUFFIXES = (".glb", ".gltf", ".obj", ".ply", ".stl", ".off", ".dae")
FAR = 16.0  # extents from the origin: beyond it float32 loses more than a few of its 24 bits to the offset

# trimesh tells its troubles through logging; without a handler Python would print them beside our own message.
logging.getLogger("trimesh").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Loaded:
    """A model, and what its file is not enough to tell."""

    mesh: Mesh
    used: tuple[Path, ...] = ()  # other files that it is made of
    missing: tuple[str, ...] = ()  # names of files that it would be made of too
    mended: tuple[str, ...] = ()  # what made it another model than its files and earlier versions say, in words


def load_mesh(path: str | Path, up: str = "y", forward: str = "") -> Mesh:
    """The model in `path`: scene transforms applied, merged to one mesh, y up, centred, farthest vertex at distance 1.

    `up` and `forward` are the axes of a file that does not say (`axes.SILENT`, `axes.rotation`).

    Colours are linear, textures at most 512 pixels; points and lines are left out. Where a file has no usable normals
    they are computed with a crease angle. A file that cannot be read or holds no triangles is `BadInput`.
    """
    return read_mesh(path, up, forward).mesh


def read_mesh(path: str | Path, up: str = "y", forward: str = "") -> Loaded:
    """`load_mesh`, and which other files it took and missed."""
    path = Path(path)
    check_name(path)
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{path}: not a mesh file: expected one of {', '.join(SUFFIXES)}")
    turn = rotation(up, forward)
    try:
        # trimesh, its readers and PIL raise every kind of exception on a broken file, KeyError and IndexError included
        companions, mended = Companions(path), list[str]()
        pieces = _pieces(path, turn, companions, mended)
        if not pieces:
            raise BadInput("it holds no triangles")
        if turn is not None and path.suffix.lower() in SILENT:
            mended.append(f"turned by {turn[:3, :3].astype(int).tolist()}")
        if not all(companions.used.values()):
            mended.append("files found")
        return Loaded(normalised(_merged(path.stem, pieces)), tuple(companions.used), tuple(companions.missing),
                      tuple(mended))
    except MemoryError:  # not the file's fault: left out silently, other machines would render other models
        raise MemoryError(f"{path} is too large to be loaded here") from None
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        kind = "" if isinstance(error, (BadInput, OSError)) else f"{type(error).__name__}: "
        raise BadInput(f"{path}: cannot be read as a mesh: {kind}{reason[:200]}") from error


def _pieces(path: Path, turn: NDArray[np.float64] | None, companions: Companions, mended: list[str]) -> list[Mesh]:
    """The parts of the scene in world coordinates, one for each placed geometry that has triangles; those of a file
    that does not say its axes by `turn`."""
    if not path.is_file():
        raise BadInput("there is no such file")
    if path.stat().st_size == 0:
        raise BadInput("the file is empty")
    suffix = path.suffix.lower()
    scene = _scene(path, suffix, companions, mended)
    if suffix == ".off":
        _colour_off(scene, path)
    read: dict[Any, Any] = {}  # what several parts share (images, materials) is decoded once
    pieces = []
    placed = [(scene.geometry[name], np.array(matrix, np.float64))
              for matrix, name in (scene.graph[node] for node in scene.graph.nodes_geometry)]
    placed = [(geometry, matrix) for geometry, matrix in placed
              if isinstance(geometry, trimesh.Trimesh) and len(geometry.faces)]
    if suffix not in SILENT:
        turn = collada_rotation(path) if suffix == ".dae" else None
        mended += ["turned"] if turn is not None else []
    if turn is not None:
        placed = [(geometry, turn @ matrix) for geometry, matrix in placed]
    away = _far_away(placed)
    for geometry, matrix in placed:
        matrix[:3, 3] -= away
        piece = _piece(geometry, matrix, suffix, read)
        if piece.triangles:
            pieces.append(piece)
    mended += read.get(MENDED, [])
    return pieces


def _scene(path: Path, suffix: str, companions: Companions, mended: list[str]) -> Any:
    """What trimesh makes of the file; of a copy in memory where it would misread it."""
    copy: bytes | None = None
    if suffix == ".obj":
        text, misread = obj_indices.absolute(path.read_bytes())
        copy = text if misread else None
    elif suffix in (".glb", ".gltf"):
        copy = gltf.stored_plainly(path, companions)
    if copy is not None:
        mended.append("read from a copy")
    source = path if copy is None else io.BytesIO(copy)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return trimesh.load_scene(source, file_type=suffix[1:], resolver=companions, process=False)


def _far_away(placed: list[tuple[Any, NDArray[np.float64]]]) -> NDArray[np.float64]:
    """What to take off every vertex before it becomes a float32: the middle of a scene that lies far from its origin,
    as georeferenced ones do, where float32 has steps of centimetres; else zero."""
    points = [np.asarray(geometry.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
              for geometry, matrix in placed]
    points = [rows[np.isfinite(rows).all(1)] for rows in points]
    points = [rows for rows in points if len(rows)]
    if not points:
        return np.zeros(3)
    low, high = np.min([rows.min(0) for rows in points], 0), np.max([rows.max(0) for rows in points], 0)
    middle, extent = (low + high) / 2, float((high - low).max())
    return middle if np.abs(middle).max() > FAR * extent else np.zeros(3)


def _colour_off(scene: Any, path: Path) -> None:
    """Give an .off file's only geometry the colours that stand in the file."""
    vertex, face = read_off_colours(path)
    for geometry in scene.geometry.values():
        for colours, count, field in ((vertex, len(geometry.vertices), "vertex_colors"),
                                      (face, len(geometry.faces), "face_colors")):
            if colours is not None and len(colours) == count:
                setattr(geometry.visual, field, colours)
                break


def _piece(geometry: Any, matrix: NDArray[np.float64], suffix: str, read: dict[Any, Any]) -> Mesh:
    """One geometry, placed by `matrix` (4, 4)."""
    vertices = np.asarray(geometry.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
    faces = np.asarray(geometry.faces, np.int64)
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise BadInput("a face names a vertex that does not exist")
    if np.linalg.det(matrix[:3, :3]) < 0:  # a mirror turns triangles inside out
        faces = faces[:, ::-1]
    materials, material_of = surface(geometry, suffix, read)
    colours, by_face = corner_colours(geometry, suffix)
    uvs = getattr(geometry.visual, "uv", None)
    uvs = np.zeros((len(vertices), 2)) if uvs is None or len(uvs) != len(vertices) else np.array(uvs, np.float64)
    # trimesh puts v = 0 at the bottom of the picture; without this the sums in filters could meet NaN
    uvs = np.nan_to_num(np.stack([uvs[:, 0], 1 - uvs[:, 1]], 1), posinf=0.0, neginf=0.0)
    normals = _given_normals(geometry, matrix)

    keep = _proper(vertices, faces)
    if not keep.all():
        faces, material_of = faces[keep], material_of[keep]
        colours = colours[keep] if by_face else colours
    if by_face:  # face colours: each corner becomes a vertex of its own
        colours = np.repeat(colours, 3, axis=0)
        vertices, uvs = vertices[faces.reshape(-1)], uvs[faces.reshape(-1)]
        normals = None if normals is None else normals[faces.reshape(-1)]
        faces = np.arange(3 * len(faces)).reshape(-1, 3)
    mesh = _compact(Mesh(
        "", vertices.astype(np.float32), faces.astype(np.int32),
        np.zeros((len(vertices), 3), np.float32) if normals is None else normals.astype(np.float32),
        uvs.astype(np.float32), colours, material_of.astype(np.int32), materials))
    return _with_creases(mesh) if normals is None and mesh.triangles else mesh


def _proper(vertices: NDArray[np.float64], faces: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which faces have finite corners and an area."""
    corners = vertices[faces]
    with np.errstate(invalid="ignore", over="ignore"):
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.einsum("ij,ij->i", cross, cross)
        proper: NDArray[np.bool_] = (area > 0) & (area < np.inf)  # False where a corner is NaN or infinite, too
    return proper


def _given_normals(geometry: Any, matrix: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The file's own unit normals in world coordinates, or None where it has none or they make no sense."""
    if "vertex_normals" not in geometry._cache:  # trimesh would make up its own, smooth everywhere
        return None
    given = np.asarray(geometry.vertex_normals, np.float64)
    if given.shape != np.shape(geometry.vertices) or abs(np.linalg.det(matrix[:3, :3])) < 1e-30:
        return None
    normals = given @ np.linalg.inv(matrix[:3, :3])  # the inverse transpose, from the right
    length = np.sqrt(np.einsum("ij,ij->i", normals, normals))
    sane = (length > 1e-12) & (length < np.inf)  # False for NaN too
    if not sane.all() and not sane[geometry.faces].all():
        return None
    return normals / np.where(sane, length, 1)[:, None]


def _with_creases(mesh: Mesh) -> Mesh:
    """The mesh with computed normals; vertices on sharp edges are doubled."""
    corner_normals = crease_normals(mesh.vertices, mesh.faces).reshape(-1, 3)
    key = np.concatenate([mesh.faces.reshape(-1, 1), np.round(corner_normals * 1000).astype(np.int32)], axis=1)
    _, first, index = np.unique(key, axis=0, return_index=True, return_inverse=True)
    source = mesh.faces.reshape(-1)[first]
    return replace(mesh, vertices=mesh.vertices[source], normals=corner_normals[first], uvs=mesh.uvs[source],
                   colours=mesh.colours[source], faces=index.reshape(-1, 3).astype(np.int32))


def _compact(mesh: Mesh) -> Mesh:
    """The mesh without vertices that no face uses."""
    used = np.zeros(len(mesh.vertices), bool)
    used[mesh.faces] = True
    if used.all():
        return mesh
    index = (np.cumsum(used) - 1).astype(np.int32)
    return replace(mesh, vertices=mesh.vertices[used], normals=mesh.normals[used], uvs=mesh.uvs[used],
                   colours=mesh.colours[used], faces=index[mesh.faces])


def _merged(name: str, pieces: list[Mesh]) -> Mesh:
    """All pieces as one mesh; equal materials become one."""
    materials: list[Material] = []
    number: dict[Any, int] = {}
    material_of, faces, offset = [], [], 0
    for piece in pieces:
        own = []
        for m in piece.materials or (GREY,):
            key = (m.colour, m.metallic, m.roughness, id(m.texture), m.alpha_mode, m.alpha_cutoff)
            if key not in number:
                number[key] = len(materials)
                materials.append(m)
            own.append(number[key])
        material_of.append(np.array(own, np.int32)[piece.material_of])
        faces.append(piece.faces + np.int32(offset))
        offset += len(piece.vertices)
    return Mesh(name, np.concatenate([p.vertices for p in pieces]), np.concatenate(faces),
                np.concatenate([p.normals for p in pieces]), np.concatenate([p.uvs for p in pieces]),
                np.concatenate([p.colours for p in pieces]), np.concatenate(material_of), tuple(materials))
