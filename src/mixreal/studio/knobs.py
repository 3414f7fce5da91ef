"""Controls as things to move: one value of a latent, or its range in a recipe. Everything is read off the control."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from mixreal.controls import Choice, Colour, Control, Slider
from mixreal.errors import BadInput
from mixreal.studio import shell
from mixreal.studio.scales import STEPS, Scale, scale_of, told

FEW = 8  # options that are shown as buttons rather than in a list

#: Called with a value as a person writes it, and whether the hand has come to rest.
Moved = Callable[[Any, bool], None]


@dataclass(frozen=True)
class Knob:
    """A row that shows one value."""

    put: Callable[[Any], None]  # show a value, telling nobody
    mark: Callable[[bool], None]  # whether it is held


def value_knob(latent: str, control: Control, spread: Sequence[Control], moved: Moved,
               free: Callable[[], None]) -> Knob:
    """A row with which one value of a latent is set; `spread` are the controls whose ranges it has to reach over."""
    with ui.element("div").classes("knob").mark(latent) as row:
        _name(latent, control)
        if isinstance(control, Slider):
            put = _slider(latent, control, scale_of(s for s in (control, *spread) if isinstance(s, Slider)), moved)
        elif isinstance(control, Choice):
            put = _choice(latent, control, moved)
        else:
            put = _colour(latent, moved)
        release = ui.button(icon="lock_open", on_click=free).props("flat round dense size=sm").classes("free")
        release.props["aria-label"] = f"let {latent} go: draw it again"
        release.props["title"] = "held: let it go, to be drawn again"
        release.mark(f"free-{latent}")

    def mark(held: bool) -> None:
        row.classes(add="held") if held else row.classes(remove="held")

    return Knob(put, mark)


def range_knob(latent: str, control: Control, default: Control, spread: Sequence[Control],
               ranged: Callable[[Any], None], changed: bool) -> None:
    """A row with which a latent's range in a recipe is set; `ranged` gets what a recipe says, None for the default."""
    with ui.element("div").classes("knob changed" if changed else "knob").mark(latent):
        _name(latent, control)
        if isinstance(control, Slider):
            _slider_range(latent, control, scale_of(s for s in (control, *spread) if isinstance(s, Slider)), ranged)
        elif isinstance(control, Choice):
            _choice_range(latent, control, default, ranged)
        else:
            _colour_range(latent, control, ranged)
        back = ui.button(icon="undo", on_click=lambda: ranged(None)).props("flat round dense size=sm").classes("free")
        back.props["aria-label"] = f"the range of {latent} as it comes"
        back.props["title"] = "changed: back to the range as it comes"
        back.mark(f"free-{latent}")


def to_hex(colour: Sequence[float]) -> str:
    """sRGB in [0, 1] -> "#rrggbb"."""
    return "#" + "".join(f"{round(255 * min(max(c, 0.0), 1.0)):02x}" for c in colour)


def from_hex(text: str) -> list[float]:
    """"#rrggbb" -> sRGB in [0, 1]."""
    return [round(int(text[k:k + 2], 16) / 255, 4) for k in (1, 3, 5)]


def _name(latent: str, control: Control) -> None:
    with ui.element("div").classes("knob-name") as name:
        ui.label(latent.partition(".")[2].replace("_", " "))
        if isinstance(control, Slider) and control.unit:
            shell.words("span", control.unit).classes("unit")
    if control.doc:
        name.props["title"] = control.doc


