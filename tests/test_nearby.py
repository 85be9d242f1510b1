"""What would lead to another outcome: one answer, true to the rules, to the closest outcome that it can reach."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.answers import QUESTIONNAIRE, SECOND, Sent, harmless, possible, urgency
from webapp.questionnaire import Questionnaire, assess
from webapp.questionnaire.model import NONE, Option, Outcome, Question
from webapp.questionnaire.nearby import Step, nearby

Case = tuple[Questionnaire, Sent]

any_case = st.sampled_from([QUESTIONNAIRE, SECOND]).flatmap(lambda one: st.tuples(st.just(one), possible(one)))


def after(answers: Sent, step: Step) -> Sent:
    """Return the answers after a step, as a person would change them in the form."""
    question, option, is_chosen = step
    if question.kind == "one":
        return answers | {question.id: (option.id,)}
    ticks = {tick for tick in answers[question.id] if tick != NONE}
    ticks = ticks | {option.id} if is_chosen else ticks - {option.id}
    return answers | {question.id: tuple(ticks) or (NONE,)}


def movable(question: Question) -> list[Option]:
    """The options that are no alarm, no "I don't know" and not the absence of all others."""
    return [o for o in question.options.values() if not (o.calls or o.stands_for or o.id == NONE)]


def other_outcomes(questionnaire: Questionnaire, answers: Sent) -> Iterator[Outcome]:
    """Yield what the engine says after each single step, in reading order."""
    for question in questionnaire.questions.values():
        for option in movable(question):
            is_chosen = question.kind == "one" or option.id not in answers[question.id]
            yield assess(questionnaire, after(answers, Step(question, option, is_chosen))).outcome


@given(any_case)
def test_the_answer_that_is_shown_leads_to_the_outcome_that_is_named(case: Case):
    questionnaire, answers = case
    for found in nearby(questionnaire, assess(questionnaire, answers)):
        if found:
            assert assess(questionnaire, after(answers, found.step)).outcome == found.outcome
            assert found.step.option in movable(found.step.question)
            assert found.step.is_chosen or found.step.option.id in answers[found.step.question.id]


@given(any_case)
def test_the_outcome_that_is_shown_is_the_closest_that_one_answer_reaches(case: Case):
    questionnaire, answers = case
    assessment = assess(questionnaire, answers)
    rank = urgency(questionnaire)
    here = rank[assessment.outcome.id]
    reached = [rank[outcome.id] for outcome in other_outcomes(questionnaire, answers)] if assessment.is_scored else []
    up, down = nearby(questionnaire, assessment)
    assert (rank[up.outcome.id] if up else None) == min((one for one in reached if one > here), default=None)
    assert (rank[down.outcome.id] if down else None) == max((one for one in reached if one < here), default=None)


@given(possible())
def test_nothing_is_near_an_outcome_that_was_called_for(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    assert assessment.is_scored or nearby(QUESTIONNAIRE, assessment) == (None, None)


@pytest.mark.parametrize("questionnaire", [QUESTIONNAIRE, SECOND], ids=lambda one: one.title)
def test_the_first_of_several_answers_is_shown(questionnaire: Questionnaire):
    def steps(answers: Sent) -> Iterator[Step]:
        for question in questionnaire.questions.values():
            for option in movable(question):
                yield Step(question, option, question.kind == "one" or option.id not in answers[question.id])

    heaviest = {
        question.id: (max(question.options.values(), key=lambda option: option.points).id,)
        for question in questionnaire.questions.values()
        if question.score
    }
    for score in questionnaire.scores:
        own = {id: ids for id, ids in heaviest.items() if questionnaire.questions[id].score == score}
        answers = harmless(questionnaire) | own
        assessment = assess(questionnaire, answers)
        for found in nearby(questionnaire, assessment):
            if found:
                leading = (
                    s for s in steps(answers) if assess(questionnaire, after(answers, s)).outcome == found.outcome
                )
                assert found.step == next(leading)


def test_points_that_a_cap_swallows_are_no_step():
    """Two points less would lead down; a drink or a trouble of the bedroom less takes one, since both are capped."""
    capped = {"drinks": ("coffee", "wine"), "noise": ("yes",), "warm": ("yes",)}
    answers = harmless(SECOND) | capped | {"screen": ("sometimes",), "awake": ("often",)}
    assessment = assess(SECOND, answers)
    assert {cap.of.id for cap in assessment.caps} == {"drinks", "bedroom"}
    _, down = nearby(SECOND, assessment)
    assert down and down.step.question.id == "awake"
