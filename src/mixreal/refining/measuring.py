"""What is measured of a stage at each checkpoint: the gap left, the labels kept, and whether an alarm rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from mixreal.datasets.dataset import Dataset
from mixreal.learning.evaluation import thinned
from mixreal.refining.alarms import labels_lost, look
from mixreal.refining.features import features
from mixreal.refining.gap import a_distance, kid
from mixreal.refining.judging import Judge, probe
from mixreal.refining.sets import ImageSet, Pixels, Translate, as_bytes, shuffled
from mixreal.refining.spec import RefineSpec
from mixreal.refining.translating import Translators

SAMPLE = 400  # images of each side
PROBED = 4000  # refined images that a probe is trained on


@dataclass(frozen=True, eq=False)
class Side:
    """One side's sample, as the stage gets it."""

    pixels: Tensor  # (n, 3, h, w) in [-1, 1]
    labels: NDArray[np.int64]
    features: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ruler:
    """Everything that a stage's checkpoints are measured against; made once a stage."""

    real: Side  # the stage's real side: validation images where there are some
    synthetic: Side
    original_real: Side  # R itself, of the same images
    judge_real: Judge | None  # trained on R: does it still see the label in what `to_real` made? None: no labels to see
    judge_synthetic: Judge | None  # trained on S, for the other direction
    train_synthetic: Pixels  # what probes are trained on, once translated
    tested: Dataset  # real images that probes are tested on
    unlabelled: Dataset  # real training images


def make_ruler(real: ImageSet, synthetic: ImageSet, judge_real: Judge | None, judge_synthetic: Judge | None,
               device: torch.device) -> Ruler:
    """Samples and their features."""
    part = real.watched
    original = ImageSet("R", real.parts)
    sides = [_side(one.pixels(name, device)) for one, name in ((real, part), (synthetic, "train"), (original, part))]
    return Ruler(sides[0], sides[1], sides[2], judge_real, judge_synthetic, synthetic.pixels("train", device),
                 real.parts[part], real.train)


def measure_inputs(ruler: Ruler) -> dict[str, Any]:
    """The same numbers for the stage's inputs, untranslated: what refinement has to beat."""
    s, r = ruler.synthetic, ruler.real
    return {"kid": kid(s.features, r.features), "kid_real": kid(s.features, ruler.original_real.features),
            "kid_synthetic": kid(r.features, s.features), "a_distance": a_distance(s.features, r.features),
            "a_distance_real": a_distance(s.features, ruler.original_real.features),
            **_labels_seen(ruler, s.pixels, r.pixels)}


def measure(ruler: Ruler, translators: Translators, inputs: dict[str, Any]) -> dict[str, Any]:
    """One checkpoint, both directions.

    kid, a_distance: translated synthetic images against the stage's real side, *_real: against R itself,
    kid_synthetic: translated real images against the stage's synthetic side. cycle_error: mean |F(G(x)) - x|, of
    [0, 1].
    label_real: share of translated synthetic images in which a classifier trained on R sees their label; left out, as
    label_synthetic, where a class is missing or there is only one.
    """
    s, r = ruler.synthetic, ruler.real
    made_real, made_synthetic = _all(translators.to_real, s.pixels), _all(translators.to_synthetic, r.pixels)
    seen_real, seen_synthetic = features(made_real), features(made_synthetic)
    back = [_all(translators.to_synthetic, made_real) - s.pixels, _all(translators.to_real, made_synthetic) - r.pixels]
    looks = (look(s.pixels, made_real, s.features, seen_real, s.labels),
             look(r.pixels, made_synthetic, r.features, seen_synthetic, r.labels))
    labels = _labels_seen(ruler, made_real, made_synthetic)
    return {
        "kid": kid(seen_real, r.features), "kid_real": kid(seen_real, ruler.original_real.features),
        "kid_synthetic": kid(seen_synthetic, s.features), "kid_shared": kid(seen_real, seen_synthetic),
        "a_distance": a_distance(seen_real, r.features),
        "a_distance_real": a_distance(seen_real, ruler.original_real.features),
        "cycle_error": float(torch.stack([one.abs().mean() for one in back]).mean()) / 2,
        "change_real": looks[0].change, "change_synthetic": looks[1].change,
        "spread_real": min(looks[0].pixel_spread, looks[0].feature_spread),
        "spread_synthetic": min(looks[1].pixel_spread, looks[1].feature_spread),
        **labels,
        "identity_alarm": [name for name, one in zip(("to_real", "to_synthetic"), looks) if one.identity],
        "collapse_alarm": [name for name, one in zip(("to_real", "to_synthetic"), looks) if one.collapse],
        "label_alarm": [name.replace("label", "to") for name, seen in labels.items()
                        if labels_lost(inputs[name], seen)]}


def measure_probe(ruler: Ruler, translators: Translators | None, spec: RefineSpec, classes: Sequence[str],
                  device: torch.device) -> dict[str, float]:
    """Accuracy on real validation images of a small classifier trained on refined images (on the inputs if None)."""
    rows = sample(ruler.train_synthetic.by_class, PROBED)
    images = np.empty((len(rows), *ruler.tested.images.shape[1:]), np.uint8)
    for part in shuffled(len(rows)):
        pixels = ruler.train_synthetic(rows[part])
        images[part] = as_bytes(pixels if translators is None else translators.to_real(pixels))
    refined = Dataset(images, ruler.train_synthetic.labels[rows], tuple(classes), "refined",
                      rows, {})
    return probe(refined, ruler.tested, ruler.unlabelled, spec.probe_steps, spec.seed, device)


def sample(by_class: Sequence[NDArray[np.int64]], most: int) -> NDArray[np.int64]:
    """At most so many rows, evenly spread within each class: a stride over the whole set would meet the order in which
    labels follow each other, and miss classes."""
    share = max(most // max(len(by_class), 1), 1)
    return np.sort(np.concatenate([rows[thinned(len(rows), share)] for rows in by_class]))


def _side(pixels: Pixels) -> Side:
    rows = sample(pixels.by_class, SAMPLE)
    found = pixels(rows)
    return Side(found, pixels.labels[rows], features(found))


def _labels_seen(ruler: Ruler, of_synthetic: Tensor, of_real: Tensor) -> dict[str, float]:
    """In what became of both samples; nothing where nobody can know the labels."""
    return {name: judge.agreement(pixels, side.labels) for name, judge, pixels, side in (
        ("label_real", ruler.judge_real, of_synthetic, ruler.synthetic),
        ("label_synthetic", ruler.judge_synthetic, of_real, ruler.real)) if judge is not None}


def _all(translate: Translate, pixels: Tensor) -> Tensor:
    out = torch.empty_like(pixels)
    for rows in shuffled(len(pixels)):  # as written sets are: a side lies class after class
        index = torch.from_numpy(rows).to(pixels.device)
        out[index] = translate(pixels[index])
    return out


