"""What the script adds, and that its absence is no loss."""

import pytest
from playwright.sync_api import Browser, Page

from tests.answers import QUESTIONNAIRE, harmless
from tests.browser.conftest import watched
from tests.browser.walking import PARTS, chosen, fill_in, focused, go_on, jump_to_result, option, shown_parts, start
from webapp.questionnaire.model import NONE

SEVERAL = [question for question in QUESTIONNAIRE.questions.values() if question.kind == "several"]


def test_missing_answers_are_noticed_on_the_way(scripted: Page):
    start(scripted)
    first, second = (f"q-{question.id}" for question in QUESTIONNAIRE.parts["safety"].questions)
    go_on(scripted, "safety")
    assert (shown_parts(scripted), focused(scripted)) == (["safety"], first)
    assert scripted.locator("#safety .error:not(.clash)").count() == 2
    assert "2" in scripted.locator(f"#{first} .error:not(.clash)").inner_text()

    option(scripted, "alarm_now", NONE).check()
    assert scripted.locator(f"#{first} .error:not(.clash)").inner_text() == ""
    go_on(scripted, "safety")
    assert (shown_parts(scripted), focused(scripted)) == (["safety"], second)
    assert scripted.locator(f"#{second} .error:not(.clash)").inner_text() != ""

    option(scripted, "alarm_today", NONE).check()
    go_on(scripted, "safety")
    assert shown_parts(scripted) == [PARTS[1]]
    assert not scripted.locator("fieldset.wrong").count()


def test_none_and_a_tick_exclude_each_other(scripted: Page):
    for question in SEVERAL:
        scripted.goto(f"/en/#q-{question.id}")
        first, second = list(question.options)[:2]
        for tick in (first, second):
            option(scripted, question.id, tick).check()
        assert chosen(scripted)[question.id] == (first, second)
        option(scripted, question.id, NONE).check()
        assert chosen(scripted)[question.id] == (NONE,)
        option(scripted, question.id, second).check()
        assert chosen(scripted)[question.id] == (second,)
        assert not scripted.locator(".clash:visible").count()


def test_without_the_script_the_page_says_that_they_exclude_each_other(browser: Browser, site: str):
    with watched(browser, site, java_script_enabled=False) as page:
        page.goto("/en/#q-conditions")
        option(page, "conditions", NONE).check()
        assert not page.locator(".clash:visible").count()
        option(page, "conditions", "crohn").check()
        assert page.locator("#q-conditions .clash").is_visible()


def test_the_title_says_where_one_is(scripted: Page):
    scripted.goto("/en/")
    begin = scripted.title()
    scripted.locator("#start a.next").click()
    for part in PARTS:
        scripted.wait_for_function("part => document.getElementById(part).offsetParent", arg=part)
        scripted.wait_for_function(
            "part => document.title.startsWith(document.querySelector(`#${part} h2`).textContent)", arg=part
        )
        fill_in(scripted, part, harmless())
        go_on(scripted, part)
    scripted.locator("#result").wait_for()
    assert scripted.locator("#result h2").first.inner_text() not in scripted.title()
    assert scripted.title().endswith(begin)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_enter_in_a_field_goes_on_and_loses_nothing(browser: Browser, site: str, script: bool):
    with watched(browser, site, java_script_enabled=script) as page:
        start(page)
        fill_in(page, "safety", harmless())
        page.locator("#safety :checked").last.focus()
        before = chosen(page)
        if script:
            page.keyboard.press("Enter")
        else:
            with page.expect_navigation():
                page.keyboard.press("Enter")
        assert page.locator("html").get_attribute("lang") == "en"
        assert shown_parts(page) == [PARTS[1] if script else "result"]
        assert chosen(page) == before


def test_whoever_wants_less_motion_gets_none(browser: Browser, site: str):
    moving = """() => [...document.querySelectorAll('*')].flatMap((one) => {
      const style = getComputedStyle(one);
      return [style.transitionDuration, style.animationDuration, style.scrollBehavior];
    })"""
    with watched(browser, site, reduced_motion="reduce") as page:
        for address in ("/en/", "/en/at/example/", "/en/embed/example/", "/en/clinics"):
            page.goto(address)
            assert set(page.evaluate(moving)) <= {"0s", "auto"}, address
        jump_to_result(page, harmless())
        assert set(page.evaluate(moving)) <= {"0s", "auto"}
