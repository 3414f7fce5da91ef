"""A finished run used on new photos."""

import os
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from mixreal import runs
from mixreal.errors import BadInput, first_line, tell_left_out
from mixreal.hardware import open_device
from mixreal.learning import checkpoints
from mixreal.learning.classifiers import build
from mixreal.learning.evaluation import at_once, logits
from mixreal.real.photos import open_photo
from mixreal.runs import Run


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


def predict(run: Run | str | Path, images: str | Path | Sequence[str | Path], *, device: str = "auto",
            lenient: Container[Path] = ()) -> list[Prediction]:
    """Classify one photo or several, of any size, in the order given; `BadInput` names the first that cannot be read.

    lenient: paths that nobody named, found in a folder: of these the unreadable ones are left out, and told.
    """
    return list(predictions(run, images, device=device, lenient=lenient))


def predictions(run: Run | str | Path, images: str | Path | Sequence[str | Path], *, device: str = "auto",
                lenient: Container[Path] = ()) -> Iterator[Prediction]:
    """`predict`, a few hundred photos at a time as they are taken: of many, only those are in memory."""
    paths = [Path(path) for path in ([images] if isinstance(images, (str, Path)) else images)]
    if not paths:
        raise BadInput("no images to classify: give one or more image files after the run folder")
    for path in paths:
        if path not in lenient and not path.exists():
            raise BadInput(f"there is no file {path}")
    where = open_device(device)
    classifier = load_classifier(run.folder if isinstance(run, Run) else run)
    classifier.model.to(where)
    problems: list[str] = []

    def opened(path: Path) -> NDArray[np.uint8] | None:
        try:
            return open_photo(path, classifier.size)
        except BadInput as error:
            if path not in lenient:
                raise
            problems.append(str(error))
            return None

    step = at_once(classifier.size, classifier.size)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:  # PIL lets go of the interpreter as it decodes
        for start in range(0, len(paths), step):
            some = paths[start:start + step]
            read = [(path, image) for path, image in zip(some, pool.map(opened, some), strict=True)
                    if image is not None]
            yield from _classified(classifier, read, where)
    tell_left_out("images", sorted(problems))
    if len(problems) == len(paths):
        raise BadInput("none of the images can be read: give others")


def _classified(classifier: Classifier, read: Sequence[tuple[Path, NDArray[np.uint8]]],
                where: torch.device) -> Iterator[Prediction]:
    if not read:
        return
    answers = logits(classifier.model, np.stack([image for _, image in read]), classifier.mean.to(where),
                     classifier.std.to(where))
    for (path, _), row in zip(read, torch.from_numpy(answers).softmax(1).numpy(), strict=True):
        yield Prediction(path, classifier.classes[int(row.argmax())], float(row.max()),
                         dict(zip(classifier.classes, map(float, row), strict=True)))
