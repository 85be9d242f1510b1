"""The keyboard alone is enough: Tab, space, arrows and Enter, from the first page to a changed answer."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.browser.conftest import wait_until
from tests.browser.contrast import COLOURS, LEAST_FOR_LINES, SCHEMES, too_close
from tests.browser.states import ALARMS, every_state
from tests.browser.walking import LAST_PART, PARTS, chosen, focused, option, shown_parts, wait_for_result_of

MOST_TABS = 60

LOOKED_AT = ["start", *PARTS, *(f"the card for {alarm}" for _, alarm in ALARMS), "raised", "emergency"]

MARKED = """
const one = document.activeElement;
const marked = one.closest(".options label") || one;
"""
"""An option is marked as a whole."""

HIDDEN_OR_UNMARKED = f"""() => {{ {MARKED}
  const {{ left, top, width, height }} = marked.getBoundingClientRect();
  const isUncovered = (x, y) => {{
    const there = document.elementFromPoint(left + width * x, top + height * y);
    return marked.contains(there);
  }};
  const shares = [.05, .25, .5, .75, .95];
  const {{ outlineStyle, outlineWidth }} = getComputedStyle(marked);
  return [
    ...shares.some((x) => shares.some((y) => isUncovered(x, y))) ? [] : [`covered: ${{marked.textContent.trim()}}`],
    ...outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? [] : [`no ring: ${{marked.textContent.trim()}}`],
  ];
}}"""

RING = f"""{MARKED}
const ring = hex(getComputedStyle(marked).outlineColor);
return [[`${{marked.localName}}.${{marked.className}}`, ring, backdrop(marked.parentElement)]];
"""

AT_FOCUS = f"""() => {{ {COLOURS}
  return document.activeElement !== document.body && [({HIDDEN_OR_UNMARKED})(), (() => {{ {RING} }})()];
}}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with Tab")


def answer(page: Page, question: str, values: tuple[str, ...]) -> None:
    options = QUESTIONNAIRE.questions[question].options
    if QUESTIONNAIRE.questions[question].kind == "several":
        for value in values:
            tab_to(page, f'[name="{question}"][value="{value}"]')
            page.keyboard.press("Space")
    else:
        tab_to(page, f'[name="{question}"]')
        page.keyboard.press("Space")
        for _ in range(list(options).index(values[0])):
            page.keyboard.press("ArrowDown")


def test_the_keyboard_alone_is_enough(page: Page):
    answers = harmless_but(conditions=("crohn", "dairy"), stress="often", minerals="unknown")
    page.goto("/en/")
    tab_to(page, "#start a.next")
    page.keyboard.press("Enter")
    for part in PARTS:
        assert (shown_parts(page), focused(page)) == ([part], part)
        for question in QUESTIONNAIRE.parts[part].questions:
            answer(page, question.id, answers[question.id])
        tab_to(page, f"#{part} > .actions .next")
        if part != LAST_PART:
            page.keyboard.press("Enter")
    assert chosen(page) == answers
    page.keyboard.press("Enter")
    page.locator("#result").wait_for()
    wait_until(page, lambda: focused(page) == "result")
    wait_for_result_of(page, answers)

    tab_to(page, "#result details:has(.reasons) > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#result .reasons a[href='#q-stress']")
    page.keyboard.press("Enter")
    assert (shown_parts(page), focused(page)) == (["you"], "q-stress")
    tab_to(page, "[name=stress]")
    page.keyboard.press("ArrowUp")
    tab_to(page, "#you > .actions button.next")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    wait_for_result_of(page, answers | {"stress": ("sometimes",)})


@pytest.fixture(scope="module")
def known() -> list[object]:
    """Rings that have been looked at: on what, in which colour, on which ground. Each is looked at once."""
    return []


@pytest.mark.parametrize("name", LOOKED_AT)
def test_whatever_has_the_focus_is_in_view_and_seen_to_have_it(
    app: Flask, scripted: Page, known: list[object], name: str
):
    state = next(state for state in every_state(app, "en") if state.name == name)
    unseen, faint = [], []
    for width, height in ((320, 256), (320, 568), (1280, 800)):
        scripted.set_viewport_size({"width": width, "height": height})
        state.open(scripted)
        for _ in range(MOST_TABS):
            scripted.keyboard.press("Tab")
            if not (looked := scripted.evaluate(AT_FOCUS)):
                break
            faults, ring = looked
            unseen += [f"{width} × {height}: {one}" for one in faults]
            if ring in known:
                continue
            known.append(ring)
            for scheme, wishes in reversed(SCHEMES.items()):
                scripted.emulate_media(**wishes)
                faint += [f"{scheme}: {one}" for one in too_close(scripted, RING, LEAST_FOR_LINES)]
    assert (unseen, faint) == ([], [])


def test_what_has_the_focus_is_found_to_be_hidden(scripted: Page):
    scripted.goto("/en/#you")
    scripted.keyboard.press("Tab")
    assert scripted.evaluate(HIDDEN_OR_UNMARKED) == []
    scripted.evaluate(
        "Object.assign(document.body.appendChild(document.createElement('div')).style,"
        " { position: 'fixed', inset: 0, zIndex: 9 })"
    )
    assert len(scripted.evaluate(HIDDEN_OR_UNMARKED)) == 1
    scripted.evaluate("document.activeElement.closest('label').style.outline = 'none'")
    assert len(scripted.evaluate(HIDDEN_OR_UNMARKED)) == 2


def test_the_first_tab_offers_to_skip_to_the_content(page: Page):
    page.goto("/en/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "content"


@pytest.mark.parametrize("part", ["start", PARTS[1]])
def test_the_skip_link_keeps_the_part_that_is_shown(scripted: Page, part: str):
    scripted.goto(f"/en/#{part}")
    option(scripted, "stress", "often").evaluate("field => field.click()")
    scripted.locator(".skip").focus()
    scripted.keyboard.press("Enter")
    assert (shown_parts(scripted), focused(scripted)) == ([part], part)
    assert chosen(scripted) == {"stress": ("often",)}
    scripted.keyboard.press("Tab")
    assert scripted.evaluate("part => document.activeElement.closest('.step')?.id", part) == part


def test_escape_closes_the_menu_of_languages_and_gives_the_focus_back(scripted: Page):
    scripted.goto("/en/")
    menu = scripted.locator(".menu")
    menu.locator("summary").click()
    menu.locator("button").first.focus()
    assert menu.locator("button").first.is_visible()
    scripted.keyboard.press("Escape")
    assert not menu.locator("button").first.is_visible()
    assert menu.locator("summary").evaluate("one => one === document.activeElement")


def test_a_click_elsewhere_closes_the_menu_of_languages_and_one_in_it_does_not(scripted: Page):
    scripted.goto("/en/")
    menu = scripted.locator(".menu")
    menu.locator("summary").click()
    menu.locator("div").click(position={"x": 40, "y": 4})
    assert menu.locator("button").first.is_visible()
    scripted.locator("#start h2").click()
    assert not menu.locator("button").first.is_visible()
