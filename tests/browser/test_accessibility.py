"""Nobody is shut out: axe-core finds nothing in any state, in light, in dark and in forced colours, in any language.

It applies the rules of its own choice, which leaves out level AAA, and `target-size` besides. In forced colours it does
without `color-contrast`, which reads colours there that are not the painted ones; test_colours.py measures those.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Frame, Page

from tests.browser.hosting import street
from tests.browser.states import ALARMS, every_state, unfold
from tests.browser.walking import go_on, option
from tests.conftest import make_app
from tests.evidence import Evidence
from tests.posting import languages_of

OFFERED = languages_of(make_app())
LOOKS = [("site", lang) for lang in OFFERED]
LOOKS += [("at", OFFERED[0]), ("embed", OFFERED[-1])]
"""The check by itself in every language; under a clinic's name, and as it stands in a frame, in one."""

RULES = {"target-size": {"enabled": True}}
LOOK: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False, "rules": RULES}
LOOK_AT_FORCED = LOOK | {"rules": RULES | {"color-contrast": {"enabled": False}}}

SCHEMES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "light": ({"color_scheme": "light", "forced_colors": "none"}, LOOK),
    "dark": ({"color_scheme": "dark", "forced_colors": "none"}, LOOK),
    "forced colours": ({"color_scheme": "dark", "forced_colors": "active"}, LOOK_AT_FORCED),
}
"""What a reader has set, and what axe-core is to look at then."""

OPEN_TO_SCRIPTS = {"bypass_csp": True, "reduced_motion": "reduce"}
"""The policy of our pages forbids axe-core to come in. Colours change at once."""


def complaints(page: Page, state: str, frame: Frame | None = None) -> list[str]:
    """Return what axe-core finds on the page, or in a frame on it, as it stands, in every scheme."""
    place = frame or page
    unfold(place)
    place.evaluate(AXE_SCRIPT)
    found = []
    for scheme, (wishes, look) in SCHEMES.items():
        page.emulate_media(**wishes)
        for violation in place.evaluate("look => axe.run(look)", look)["violations"]:
            nodes = ", ".join(str(node["target"]) for node in violation["nodes"])
            found.append(f"{state}, {scheme}: {violation['help']}: {nodes}")
    return found


@pytest.mark.parametrize(("mount", "lang"), LOOKS)
def test_axe_finds_nothing_in_any_state(
    app: Flask, browser: Browser, site: str, evidence: Evidence, mount: str, lang: str
):
    states = list(every_state(app, lang, mount))
    page = browser.new_context(base_url=site, **OPEN_TO_SCRIPTS).new_page()
    found = []
    for state in states:
        state.open(page)
        found += complaints(page, str(state))
    page.context.close()
    evidence.add("accessibility", "inspected", len(states) * len(SCHEMES))
    evidence.add("accessibility", "findings", len(found))
    if mount == "site":
        evidence.put("accessibility", "states", len(states))
        evidence.add("accessibility", "languages")
    assert len(states) > 40
    assert found == []


def test_axe_finds_nothing_in_a_frame_on_a_clinics_page(browser: Browser, evidence: Evidence, tmp_path: Path):
    with street(tmp_path) as town:
        page = browser.new_context(**OPEN_TO_SCRIPTS).new_page()
        page.goto(f"{town.clinic}/script")
        page.frame_locator("iframe").locator("#check").wait_for()
        frame = page.frames[1]
        found = complaints(page, "the first view", frame)
        frame.locator("#start a.next").click()
        go_on(frame, "safety")
        found += complaints(page, "questions left out", frame)
        option(frame, *ALARMS[0]).check()
        found += complaints(page, "the card", frame)
        with frame.expect_navigation():
            frame.locator(".call-now button:visible").click()
        found += complaints(page, "the result", frame)
        page.context.close()
    assert found == []


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        ("document.documentElement.removeAttribute('lang')", "lang attribute"),
        ("document.body.style.color = '#888'", "contrast"),
        (
            "for (const one of document.querySelectorAll('.links, .links a'))"
            " one.style = 'display: block; font: 9px/1 serif; padding: 0'",
            "touch target",
        ),
    ],
)
def test_axe_does_find_mistakes(browser: Browser, site: str, evidence: Evidence, harm: str, rule: str):
    page = browser.new_context(base_url=site, **OPEN_TO_SCRIPTS).new_page()
    page.goto("/en/about")
    assert complaints(page, "whole") == []
    page.evaluate(harm)
    assert any(rule in complaint for complaint in complaints(page, "broken"))
    evidence.put("accessibility", "axe", page.evaluate("axe.version"))
    evidence.put("accessibility", "chromium", browser.version)
    page.context.close()