def _slider(latent: str, control: Slider, scale: Scale, moved: Moved) -> Callable[[Any], None]:
    quiet = [False]

    def slide(position: float | None) -> None:
        if not quiet[0] and position is not None:
            value = scale.value(position)
            show(value)
            moved(value, False)

    def rest(event: Any) -> None:
        # Moves are told twenty times a second, the end of one at once: it may come before the last move.
        position = event.args if isinstance(event.args, (int, float)) else slider.value or 0
        value = scale.value(position)
        put(value)
        moved(value, True)

    def typed(text: Any) -> None:
        value = _number(latent, text, scale.log)
        put(value)
        moved(value, True)

    slider = ui.slider(min=0, max=STEPS, step=1, value=0, on_change=lambda event: slide(event.value))
    _local(slider).on("change", rest).props("dense").mark(f"value-{latent}")
    slider.props["aria-label"] = _label(latent, control)
    box = _number_box(latent, typed)

    def show(value: float) -> None:
        box.props["value"] = f"{value:.4g}"
        slider.props["aria-valuetext"] = told(value, control.unit)

    def put(value: Any) -> None:
        quiet[0] = True
        try:
            slider.value = scale.position(float(value))
        finally:
            quiet[0] = False
        show(float(value))

    return put


def _choice(latent: str, control: Choice, moved: Moved) -> Callable[[Any], None]:
    return (_few if len(control.options) <= FEW else _many)(latent, control, moved)


def _few(latent: str, control: Choice, moved: Moved) -> Callable[[Any], None]:
    def press(option: str) -> None:
        put(option)
        moved(option, True)

    with ui.element("div").classes("options grow").props('role="radiogroup"').mark(f"value-{latent}") as group:
        group.props["aria-label"] = _label(latent, control)
        buttons = {option: shell.words("button", option).classes("option") for option in control.options}
    for option, button in buttons.items():
        button.props("type=button role=radio").mark(f"option-{latent}-{option}")
        button.on("click", lambda option=option: press(option))

    def put(value: Any) -> None:
        for option, button in buttons.items():
            button.props["aria-checked"] = "true" if option == value else "false"

    return put


def _many(latent: str, control: Choice, moved: Moved) -> Callable[[Any], None]:
    with ui.element("select").classes("native grow").mark(f"value-{latent}") as select:
        for option in control.options:
            shell.words("option", option).props["value"] = option
    select.props["aria-label"] = _label(latent, control)
    select.on("change", lambda event: moved(str(event.args), True), js_handler="(e) => emit(e.target.value)")

    def put(value: Any) -> None:
        select.props["value"] = value

    return put


def _colour(latent: str, moved: Moved) -> Callable[[Any], None]:
    box = ui.element("input").props("type=color").classes("swatch").mark(f"value-{latent}")
    box.props["aria-label"] = latent
    text = ui.label().classes("mono small soft grow")

    def picked(event: Any, rest: bool) -> None:
        colour = from_hex(str(event.args))
        text.text = to_hex(colour)
        moved(colour, rest)

    read = "(e) => emit(e.target.value)"
    box.on("input", lambda event: picked(event, False), throttle=0.05, js_handler=read)
    box.on("change", lambda event: picked(event, True), js_handler=read)

    def put(value: Any) -> None:
        box.props["value"] = text.text = to_hex(value)

    return put


def _slider_range(latent: str, control: Slider, scale: Scale, ranged: Callable[[Any], None]) -> None:
    ends = [control.low, control.high]

    def slide(positions: Mapping[str, float]) -> None:
        # An end that stays where it is keeps its exact value.
        for k, name in enumerate(("min", "max")):
            if positions[name] != scale.position(ends[k]):
                ends[k] = scale.value(positions[name])
                boxes[k].props["value"] = f"{ends[k]:.4g}"

    def rest(event: Any) -> None:
        slide(event.args or slider.value)
        ranged([*ends])

    def typed(k: int, text: Any) -> None:
        asked = [*ends]
        asked[k] = _number(latent, text, scale.log)
        ranged([min(asked), max(asked)])

    boxes = [_number_box(f"{latent}, lowest", lambda text: typed(0, text))]
    slider = ui.range(min=0, max=STEPS, step=1, on_change=lambda event: slide(event.value),
                      value={"min": scale.position(control.low), "max": scale.position(control.high)})
    _local(slider).on("change", rest).props("dense").mark(f"range-{latent}")
    slider.props["aria-label"] = _label(latent, control)
    boxes.append(_number_box(f"{latent}, highest", lambda text: typed(1, text)))
    for box, end in zip(boxes, ends):
        box.props["value"] = f"{end:.4g}"


