"""A setting: everything that decides the runs of one cell but the seed, built from flat keys laid over each other."""

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from mixreal.errors import BadInput, did_you_mean
from mixreal.learning.classifiers import check_classifier
from mixreal.learning.minibatches import Mix
from mixreal.learning.task import check_spec
from mixreal.learning.trainspec import TrainSpec
from mixreal.spec import RenderSpec, from_mapping

Keys = dict[str, Any]  # "train.lr" -> value

#: Short names of keys that rows and columns set most.
SHORT = {"mix": "train.mix", "classifier": "train.classifier", "augment": "train.augment", "norm": "train.norm",
         "vary": "synthetic.vary", "models": "synthetic.models"}
#: Of each pair one is set: laying one over takes the other away.
EITHER = {"train.steps": "train.epochs", "train.epochs": "train.steps",
          "synthetic.images": "synthetic.per_model", "synthetic.per_model": "synthetic.images"}
#: Keys that the recipe's own say elsewhere.
ELSEWHERE = {"train.seed": "seeds", "synthetic.size": "size", "synthetic.classes": "classes"}
TABLES = ("synthetic", "train", "refine")
BEST = "best"


@dataclass(frozen=True)
class Setting:
    """What the runs of one cell are made of."""

    real: str = ""  # a name or folder of real images, as `mixreal.load` takes it
    classes: tuple[str, ...] = ()  # which of them, in label order; () = all
    per_class: int = 0  # real training images a class, chosen by the seed; 0 = all
    photo_seed: int = -1  # the seed that chooses them for every run alike; -1 = each run's own
    size: int = 32  # pixels a side
    through: int = 0  # pixels a side that all images, real and rendered, pass through first; 0 = none
    stand_in: bool = False  # in place of real photos: rendered ones, named as such on every page
    stand_in_images: int = 30  # of them a class
    stand_in_train: int = 12  # of these a class, to train on
    # Refinement (reproducing/refinement.py).
    refine: dict[str, Any] = field(default_factory=dict)  # `preset`, and keys of RefineSpec over it
    stage: str = ""  # "R-S", "RR-RS", "R-RS", "RR-S" (after R-S), or deeper, "R-S > RR-RS > RRR-RRS"
    train_on: Literal["raw", "refined"] = "raw"  # rendered images, or what the last stage made of them
    test: str = "real"  # photos, or what stages made of them: "RR", "RRR", "refined" (the last stage's)
    best_of: tuple[str, ...] = ()  # with mix = "best": the ratios to choose from, on validation images
    synthetic: RenderSpec = field(default_factory=RenderSpec)
    train: TrainSpec = field(default_factory=TrainSpec)

    @property
    def mix(self) -> Mix:
        """Real to synthetic. Not to be asked of mix = "best"."""
        return Mix.parse(self.train.mix)

    @property
    def best(self) -> bool:
        """Whether the ratio is chosen among `best_of`."""
        return self.train.mix == BEST


def photos_by(setting: Setting, seed: int) -> int:
    """The seed that chooses the photos of the run with this seed."""
    return seed if setting.photo_seed < 0 else setting.photo_seed


def flat(table: dict[str, Any], where: str) -> Keys:
    """A TOML table as flat keys, short names spelt out; `BadInput` for keys that no setting has."""
    known = [f.name for f in dataclasses.fields(Setting)]
    out: Keys = {}
    for key, value in _leaves(table):
        first, _, rest = key.partition(".")
        if first not in (*known, *SHORT):
            raise BadInput(f"{where}: unknown key {key!r}: {did_you_mean(first, [*known, *SHORT])}")
        if (first in TABLES) != bool(rest):
            raise BadInput(f"{where}: {first} is " + (f'a table: write for example "{first}.seed = ..."' if not rest
                                                      else f"one value, not a table: {key!r} is no key"))
        full = SHORT.get(first, key)
        if full in ELSEWHERE:
            raise BadInput(f"{where}: {key!r} is set by the recipe's own key {ELSEWHERE[full]!r}")
        for table_name, kind in (("train", TrainSpec), ("synthetic", RenderSpec)):
            names = [f.name for f in dataclasses.fields(kind)]
            if first == table_name and rest.partition(".")[0] not in names:
                raise BadInput(f"{where}: unknown key {key!r}: {did_you_mean(rest, names)}")
        out[full] = value
    return out


def laid_over(under: Keys, over: Keys) -> Keys:
    """Both, `over`'s values where both have one, and without what its `EITHER` takes away."""
    gone = {EITHER[key] for key in over if key in EITHER} - over.keys()
    return {key: value for key, value in under.items() if key not in gone} | over


def make_setting(keys: Keys, where: str) -> Setting:
    """The setting of flat keys; `BadInput` for what cannot work together."""
    values: dict[str, Any] = {key: value for key, value in keys.items() if "." not in key}
    tables: dict[str, dict[str, Any]] = {name: {} for name in TABLES}
    for key, value in keys.items():
        first, _, rest = key.partition(".")
        if rest:
            name, _, latent = rest.partition(".")
            if (first, name) == ("synthetic", "ranges") and latent:
                tables[first].setdefault(name, {})[latent] = value
            else:
                tables[first][rest] = value
    setting = from_mapping(Setting, values | tables, where)
    rendered = min(setting.size, setting.through) if setting.through else setting.size
    setting = dataclasses.replace(setting, synthetic=dataclasses.replace(
        setting.synthetic, size=rendered, classes=setting.classes))
    _check(setting, where)
    return setting


def _check(setting: Setting, where: str) -> None:
    if setting.best and not setting.best_of:
        raise BadInput(f'{where}: mix = "best" needs best_of, the ratios to choose from, such as ["1:1", "1:3"]')
    for name in setting.best_of if setting.best else (setting.train.mix,):
        mix = check_spec(dataclasses.replace(setting.train, mix=name))
        if mix.synthetic and (setting.synthetic.images > 0) == (setting.synthetic.per_model > 0):
            raise BadInput(f"{where}: give exactly one of synthetic.images and synthetic.per_model")
    check_classifier(setting.train.classifier)
    if not setting.real:
        raise BadInput(f"{where}: real is missing: the name or folder of the photos to test on")


def _leaves(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    out: list[tuple[str, Any]] = []
    for key, value in table.items():
        out += _leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return out
