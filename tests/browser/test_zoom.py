"""Every state can be read when it is magnified four times, with wider text, and with text of twice the size."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import FLAGS
from tests.browser.states import State, every_state, the_check, unfold
from tests.conftest import make_app
from tests.posting import languages_of

OFFERED = languages_of(make_app())

NARROW = {"width": 320, "height": 256}
"""A screen of 1280 × 1024 pixels at 400 %, which is what WCAG 2.2 asks for in criterion 1.4.10."""
WIDE = {"width": 1280, "height": 1024}
LARGE = 32
"""The size of letters, in CSS pixels, that a reader has chosen: twice the usual one. Pages take it as it is."""

SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }
"""
"""What a reader may set by WCAG 2.2, criterion 1.4.12."""

SPACED_IN = [lang for lang in ("de", "ar") if lang in OFFERED] or OFFERED
"""A language with long words, and one that runs from right to left.

These are looked at in every state; of the others, what their words fill most."""

# The review sheet has room to write on where there is room: on a narrow screen its columns for that are left out.
SEEN = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
  && !one.closest(".review :is(thead, .mark)")).flatMap((one) => [...one.childNodes])
  .filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data.trim()).filter(Boolean).join(" ")"""

FAULTS = """() => {
  const OVERLAYS = ".call-now, .skip, .menu > div, .wide, .heard";
  const BOXES = ".button, button, label, legend, dt, dd, th, td, h1, h2, h3, p, li, summary, .care, .call-now, .notice";
  const room = document.documentElement.clientWidth;
  const isSeen = (one) => one.checkVisibility() && !one.closest(".wide, iframe, .heard");
  const name = (one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`;
  const found = [];
  if (document.documentElement.scrollWidth > room) found.push("scrolls sideways");
  const lines = [];
  for (const one of document.querySelectorAll("body, body *:not(svg, svg *, .skip)")) {
    if (!isSeen(one)) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width && (left < -1 || right > room + 1)) found.push(`leaves the page: ${name(one)}`);
    const { display, overflowX, overflowY } = getComputedStyle(one);
    if (display === "inline" || one.matches("progress, input")) continue;
    const isCut = (overflow, size, room) => ["hidden", "clip"].includes(overflow) && size > room + 1;
    if (isCut(overflowX, one.scrollWidth, one.clientWidth) || isCut(overflowY, one.scrollHeight, one.clientHeight)
      || one.matches(BOXES) && one.scrollWidth > one.clientWidth + 1) found.push(`is cut off: ${name(one)}`);
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || !parent.checkVisibility() || parent.closest(OVERLAYS)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) if (box.width > 1) lines.push([text.data.trim(), box]);
  }
  // Of a line, the part that letters fill: what hangs over above and below may touch.
  lines.sort(([, a], [, b]) => a.top - b.top);
  for (const [at, [one, a]] of lines.entries()) for (const [other, b] of lines.slice(at + 1)) {
    if (b.top >= a.bottom) break;
    const deep = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    if (wide > 1 && deep > .4 * Math.min(a.height, b.height)) found.push(`lies over another: ${one} / ${other}`);
  }
  return [...new Set(found)];
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that takes a reader's own style, which our policy would keep out of a script's hands."""
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def large(playwright: Playwright, shell: str, site: str) -> Iterator[Page]:
    """A page in a browser whose letters are set to twice the usual size."""
    flags = [*FLAGS, f"--blink-settings=defaultFontSize={LARGE}"]
    browser = playwright.chromium.launch(executable_path=shell, args=flags)
    yield browser.new_context(base_url=site, viewport=WIDE, reduced_motion="reduce").new_page()
    browser.close()


def faults(page: Page, state: State, wish: str) -> list[str]:
    return [f"{state}, {wish}: {fault}" for fault in page.evaluate(FAULTS)]


@pytest.mark.parametrize("lang", OFFERED)
def test_nothing_is_lost_or_cut_off_when_magnified_four_times_nor_with_wider_text(app: Flask, page: Page, lang: str):
    found = []
    states = every_state(app, lang)
    fullest = the_check(states)
    for state in states if lang in SPACED_IN else fullest:
        page.set_viewport_size(WIDE)
        state.open(page)
        unfold(page)
        wide = page.evaluate(SEEN)
        page.set_viewport_size(NARROW)
        found += faults(page, state, "narrow")
        if page.evaluate(SEEN) != wide:
            found.append(f"{state}: says something else on a narrow screen")
        if lang not in SPACED_IN:
            continue
        page.add_style_tag(content=SPACED)
        found += faults(page, state, "narrow and spaced")
        if state in fullest:
            page.set_viewport_size(WIDE)
            found += faults(page, state, "spaced")
    assert found == []


@pytest.mark.parametrize("mount", ["at", "embed"])
def test_nor_is_it_under_a_clinics_name_or_in_a_frame(app: Flask, page: Page, mount: str):
    page.set_viewport_size(NARROW)
    found = []
    for state in the_check(every_state(app, OFFERED[0], mount)):
        state.open(page)
        unfold(page)
        found += faults(page, state, "narrow")
    assert found == []


@pytest.mark.parametrize("lang", SPACED_IN)
def test_text_of_twice_the_size_loses_nothing(app: Flask, large: Page, lang: str):
    found = []
    states = every_state(app, lang)
    for state in states if lang == SPACED_IN[0] else the_check(states):
        state.open(large)
        unfold(large)
        assert large.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == LARGE
        found += faults(large, state, "large")
    assert found == []
