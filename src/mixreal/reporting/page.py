"""Findings as one HTML page that needs no other file: pictures inside, light or dark as the reader's system is."""

import base64
from html import escape

from mixreal.reporting.figures import arm_colours, class_bars, curves, image_grid, latent_strip
from mixreal.reporting.findings import (
    NORMS,
    TESTS,
    Arm,
    Comparison,
    Findings,
    Task,
    headline,
    main_key,
    points,
    score_keys,
)

STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf8; --card: #ffffff; --ink: #1d2430; --soft: #5d6675;
        --line: #e4e1db; --accent: #0072b2; --good: #00795a; --warn: #9a4a00; --warn-ground: #fff1df; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171c; --card: #1b1f26; --ink: #e8eaee; --soft: #9aa3b1; --line: #2c323c; --accent: #5ab4e8;
          --good: #45c79f; --warn: #ffc37a; --warn-ground: #3a2a14; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink);
       font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif }
main { max-width: 1060px; margin: 0 auto; padding: 48px 24px 72px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.02em; margin: 0 0 6px }
h2 { font-size: 22px; letter-spacing: -.01em; margin: 0 0 2px }
h3 { font-size: 13px; font-weight: 600; text-transform: uppercase; letter-spacing: .07em; color: var(--soft);
     margin: 30px 0 10px }
p { margin: 6px 0 } .soft { color: var(--soft) } .small { font-size: 13.5px }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 28px 30px;
          margin-top: 28px }
.headline { font-size: 18px; margin: 12px 0 4px; padding-left: 14px; border-left: 3px solid var(--accent) }
.banner { background: var(--warn-ground); color: var(--warn); border-radius: 10px; padding: 10px 16px;
          font-weight: 600; margin-top: 18px }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14.5px }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 12.5px; padding: 6px 14px 6px 0;
     border-bottom: 1px solid var(--line); vertical-align: bottom; white-space: nowrap }
