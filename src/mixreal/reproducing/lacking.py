"""What trainings of a recipe lack: models or photos that cannot be had cost their own cells, not the others."""

from collections.abc import Sequence

from mixreal.errors import BadInput
from mixreal.real.sets import at_hand
from mixreal.reproducing.cells import Cell, Job, set_apart
from mixreal.reproducing.preparing import Place, check_named, real_of
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.scheduling import told
from mixreal.reproducing.setting import Setting


def named(all_jobs: Sequence[Job], place: Place) -> tuple[tuple[Job, ...], list[tuple[Job, str]]]:
    """The trainings whose run folders have names, and those that have none, with why: what they would see cannot be
    looked at. Settings that share a training with such a one are done apart."""
    reasons: dict[str, str] = {}
    for setting in (one for job in all_jobs for one in job.settings):
        if repr(setting) not in reasons:
            try:
                check_named(setting, place)
                reasons[repr(setting)] = ""
            except (BadInput, OSError) as error:
                reasons[repr(setting)] = told(error)
    apart = set_apart(all_jobs, lambda setting: reasons[repr(setting)] != "")
    without = [(job, reasons[repr(job.setting)]) for job in apart if reasons[repr(job.setting)]]
    return tuple(job for job in apart if not reasons[repr(job.setting)]), without


def without_photos(all_jobs: Sequence[Job], place: Place) -> dict[str, str]:
    """By `photos_of`, the photos that cannot be had, and why: told before hours of rendering rather than after them."""
    known: dict[str, str] = {}
    for job in all_jobs:
        for setting in job.settings:
            if photos_of(setting) not in known:
                try:
                    real_of(setting, job.seed, place)
                    known[photos_of(setting)] = ""
                except BadInput as error:
                    known[photos_of(setting)] = str(error)
    return {photos: reason for photos, reason in known.items() if reason}


def photos_of(setting: Setting) -> str:
    """Tells the photos of settings apart."""
    return repr((setting.real, setting.classes, setting.per_class, setting.size, setting.through, setting.stand_in))


def check_choices(cells: Sequence[Cell], recipe: Recipe, place: Place) -> None:
    """`BadInput` for a ratio that is to be chosen on validation images where there are none."""
    for cell in cells:
        if len(cell.candidates) > 1:
            try:
                found = real_of(cell.setting, recipe.seeds[0], place)
            except BadInput:  # told later, for the trainings that lack them
                continue
            if not len(found.validation):
                raise BadInput(f'{cell.name}: mix = "best" is chosen on validation images, and {cell.setting.real} has '
                               "none: give more photos a class, or one ratio in place of best")


def looked_at(setting: Setting, place: Place) -> bool:
    """Whether a dry run opens the photos: not where they are rendered, or downloaded first."""
    return not setting.stand_in and at_hand(setting.real, place.data)
