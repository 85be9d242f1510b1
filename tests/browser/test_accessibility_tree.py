"""What a screen reader is told, read from the accessibility tree that Chromium hands to it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.answers import QUESTIONNAIRE
from tests.browser.spoken import Spoken, read
from tests.browser.states import ALARMS, OUTCOMES
from tests.browser.walking import PARTS, go_on, jump_to_result, option
from tests.conftest import make_app
from tests.evidence import Evidence
from tests.posting import WITH_MISTAKES, content_in, languages_of
from webapp.questionnaire.model import Question

OFFERED = languages_of(make_app())
READ_OUT = [lang for lang in ("en", "nl", "ar") if lang in OFFERED]


@pytest.fixture(scope="module")
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def groups(page: Page, lang: str, part: str) -> dict[str, Spoken]:
    """Return what is told of each question of the part that is open, by name."""
    found = [group for group in read(page).all("group") if group.all("checkbox", "radio")]
    return dict(zip((question.id for question in QUESTIONNAIRE.parts[part].questions), found, strict=True))


def parts_shown(page: Page, lang: str) -> Iterator[str]:
    """Open the check anew and go from part to part."""
    page.goto(f"/{lang}/about")
    for part in PARTS:
        page.goto(f"/{lang}/#{part}")
        page.locator(f"#{part}").wait_for()
        yield part


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
    for part in parts_shown(page, lang):
        for id, group in groups(page, lang, part).items():
            question = content.questions[id]
            check_options(question, group)
            evidence.add("accessibility", "announced")


@pytest.mark.parametrize("lang", READ_OUT)
def test_each_part_is_named_by_its_number_and_title_and_each_why_by_its_question(app: Flask, page: Page, lang: str):
    content = content_in(app, lang)
    for part in parts_shown(page, lang):
        (region,) = (spoken for spoken in read(page).all("region") if spoken.all("group"))
        assert page.locator(f"#{part} .where").inner_text() in region.name
        assert content.parts[part].title in region.name
        whys = [spoken.name for spoken in region.all("DisclosureTriangle")]
        asked = [content.questions[question.id].ask for question in QUESTIONNAIRE.parts[part].questions]
        assert [why.endswith(ask) for why, ask in zip(whys, asked, strict=True)] == [True] * len(asked)


@pytest.mark.parametrize("lang", READ_OUT)
def test_every_mistake_is_told_with_its_question(app: Flask, page: Page, evidence: Evidence, lang: str):
    content = content_in(app, lang)
    jump_to_result(page, WITH_MISTAKES["nothing answered"], lang)
    for part in PARTS:
        page.evaluate("part => { location.hash = part }", part)
        page.locator(f"#{part}").wait_for()
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
