"""The files that a mesh file names: found as whoever wrote the names meant them, and those not there remembered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from mixreal.errors import first_line


@dataclass(frozen=True)
class Companions:
    """What trimesh asks for materials, pictures and buffers; by itself it takes none from outside the mesh's folder."""

    mesh: Path
    used: dict[Path, bool] = field(default_factory=dict)  # in the order of asking; whether trimesh finds it, too
    missing: dict[str, None] = field(default_factory=dict)  # names, and why where they are there but cannot be read

    @property
    def file_name(self) -> str:
        """What trimesh calls parts without a name."""
        return self.mesh.name

    def get(self, name: str) -> bytes:
        """The content of the file of that name; `FileNotFoundError` where there is none."""
        shown = repr(name if len(name) <= 80 else f"{name[:77]}...")
        try:
            path = next((place for place in self._places(name) if place.is_file()), None)
            content = b"" if path is None else path.read_bytes()
        except (OSError, ValueError) as error:  # not permitted; too long for a name, or with a zero byte in it
            self.missing[f"{shown} ({first_line(error)})"] = None
            raise FileNotFoundError(name) from error
        if path is None:
            self.missing[shown] = None
            raise FileNotFoundError(f"it names {shown}, which is not there")
        self.used[path] = self._found_by_trimesh(name, path)
        return content

    __getitem__ = get

    def _found_by_trimesh(self, name: str, path: Path) -> bool:
        parent = self.mesh.absolute().parent.resolve()
        forms = (name.strip(), name.strip().lstrip("/"), name.rpartition("/")[2])
        end = path.resolve()
        return end.is_relative_to(parent) and end in [(parent / form).resolve() for form in forms]

    def _places(self, name: str) -> Iterator[Path]:
        """Where it may lie, likeliest first: as named, then beside the mesh, then the same as Windows finds it.

        What is named from the root of a disk is looked for there last: on other machines, it is not there.
        """
        written = name.strip().strip('"')
        if written.startswith("-"):  # options of a .mtl before the name: map_Kd -s 2 2 2 wood.png
            written = written.split()[-1]
        names = list(dict.fromkeys(form for text in (written, unquote(written))
                                   for form in (text, text.replace("\\", "/"))))
        last = list(dict.fromkeys(form.replace("\\", "/").rpartition("/")[2] for form in names))
        folders = dict.fromkeys([self.mesh.absolute().parent, self.mesh.resolve().parent])  # of a link, and of its end
        for folder in folders:
            yield from (folder / form.lstrip("/") for form in (*names, *last))
        for folder in folders:
            yield from (found for form in (*names, *last) if (found := _in_any_case(folder, form.lstrip("/"))))
        yield from (Path(form) for form in names if Path(form).is_absolute())


def _in_any_case(folder: Path, name: str) -> Path | None:
    """The file `name` below a folder, large and small letters the same; None where there is none."""
    for part in name.split("/"):
        if not (folder / part).exists():
            alike = sorted(path for path in folder.iterdir() if path.name.casefold() == part.casefold()) \
                if folder.is_dir() else []
            if not alike:
                return None
            part = alike[0].name
        folder = folder / part
    return folder