def _choice_range(latent: str, control: Choice, default: Control, ranged: Callable[[Any], None]) -> None:
    weights = control.weights or (1.0,) * len(control.options)
    chosen = [option for option, weight in zip(control.options, weights) if weight > 0]
    usual = default.weights if isinstance(default, Choice) and default.weights else (1.0,) * len(control.options)
    all_of_it = [option for option, weight in zip(control.options, usual) if weight > 0]

    def choose(names: Sequence[str]) -> None:
        kept = [option for option in control.options if option in names]
        if not kept:
            raise BadInput(f"{latent}: at least one option has to be left")
        ranged(None if kept == all_of_it else kept)

    if len(control.options) > FEW:
        picker = ui.select(list(control.options), multiple=True, value=[] if chosen == all_of_it else chosen,
                           on_change=lambda event: choose(event.value or all_of_it), with_input=True, clearable=True)
        picker.props(f'dense outlined use-chips hide-bottom-space label="all {len(all_of_it)}"').classes("grow")
        picker.props["aria-label"] = latent
        picker.mark(f"range-{latent}")
        return
    with ui.element("div").classes("options grow").props('role="group"').mark(f"range-{latent}") as group:
        group.props["aria-label"] = latent
        for option, weight in zip(control.options, weights):
            share = f"{100 * weight / sum(weights):.0f}%" if weight > 0 else "–"
            others = [name for name in chosen if name != option]
            asked = others if weight > 0 else [*chosen, option]
            button = ui.element("button").props(f'type=button aria-pressed={"true" if weight > 0 else "false"}')
            button.classes("option").on("click", lambda asked=asked: choose(asked)).mark(f"option-{latent}-{option}")
            with button:
                shell.words("span", option)
                shell.words("span", share).classes("unit")


def _colour_range(latent: str, control: Colour, ranged: Callable[[Any], None]) -> None:
    ends = [list(control.low), list(control.high)]
    with ui.element("div").classes("grow channels"):
        for k, channel in enumerate("rgb"):
            def rest(event: Any, k: int = k) -> None:
                ends[0][k], ends[1][k] = event.args["min"] / 100, event.args["max"] / 100
                ranged([list(ends[0]), list(ends[1])])

            slider = ui.range(min=0, max=100, step=1,
                              value={"min": round(100 * ends[0][k]), "max": round(100 * ends[1][k])})
            _local(slider).on("change", rest).props("dense")
            slider.classes(f"channel-{channel}").mark(f"range-{latent}-{channel}")
            slider.props["aria-label"] = f"{latent}, {dict(r='red', g='green', b='blue')[channel]}, in percent"


def _number_box(said: str, typed: Callable[[Any], None]) -> ui.element:
    box = ui.element("input").props("type=number step=any").classes("native number-box")
    box.props["aria-label"] = said
    box.mark(f"number-{said}")
    box.on("change", lambda event: typed(event.args), js_handler="(e) => emit(e.target.value)")
    return box


def _number(latent: str, text: Any, log: bool) -> float:
    try:
        value = float(text)
    except (TypeError, ValueError):
        raise BadInput(f"{latent}: expected a number, got {text!r}") from None
    if not math.isfinite(value) or (log and value <= 0):
        raise BadInput(f"{latent}: expected a number{' above 0' if log else ''}, got {text!r}")
    return value


def _label(latent: str, control: Control) -> str:
    return f"{latent}: {control.doc}" if control.doc else latent


def _local(element: Any) -> Any:
    """The thumb follows the hand in the browser, without waiting for an echo of the server's."""
    element.LOOPBACK = False
    element.props["loopback"] = False
    return element
