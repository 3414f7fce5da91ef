"""Make a table or figure of the paper again: lay out, render, train, report. Run it again and it goes on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mixreal.errors import BadInput
from mixreal.folders import check_writable
from mixreal.production.cluster import check_reachable
from mixreal.real.sets import at_hand
from mixreal.reporting.recipe_report import write_report
from mixreal.reproducing import records as kept_records
from mixreal.reproducing import refinement
from mixreal.reproducing.cells import Cell, Job, chosen_cells, jobs, lay_out, set_apart, trained
from mixreal.reproducing.plan import make_plan, recipe_folder, write_plan
from mixreal.reproducing.preparing import Place, job_folder, look_afresh, real_of
from mixreal.reproducing.rates import estimate
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.scheduling import defaults, run_all
from mixreal.reproducing.setting import Setting
from mixreal.reproducing.sheet import draw_sheet, sheet_numbers
from mixreal.reproducing.tasks import stage_tasks
from mixreal.runs import is_done

ROOT = "runs/reproduce"


def reproduce(recipe: Recipe, root: str | Path = ROOT, *, data: str | None = None, device: str = "auto",
              processes: int = 0, only: Sequence[str] = (), on: str = "",
              records: str | Path | None = None) -> tuple[list[Path], dict[Path, str]]:
    """Run what is missing and write the report; returns its files, and run folder -> reason of what failed.

    only: patterns of "ROW/COLUMN"; the other cells are reported as far as they are finished. on: "ray",
    "ray:HOST:PORT" or "ray://HOST:PORT": rendering and trainings are tasks of a Ray cluster. records: a folder of
    finished trainings without their weights; those found there are not trained again, new ones are added. `BadInput`
    where nothing at all can be run.
    """
    if on:
        check_reachable(on)
    check_writable(root)
    look_afresh()
    place = Place(Path(root).absolute(), data, None if records is None else kept_records.open_records(records))
    folder = recipe_folder(recipe, place)
    if recipe.kind == "sheet":
        draw_sheet(recipe, place, folder, device)
        return write_report(folder), {}
    cells = lay_out(recipe)
    _check_choices(chosen_cells(cells, only), recipe, place)
    device, processes, threads = defaults(device, processes)
    all_jobs = jobs(cells, recipe.seeds)
    if found := kept_records.take_up(all_jobs, place):
        print(f"{found} of {len(all_jobs)} trainings taken from their records", flush=True)
    finished = tuple(job for job in all_jobs if is_done(job_folder(job, place)))
    left = tuple(job for job in all_jobs if job not in finished)
    no_photos = _without_photos(left, place)
    all_jobs = finished + set_apart(left, lambda setting: _photos(setting) in no_photos)
    wanted = _wanted(all_jobs, chosen_cells(cells, only), recipe)
    failed = {job_folder(job, place): no_photos[_photos(job.setting)] for job in wanted
              if _photos(job.setting) in no_photos and job not in finished}
    if failed and len(failed) == len(wanted):
        raise BadInput(next(iter(failed.values())))
    write_plan(make_plan(recipe, cells, all_jobs, place, failed), folder)
    wanted = [job for job in wanted if job_folder(job, place) not in failed]
    failed |= run_all(recipe.name, wanted, place, device, processes, threads, on)
    all_jobs, failed, apart = _without_stages(all_jobs, failed, place)
    if apart:
        failed |= run_all(recipe.name, apart, place, device, processes, threads, on)
    write_plan(make_plan(recipe, cells, all_jobs, place, failed), folder)
    pages = write_report(folder)
    for job in all_jobs:  # those of a cluster, and those that were finished before records were asked for
        kept_records.keep(job_folder(job, place), place)
    return pages, failed


def dry_run(recipe: Recipe, root: str | Path = ROOT, *, data: str | None = None, device: str = "auto",
            processes: int = 0, only: Sequence[str] = (), on: str = "", records: str | Path | None = None) -> str:
    """What `reproduce` would do, in words: cells, trainings, steps, images to render, and the time to expect.

    `BadInput` for what `reproduce` would refuse, damaged records aside. Nothing is rendered or downloaded to know it.
    """
    if on:
        check_reachable(on)
    for folder, flag in ((root, "--out"), (records, "--records")):
        if folder is not None:
            check_writable(folder, flag)
    look_afresh()
    place = Place(Path(root).absolute(), data, None if records is None else Path(records).absolute())
    if recipe.kind == "sheet":
        sheet_numbers(recipe)
        return f"{recipe.title}\none sheet of images: less than a minute once its stages, if it has any, are trained"
    cells = lay_out(recipe)
    _check_choices([cell for cell in chosen_cells(cells, only) if _looked_at(cell.setting, place)], recipe, place)
    device, processes, threads = defaults(device, processes)
    wanted = _wanted(jobs(cells, recipe.seeds), chosen_cells(cells, only), recipe)
    known = kept_records.recorded(wanted, place)
    done = [job for job in wanted if job not in known and is_done(job_folder(job, place))]
    new = [job for job in wanted if job not in known and job not in done]
    no_photos = _without_photos([job for job in new if all(_looked_at(one, place) for one in job.settings)], place)
    apart = set_apart(new, lambda setting: _photos(setting) in no_photos)
    new = [job for job in apart if _photos(job.setting) not in no_photos]
    if no_photos and not (known or done or new):
        raise BadInput(next(iter(no_photos.values())))
    left = estimate([*done, *new], place, device, processes)
    lines = [f"{recipe.title}", f"profile {recipe.profile}, preset {recipe.preset}, seeds "
             f"{', '.join(map(str, recipe.seeds))}; {processes} at once on {device}, threads each: {threads}", ""]
    lines += [_line(cell) for cell in chosen_cells(cells, only)]
    lines += ["", f"{len(wanted)} trainings, {left.done + len(known)} of them finished; left: {left.steps:,} steps, "
              f"{left.images:,} images to train on, {left.to_render:,} images to render",
              f"expected time: {_time(left.seconds)} (rates: {left.based_on})"]
    lines += [f"some of them will fail: {reason}" for reason in dict.fromkeys(no_photos.values())]
    lines += [f"{name} is not here: it will be downloaded" for name in dict.fromkeys(
        one.real for job in new for one in job.settings if not one.stand_in and not at_hand(one.real, place.data))]
    stages = stage_tasks(new)
    if stages:
        iterations = sum(refinement.refine_spec(task.stage).iterations for task in stages if task.stage)
        lines.append(f"and at most {len(stages)} stages of GANs with {iterations:,} iterations, whose time is not in "
                     "it; those that are there already, or of the same photos, are not trained again")
    return "\n".join(lines)


def _wanted(all_jobs: Sequence[Job], cells: Sequence[Cell], recipe: Recipe) -> list[Job]:
    """The trainings of some cells, as the whole recipe groups them."""
    mine = {_name(job) for job in jobs(cells, recipe.seeds)}
    return [job for job in all_jobs if _name(job) in mine]


def _name(job: Job) -> str:
    """Tells trainings of one recipe apart."""
    return f"{trained(job.setting)} {job.seed}"


def _without_stages(all_jobs: Sequence[Job], failed: Mapping[Path, str],
                    place: Place) -> tuple[tuple[Job, ...], dict[Path, str], list[Job]]:
    """Of trainings that never began for want of a stage, those of their tests that need none are done apart.

    Returns all trainings, those that failed, and those to be done now.
    """
    out, reasons, apart = list[Job](), dict(failed), list[Job]()
    for job in all_jobs:
        folder = job_folder(job, place)
        parts: tuple[Job, ...] = (job,)
        if folder in failed and not folder.exists() and not all(map(refinement.needs_stages, job.settings)):
            parts = set_apart([job], refinement.needs_stages)
        if len(parts) > 1:
            reason = reasons.pop(folder)
            reasons |= {job_folder(one, place): reason for one in parts[1:]}
            apart.append(parts[0])
        out += parts
    return tuple(out), reasons, apart


def _without_photos(all_jobs: Sequence[Job], place: Place) -> dict[str, str]:
    """The photos that cannot be had, and why: told before hours of rendering rather than after them."""
    known: dict[str, str] = {}
    for job in all_jobs:
        for setting in job.settings:
            if _photos(setting) not in known:
                try:
                    real_of(setting, job.seed, place)
                    known[_photos(setting)] = ""
                except BadInput as error:
                    known[_photos(setting)] = str(error)
    return {photos: reason for photos, reason in known.items() if reason}


def _check_choices(cells: Sequence[Cell], recipe: Recipe, place: Place) -> None:
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


def _looked_at(setting: Setting, place: Place) -> bool:
    """Whether a dry run opens the photos: not where they are rendered, or downloaded first."""
    return not setting.stand_in and at_hand(setting.real, place.data)


def _photos(setting: Setting) -> str:
    """Tells the photos of settings apart."""
    return repr((setting.real, setting.classes, setting.per_class, setting.size, setting.through, setting.stand_in))


def _line(cell: Cell) -> str:
    train = cell.setting.train
    length = f"{train.steps:,} steps" if train.steps else f"{train.epochs:,} epochs"
    mixes = cell.setting.best_of if cell.setting.best else (train.mix,)
    mix = f"best of {', '.join(mixes)}, chosen on validation images" if len(mixes) > 1 else mixes[0]
    return f"  {cell.name:<40} mix {mix}, {train.classifier}, {length} of {train.batch}"


def _time(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min" if seconds < 7200 else \
        f"{seconds / 3600:,.1f} h"
