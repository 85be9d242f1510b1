"""Posting answers: the result is that of the rules, what is wrong is named, and nothing that was chosen is lost."""

import pytest
from flask import Flask

from tests.answers import QUESTIONNAIRE, VIGNETTE_LIST, harmless, harmless_but
from tests.cases import Vignette
from tests.house import HouseClient, by_id, parse, text_of
from tests.posting import A_PERSON_FOR, WITH_MISTAKES, chosen_in, content_in, languages_of, post, result_of, sums_of
from webapp.questionnaire import problems_in
from webapp.questionnaire.model import NONE

SEVERAL = [question.id for question in QUESTIONNAIRE.questions.values() if question.kind == "several"]
SCORED = {outcome.id for outcome in QUESTIONNAIRE.scored_outcomes}

in_each_part = pytest.mark.parametrize(
    "question", [part.questions[-1].id for part in QUESTIONNAIRE.parts.values()], ids=str
)


# ── Results ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("vignette", VIGNETTE_LIST, ids=lambda vignette: vignette.name)
def test_the_page_says_what_the_clinician_wrote_down(client: HouseClient, vignette: Vignette):
    response = post(client, vignette.answers)
    result = result_of(response)
    assert response.status_code == 200
    assert result.get("data-outcome") == vignette.outcome
    assert sums_of(result) == vignette.sums, f"the sums are {sums_of(result)}"
    assert chosen_in(parse(response.text)) == {name: tuple(own) for name, own in vignette.answers.items()}


@pytest.mark.parametrize("outcome", A_PERSON_FOR)
def test_a_score_is_shown_only_where_it_decides(client: HouseClient, outcome: str):
    page = parse(post(client, A_PERSON_FOR[outcome]).text)
    classes = {name for element in page.iter() for name in (element.get("class") or "").split()}
    sums = [element for element in page.iter() if sums_of(element)]
    if outcome in SCORED:
        assert "grid" in classes and len(sums) == 1
    else:
        assert not {"points", "grid", "squares"} & classes and sums == []
        for score in QUESTIONNAIRE.scores.values():
            assert f"{score.name}:" not in text_of(page)


@pytest.mark.parametrize("outcome", A_PERSON_FOR)
def test_every_result_ends_with_the_advice_to_see_a_doctor(app: Flask, client: HouseClient, outcome: str):
    for lang in languages_of(app):
        advice = content_in(app, lang).outcomes[outcome].doctor
        result = result_of(post(client, A_PERSON_FOR[outcome], f"/{lang}/result"))
        texts = [
            text_of(element)
            for element in result.iter()
            if element.tag in ("p", "li", "dd", "h2", "h3") and element.get("class") != "phones" and text_of(element)
        ]
        assert texts[-1] == " ".join(advice.split()), lang


def test_the_order_of_ticks_and_unknown_fields_do_not_matter(client: HouseClient):
    answers = harmless_but(conditions=("coeliac", "crohn"), health=("alcohol", "diabetes"))
    shuffled = {name: tuple(reversed(options)) for name, options in reversed(answers.items())}
    first, second = post(client, answers), post(client, shuffled | {"nonsense": ("1",), "outcome": ("few",)})
    assert first.status_code == second.status_code == 200
    assert sums_of(result_of(first)) == sums_of(result_of(second))


# ── What is wrong ────────────────────────────────────────────────────────────────────────────────────────


def wrong_questions(client: HouseClient, answers: dict[str, tuple[str, ...]]) -> list[str]:
    """Post answers with mistakes; return the questions that the list leads to, in its order."""
    response = post(client, answers)
    page = parse(response.text)
    result = by_id(page, "result")
    assert response.status_code == 422
    assert result.get("data-outcome") is None
    assert sums_of(result) == {}
    linked = [link.attrib["href"] for link in result.iter("a") if not link.attrib["href"].startswith("tel:")]
    for link in linked:
        fieldset = by_id(page, link.removeprefix("#"))
        error = by_id(page, fieldset.attrib["aria-describedby"].split()[-1])
        assert "wrong" in fieldset.attrib["class"].split()
        assert text_of(error)
        assert QUESTIONNAIRE.questions[link.removeprefix("#q-")].ask in text_of(result)
    assert len([one for one in page.iter("fieldset") if one.get("class")]) == len(linked)
    return [link.removeprefix("#q-") for link in linked]


def test_without_any_answer_every_question_is_asked_again(client: HouseClient):
    assert wrong_questions(client, {}) == list(QUESTIONNAIRE.questions)


@pytest.mark.parametrize("answers", WITH_MISTAKES.values(), ids=WITH_MISTAKES)
def test_nothing_that_was_chosen_is_lost(client: HouseClient, answers: dict[str, tuple[str, ...]]):
    given = {question: options for question, options in answers.items() if options}
    assert chosen_in(parse(post(client, answers).text)) == given


@in_each_part
def test_a_missing_answer_is_asked_for_and_no_other_is_lost(client: HouseClient, question: str):
    answers = {name: options for name, options in harmless().items() if name != question}
    assert wrong_questions(client, answers) == [question]
    assert chosen_in(parse(post(client, answers).text)) == answers


@in_each_part
@pytest.mark.parametrize("value", ["nonsense", "", "<script>", "none\x00", "NONE", "9" * 4_000])
def test_an_answer_that_does_not_exist_is_refused(client: HouseClient, question: str, value: str):
    assert wrong_questions(client, harmless_but(**{question: value})) == [question]
    assert wrong_questions(client, harmless_but(**{question: (*harmless()[question], value)})) == [question]


def test_an_answer_to_another_question_is_refused(client: HouseClient):
    assert wrong_questions(client, harmless_but(stress="crohn")) == ["stress"]


def test_two_answers_where_one_was_asked_are_refused(client: HouseClient):
    assert wrong_questions(client, harmless_but(stress=("never", "often"))) == ["stress"]


@pytest.mark.parametrize("question", SEVERAL)
def test_none_together_with_a_tick_is_refused(client: HouseClient, question: str):
    tick = next(option.id for option in QUESTIONNAIRE.questions[question].options.values() if option.id != NONE)
    answers = harmless_but(**{question: (tick, NONE)})
    if question == "alarm_now":
        answers |= {"alarm_today": ()}
    assert wrong_questions(client, answers) == list(problems_in(QUESTIONNAIRE, answers))
    assert set(chosen_in(parse(post(client, answers).text))[question]) == {tick, NONE}


@pytest.mark.parametrize("question", ["alarm_now", "alarm_today"])
def test_an_alarm_ticked_together_with_none_shows_whom_to_call_above_the_mistakes(
    app: Flask, client: HouseClient, question: str
):
    alarm = next(option for option in QUESTIONNAIRE.questions[question].options.values() if option.calls)
    response = post(client, harmless_but(**{question: (alarm.id, NONE)}))
    words = text_of(result_of(response))
    title = content_in(app).outcomes[alarm.calls].title
    assert response.status_code == 422
    assert 0 <= words.index(title) < words.index(QUESTIONNAIRE.questions[question].ask)
    assert result_of(response)[0].get("class") == f"care {alarm.calls}"


def test_an_emergency_needs_no_other_answers(client: HouseClient):
    response = post(client, {"alarm_now": ("collapse",)})
    assert response.status_code == 200
    assert result_of(response).get("data-outcome") == "emergency"
