"""Every language in a real browser: whole journeys, right-to-left too, and no text that runs out of its box."""

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.conftest import watched
from tests.browser.walking import PARTS, chosen, fill_in, go_on, jump_to_result, shown_parts
from tests.posting import A_PERSON_FOR, languages_of

OUT_OF_A_SQUARE = """() => {
    const found = []
    const squares = [...document.querySelectorAll('#result .grid rect')].map(one => one.getBoundingClientRect())
    for (const text of document.querySelectorAll('#result .grid text:not(.axis)')) {
        const box = text.getBoundingClientRect()
        const middle = box.left + box.width / 2
        const own = squares.find(square => square.left < middle && middle < square.right
            && square.top < box.top && box.bottom < square.bottom)
        const room = document.querySelector('#result .grid').getBoundingClientRect()
        const [left, right] = own ? [own.left, own.right] : [room.left, room.right]
        if (box.left < left - 1 || box.right > right + 1) found.push(text.textContent)
    }
    return found
}"""

OVER_ANOTHER = """() => {
    const texts = [...document.querySelectorAll('#result .grid text')]
    const boxes = texts.map(one => [one.textContent, one.getBoundingClientRect()])
    const found = []
    for (const [one, a] of boxes)
        for (const [other, b] of boxes)
            if (a.left < b.left && a.right > b.left + 1 && Math.abs(a.top - b.top) < 4) found.push([one, other])
    return found
}"""


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
    page.locator('#result .reasons a[href="#q-weakness"]').click()
    page.locator('[name="weakness"][value="sometimes"]').check()
    with page.expect_navigation():
        go_on(page, PARTS[-1])
    assert chosen(page)["weakness"] == ("sometimes",)


def test_the_page_is_mirrored_where_the_language_runs_from_right_to_left(browser: Browser, site: str):
    with watched(browser, site, viewport={"width": 800, "height": 900}) as page:
        page.goto("/ar/#you")
        page.reload()
        box, label = (page.locator(place).first.bounding_box() for place in ("#q-age input", "#q-age span"))
        assert box and label and box["x"] > label["x"]
        jump_to_result(page, A_PERSON_FOR["raised"], "ar")
        few, many = (
            page.locator(f"#result .grid rect.{outcome}").first.bounding_box() for outcome in ("few", "raised")
        )
        assert few and many and few["x"] > many["x"]


def test_no_text_of_the_grid_runs_out_of_its_square_in_any_language(app: Flask, browser: Browser, site: str):
    # test_zoom.py looks at every other box, in every state and language.
    found = {}
    with watched(browser, site, viewport={"width": 320, "height": 700}) as page:
        for lang in languages_of(app):
            jump_to_result(page, A_PERSON_FOR["raised"], lang)
            found[lang] = page.evaluate(OUT_OF_A_SQUARE) + page.evaluate(OVER_ANOTHER)
    assert not {lang: texts for lang, texts in found.items() if texts}
