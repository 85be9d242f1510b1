"""Other languages in a real browser: whole journeys, right-to-left too. layout.py looks for text out of its box."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.browser.states import unfold
from tests.browser.walking import PARTS, chosen, fill_in, go_on, jump_to_result, option, shown_parts
from tests.posting import A_PERSON_FOR


@pytest.mark.parametrize("lang", ["ar", "tr"])
def test_a_whole_journey_in_another_language(app: Flask, page: Page, lang: str):
    answers = A_PERSON_FOR["raised"]
    page.goto(f"/{lang}/")
    page.locator("#start a.next").click()
    for part in PARTS:
        assert shown_parts(page) == [part]
        fill_in(page, part, answers)
        go_on(page, part)
    result = page.locator("#result")
    result.wait_for()
    assert result.get_attribute("data-outcome") == "raised"
    edition = app.extensions["editions"].find(lang, None, "site")
    assert edition.questionnaire.outcomes["raised"].title in result.inner_text()
    assert page.locator("html").get_attribute("dir") == edition.language.direction
    result.locator("details", has=page.locator(".reasons")).locator("summary").click()
    page.locator('#result .reasons a[href="#q-weakness"]').click()
    option(page, "weakness", "sometimes").check()
    go_on(page, PARTS[-1])
    page.wait_for_url("**#result")
    assert chosen(page)["weakness"] == ("sometimes",)


def test_the_page_is_mirrored_where_the_language_runs_from_right_to_left(browser: Browser, site: str):
    with watched(browser, site, viewport={"width": 800, "height": 900}) as page:
        page.goto("/ar/#you")
        page.reload()
        box, label = (page.locator(place).first.bounding_box() for place in ("#q-age input", "#q-age span"))
        assert box and label and box["x"] > label["x"]
        jump_to_result(page, A_PERSON_FOR["raised"], "ar")
        unfold(page)
        row = page.locator("#result .grid tbody tr").first.locator("td")
        few, many = row.first.bounding_box(), row.last.bounding_box()
        assert few and many and few["x"] > many["x"]
