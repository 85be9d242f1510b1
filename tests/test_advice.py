"""What must be said to whom, whatever the score. Here the tests know ids of the content file: those of its dangers."""

import re

import pytest
from flask import Flask
from hypothesis import given

from tests.answers import QUESTIONNAIRE, Sent, harmless_but, possible, scored, urgency
from tests.conftest import ROOT, make_app
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, content_in, languages_of, post, result_of
from webapp.questionnaire import assess, load_numbers
from webapp.questionnaire.model import texts

PREGNANT_OR_YOUNG = {"pregnant": "yes", "age": "under_18"}

WARNINGS = [
    ("health", "kidney", "kidney"),
    ("alarm_today", "kidney_magnesium", "kidney"),
    ("health", "acid_tablets", "medicines"),
    ("health", "water_tablets", "medicines"),
]

KNOWN = [country for country in load_numbers() if country != "other"]

UNKNOWN = "JP"
"""A country of which no numbers are known."""

OF_SUICIDE = [("alarm_today", "dark_thoughts"), ("alarm_now", "suicide_danger")]

# A number before a unit of weight or amount, in the letters of every language that ships.
DOSE = re.compile(r"\d\s*(mg|mcg|µg|g|grams?|milli\w+|mmol|мг|ммоль|г|ملغ\w*|مجم|غرام)(?!\w)", re.IGNORECASE)


def folded(text: str) -> str:
    """Return a text with its white space as `text_of` gives it."""
    return " ".join(text.split())


def test_what_cannot_wait_is_asked_before_everything_else():
    first, *others = QUESTIONNAIRE.parts.values()
    assert any(option.calls for question in first.questions for option in question.options.values())
    for question in (question for part in others for question in part.questions):
        for option in question.options.values():
            assert not option.calls or not QUESTIONNAIRE.outcomes[option.calls].is_alarm, (question.id, option.id)


def test_the_start_says_whom_the_check_is_not_for_before_its_button(app: Flask, client: HouseClient):
    for lang in languages_of(app):
        start = by_id(parse(client.get(f"/{lang}/").text), "start")
        button = next(text_of(link) for link in start.iter("a") if "next" in (link.get("class") or ""))
        before, found, _ = text_of(start).partition(button)
        assert found and folded(content_in(app, lang).start.not_for) in before, lang


@pytest.mark.parametrize("outcome", QUESTIONNAIRE.outcomes)
def test_a_result_begins_with_what_to_do(app: Flask, client: HouseClient, outcome: str):
    result = result_of(post(client, A_PERSON_FOR[outcome]))
    first = next(element for element in result.iter() if element.tag in ("h2", "h3"))
    assert (first.tag, text_of(first)) == ("h2", folded(content_in(app).outcomes[outcome].title))


@pytest.mark.parametrize("outcome", [outcome.id for outcome in QUESTIONNAIRE.scored_outcomes])
def test_every_scored_result_says_when_to_get_help_sooner_and_what_to_know_of_pills(
    app: Flask, client: HouseClient, outcome: str
):
    for lang in languages_of(app):
        content = content_in(app, lang)
        result = text_of(result_of(post(client, A_PERSON_FOR[outcome], f"/{lang}/result")))
        for point in (*content.sooner.points.values(), *content.pills.points.values()):
            assert folded(point) in result, lang


@pytest.mark.parametrize(("question", "option"), PREGNANT_OR_YOUNG.items())
@given(answers=possible())
def test_nobody_who_is_pregnant_or_under_18_is_given_a_score(question: str, option: str, answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers | {question: (option,)})
    assert assessment.outcome not in QUESTIONNAIRE.scored_outcomes
    assert not assessment.is_scored and not assessment.sums


@pytest.mark.parametrize(("question", "option", "notice"), WARNINGS)
@given(answers=possible())
def test_an_illness_or_medicine_always_brings_its_warning(question: str, option: str, notice: str, answers: Sent):
    others = tuple(one for one in answers[question] if one != "none")
    assessment = assess(QUESTIONNAIRE, answers | {question: tuple({*others, option})})
    assert notice in [one.id for one in assessment.notices]


@given(answers=scored())
def test_symptoms_alone_never_lead_to_the_most_urgent_square(answers: Sent):
    symptoms = {id for id, question in QUESTIONNAIRE.questions.items() if question.score == QUESTIONNAIRE.grid.rows}
    alone = harmless_but(**{id: options for id, options in answers.items() if id in symptoms})
    rank = urgency()
    most_urgent = max((outcome.id for outcome in QUESTIONNAIRE.scored_outcomes), key=rank.__getitem__)
    assert rank[assess(QUESTIONNAIRE, alone).outcome.id] < rank[most_urgent]


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> HouseClient:
    """A client of an app with a clinic in each country."""
    file = tmp_path_factory.mktemp("clinics") / "clinics.toml"
    clinics = (
        f'[{road(country)}]\nname = "Clinic"\ncountry = "{country}"\norigins = ["https://{road(country)}.example"]\n'
        for country in (*KNOWN, UNKNOWN)
    )
    file.write_text("\n".join(clinics), encoding="utf-8")
    client: HouseClient = make_app(CLINICS=file).test_client()
    return client


def road(country: str) -> str:
    return f"in-{country.lower()}"


@pytest.mark.parametrize(("question", "option"), OF_SUICIDE)
def test_thoughts_of_suicide_show_the_crisis_line_of_every_country(everywhere: HouseClient, question: str, option: str):
    """Of a country in English, and in each language that has a line of its own there; of others in every language."""
    find = everywhere.application.extensions["editions"].find
    for country in (*KNOWN, UNKNOWN):
        of_english = find("en", road(country), "at").numbers
        every = languages_of(everywhere.application)
        for lang in every if country == UNKNOWN else ("en", *of_english.crisis_by_language):
            response = post(everywhere, harmless_but(**{question: option}), f"/{lang}/at/{road(country)}/result")
            numbers = find(lang, road(country), "at").numbers
            words = text_of(result_of(response))
            assert all(number in words for number in (numbers.emergency[0], *numbers.crisis_in(lang))), (country, lang)
            if not numbers.crisis_in(lang):
                assert numbers.crisis_words and folded(numbers.crisis_words) in words, (country, lang)
    assert numbers.country not in KNOWN


@pytest.mark.parametrize(("question", "option"), OF_SUICIDE)
def test_the_crisis_line_stands_at_the_tick_already(everywhere: HouseClient, question: str, option: str):
    for country in KNOWN:
        for lang in ("en", "nl"):
            page = parse(everywhere.get(f"/{lang}/at/{road(country)}/").text)
            numbers = everywhere.application.extensions["editions"].find(lang, road(country), "at").numbers
            below = list(by_id(page, f"q-{question}").iter())
            ticked = next(one for one in below if (one.get("name"), one.get("value")) == (question, option))
            card = next(one for one in below[below.index(ticked) :] if "call-now" in (one.get("class") or ""))
            assert all(number in text_of(card) for number in numbers.crisis_in(lang)), (country, lang)


def test_no_text_names_a_dose(app: Flask):
    assert DOSE.search("Take 300 mg a day.")
    for lang in languages_of(app):
        for text in texts(content_in(app, lang)):
            assert not DOSE.search(text), (lang, text)


def test_no_text_of_the_pages_names_a_dose():
    for template in (ROOT / "webapp" / "templates").glob("*.html"):
        assert not DOSE.search(template.read_text(encoding="utf-8")), template.name
