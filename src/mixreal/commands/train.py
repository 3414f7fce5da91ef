"""`mixreal train`: photos + models -> a classifier."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import tyro

from mixreal.commands.parse import FLAT, Out, check_count, flag_value, parse, render_spec
from mixreal.datahome import settled
from mixreal.errors import BadInput, did_you_mean, nearest
from mixreal.learning.trainspec import TrainSpec
from mixreal.spec import DEFAULT_VARY, RenderSpec

if TYPE_CHECKING:
    from mixreal.datasets.dataset import Dataset
    from mixreal.real.sets import RealData
    from mixreal.streaming import Fresh

STREAM = "stream"  # as --synthetic
IMAGES_PER_CLASS = 4000  # rendered when --images is not given
UNEQUAL = 5  # times as many photos of one class as of another are worth a word


@dataclass(frozen=True)
class Train:
    """Train a classifier on photos beside rendered images: renders first, then trains, then tests.

    Photos and models are folders of class folders with the same class names. Stopped half-way? Run it again.
    """

    out: Out  # where the run goes; rendered images go beside it
    real: str = ""  # a folder of class folders of photos, or cifar-da4, cifar-da9; "" with --mix 0:1
    models: str = "procedural"  # a folder of class folders of meshes, or "procedural"
    up: str = "y"  # the axis that is up in obj, ply, stl and off files: y, z, -x, ...
    forward: str = ""  # the axis that their models look along; "" = z, and with --up z -y
    # A finished dataset, instead of rendering one; "stream": fresh images, rendered while training, none seen twice.
    synthetic: Annotated[str, tyro.conf.arg(metavar="DIR|stream")] = ""
    training: Annotated[TrainSpec, FLAT] = field(default_factory=TrainSpec)
    seeds: tuple[int, ...] = ()  # several: one run each, in OUT/seed-N; else --seed alone
    per_class: int = 0  # use only so many photos a class, chosen by the seed; 0 = all
    classes: tuple[str, ...] = ()  # which classes, in label order; () = all
    size: int = 32  # pixels a side
    images: int = 0  # to render in all; 0 = 4,000 a class, or without end with --synthetic stream
    vary: tuple[str, ...] = DEFAULT_VARY  # variations of the rendered images
    ranges: dict[str, Any] = field(default_factory=dict)  # of latents, as in `mixreal render`
    spec: Annotated[str, tyro.conf.arg(metavar="FILE")] = ""  # a TOML file as for `mixreal render`; flags go over it
    data: str = ""  # the folder of your own material; "" = MIXREAL_DATA
    threads: int = 0  # that render; 0 = one a core, or with --synthetic stream those that training leaves
    device: str = "auto"  # to train on: cpu, cuda, cuda:1; auto = CUDA where there is some


def run(argv: Sequence[str]) -> int:
    """Parse, render what is missing, train each seed; prints the accuracies."""
    asked = parse(Train, argv, "train", _start(argv))
    check_count("--per-class", asked.per_class, 0, 10**9)
    check_count("--threads", asked.threads, 0, 1024)
    check_count("--images", asked.images, 0, 10**12)
    training = asked.training
    if training.steps == 0 and training.epochs == 0:
        from mixreal.api import STEPS

        training = replace(training, steps=STEPS)
    seeds = asked.seeds or (training.seed,)
    if len(set(seeds)) < len(seeds):
        raise BadInput(f"--seeds {' '.join(map(str, seeds))}: a seed is named twice: name each once")

    from mixreal.hardware import open_device
    from mixreal.learning.batch_norm import with_domain_norm
    from mixreal.learning.classifiers import check_takes
    from mixreal.learning.task import check_spec
    from mixreal.learning.training import check_free, train
    from mixreal.real.sets import limited

    mix, model = check_spec(training), check_takes(training.classifier, asked.size)
    for seed in seeds:
        check_spec(replace(training, seed=seed))
    open_device(asked.device)
    if training.norm == "split":
        with_domain_norm(model)
    folders = {seed: Path(asked.out) if len(seeds) == 1 else Path(asked.out) / f"seed-{seed}" for seed in seeds}
    for folder in folders.values():
        check_free(folder)
    _check_synthetic(asked)
    if mix.real and not asked.real:
        raise BadInput(f"--mix {training.mix} needs photos: give --real PHOTOS/ (or cifar-da4), or use --mix 0:1")
    real = _real(asked) if asked.real else None
    classes = real.classes if real else asked.classes
    if real and mix.synthetic and asked.synthetic in ("", STREAM) and not asked.classes:
        _check_classes(asked, classes)
    if real and asked.per_class:
        limited(real, asked.per_class, seeds[0])  # so many a class are there, or it is told before rendering
    if real and mix.real and not training.evenly and not asked.per_class:
        _note_unequal(real)
    synthetic = _synthetic(asked, classes) if mix.synthetic else None
    for seed, folder in folders.items():
        photos = limited(real, asked.per_class, seed) if real and asked.per_class else real
        done = train(photos, synthetic, replace(training, seed=seed), folder, device=asked.device)
        if not done.results:
            print(f"{folder}  trained; there were no real photos to test on (try: mixreal predict {folder} IMAGE)")
        for key, score in done.results.items():
            print(f"{folder}  {key:<18} {100 * score['accuracy']:.1f}%  "
                  f"({100 * score['low']:.1f} to {100 * score['high']:.1f}, n = {int(score['n']):,})")
    return 0


def _start(argv: Sequence[str]) -> Train:
    """The defaults that flags go over: those of --spec, where it is given."""
    file = flag_value(argv, "--spec")
    recipe = render_spec(file) if file else RenderSpec()
    return Train(tyro.MISSING, models=recipe.models, classes=recipe.classes, size=recipe.size, images=recipe.images,
                 vary=recipe.vary, ranges=recipe.ranges, up=recipe.up, forward=recipe.forward)


def _real(asked: Train) -> "RealData":
    """All the photos; each seed takes its own `per_class` of them."""
    from mixreal.real.sets import load

    return load(asked.real, size=asked.size, data=asked.data or None, classes=asked.classes)


def _note_unequal(real: "RealData") -> None:
    """Say so where some class has far more photos than another: nobody has to notice it in the errors."""
    counts = np.bincount(real.train.labels, minlength=len(real.classes))
    if counts.max() > UNEQUAL * max(counts.min(), 1):
        most, least = real.classes[int(counts.argmax())], real.classes[int(counts.argmin())]
        print(f"note: {counts.max():,} training photos of {most!r} and {counts.min():,} of {least!r}: --evenly shows "
              f"all classes equally often, --per-class {counts.min()} takes as many of each", file=sys.stderr)


def _check_synthetic(asked: Train) -> None:
    """`BadInput` for a dataset that is not there, and for flags of rendering beside one: they would do nothing."""
    if asked.synthetic in ("", STREAM):
        return
    if not Path(asked.synthetic).exists() and nearest(asked.synthetic, [STREAM]):
        raise BadInput(f"--synthetic {asked.synthetic!r}: there is no such folder: did you mean {STREAM!r}?")
    plain = Train(asked.out)
    for name in ("spec", "models", "up", "forward", "images", "vary", "ranges", "threads"):
        if getattr(asked, name) != getattr(plain, name):
            raise BadInput(f"--{name} is of rendering, and --synthetic {asked.synthetic} is rendered already: "
                           "leave one of them out")


def _check_classes(asked: Train, photos: tuple[str, ...]) -> None:
    """`BadInput` for a class on one side only: of two folders, the names have to agree.

    CIFAR's classes and those of the procedural models are given, not chosen: there the other side may have fewer.
    """
    from mixreal.models.library import find_models
    from mixreal.models.shapes import CLASSES
    from mixreal.real.sets import names

    if asked.models == "procedural":
        models: tuple[str, ...] = CLASSES
    else:
        models = tuple(name for name, files in find_models(Path(asked.models).expanduser()).items() if files)
    sides = [(photos, models, f"photos {asked.real!r}", f"models {asked.models!r}")]
    if asked.models != "procedural" and asked.real not in names():
        sides.append((models, photos, f"models {asked.models!r}", f"photos {asked.real!r}"))
    for here, there, mine, other in sides:
        for name in here:
            if name not in there:
                common = sorted(set(photos) & set(models))
                todo = f"leave it out with --classes {' '.join(common)}" if len(common) > 1 else "rename the folders"
                raise BadInput(f"class {name!r} is among the {mine} but not among the {other} "
                               f"({did_you_mean(name, there)}): give it there too, or {todo}")


def _synthetic(asked: Train, classes: tuple[str, ...]) -> "Dataset | Fresh":
    """The given dataset, or one rendered beside the run in a folder named by what made it, or images without end."""
    from mixreal.datasets.dataset import read, with_classes
    from mixreal.datasets.produce import named_folder, produce
    from mixreal.streaming import open_fresh

    if asked.synthetic not in ("", STREAM):
        found = read(asked.synthetic)
        return with_classes(found, classes) if classes else found
    recipe = render_spec(asked.spec) if asked.spec else RenderSpec()
    recipe = settled(replace(recipe, models=asked.models, up=asked.up, forward=asked.forward, classes=classes,
                             size=asked.size, vary=asked.vary, ranges=asked.ranges, images=asked.images),
                     asked.data or None)
    if asked.synthetic == STREAM:
        return open_fresh(recipe, asked.device, threads=asked.threads)
    if not recipe.images and not recipe.per_model:
        recipe = replace(recipe, images=IMAGES_PER_CLASS * _class_count(recipe))
    folder = named_folder(recipe, Path(os.path.abspath(asked.out)).parent)
    return produce(recipe, folder, threads=asked.threads or None)


def _class_count(recipe: RenderSpec) -> int:
    if recipe.classes:
        return len(recipe.classes)
    if recipe.models == "procedural":
        from mixreal.models.shapes import CLASSES

        return len(CLASSES)
    from mixreal.models.library import find_models

    return len(find_models(Path(recipe.models).expanduser()))
