"""Render specs in files of the workspace, and what of a recipe is not a latent: models, pictures, size, seed."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nicegui import ui

from mixreal.commands.parse import render_spec
from mixreal.errors import BadInput
from mixreal.models.axes import AXES
from mixreal.rendering.renderer import check_size
from mixreal.runs import write_text
from mixreal.spec import RenderSpec, to_mapping, to_toml
from mixreal.studio import shell
from mixreal.studio.desk import Desk
from mixreal.studio.workspace import SPECS, Workspace, confined, model_folders, shown, specs

NAMES = {"backgrounds": "Backgrounds", "textures": "Textures", "envmaps": "Environment maps"}
#: Keys of a recipe that need models or pictures to be opened anew.
MATERIAL = frozenset(("models", "classes", "procedural", "beside", "up", "forward", *NAMES))
SIZES = (32, 48, 64, 96, 128, 224, 256)


def load(workspace: Workspace, name: str) -> RenderSpec:
    """A saved spec by name. `BadInput` where there is none, or it names folders outside."""
    path = path_of(workspace, name)
    if not path.is_file():
        raise BadInput(f"no recipe {name!r} below {SPECS}/: choose another")
    spec = render_spec(str(path))
    places = {part: str(confined(workspace, getattr(spec, part)))
              for part in ("models", "backgrounds", "textures", "envmaps")
              if getattr(spec, part) not in ("procedural", "auto")}
    return replace(spec, **places)  # type: ignore[arg-type]


def save(workspace: Workspace, name: str, spec: RenderSpec) -> Path:
    """Write a spec under a name: what differs from the defaults. `BadInput` for a name that is no file name."""
    path = path_of(workspace, name)
    default = to_mapping(RenderSpec())
    told = {key: value for key, value in to_mapping(spec).items() if value != default[key]}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, to_toml(told) or "# the recipe as it comes\n")
    return path


def path_of(workspace: Workspace, name: str) -> Path:
    """Where a spec of that name lies."""
    plain = name.strip().removesuffix(".toml")
    if not plain or plain.startswith(".") or any(c in plain for c in "/\\\0"):
        raise BadInput(f"{name!r} is no name for a recipe: give a word or two, without slashes")
    return confined(workspace, Path(SPECS) / f"{plain}.toml", writing=True)


def bar(desk: Desk, name: str) -> None:
    """The recipe's file: open another, save this one, render it."""

    def names() -> dict[str, str]:
        return {"": "as it comes", **{path.stem: path.stem for path in specs(desk.workspace)}}

    known = [name]  # the recipe that the list shows because we say so, not because somebody chose it

    def choose(event: Any) -> None:
        chosen = str(event.value or "")
        if chosen != known[0]:
            known[0] = chosen
            desk.reopen(load(desk.workspace, chosen) if chosen else RenderSpec())

    def keep() -> None:
        path = save(desk.workspace, str(box.value or ""), desk.study.spec)
        known[0] = path.stem
        files.set_options(names(), value=path.stem)
        menu.close()
        ui.notify(f"saved as {shown(desk.workspace, path)}", type="positive")

    def render() -> None:
        chosen = str(files.value or "")
        if not chosen or load(desk.workspace, chosen) != desk.study.spec:
            chosen = chosen or "unnamed"
            save(desk.workspace, chosen, desk.study.spec)
        ui.navigate.to(f"/batch?spec={quote(chosen)}")

    with ui.element("div").classes("row recipe-bar"):
        files = ui.select(names(), value=name if name in names() else "", label="Recipe", on_change=choose)
        files.props("dense outlined options-dense").classes("grow").mark("recipe")
        with ui.button("Save as", icon="save").props("outline no-caps").mark("save-as"), ui.menu() as menu, \
                ui.element("div").classes("menu-body stack"):
            box = ui.input("Name of the recipe").props("dense outlined autofocus").mark("save-name")
            box.on("keydown.enter", keep)
            ui.button("Save", on_click=keep).props("unelevated no-caps").mark("save")
        ui.button("Render it", icon="photo_library", on_click=render).props("unelevated no-caps").mark("render")


def settings(desk: Desk) -> None:
    """What of a recipe is not a latent; shown while the recipe is looked at."""
    with shell.card("Recipe", note="what it shows, beside its latents") as section:
        fields = ui.element("div").classes("fields")

    def rebuild() -> None:
        fields.clear()
        with fields:
            _fields(desk)

    rebuild()
    section.set_visibility(False)
    desk.reopened.append(rebuild)

    def arrange() -> None:
        section.set_visibility(desk.mode == "recipe")

    desk.rearranged.append(arrange)


def _fields(desk: Desk) -> None:
    spec = desk.study.spec
    workspace = desk.workspace

    def put(**changes: Any) -> None:
        """Into the recipe; what needs loading is loaded."""
        now = replace(desk.study.spec, **changes)
        if MATERIAL.intersection(changes):
            desk.reopen(now)
        else:
            desk.rearrange(replace(desk.study, spec=now))

    def whole(name: str, low: int, high: int) -> Any:
        def typed(event: Any) -> None:
            value = event.sender.value
            if value is None or value != int(value) or not low <= value <= high:
                raise BadInput(f"{name}: expected a whole number from {low:,} to {high:,}")
            put(**{name: int(value)})

        return typed

    folders = {str(folder): shown(workspace, folder) for folder in model_folders(workspace)}
    models = {"procedural": "built in", **folders}
    models.setdefault(spec.models, spec.models)
    ui.select(models, value=spec.models, label="Models",
              on_change=lambda e: put(models=e.value, classes=(), beside=0)) \
        .props("dense outlined options-dense").mark("set-models")
    built_in = ("procedural", "Built-in models a class", 1, 1000) if spec.models == "procedural" else \
        ("beside", "Built-in models a class beside them", 0, 1000)
    for name, said, low, high in (built_in, ("seed", "Seed", 0, 2**31)):
        ui.number(said, value=getattr(spec, name), min=low, max=high, precision=0).props("dense outlined") \
            .on("change", whole(name, low, high), args=[]).mark(f"set-{name}")
    if spec.models != "procedural":
        for name, said, least in (("up", "Up in obj, ply, stl and off", {}),
                                  ("forward", "Forward in these", {"": "by what is up"})):
            ui.select(least | {axis: axis for axis in AXES}, value=getattr(spec, name), label=said,
                      on_change=lambda e, name=name: put(**{name: e.value})) \
                .props("dense outlined options-dense").mark(f"set-{name}")
    sizes = {size: f"{size} px" for size in sorted({*SIZES, spec.size})}

    def resize(event: Any) -> None:
        check_size(event.value)
        put(size=event.value)

    ui.select(sizes, value=spec.size, label="Size", on_change=resize).props("dense outlined options-dense") \
        .mark("set-size")
    ui.select({k: f"{k} rays a pixel" for k in (1, 4, 8, 16)} | {spec.samples: f"{spec.samples} rays a pixel"},
              value=spec.samples, label="Samples", on_change=lambda e: put(samples=e.value)) \
        .props("dense outlined options-dense").mark("set-samples")
    for name in ("backgrounds", "textures", "envmaps"):
        options = {"auto": "your own, if any", "procedural": "built in"}
        options.setdefault(getattr(spec, name), getattr(spec, name))
        ui.select(options, value=getattr(spec, name), label=NAMES[name],
                  on_change=lambda e, name=name: put(**{name: e.value})) \
            .props("dense outlined options-dense").mark(f"set-{name}")
    ui.switch("Framed as photographers do", value=spec.habits, on_change=lambda e: put(habits=e.value)) \
        .mark("set-habits")
