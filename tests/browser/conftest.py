"""A real Chromium, started once, and pages in it with and without JavaScript."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import chromium_path

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=["script", "no script"])
def page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a fresh profile; the test runs with JavaScript and without."""
    context = browser.new_context(base_url=site, java_script_enabled=request.param == "script")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def scripted(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a fresh profile, with JavaScript."""
    context = browser.new_context(base_url=site)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
