"""A whole journey in a real browser, on a clinic's page and by itself: where it goes, and what the browser keeps."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.answers import harmless_but
from tests.browser.conftest import FLAGS, PATIENCE, with_profile
from tests.browser.hosting import CLINIC, Street
from tests.browser.test_file import open_file, saved
from tests.browser.test_first_visit import STORED
from tests.browser.walking import walk
from tests.evidence import Evidence

pytestmark = pytest.mark.browser

ANSWERS = harmless_but(conditions="crohn")

POSTED = "conditions=crohn"
"""How that answer stands in a form that is sent."""


OPEN_PAGES = ("http://localhost ", "http://127.0.0.1 ")
"""How Chromium files what it asks for: by the site in the address bar."""


def asked_by_pages(network_log: Path) -> list[str]:
    """Return every address that was asked for while a page of ours was open, by Chromium's own log of the network.

    That has icons, prefetching and reports as well. Chromium's own errands, such as updates, are filed elsewhere.
    """
    log = json.loads(network_log.read_text())
    started = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    requests = [event.get("params", {}) for event in log["events"] if event["type"] == started]
    return [one["url"] for one in requests if one.get("network_isolation_key", "").startswith(OPEN_PAGES)]


def journey(context: BrowserContext, town: Street, folder: Path) -> None:
    """Fill in the check in the frame of a clinic; then by itself, with file, upload, PDF and another language."""
    page = context.new_page()
    page.goto(f"{town.clinic}/script")
    walk(page.frame_locator("iframe"), ANSWERS)
    page.goto(f"{town.check}/en/at/{CLINIC}/")
    walk(page, ANSWERS)
    file = saved(page, folder)
    make_pdf(page)
    page.goto(f"{town.check}/en/at/{CLINIC}/")
    open_file(page, file)
    page.locator(".languages summary").click()
    with page.expect_navigation():
        page.locator(".languages button[lang]").first.click()
    for name in ("about", "privacy", "rules", "accessibility"):
        page.goto(f"{town.check}/en/{name}")
    page.goto(f"{town.check}/nothing")
    assert not any(page.evaluate(STORED))


def make_pdf(page: Page) -> None:
    with page.context.expect_event("response", lambda response: response.url.endswith("/summary.pdf")) as waiting:
        page.locator("#result button[formaction$='summary.pdf']").first.click()
    assert waiting.value.status == 200


def test_a_whole_journey_goes_nowhere_else_and_leaves_nothing_behind(
    playwright: Playwright, chromium: str, town: Street, tmp_path: Path, evidence: Evidence
):
    profile, network_log = tmp_path / "profile", tmp_path / "network.json"
    flags = [*FLAGS, f"--log-net-log={network_log}", "--net-log-capture-mode=Everything"]
    context = with_profile(playwright, profile, executable_path=chromium, args=flags)
    context.set_default_timeout(PATIENCE)
    journey(context, town, tmp_path)
    cookies = context.cookies()
    context.close()
    asked = asked_by_pages(network_log)
    assert {f"{town.check}/embed.js", f"{town.check}/en/at/{CLINIC}/summary.pdf"} <= set(asked)
    assert [address for address in asked if not address.startswith((f"{town.check}/", f"{town.clinic}/"))] == []
    assert cookies == []
    # To show open tabs again after a crash, Chromium writes down what they sent; no header keeps it from that.
    kept = {file.parent.name for file in profile.rglob("*") if file.is_file() and POSTED.encode() in file.read_bytes()}
    assert kept <= {"Sessions"}
    evidence.put("privacy", "requests", len(asked))
