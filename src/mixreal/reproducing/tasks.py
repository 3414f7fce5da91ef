"""What is to be trained, and what waits for what: stages of GANs, and the trainings that use their images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mixreal.learning.checkpoints import CHECKPOINT
from mixreal.learning.trainspec import mixed_steps
from mixreal.refining.stagestate import total_steps
from mixreal.reproducing import refinement
from mixreal.reproducing.cells import Job
from mixreal.reproducing.preparing import Place, job_folder, steps_of
from mixreal.reproducing.setting import Setting, photos_by
from mixreal.spec import fingerprint, to_mapping


@dataclass(frozen=True)
class Task:
    """One training, or one stage of GANs."""

    name: str  # of what it makes, among all tasks
    job: Job
    stage: Setting | None  # the setting whose last stage is to be trained; None: the job's own training
    needs: tuple[str, ...]  # names of the stages to wait for
    images: int  # to be trained on, for progress
    leaves: tuple[Job, ...] = ()  # trainings that go on from a checkpoint of this one
    after: str = ""  # the training that leaves this one a checkpoint, which is waited for, not needed

    @property
    def label(self) -> str:
        """What it is, in words."""
        if self.stage is not None:
            return f"stages {', '.join(refinement.chain(self.stage))}"
        return f"mix {self.job.setting.train.mix}, seed {self.job.seed}"


def stage_tasks(jobs: Sequence[Job]) -> list[Task]:
    """The stages behind some trainings, each once, those that others start from first."""
    found: dict[str, tuple[int, Task]] = {}
    for job in jobs:
        for setting in filter(refinement.needs_stages, job.settings):
            names = refinement.chain(setting)
            before: tuple[str, ...] = ()
            for depth in range(1, len(names) + 1):
                upto = replace(setting, stage=" > ".join(names[:depth]), train_on="refined", test="real")
                spec = refinement.refine_spec(upto)
                name = stages_name(upto, job)
                found.setdefault(name, (depth, Task(name, job, upto, before, total_steps(spec) * spec.batch)))
                before = (name,)
    return [task for _, task in sorted(found.values(), key=lambda pair: pair[0])]


def training_task(job: Job, place: Place) -> Task:
    """The training of a job, after the stages that its images and test images come from."""
    needs = tuple(dict.fromkeys(stages_name(one, job) for one in job.settings if refinement.needs_stages(one)))
    return Task(str(job_folder(job, place)), job, None, needs, steps_of(job.setting, place) * job.setting.train.batch)


def beginnings_shared(tasks: Sequence[Task], place: Place) -> list[Task]:
    """The same trainings; those that differ in `finish` alone begin alike, so the one without leaves the others a
    checkpoint and stands before them. One that is begun already goes its own way."""
    out = list(tasks)
    trunks = {_beginning(task.job): k for k, task in enumerate(tasks) if not task.job.setting.train.finish}
    for k, task in enumerate(tasks):
        trunk = trunks.get(_beginning(task.job))
        if trunk is not None and trunk != k and not job_folder(task.job, place).exists():
            out[trunk] = replace(out[trunk], leaves=(*out[trunk].leaves, task.job))
            out[k] = replace(task, after=tasks[trunk].name)
    branches = {trunk: [task for task in out if task.after == trunk] for trunk in {task.after for task in out}}
    return [one for task in out if not task.after for one in (task, *branches.get(task.name, ()))]


def is_left(task: Task, place: Place) -> bool:
    """Whether what the task comes after has left it its checkpoint, which it does before its own end."""
    return (job_folder(task.job, place) / CHECKPOINT).is_file()


def steps_shared(jobs: Sequence[Job], place: Place) -> dict[str, int]:
    """How many steps of a training, by its task's name, another one does for it."""
    tasks = beginnings_shared([training_task(job, place) for job in jobs], place)
    return {task.name: mixed_steps(task.job.setting.train, steps_of(task.job.setting, place))
            for task in tasks if task.after}


def _beginning(job: Job) -> str:
    """Tells apart how trainings begin: by everything but `finish`."""
    return repr(([replace(one, train=replace(one.train, finish=0.0)) for one in job.settings], job.seed))


def stages_name(setting: Setting, job: Job) -> str:
    """Tells the stages of a recipe's cells apart: by photos, rendered images, seed of the photos and keys."""
    rendered = to_mapping(setting.synthetic)
    seed = photos_by(setting, job.seed) if setting.per_class else 0
    return fingerprint(setting.real, setting.size, setting.through, list(setting.classes), setting.per_class,
                       setting.stand_in, seed, rendered, refinement.made_by(setting))
