"""The rules as properties: what must hold for every set of answers, whatever the numbers in the content file."""

from dataclasses import fields, replace
from types import MappingProxyType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.answers import QUESTIONNAIRE, Sent, harmless, harmless_but, possible, scored, sent, urgency
from webapp.questionnaire import (
    AnswersError,
    Assessment,
    Problem,
    Text,
    assess,
    localise,
    problem_with,
    problems_in,
    texts,
)
from webapp.questionnaire.assess import Answers
from webapp.questionnaire.model import NONE, Question

QUESTIONS = tuple(QUESTIONNAIRE.questions.values())
SEVERAL = [question for question in QUESTIONS if question.kind == "several"]
ONE = [question for question in QUESTIONS if question.kind == "one"]
UNKNOWNS = [(q.id, o.id, o.stands_for) for q in QUESTIONS for o in q.options.values() if o.stands_for]
CALLING = [(q.id, o.id, o.calls) for q in QUESTIONS for o in q.options.values() if o.calls]
ALARMS = [(q, o, calls) for q, o, calls in CALLING if calls in ("emergency", "today")]
RANK = urgency()

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def outcome(answers: Answers) -> str:
    return assess(QUESTIONNAIRE, answers).outcome.id


def rank(answers: Answers) -> int:
    return RANK[outcome(answers)]


def heaviest(score: str) -> int:
    """The most points that a score can reach."""
    most = 0
    for question in QUESTIONS:
        if question.score == score:
            options = tuple(question.options.values())
            most += question.points_for(options) if question.kind == "several" else max(o.points for o in options)
    return most


# ── More never makes it milder ───────────────────────────────────────────────────────────────────────────


@given(possible(), st.data())
def test_a_further_tick_never_makes_the_outcome_milder(answers: Sent, data: st.DataObject):
    question = data.draw(st.sampled_from(SEVERAL))
    tick = data.draw(st.sampled_from([option for option in question.options if option != NONE]))
    before = tuple(option for option in answers[question.id] if option != NONE)
    assert rank(answers | {question.id: (*before, tick)}) >= rank(answers)


@given(possible(), st.data())
def test_a_heavier_answer_never_makes_the_outcome_milder(answers: Sent, data: st.DataObject):
    question = data.draw(st.sampled_from([question for question in ONE if question.score]))
    (before,) = answers[question.id]
    assume(not question.options[before].calls)
    heavier = [o.id for o in question.options.values() if o.points >= question.options[before].points]
    after = data.draw(st.sampled_from(heavier))
    assert rank(answers | {question.id: (after,)}) >= rank(answers)


@given(possible(), st.sampled_from(UNKNOWNS))
def test_an_unknown_that_turns_out_to_be_yes_is_never_milder(answers: Sent, unknown: tuple[str, str, str]):
    question, option, yes = unknown
    assert rank(answers | {question: (yes,)}) >= rank(answers | {question: (option,)})


