"""What a screen reader is told, read from the accessibility tree that Chromium hands to it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.answers import QUESTIONNAIRE
from tests.browser.states import ALARMS, OUTCOMES, State, every_state, the_check
from tests.browser.walking import PARTS, go_on, jump_to_result, option
from tests.conftest import make_app
from tests.evidence import Evidence
from tests.posting import WITH_MISTAKES, content_in, languages_of
from webapp.questionnaire.model import Question

OFFERED = languages_of(make_app())
READ_OUT = [lang for lang in ("en", "nl", "ar") if lang in OFFERED]

READ_WHOLE = ["en", "ar"]
"""Languages of each direction: every state is read in the first, and in the other where the words fill most."""

WIDTHS = (320, 1280)

LANDMARKS = ["banner", "navigation", "main", "contentinfo"]

UP_THE_PAGE = """() => {
  const found = [];
  let before = null;
  for (const one of document.querySelectorAll("main :is(h2, h3, p, legend, label, li, dt, dd, summary, button)")) {
    if (!one.checkVisibility() || one.closest(".call-now")) continue;
    const { top, bottom } = one.getBoundingClientRect();
    const text = one.textContent.trim().slice(0, 40);
    if (before && bottom < before.top - 1) found.push(`${text} stands above ${before.text}`);
    before = { top, text };
  }
  return found;
}"""


@dataclass(frozen=True)
class Spoken:
    """One thing that a screen reader can come to."""

    role: str
    name: str
    description: str
    within: tuple["Spoken", ...]

    def all(self, *roles: str) -> "list[Spoken]":
        """Return everything inside with one of these roles, in reading order."""
        inside = [spoken for child in self.within for spoken in (child, *child.all())]
        return [spoken for spoken in inside if not roles or spoken.role in roles]

    @property
    def words(self) -> str:
        return " ".join(spoken.name for spoken in self.all("StaticText"))


def read(page: Page) -> Spoken:
    """Return the page as its accessibility tree has it, without what is hidden from a screen reader."""
    session = page.context.new_cdp_session(page)
    nodes = {node["nodeId"]: node for node in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    return _spoken(next(iter(nodes.values())), nodes)[0]


def _spoken(node: Mapping[str, Any], nodes: Mapping[str, Mapping[str, Any]]) -> tuple[Spoken, ...]:
    children = (nodes[id] for id in node.get("childIds", []) if id in nodes)
    within = tuple(spoken for child in children for spoken in _spoken(child, nodes))
    if node["ignored"]:
        return within
    role, name, description = (node.get(key, {}).get("value", "") for key in ("role", "name", "description"))
    return (Spoken(role, " ".join(name.split()), " ".join(description.split()), within),)


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def groups(page: Page, lang: str, part: str) -> dict[str, Spoken]:
    """Return what is told of each question of the part that is open, by name."""
    found = [group for group in read(page).all("group") if group.all("checkbox", "radio")]
    return dict(zip((question.id for question in QUESTIONNAIRE.parts[part].questions), found, strict=True))


def spoken_words(*texts: str | None) -> str:
    return " ".join(" ".join(filter(None, texts)).split())


def check_options(question: Question, group: Spoken) -> None:
    assert group.name == spoken_words(question.ask, question.help)
    kind = "checkbox" if question.kind == "several" else "radio"
    named = [spoken.name for spoken in group.all("checkbox", "radio")]
    assert named == [spoken_words(option.label, option.detail) for option in question.options.values()]
    assert {spoken.role for spoken in group.all("checkbox", "radio")} == {kind}


@pytest.mark.parametrize("lang", READ_OUT)
def test_every_question_is_told_with_its_name_its_help_and_its_options(
    app: Flask, page: Page, evidence: Evidence, lang: str
):
    content = content_in(app, lang)
    for part in PARTS:
        page.goto(f"/{lang}/about")
        page.goto(f"/{lang}/#{part}")
        for id, group in groups(page, lang, part).items():
            question = content.questions[id]
            check_options(question, group)
            evidence.add("accessibility", "announced")


@pytest.mark.parametrize("lang", READ_OUT)
def test_each_part_is_named_by_its_number_and_title_and_each_why_by_its_question(app: Flask, page: Page, lang: str):
    content = content_in(app, lang)
    for part in PARTS:
        page.goto(f"/{lang}/about")
        page.goto(f"/{lang}/#{part}")
        (region,) = (spoken for spoken in read(page).all("region") if spoken.all("group"))
        assert page.locator(f"#{part} .where").inner_text() in region.name
        assert content.parts[part].title in region.name
        whys = [spoken.name for spoken in region.all("DisclosureTriangle")]
        asked = [content.questions[question.id].ask for question in QUESTIONNAIRE.parts[part].questions]
        assert [why.endswith(ask) for why, ask in zip(whys, asked, strict=True)] == [True] * len(asked)


@pytest.mark.parametrize("lang", READ_OUT)
def test_every_mistake_is_told_with_its_question(app: Flask, page: Page, evidence: Evidence, lang: str):
    content = content_in(app, lang)
    for part in PARTS:
        jump_to_result(page, WITH_MISTAKES["nothing answered"], lang)
        page.evaluate(f"location.hash = '{part}'")
        for id, group in groups(page, lang, part).items():
            question = content.questions[id]
            check_options(question, group)
            error = page.locator(f"#error-{id}").inner_text()
            assert error
            assert group.description == error
            evidence.add("accessibility", "announced")


def test_a_mistake_noticed_on_the_way_is_told_with_its_question_to_which_the_focus_goes(page: Page):
    for part in PARTS[:-1]:
        page.goto("/en/about")
        page.goto(f"/en/#{part}")
        go_on(page, part)
        assert all(group.description for group in groups(page, "en", part).values())
        assert page.evaluate("document.activeElement.id") == f"q-{QUESTIONNAIRE.parts[part].questions[0].id}"


@pytest.mark.parametrize(("question", "value"), ALARMS)
def test_a_card_is_told_as_soon_as_it_is_there(page: Page, question: str, value: str):
    page.goto("/en/about")
    page.goto("/en/#safety")
    assert not read(page).all("alert")
    option(page, question, value).check()
    (alert,) = read(page).all("alert")
    assert alert.all("heading", "link", "button")
    assert alert.all("heading")[0].name in alert.words


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_result_begins_with_its_heading_and_takes_the_focus(page: Page, outcome: str):
    jump_to_result(page, OUTCOMES[outcome])
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "result"
    result = next(spoken for spoken in read(page).all("region") if spoken.all("heading"))
    first = result.all("heading", "StaticText")[0]
    assert (first.role, first.name) == ("heading", result.name)


@dataclass(frozen=True)
class Reading:
    """A state as a screen reader comes to it."""

    state: State
    tree: Spoken
    misplaced: tuple[str, ...]
    """What stands above something that is read before it, on a narrow or on a wide screen."""


@pytest.fixture(scope="module")
def readings(app: Flask, page: Page, request: pytest.FixtureRequest) -> list[Reading]:
    """The states in a language, each opened once for all that is asked of it."""
    found, states = [], every_state(app, request.param)
    for state in states if request.param == READ_WHOLE[0] else the_check(states):
        state.open(page)
        misplaced = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            misplaced += [f"{one}, {width}" for one in page.evaluate(UP_THE_PAGE)]
        found.append(Reading(state, read(page), tuple(misplaced)))
    return found


@pytest.mark.parametrize("readings", READ_WHOLE, indirect=True)
def test_the_landmarks_stand_in_order_and_each_has_content(readings: list[Reading]):
    for reading in readings:
        found = reading.tree.all(*LANDMARKS)
        named = [spoken.role for spoken in found if spoken.all("StaticText")]
        needed = [role for role in LANDMARKS if role != "navigation"]
        assert [role for role in named if role in needed] == needed, reading.state
        assert all(spoken.name for spoken in found if spoken.role == "navigation"), reading.state
        assert reading.tree.all("heading"), reading.state


@pytest.mark.parametrize("readings", READ_WHOLE, indirect=True)
def test_what_is_read_first_stands_first(readings: list[Reading]):
    assert not [f"{reading.state}: {one}" for reading in readings for one in reading.misplaced]
