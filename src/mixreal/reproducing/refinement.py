"""The recipe keys `refine`, `stage`, `train_on` and `test`: which stages of GANs a cell needs, and their images."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixreal.datasets.dataset import Dataset
from mixreal.errors import BadInput, did_you_mean
from mixreal.real.sets import RealData
from mixreal.refining.spec import RefineSpec, check, preset
from mixreal.refining.stages import Stage, parse_stages
from mixreal.reproducing.setting import Setting
from mixreal.spec import from_mapping, to_mapping

if TYPE_CHECKING:
    from mixreal.refining.mrgan import MrGan

FIRST = "R-S"
REFINED = "refined"  # below the root: stages of all recipes, what two of them need is trained once


def needs_stages(setting: Setting) -> bool:
    """Whether the setting trains or tests on refined images; real images alone are never refined to be trained on."""
    trains = setting.train_on == "refined" and (setting.best or setting.mix.synthetic > 0)
    return trains or setting.test != "real"


def chain(setting: Setting) -> tuple[str, ...]:
    """The stages in turn: "RR-RS" stands for "R-S > RR-RS"; deeper ones are written out. `BadInput` if impossible."""
    names = tuple(name.strip() for name in setting.stage.split(">") if name.strip())
    if not names:
        raise BadInput('train_on = "refined" and test on refined images need a stage: write for example stage = "R-S"')
    out = names if names[0] == FIRST else (FIRST, *names)
    parse_stages(out)
    return out


def refine_spec(setting: Setting) -> RefineSpec:
    """`refine`: a preset (the paper's if none is named) and the keys laid over it."""
    keys = dict(setting.refine)
    start = preset(str(keys.pop("preset", "paper")))
    return from_mapping(RefineSpec, to_mapping(start) | keys, "refine")


def made_by(setting: Setting) -> dict[str, Any]:
    """What decides the refined images beside the images they start from; {} where none are used.

    `BadInput` for what no stage can make: before hours of work, not after them.
    """
    if not needs_stages(setting):
        return {}
    names = [name for stage in parse_stages(chain(setting)) for name in _made_of_real(stage)]
    if setting.test not in ("real", "refined", *names):
        raise BadInput(f"test = {setting.test!r} after {', '.join(chain(setting))}: "
                       f"{did_you_mean(setting.test, ['real', 'refined', *names])}")
    spec = refine_spec(setting)
    check(spec)
    return {"stages": list(chain(setting)), "refine": to_mapping(spec)}


def refined(setting: Setting, real: RealData, synthetic: Dataset, root: Path, device: str = "auto",
            on_progress: Callable[[int], None] | None = None) -> "MrGan":
    """The setting's stages, trained where they are missing; `on_progress` as in `refine`."""
    from mixreal.refining.mrgan import refine

    return refine(real, synthetic, chain(setting), refine_spec(setting), root / REFINED, device=device,
                  on_progress=on_progress)


def tested_real(setting: Setting, real: RealData, made: "MrGan | None") -> RealData:
    """The real images that a setting is tested on: R, or a refined set of them by name ("RR", "RRR", "RR@1").

    "refined" is what the last stage made.
    """
    if setting.test == "real" or made is None:
        return real
    sets: dict[str, RealData | Dataset] = {}
    for one in made.stages:
        sets |= dict.fromkeys((*_made_of_real(one.stage), "refined"), one.real)
    found = sets[setting.test]
    assert isinstance(found, RealData)
    return found


def _made_of_real(stage: Stage) -> tuple[str, str]:
    """The names of what a stage makes of its real side: "RR", "RR@1"."""
    name = "R" + stage.real.partition("@")[0]
    return name, f"{name}@{stage.number}"


def with_tests_of(real: RealData, tested: RealData) -> RealData:
    """Trained on one's images, validated and tested on the other's."""
    return replace(real, validation=tested.validation, test=tested.test, test_large=tested.test_large)
