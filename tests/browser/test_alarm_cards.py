"""An alarm is answered at the tick: at every height and text size, with JavaScript and without."""

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.answers import QUESTIONNAIRE
from tests.browser.conftest import watched
from tests.browser.layout import USUAL, set_text_size
from tests.browser.walking import card_of, jump_to_result, option, shown_parts
from tests.posting import A_PERSON_FOR

LARGE = 21
"""The browser's own size of letters, in pixels, as set to 130 %."""

SIZES = [
    (390, 844, USUAL),
    (360, 640, USUAL),
    (360, 640, LARGE),
    (844, 390, USUAL),
    (640, 360, USUAL),
    (277, 430, USUAL),
]

CALLING = [
    (question, option)
    for question in QUESTIONNAIRE.questions.values()
    for option in question.options.values()
    if option.calls
]

IN_VIEW = """(one) => {
  const { top, bottom, height } = one.getBoundingClientRect();
  return height > 0 && top >= 0 && bottom <= innerHeight;
}"""

UNSEEN = f"""(isAtTheTop) => {{
  const inView = {IN_VIEW};
  const found = [];
  for (const input of document.querySelectorAll("[data-calls]")) {{
    location.hash = "q-" + input.name;
    const label = input.closest("label"), card = label.nextElementSibling;
    if (card.getBoundingClientRect().height) found.push(input.value + ": a card before the tick");
    const {{ top, bottom }} = label.getBoundingClientRect();
    scrollBy(0, isAtTheTop ? top - 2 : bottom + 2 - innerHeight);
    input.focus({{ preventScroll: true }});
    input.click();
    const told = card.querySelector("a[href^='tel:']") || card.querySelector("h3");
    if (!inView(card) && !(inView(card.querySelector("h3")) && inView(told))) found.push(input.value + ": card");
    const box = input.getBoundingClientRect();
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (there !== input) found.push(input.value + ": box");
    input.type === "checkbox" ? input.click() : input.form.reset();
  }}
  return found;
}}"""
"""Ticks each option that calls for an outcome as a finger or a mouse does, where it stands lowest on the screen, or
highest; tells what is not in view then: its box, its card or, of a card that is higher than the screen, the title and
the number."""


@pytest.mark.parametrize(("lang", "has_script"), [("nl", True), ("en", True), ("nl", False)])
def test_each_option_that_calls_for_help_shows_its_card_in_view(
    browser: Browser, site: str, lang: str, has_script: bool
):
    with watched(browser, site, java_script_enabled=has_script) as page:
        for width, height, text in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            set_text_size(page, text)
            page.goto("/en/about")
            page.goto(f"/{lang}/")
            assert page.locator("[data-calls]").count() == len(CALLING)
            assert page.evaluate(UNSEEN, False) == [], (width, height, text)
            assert has_script or page.evaluate(UNSEEN, True) == [], (width, height, text)


def test_a_card_that_has_risen_stays_while_it_is_used(browser: Browser, site: str):
    """A press on something in it takes the focus from the box; the card must not move away from under the finger."""
    with watched(browser, site, viewport={"width": 390, "height": 844}, java_script_enabled=False) as page:
        page.goto("/en/#safety")
        box, card = option(page, "alarm_now", "bleeding"), card_of(page, "alarm_now", "bleeding")
        box.evaluate("one => scrollBy(0, one.closest('label').getBoundingClientRect().bottom + 2 - innerHeight)")
        touch(page, box)
        assert card.evaluate(IN_VIEW)
        touch(page, card.locator("button"))
        page.locator("#result[data-outcome=emergency]").wait_for()


def touch(page: Page, one: Locator) -> None:
    """Press the mouse where something stands, without scrolling to it first."""
    where = one.bounding_box()
    assert where
    page.mouse.click(where["x"] + where["width"] / 2, where["y"] + where["height"] / 2)