@given(possible())
def test_taking_every_unknown_as_yes_is_never_milder(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    assert RANK[assessment.if_all_unknown.id] >= RANK[assessment.outcome.id]


# ── What is not known ────────────────────────────────────────────────────────────────────────────────────


@given(scored())
def test_what_an_unknown_could_change_is_what_the_check_says_when_it_is_yes(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    all_yes = dict(answers)
    for unknown in assessment.unknowns:
        question, option = unknown.tick
        assert option.stands_for
        yes = {question.id: (option.stands_for,)}
        all_yes |= yes
        assert unknown.points == question.options[option.stands_for].points
        assert unknown.outcome == assess(QUESTIONNAIRE, answers | yes).outcome
    assert assessment.if_all_unknown == assess(QUESTIONNAIRE, all_yes).outcome


@given(scored())
def test_every_unknown_is_told_in_reading_order(answers: Sent):
    told = [(unknown.tick.question.id, unknown.tick.option.id) for unknown in assess(QUESTIONNAIRE, answers).unknowns]
    assert told == [(question, option) for question, option, _ in UNKNOWNS if answers[question] == (option,)]


@given(scored(), st.sampled_from(UNKNOWNS))
def test_an_unknown_counts_as_nothing(answers: Sent, unknown: tuple[str, str, str]):
    question, option, _ = unknown
    as_no = assess(QUESTIONNAIRE, answers | {question: harmless()[question]})
    assert assess(QUESTIONNAIRE, answers | {question: (option,)}).sums == as_no.sums


# ── The sums and the grid ────────────────────────────────────────────────────────────────────────────────


def test_the_heaviest_sums_are_those_of_the_specification():
    assert {score: heaviest(score) for score in QUESTIONNAIRE.scores} == {"causes": 21, "complaints": 14}


@given(scored())
def test_the_sums_stay_in_their_bounds(answers: Sent):
    for score, own in assess(QUESTIONNAIRE, answers).sums.items():
        assert 0 <= own.points <= heaviest(score)
        assert own.score == QUESTIONNAIRE.scores[score]


@given(scored())
def test_a_sum_is_the_points_of_each_question_with_its_cap(answers: Sent):
    expected = dict.fromkeys(QUESTIONNAIRE.scores, 0)
    for question in QUESTIONS:
        points = sum(question.options[option].points for option in answers[question.id])
        if question.score:
            expected[question.score] += points if question.at_most is None else min(points, question.at_most)
    assert {score: own.points for score, own in assess(QUESTIONNAIRE, answers).sums.items()} == expected


@given(scored())
def test_a_level_holds_the_points_that_reached_it(answers: Sent):
    for own in assess(QUESTIONNAIRE, answers).sums.values():
        last = own.score.last_points(own.level)
        assert own.level.start <= own.points
        assert last is None or own.points <= last


@given(scored())
def test_the_square_of_the_grid_decides_where_nothing_calls(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    grid = QUESTIONNAIRE.grid
    row, column = assessment.sums[grid.rows].level.id, assessment.sums[grid.columns].level.id
    assert assessment.outcome.id == grid.outcomes[row][column]
    assert assessment.called_by == ()


@given(scored())
def test_everything_that_counted_is_told_once_in_reading_order(answers: Sent):
    told = [(tick.question.id, tick.option.id) for tick in assess(QUESTIONNAIRE, answers).counted]
    counted = [(q.id, o.id) for q in QUESTIONS for o in q.options.values() if o.points and o.id in answers[q.id]]
    assert told == counted


@given(scored())
def test_a_cap_is_told_exactly_where_it_takes_points_away(answers: Sent):
    caps = {cap.question.id: cap.points for cap in assess(QUESTIONNAIRE, answers).caps}
    for question in QUESTIONS:
        points = sum(question.options[option].points for option in answers[question.id])
        is_capped = question.at_most is not None and points > question.at_most
        assert caps.get(question.id) == (points if is_capped else None)


# ── What calls for an outcome wins ───────────────────────────────────────────────────────────────────────


@given(scored(), st.sampled_from(CALLING))
def test_an_answer_that_calls_for_an_outcome_wins_over_the_grid(answers: Sent, calling: tuple[str, str, str]):
    question, option, calls = calling
    assessment = assess(QUESTIONNAIRE, answers | {question: (option,)})
    assert assessment.outcome.id == calls
    assert [(tick.question.id, tick.option.id) for tick in assessment.called_by] == [(question, option)]


@given(possible())
def test_the_most_urgent_outcome_that_is_called_for_wins(answers: Sent):
    calls = [calls for question, option, calls in CALLING if option in answers[question]]
    assessment = assess(QUESTIONNAIRE, answers)
    if calls:
        assert assessment.outcome.id == max(calls, key=RANK.__getitem__)
    told = [(tick.question.id, tick.option.id) for tick in assessment.called_by]
    assert told == [(q, o) for q, o, call in CALLING if o in answers[q] and call == assessment.outcome.id]


@given(possible(), st.sampled_from([(q, o) for q, o, calls in CALLING if calls == "emergency"]))
def test_an_emergency_wins_over_everything(answers: Sent, alarm: tuple[str, str]):
    question, option = alarm
    assert outcome(answers | {question: (option,)}) == "emergency"


@given(possible())
def test_no_sums_are_shown_unless_they_decided(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    grid_outcomes = [grid_outcome.id for grid_outcome in QUESTIONNAIRE.scored_outcomes]
    assert assessment.is_scored == (assessment.outcome.id in grid_outcomes)
    if not assessment.is_scored:
        assert (assessment.sums, assessment.counted, assessment.caps, assessment.unknowns) == ({}, (), (), ())
        assert assessment.if_all_unknown == assessment.outcome


# ── Notices and what to mention ──────────────────────────────────────────────────────────────────────────


@given(possible())
def test_a_notice_is_shown_exactly_when_an_answer_adds_it(answers: Sent):
    added = {notice for q in QUESTIONS for option in answers[q.id] for notice in q.options[option].notices}
    expected = [notice for notice in QUESTIONNAIRE.notices.values() if notice.id in added]
    assert list(assess(QUESTIONNAIRE, answers).notices) == expected


@given(possible())
def test_what_is_to_be_mentioned_is_what_was_ticked_there(answers: Sent):
    told = [(tick.question.id, tick.option.id) for tick in assess(QUESTIONNAIRE, answers).mentions]
    assert told == [
        (question.id, option.id)
        for question in QUESTIONS
        for option in question.options.values()
        if question.mention and option.id in answers[question.id] and (option.points or option.notices)
    ]


def test_kidney_disease_is_mentioned_though_it_gives_no_points():
    mentions = assess(QUESTIONNAIRE, harmless_but(health="kidney")).mentions
    assert [tick.option.id for tick in mentions] == ["kidney"]


# ── Silence ──────────────────────────────────────────────────────────────────────────────────────────────


@every_question
@settings(max_examples=15)
@given(data=st.data())
def test_silence_is_refused_when_no_alarm_settles_it(question: Question, data: st.DataObject):
    answers = data.draw(scored())
    del answers[question.id]
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, answers)
    assert caught.value.problems == {question.id: Problem.MISSING}
    assert question.id in str(caught.value)


@every_question
def test_an_empty_answer_is_silence(question: Question):
    assert problem_with(question, ()) is Problem.MISSING


def test_all_that_is_missing_is_named_in_reading_order():
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, {})
    assert caught.value.problems == dict.fromkeys(QUESTIONNAIRE.questions, Problem.MISSING)
    assert list(caught.value.problems) == list(QUESTIONNAIRE.questions)


def test_the_message_names_each_question_with_its_problem():
    answers = harmless_but(alarm_now=("seizure", NONE), stress=("never", "often"))
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, answers)
    assert str(caught.value) == "alarm_now: contradiction, stress: two_values"


@pytest.mark.parametrize("option", [option for _, option, calls in CALLING if calls == "emergency"])
def test_an_emergency_needs_no_other_answer(option: str):
    assert outcome({"alarm_now": (option,)}) == "emergency"


@pytest.mark.parametrize("option", [option for _, option, calls in CALLING if calls == "today"])
def test_an_alarm_for_today_needs_only_the_more_urgent_question(option: str):
    assert outcome({"alarm_now": ("none",), "alarm_today": (option,)}) == "today"
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, {"alarm_today": (option,)})
    assert caught.value.problems == {"alarm_now": Problem.MISSING}


