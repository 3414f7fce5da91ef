"""Jobs on a page: how each stands, second by second, with buttons to stop it, to go on, and to read what it said."""

import shlex
import time
from collections.abc import Callable, Sequence

from nicegui import ui

from mixreal.studio import jobs, shell
from mixreal.studio.jobs import Job
from mixreal.studio.workspace import Workspace

SHOWN = 12  # the newest jobs
EVERY = 1.0  # seconds between looks
CHIPS = {"running": "running", "done": "done", "failed": "failed", "cancelled": "stopped", "died": "died"}

#: Adds content of a page's own below a job, when its card is built; what it returns is called at every look.
Attachment = Callable[[Job], Callable[[Job], None]]


def job_list(workspace: Workspace, commands: Sequence[str], attach: Attachment | None = None,
             nothing: str = "No job yet.") -> Callable[[], None]:
    """The newest jobs of these commands, kept up to date; returns a function that looks at once."""
    with ui.element("div").classes("jobs"):
        blank = shell.empty(nothing)
        stack = ui.element("div").classes("stack")
    cards: dict[str, Callable[[Job], None]] = {}

    def look() -> None:
        found = jobs.jobs(workspace, commands)[:SHOWN]
        blank.set_visibility(not found)
        for job in reversed(found):
            if job.id not in cards:
                with stack:
                    box, cards[job.id] = _card(workspace, job, attach, look)
                box.move(stack, 0)  # newest first
            cards[job.id](job)

    look()
    ui.timer(EVERY, look, immediate=False)
    return look


def _card(workspace: Workspace, job: Job, attach: Attachment | None,
          look: Callable[[], None]) -> tuple[ui.element, Callable[[Job], None]]:
    """One job's card and the function that brings it up to date."""

    def stop() -> None:
        jobs.cancel(workspace, job.id, now=jobs.read(workspace, job.id).stopping)
        look()

    def go_on() -> None:
        jobs.resume(workspace, job.id)
        look()

    def unfold() -> None:
        opened = not printed.visible
        printed.set_visibility(opened)
        log_button.props(f'aria-expanded={"true" if opened else "false"}')
        if opened:
            printed.text = jobs.log(workspace, job.id) or "nothing printed yet"

    with ui.element("article").classes("card job").props(f'data-job="{job.id}"') as box:
        with ui.element("div").classes("job-head"):
            chip = ui.label().classes("chip").mark("job-state")
            shell.words("h3", job.title)
            ui.label(time.strftime("%d %b %H:%M", time.localtime(job.started))).classes("soft small push")
        bar = ui.element("div").classes("bar").props('role="progressbar" aria-valuemin=0 aria-valuemax=100')
        bar.props["aria-label"] = f"progress of {job.title}"
        with bar:
            fill = ui.element("div").classes("bar-fill")
        said = ui.label().classes("job-said").props('aria-live="polite"').mark("job-said")
        with ui.element("div").classes("row"):
            stop_button = ui.button("Stop", icon="stop", on_click=stop).props("outline dense no-caps").mark("job-stop")
            resume_button = ui.button("Go on", icon="play_arrow", on_click=go_on).props("outline dense no-caps") \
                .mark("job-resume")
            log_button = ui.button("What it printed", on_click=unfold).props("flat dense no-caps aria-expanded=false") \
                .mark("job-log")
        command = "mixreal " + shlex.join(job.argv)
        printed = shell.words("pre", "").classes("log").mark("job-printed")
        printed.set_visibility(False)
        ui.label(command).classes("command")
        further = attach(job) if attach else None

    def update(now: Job) -> None:
        chip.text = "stopping" if now.stopping else CHIPS[now.state]
        chip.classes(replace=f"chip {now.state}")
        said.text = told(now)
        share = 1.0 if now.state == "done" else now.progress.share if now.progress else 0.0
        fill.style(f"width: {100 * share:.1f}%")
        bar.props(f"aria-valuenow={100 * share:.0f}")
        bar.set_visibility(now.state == "running" or 0 < share < 1)
        stop_button.set_visibility(now.state == "running")
        stop_button.text = "Stop at once" if now.stopping else "Stop"
        resume_button.set_visibility(now.state in ("cancelled", "died", "failed"))
        if printed.visible and now.state == "running":
            printed.text = jobs.log(workspace, now.id) or "nothing printed yet"
        if further:
            further(now)

    return box, update


def told(job: Job) -> str:
    """How a job stands, as a sentence: what is done, how fast, what is left, or how it ended."""
    if job.state == "running":
        if job.stopping:
            return "Stopping: what is finished is kept."
        if job.progress is None:
            return job.said or "Getting ready …"
        p = job.progress
        pace = f", {shell.number(p.rate)} {p.unit}/s, {shell.duration(p.left)} left" if p.rate > 0 else ""
        return f"{p.label}: {p.done:,} of {p.total:,} {p.unit}{pace}"
    if job.state == "done":
        took = f"; it took {shell.duration(job.ended - job.started)}" if job.ended else ""
        return f"{(job.said or 'Finished').rstrip('.')}{took}."
    if job.state == "cancelled":
        done = f" after {job.progress.done:,} of {job.progress.total:,} {job.progress.unit}" if job.progress else ""
        return f"Stopped{done}; what is finished is kept, Go on continues."
    return job.said or "It failed without a word."
