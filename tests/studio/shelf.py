"""A workspace for the tests of pages: photos, models, runs, a synthetic dataset, refined ones and a recipe's folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from made import CLASSES, drawn
from mixreal.datasets import dataset as datasets
from mixreal.datasets.dataset import Dataset
from mixreal.real.sets import load
from mixreal.spec import to_toml
from mixreal.studio.workspace import Workspace, open_workspace

SIZE = 16
LATENTS = ("camera.elevation", "texture.surface")


def make_shelf(root: Path, photos: Path, runs: Path | None = None, meshes: Path | None = None) -> Workspace:
    """Photos at `photos/`, a dataset at `data/rendered`, a refined one below `refined/`; runs and models if given."""
    shutil.copytree(photos, root / "photos")
    if meshes:
        shutil.copytree(meshes, root / "meshes")
    if runs:
        shutil.copytree(runs, root / "runs")
    rendered = synthetic(40)
    datasets.write(root / "data" / "rendered", rendered, {"spec": {"seed": 0}})
    refined = replace(rendered, images=255 - rendered.images, domain="refined", parent=rendered.index,
                      source=f"RS of {rendered.source}")
    write_stage(root / "refined" / "1-R-S-aaaa0000", "R-S", 1, "aaaa", [], refined)
    return open_workspace(root)


def synthetic(count: int) -> Dataset:
    """Drawn images of two classes in turn, with a latent of numbers and one of words."""
    rng = np.random.default_rng(3)
    labels = np.arange(count) % 2
    images = np.stack([drawn(rng, CLASSES[label], SIZE) for label in labels])
    latents = {"camera.elevation": np.linspace(0, 39, count).astype(np.float32),
               "texture.surface": np.array(["own", "image", "recoloured"])[np.arange(count) % 3]}
    return Dataset(images, labels, CLASSES, "synthetic", np.arange(count), latents, source="drawn images")


def refined_photos(photos: Path) -> Dataset:
    """The training part of the photos, as a stage would have refined them."""
    train = load(photos, size=SIZE).train
    return replace(train, images=255 - train.images, domain="refined", parent=train.index,
                   source=f"RR of {train.source}")


def write_stage(folder: Path, name: str, number: int, identity: str, before: list[str], made: Dataset,
                alarm: bool = True) -> None:
    """A finished stage's folder, as `mixreal refine` leaves it, with a checkpoint that copies its input."""
    folder.mkdir(parents=True)
    real, synthetic_side = name.split("-")
    sides = {"real": {"set": real, "source": "photos train", "images": 4, "made_by": before},
             "synthetic": {"set": synthetic_side, "source": "drawn images", "images": 4, "made_by": before}}
    (folder / "config.toml").write_text(to_toml({"identity": identity, "stage": name, "number": number,
                                                 "classes": list(made.classes), **sides}), encoding="utf-8")
    row = {"phase": "main", "iteration": 20, "kid": 0.25, "a_distance": 1.5, "label_real": 0.8, "change_real": 0.004,
           "identity_alarm": ["to_real"] if alarm else [], "collapse_alarm": [], "label_alarm": []}
    lines = [{"phase": "pretrain_g", "iteration": 1, "l1": 0.2}, {"phase": "main", "iteration": 10, "cycle": 0.1}, row]
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "chosen.json").write_text(json.dumps({
        "rule": "kid", "kept": 0, "diverged": False, "inputs": {"kid": 0.5, "a_distance": 1.9}, "checkpoints": [row],
        "seconds": 60.0, "steps": 20}), encoding="utf-8")
    some = made.images[:4]
    arrays = {f"{side}/{when}": some for side in ("real", "synthetic") for when in ("began", "before", "after", "back")}
    labels = {f"{side}/{what}": made.labels[:4] for side in ("real", "synthetic") for what in ("labels", "index")}
    np.savez(folder / "samples.npz", **arrays, **labels)  # type: ignore[arg-type]
    about = {"stage": identity, "set": f"R{synthetic_side}", "part": "train"}
    datasets.write(folder / f"R{synthetic_side}", made, about)
    (folder / "done").touch()
