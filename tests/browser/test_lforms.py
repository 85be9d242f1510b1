"""LHC-Forms, a form program of other people's making, shows the FHIR Questionnaire and comes to the same result."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from tests.answers import QUESTIONNAIRE, Sent, harmless
from tests.browser.conftest import PATIENCE
from tests.conftest import ROOT, make_app, need
from tests.fhir import answer_sets
from tests.house import parse
from tests.posting import A_PERSON_FOR, chosen_in, content_in, languages_of, taken_over
from webapp.fhir import SYSTEM
from webapp.questionnaire import assess

pytestmark = pytest.mark.browser

CALLED = [one.id for one in QUESTIONNAIRE.called_in(QUESTIONNAIRE.questions.values())]
ORIGIN = "http://lforms.test/"
SCRIPTS = ("webcomponent/assets/lib/zone.min.js", "webcomponent/lhc-forms.js", "fhir/R4/lformsFHIR.min.js")
# Without the character set, the tables of its FHIRPath parser arrive garbled.
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>LHC-Forms</title></head>'
    '<body><div id="form"></div>' + "".join(f'<script src="/{script}"></script>' for script in SCRIPTS)
)
SHOW = "questionnaire => LForms.Util.addFormToPage(questionnaire, 'form', {fhirVersion: 'R4'})"
CLICK = "ids => ids.forEach(id => document.getElementById(id).querySelector('input').click())"
RESPONSE = "() => LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')"
# A sum that is not shown is not on the page.
SETTLED = "([id, value]) => (document.getElementById(id)?.value ?? '') === value"


@pytest.fixture(scope="module")
def lforms(browser: Browser) -> Iterator[Page]:
    """A page with LHC-Forms on it; it gets its files from node_modules and nothing from anywhere else."""
    folder = Path(need(ROOT / "node_modules" / "lforms" / "dist" / "lforms", "LHC-Forms", "npm install"))

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if not path:
            route.fulfill(body=PAGE, content_type="text/html")
        elif (folder / path).is_file():
            route.fulfill(path=folder / path)
        else:
            route.fulfill(status=404)

    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    context.route("**/*", serve)
    page = context.new_page()
    page.goto(ORIGIN)
    yield page
    context.close()


def show(page: Page, app: Flask, lang: str) -> None:
    """Show the Questionnaire of a language, empty."""
    questionnaire = app.test_client().get(f"/{lang}/questionnaire.json").json
    page.evaluate("() => document.getElementById('form').replaceChildren()")
    page.evaluate(SHOW, questionnaire)
    page.get_by_text(content_in(app, lang).questions["stress"].ask).wait_for()


def answer(page: Page, answers: Sent) -> None:
    """Click each answer."""
    ids = [f"{id}/1/1|{SYSTEM}|{id}.{option}" for id, options in answers.items() for option in options]
    page.evaluate(CLICK, ids)


@pytest.mark.parametrize("lang", languages_of(make_app()))
def test_every_question_and_every_answer_is_shown(lforms: Page, app: Flask, lang: str):
    show(lforms, app, lang)
    seen = plain(lforms.locator("#form").inner_text())
    questionnaire = content_in(app, lang)
    assert questionnaire.title in seen
    for question in questionnaire.questions.values():
        assert plain(question.ask) in seen and plain(question.help) in seen
        assert all(plain(option.detail) in seen for option in question.options.values())
        own = f"[id^='{question.id}/1/1|']"
        shown = [text.strip() for text in lforms.locator(own).all_inner_texts()]
        # LHC-Forms writes the points behind each answer.
        assert shown == [plain(f"{option.label} - {option.points}") for option in question.options.values()]


def plain(words: str | None) -> str:
    """Return a text as it stands in FHIR, where all spaces are plain ones."""
    return re.sub(r"\s", " ", words or "")


@pytest.mark.parametrize("answers", answer_sets(QUESTIONNAIRE, 12, calm=True), ids=str)
def test_it_computes_the_same_sums_and_outcome(lforms: Page, app: Flask, answers: Sent):
    questionnaire = content_in(app, "en")
    expected = assess(questionnaire, answers)
    show(lforms, app, "en")
    answer(lforms, answers)
    for score, own in expected.sums.items():
        lforms.wait_for_function(SETTLED, arg=[f"{score}/1", str(own.points)])
    lforms.wait_for_function(SETTLED, arg=["outcome/1", expected.outcome.name])
    lforms.get_by_text(expected.outcome.title).first.wait_for()


def test_a_result_that_is_no_longer_true_is_emptied(lforms: Page, app: Flask):
    questionnaire = content_in(app, "en")
    show(lforms, app, "en")
    answer(lforms, harmless())
    lforms.wait_for_function(SETTLED, arg=["outcome/1", assess(questionnaire, harmless()).outcome.name])
    answer(lforms, {"alarm_now": ("seizure",)})
    lforms.wait_for_function(SETTLED, arg=["outcome/1", next(iter(questionnaire.outcomes.values())).name])
    for score in questionnaire.scores:
        lforms.wait_for_function(SETTLED, arg=[f"{score}/1", ""])


@pytest.mark.parametrize("outcome", CALLED)
def test_an_alarm_shows_its_advice_at_once_and_no_sums(lforms: Page, app: Flask, outcome: str):
    questionnaire = content_in(app, "en")
    show(lforms, app, "en")
    answer(lforms, A_PERSON_FOR[outcome])
    lforms.wait_for_function(SETTLED, arg=["outcome/1", questionnaire.outcomes[outcome].name])
    lforms.get_by_text(questionnaire.outcomes[outcome].title).first.wait_for()
    assert [lforms.locator(f"[id='{score}/1']").count() for score in questionnaire.scores] == [0, 0]


def test_a_single_alarm_is_enough(lforms: Page, app: Flask):
    show(lforms, app, "en")
    answer(lforms, {"alarm_now": ("suicide_danger",)})
    questionnaire = content_in(app, "en")
    lforms.wait_for_function(SETTLED, arg=["outcome/1", questionnaire.outcomes["emergency"].name])
    lforms.get_by_text(questionnaire.notices["crisis"].text).first.wait_for()


def test_what_it_saves_can_be_opened_here(lforms: Page, app: Flask):
    show(lforms, app, "en")
    answers = harmless() | {"health": ("alcohol", "kidney"), "trembling": ("often",)}
    answer(lforms, answers)
    for score, own in assess(content_in(app, "en"), answers).sums.items():
        lforms.wait_for_function(SETTLED, arg=[f"{score}/1", str(own.points)])
    saved: dict[str, Any] = lforms.evaluate(RESPONSE)
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%b\r\n--x--\r\n'
    page = app.test_client().post(
        "/en/", data=body % json.dumps(saved).encode(), content_type="multipart/form-data; boundary=x"
    )
    assert chosen_in(parse(page.text)) == taken_over(answers)