td { padding: 8px 14px 8px 0; border-bottom: 1px solid var(--line); white-space: nowrap }
tr:last-child td { border-bottom: 0 }
.number { text-align: right } .strong { font-weight: 650 } .good { color: var(--good); font-weight: 650 }
.range { color: var(--soft); font-size: 12.5px; display: block }
details { margin-top: 12px; font-size: 14px } summary { cursor: pointer; color: var(--soft) }
.narrow { width: auto; margin-top: 8px } .narrow td { padding: 3px 24px 3px 0 }
.dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 9px }
figure { margin: 0 } img { max-width: 100%; height: auto; display: block }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 26px; align-items: start }
.images { display: grid; grid-template-columns: auto 1fr 1fr; gap: 6px 18px; align-items: center }
.images .class { font-size: 13.5px; color: var(--soft); text-align: right }
.images .head { font-size: 12.5px; font-weight: 600; color: var(--soft) }
.stamps { display: grid; grid-template-columns: max-content 1fr; gap: 3px 20px; font-size: 13.5px }
.stamps dt { color: var(--soft) } .stamps dd { margin: 0; overflow-wrap: anywhere }
"""


def page(findings: Findings) -> str:
    """The whole page as text."""
    parts = [f"<h1>{escape(findings.title)}</h1>",
             f'<p class="soft">{escape(findings.made)} · {escape(findings.machine.get("summary", ""))}</p>']
    parts += [_task(task) for task in findings.tasks]
    parts.append(_how_to_read())
    parts.append(_stamps(findings))
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(findings.title)}</title>\n<style>{STYLE}</style></head>\n"
            f"<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n")


def _task(task: Task) -> str:
    parts = [f"<h2>{escape(task.name)}</h2>",
             f'<p class="soft small">{escape(", ".join(task.classes))}<br>Real: {escape(task.real)}'
             + (f"<br>Synthetic: {escape(task.synthetic)}" if task.synthetic else "") + "</p>"]
    if task.stand_in:
        parts.append(f'<p class="banner">{escape(task.real)}: these figures say nothing about photographs.</p>')
    parts.append(f'<p class="headline">{escape(headline(task))}</p>')
    parts.append(f"<h3>Accuracy, %, mean over seeds, with 95% intervals</h3>{_accuracy_table(task)}")
    if task.comparisons:
        parts.append(f"<h3>Paired comparisons: the same test images, seed by seed</h3>{_comparison_table(task)}")
    lines = curves(task)
    parts.append('<div class="pair">'
                 + (f"<div><h3>Learning curves</h3>{_picture(lines, 'learning curves')}</div>" if lines else "")
                 + f"<div><h3>By class, {TESTS[main_key(task.arms)[0]]}</h3>"
                   f"{_picture(class_bars(task), 'accuracy by class')}</div></div>")
    parts.append(_examples(task))
    parts.append(_latents(task))
    return f"<section>{''.join(parts)}</section>"


def _accuracy_table(task: Task) -> str:
    cells = [key for key in score_keys(task.arms) if key[0] != "validation"]
    colours = arm_colours(task.arms)
    sizes = {key: max(a.scores[key].n for a in task.arms if key in a.scores) for key in cells}
    head = "".join(f"<th>{TESTS[test]}<br>{NORMS[norm]} norm<br>n = {sizes[test, norm]:,}</th>" for test, norm in cells)
    rows = []
    for arm in task.arms:
        numbers = "".join(_score_cell(arm, key, strong=key == main_key(task.arms)) for key in cells)
        rows.append(f'<tr><td><span class="dot" style="background:{colours[arm.name]}"></span>{escape(arm.name)}</td>'
                    f"<td>{len(arm.seeds)}</td><td>{arm.steps:,}</td>"
                    f"<td>{_whisker(task, arm, colours[arm.name])}</td>{numbers}</tr>")
    return (f'<div class="wide"><table><tr><th>arm</th><th>seeds</th><th>steps</th>'
            f"<th>{TESTS[main_key(task.arms)[0]]}</th>{head}</tr>{''.join(rows)}</table></div>")


def _score_cell(arm: Arm, key: tuple[str, str], strong: bool) -> str:
    if key not in arm.scores:
        return "<td></td>"
    score = arm.scores[key]
    return (f'<td><span class="{"strong" if strong else ""}">{points(score.mean)}</span>'
            f'<span class="range">{points(score.low)}–{points(score.high)}</span></td>')


def _whisker(task: Task, arm: Arm, colour: str) -> str:
    """The score and its interval on a scale that all arms of the task share."""
    key = main_key(task.arms)
    scores = [a.scores[key] for a in task.arms if key in a.scores]
    low, high = min(s.low for s in scores), max(s.high for s in scores)
    score, width = arm.scores[key], 150

    def x(value: float) -> float:
        return 6 + (width - 12) * (value - low) / max(high - low, 1e-9)

    return (f'<svg width="{width}" height="18" role="img" aria-label="{points(score.mean)}%">'
            f'<line x1="0" x2="{width}" y1="9" y2="9" stroke="currentColor" stroke-opacity=".12"/>'
            f'<line x1="{x(score.low):.1f}" x2="{x(score.high):.1f}" y1="9" y2="9" stroke="{colour}" '
            f'stroke-width="3" stroke-linecap="round"/><circle cx="{x(score.mean):.1f}" cy="9" r="5" fill="{colour}"/>'
            "</svg>")


def _comparison_table(task: Task) -> str:
    rows = "".join(_comparison_row(c) for c in task.comparisons)
    return ('<div class="wide"><table><tr><th>arm</th><th>against</th><th>test</th><th>norm</th><th>points</th>'
            f"<th>95% interval</th><th>McNemar p, by seed</th></tr>{rows}</table></div>")


def _comparison_row(c: Comparison) -> str:
    good = "good" if c.settled and c.difference > 0 else "strong" if c.settled else ""
    p_values = ", ".join("<0.001" if p < 0.001 else f"{p:.3f}" for p in c.p_values)
    return (f"<tr><td>{escape(c.arm)}</td><td>{escape(c.against)}</td><td>{TESTS.get(c.test, c.test)}</td>"
            f'<td>{NORMS.get(c.norm, c.norm)}</td><td class="{good}">{points(c.difference, True)}</td>'
            f"<td>{points(c.low, True)} to {points(c.high, True)}</td><td>{escape(p_values)}</td></tr>")


def _examples(task: Task) -> str:
    if task.real_images is None and task.synthetic_images is None:
        return ""
    rows = ['<span></span><span class="head">real</span><span class="head">synthetic</span>']
    for k, name in enumerate(task.classes):
        cells = [_picture(image_grid(images[k:k + 1]), f"{name}, {kind}") if images is not None else "<span></span>"
                 for kind, images in (("real", task.real_images), ("synthetic", task.synthetic_images))]
        rows.append(f'<span class="class">{escape(name)}</span>{cells[0]}{cells[1]}')
    real = "STAND-IN for real images" if task.stand_in else "Real images"
    return f'<h3>{real} beside synthetic ones</h3><div class="images">{"".join(rows)}</div>'


def _latents(task: Task) -> str:
    """Histograms where the run kept some values, and every range."""
    if not task.latents and not task.latent_ranges:
        return ""
    strip = latent_strip(task.latents)
    picture = _picture(strip, "histograms of latents") if strip else ""
    rows = "".join(f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{v:.4g}</td>" for v in values) + "</tr>"
                   for name, values in task.latent_ranges.items())
    heads = "".join(f"<th>{head}</th>" for head in ("latent", "lowest", "mean", "highest"))
    table = (f"<details><summary>All {len(task.latent_ranges)} ranges</summary>"
             f'<table class="narrow"><tr>{heads}</tr>{rows}</table></details>') if rows else ""
    return f"<h3>Latents of the synthetic images</h3>{picture}{table}"


def _how_to_read() -> str:
    return ('<section><h2>How to read this</h2><p class="small soft">All arms of a task are tested on the same images; '
            "the table names their optimizer steps, and arms of unequal steps are not to be compared. Where several "
            "arms are compared with one, intervals are not adjusted for the best of them being named. "
            "An accuracy is the mean over seeds; its interval is "
            "Wilson's for one test set of n images. A paired comparison subtracts two arms image by image and seed by "
            "seed; its interval is a bootstrap over seeds and images, and it is settled when zero lies outside. An arm "
            "is compared with real images alone that were trained in the same way, where there is such an arm. "
            "For CIFAR-DA <em>test</em> is the paper's 50 images a class, <em>large test</em> every test "
            "image that is not used for validation. <em>Shared norm</em> keeps the batch-norm statistics of training, "
            "<em>split norm</em> those of the real half of each minibatch; "
            "<em>real norm</em> re-estimates them on real training images.</p></section>")


def _stamps(findings: Findings) -> str:
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(value)}</dd>" for key, value in findings.machine.items()
                   if key != "summary")
    folders = ", ".join(str(run.folder) for task in findings.tasks for arm in task.arms for run in arm.runs)
    return (f'<section><h2>Made on</h2><dl class="stamps">{rows}<dt>runs</dt><dd>{escape(folders)}</dd></dl></section>')


def _picture(png: bytes, what: str) -> str:
    return (f'<figure><img alt="{escape(what, quote=True)}" '
            f'src="data:image/png;base64,{base64.b64encode(png).decode()}"></figure>')
