"""The panel of the Scene page: every variation with its knobs, made from its controls."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from mixreal.controls import Control
from mixreal.studio import shell, study
from mixreal.studio.desk import Desk
from mixreal.studio.knobs import Knob, range_knob, value_knob
from mixreal.variations.variation import Variation

OPEN = ("pose", "camera")  # variations that are unfolded at first


def panel(desk: Desk) -> None:
    """Build the panel, and keep it up to date as the desk changes."""
    opened = set(OPEN)
    knobs: dict[str, Knob] = {}
    with shell.card("Latents", classes="panel"):
        head = ui.label().classes("soft small panel-said")
        of_class = ui.element("div").classes("row")
        body = ui.element("div")

    def arrange() -> None:
        knobs.clear()
        body.clear()
        of_class.clear()
        if desk.synthesis is None:
            return
        if desk.mode == "image":
            head.text = "Move one to hold it: the image is drawn again with it. What is not held is drawn."
        else:
            head.text = "The ranges that the recipe draws from. Move them and see sixteen draws."
            with of_class:
                _scope(desk)
        with body:
            for place, variation in zip(desk.places, desk.ready.chain.variations, strict=True):
                _section(desk, place, variation, opened, knobs)
        follow()

    def follow() -> None:
        """Knobs that are not held show what was drawn."""
        if desk.shown is None or desk.mode != "image":
            return
        for variation in desk.shown.synthesis.chain.variations:
            for latent, value in study.values_of(desk.shown.scenes.latents, variation).items():
                if latent in knobs:
                    knobs[latent].put(value)
                    knobs[latent].mark(latent in desk.study.held)

    desk.rearranged.append(arrange)
    desk.followers.append(follow)


def _section(desk: Desk, place: str, variation: Variation, opened: set[str], knobs: dict[str, Knob]) -> None:
    """One variation: a switch, and its knobs when it is unfolded."""
    on = variation.name in desk.ready.chain.on

    def unfold() -> None:
        opened.symmetric_difference_update([variation.name])
        here = variation.name in opened
        button.props(f'aria-expanded={"true" if here else "false"}')
        inner.set_visibility(here)
        if here and not list(inner):
            fill()

    def fill() -> None:
        with inner:
            _knobs(desk, variation, knobs)
        for follow in desk.followers:
            follow()

    def switch(event: Any) -> None:
        desk.rearrange(study.switched(desk.study, place, bool(event.value), desk.places))

    with ui.element("section").classes("variation" if on else "variation off"):
        with ui.element("div").classes("variation-head"):
            with ui.element("button").props("type=button").on("click", unfold).mark(f"open-{variation.name}") as button:
                button.props(f'aria-expanded={"true" if variation.name in opened else "false"}')
                ui.icon("expand_more").props('aria-hidden="true"')
                shell.words("h3", variation.name)
                ui.label(_state(desk, variation, on)).classes("soft small")
            ui.switch(value=on, on_change=switch).props("dense").mark(f"on-{variation.name}") \
                .props(f'aria-label="{variation.name} on or off"')
        inner = ui.element("div").classes("knobs")
        inner.set_visibility(variation.name in opened)
        if variation.name in opened:
            with inner:
                _knobs(desk, variation, knobs)


def _knobs(desk: Desk, variation: Variation, knobs: dict[str, Knob]) -> None:
    if variation.name not in desk.ready.chain.on:
        ui.label("Off: every latent of it rests.").classes("soft small")
        return
    for name, control in variation.controls.items():
        latent = f"{variation.name}.{name}"
        spread = _spread(desk, variation, name)
        if desk.mode == "image":
            knobs[latent] = _value(desk, latent, study.control_of(desk.ready, variation, name, desk.label), spread)
        else:
            label = desk.ready.classes.index(desk.of_class) if desk.of_class else -1
            key = f"{latent}@{desk.of_class}" if desk.of_class else latent
            shown = study.control_of(desk.ready, variation, name, label) if desk.of_class else control
            range_knob(latent, shown, spread[0], spread, _ranged(desk, latent), key in desk.study.spec.ranges)


def _value(desk: Desk, latent: str, control: Control, spread: Sequence[Control]) -> Knob:
    def moved(value: Any, rest: bool) -> None:
        desk.change(study.hold(desk.study, latent, value), rest=rest)

    def free() -> None:
        desk.change(study.let_go(desk.study, latent))

    return value_knob(latent, control, spread, moved, free)


def _ranged(desk: Desk, latent: str) -> Any:
    def ranged(asked: Any) -> None:
        desk.rearrange(study.with_range(desk.study, latent, asked, desk.of_class))

    return ranged


def _scope(desk: Desk) -> None:
    """Whose ranges are set: those of all classes, or of one."""

    def choose(event: Any) -> None:
        desk.of_class, desk.first = str(event.args), 0
        desk.rearrange(desk.study)

    with ui.element("label").classes("row small soft"):
        ui.label("Ranges and draws of")
        with ui.element("select").classes("native").mark("of-class") as select:
            for value, name in {"": "all classes", **{name: name for name in desk.ready.classes}}.items():
                shell.words("option", name).props["value"] = value
        select.props["value"] = desk.of_class
        select.on("change", choose, js_handler="(e) => emit(e.target.value)")


def _spread(desk: Desk, variation: Variation, name: str) -> list[Control]:
    """Every range that the latent has anywhere: as it comes first, the recipe's, and those of single classes."""
    assert desk.base is not None  # there are no knobs before
    usual = next(v for v in desk.base.chain.variations if v.name == variation.name).controls[name]
    own = desk.ready.chain.of_class.get(f"{variation.name}.{name}", {})
    return [usual, variation.controls[name], *own.values()]


def _state(desk: Desk, variation: Variation, on: bool) -> str:
    if not on:
        return "off"
    if desk.mode == "image":
        held = sum(latent.startswith(f"{variation.name}.") for latent in desk.study.held)
        return f"{held} held" if held else ""
    changed = sum(latent.startswith(f"{variation.name}.") for latent in desk.study.spec.ranges)
    return f"{changed} changed" if changed else ""
