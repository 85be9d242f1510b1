"""The first visit in a real browser: what it asks for, what it gets, and what it keeps."""

from typing import Any

from playwright.sync_api import Browser, Page, Request

from tests.answers import harmless_but
from tests.browser.conftest import watched
from tests.browser.walking import get_result
from tests.test_first_view import MOST_BYTES, MOST_REQUESTS

MOVED = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""

STORED = """async () => [
  document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length,
  navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  "caches" in window ? (await caches.keys()).length : 0,
]"""


def test_the_first_view_is_few_bytes_in_few_requests(scripted: Page):
    asked: list[Request] = []
    scripted.on("request", lambda request: asked.append(request) if not request.url.startswith("data:") else None)
    scripted.goto("/en/", wait_until="networkidle")
    sizes = [request.sizes() for request in asked]
    total = sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)
    print(f"\nfirst view in Chromium: {total:,} bytes in {len(asked)} requests")  # noqa: T201
    assert 0 < len(asked) <= MOST_REQUESTS
    assert 0 < total <= MOST_BYTES


def test_the_first_view_does_not_move_while_it_loads(scripted: Page):
    scripted.add_init_script(MOVED)
    scripted.goto("/en/", wait_until="networkidle")
    assert scripted.evaluate("moved") == 0


def test_a_whole_journey_leaves_nothing_behind(scripted: Page):
    scripted.goto("/en/")
    get_result(scripted, harmless_but(conditions="crohn", stress="often"))
    stored: list[Any] = scripted.evaluate(STORED)
    assert not any(stored)
    assert scripted.context.cookies() == []
    assert "crohn" not in scripted.url


def test_the_journey_takes_no_more_than_the_files_and_two_pages(browser: Browser, site: str):
    asked: list[str] = []
    with watched(browser, site) as page:
        page.on("response", lambda response: asked.append(response.url.removeprefix(site).partition("?")[0]))
        page.goto("/en/")
        get_result(page, harmless_but())
    pages = [address for address in asked if address.startswith("/en/")]
    assert pages == ["/en/", "/en/result"]
