"""What colours say is there for everybody: in light, in dark, and in the colours that a reader forces on every page."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page

from tests.answers import QUESTIONNAIRE
from tests.browser.contrast import COLOURS, SCHEMES, too_close
from tests.browser.states import OUTCOMES, State, every_state, unfold
from tests.browser.walking import PARTS, jump_to_result, option
from tests.posting import A_PERSON_FOR

LEAST_FOR_TEXT = 4.5
LEAST_FOR_LINES = 3

FORCED = [scheme for scheme in SCHEMES if scheme.startswith("forced")]

TEXTS = """
return [...document.querySelectorAll("body *:not(svg *)")]
  .filter((one) => isSeen(one) && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .map((one) => [one.textContent.trim().slice(0, 40), hex(getComputedStyle(one).color), backdrop(one)]);
"""

EDGES = """
return [...document.querySelectorAll(".options label, button, .button")].filter(isSeen)
  .filter((one) => parseFloat(getComputedStyle(one).borderTopWidth) && !isClear(getComputedStyle(one).borderTopColor))
  .map((one) => [one.textContent.trim().slice(0, 40), hex(getComputedStyle(one).borderTopColor),
    backdrop(one.parentElement)]);
"""

SQUARES = sum(len(row) for row in QUESTIONNAIRE.grid.outcomes.values())

EDGES_OF_SQUARES = """[".reached", ":not(.reached)"].flatMap((which) =>
  [...document.querySelectorAll(`.grid td[class]${which}`)].map((one) => getComputedStyle(one).border))"""

WITHOUT_EDGE = f"""() => {{ {COLOURS}
const hasEdge = (one) => {{
  const style = getComputedStyle(one);
  const edges = ["Top", "Right", "Bottom", "Left"].filter((side) => parseFloat(style[`border${{side}}Width`]) >= 1);
  // What lies over other things needs an edge all around.
  return style.outlineStyle !== "none" || edges.length >= (style.position === "static" ? 1 : 4);
}};
const filled = window.filled || [...document.querySelectorAll("main *:not(svg *)")].filter((one) => isSeen(one)
  && !isClear(getComputedStyle(one).backgroundColor) && backdrop(one) !== backdrop(one.parentElement));
window.filled = filled;
return filled.filter((one) => !hasEdge(one)).map((one) => one.outerHTML.slice(0, 80));
}}"""


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def states(app: Flask) -> list[State]:
    return list(every_state(app, "en"))


def picture(place: Locator, around: int = 8) -> bytes:
    """Return a picture of a place and of a little around it, where a ring could be, in CSS pixels."""
    box = place.bounding_box()
    assert box
    clip = {"x": box["x"] - around, "y": box["y"] - around}
    return place.page.screenshot(
        clip={**clip, "width": box["width"] + 2 * around, "height": box["height"] + 2 * around}
    )


@pytest.fixture(scope="module")
def in_forced_colours(page: Page, states: list[State]) -> tuple[list[str], list[str]]:
    """Each state, opened once: the texts that cannot be read, and what stands out by its ground but has no edge."""
    faint, edgeless = [], []
    for state in states:
        page.emulate_media(**SCHEMES["light"])
        state.open(page)
        unfold(page)
        page.evaluate(WITHOUT_EDGE)
        for scheme in FORCED:
            page.emulate_media(**SCHEMES[scheme])
            faint += [f"{state}, {scheme}: {one}" for one in too_close(page, TEXTS, LEAST_FOR_TEXT)]
        edgeless += [f"{state}: {one}" for one in page.evaluate(WITHOUT_EDGE)]
    return faint, edgeless


def test_every_text_can_be_read_in_forced_colours(in_forced_colours: tuple[list[str], list[str]]):
    assert in_forced_colours[0] == []


def test_what_stands_out_by_its_ground_alone_has_an_edge_in_forced_colours(
    in_forced_colours: tuple[list[str], list[str]],
):
    assert in_forced_colours[1] == []


def test_the_square_that_was_reached_has_an_edge_like_no_other(page: Page):
    for outcome in (outcome.id for outcome in QUESTIONNAIRE.scored_outcomes):
        jump_to_result(page, A_PERSON_FOR[outcome])
        for wishes in SCHEMES.values():
            page.emulate_media(**wishes)
            reached, *others = page.evaluate(EDGES_OF_SQUARES)
            assert len(others) == SQUARES - 1
            assert reached not in others


def test_the_edges_of_options_and_buttons_can_be_seen(page: Page, states: list[State]):
    found = []
    for state in states:
        if state.name in (*PARTS, *OUTCOMES):
            state.open(page)
            for scheme, wishes in SCHEMES.items():
                page.emulate_media(**wishes)
                found += [f"{state}, {scheme}: {one}" for one in too_close(page, EDGES, LEAST_FOR_LINES)]
    assert found == []


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
