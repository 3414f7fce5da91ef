"""A real browser at a real studio: Debian's Chromium, driven by Selenium; skipped, in words, where there is none.

    def test_it(studio: Studio) -> None:
        studio.open("/batch")
        studio.click("[data-...]")
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mixreal.studio import jobs
from mixreal.studio.workspace import Workspace, open_workspace

PATIENCE = 60.0  # seconds for anything on a page: the machine may be busy
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Visitor:
    """A browser window at a running studio."""

    driver: Any
    address: str  # without the token
    root: Path

    def open(self, path: str) -> None:
        """Go to a page and wait until it is connected."""
        self.driver.get(self.address + path)
        self.until(lambda: self.script("return !!window.socket?.connected || !!document.querySelector('main')"))

    def script(self, code: str, *arguments: Any) -> Any:
        """Run JavaScript on the page."""
        return self.driver.execute_script(code, *arguments)

    def all(self, css: str) -> list[Any]:
        """The elements that are shown and match."""
        return [e for e in self.driver.find_elements("css selector", css) if e.is_displayed()]

    def one(self, css: str, seconds: float = PATIENCE) -> Any:
        """The first element that matches, once it is shown."""
        self.until(lambda: self.all(css), seconds, f"{css} to be shown")
        return self.all(css)[0]

    def named(self, css: str, words: str, seconds: float = PATIENCE) -> Any:
        """The first element that matches and says these words."""
        def found() -> list[Any]:
            return [e for e in self.all(css) if words in e.text]

        self.until(found, seconds, f"{css} that says {words!r}")
        return found()[0]

    def until(self, true: Callable[[], Any], seconds: float = PATIENCE, what: str = "what was waited for") -> None:
        """Wait until something holds; fails with the page's words if it does not in time."""
        from selenium.common.exceptions import StaleElementReferenceException

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if true():
                    return
            except StaleElementReferenceException:  # the page was renewed between two looks
                pass
            time.sleep(0.05)
        raise AssertionError(f"no {what} within {seconds:g} s on a page that says:\n{self.one('body', 1).text[:2000]}")


@contextmanager
def visiting(root: Path, data: Path | None = None) -> Iterator[Visitor]:
    """A studio on `root` as its own process, and a browser that has entered it."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="no Selenium: pip install -c constraints.txt '.[dev]'")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver_path = shutil.which("chromedriver")
    if not browser or not driver_path:
        pytest.skip("Chromium and its driver are not installed: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for word in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "window-size=1280,900"):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with _served(root, data) as address:
        service = webdriver.ChromeService(driver_path)
        driver = webdriver.Chrome(options=options, service=service)
        try:
            driver.get(address)
            yield Visitor(driver, address.partition("/?")[0], root)
        finally:
            driver.quit()


def end_jobs(place: Workspace) -> None:
    """Leave no job running behind a test."""
    for job in jobs.jobs(place):
        jobs.cancel(place, job.id, now=True)


@contextmanager
def _served(root: Path, data: Path | None) -> Iterator[str]:
    """`mixreal studio` on a free port; yields the address that it printed."""
    argv = [sys.executable, "-m", "mixreal", "studio", str(root), "--port", "0", "--no-show",
            *(["--data", str(data)] if data else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "1"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    with (root.parent / "studio.log").open("w+") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT, env=environment)
        try:
            yield _address(process, Path(log.name))
        finally:
            end_jobs(open_workspace(root))
            process.terminate()
            process.wait(20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    import urllib.error
    import urllib.request

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        found = [line.strip() for line in log.read_text().splitlines() if "http://" in line]
        if found:
            try:
                urllib.request.urlopen(found[0].partition("?")[0], timeout=5)
            except urllib.error.HTTPError:  # it refuses who brings no token: it is there
                return found[0]
            except OSError:
                pass
        time.sleep(0.1)
    raise AssertionError(f"the studio does not answer:\n{log.read_text()}")
