"""What a recipe found, read from its plan and its run folders alone: scores, paired comparisons, stamps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mixreal import runs as folders
from mixreal.errors import BadInput
from mixreal.learning.scores import balanced_interval, mcnemar, paired_difference, wilson
from mixreal.production.origin import unplaced
from mixreal.reporting.findings import STAND_IN
from mixreal.reproducing.choose import best_mix, validation_accuracy
from mixreal.reproducing.plan import Plan, PlannedCell, read_plan
from mixreal.runs import Predictions, Run

BOOTSTRAP_SEED = 0
TESTS = ("test_large", "test", "validation")  # in the order of tables
#: Keys of a setting that say which photos it is tested on.
PHOTOS = ("real", "classes", "size", "through", "stand_in", "stand_in_images", "stand_in_train")


@dataclass(frozen=True)
class Score:
    """Mean accuracy over seeds on one test set, with the 95% interval that so many images allow.

    `told` is what tables say: the paper's test has as many images of each class, so where ours has not (CIFAR-DA's
    large test is mostly of CIFAR-10's classes), classes count the same.
    """

    mean: float  # in [0, 1]
    low: float
    high: float
    n: int
    by_seed: tuple[float, ...]
    balanced: tuple[float, float, float] | None  # (mean, low, high), classes counting the same; None where they do
    balanced_by_seed: tuple[float, ...] = ()

    @property
    def told(self) -> tuple[float, float, float]:
        return self.balanced or (self.mean, self.low, self.high)

    @property
    def told_by_seed(self) -> tuple[float, ...]:
        return self.balanced_by_seed if self.balanced else self.by_seed


@dataclass(frozen=True)
class CellOutcome:
    """One place of the table, as far as it is finished."""

    row: str
    column: str
    paper: float | None  # %
    state: str  # "done", "part" (some seeds), "failed", "not run"
    reason: str  # of a failure
    plan: PlannedCell
    mix: str  # with mix = "best" the one chosen; "" while nothing can be chosen
    validation: dict[str, float]  # mix -> accuracy on validation images, where several were tried
    runs: tuple[Run, ...]  # finished ones, by seed
    suffix: str
    scores: dict[str, Score] = field(default_factory=dict)  # test set -> score
    sources: dict[str, tuple[float, int]] = field(default_factory=dict)  # collection of photos -> (accuracy, n)

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(run.spec.seed for run in self.runs)

    @property
    def steps(self) -> int:
        """Of each training; with mix = "best" and epochs those of the ratio chosen, once there is one."""
        return self.runs[0].steps if self.runs else self.plan.steps

    def main(self) -> Score | None:
        """On the largest test set."""
        return next((self.scores[test] for test in TESTS[:2] if test in self.scores), None)


@dataclass(frozen=True)
class Paired:
    """One cell less another on the same images, seed by seed."""

    row: str
    column: str
    against: str  # the other cell, in words
    test: str
    balanced: bool  # classes count the same
    difference: float
    low: float
    high: float
    seeds: tuple[int, ...]  # that both were trained with
    p_values: tuple[float, ...]  # McNemar's, one a seed; none where classes count the same
    paper: float | None  # the same difference in the paper, points

    @property
    def settled(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Outcome:
    """Everything a report tells."""

    plan: Plan
    folder: Path
    cells: tuple[CellOutcome, ...]
    paired: tuple[Paired, ...]
    real: tuple[str, ...]  # the photos, in words
    synthetic: tuple[str, ...]
    machine: dict[str, str]

    def cell(self, row: str, column: str) -> CellOutcome:
        return next(cell for cell in self.cells if (cell.row, cell.column) == (row, column))

    @property
    def stand_in(self) -> bool:
        """Whether the "real" photos are none."""
        return any(STAND_IN in text for text in self.real)


def read_outcome(folder: str | Path) -> Outcome:
    """The outcome in a recipe's folder, such as runs/reproduce/table2-cpu."""
    folder = Path(folder)
    plan = read_plan(folder)
    cells = tuple(_cell(cell, plan, folder.parent) for cell in plan.cells)
    runs = [run for cell in cells for run in cell.runs]
    data = [(run.config.get("data", {}), cell.suffix) for cell in cells for run in cell.runs]
    real = dict.fromkeys(str(d[f"test{suffix}"]["source"]).removesuffix(" test") for d, suffix in data
                         if f"test{suffix}" in d)
    synthetic = dict.fromkeys(unplaced(str(d["synthetic"]["source"])) for d, _ in data if "synthetic" in d)
    return Outcome(plan, folder, cells, tuple(_pairs(cells, plan)), tuple(real), tuple(synthetic), _machine(runs))


