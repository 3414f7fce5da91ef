"""Report: finished run folders -> findings -> an HTML page, a Markdown page, a table in the terminal, rows of JSON."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs as folders
from mixreal.errors import BadInput
from mixreal.learning.minibatches import Mix
from mixreal.learning.scores import mcnemar, paired_difference, per_class, wilson
from mixreal.production.origin import unplaced
from mixreal.reporting.findings import TESTS, Arm, Comparison, Curve, Findings, Score, Task, main_key
from mixreal.reporting.page import page
from mixreal.reporting.text import markdown
from mixreal.runs import Run
from mixreal.spec import to_mapping

BOOTSTRAP_SEED = 0
EXAMPLES = 8  # images a class and domain
SHORT = 8  # digits of a fingerprint that tell two sets apart
SYNTHETIC_KEYS = ("mix", "finish", "synthetic", "synthetic source")  # in which a mix and real images alone differ


def gather(places: Iterable[str | Path], title: str = "mixreal report") -> Findings:
    """What the finished runs at or below some folders found. `BadInput` if there are none."""
    places = list(places)
    found = {run.config.get("identity", str(run.folder)): run for place in places for run in folders.find_runs(place)}
    tested = [run for run in found.values() if run.results]
    if not tested:
        where = ", ".join(str(place) for place in places)
        raise BadInput(f"no finished run with test results in {where}: give a folder that `mixreal train` wrote")
    by_task: dict[str, list[Run]] = {}
    for run in tested:
        by_task.setdefault(_task_key(run), []).append(run)
    tasks = tuple(_task(runs) for runs in by_task.values())
    return Findings(title, tasks, _machine(tested), datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))


def write_pages(findings: Findings, folder: str | Path) -> tuple[Path, Path]:
    """Write report.html and report.md into a folder, whole or not at all; returns their paths."""
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    html, text = root / "report.html", root / "report.md"
    folders.write_text(html, page(findings))
    folders.write_text(text, markdown(findings))
    return html, text


def rows(findings: Findings) -> list[dict[str, Any]]:
    """One mapping a run, for a JSON file: accuracy and interval on the main test, and every other result."""
    out = []
    for task in findings.tasks:
        test, norm = main_key(task.arms)
        for arm in task.arms:
            for run in arm.runs:
                score = run.results[f"{test}/{norm}"]
                out.append({"name": f"{task.name}: {arm.name}", "task": task.name, "arm": arm.name,
                            "classes": len(task.classes), "class_names": list(task.classes), "seed": run.spec.seed,
                            "mix": arm.mix, "test": test, "norm": norm, "accuracy": score["accuracy"],
                            "low": score["low"], "high": score["high"], "n": int(score["n"]), "steps": run.steps,
                            "images_per_second": run.images_per_second, "real": task.real, "results": run.results})
    return out


def paired_rows(findings: Findings) -> list[dict[str, Any]]:
    """One mapping a comparison, for a JSON file."""
    return [{"task": task.name, "classes": len(task.classes), "arm": c.arm, "against": c.against, "test": c.test,
             "norm": c.norm, "difference": c.difference, "low": c.low, "high": c.high, "settled": c.settled,
             "mcnemar_p": list(c.p_values), "real": task.real} for task in findings.tasks for c in task.comparisons]


def _task(runs: list[Run]) -> Task:
    by_arm: dict[str, list[Run]] = {}
    for run in runs:
        by_arm.setdefault(repr(_arm_key(run)), []).append(run)
    groups = sorted((sorted(group, key=lambda run: run.spec.seed) for group in by_arm.values()), key=_arm_order)
    arms = tuple(_arm(name, group) for name, group in zip(_arm_names(groups), groups))
    key = main_key(arms)
    arms = tuple(_with_classes(arm, key) for arm in arms)
    data = [run.config.get("data", {}) for group in groups for run in group]
    synthetic = list(dict.fromkeys(d["synthetic"]["source"] for d in data if "synthetic" in d))
    reals = list(dict.fromkeys(_seedless(d[part]["source"]) for d in data for part in ("real", "test") if part in d))
    first = [next((run for run in group if (run.folder / folders.SAMPLES).is_file()), group[0]) for group in groups]
    samples = [folders.read_samples(run.folder) for run in reversed(first)]
    return Task(_task_name(runs[0]), runs[0].classes, reals[0] if reals else "", "; ".join(synthetic), arms,
                tuple(_comparisons(arms)), _examples(samples, "real", runs[0].classes),
                _examples(samples, "synthetic", runs[0].classes), _latents(samples), _latent_ranges(data))


def _arm(name: str, runs: list[Run]) -> Arm:
    scores = {}
    data = runs[0].config.get("data", {})
    twice = data.get("test", {}).get("fingerprint", "") == data.get("test_large", {}).get("fingerprint")  # own photos
    keys = [key for key in runs[0].results if all(key in run.results for run in runs)
            and key.partition("/")[0] in TESTS  # not other cells' photos, "test@2", that a recipe tested with it
            and not (twice and key.startswith("test_large/"))]
    for key in keys:
        mean = float(np.mean([run.results[key]["accuracy"] for run in runs]))
        n = int(runs[0].results[key]["n"])
        test, _, norm = key.partition("/")
        scores[test, norm] = Score(mean, *wilson(round(mean * n), n), n)
    return Arm(name, runs[0].spec.mix, tuple(runs), scores, np.zeros(0), _curve(runs))


def _with_classes(arm: Arm, key: tuple[str, str]) -> Arm:
    """The arm with its accuracy by class on one test set."""
    by_run = []
    for run in arm.runs:
        told = folders.read_predictions(run, "/".join(key))
        by_run.append([a.accuracy for a in per_class(told.labels, told.logits.argmax(1), run.classes).values()])
    return Arm(arm.name, arm.mix, arm.runs, arm.scores, np.mean(by_run, axis=0), arm.curve)


def _curve(runs: list[Run]) -> Curve | None:
    """On validation images where all runs have some, else on test images: one curve is of one kind."""
    metrics = [folders.read_metrics(run.folder) for run in runs]
    for test in ("validation", "test"):
        lines = [[(int(row["step"]), row[test]) for row in found if test in row] for found in metrics]
        steps = [[step for step, _ in line] for line in lines]
        if steps[0] and all(other == steps[0] for other in steps):
            return Curve(np.array(steps[0]), np.array([[accuracy for _, accuracy in line] for line in lines]), test)
    return None


def _comparisons(arms: Sequence[Arm]) -> Iterable[Comparison]:
    """Every arm against its own baseline, on every test set and norm that both have."""
    main = main_key(arms)
    pairs = [(against, arm) for arm in arms for against in [_baseline(arm, arms)] if against is not None]
    keys = {key for against, _ in pairs for key in against.scores if key[0] != "validation"}
    for key in sorted(keys, key=lambda key: (key != main, key[0] != main[0], key)):
        for against, arm in pairs:
            if key in against.scores and key in arm.scores:
                comparison = _compare(against, arm, key)
                if comparison:
                    yield comparison


def _baseline(arm: Arm, arms: Sequence[Arm]) -> Arm | None:
    """Real images alone, trained in the same way: what differs then is what synthetic images do. None without any.

    Where all arms are of real images alone, or none is, the question is another: each is compared with the first.
    """
    alone = [one for one in arms if Mix.parse(one.mix).synthetic == 0]
    if len(alone) in (0, len(arms)):
        return arms[0] if arm is not arms[0] else None
    way = {one.name: {key: value for key, value in _arm_key(one.runs[0]).items() if key not in SYNTHETIC_KEYS}
           for one in (arm, *alone)}
    return next((one for one in alone if one is not arm and way[one.name] == way[arm.name]), None)


def _compare(first: Arm, second: Arm, key: tuple[str, str]) -> Comparison | None:
    """None where no seed was run with both, or where they were not tested on the same images."""
    seeds = [seed for seed in first.seeds if seed in second.seeds]
    told = [[folders.read_predictions(arm.runs[arm.seeds.index(seed)], "/".join(key)) for seed in seeds]
            for arm in (first, second)]
    if not seeds or any(not np.array_equal(told[0][0].index, other.index) for arm in told for other in arm):
        return None
    before, after = (np.stack([p.correct for p in arm]) for arm in told)
    d = paired_difference(before, after, told[0][0].labels, seed=BOOTSTRAP_SEED)
    p_values = tuple(mcnemar(a, b).p for a, b in zip(before, after))
    return Comparison(second.name, first.name, *key, d.mean, d.low, d.high, p_values)


def _task_key(run: Run) -> str:
    """Runs answer one question when they know the same classes and are tested on the same images."""
    data = run.config.get("data", {})
    return repr((run.classes, [data[test]["fingerprint"] for test in ("test", "test_large") if test in data]))


def _task_name(run: Run) -> str:
    data = run.config.get("data", {})
    source = str(data.get("test", data.get("real", {})).get("source", "")) or "runs"
    return source.removesuffix(" test")


def _arm_key(run: Run) -> dict[str, Any]:
    """Everything about a run but its seed, and the photos that the seed chose."""
    key = to_mapping(run.spec)
    del key["seed"]
    data = run.config.get("data", {})
    real, synthetic = data.get("real", {}), data.get("synthetic", {})
    source = str(real.get("source", ""))
    photos = _seedless(source) if "(seed" in source else f"{source} {real.get('fingerprint', '')}"
    return key | {"real": photos, "synthetic": synthetic.get("fingerprint", ""),
                  "synthetic source": unplaced(str(synthetic.get("source", "")))}


def _arm_order(runs: list[Run]) -> tuple[float, int]:
    mix = Mix.parse(runs[0].spec.mix)
    return mix.synthetic / (mix.real + mix.synthetic), runs[0].steps


def _arm_names(groups: list[list[Run]]) -> list[str]:
    """By the mix; arms of one mix are told apart by whatever else differs, two synthetic sets of one source by hash."""
    plain = [_mix_name(Mix.parse(group[0].spec.mix)) for group in groups]
    keys = [_arm_key(group[0]) for group in groups]
    names = []
    for name, key in zip(plain, keys):
        alike = [other for other_name, other in zip(plain, keys) if other_name == name]
        said = [k for k in key if k != "synthetic" and any(other[k] != key[k] for other in alike)]
        names.append(", ".join([name, *(f"{k} {_said(key[k])}" for k in said)]))
    return [name if names.count(name) == 1 else f"{name}, synthetic {key['synthetic'][:SHORT]}"
            for name, key in zip(names, keys)]


def _mix_name(mix: Mix) -> str:
    if mix.synthetic == 0:
        return "real only"
    return "synthetic only" if mix.real == 0 else f"real + synthetic {mix}"


def _said(value: Any) -> str:
    return "+".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _seedless(source: str) -> str:
    return re.sub(r" \(seed \d+\)", "", source)


def _examples(samples: list[dict[str, NDArray[Any]]], domain: str,
              classes: tuple[str, ...]) -> NDArray[np.uint8] | None:
    """(classes, EXAMPLES, h, w, 3) from the first run that has some; missing ones stay zero."""
    kept = next((s for s in samples if len(s.get(domain, ()))), None)
    if kept is None:
        return None
    images, labels = kept[domain], kept[f"{domain}_labels"]
    out = np.zeros((len(classes), EXAMPLES, *images.shape[1:]), np.uint8)
    for label in range(len(classes)):
        mine = images[labels == label][:EXAMPLES]
        out[label, :len(mine)] = mine
    return out


def _latents(samples: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[np.float64]]:
    """Numeric latents of the synthetic images that a run was trained on (some of them)."""
    kept: dict[str, NDArray[Any]] = {}
    for one in samples:
        kept = kept or {name: values for name, values in one.items() if name.startswith("latents/")}
    return {name.removeprefix("latents/"): values.astype(np.float64) for name, values in kept.items()
            if values.dtype.kind in "iuf"}


def _latent_ranges(data: list[dict[str, Any]]) -> dict[str, tuple[float, float, float]]:
    """Lowest, mean and highest value of each numeric latent, as the first config that knows them tells."""
    kept: dict[str, Any] = next((d["synthetic"]["latents"] for d in data if "latents" in d.get("synthetic", {})), {})
    return {name: (value[0], value[1], value[2]) for name, value in kept.items()
            if len(value) == 3 and all(isinstance(v, (int, float)) for v in value)}


def _machine(runs: list[Run]) -> dict[str, str]:
    """The hardware and versions of the runs; where runs differ, each that occurs."""
    out: dict[str, dict[str, None]] = {}
    for run in runs:
        for key, value in {**run.config.get("hardware", {}), **run.config.get("versions", {})}.items():
            out.setdefault(key, {})[str(value)] = None
    told = {key: " | ".join(values) for key, values in out.items()}
    rates = [run.images_per_second for run in runs]
    told["training"] = f"{min(rates):,.0f} to {max(rates):,.0f} images/s"
    return {"summary": f"{told.get('processor', '')}, {told.get('cores', '?')} cores", **told}
