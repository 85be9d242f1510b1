"""Nobody is shut out: every state is opened once, and looked at in every way that a program can look for barriers.

Pages differ between languages by nothing but their words. Every state is looked at in the language of the longest
words; where things stand, in the one that runs from right to left too. In the others, those are looked at that words
fill most, without colours. `make evidence` looks in every way at every state in every language.
"""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.axe import ABOUT_COLOURS, PAINTED_ANEW, Painter, badly_painted, built_wrong, open_to_axe
from tests.browser.contrast import badly_coloured
from tests.browser.hosting import Street
from tests.browser.layout import WIDE, badly_placed, badly_placed_when_large, badly_placed_when_spaced
from tests.browser.spoken import badly_told
from tests.browser.states import ALARMS, every_state, the_check, unfold
from tests.browser.walking import PARTS, go_on, option
from tests.conftest import make_app
from tests.evidence import Evidence
from tests.posting import languages_of

Looks = tuple[Callable[[Page], list[str]], ...]

OFFERED = languages_of(make_app())
LONGEST_WORDS, MIRRORED = "de", "ar"
SWEEPS = [("site", lang) for lang in OFFERED] + [("at", OFFERED[0]), ("embed", MIRRORED)]
"""The check by itself in every language; under a clinic's name and colours, and as it stands in a frame, in one."""


def looks_of(mount: str, lang: str, painter: Painter, in_every_way: bool) -> tuple[Looks, Looks]:
    """Return how every state is looked at, and how those that words fill most are looked at besides."""
    words: Looks = (built_wrong, badly_told, badly_placed)
    colours: Looks = (painter, badly_coloured)
    wishes: Looks = (badly_placed_when_large, badly_placed_when_spaced)
    all = (*words, *colours, *wishes)
    if in_every_way or (mount, lang) == ("site", LONGEST_WORDS):
        return all, ()
    return {
        ("site", MIRRORED): ((badly_placed,), (built_wrong, badly_told, *wishes)),
        ("at", OFFERED[0]): ((), (*words, *colours)),
        ("embed", MIRRORED): ((), all),
    }.get((mount, lang), ((), words))


@pytest.mark.parametrize(("mount", "lang"), SWEEPS)
def test_nothing_is_wrong_in_any_state(
    app: Flask, browser: Browser, site: str, evidence: Evidence, request: pytest.FixtureRequest, mount: str, lang: str
):
    painter = Painter()
    everywhere, in_the_fullest = looks_of(mount, lang, painter, request.config.getoption("--evidence"))
    states = every_state(app, lang, mount)
    fullest = the_check(states)
    assert len(states) > 40 > len(fullest) > len(PARTS)
    page = open_to_axe(browser, site)
    found, inspected = list[str](), 0
    for state in states if everywhere else fullest:
        page.set_viewport_size(WIDE)
        state.open(page)
        unfold(page)
        for look in everywhere + (in_the_fullest if state in fullest else ()):
            found += [f"{state}: {one}" for one in look(page)]
            inspected += look is built_wrong
    page.context.close()
    evidence.add("accessibility", "inspected", inspected + painter.looks)
    evidence.add("accessibility", "findings", len(found))
    if mount == "site":
        evidence.put("accessibility", "states", len(states))
        evidence.add("accessibility", "languages")
    assert found == []


def test_axe_finds_nothing_in_a_frame_on_a_clinics_page(browser: Browser, town: Street):
    page = open_to_axe(browser)
    page.goto(f"{town.clinic}/script")
    page.frame_locator("iframe").locator("#check").wait_for()
    frame, painter = page.frames[1], Painter()

    def look() -> list[str]:
        unfold(frame)
        return built_wrong(frame) + painter(page, frame)

    found = look()
    frame.locator("#start a.next").click()
    go_on(frame, "safety")
    found += look()
    option(frame, *ALARMS[0]).check()
    found += look()
    with frame.expect_navigation():
        frame.locator(".call-now button:visible").click()
    found += look()
    page.context.close()
    assert found == []


