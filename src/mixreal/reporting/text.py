"""Findings as text: a Markdown page, and a table for the terminal."""

from mixreal.reporting.findings import NORMS, TESTS, Findings, Score, Task, gain, headline, main_key, points, score_keys


def markdown(findings: Findings) -> str:
    """The whole page."""
    lines = [f"# {findings.title}", "", f"{findings.made} · {findings.machine.get('summary', '')}"]
    for task in findings.tasks:
        lines += ["", f"## {task.name}", "", *_markdown_task(task)]
    lines += ["", "## Made on", ""]
    lines += [f"- {key}: {value}" for key, value in findings.machine.items() if key != "summary"]
    lines += [f"- {run.folder}" for task in findings.tasks for arm in task.arms for run in arm.runs]
    return "\n".join(lines) + "\n"


def text_table(findings: Findings) -> str:
    """What a terminal shows: a table a task and its paired comparisons."""
    lines: list[str] = []
    for task in findings.tasks:
        test, norm = main_key(task.arms)
        keys = [key for key in score_keys(task.arms) if key[0] != "validation"]
        heads = ["arm", "seeds", "steps", *(f"{TESTS[t]}, {NORMS[n]} norm" for t, n in keys)]
        cells = [[arm.name, str(len(arm.seeds)), f"{arm.steps:,}", *(_score(arm.scores.get(key)) for key in keys)]
                 for arm in task.arms]
        lines += ["", f"{task.name}: {len(task.classes)} classes; real: {task.real}", *_aligned([heads, *cells])]
        lines += [f"  {c.arm} less {c.against}: {gain(c)}"
                  for c in task.comparisons if (c.test, c.norm) == (test, norm)]
    return "\n".join(lines).lstrip("\n")


def _markdown_task(task: Task) -> list[str]:
    lines = [", ".join(task.classes), "", f"- Real: {task.real}"]
    lines += [f"- Synthetic: {task.synthetic}"] if task.synthetic else []
    if task.stand_in:
        lines += ["", f"> **{task.real}: these figures say nothing about photographs.**"]
    lines += ["", f"**{headline(task)}**", "", "Accuracy, %, mean over seeds, with 95% intervals:", ""]
    keys = score_keys(task.arms)
    sizes = {key: max(arm.scores[key].n for arm in task.arms if key in arm.scores) for key in keys}
    heads = ["arm", "real:synthetic", "seeds", "steps",
             *(f"{TESTS[t]}, n = {sizes[t, n]:,}, {NORMS[n]} norm" for t, n in keys)]
    lines += _table(heads, [[arm.name, arm.mix, ", ".join(map(str, arm.seeds)), f"{arm.steps:,}",
                             *(_score(arm.scores.get(key)) for key in keys)] for arm in task.arms])
    if task.comparisons:
        lines += ["", "Paired, on the same test images, seed by seed:", ""]
        lines += _table(["arm", "against", "test", "norm", "points", "95% interval", "McNemar p, by seed"],
                        [[c.arm, c.against, TESTS[c.test], NORMS[c.norm], points(c.difference, True),
                          f"{points(c.low, True)} to {points(c.high, True)}",
                          ", ".join(f"{p:.2g}" for p in c.p_values)] for c in task.comparisons])
    test = TESTS[main_key(task.arms)[0]]
    lines += ["", f"By class, {test}, %:", ""]
    lines += _table(["arm", *task.classes],
                    [[arm.name, *(points(float(share)) for share in arm.per_class)] for arm in task.arms])
    if task.latent_ranges:
        lines += ["", "Latents of the synthetic images, lowest, mean, highest:", ""]
        lines += _table(["latent", "lowest", "mean", "highest"],
                        [[name, *(f"{v:.4g}" for v in values)] for name, values in task.latent_ranges.items()])
    return lines


def _score(score: Score | None) -> str:
    return f"{points(score.mean)} ({points(score.low)}–{points(score.high)})" if score else ""


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in [heads, ["---"] * len(heads), *rows]]


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
