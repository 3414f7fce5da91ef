"""What a run works on: real photos, rendered datasets made once and shared, and where everything lies."""

import hashlib
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mixreal import datahome
from mixreal.datasets.columnfiles import Columns
from mixreal.datasets.dataset import Dataset, read, rows_at, with_classes, write_picked
from mixreal.datasets.headers import Header, differences, plain, read_header
from mixreal.datasets.produce import produce
from mixreal.datasets.shards import is_done, shard_size
from mixreal.errors import BadInput
from mixreal.folders import visible_files
from mixreal.images.photos import PHOTO_SUFFIXES
from mixreal.learning.trainspec import steps_of_epochs
from mixreal.models.library import find_models, models_digest
from mixreal.models.shapes import CLASSES as PROCEDURAL
from mixreal.real import photos
from mixreal.real.sets import AIRPLANE_BICYCLE, DA4, DA9, RealData, load, names
from mixreal.real.stand_in import open_stand_in
from mixreal.reproducing import refinement
from mixreal.reproducing.cells import Job, tested, trained
from mixreal.reproducing.setting import Setting, photos_by
from mixreal.runs import write_json
from mixreal.spec import RenderSpec, fingerprint, rendered_by
from mixreal.variations.chain import code_of_plugins

if TYPE_CHECKING:
    from mixreal.refining.mrgan import MrGan

PICTURES = (*PHOTO_SUFFIXES, ".hdr")
#: Keys of what decides the pixels, in words.
DECIDING = {"models": "the models", "loaded": "which models can be read", "assets": "backgrounds, textures or envmaps",
            "plugins": "the code of plug-ins", "version": "mixreal, which renders other images now"}
NAMED = {"cifar-da4": DA4, "cifar-da9": DA9, "airplane-bicycle": AIRPLANE_BICYCLE}


@dataclass(frozen=True)
class Place:
    """Where things go and come from. All recipes share one root: what two of them need is made once."""

    root: Path  # root/datasets/KEY, root/runs/KEY, root/RECIPE-PROFILE
    data: str | None = None  # the data folder, in place of MIXREAL_DATA
    records: Path | None = None  # finished trainings without weights, taken up from there and left there: records.py


@dataclass(frozen=True, eq=False)
class Sets:
    """What one training is given."""

    real: RealData  # trained on as far as the mix says, validated and tested on
    synthetic: Dataset | None
    tests: dict[str, Dataset]  # further test sets: "test@2", ...


def sets_of(job: Job, place: Place) -> Sets:
    """The images of one training, in memory or mapped; rendered first where they are missing.

    The one place where a cell's keys become images. `refinement` knows what `refine`, `stage`, `train_on`, `test` mean.
    """
    setting = job.setting
    tests = {}
    for other in job.settings[1:]:
        found = _tested(other, job.seed, place)
        for name, part in (("test", found.test), ("test_large", found.test_large), ("validation", found.validation)):
            tests[f"{name}{job.suffix(other)}"] = part
    synthetic = synthetic_of(setting, place) if setting.mix.synthetic else None
    if setting.train_on == "refined" and synthetic is not None:
        synthetic = refined_of(setting, job.seed, place).synthetic
    real = refinement.with_tests_of(real_of(setting, job.seed, place), _tested(setting, job.seed, place))
    return Sets(real, synthetic, tests)


def refined_of(setting: Setting, seed: int, place: Place, device: str = "auto",
               on_progress: Callable[[int], None] | None = None) -> "MrGan":
    """The stages that a setting needs, of the photos that this seed chooses; trained first where they are missing."""
    return refinement.refined(setting, real_of(setting, seed, place), synthetic_of(setting, place), place.root, device,
                              on_progress)


def _tested(setting: Setting, seed: int, place: Place) -> RealData:
    """The photos, or what stages made of them."""
    made = refined_of(setting, seed, place) if setting.test != "real" else None
    return refinement.tested_real(setting, real_of(setting, seed, place), made)


