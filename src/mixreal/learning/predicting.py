"""A finished run used on new photos."""

from collections.abc import Container, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from mixreal import runs
from mixreal.errors import BadInput, first_line, tell_left_out
from mixreal.learning import checkpoints
from mixreal.learning.classifiers import build
from mixreal.learning.evaluation import logits
from mixreal.real.photos import open_photo


class Classifier(NamedTuple):
    """A trained model and what its inputs and outputs mean."""

    model: nn.Module  # in evaluation mode, on the CPU
    classes: tuple[str, ...]
    size: int  # pixels a side
    mean: Tensor  # (3,) of [0, 1] pixels
    std: Tensor  # (3,)


class Prediction(NamedTuple):
    """What a photo most likely shows."""

    path: Path
    label: str
    probability: float
    probabilities: dict[str, float]  # every class's, in class order; they sum to 1


def load_classifier(run_folder: str | Path) -> Classifier:
    """The model of a finished run, with the batch-norm statistics its spec asked for."""
    run = runs.open_run(run_folder)
    try:
        size = int(run.config["size"])
        mean, std = (torch.tensor(run.config[name], dtype=torch.float32).reshape(3) for name in ("mean", "std"))
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise BadInput(f"{str(run.folder / runs.CONFIG)!r} lacks size, mean or std, or has others than numbers "
                       f"({first_line(error)}): train again") from error
    # The weights drawn here are all replaced by the file's.
    model = build(run.spec.classifier, len(run.classes), torch.Generator().manual_seed(0), size)
    checkpoints.load_model(run.folder, model)
    return Classifier(model.eval(), run.classes, size, mean, std)


def predict(run_folder: str | Path, image_paths: Sequence[str | Path],
            lenient: Container[Path] = ()) -> list[Prediction]:
    """Classify photos of any size, in the order given; `BadInput` names the first that cannot be read.

    lenient: paths that nobody named, found in a folder: of these the unreadable ones are left out, and told.
    """
    if not image_paths:
        raise BadInput("no images to classify: give one or more image files after the run folder")
    classifier = load_classifier(run_folder)
    paths = [Path(path) for path in image_paths]
    images, problems = {}, []
    for path in paths:
        try:
            images[path] = open_photo(path, classifier.size)
        except BadInput as error:
            if path not in lenient:
                raise
            problems.append(str(error))
    tell_left_out("images", problems)
    paths = [path for path in paths if path in images]
    if not paths:
        raise BadInput("none of the images can be read: give others")
    pixels = np.stack([images[path] for path in paths])
    scores = torch.from_numpy(logits(classifier.model, pixels, classifier.mean, classifier.std)).softmax(1).numpy()
    return [Prediction(path, classifier.classes[int(row.argmax())], float(row.max()),
                       dict(zip(classifier.classes, map(float, row)))) for path, row in zip(paths, scores)]
