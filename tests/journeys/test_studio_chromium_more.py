"""The studio in a real browser: a dataset is browsed, a classifier is trained to its curve, results are opened."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixreal.cli import main
from mixreal.studio.workspace import open_workspace
from reproducing.album_recipe import write_recipe
from studio.chromium import Visitor, end_jobs, visiting
from studio.shelf import make_shelf

pytestmark = pytest.mark.slow

LONG = 240.0  # seconds for a training of a few steps in a process of its own, on a busy machine


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory, photos: Path, meshes: Path, tiny_runs: Path) -> Iterator[Visitor]:
    root = tmp_path_factory.mktemp("studio") / "root"
    make_shelf(root, photos, tiny_runs, meshes)
    (root / "photos").rename(root / photos.name)  # the runs know the photos by this name
    with visiting(root) as found:
        yield found
    end_jobs(open_workspace(root))


def test_a_dataset_is_browsed_and_an_images_latents_opened(visitor: Visitor) -> None:
    from selenium.webdriver.common.keys import Keys

    visitor.open("/data?set=refined/1-R-S-aaaa0000/RS&beside=data/rendered")
    visitor.until(lambda: len(visitor.all(".thumb")) == 60, what="thirty images of each")
    visitor.named(".pill", "cube").click()
    visitor.until(lambda: "that fit" in visitor.one(".pager .number").text, what="fewer images")
    visitor.one(".thumb").send_keys(Keys.ENTER)  # by the keyboard
    visitor.named(".viewer dt", "camera.elevation")
    visitor.named(".viewer figcaption", "made from data/rendered, image 1")
    size = visitor.script("const i = document.querySelector('.viewer img'); return [i.naturalWidth, i.width]")
    assert size[0] == 16 and size[1] > 100  # enlarged in the browser
    visitor.one(".viewer button").send_keys(Keys.ARROW_RIGHT)
    visitor.named(".viewer", "image 3")
    visitor.one("body").send_keys(Keys.ESCAPE)
    visitor.until(lambda: not visitor.all(".viewer"), what="closed dialog")
    visitor.one(".group summary").click()
    slider = visitor.one('.q-slider[aria-label="camera.elevation"] .q-slider__focus-ring, '
                         '.q-slider[aria-label="camera.elevation"] [tabindex]')
    visitor.script("arguments[0].closest('.q-slider').querySelector('[tabindex]').focus()", slider)
    before = visitor.one(".pager .number").text
    for _ in range(60):
        visitor.driver.switch_to.active_element.send_keys(Keys.ARROW_RIGHT)
    visitor.until(lambda: visitor.one(".pager .number").text != before, what="images of fewer elevations")


def test_a_classifier_is_trained_to_its_curve_and_its_result(visitor: Visitor) -> None:
    visitor.open("/train")
    _type(visitor, "Steps", "12")
    _type(visitor, "Minibatch", "8")
    visitor.named(".command", "--steps 12")
    visitor.named("button", "Train").click()
    visitor.named(".chip", "done", LONG)
    visitor.named(".result", "95% interval")
    if not visitor.all(".job canvas"):
        visitor.named(".job summary", "Curves").click()
    visitor.until(lambda: len(visitor.all(".job canvas")) >= 2, what="curves of loss and accuracy")
    drawn = visitor.script("""const c = document.querySelector('.job canvas'), x = c.getContext('2d');
        return x.getImageData(0, 0, c.width, c.height).data.some(v => v > 0)""")
    assert drawn
    visitor.named(".result a", "Its errors by class").click()
    visitor.named("h1", "Results")
    visitor.named(".verdict", "95% interval")


def test_results_are_opened_down_to_the_images_that_were_mistaken(visitor: Visitor) -> None:
    root = visitor.root
    (root / "recipes").mkdir(exist_ok=True)
    recipe = write_recipe(root / "recipes" / "balls.toml", next(root.glob("photos*")), root / "meshes")
    assert main(["reproduce", str(recipe), "--out", str(root / "runs" / "reproduce"), "--processes", "1"]) == 0
    visitor.open("/results")
    visitor.named(".recipe", "Table 2: CIFAR-DA9")
    visitor.named("a", "Results: balls-cpu").click()
    visitor.named("h2", "Balls and cubes")
    assert "60.50" in visitor.one("table").text  # the paper's
    visitor.until(lambda: len(visitor.all("canvas")) == 2, what="ours beside the paper's, for two columns")
    visitor.named("a", "seed 0").click()
    visitor.named("h2", "Errors by class")
    visitor.until(lambda: "were taken for" in visitor.one(".errors").text, what="the images behind the errors")
    visitor.open("/results?run=runs/1-0")
    visitor.until(lambda: "were taken for" in visitor.one(".errors").text, what="the images behind the errors")
    visitor.until(lambda: len(visitor.all("canvas")) >= 4, what="curves, bars and confusions")


def test_pages_fit_both_widths_in_both_themes_and_load_nothing_from_elsewhere(visitor: Visitor) -> None:
    pages = ("/data?set=data/rendered", "/train", "/refine", "/results", "/results?run=runs/1-0", "/doctor")
    for width in (1280, 390):
        visitor.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                       {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500})
        for theme in ("light", "dark"):
            visitor.driver.add_cookie({"name": "mixreal-theme", "value": theme, "path": "/"})
            for page in pages:
                visitor.open(page)
                visitor.until(lambda: not visitor.all(".q-spinner"), what="an opened page")
                time.sleep(0.3)
                assert visitor.script("return document.documentElement.scrollWidth") <= width, (page, width)
                assert visitor.script("return document.body.classList.contains('body--dark')") == (theme == "dark")
                elsewhere = visitor.script("return performance.getEntriesByType('resource').map(e => e.name)"
                                           ".filter(n => !n.startsWith(location.origin) && !/^(data|blob):/.test(n))")
                assert elsewhere == []
    visitor.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    severe = [entry["message"] for entry in visitor.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def _type(visitor: Visitor, label: str, words: str) -> None:
    from selenium.webdriver.common.keys import Keys

    box = visitor.one(f'input[aria-label="{label}"]')
    box.send_keys(Keys.CONTROL, "a", Keys.NULL, words, Keys.TAB)
