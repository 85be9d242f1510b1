"""A phone's Chromium on the check, for the measurements that need a browser."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.server import serving
from tests.browser.conftest import FLAGS
from tests.conftest import chromium_path

PHONE = "Moto G4"
"""Its screen, as Playwright describes it: 360 by 640, three dots to a pixel, touched."""


@contextmanager
def phones() -> Iterator[Iterator[BrowserContext]]:
    """Yield fresh profiles, as many as are wanted, each with nothing in its cache."""
    path = chromium_path()
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        settings = {**playwright.devices[PHONE], "base_url": server.site}
        yield (browser.new_context(**settings) for _ in iter(int, 1))
        browser.close()
