"""Nobody is shut out: axe-core finds nothing on any page, in light and in dark, in any language."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.walking import PARTS, jump_to_result, option
from tests.conftest import make_app
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, addresses, languages_of

EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = EVERYTHING | {"runOnly": ["color-contrast"]}
"""Of all rules, the one that a colour scheme has a say in."""

SCHEMES = (("light", EVERYTHING), ("dark", COLOURS))
OFFERED = languages_of(make_app())
LEAST_CONTRAST = 4.5

GRID_CONTRASTS = """() => {
  const light = (fill) => {
    const parts = fill.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => part <= .04045 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const found = [];
  for (const text of document.querySelectorAll("svg.grid rect ~ text[class]:not(.range)")) {
    let square = text;
    while (square.tagName !== "rect") square = square.previousElementSibling;
    const [a, b] = [text, square].map((one) => light(getComputedStyle(one).fill)).sort((a, b) => b - a);
    found.push((a + .05) / (b + .05));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def inspected(browser: Browser, site: str) -> Iterator[Page]:
    """A page into which axe-core may be brought, which the policy of our pages forbids. Colours change at once."""
    context = browser.new_context(base_url=site, bypass_csp=True, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def complaints(page: Page, state: str, lang: str = OFFERED[0]) -> list[str]:
    """Return what axe-core finds on the page as it stands, in light and in dark.

    Colours do not depend on the language, so that the dark ones are looked at in one language only.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = []
    for scheme, options in SCHEMES if lang == OFFERED[0] else SCHEMES[:1]:
        page.emulate_media(color_scheme=scheme)
        results: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
        for violation in results["violations"]:
            places = ", ".join(str(node["target"]) for node in violation["nodes"])
            found.append(f"{state}, {scheme}: {violation['help']}: {places}")
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("lang", OFFERED)
def test_axe_finds_nothing_on_any_part_of_the_check(inspected: Page, lang: str):
    inspected.goto(f"/{lang}/")
    found = complaints(inspected, "start", lang)
    for part in PARTS:
        inspected.goto(f"/{lang}/#{part}")
        found += complaints(inspected, part, lang)
    inspected.goto(f"/{lang}/#safety")
    for question in ("alarm_now", "alarm_today"):
        option(inspected, question, "none").locator("xpath=../..").locator("input").first.check()
        found += complaints(inspected, f"the card of {question}", lang)
    assert found == []


@pytest.mark.parametrize("lang", OFFERED)
def test_axe_finds_nothing_on_any_result(inspected: Page, lang: str):
    found = []
    for state, answers in {**A_PERSON_FOR, **WITH_MISTAKES}.items():
        jump_to_result(inspected, answers, lang)
        inspected.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        found += complaints(inspected, state, lang)
    assert found == []


@pytest.mark.parametrize("lang", OFFERED)
def test_axe_finds_nothing_on_the_pages_around_it(app: Flask, inspected: Page, lang: str):
    found = []
    for address in [*addresses(app, "GET", lang), f"/{lang}/nonsense"]:
        if address.startswith(f"/{lang}/") and address != f"/{lang}/":
            response = app.test_client().get(address)
            if response.mimetype == "text/html" and response.status_code in (200, 404):
                inspected.goto(address)
                found += complaints(inspected, address, lang)
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_in_the_grid_stand_out_from_their_squares(inspected: Page, scheme: str):
    # axe-core does not look at the colours of pictures.
    inspected.emulate_media(color_scheme=scheme)
    for outcome in ("raised", "some", "few"):
        jump_to_result(inspected, A_PERSON_FOR[outcome])
        contrasts = inspected.evaluate(GRID_CONTRASTS)
        assert len(contrasts) > 9
        assert min(contrasts) >= LEAST_CONTRAST, outcome


def test_axe_does_find_mistakes(inspected: Page):
    inspected.goto("/en/about")
    inspected.evaluate("document.documentElement.removeAttribute('lang'); document.body.style.color = '#ddd'")
    assert any("light" in one for one in complaints(inspected, "broken"))
    assert any("contrast" in one for one in complaints(inspected, "broken"))
