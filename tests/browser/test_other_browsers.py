"""Old browsers, no stylesheet, and a page that is opened anew."""

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.answers import QUESTIONNAIRE, harmless
from tests.browser.walking import PARTS, chosen, fill_in, shown_parts, start

STEPS = ["start", *PARTS]


def test_an_old_browser_shows_one_long_page(page: Page):
    # Without :has(), a browser passes over every rule that speaks of it, and so would it of a name nobody knows.
    def age(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace(":has(", ":never-heard-of("))

    page.route("**/style.css*", age)
    page.goto("/en/")
    assert shown_parts(page) == STEPS
    for part in PARTS:
        fill_in(page, part, harmless())
    with page.expect_navigation():
        page.locator(f"#{PARTS[-1]} > .actions .next").click()
    assert shown_parts(page) == ["result", *STEPS]
    assert chosen(page) == harmless()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_without_the_stylesheet_everything_is_there(browser: Browser, site: str, script: bool):
    context = browser.new_context(base_url=site, java_script_enabled=script)
    page = context.new_page()
    page.route("**/style.css*", lambda route: route.abort())
    page.goto("/en/")
    assert shown_parts(page) == STEPS
    assert page.locator("fieldset:visible").count() == len(QUESTIONNAIRE.questions)
    context.close()


def test_a_fresh_page_shows_nothing_of_an_earlier_check(page: Page):
    start(page)
    fill_in(page, "safety", harmless())
    page.reload()
    page.goto("/en/about")
    page.goto("/en/")
    assert chosen(page) == {}
