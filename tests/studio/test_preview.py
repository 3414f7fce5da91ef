"""The preview: the very pixels of the dataset, quickly, and never an old one last."""

import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest

from mixreal import synthesis as making
from mixreal.assets import Assets
from mixreal.controls import Slider
from mixreal.errors import BadInput
from mixreal.spec import RenderSpec
from mixreal.studio import preview, study
from mixreal.studio.newest import Newest
from mixreal.studio.preview import SMALL, Shown, Wanted
from mixreal.studio.study import Study
from mixreal.studio.workspace import Workspace
from mixreal.synthesis import Synthesis
from mixreal.variations.variation import Variation
from studio_pixels import pixels

PATIENT = 0.4  # seconds from event to image that a busy machine may take; idle it is under 0.1


def test_it_shows_the_datasets_own_pixels(place: Workspace, recipe: RenderSpec) -> None:
    spec = replace(recipe, images=50, ranges={"camera.elevation": [5, 9], "pose.yaw@ball": 30.0}, seed=3,
                   vary=("pose", "lighting", "camera", "sensor"))
    base = preview.opened(place, spec)
    whole = making.prepare(spec)
    index = np.array([7])
    theirs = making.render(whole, making.draw(whole, index)).rgb
    model, turn = study.place_of(whole, 7)
    shown = preview.picture(base, Wanted(Study(spec, model, turn), 96))
    assert theirs is not None
    np.testing.assert_array_equal(pixels(shown.stored), theirs[0])
    np.testing.assert_array_equal(pixels(preview.draws(base, spec, [7])[0]), theirs[0])
    assert pixels(shown.picture).shape == (96, 96, 3)


@pytest.mark.parametrize("view", ["mask", "depth", "normal"])
def test_every_view_shows_the_object(place: Workspace, recipe: RenderSpec, view: str) -> None:
    base = preview.opened(place, recipe)
    study = Study(replace(recipe, vary=("pose",)))
    found = pixels(preview.picture(base, Wanted(study, 64, view)).picture)
    assert found[2, 2].max() == 0 < found[32, 32].max()


def test_thumbnails_stand_on_nothing(place: Workspace, recipe: RenderSpec) -> None:
    base = preview.opened(place, recipe)
    for address in preview.thumbnails(base, [0, 3]):
        found = pixels(address)
        assert found.shape[2] == 4 and found[0, 0, 3] == 0 < found[36, 36, 3]


def test_impossible_recipes_are_told(place: Workspace, recipe: RenderSpec) -> None:
    with pytest.raises(BadInput, match="no such folder"):
        preview.opened(place, replace(recipe, models="/nowhere"))
    base = preview.opened(place, recipe)
    with pytest.raises(BadInput, match="low <= high"):
        preview.laid(base, replace(recipe, ranges={"camera.elevation": [9, 5]}))


def doubler(assets: Assets) -> Variation:
    """A variation of somebody else's."""
    return Variation("doubler", {"factor": Slider(1, 3, 2)}, lambda scenes, latents: scenes)


def test_variations_of_others_are_there_on_and_off(place: Workspace, recipe: RenderSpec) -> None:
    spec = replace(recipe, vary=("pose", f"{__name__}:doubler"))
    base = preview.opened(place, spec)
    assert base.spec.vary[-1] == f"{__name__}:doubler" and base.chain.variations[-1].name == "doubler"
    assert preview.laid(base, spec).chain.on == {"pose", "doubler"}
    assert preview.laid(base, recipe).chain.on == set(recipe.vary)


def test_a_recipe_is_opened_once(place: Workspace, recipe: RenderSpec) -> None:
    assert preview.opened(place, recipe) is preview.opened(place, replace(recipe, seed=5, size=64))


def test_from_event_to_image_in_time_and_no_old_one_last(place: Workspace, recipe: RenderSpec) -> None:
    """Fifty moves of a slider, one every 30 ms, through the service that the page uses."""
    base = preview.opened(place, recipe)
    preview.picture(base, Wanted(Study(recipe), SMALL, rest=False))
    asked: dict[float, float] = {}
    took: list[float] = []
    shown: list[float] = []

    def show(request: tuple[Synthesis, Wanted], made: Shown) -> None:
        value = request[1].study.held["pose.yaw"]
        took.append(time.perf_counter() - asked[value])
        shown.append(float(made.scenes.latents["pose.yaw"][0]))

    async def drag() -> None:
        newest: Newest[tuple[Synthesis, Wanted], Shown] = Newest(lambda asked: preview.picture(*asked), show, _raise)
        for k in range(50):
            value = float(k)
            asked[value] = time.perf_counter()
            newest.ask((base, Wanted(study.hold(Study(recipe), "pose.yaw", value), SMALL, rest=False)))
            await asyncio.sleep(0.03)
        await newest.settled()

    asyncio.run(drag())
    assert shown == sorted(shown) and shown[-1] == 49
    assert float(np.median(took)) < PATIENT


def _raise(error: Exception) -> None:
    raise error
