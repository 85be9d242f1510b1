"""Old browsers, no stylesheet, and a browser that keeps the page behind the result."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, Route

from tests.answers import QUESTIONNAIRE, harmless
from tests.browser.conftest import FLAGS, wait_until, watched
from tests.browser.walking import PARTS, chosen, fill_in, shown_parts, start, walk_through

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


@pytest.fixture(scope="module")
def keeping(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Chromium as people have it: it keeps a page as it was for the way back, which Playwright switches off."""
    usual = ["--disable-back-forward-cache"]
    browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS, ignore_default_args=usual)
    yield browser
    browser.close()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_back_from_the_result_leads_to_the_answers(keeping: Browser, site: str, script: bool):
    with watched(keeping, site, java_script_enabled=script) as page:
        walk_through(page, harmless())
        page.evaluate("history.back()")
        page.wait_for_url(f"**/en/#{PARTS[-1]}", wait_until="commit")
        wait_until(page, lambda: shown_parts(page) == [PARTS[-1]])
        assert chosen(page) == harmless()


def test_a_fresh_page_shows_nothing_of_an_earlier_check(page: Page):
    start(page)
    fill_in(page, "safety", harmless())
    page.reload()
    page.goto("/en/about")
    page.goto("/en/")
    assert chosen(page) == {}