def real_of(setting: Setting, seed: int, place: Place) -> RealData:
    """The photos of a setting; a stand-in that says so where the setting asks for one. The last few are kept."""
    seed = photos_by(setting, seed)
    if not setting.stand_in:
        return _photos(setting.real, setting.size, setting.through, setting.classes, setting.per_class, seed,
                       place.data)
    return _stand_in(setting.real, setting.size, setting.through, setting.classes, setting.stand_in_images,
                     setting.stand_in_train, _stand_in_per_class(setting), seed, place.root / "datasets")


def synthetic_of(setting: Setting, place: Place, threads: int | None = None,
                 on_progress: Callable[[int], None] | None = None, on: str = "") -> Dataset:
    """The rendered images of a setting, at its size; how long rendering took is kept beside the folder.

    on: rendered by a Ray cluster, as in `produce`.
    """
    spec, folder = render_spec(setting, place), dataset_folder(setting, place)
    if is_done(folder):
        dataset = read(folder)
    else:
        start = time.monotonic()
        dataset = produce(spec, folder, threads=threads, on=on, on_progress=on_progress)
        write_json(folder.with_suffix(".json"), {"images": len(dataset), "size": spec.size,
                                                 "seconds": round(time.monotonic() - start, 2)})
    return dataset if spec.size == setting.size else _at_size(dataset, folder, setting.size)


def check_rendered(setting: Setting, place: Place) -> None:
    """`BadInput` where finished images are of other models, pictures or code than there are now.

    A folder's name knows pictures by their sizes, and nothing of files that models name elsewhere. Whoever asks loads
    models and pictures: seconds, or a minute the first time, so it is for what is going to be trained.
    """
    from mixreal.synthesis import prepare

    folder = dataset_folder(setting, place)
    if not is_done(folder):
        return  # `produce` looks
    now = plain(prepare(render_spec(setting, place), threads=os.cpu_count() or 1).identity)
    changed = differences(now, read_header(folder).made_by.get("identity", {}))
    if changed:
        keys = dict.fromkeys(line.partition(":")[0].partition(".")[0] for line in changed)
        raise BadInput(f"{str(folder)!r} was rendered of something else than there is now: "
                       f"{', '.join(DECIDING.get(key, key) for key in keys)}: put back what was there, or give another "
                       "--out (and other --records), where all is made anew: trainings that are finished here saw the "
                       "earlier images")


def is_rendered(setting: Setting, place: Place) -> bool:
    """Whether `synthetic_of` only reads."""
    folder = dataset_folder(setting, place)
    return is_done(folder) and (setting.synthetic.size == setting.size or is_done(_resized(folder, setting.size)))


def render_spec(setting: Setting, place: Place) -> RenderSpec:
    """What to render, with every "auto" settled."""
    spec = replace(setting.synthetic, classes=classes_of(setting, place))
    if spec.models == "auto":
        spec = replace(spec, models=str(datahome.find("models", place.data) or "procedural"))
    if spec.models == "procedural":  # there is no folder for them to stand beside
        spec = replace(spec, beside=0)
    return datahome.settled(spec, place.data)


def classes_of(setting: Setting, place: Place) -> tuple[str, ...]:
    """The class names of a setting, without reading a photo where that can be."""
    if setting.classes:
        return setting.classes
    name = setting.real.partition(":")[0]
    if name in NAMED:
        return NAMED[name]
    path = Path(setting.real).expanduser()
    return photos.class_names(path) if path.is_dir() else load(setting.real, size=setting.size, data=place.data).classes


def dataset_folder(setting: Setting, place: Place) -> Path:
    """Where the rendered images of a setting lie: named by the spec and by what its models, pictures and plug-ins are.

    `BadInput` where these cannot be looked at.
    """
    spec = render_spec(setting, place)
    mapping = rendered_by(spec) | {"models": _digest_of_models(spec.models, spec.classes)}
    if spec.beside:
        mapping["procedural models"] = _digest_of_models("procedural", spec.classes)
    for kind in ("backgrounds", "textures", "envmaps"):
        mapping[kind] = _digest_of_pictures(getattr(spec, kind))
    if plugins := _code_of_plugins(spec.vary):
        mapping["plugins"] = plugins
    return place.root / "datasets" / fingerprint(mapping)


