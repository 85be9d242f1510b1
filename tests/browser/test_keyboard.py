"""The keyboard alone is enough: Tab, space, arrows and Enter, from the first page to a changed answer."""

from playwright.sync_api import Page

from tests.answers import QUESTIONNAIRE, harmless_but
from tests.browser.walking import LAST_PART, PARTS, chosen, focused, shown_parts

MOST_TABS = 60


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
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert (focused(page), page.locator("#result").get_attribute("data-causes")) == ("result", "6")

    tab_to(page, "#result .reasons a[href='#q-stress']")
    page.keyboard.press("Enter")
    assert (shown_parts(page), focused(page)) == (["you"], "q-stress")
    tab_to(page, "[name=stress]")
    page.keyboard.press("ArrowUp")
    tab_to(page, "#you > .actions button.next")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#result").get_attribute("data-causes") == "5"


def test_whatever_has_the_focus_is_seen_to_have_it(scripted: Page):
    scripted.goto("/en/#you")
    unseen = []
    for _ in range(40):
        scripted.keyboard.press("Tab")
        marked = scripted.evaluate(
            """() => {
              const one = document.activeElement;
              const label = one.closest("label");
              const outlined = (element) => parseFloat(getComputedStyle(element).outlineWidth) >= 2
                && getComputedStyle(element).outlineStyle !== "none";
              return one === document.body || outlined(one) || Boolean(label && outlined(label));
            }"""
        )
        if not marked:
            unseen.append(scripted.evaluate("document.activeElement.outerHTML"))
    assert unseen == []


def test_the_first_tab_offers_to_skip_to_the_content(page: Page):
    page.goto("/en/about")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert focused(page) == "content"