def test_where_next_was_stands_what_to_do_instead_and_a_tick_by_mistake_is_undone_in_sight(page: Page):
    for question, sign in {sign.calls: (question, sign) for question, sign in CALLING}.values():
        page.goto(f"/en/#{question.part}")
        leading_on = page.locator(f"#{question.part} > .actions .next").first
        again = page.locator(f"#{question.part} > .call-again:visible")
        assert (leading_on.is_visible(), again.count()) == (True, 0)
        option(page, question.id, sign.id).check()
        assert not leading_on.is_visible()
        assert again.locator("button").count() == 1
        outcome = QUESTIONNAIRE.outcomes[sign.calls]
        assert again.count() == (2 if outcome.is_alarm else 1)
        assert card_of(page, question.id, sign.id).locator("p.small").last.is_visible()
        harmless = next(one for one in question.options.values() if not one.calls)
        if question.kind == "several":
            option(page, question.id, sign.id).uncheck()
        else:
            option(page, question.id, harmless.id).check()
        assert leading_on.is_visible()


def test_enter_on_an_alarm_leads_to_its_advice(page: Page):
    page.goto("/en/#safety")
    option(page, "alarm_now", "collapse").check()
    page.keyboard.press("Enter")
    page.locator("#result[data-outcome=emergency]").wait_for()
    assert shown_parts(page) == ["result"]


BEGINS_IN_VIEW = """(one) => {
  const { top, height } = one.getBoundingClientRect();
  return height > 0 && top >= 0 && top + parseFloat(getComputedStyle(one).lineHeight) <= innerHeight;
}"""


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_the_first_screen_of_a_result_says_what_to_do_and_by_when(browser: Browser, site: str, lang: str):
    with watched(browser, site, viewport={"width": 360, "height": 640}, is_mobile=True) as page:
        set_text_size(page, LARGE)
        for outcome, answers in A_PERSON_FOR.items():
            jump_to_result(page, answers, lang)
            assert page.locator("#result h2").first.evaluate(IN_VIEW), outcome
            assert page.locator("#result .when").evaluate(BEGINS_IN_VIEW), outcome


WITHOUT_HAS = """
for (const sheet of document.styleSheets) {
  for (const rule of [...sheet.cssRules].reverse()) {
    if (!rule.cssText.includes(":has(")) continue;
    const where = [...sheet.cssRules].indexOf(rule);
    sheet.deleteRule(where);
  }
}
"""
"""What an older browser does: a rule with a selector that it does not know is no rule."""


def test_a_browser_that_does_not_know_has_gets_the_card_by_script(scripted: Page):
    scripted.add_init_script(
        "const supports = CSS.supports; CSS.supports = (...asked) => !asked[0].includes(':has(') && supports(...asked)"
    )
    scripted.goto("/en/")
    scripted.evaluate(WITHOUT_HAS)
    card = card_of(scripted, "alarm_now", "seizure")
    assert not card.is_visible()
    option(scripted, "alarm_now", "seizure").check()
    assert card.is_visible()
    option(scripted, "alarm_now", "seizure").uncheck()
    assert not card.is_visible()


@pytest.mark.parametrize(
    ("width", "height", "text", "screens"), [(390, 844, USUAL, 3), (360, 640, LARGE, 6.5)], ids=str
)
@pytest.mark.parametrize("lang", ["en", "nl"])
def test_part_one_is_short_and_the_start_is_in_view(
    browser: Browser, site: str, lang: str, width: int, height: int, text: int, screens: float
):
    with watched(browser, site, viewport={"width": width, "height": height}, is_mobile=True) as page:
        set_text_size(page, text)
        page.goto(f"/{lang}/")
        begin = page.locator("#start a.next")
        if text == USUAL:
            assert begin.evaluate(IN_VIEW)
        begin.click()
        tops = [page.locator(f"#safety {one}").first.bounding_box() for one in ("h2", "> .actions .next")]
        heading, leading_on = (box for box in tops if box)
        assert leading_on["y"] + leading_on["height"] - heading["y"] <= screens * height