def job_folder(job: Job, place: Place) -> Path:
    """Where a training lies: named by all that decides it, so that every recipe finds what another has trained."""
    made_by: dict[str, Any] = trained(job.setting) | {"seed": job.seed}
    if "refine" in made_by:
        made_by["refine"] = refinement.made_by(job.setting)
    if "synthetic" in made_by:
        made_by["synthetic"] = dataset_folder(job.setting, place).name
    elif any(one.test != "real" for one in job.settings):  # real images alone, tested on what stages made of them
        made_by["tested through"] = [dataset_folder(one, place).name for one in job.settings if one.test != "real"]
    if "real" not in made_by:
        made_by["real"] = "untouched"
    own = [_digest_of_photos(found) for one in job.settings if (found := _own_photos(one, place)) is not None]
    return place.root / "runs" / fingerprint(made_by, [list(map(str, tested(one))) for one in job.settings],
                                             *([own] if own else []))


def unnamed_folder(job: Job, place: Place) -> Path:
    """What stands in a plan for a training that has no name, since what it sees cannot be looked at: no folder."""
    return place.root / "runs" / f"unnamed-{fingerprint(trained(job.setting), list(map(repr, job.settings)), job.seed)}"


def check_named(setting: Setting, place: Place) -> None:
    """`BadInput` or OSError where what names the setting's trainings cannot be looked at: models, pictures, plug-ins,
    photos of one's own."""
    if rendered_for(setting):
        dataset_folder(setting, place)
    if (own := _own_photos(setting, place)) is not None:
        _digest_of_photos(own)


def rendered_for(setting: Setting) -> bool:
    """Whether the setting needs rendered images: to train on, or for the stages that its tests come from."""
    return setting.mix.synthetic > 0 or setting.test != "real"


def _own_photos(setting: Setting, place: Place) -> Path | None:
    """The folder or .npz file of photos that a name does not settle; None for CIFAR, which is the same everywhere."""
    if setting.real == "airplane-bicycle" and not setting.stand_in:
        return datahome.find(setting.real, place.data)
    if setting.stand_in or setting.real in names():
        return None
    path = Path(setting.real).expanduser()
    return path if path.exists() else None


def _resized(folder: Path, size: int) -> Path:
    return folder.with_name(f"{folder.name}-{size}px")


def _at_size(dataset: Dataset, folder: Path, size: int) -> Dataset:
    """The same images at another size, as files: 180,000 of 227 px are 28 GB, and every training wants them."""
    out = _resized(folder, size)
    if not is_done(out):
        header = Header(dataset.domain, dataset.classes, len(dataset), size, size, dataset.source,
                        shard_size(size, size), {"kind": "resized", "of": folder.name, "size": size})

        def pick(here: slice) -> tuple[NDArray[np.uint8], Columns]:
            return np.asarray(photos.resized(dataset.images[here], size)), rows_at(dataset, here)

        write_picked(out, header, pick, f"resizing to {size} px")
    return read(out)


def look_afresh() -> None:
    """Forget which photos, models and pictures there were: a process that lives long finds what has changed."""
    for kept in (_photos, _stand_in, _digest_of_models, _digest_of_pictures, _digest_of_photos, _code_of_plugins):
        kept.cache_clear()


def steps_of(setting: Setting, place: Place) -> int:
    """How many optimizer steps a setting takes: as asked, or counted from its epochs."""
    if setting.train.steps:
        return setting.train.steps
    counts = setting.mix.counts(setting.train.batch)
    images = _real_count(setting, place) if counts[0] else synthetic_count(setting, place)
    return steps_of_epochs(setting.train.epochs, images, counts[0] or counts[1])