@pytest.fixture(scope="module")
def ready(browser: Browser, site: str) -> Iterator[Page]:
    page = open_to_axe(browser, site)
    yield page
    page.context.close()


@pytest.fixture
def sound(ready: Page) -> Page:
    """A page at which no look finds anything."""
    ready.set_viewport_size(WIDE)
    ready.goto("/en/about")
    ready.goto("/en/#safety")
    return ready


def test_the_rules_about_colours_are_those_that_axe_would_apply_by_itself(sound: Page):
    about_colours = {rule["ruleId"] for rule in sound.evaluate("axe.getRules(['cat.color'])")}
    applied = sound.evaluate(
        "axe.run().then((all) => ['passes', 'inapplicable', 'incomplete', 'violations']"
        ".flatMap((kind) => all[kind].map(({ id }) => id)))"
    )
    assert about_colours & set(applied) == set(ABOUT_COLOURS)


LEAD, NEXT = (f"document.querySelector('#safety {place}').style" for place in (".lead", "a.next"))


def test_words_that_are_painted_as_none_before_are_looked_at(sound: Page):
    painted = sound.evaluate(PAINTED_ANEW, [])
    assert sound.evaluate(PAINTED_ANEW, painted) == []
    sound.evaluate(f"{LEAD}.color = '#ccc'")
    assert len(sound.evaluate(PAINTED_ANEW, painted)) == 1
    assert any("contrast" in complaint for complaint in badly_painted(sound, within="{ include: anew }"))


HARMS = [
    (built_wrong, "document.documentElement.removeAttribute('lang')", "lang attribute"),
    (Painter(), "document.body.style.color = '#888'", "contrast"),
    (badly_told, "document.querySelector('main').role = 'group'", "other landmarks"),
    (badly_told, "document.querySelector('nav').ariaLabel = ''", "no name"),
    (
        badly_coloured,
        f"{LEAD}.cssText = 'forced-color-adjust: none; color: #777; background: #888'",
        "forced, dark: Some",
    ),
    (badly_coloured, f"{LEAD}.backgroundColor = '#eee'", "has no edge"),
    (badly_coloured, f"{NEXT}.borderColor = '#eee'", "light: edge"),
    (badly_placed, f"{NEXT}.cssText = 'padding: 0; min-height: 0; font-size: 9px'", "is low"),
    (
        badly_placed,
        "for (const link of document.querySelectorAll('.links, .links a'))"
        " link.style = 'display: block; width: 9px; padding: 0; font: 9px/1 serif; white-space: pre'",
        "is too small",
    ),
    (badly_placed, f"{LEAD}.cssText = 'position: relative; top: 9999px'", "stands above"),
    (badly_placed, "document.body.style.minWidth = '400px'", "320: scrolls sideways"),
    (badly_placed, f"{LEAD}.cssText = 'height: 9px; overflow: hidden'", "is cut off"),
    (badly_placed, f"{LEAD}.marginTop = '-2em'", "lies over another"),
    (
        badly_placed,
        "document.head.appendChild(document.createElement('style')).textContent ="
        " '@media (max-width: 400px) { .lead { display: none } }'",
        "says something else",
    ),
    (
        badly_placed_when_large,
        "document.querySelector('h1').style.cssText = 'height: 50px; overflow: hidden'",
        "is cut off",
    ),
    (
        badly_placed_when_spaced,
        "const { style, offsetWidth } = document.querySelector('h1');"
        " style.cssText = `width: ${offsetWidth}px; white-space: nowrap; overflow: hidden`",
        "is cut off",
    ),
]


@pytest.mark.parametrize(("look", "harm", "words"), HARMS)
def test_every_look_finds_what_it_looks_for(
    sound: Page, evidence: Evidence, look: Callable[[Page], list[str]], harm: str, words: str
):
    assert look(sound) == []
    sound.evaluate(harm)
    assert words in "; ".join(look(sound))
    evidence.put("accessibility", "axe", sound.evaluate("axe.version"))
    evidence.put("accessibility", "chromium", sound.context.browser.version)
