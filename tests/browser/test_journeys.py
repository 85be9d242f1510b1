"""What a person does with the check, from start to result and back, with JavaScript and without."""

import pytest
from playwright.sync_api import Page, Request

from tests.answers import QUESTIONNAIRE, harmless, harmless_but
from tests.browser.conftest import wait_until
from tests.browser.walking import (
    LAST_PART,
    PARTS,
    card_of,
    chosen,
    fill_in,
    focused,
    go_on,
    is_on_screen,
    jump_to_result,
    option,
    shown_parts,
    start,
    unfold_result,
    wait_for_result_of,
    walk,
)

FIRST_QUESTIONS = [part.questions[0].id for part in QUESTIONNAIRE.parts.values()]


def part_of(question: str) -> str:
    return QUESTIONNAIRE.questions[question].part


def test_a_result_costs_two_requests_and_a_changed_answer_one_more(page: Page):
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/static/" not in request.url and not request.url.startswith("data:"):
            asked.append(request.method)

    page.on("request", note)
    page.goto("/en/")
    walk(page, harmless_but(conditions="crohn"))
    assert asked == ["GET", "POST"]
    assert (shown_parts(page), focused(page)) == (["result"], "result")
    wait_for_result_of(page, harmless_but(conditions="crohn"))

    unfold_result(page)
    page.locator("#result .reasons a[href='#q-conditions']").click()
    assert (shown_parts(page), focused(page)) == ([part_of("conditions")], "q-conditions")
    option(page, "conditions", "crohn").uncheck()
    option(page, "conditions", "none").check()
    with page.expect_navigation():
        page.locator("#causes > .actions button:visible").click()
    assert asked == ["GET", "POST", "POST"]
    wait_for_result_of(page, harmless())
    assert chosen(page) == harmless()


def test_one_part_is_shown_at_a_time_and_gets_the_focus(page: Page):
    page.goto("/en/")
    assert shown_parts(page) == ["start"]
    page.locator("#start a.next").click()
    for part in PARTS:
        assert (shown_parts(page), focused(page)) == ([part], part)
        fill_in(page, part, harmless())
        if part != LAST_PART:
            go_on(page, part)
    for part in reversed(["start", *PARTS[:-1]]):
        page.locator(".step:visible .quiet").click()
        assert (shown_parts(page), focused(page)) == ([part], part)


def test_the_browsers_own_back_and_forward_move_between_parts_and_keep_the_answers(page: Page):
    start(page)
    for part in PARTS[:-1]:
        fill_in(page, part, harmless())
        go_on(page, part)
    before = chosen(page)
    for part in reversed(["start", *PARTS[:-1]]):
        page.go_back()
        assert shown_parts(page) == [part]
    for part in PARTS:
        page.go_forward()
        assert shown_parts(page) == [part]
    assert chosen(page) == before == {name: own for name, own in harmless().items() if part_of(name) != LAST_PART}


def test_back_leads_from_a_changed_answer_to_the_result_again(page: Page):
    jump_to_result(page, harmless_but(conditions="crohn"))
    unfold_result(page)
    page.locator("#result .reasons a[href='#q-conditions']").click()
    page.go_back()
    assert shown_parts(page) == ["result"]
    page.go_forward()
    assert shown_parts(page) == [part_of("conditions")]
    assert chosen(page) == harmless_but(conditions="crohn")


@pytest.mark.parametrize("question", [*FIRST_QUESTIONS, "insomnia"])
def test_a_link_to_a_question_opens_the_part_that_holds_it(page: Page, question: str):
    page.goto(f"/en/#q-{question}")
    wait_until(page, lambda: focused(page) == f"q-{question}")
    assert shown_parts(page) == [part_of(question)]


@pytest.mark.parametrize("fragment", ["nonsense", "content", "q-nonsense", "%E0%A4%A"])
def test_a_fragment_that_is_no_part_changes_nothing(scripted: Page, fragment: str):
    scripted.goto(f"/en/#{PARTS[1]}")
    option(scripted, "stress", "often").check()
    address = scripted.url
    scripted.evaluate("fragment => { location.hash = fragment }", fragment)
    scripted.wait_for_url(address)
    assert (shown_parts(scripted), chosen(scripted)) == ([PARTS[1]], {"stress": ("often",)})


def test_a_list_of_mistakes_leads_to_each_question_and_loses_nothing(page: Page):
    answers = {name: own for name, own in harmless().items() if name not in ("food", "trembling")}
    jump_to_result(page, answers)
    assert (shown_parts(page), focused(page), chosen(page)) == (["result"], "result", answers)
    for question in ("food", "trembling"):
        page.locator(f"#result a[href='#q-{question}']").click()
        assert (shown_parts(page), focused(page)) == ([part_of(question)], f"q-{question}")
        option(page, question, harmless()[question][0]).check()
        if question != "trembling":
            page.go_back()
    with page.expect_navigation():
        page.locator(f"#{LAST_PART} > .actions .next").first.click()
    assert chosen(page) == harmless()
    assert page.locator("#result").get_attribute("data-outcome") == "few"


def test_the_card_leads_to_the_advice_without_any_other_answer(page: Page):
    start(page)
    option(page, "alarm_now", "collapse").check()
    with page.expect_navigation():
        card_of(page, "alarm_now", "collapse").locator("button").click()
    assert page.locator("#result").get_attribute("data-outcome") == "emergency"
    assert is_on_screen(page.locator("#result .care a[href^='tel:']").first)
    assert chosen(page) == {"alarm_now": ("collapse",)}


def test_the_language_can_be_changed_in_the_middle(page: Page):
    start(page)
    fill_in(page, "safety", harmless())
    button = page.locator(".languages button[lang]").first
    if not button.count():
        pytest.skip("only one language is offered")
    if not button.is_visible():
        page.locator(".languages summary").click()
    lang, before = button.get_attribute("lang"), chosen(page)
    with page.expect_navigation():
        button.click()
    assert page.locator("html").get_attribute("lang") == lang
    assert chosen(page) == before