def synthetic_count(setting: Setting, place: Place) -> int:
    """How many images there are to render; 0 for real only."""
    if setting.mix.synthetic == 0:
        return 0
    spec = render_spec(setting, place)
    if spec.images:
        return spec.images
    if spec.models == "procedural":
        return spec.per_model * spec.procedural * len(spec.classes or PROCEDURAL)
    found = find_models(Path(spec.models).expanduser(), spec.classes)
    return spec.per_model * (sum(map(len, found.values())) + spec.beside * len(found))


def rendering_seconds(place: Place) -> list[dict[str, Any]]:
    """What rendering took, a mapping a finished dataset: images, size, seconds."""
    told = []
    for path in sorted((place.root / "datasets").glob("*.json")):
        with suppress(OSError, ValueError):  # a damaged one: a time less to go by
            told.append(json.loads(path.read_text()))
    return [one for one in told if isinstance(one, dict)]


@lru_cache(maxsize=4)
def _photos(real: str, size: int, through: int, classes: tuple[str, ...], per_class: int, seed: int,
            data: str | None) -> RealData:
    return load(real, size=size, data=data, per_class=per_class or None, seed=seed, classes=classes, through=through)


@lru_cache(maxsize=4)
def _stand_in(real: str, size: int, through: int, classes: tuple[str, ...], images: int, train: int, per_class: int,
              seed: int, beside: Path) -> RealData:
    found = open_stand_in(real, beside, images, train, per_class, seed, through or size)
    parts = {name: getattr(found, name) for name in ("train", "validation", "test", "test_large")}
    parts = {name: with_classes(part, classes or found.classes) for name, part in parts.items()}
    parts = {name: replace(part, images=photos.resized(part.images, size)) for name, part in parts.items()}
    return replace(found, classes=classes or found.classes, **parts)


def _stand_in_per_class(setting: Setting) -> int:
    """There are fewer of them than there are photos."""
    return min(setting.per_class or setting.stand_in_train, setting.stand_in_train)


def _real_count(setting: Setting, place: Place) -> int:
    if setting.stand_in:
        return _stand_in_per_class(setting) * len(classes_of(setting, place))
    if setting.per_class:
        return setting.per_class * len(classes_of(setting, place))
    return len(load(setting.real, size=setting.size, data=place.data, classes=setting.classes,
                    through=setting.through).train)


@lru_cache(maxsize=64)
def _digest_of_models(models: str, classes: tuple[str, ...]) -> str:
    return models_digest(models, classes)


@lru_cache(maxsize=64)
def _digest_of_photos(place: Path) -> str:
    """A folder by paths and sizes of its photos, a file by its bytes: other photos make another training."""
    if place.is_file():
        with place.open("rb") as file:
            return fingerprint(hashlib.file_digest(file, "sha256").hexdigest())
    return fingerprint([[path.relative_to(place).as_posix(), path.stat().st_size] for path in visible_files(place)
                        if path.suffix.lower() in photos.SUFFIXES and path.is_file()])


@lru_cache(maxsize=64)
def _digest_of_pictures(folder: str) -> str:
    """By names and sizes: quick, and `produce` and `check_rendered` look at the contents."""
    root = Path(folder).expanduser()
    if folder == "procedural" or not root.is_dir():
        return folder
    flat = [[path.name, path.stat().st_size] for path in sorted(root.iterdir()) if path.is_file()]
    # Younger than the rest, so only where there are some: folders without keep the names that they have.
    deeper = [[path.relative_to(root).as_posix(), path.stat().st_size] for path in visible_files(root)
              if path.parent != root and path.suffix.lower() in PICTURES and path.is_file()]
    return fingerprint(flat, deeper) if deeper else fingerprint(flat)


@lru_cache(maxsize=64)
def _code_of_plugins(vary: tuple[str, ...]) -> dict[str, str]:
    return code_of_plugins(vary)
