"""What a set of runs found: arms (same everything but the seed), their scores, and paired comparisons between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mixreal.runs import Run

STAND_IN = "STAND-IN for real photos (no CIFAR here)"  # begins the source of what is no photo, on every page


@dataclass(frozen=True)
class Score:
    """The mean accuracy over an arm's seeds on one test set, with the 95% interval that so many images allow."""

    mean: float  # in [0, 1]
    low: float
    high: float
    n: int  # test images


@dataclass(frozen=True)
class Curve:
    """Accuracy while an arm trained, one line a seed."""

    steps: NDArray[np.int64]  # (k,)
    accuracy: NDArray[np.float64]  # (seeds, k), in [0, 1]
    test: str = "validation"  # on validation images, or, where there are none, on "test" images


@dataclass(frozen=True)
class Arm:
    """Runs that differ in their seed alone."""

    name: str  # "real only", "real + synthetic 1:3"
    mix: str
    runs: tuple[Run, ...]  # by seed
    scores: dict[tuple[str, str], Score]  # (test set, norm) -> score
    per_class: NDArray[np.float64]  # (classes,) mean accuracy on the main test
    curve: Curve | None

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(run.spec.seed for run in self.runs)

    @property
    def steps(self) -> int:
        return self.runs[0].steps


@dataclass(frozen=True)
class Comparison:
    """One arm less another on the same images, seed by seed."""

    arm: str
    against: str
    test: str
    norm: str
    difference: float  # in [-1, 1]
    low: float
    high: float
    p_values: tuple[float, ...]  # McNemar's, one a seed

    @property
    def settled(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Task:
    """The arms that were trained for one question: the same classes, the same test images."""

    name: str
    classes: tuple[str, ...]
    real: str  # the real images, in words
    synthetic: str  # the synthetic ones, in words; "" when no arm has any
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    real_images: NDArray[np.uint8] | None  # (classes, k, h, w, 3) examples; absent ones are zero
    synthetic_images: NDArray[np.uint8] | None
    latents: dict[str, NDArray[np.float64]]  # numeric latents of some of the synthetic images; {} where none are kept
    latent_ranges: dict[str, tuple[float, float, float]]  # lowest, mean, highest over all of them

    @property
    def stand_in(self) -> bool:
        """Whether the "real" images are none."""
        return STAND_IN in self.real


@dataclass(frozen=True)
class Findings:
    """All tasks, and what they were made on."""

    title: str
    tasks: tuple[Task, ...]
    machine: dict[str, str]
    made: str  # when, as text


TESTS = {"test_large": "large test", "test": "test", "validation": "validation"}  # in the order of tables
NORMS = {"shared": "shared", "split": "split", "real": "real"}


def points(value: float, sign: bool = False) -> str:
    """A share as percentage points: 0.0723 -> "7.2" or "+7.2"."""
    return (f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}").replace("-", "−")


def headline(task: Task) -> str:
    """The task's one sentence: the arm that validation images prefer, and what it gains on test images.

    Chosen on the test images themselves, an arm's figure would be too good.
    """
    main = [c for c in task.comparisons if (c.test, c.norm) == main_key(task.arms)]
    arms = {arm.name: arm for arm in task.arms}
    known = {name: arm for name, arm in arms.items() if not main or name in {c.arm for c in main}}
    name, how = _preferred(known, main_key(task.arms)[1])
    if not main:
        score = main_score(task, arms[name])
        return f"{name}: {points(score.mean)}% (95% interval {points(score.low)} to {points(score.high)}){how}."
    best = next(c for c in main if c.arm == name)
    before, after = (points(main_score(task, arms[one]).mean) for one in (best.against, best.arm))
    return f"{best.against} {before}% → {best.arm} {after}%: {gain(best)}{how}."


def _preferred(arms: Mapping[str, Arm], norm: str) -> tuple[str, str]:
    """The arm that is best on validation images, and a word on it; the first where not all have some."""
    scores = {name: arm.scores.get(("validation", norm)) for name, arm in arms.items()}
    known = {name: score.mean for name, score in scores.items() if score is not None}
    if len(arms) == 1 or len(known) < len(arms):
        return next(iter(arms)), ""
    return max(known, key=lambda name: known[name]), " (chosen on validation images)"


def gain(c: Comparison) -> str:
    """A comparison in words: "+7.2 points (95% interval +4.1 to +10.2)"."""
    verdict = "" if c.settled else "; not settled: zero lies inside"
    return (f"{points(c.difference, True)} points (95% interval {points(c.low, True)} to {points(c.high, True)}"
            f"{verdict})")


def main_key(arms: Sequence[Arm]) -> tuple[str, str]:
    """(test set, norm) that headlines speak of: the largest test, the norm that the runs asked for."""
    everywhere = set.intersection(*(set(arm.scores) for arm in arms))
    norms = dict.fromkeys([arms[0].runs[0].spec.norm, *NORMS])
    return next(((test, norm) for test in TESTS for norm in norms if (test, norm) in everywhere), ("test", "shared"))


def main_score(task: Task, arm: Arm) -> Score:
    """The score that headlines speak of."""
    return arm.scores[main_key(task.arms)]


def score_keys(arms: Sequence[Arm]) -> list[tuple[str, str]]:
    """(test set, norm) that any arm has, in the order of tables."""
    return [(test, norm) for test in TESTS for norm in NORMS if any((test, norm) in arm.scores for arm in arms)]
