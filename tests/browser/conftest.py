"""A real Chromium, started once, and pages in it with and without JavaScript."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as StoodStill

from tests.browser.hosting import Street, street
from tests.conftest import chromium_path, shell_path

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]

PATIENCE = 60_000
"""How long a browser may take for one thing on a busy machine, in milliseconds, before the test fails."""

KEPT = "localStorage.length + sessionStorage.length"

ABOUT_A_STATUS = "Failed to load resource: the server responded with a status of 4"
"""Chromium says so of every page with such a status, and a list of mistakes has one."""


@pytest.fixture(scope="session")
def chromium() -> str:
    return chromium_path()


@pytest.fixture(scope="session")
def playwright(chromium: str) -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def shell() -> str:
    return shell_path()


@pytest.fixture(scope="session")
def browser(playwright: Playwright, shell: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shell, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with street(tmp_path_factory.mktemp("clinics")) as found:
        yield found


def with_profile(playwright: Playwright, folder: Path, **settings: Any) -> BrowserContext:
    """Start a browser that keeps its profile in a folder. One that stands still is started once more."""
    start = partial(playwright.chromium.launch_persistent_context, folder, **settings)
    with suppress(StoodStill):
        return start(timeout=PATIENCE)
    return start()


@contextmanager
def watched(browser: Browser, site: str, **settings: Any) -> Iterator[Page]:
    """A page in a fresh profile. In the end nothing went wrong in it, nothing went elsewhere and nothing was kept."""
    context = browser.new_context(base_url=site, **settings)
    context.set_default_timeout(PATIENCE)
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
    page = context.new_page()
    yield page
    elsewhere = [address for address in asked if not address.startswith((f"{site}/", "data:"))]
    kept = page.evaluate(KEPT) if page.url.startswith(site) else 0
    cookies = context.cookies()
    context.close()
    assert [complaint for complaint in complaints if not complaint.startswith(ABOUT_A_STATUS)] == []
    assert (elsewhere, cookies, kept) == ([], [], 0)


def wait_until(page: Page, condition: Callable[[], object]) -> None:
    """Let a browser go on until something is so. Raises `TimeoutError` when it never is."""
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(condition)
        page.wait_for_timeout(50)  # which lets Playwright hear what has happened meanwhile


@pytest.fixture(params=["script", "no script"])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a fresh profile; the test runs with JavaScript and without."""
    with watched(browser, site, java_script_enabled=request.param == "script") as page:
        yield page


@pytest.fixture
def scripted(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a fresh profile, with JavaScript."""
    with watched(browser, site) as page:
        yield page