@pytest.mark.parametrize(("question", "option"), [(q, o) for q, o, calls in CALLING if calls == "not_scored"])
def test_without_a_score_only_the_alarm_questions_are_needed(question: str, option: str):
    calm = {"alarm_now": ("none",), "alarm_today": ("none",)}
    assert outcome(calm | {question: (option,)}) == "not_scored"
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, {question: (option,)})
    assert caught.value.problems == dict.fromkeys(calm, Problem.MISSING)


# ── Answers that cannot be counted ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", SEVERAL, ids=lambda question: question.id)
def test_none_together_with_a_tick_is_a_contradiction(question: Question):
    tick = next(iter(question.options))
    assert problem_with(question, (tick, NONE)) is Problem.CONTRADICTION
    assert problem_with(question, (NONE, tick)) is Problem.CONTRADICTION


@pytest.mark.parametrize("question", ONE, ids=lambda question: question.id)
def test_two_options_are_refused_where_one_is_asked(question: Question):
    first, second, *_ = question.options
    assert problem_with(question, (first, second)) is Problem.TWO_VALUES


@every_question
def test_an_option_that_does_not_exist_is_refused(question: Question):
    first, *_ = question.options
    assert problem_with(question, ("nonsense",)) is Problem.UNKNOWN
    assert problem_with(question, (first, "nonsense")) is Problem.UNKNOWN
    assert problem_with(question, ("",)) is Problem.UNKNOWN


@every_question
def test_the_same_option_sent_twice_counts_once(question: Question):
    for option in question.options:
        assert problem_with(question, (option, option)) is None
        once, twice = harmless() | {question.id: (option,)}, harmless() | {question.id: (option, option)}
        assert assess(QUESTIONNAIRE, twice) == assess(QUESTIONNAIRE, once)


