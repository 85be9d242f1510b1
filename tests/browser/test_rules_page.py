"""The rules and the sheet for reviewers: whole on the narrowest phone, and whole on paper."""

import pytest
from playwright.sync_api import Page

from tests.answers import QUESTIONNAIRE
from tests.pdf import squeezed, texts_of

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 700}
LEAVES_THE_PAGE = """() => {
  const room = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("main *")].filter((one) => {
    const { left, right, width } = one.getBoundingClientRect();
    return one.checkVisibility() && width && (left < -1 || right > room + 1 || one.scrollWidth > one.clientWidth + 1
      && getComputedStyle(one).display !== "inline");
  });
  return [document.documentElement.scrollWidth > room, ...wide.map((one) => one.outerHTML.slice(0, 80))];
}"""
PAGES = ["/en/rules", "/en/rules/review", "/en/about"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_cut_off_or_scrolls_sideways_on_a_narrow_phone(page: Page, address: str):
    page.set_viewport_size(NARROW)
    page.goto(address)
    assert page.evaluate(LEAVES_THE_PAGE) == [False]
    for summary in page.locator("main summary").all():
        summary.click()
    assert page.locator("main details:not([open])").count() == 0
    assert page.evaluate(LEAVES_THE_PAGE) == [False]


@pytest.mark.parametrize(
    ("address", "paper"), [("/en/rules", "A4"), ("/en/rules/review", "A4"), ("/en/rules/review", "Letter")]
)
def test_paper_shows_every_answer_with_its_reason_whatever_is_folded(page: Page, address: str, paper: str):
    page.goto(address)
    words = "".join(texts_of(page.pdf(format=paper)))
    for question in QUESTIONNAIRE.questions.values():
        assert squeezed(question.ask) in words
        for option in question.options.values():
            assert squeezed(option.label) in words
            assert squeezed(option.reason or "") in words


def test_a_link_to_a_rule_shows_the_question_and_opens_its_answers(scripted: Page):
    for question in QUESTIONNAIRE.questions:
        scripted.goto(f"/en/rules#rule-{question}")
        rule = scripted.locator(f"#rule-{question}")
        rule.locator(".choices").wait_for(state="visible")
        assert rule.locator("h3").is_visible()


def test_without_script_a_link_to_a_rule_shows_the_question_and_how_to_open_it(page: Page):
    question = list(QUESTIONNAIRE.questions)[-1]
    page.goto(f"/en/rules#rule-{question}")
    assert page.locator(f"#rule-{question} h3").is_visible()
    assert page.locator(f"#rule-{question} summary").is_visible()
