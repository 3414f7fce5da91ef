"""The studio in a real browser: a slider moves the image, a render is launched, watched and stopped."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixreal.spec import RenderSpec
from mixreal.studio import jobs, recipes
from mixreal.studio.workspace import open_workspace
from studio.chromium import Visitor, visiting

pytestmark = pytest.mark.slow

PATIENT = 0.5  # seconds from a slider's event to the new image, median, on a machine that does other things, too


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory, meshes: Path) -> Iterator[Visitor]:
    root = tmp_path_factory.mktemp("studio") / "root"
    recipes.save(open_workspace(root, meshes), "mine", RenderSpec(models=str(meshes)))
    with visiting(root, meshes) as found:
        yield found


def _source(visitor: Visitor) -> str:
    return str(visitor.script("return document.querySelector('img.big').src"))


def _at_rest(visitor: Visitor, but: str = "") -> str:
    visitor.until(lambda: _source(visitor).startswith("data:image/png") and _source(visitor) != but, what="exact image")
    return _source(visitor)


def test_a_slider_moves_and_the_image_changes(visitor: Visitor) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    visitor.open("/?spec=mine")
    first = _at_rest(visitor)
    slider = visitor.one('.q-slider[aria-label^="camera.elevation"]')
    visitor.script("arguments[0].scrollIntoView({block: 'center'})", slider)
    ActionChains(visitor.driver).move_to_element(slider).click_and_hold().move_by_offset(90, 0).perform()
    visitor.until(lambda: _source(visitor) != first, what="image while the slider is dragged")
    ActionChains(visitor.driver).release().perform()
    dragged = _at_rest(visitor, first)
    visitor.named("#main .caption, .caption", "1 held")
    value = float(visitor.one('input[aria-label="camera.elevation"]').get_attribute("value"))
    slider.find_element("css selector", "[tabindex]").send_keys(Keys.ARROW_LEFT)
    _at_rest(visitor, dragged)
    visitor.until(lambda: float(visitor.one('input[aria-label="camera.elevation"]').get_attribute("value")) < value)


def test_fifty_moves_show_in_time_and_the_last_one_last(visitor: Visitor) -> None:
    visitor.open("/?spec=mine")
    _at_rest(visitor)
    # From the event in the browser to the new picture in the browser, and which value it was drawn for.
    took = visitor.script("""
        const image = document.querySelector('img.big');
        const slider = document.querySelector('.q-slider[aria-label^="pose.yaw"]');
        const track = slider.querySelector('[tabindex]');
        const box = slider.getBoundingClientRect();
        window.took = [];
        let began = 0;
        new MutationObserver(() => { if (began) { window.took.push(performance.now() - began); began = 0; } })
          .observe(image, {attributes: true, attributeFilter: ['src']});
        const move = (kind, x, on) => on.dispatchEvent(new MouseEvent(kind,
          {bubbles: true, cancelable: true, clientX: x, clientY: box.top + box.height / 2, button: 0, buttons: 1}));
        let k = 0;
        const next = () => {
          if (k == 0) move('mousedown', box.left + 1, track);
          if (began == 0) began = performance.now();
          const there = box.left + (0.1 + 0.8 * (k % 53) / 53) * box.width;
          move('mousemove', there, document);
          k += 1;
          if (window.took.length < 50 && k < 300) setTimeout(next, 120);
          else { move('mousemove', box.left + 0.95 * box.width, document);
                 move('mouseup', box.left + 0.95 * box.width, document); window.released = true; }
        };
        next();
        return 0;
    """)
    visitor.until(lambda: visitor.script("return window.released"), what="fifty moves that were shown")
    time.sleep(1.0)
    took = [float(t) / 1000 for t in visitor.script("return window.took")]
    last = _at_rest(visitor)
    assert len(took) >= 50
    print(f"median {1000 * statistics.median(took):.0f} ms of {len(took)} moves, slowest {1000 * max(took):.0f} ms")
    assert statistics.median(took) < PATIENT
    value = visitor.one('input[aria-label="pose.yaw"]').get_attribute("value")
    assert float(value) > 300  # where the hand came to rest
    box = visitor.one('input[aria-label="pose.yaw"]')
    visitor.script("arguments[0].dispatchEvent(new Event('change'))", box)  # the same value again: the same image
    time.sleep(0.5)
    assert _at_rest(visitor) == last


def test_a_render_is_launched_watched_and_stopped(visitor: Visitor, meshes: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    place = open_workspace(visitor.root, meshes)
    visitor.open("/?spec=mine")
    _at_rest(visitor)
    visitor.named("button", "Render it").click()
    visitor.one('input[aria-label="How many"]').send_keys(Keys.CONTROL, "a", Keys.NULL, "400000")
    visitor.named("button", "Render").click()
    visitor.named(".job-said", "images/s")
    first = visitor.script("return document.querySelector('.bar').getAttribute('aria-valuenow')")
    visitor.one(".sheet img")
    visitor.named("button", "Stop").click()
    visitor.named(".chip", "stopped")
    (job,) = jobs.jobs(place)
    assert (job.state, job.code, job.out) == ("cancelled", 130, "data/mine")
    assert float(first) < 100 and job.progress is not None and job.progress.done > 0


def test_keyboard_themes_widths_and_nothing_from_elsewhere(visitor: Visitor) -> None:
    from selenium.webdriver.common.keys import Keys

    visitor.open("/?spec=mine")
    _at_rest(visitor)
    visitor.one("body").send_keys(Keys.TAB)
    assert "Skip" in visitor.script("return document.activeElement.innerText")
    dark = "return document.body.classList.contains('body--dark')"
    before = visitor.script(dark)
    visitor.one('button[aria-label="Dark or light"]').click()
    visitor.until(lambda: visitor.script(dark) != before, what="other theme")
    visitor.open("/batch")
    assert visitor.script(dark) != before  # kept
    for width in (1280, 390):
        visitor.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                       {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500})
        for path in ("/?spec=mine", "/batch"):
            visitor.open(path)
            time.sleep(0.5)
            assert visitor.script("return document.documentElement.scrollWidth") <= width, path
    visitor.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    elsewhere = visitor.script("return performance.getEntriesByType('resource').map(e => e.name)"
                               ".filter(n => !n.startsWith(location.origin) && !/^(data|blob):/.test(n))")
    assert elsewhere == []
    severe = [entry["message"] for entry in visitor.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert severe == []


def test_a_wrong_token_is_told(visitor: Visitor) -> None:
    visitor.driver.get(f"{visitor.address}/?token=wrong")
    assert "asks for its token" in visitor.one("body").text
    visitor.open("/batch")  # the server lives, and the right one is still in the cookie
    visitor.named("h1", "Batch")
