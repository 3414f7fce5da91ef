"""Doctor: what works on this machine, in words."""

from nicegui import ui

from mixreal import doctor
from mixreal.doctor import Finding, State
from mixreal.studio import shell
from mixreal.studio.look import filled, use_look
from mixreal.studio.workspace import Workspace

ICONS: dict[State, tuple[str, str]] = {"ok": ("check_circle", "works"), "note": ("info", "worth knowing"),
                                       "problem": ("error", "a problem")}


def page(workspace: Workspace) -> None:
    """What takes no time is looked at at once; rendering and training are tried when asked for."""
    use_look()
    with shell.card():
        where = ui.element("div").mark("findings")
        with ui.element("div").classes("row"):
            again = ui.button("Try rendering and training, too", icon="play_arrow",
                              on_click=lambda: look(False)).props("no-caps unelevated").mark("try")
            ui.label("Half a minute: it renders 256 images, and trains for a few steps.").classes("soft small")

    async def look(quick: bool) -> None:
        again.set_enabled(False)
        data = str(workspace.data) if workspace.data else None
        await filled(where, lambda: doctor.examine(data, quick, workspace.root), _show,
                     "Looking …" if quick else "Rendering and training a little …")
        again.set_enabled(True)

    ui.timer(0, lambda: look(True), once=True)


def _show(findings: list[Finding]) -> None:
    problems = [finding for finding in findings if finding.state == "problem"]
    said = "Everything that is needed works." if not problems else \
        f"{len(problems)} problem{'s' if len(problems) > 1 else ''}: {', '.join(one.about for one in problems)}."
    shell.words("p", said).classes("verdict").props('role="status"')
    with ui.element("dl").classes("findings"):
        for finding in findings:
            icon, meaning = ICONS[finding.state]
            with ui.element("div").classes(f"finding {finding.state}"):
                ui.icon(icon).props(f'role="img" aria-label="{meaning}"')
                shell.words("dt", finding.about)
                shell.words("dd", finding.said)
