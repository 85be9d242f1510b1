"""What would lead to another outcome: true to the rules, and really the smallest change."""

from collections.abc import Mapping
from itertools import combinations

from hypothesis import given

from tests.answers import possible
from webapp.questionnaire import assess, load
from webapp.questionnaire.model import NONE
from webapp.questionnaire.nearby import Step, nearby

QUESTIONNAIRE = load()
URGENCY = list(QUESTIONNAIRE.outcomes)

Answers = Mapping[str, tuple[str, ...]]


def changed(answers: Answers, steps: tuple[Step, ...]) -> Answers:
    """Return the answers after some steps, as a person would change them in the form."""
    after = {question: set(chosen) for question, chosen in answers.items()}
    for question, option, is_chosen in steps:
        ticks = after[question.id]
        if question.kind == "one":
            ticks.clear()
        ticks.discard(NONE)
        (ticks.add if is_chosen else ticks.discard)(option.id)
        ticks.update(() if ticks else (NONE,))
    return {question: tuple(chosen) for question, chosen in after.items()}


def single_steps(answers: Answers) -> list[Step]:
    """Return every single step that could be taken from these answers without touching alarms or unknowns."""
    return [
        Step(question, option, question.kind == "one" or option.id not in answers[question.id])
        for question in QUESTIONNAIRE.questions.values()
        if question.score
        for option in question.options.values()
        if not (option.calls or option.stands_for or option.id == NONE)
        and (question.kind == "several" or option.id not in answers[question.id])
    ]


@given(possible())
def test_the_change_that_is_shown_leads_to_the_outcome_that_is_named(answers: Answers) -> None:
    assessment = assess(QUESTIONNAIRE, answers)
    up, down = nearby(QUESTIONNAIRE, answers, assessment)
    here = URGENCY.index(assessment.outcome.id)
    for found, direction in ((up, 1), (down, -1)):
        if found:
            assert assess(QUESTIONNAIRE, changed(answers, found.steps)).outcome == found.outcome
            assert (here - URGENCY.index(found.outcome.id)) * direction > 0


@given(possible())
def test_no_smaller_change_leads_there(answers: Answers) -> None:
    assessment = assess(QUESTIONNAIRE, answers)
    here = URGENCY.index(assessment.outcome.id)
    for found, direction in zip(nearby(QUESTIONNAIRE, answers, assessment), (1, -1), strict=True):
        if assessment.is_scored:
            fewer = len(found.steps) - 1 if found else 2
            for count in range(1, min(fewer, 1) + 1):
                for steps in combinations(single_steps(answers), count):
                    other = assess(QUESTIONNAIRE, changed(answers, steps)).outcome
                    assert (here - URGENCY.index(other.id)) * direction <= 0


@given(possible())
def test_the_mildest_outcome_has_nothing_below_it_and_the_most_urgent_nothing_above(answers: Answers) -> None:
    assessment = assess(QUESTIONNAIRE, answers)
    up, down = nearby(QUESTIONNAIRE, answers, assessment)
    scored = QUESTIONNAIRE.scored_outcomes
    assert (up is not None) == (assessment.is_scored and assessment.outcome != scored[0])
    if assessment.outcome == scored[-1]:
        assert down is None
    if not assessment.is_scored:
        assert down is None