def curve(cell: CellOutcome) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """((k,) steps, (seeds, k) accuracies on real test images) while the cell's runs trained; None without any.

    None too where the cell shares a training whose curve is of other photos than its own.
    """
    if cell.suffix:
        return None
    lines = [[(int(row["step"]), row["test"]) for row in folders.read_metrics(run.folder) if "test" in row]
             for run in cell.runs]
    if not lines or not lines[0] or any([step for step, _ in line] != [step for step, _ in lines[0]] for line in lines):
        return None
    return np.array([step for step, _ in lines[0]]), np.array([[value for _, value in line] for line in lines])


def _cell(planned: PlannedCell, plan: Plan, root: Path) -> CellOutcome:
    """What a cell's runs say; one with a damaged run has failed, and the other cells are shown."""
    try:
        return _read_cell(planned, plan, root)
    except BadInput as error:
        return CellOutcome(planned.row, planned.column, planned.paper, "failed", str(error), planned, "", {}, (), "",
                           {}, {})


def _read_cell(planned: PlannedCell, plan: Plan, root: Path) -> CellOutcome:
    finished = {mix: tuple(folders.open_run(root / run.folder) for run in runs if folders.is_done(root / run.folder))
                for mix, runs in planned.runs.items()}
    failed = [plan.failed[run.folder] for runs in planned.runs.values() for run in runs if run.folder in plan.failed
              and not folders.is_done(root / run.folder)]
    whole = all(len(found) == len(planned.runs[mix]) for mix, found in finished.items())
    mix, validation = next(iter(finished)), dict[str, float]()
    if len(finished) > 1:
        validation = {name: accuracy for name, runs in finished.items()
                      if runs and (accuracy := validation_accuracy(runs, planned.runs[name][0].suffix)) is not None}
        mix = best_mix(validation) if whole else ""  # half the candidates are no choice
    runs = finished[mix] if mix else ()
    for run in runs:
        folders.read_metrics(run.folder)  # of which the curve is drawn
    state = "done" if whole else "failed" if failed else "part" if any(finished.values()) else "not run"
    suffix = planned.runs[mix][0].suffix if mix else ""
    scores, sources = {}, {}
    if runs:
        scores = {test: score for test in TESTS if (score := _score(runs, f"{test}{suffix}")) is not None}
        same = runs[0].config.get("data", {})
        if same.get(f"test{suffix}", {}).get("fingerprint") == same.get(f"test_large{suffix}", {}).get("fingerprint"):
            scores.pop("test_large", None)  # photos of one's own have but one test set
        sources = _by_source(runs, f"test{suffix}")
    return CellOutcome(planned.row, planned.column, planned.paper, state, failed[0] if failed else "", planned, mix,
                       validation, runs, suffix, scores, sources)


def _score(runs: Sequence[Run], test: str) -> Score | None:
    keys = [f"{test}/{_norm(run)}" for run in runs]
    if not all(key in run.results for key, run in zip(keys, runs)):
        return None
    by_seed = tuple(run.results[key]["accuracy"] for key, run in zip(keys, runs))
    n = int(runs[0].results[keys[0]]["n"])
    told = [folders.read_predictions(run, key) for key, run in zip(keys, runs)]
    mean = float(np.mean(by_seed))
    unequal = np.ptp(np.bincount(told[0].labels)) > 0
    balanced = balanced_interval(told[0].labels, np.mean([one.correct for one in told], axis=0)) if unequal else None
    return Score(mean, *wilson(round(mean * n), n), n, by_seed,
                 None if balanced is None else (balanced.mean, balanced.low, balanced.high),
                 tuple(_balanced(run, key) for key, run in zip(keys, runs)))


def _balanced(run: Run, key: str) -> float:
    if "balanced" not in run.results[key]:
        raise BadInput(f"the run {str(run.folder)!r} does not tell {key} with classes equal: delete it and train again")
    return run.results[key]["balanced"]


