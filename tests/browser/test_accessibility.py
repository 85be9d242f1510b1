"""Nobody is shut out: axe-core finds nothing in any state, in light, in dark and in forced colours, in any language.

It applies the rules of its own choice, which leaves out level AAA, and sizes of targets: see test_targets.py. What does
not depend on colours is looked at once for each state in one language, and in the others where their words fill most:
pages differ between languages by nothing but their words. `make evidence` looks at every state in every language.
What depends on colours is looked at in every scheme, by itself and in a clinic's colours, at all words that are painted
as none before: a colour does not depend on what they say. In forced colours axe-core does without `color-contrast`,
which reads colours there that are not the painted ones; test_colours.py measures those.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, Frame, Page

from tests.browser.hosting import street
from tests.browser.states import ALARMS, every_state, the_check, unfold
from tests.browser.walking import PARTS, go_on, option
from tests.conftest import make_app
from tests.evidence import Evidence
from tests.posting import languages_of

OFFERED = languages_of(make_app())
LOOKS = [("site", lang) for lang in OFFERED]
LOOKS += [("at", OFFERED[0]), ("embed", OFFERED[-1])]
"""The check by itself in every language; under a clinic's name, and as it stands in a frame, in one."""

WHOLE = [("site", OFFERED[0])]
"""Where every state is looked at, also for the gate."""

IN_COLOURS = [*WHOLE, *LOOKS[-2:]]

PAINTED_ANEW = """(seen) => {
  const path = (one) => one === document.body ? "" : `${path(one.parentElement)} ${one.localName}.${one.className}`;
  const hasWords = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const before = new Set(seen), found = new Map();
  for (const one of document.querySelectorAll("body *:not(svg *)")) {
    if (!hasWords(one) || !one.checkVisibility()) continue;
    const behind = [];
    for (let at = one; at; at = at.parentElement) behind.push(getComputedStyle(at).backgroundColor);
    const key = [path(one), getComputedStyle(one).color, ...behind].join();
    if (!before.has(key)) found.set(key, one);
  }
  window.anew = [...found.values()];
  return [...found.keys()];
}"""
"""Words that are painted as none before: in other elements or classes, within others, or on another ground."""

LOOK: dict[str, Any] = {"resultTypes": ["violations"], "iframes": False}

