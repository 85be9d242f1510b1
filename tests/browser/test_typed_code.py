"""A person types the code of an earlier check on the start page, with JavaScript and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.answers import harmless_but
from tests.browser.conftest import watched
from tests.browser.walking import chosen, jump_to_result, option, shown_parts, unfold_result
from tests.posting import taken_over

ANSWERS = harmless_but(trembling="often", stress="often")

FIELD = "[name=code]"


@pytest.fixture(scope="module")
def code(browser: Browser, site: str) -> Iterator[str]:
    with watched(browser, site) as page:
        jump_to_result(page, ANSWERS)
        unfold_result(page)
        yield page.locator("#code code").inner_text()


def type_code(page: Page, code: str) -> None:
    page.locator(f"#start details:has({FIELD}) > summary").click()
    page.locator(f"#start {FIELD}").fill(code)
    with page.expect_navigation():
        page.locator(f"#start {FIELD}").press("Enter")


def test_enter_in_the_field_opens_the_earlier_check(page: Page, code: str):
    page.goto("/en/")
    type_code(page, code)
    assert code not in page.url
    assert (shown_parts(page), chosen(page)) == (["file"], taken_over(ANSWERS))


def test_a_wrong_code_loses_no_answer_and_can_be_mended(scripted: Page, code: str):
    scripted.goto("/en/#you")
    option(scripted, "stress", "often").check()
    scripted.goto("/en/#start")
    type_code(scripted, code[:-1])
    assert (shown_parts(scripted), chosen(scripted)) == (["file"], {"stress": ("often",)})
    assert scripted.locator(f"#file {FIELD}").input_value() == code[:-1]
    with scripted.expect_navigation():
        scripted.locator(f"#file {FIELD}").fill(code)
        scripted.locator(f"#file {FIELD}").press("Enter")
    assert chosen(scripted) == taken_over(ANSWERS)
