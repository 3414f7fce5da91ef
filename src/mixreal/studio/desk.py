"""What the parts of one visitor's Scene page share: the study, what is shown of it, and who wants to know."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from mixreal.spec import RenderSpec
from mixreal.studio import preview, study
from mixreal.studio.preview import FULL, SMALL, Shown, Wanted
from mixreal.studio.study import Study
from mixreal.studio.workspace import Workspace
from mixreal.synthesis import Synthesis

DRAWS = 16  # images of the recipe that are shown side by side
Mode = Literal["image", "recipe"]


@dataclass
class Desk:
    """One page's state. `base` is what was opened for the study's spec, `synthesis` the spec laid over it."""

    workspace: Workspace
    study: Study
    base: Synthesis | None = None
    synthesis: Synthesis | None = None
    mode: Mode = "image"
    view: str = "rgb"
    of_class: str = ""  # in the recipe: the one class whose ranges are set; "" is all
    first: int = 0  # of the draws that are shown
    shown: Shown | None = None
    #: Called when the image or the draws have to be made anew; True when the hand rests.
    wanted: list[Callable[[bool], None]] = field(default_factory=list)
    #: Called when other knobs are needed: other controls, another mode, other ranges.
    rearranged: list[Callable[[], None]] = field(default_factory=list)
    #: Called when other models or pictures have to be loaded.
    reopened: list[Callable[[], None]] = field(default_factory=list)
    #: Called when an image at rest is shown: its values are in `shown`.
    followers: list[Callable[[], None]] = field(default_factory=list)
    #: Called with what went wrong while something was loaded or rendered.
    troubles: list[Callable[[Exception], None]] = field(default_factory=list)

    @property
    def ready(self) -> Synthesis:
        """The synthesis, where there is one already."""
        assert self.synthesis is not None, "the recipe is not open yet"
        return self.synthesis

    @property
    def places(self) -> tuple[str, ...]:
        """All variations, as a recipe names them."""
        assert self.base is not None, "the recipe is not open yet"
        return self.base.spec.vary

    @property
    def label(self) -> int:
        """The class of the model that is looked at."""
        return int(self.ready.library.class_of[self.study.model])

    def change(self, now: Study, *, rest: bool = True) -> None:
        """Another study of the same models: its picture is wanted."""
        if now.spec is not self.study.spec:
            assert self.base is not None  # knobs are there once it is
            self.synthesis = preview.laid(self.base, now.spec)  # an impossible range leaves all as it was
        self.study = now
        for tell in self.wanted:
            tell(rest)

    def rearrange(self, now: Study | None = None) -> None:
        """The same, where knobs have to change too."""
        if now is not None:
            self.change(now)
        for tell in self.rearranged:
            tell()

    def opened(self, base: Synthesis) -> None:
        """Models and pictures are there: everything is built on them."""
        synthesis = preview.laid(base, self.study.spec)
        self.base, self.synthesis = base, synthesis
        self.rearrange(study.fitted(self.study, synthesis))

    def reopen(self, spec: RenderSpec) -> None:
        """A recipe with other models or pictures, or one that was saved: held latents stay."""
        self.study = replace(self.study, spec=spec, turn=0)
        self.base, self.synthesis, self.of_class, self.first = None, None, "", 0
        for tell in self.reopened:
            tell()


def wanted(desk: Desk, rest: bool) -> Wanted:
    """The picture of the study that the page is to show now."""
    return Wanted(desk.study, FULL if rest else SMALL, desk.view, rest)


def draw_indices(desk: Desk) -> list[int]:
    """Which images of the recipe stand side by side: in its order, of all classes or of one, models in turn."""
    synthesis = desk.ready
    if not desk.of_class:
        return list(range(desk.first, desk.first + DRAWS))
    label = synthesis.classes.index(desk.of_class)
    models = [k for k in range(len(synthesis.library)) if synthesis.library.class_of[k] == label]
    numbers = range(desk.first, desk.first + DRAWS)
    return [study.index_of(synthesis, models[k % len(models)], k // len(models)) for k in numbers]
