"""The folders that a studio was started on: what is in them, and that nothing leads out of them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mixreal import runs as run_files
from mixreal.errors import BadInput
from mixreal.models.load import SUFFIXES
from mixreal.real.photos import SPLIT_NAMES

HIDDEN = ".jobs"  # what the studio keeps for itself, below the root
SPECS = "specs"  # saved render specs, below the root
DEPTH = 6  # folders below the root that listings look into
PHOTOS = (".jpg", ".jpeg", ".png", ".webp", ".bmp")


@dataclass(frozen=True)
class Workspace:
    """`root` is read and written; `data` (the folder of one's own material, `MIXREAL_DATA`) is read only."""

    root: Path  # resolved
    data: Path | None = None  # resolved


def open_workspace(folder: str | Path, data: str | Path | None = None) -> Workspace:
    """The workspace in `folder`, made if missing; `BadInput` where that, or the data folder, cannot serve."""
    root = Path(folder).expanduser()
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"cannot work in {str(folder)!r}: {error.strerror or error}: give another folder") from None
    if not os.access(root, os.W_OK):
        raise BadInput(f"the folder {str(folder)!r} cannot be written: give one of your own")
    if data is not None and not Path(data).expanduser().is_dir():
        raise BadInput(f"the data folder {str(data)!r} (--data or MIXREAL_DATA) is not a folder: give an existing one")
    return Workspace(root.resolve(), Path(data).expanduser().resolve() if data is not None else None)


def confined(workspace: Workspace, text: str | Path, *, writing: bool = False) -> Path:
    """The path that `text` names, relative to the root or absolute; `BadInput` if it leads out of the folders.

    Links are followed first, so one that points outside is outside. With `writing`, only the root will do.
    """
    words = str(text).strip()
    if not words or "\0" in words:
        raise BadInput("no path given: name a folder below the studio's")
    try:
        path = (workspace.root / words).resolve()
    except (OSError, RuntimeError) as error:  # a loop of links, a name too long
        raise BadInput(f"{words!r} is no path that can be used: {error}") from None
    allowed = [workspace.root] if writing or workspace.data is None else [workspace.root, workspace.data]
    if not any(path.is_relative_to(root) for root in allowed):
        names = " or ".join(str(root) for root in allowed)
        raise BadInput(f"{words!r} lies outside the studio's folders: give a path below {names}")
    return path


def shown(workspace: Workspace, path: Path) -> str:
    """How a path is told to people: relative to the root where it is below it."""
    return path.relative_to(workspace.root).as_posix() if path.is_relative_to(workspace.root) else str(path)


def datasets(workspace: Workspace) -> list[Path]:
    """Every dataset folder below the root, finished or not, newest first."""
    return _newest(_walk(workspace.root, "dataset.toml"))


def runs(workspace: Workspace) -> list[Path]:
    """Every training run below the root, finished or under way, newest first."""
    return _newest(_walk(workspace.root, run_files.CONFIG, (run_files.METRICS, run_files.RESULT)))


def plans(workspace: Workspace) -> list[Path]:
    """Every folder that `mixreal reproduce` wrote a recipe's plan to, newest first."""
    return _newest(_walk(workspace.root, "plan.json"))


def specs(workspace: Workspace) -> list[Path]:
    """Every saved render spec, by name."""
    return sorted((workspace.root / SPECS).glob("*.toml"))


def recipes(workspace: Workspace) -> list[str]:
    """The names of the recipes that mixreal brings, then the TOML files in the workspace's `recipes` folder."""
    shipped = sorted(p.name[:-5] for p in resources.files("mixreal.recipes").iterdir() if p.name.endswith(".toml"))
    return shipped + [str(p) for p in sorted((workspace.root / "recipes").glob("*.toml"))]


def model_folders(workspace: Workspace) -> list[Path]:
    """Folders of class folders of meshes, below the root and in the data folder."""
    return _folders_of(workspace, SUFFIXES)


def photo_folders(workspace: Workspace) -> list[Path]:
    """Folders of class folders of photos, below the root and in the data folder; of split folders their parent."""
    found = (path.parent if path.name.lower() in SPLIT_NAMES else path for path in _folders_of(workspace, PHOTOS))
    return list(dict.fromkeys(found))


def _folders_of(workspace: Workspace, suffixes: tuple[str, ...]) -> list[Path]:
    """Folders with two or more sub-folders that each hold such a file."""
    found = []
    for root in (workspace.root, workspace.data):
        for folder, folders, _ in _look(root, 3) if root else ():
            holding = (name for name in folders if _holds(folder / name, suffixes))
            if next(holding, None) and next(holding, None):
                found.append(folder)
                folders.clear()  # what is below belongs to it
    return found


def _holds(folder: Path, suffixes: tuple[str, ...]) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.lower().endswith(suffixes) for entry in entries)
    except OSError:
        return False


def _walk(root: Path, marker: str, beside: tuple[str, ...] = ()) -> Iterator[Path]:
    """Folders that hold a file `marker`, and one of `beside` if any are given; below one is not looked into."""
    for folder, folders, files in _look(root, DEPTH):
        if marker in files and (not beside or not set(beside).isdisjoint(files)):
            folders.clear()
            yield folder


def _look(root: Path, depth: int) -> Iterator[tuple[Path, list[str], list[str]]]:
    for place, folders, files in os.walk(root):
        folder = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if len(folder.relative_to(root).parts) >= depth:
            folders.clear()
        yield folder, folders, files


def _newest(folders: Iterator[Path]) -> list[Path]:
    def changed(folder: Path) -> float:
        try:
            return folder.stat().st_mtime
        except OSError:
            return 0.0

    return sorted(folders, key=changed, reverse=True)