def _by_source(runs: Sequence[Run], test: str) -> dict[str, tuple[float, int]]:
    """Accuracy on the photos of each collection, where a run knows where its photos come from."""
    key = f"{test}/{_norm(runs[0])}"
    arrays = folders.read_arrays(runs[0].folder / folders.PREDICTIONS)
    if f"{test}/source" not in arrays or key not in runs[0].results:
        return {}
    source = arrays[f"{test}/source"]
    correct = np.mean([folders.read_predictions(run, f"{test}/{_norm(run)}").correct for run in runs], axis=0)
    return {str(name): (float(correct[source == name].mean()), int((source == name).sum()))
            for name in np.unique(source)}


def _pairs(cells: Sequence[CellOutcome], plan: Plan) -> Iterable[Paired]:
    places = {(cell.row, cell.column): cell for cell in cells}
    for cell in cells:
        other = places.get(_against(cell, plan))
        if other is None or other is cell or not cell.runs or not other.runs:
            continue
        for test in TESTS[:2]:
            if test in cell.scores and test in other.scores:
                yield from _compare(other, cell, test, plan)


def _against(cell: CellOutcome, plan: Plan) -> tuple[str, str]:
    kind, _, name = plan.compare.partition(" ")
    if cell.row in plan.against:
        return plan.against[cell.row], cell.column
    if kind == "row":
        return name, cell.column
    if kind == "column":
        return cell.row, name
    before = plan.rows.index(cell.row) - 1
    return (plan.rows[before] if plan.compare and before >= 0 else "", cell.column)


def _compare(first: CellOutcome, second: CellOutcome, test: str, plan: Plan) -> Iterable[Paired]:
    """Nothing where no seed was run with both, or where they were not tested on the same images."""
    seeds = [seed for seed in first.seeds if seed in second.seeds]
    told = [[_predictions(cell, seed, test) for seed in seeds] for cell in (first, second)]
    if not seeds or not _same_photos(first, second, seeds, test) or any(
            not (np.array_equal(told[0][0].index, one.index) and np.array_equal(told[0][0].labels, one.labels))
            for cell in told for one in cell):
        return
    before, after = (np.stack([one.correct for one in cell]) for cell in told)
    labels = told[0][0].labels
    p_values = tuple(mcnemar(a, b).p for a, b in zip(before, after))
    paper = None if first.paper is None or second.paper is None else second.paper - first.paper
    against = first.row if first.row != second.row else first.column
    for balanced in (True, False):  # what tables tell comes first
        if balanced and second.scores[test].balanced is None:
            continue
        d = paired_difference(before, after, labels, seed=BOOTSTRAP_SEED, balanced=balanced)
        # McNemar's test counts images, not classes: it belongs to the plain difference.
        yield Paired(second.row, second.column, against, test, balanced, d.mean, d.low, d.high,
                     tuple(seeds), () if balanced else p_values, paper)


def _same_photos(first: CellOutcome, second: CellOutcome, seeds: Sequence[int], test: str) -> bool:
    """Whether two cells are tested on the same photos, or on what stages made of them, which has other fingerprints:
    then the cells' keys tell. Where images stand in their sources says nothing of which sources these are."""
    if (first.plan.test, second.plan.test) != ("real", "real"):
        return [first.plan.setting.get(key) for key in PHOTOS] == [second.plan.setting.get(key) for key in PHOTOS]
    prints = {cell.runs[cell.seeds.index(seed)].config.get("data", {}).get(f"{test}{cell.suffix}", {}).get(
        "fingerprint") for cell in (first, second) for seed in seeds}
    return len(prints) == 1


def _predictions(cell: CellOutcome, seed: int, test: str) -> Predictions:
    run = cell.runs[cell.seeds.index(seed)]
    return folders.read_predictions(run, f"{test}{cell.suffix}/{_norm(run)}")


def _norm(run: Run) -> str:
    return run.headline.split("/")[1]


def _machine(runs: Sequence[Run]) -> dict[str, str]:
    """Hardware and versions of the runs; where they differ, each that occurs."""
    out: dict[str, dict[str, None]] = {}
    for run in runs:
        told: dict[str, Any] = {**run.config.get("hardware", {}), **run.config.get("versions", {})}
        for key, value in told.items():
            out.setdefault(key, {})[str(value)] = None
    return {key: " | ".join(values) for key, values in out.items()}
