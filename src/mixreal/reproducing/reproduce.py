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
from mixreal.reproducing.lacking import check_choices, looked_at, named, photos_of, without_photos
from mixreal.reproducing.plan import make_plan, recipe_folder, write_plan
from mixreal.reproducing.preparing import Place, job_folder, look_afresh, unnamed_folder
from mixreal.reproducing.rates import estimate
from mixreal.reproducing.recipe import Recipe
from mixreal.reproducing.scheduling import defaults, run_all, told
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
    check_choices(chosen_cells(cells, only), recipe, place)
    device, processes, threads = defaults(device, processes)
    all_jobs, without = named(jobs(cells, recipe.seeds), place)
    unnamed = [job for job, _ in without]
    found = kept_records.take_up(all_jobs, place)
    finished = tuple(job for job in all_jobs if is_done(job_folder(job, place)))
    left = tuple(job for job in all_jobs if job not in finished)
    no_photos = without_photos(left, place)
    left = set_apart(left, lambda setting: photos_of(setting) in no_photos)
    found += kept_records.take_up(left, place)  # those of a command that had to do them apart, too
    if found:
        print(f"{found} of {len(all_jobs)} trainings taken from their records", flush=True)
    all_jobs = finished + left
    wanted = _wanted(all_jobs, chosen_cells(cells, only), recipe)
    lacking = _wanted(unnamed, chosen_cells(cells, only), recipe)
    failed = {unnamed_folder(job, place): reason for job, reason in without if job in lacking}
    failed |= {job_folder(job, place): no_photos[photos_of(job.setting)] for job in wanted
               if photos_of(job.setting) in no_photos and not is_done(job_folder(job, place))}
    if failed and len(failed) == len(wanted) + len(lacking):
        raise BadInput(next(iter(failed.values())))
    write_plan(make_plan(recipe, cells, all_jobs, place, failed, unnamed), folder)
    wanted = [job for job in wanted if job_folder(job, place) not in failed]
    failed |= run_all(recipe.name, wanted, place, device, processes, threads, on)
    all_jobs, failed, apart = _without_stages(all_jobs, failed, place)
    if apart:
        kept_records.take_up(apart, place)
        failed |= run_all(recipe.name, apart, place, device, processes, threads, on)
    write_plan(make_plan(recipe, cells, all_jobs, place, failed, unnamed), folder)
    pages = write_report(folder)
    return pages, _keep(all_jobs, place) | failed


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
    check_choices([cell for cell in chosen_cells(cells, only) if looked_at(cell.setting, place)], recipe, place)
    device, processes, threads = defaults(device, processes)
    all_jobs, without = named(jobs(cells, recipe.seeds), place)
    wanted = _wanted(all_jobs, chosen_cells(cells, only), recipe)
    lacking = _wanted([job for job, _ in without], chosen_cells(cells, only), recipe)
    failing = dict.fromkeys(reason for job, reason in without if job in lacking)
    known = kept_records.recorded(wanted, place)
    done = [job for job in wanted if job not in known and is_done(job_folder(job, place))]
    new = [job for job in wanted if job not in known and job not in done]
    no_photos = without_photos([job for job in new if all(looked_at(one, place) for one in job.settings)], place)
    apart = set_apart(new, lambda setting: photos_of(setting) in no_photos)
    known += kept_records.recorded(apart, place)
    new = [job for job in apart if job not in known and photos_of(job.setting) not in no_photos]
    failing |= dict.fromkeys(no_photos.values())
    if failing and not (known or done or new):
        raise BadInput(next(iter(failing)))
    left = estimate([*done, *new], place, device, processes, on)
    lines = [f"{recipe.title}", f"profile {recipe.profile}, preset {recipe.preset}, seeds "
             f"{', '.join(map(str, recipe.seeds))}; {processes} at once on {device}, threads each: {threads}", ""]
    lines += [_line(cell) for cell in chosen_cells(cells, only)]
    lines += ["", f"{len(wanted) + len(lacking)} trainings, {left.done + len(known)} of them finished; "
              f"left: {left.steps:,} steps, {left.images:,} images to train on, {left.to_render:,} images to render",
              f"expected time: {_time(left.seconds)} (rates: {left.based_on})"]
    lines += [f"some of them will fail: {reason}" for reason in failing]
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


def _keep(all_jobs: Sequence[Job], place: Place) -> dict[Path, str]:
    """Leave what records are missing: of trainings of a cluster, and of those that were finished before records were
    asked for. Returns run folder -> reason of those that cannot be kept."""
    failed = dict[Path, str]()
    for job in all_jobs:
        folder = job_folder(job, place)
        try:
            kept_records.keep(folder, place)
        except (BadInput, OSError) as error:
            failed[folder] = f"it leaves no record: {told(error)}"
    return failed


def _line(cell: Cell) -> str:
    train = cell.setting.train
    length = f"{train.steps:,} steps" if train.steps else f"{train.epochs:,} epochs"
    mixes = cell.setting.best_of if cell.setting.best else (train.mix,)
    mix = f"best of {', '.join(mixes)}, chosen on validation images" if len(mixes) > 1 else mixes[0]
    return f"  {cell.name:<40} mix {mix}, {train.classifier}, {length} of {train.batch}"


def _time(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min" if seconds < 7200 else \
        f"{seconds / 3600:,.1f} h"
