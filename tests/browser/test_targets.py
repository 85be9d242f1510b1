"""Whatever is there to be pressed is large enough for an unsteady hand, or far enough from its neighbours."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.browser.states import every_state, the_check, unfold
from tests.conftest import make_app
from tests.posting import languages_of

OFFERED = languages_of(make_app())

LEAST = 24
"""CSS pixels both ways, by WCAG 2.2, criterion 2.5.8."""

OUR_OWN = {".options label, button, .button, .phone": 44, "summary, .tick": 24}
"""Our own aim for how high the things are that lead through the check, in CSS pixels."""

TOO_SMALL = """(least) => {
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip");
  const name = (one) => `${one.localName} ${one.textContent.trim().slice(0, 40)}`;
  // A link within a line of other words may be as high as the line.
  const isInASentence = (one) => getComputedStyle(one).display === "inline"
    && one.parentElement.textContent.trim().length > one.textContent.trim().length;
  const inputs = "input:not(label input), label:has(input)";
  const pressed = document.querySelectorAll(`a[href], button, summary, select, ${inputs}`);
  const targets = [...pressed].filter(isSeen).map((one) => ({ one, box: one.getBoundingClientRect() }));
  const isSmall = ({ box }) => box.width < least - .1 || box.height < least - .1;
  const middle = ({ left, right, top, bottom }) => [(left + right) / 2, (top + bottom) / 2];
  const isNear = ([x, y], { left, right, top, bottom }, reach) =>
    Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)) < reach;
  const hasRoom = (small) => targets.every((other) => other.one === small.one
    || !isNear(middle(small.box), other.box, least / 2)
    && !(isSmall(other) && Math.hypot(...middle(small.box).map((at, i) => at - middle(other.box)[i])) < least));
  const small = targets.filter((target) => isSmall(target) && !isInASentence(target.one) && !hasRoom(target));
  return { count: targets.length, small: small.map(({ one, box }) => `${name(one)}: ${box.width} × ${box.height}`) };
}"""

LOW = """([chosen, least]) => [...document.querySelectorAll(chosen)]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least - .1)
  .map((one) => `${one.textContent.trim().slice(0, 40)}: ${one.getBoundingClientRect().height}`)"""


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("mount", "lang"), [("site", OFFERED[0]), ("site", OFFERED[-1]), ("at", "en"), ("embed", "en")]
)
def test_every_target_is_large_enough_or_has_room_around_it(app: Flask, page: Page, mount: str, lang: str):
    found = []
    states = every_state(app, lang, mount)
    for state in states if (mount, lang) == ("site", OFFERED[0]) else the_check(states):
        state.open(page)
        unfold(page)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            looked_at = page.evaluate(TOO_SMALL, LEAST)
            assert looked_at["count"] > 3
            found += [f"{state}, {width}: {one}" for one in looked_at["small"]]
            for chosen, least in OUR_OWN.items():
                found += [f"{state}, {width}: {one}" for one in page.evaluate(LOW, [chosen, least])]
    assert found == []


def test_targets_that_are_too_small_and_too_close_are_found(page: Page):
    page.goto("/en/about")
    page.evaluate(
        "for (const link of document.querySelectorAll('.links, .links a'))"
        " link.style = 'display: block; width: 9px; padding: 0; font: 9px/1 serif; white-space: pre'"
    )
    assert len(page.evaluate(TOO_SMALL, LEAST)["small"]) > 2
