"""What is chosen, has the focus or was reached can be told in every scheme, forced colours too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from tests.answers import QUESTIONNAIRE
from tests.browser.contrast import SCHEMES
from tests.browser.walking import PARTS, jump_to_result, option
from tests.posting import A_PERSON_FOR

SQUARES = sum(len(row) for row in QUESTIONNAIRE.grid.outcomes.values())

EDGES_OF_SQUARES = """[".reached", ":not(.reached)"].flatMap((which) =>
  [...document.querySelectorAll(`.grid td[class]${which}`)].map((one) => getComputedStyle(one).border))"""


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def picture(place: Locator, around: int = 8) -> bytes:
    """Return a picture of a place and of a little around it, where a ring could be, in CSS pixels."""
    box = place.bounding_box()
    assert box
    clip = {"x": box["x"] - around, "y": box["y"] - around}
    return place.page.screenshot(
        clip={**clip, "width": box["width"] + 2 * around, "height": box["height"] + 2 * around}
    )


def test_the_square_that_was_reached_has_an_edge_like_no_other(page: Page):
    for outcome in (outcome.id for outcome in QUESTIONNAIRE.scored_outcomes):
        jump_to_result(page, A_PERSON_FOR[outcome])
        for wishes in SCHEMES.values():
            page.emulate_media(**wishes)
            reached, *others = page.evaluate(EDGES_OF_SQUARES)
            assert len(others) == SQUARES - 1
            assert reached not in others


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_option_shows_whether_it_is_chosen_and_whether_it_has_the_focus(page: Page, scheme: str):
    page.emulate_media(**SCHEMES[scheme])
    page.goto("/en/about")
    page.goto("/en/#you")
    label = option(page, "age", "65_plus").locator("xpath=..")
    pictures = [picture(label)]
    option(page, "age", "65_plus").check()
    page.locator("h2:visible").click()
    pictures.append(picture(label))
    page.keyboard.press("Tab")
    option(page, "age", "65_plus").focus()
    ring = page.evaluate("getComputedStyle(document.activeElement.closest('label')).outlineWidth")
    assert ring == "3px"
    pictures.append(picture(label))
    assert len(set(pictures)) == 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_bar_shows_how_far_one_has_come(page: Page, scheme: str):
    page.emulate_media(**SCHEMES[scheme])
    pictures = []
    for part in PARTS:
        page.goto("/en/about")
        page.goto(f"/en/#{part}")
        pictures.append(picture(page.locator(f"#{part} > progress"), around=0))
    assert len(set(pictures)) == len(PARTS)
