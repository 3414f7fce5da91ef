"""The demo: limited real photos, alone and beside abundant renderings, at equal steps. What is each worth?"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from mixreal.datahome import settled
from mixreal.datasets.dataset import Dataset, with_classes
from mixreal.datasets.produce import named_folder, produce
from mixreal.learning.training import train
from mixreal.learning.trainspec import TrainSpec
from mixreal.real.sets import NoData, RealData, load
from mixreal.real.stand_in import open_stand_in
from mixreal.reporting.findings import NORMS, STAND_IN, TESTS, points
from mixreal.reporting.report import gather, paired_rows, rows, write_pages
from mixreal.reporting.text import text_table
from mixreal.runs import Run, write_json
from mixreal.spec import RenderSpec, fingerprint, rendered_by, to_mapping


@dataclass(frozen=True)
class DemoPlan:
    """Everything that the demo decides, in one place."""

    tasks: tuple[str, ...]  # names of real data
    per_class: int  # real training images a class
    seeds: tuple[int, ...]  # each chooses its photos, its weights and its minibatches
    mixes: tuple[str, ...]  # real:synthetic, one arm each; the first is what the others are compared with
    training: TrainSpec  # of every arm, but for mix and seed: so all take equal steps
    rendering: RenderSpec  # of one synthetic dataset for all tasks
    stand_in_images: int  # a class, where there is no CIFAR
    stand_in_train: int  # of them, a class, to train on; a seed chooses `per_class` of these


#: 10 to 20 minutes on two cores.
FULL = DemoPlan(
    tasks=("cifar-da4", "cifar-da9"), per_class=50, seeds=(0, 1), mixes=("1:0", "1:1", "1:3"),
    training=TrainSpec(steps=500, batch=64, lr=0.03, augment=("crop", "flip")),
    rendering=RenderSpec(images=36_000, procedural=100),
    stand_in_images=500, stand_in_train=200)

#: Seconds: shows that everything works.
SMOKE = DemoPlan(
    tasks=("cifar-da4",), per_class=10, seeds=(0, 1), mixes=("1:0", "1:1"),
    training=TrainSpec(steps=4, batch=16), rendering=RenderSpec(images=90, procedural=2),
    stand_in_images=30, stand_in_train=12)


def demo(out: str | Path, plan: DemoPlan = FULL, data: str | None = None, stand_in: bool = False) -> Path:
    """Render, train every arm, and report into `out`; returns the path of results.json. Resumable.

    Real images: `data` or MIXREAL_DATA, else downloaded, else (or with `stand_in`) a stand-in named as such.
    """
    root, start = Path(out), time.monotonic()
    root.mkdir(parents=True, exist_ok=True)
    plan = replace(plan, rendering=settled(plan.rendering, data))
    stand_in = stand_in or not _photos_at_hand(plan, data)
    if stand_in:
        print(f"{STAND_IN}: what follows says nothing about photographs")
    synthetic = produce(plan.rendering, named_folder(plan.rendering, root))
    folders = []
    for task, seed, real in _real_sets(plan, root, data, stand_in):
        for mix in plan.mixes:
            run = _arm(plan, root, task, seed, mix, real, synthetic)
            folders.append(run.folder)
            print(_line(task, run, stand_in), flush=True)
    findings = gather(folders, "mixreal demo" + (f": {STAND_IN}" if stand_in else ""))
    pages = write_pages(findings, root)
    results = root / "results.json"
    write_json(results, {"rows": rows(findings), "comparisons": paired_rows(findings), "stand_in": stand_in,
                         "machine": findings.machine, "made": findings.made})
    print(f"\n{text_table(findings)}\n\n{time.monotonic() - start:,.0f} s")
    print("\n".join(str(path) for path in (*pages, results)))
    return results


def _photos_at_hand(plan: DemoPlan, data: str | None) -> bool:
    """Whether the real data can be had; says why not."""
    try:
        for task in plan.tasks:
            load(task, data=data, size=plan.rendering.size)
    except NoData as reason:
        print(f"no CIFAR: {reason}")
        return False
    return True


def _real_sets(plan: DemoPlan, root: Path, data: str | None, stand_in: bool) -> Iterator[tuple[str, int, RealData]]:
    for task in plan.tasks:
        for seed in plan.seeds:
            if stand_in:
                yield task, seed, open_stand_in(task, root, plan.stand_in_images, plan.stand_in_train, plan.per_class,
                                                seed, plan.rendering.size)
            else:
                yield task, seed, load(task, data=data, size=plan.rendering.size, per_class=plan.per_class, seed=seed)


def _arm(plan: DemoPlan, root: Path, task: str, seed: int, mix: str, real: RealData, synthetic: Dataset) -> Run:
    spec = replace(plan.training, mix=mix, seed=seed)
    made_by = fingerprint(to_mapping(spec), rendered_by(plan.rendering), real.train.source, digits=8)
    folder = root / f"{task}-{mix.replace(':', 'x')}-seed{seed}-{made_by}"
    return train(real, with_classes(synthetic, real.classes), spec, folder)


def _line(task: str, run: Run, stand_in: bool) -> str:
    """One finished run in one line, with both kinds of batch-norm statistics."""
    told = [f"{TESTS[test]}, {NORMS[norm]} norm {points(score['accuracy'])}%"
            for key, score in run.results.items() for test, _, norm in [key.partition("/")] if test == "test_large"]
    mark = f"  [{STAND_IN}]" if stand_in else ""
    return f"{task}  mix {run.spec.mix}  seed {run.spec.seed}  {'  '.join(told)}{mark}"