ABOUT_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that axe-core has about colours and would apply by itself."""

NOT_ABOUT_COLOURS = LOOK | {"rules": {id: {"enabled": False} for id in ABOUT_COLOURS}}

SCHEMES: Mapping[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "light": ({"color_scheme": "light", "forced_colors": "none"}, LOOK | {"runOnly": ABOUT_COLOURS}),
    "dark": ({"color_scheme": "dark", "forced_colors": "none"}, LOOK | {"runOnly": ABOUT_COLOURS}),
    "forced colours": ({"color_scheme": "dark", "forced_colors": "active"}, LOOK | {"runOnly": ABOUT_COLOURS[1:]}),
}
"""What a reader has set, and what axe-core is to look at then."""

OPEN_TO_SCRIPTS = {"bypass_csp": True, "reduced_motion": "reduce"}
"""The policy of our pages forbids axe-core to come in. Colours change at once."""


def open_to_axe(browser: Browser, site: str | None = None) -> Page:
    """Return a page of a fresh profile in which axe-core stands ready."""
    context = browser.new_context(base_url=site, **OPEN_TO_SCRIPTS)
    context.add_init_script(AXE_SCRIPT)
    return context.new_page()


def complaints(page: Page, state: str, frame: Frame | None = None) -> list[str]:
    """Return what axe-core finds on the page, or in a frame on it, as it stands and in every scheme."""
    unfold(frame or page)
    return looked_at(frame or page, state, NOT_ABOUT_COLOURS) + about_colours(page, state, frame)


def about_colours(page: Page, state: str, frame: Frame | None = None, within: str = "document") -> list[str]:
    found = []
    for scheme, (wishes, look) in SCHEMES.items():
        page.emulate_media(**wishes)
        found += looked_at(frame or page, f"{state}, {scheme}", look, within)
    return found


def looked_at(place: Page | Frame, state: str, look: Mapping[str, Any], within: str = "document") -> list[str]:
    return [
        f"{state}: {violation['help']}: {', '.join(str(node['target']) for node in violation['nodes'])}"
        for violation in place.evaluate(f"look => axe.run({within}, look)", look)["violations"]
    ]


@pytest.mark.parametrize(("mount", "lang"), LOOKS)
def test_axe_finds_nothing_in_any_state(
    app: Flask, browser: Browser, site: str, evidence: Evidence, request: pytest.FixtureRequest, mount: str, lang: str
):
    is_whole = (mount, lang) in WHOLE or request.config.getoption("--evidence")
    states = every_state(app, lang, mount) if is_whole else the_check(every_state(app, lang, mount))
    page = open_to_axe(browser, site)
    found, painted, looks = [], set[str](), len(states)
    for state in states:
        state.open(page)
        unfold(page)
        found += looked_at(page, str(state), NOT_ABOUT_COLOURS)
        if (mount, lang) in IN_COLOURS:
            page.emulate_media(**SCHEMES["light"][0])
            anew = page.evaluate(PAINTED_ANEW, list(painted))
            if anew:
                found += about_colours(page, str(state), within="{ include: anew }")
                painted.update(anew)
                looks += len(SCHEMES)
    page.context.close()
    evidence.add("accessibility", "inspected", looks)
    evidence.add("accessibility", "findings", len(found))
    if mount == "site" and is_whole:
        evidence.put("accessibility", "states", len(states))
        evidence.add("accessibility", "languages")
    assert len(states) > (40 if is_whole else len(PARTS))
    assert found == []


def test_axe_finds_nothing_in_a_frame_on_a_clinics_page(browser: Browser, evidence: Evidence, tmp_path: Path):
    with street(tmp_path) as town:
        page = open_to_axe(browser)
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


def test_the_rules_about_colours_are_those_that_axe_would_apply_by_itself(browser: Browser, site: str):
    page = open_to_axe(browser, site)
    page.goto("/en/about")
    about_colours = {rule["ruleId"] for rule in page.evaluate("axe.getRules(['cat.color'])")}
    applied = page.evaluate(
        "axe.run().then((all) => ['passes', 'inapplicable', 'incomplete', 'violations']"
        ".flatMap((kind) => all[kind].map(({ id }) => id)))"
    )
    assert about_colours & set(applied) == set(ABOUT_COLOURS)
    page.context.close()


def test_words_that_are_painted_as_none_before_are_looked_at(browser: Browser, site: str):
    page = open_to_axe(browser, site)
    page.goto("/en/about")
    painted = page.evaluate(PAINTED_ANEW, [])
    assert page.evaluate(PAINTED_ANEW, painted) == []
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert len(page.evaluate(PAINTED_ANEW, painted)) == 1
    assert any("contrast" in complaint for complaint in about_colours(page, "faint", within="{ include: anew }"))
    page.context.close()


@pytest.mark.parametrize(
    ("harm", "rule"),
    [
        ("document.documentElement.removeAttribute('lang')", "lang attribute"),
        ("document.body.style.color = '#888'", "contrast"),
    ],
)
def test_axe_does_find_mistakes(browser: Browser, site: str, evidence: Evidence, harm: str, rule: str):
    page = open_to_axe(browser, site)
    page.goto("/en/about")
    assert complaints(page, "whole") == []
    page.evaluate(harm)
    assert any(rule in complaint for complaint in complaints(page, "broken"))
    evidence.put("accessibility", "axe", page.evaluate("axe.version"))
    evidence.put("accessibility", "chromium", browser.version)
    page.context.close()
