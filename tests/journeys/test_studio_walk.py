"""docs/walk.md in a real browser: from own photos and models to a trained classifier, without the command line."""

from pathlib import Path

import pytest

from made import make_meshes, make_photos
from mixreal.studio.workspace import open_workspace
from studio.chromium import Visitor, end_jobs, visiting

pytestmark = pytest.mark.slow

LONG = 240.0  # seconds for a job of a few steps, on a busy machine


def test_a_newcomer_walks_from_own_photos_and_models_to_a_classifier(tmp_path: Path) -> None:
    root = tmp_path / "root"
    make_photos(root / "photos", 20)
    make_meshes(root / "models")
    with visiting(root) as visitor:
        _look_at_the_models(visitor)
        _render(visitor)
        _look_into_the_dataset(visitor)
        _train(visitor)
        end_jobs(open_workspace(root))
    assert (root / "runs" / "train-1" / "model.safetensors").is_file()


def _look_at_the_models(visitor: Visitor) -> None:
    visitor.named("h1", "Scene")
    visitor.named("button", "The recipe").click()
    _choose(visitor, "Models", "models")
    visitor.named(".class-strip", "cube", LONG)  # the classes are those of the folder
    visitor.named("button", "Save as").click()
    visitor.one('input[aria-label="Name of the recipe"]').send_keys("mine")
    next(button for button in visitor.all("button") if button.text.strip().endswith("Save")).click()
    visitor.until(lambda: (visitor.root / "specs" / "mine.toml").is_file(), what="saved recipe")
    visitor.named("button", "Render it").click()


def _render(visitor: Visitor) -> None:
    visitor.named("h1", "Batch")
    _type(visitor, "How many", "48")
    visitor.named("button", "Render").click()
    visitor.named(".chip", "done", LONG)
    visitor.named("a", "Look into it").click()


def _look_into_the_dataset(visitor: Visitor) -> None:
    visitor.named("h1", "Data")
    visitor.until(lambda: len(visitor.all(".thumb")) == 48, what="48 images")
    visitor.named("nav a", "Train").click()


def _train(visitor: Visitor) -> None:
    visitor.named("h1", "Train")
    visitor.named(".command", "--real photos --synthetic data/mine")  # both were found, and fit
    _type(visitor, "Steps", "12")
    _type(visitor, "Minibatch", "8")
    visitor.named(".command", "--batch 8 --steps 12")
    visitor.named("button", "Train").click()
    visitor.named(".chip", "done", LONG)
    visitor.named(".result", "95% interval")
    visitor.named(".result a", "Its errors by class").click()
    visitor.named("h2", "Errors by class")
    visitor.until(lambda: "were taken for" in visitor.one(".errors").text, what="the images behind the errors")


def _choose(visitor: Visitor, label: str, option: str) -> None:
    visitor.named(".q-select", label).click()
    visitor.named(".q-menu .q-item", option).click()


def _type(visitor: Visitor, label: str, words: str) -> None:
    from selenium.webdriver.common.keys import Keys

    visitor.one(f'input[aria-label="{label}"]').send_keys(Keys.CONTROL, "a", Keys.NULL, words, Keys.TAB)