@every_question
def test_every_single_option_can_be_counted(question: Question):
    assert [problem_with(question, (option,)) for option in question.options] == [None] * len(question.options)


@pytest.mark.parametrize("question", SEVERAL, ids=lambda question: question.id)
def test_all_ticks_together_can_be_counted(question: Question):
    assert problem_with(question, tuple(option for option in question.options if option != NONE)) is None


@given(sent())
def test_whatever_is_sent_is_either_judged_or_refused_with_its_problems(answers: Sent):
    problems = problems_in(QUESTIONNAIRE, answers)
    try:
        assessment = assess(QUESTIONNAIRE, answers)
    except AnswersError as error:
        assert error.problems
        assert error.problems.items() <= problems.items()
        assert list(error.problems) == [question for question in problems if question in error.problems]
    else:
        assert not problems or assessment.called_by


@given(sent())
def test_answers_that_cannot_be_counted_never_settle_anything(answers: Sent):
    countable = {q: own for q, own in answers.items() if q not in problems_in(QUESTIONNAIRE, answers)}
    assert _judged(answers) == _judged(countable)


def _judged(answers: Answers) -> Assessment | set[str]:
    try:
        return assess(QUESTIONNAIRE, answers)
    except AnswersError as error:
        return set(error.problems)


# ── A function of the answers and of nothing else ────────────────────────────────────────────────────────


@given(possible())
def test_the_same_answers_always_get_the_same_assessment(answers: Sent):
    before = {question: tuple(own) for question, own in answers.items()}
    assert assess(QUESTIONNAIRE, answers) == assess(QUESTIONNAIRE, MappingProxyType(answers))
    assert answers == before


@given(possible())
def test_the_order_in_which_answers_arrive_does_not_matter(answers: Sent):
    shuffled = {name: answers[name][::-1] for name in reversed(answers)}
    assert assess(QUESTIONNAIRE, shuffled) == assess(QUESTIONNAIRE, answers)


@given(possible())
def test_questions_that_are_not_asked_change_nothing(answers: Sent):
    assert assess(QUESTIONNAIRE, answers | {"shoe_size": ("42",)}) == assess(QUESTIONNAIRE, answers)


def test_an_assessment_cannot_be_changed():
    assessment = assess(QUESTIONNAIRE, harmless())
    for field in fields(assessment):
        with pytest.raises(AttributeError):
            setattr(assessment, field.name, None)


# ── Other languages ──────────────────────────────────────────────────────────────────────────────────────


def test_a_translated_questionnaire_keeps_its_types_and_places():
    upper = localise(QUESTIONNAIRE, str.upper)
    assert type(upper) is type(QUESTIONNAIRE)
    assert [text.place for text in texts(upper)] == [text.place for text in texts(QUESTIONNAIRE)]
    assert all(isinstance(text, Text) and text == text.upper() for text in texts(upper))
    assert localise(upper, lambda text: next(t for t in texts(QUESTIONNAIRE) if t.place == text.place)) == QUESTIONNAIRE


def test_every_text_is_found_once_with_its_place():
    places = [text.place for text in texts(QUESTIONNAIRE)]
    assert len(places) == len(set(places))
    assert "questions.trembling.ask" in places
    assert "answers.often" in places


@settings(max_examples=20)
@given(possible())
def test_the_language_changes_no_outcome(answers: Sent):
    mirrored = localise(QUESTIONNAIRE, lambda text: text[::-1])
    assert assess(mirrored, answers).outcome.id == outcome(answers)


# ── Rules that the shipped file does not use, but a later one may ────────────────────────────────────────


def test_the_order_of_the_outcomes_is_their_urgency():
    reordered = {
        name: QUESTIONNAIRE.outcomes[name] for name in ("today", "emergency", "not_scored", "raised", "some", "few")
    }
    questionnaire = replace(QUESTIONNAIRE, outcomes=reordered)
    both = harmless_but(alarm_now="collapse", alarm_today="thirst")
    assert assess(questionnaire, both).outcome.id == "today"
    assert assess(questionnaire, {"alarm_today": ("thirst",)}).outcome.id == "today"


def test_notices_come_in_the_order_of_the_file():
    answers = harmless_but(health=("acid_tablets", "kidney"), alarm_today="dark_thoughts")
    assert list(assess(QUESTIONNAIRE, answers).notices) == list(QUESTIONNAIRE.notices.values())
