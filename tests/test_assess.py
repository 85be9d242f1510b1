"""The rules as properties: what must hold for every set of answers, whatever the numbers in the content file."""

from dataclasses import fields, replace
from itertools import combinations
from types import MappingProxyType

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.answers import QUESTIONNAIRE, SECOND, Sent, harmless, harmless_but, possible, scored, sent, urgency
from webapp.questionnaire import (
    AnswersError,
    Assessment,
    Problem,
    Questionnaire,
    Text,
    assess,
    localise,
    problem_with,
    problems_in,
    texts,
)
from webapp.questionnaire.assess import Answers
from webapp.questionnaire.model import NONE, Part, Question

QUESTIONS = tuple(QUESTIONNAIRE.questions.values())
SEVERAL = [question for question in QUESTIONS if question.kind == "several"]
ONE = [question for question in QUESTIONS if question.kind == "one"]
UNKNOWNS = [(q.id, o.id, o.stands_for) for q in QUESTIONS for o in q.options.values() if o.stands_for]
CALLING = [(q.id, o.id, o.calls) for q in QUESTIONS for o in q.options.values() if o.calls]
RANK = urgency()
MOST_URGENT, *_ = QUESTIONNAIRE.outcomes

every_question = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)


def outcome(answers: Answers) -> str:
    return assess(QUESTIONNAIRE, answers).outcome.id


def rank(answers: Answers) -> int:
    return RANK[outcome(answers)]


Case = tuple[Questionnaire, Sent]


def case_of(*questionnaires: Questionnaire) -> st.SearchStrategy[Case]:
    """One of the questionnaires, with scored answers to it."""
    return st.sampled_from(questionnaires).flatmap(lambda one: st.tuples(st.just(one), scored(one)))


any_case = case_of(QUESTIONNAIRE, SECOND)


def ticked(question: Question, answers: Sent) -> int:
    """The points of what was answered, without any cap."""
    return sum(question.options[option].points for option in answers[question.id])


def at_most(cap: int | None, points: int) -> int:
    return points if cap is None else min(cap, points)


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


@given(any_case)
def test_what_an_unknown_could_change_is_what_the_check_says_when_it_is_yes(case: Case):
    questionnaire, answers = case
    assessment = assess(questionnaire, answers)
    all_yes = dict(answers)
    for unknown in assessment.unknowns:
        question, option = unknown.tick
        assert option.stands_for and question.score
        yes = {question.id: (option.stands_for,)}
        all_yes |= yes
        as_yes = assess(questionnaire, answers | yes)
        assert unknown.points == as_yes.sums[question.score].points - assessment.sums[question.score].points
        assert unknown.outcome == as_yes.outcome
    assert assessment.if_all_unknown == assess(questionnaire, all_yes).outcome


def test_an_unknown_may_change_nothing_where_a_cap_is_reached():
    questionnaire = with_caps({"bedroom": 2})
    answers = harmless(questionnaire) | {"noise": ("unknown",), "warm": ("yes",)}
    assert [unknown.points for unknown in assess(questionnaire, answers).unknowns] == [0]
    (free,) = assess(questionnaire, answers | {"warm": ("no",)}).unknowns
    assert free.points == SECOND.questions["noise"].options["yes"].points


def with_caps(caps: dict[str, int]) -> Questionnaire:
    """Return the second questionnaire with other caps on its parts."""
    parts = {id: replace(part, at_most=caps.get(id, part.at_most)) for id, part in SECOND.parts.items()}
    return replace(SECOND, parts=parts)


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


@given(any_case)
def test_a_sum_is_the_points_of_each_question_and_each_part_with_their_caps(case: Case):
    questionnaire, answers = case
    expected = dict.fromkeys(questionnaire.scores, 0)
    for part in questionnaire.parts.values():
        for score in questionnaire.scores:
            own = [at_most(q.at_most, ticked(q, answers)) for q in part.questions if q.score == score]
            expected[score] += at_most(part.at_most, sum(own))
    sums = assess(questionnaire, answers).sums
    assert {score: own.points for score, own in sums.items()} == expected
    assert all(own.score is questionnaire.scores[score] for score, own in sums.items())


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


@given(any_case)
def test_a_cap_is_told_exactly_where_it_takes_points_away_the_question_before_its_part(case: Case):
    questionnaire, answers = case
    expected: list[tuple[Question | Part, int]] = []
    for part in questionnaire.parts.values():
        own = [(question, ticked(question, answers)) for question in part.questions]
        together = sum(at_most(question.at_most, points) for question, points in own)
        expected += [(of, points) for of, points in (*own, (part, together)) if points > at_most(of.at_most, points)]
    assert [(cap.of, cap.points) for cap in assess(questionnaire, answers).caps] == expected


@given(any_case)
def test_every_question_is_told_with_what_was_answered_and_what_it_counts_for(case: Case):
    questionnaire, answers = case
    answered = assess(questionnaire, answers).answered
    assert [one.question for one in answered] == list(questionnaire.questions.values())
    for one in answered:
        assert {option.id for option in one.options} == set(answers[one.question.id])
        assert [option.id for option in one.options] == [
            id for id in one.question.options if id in answers[one.question.id]
        ]
        assert one.points == at_most(one.question.at_most, ticked(one.question, answers))
        assert [(tick.question, tick.option) for tick in one.ticks] == [
            (one.question, option) for option in one.options
        ]


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


@given(possible(), st.sampled_from([(q, o) for q, o, calls in CALLING if calls == MOST_URGENT]))
def test_the_most_urgent_outcome_wins_over_everything(answers: Sent, alarm: tuple[str, str]):
    question, option = alarm
    assert outcome(answers | {question: (option,)}) == MOST_URGENT


def test_of_any_two_answers_that_call_both_outcomes_are_named_the_most_urgent_first():
    for one, other in combinations(CALLING, 2):
        if one[0] != other[0]:
            answers = {one[0]: (one[1],), other[0]: (other[1],)}
        elif QUESTIONNAIRE.questions[one[0]].kind == "several":
            answers = {one[0]: (one[1], other[1])}
        else:
            continue
        assessment = assess(QUESTIONNAIRE, harmless() | answers)
        named = [(call.outcome.id, [(q.id, o.id) for q, o in call.ticks]) for call in assessment.calls]
        outcomes = sorted({one[2], other[2]}, key=RANK.__getitem__, reverse=True)
        assert named == [(id, [(q, o) for q, o, calls in (one, other) if calls == id]) for id in outcomes]
        assert [assessment.outcome, *(call.outcome for call in assessment.also_called)] == [
            QUESTIONNAIRE.outcomes[id] for id in outcomes
        ]
        assert assessment.called_by == assessment.calls[0].ticks


@given(scored())
def test_nothing_is_called_for_where_the_grid_decided(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    assert (assessment.calls, assessment.called_by, assessment.also_called) == ((), (), ())


@given(possible())
def test_no_sums_are_shown_unless_they_decided(answers: Sent):
    assessment = assess(QUESTIONNAIRE, answers)
    grid_outcomes = [grid_outcome.id for grid_outcome in QUESTIONNAIRE.scored_outcomes]
    assert assessment.is_scored == (assessment.outcome.id in grid_outcomes)
    if not assessment.is_scored:
        assert (assessment.sums, assessment.counted, assessment.caps, assessment.unknowns) == ({}, (), (), ())
        assert assessment.if_all_unknown == assessment.outcome


# ── Notices ──────────────────────────────────────────────────────────────────────────────────────────────


@given(possible())
def test_a_notice_is_shown_exactly_when_an_answer_adds_it(answers: Sent):
    added = {notice for q in QUESTIONS for option in answers[q.id] for notice in q.options[option].notices}
    expected = [notice for notice in QUESTIONNAIRE.notices.values() if notice.id in added]
    assert list(assess(QUESTIONNAIRE, answers).notices) == expected


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
    several, one = SEVERAL[0], ONE[-1]
    tick = next(option for option in several.options if option != NONE)
    first, second, *_ = one.options
    with pytest.raises(AnswersError) as caught:
        assess(QUESTIONNAIRE, harmless_but(**{several.id: (tick, NONE), one.id: (first, second)}))
    assert str(caught.value) == f"{several.id}: contradiction, {one.id}: two_values"


def that_could_call_for_more(calls: str) -> list[str]:
    """The questions that have an option for something more urgent."""
    return [q.id for q in QUESTIONS if any(o.calls and RANK[o.calls] > RANK[calls] for o in q.options.values())]


@pytest.mark.parametrize(("question", "option", "calls"), CALLING, ids=lambda value: value)
def test_a_call_needs_no_other_answers_than_those_that_could_call_for_more(question: str, option: str, calls: str):
    needed = [id for id in that_could_call_for_more(calls) if id != question]
    own = {question: (option,)}
    assert outcome({id: harmless()[id] for id in needed} | own) == calls
    if needed:
        with pytest.raises(AnswersError) as caught:
            assess(QUESTIONNAIRE, own)
        assert caught.value.problems == dict.fromkeys(needed, Problem.MISSING)


def test_the_most_urgent_call_needs_no_other_answer():
    assert that_could_call_for_more(MOST_URGENT) == []


def test_what_was_not_answered_because_it_was_not_needed_has_no_options():
    question, option = next((q, o) for q, o, calls in CALLING if calls == MOST_URGENT)
    for one in assess(QUESTIONNAIRE, {question: (option,)}).answered:
        assert [own.id for own in one.options] == ([option] if one.question.id == question else [])
        assert one.points == 0


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
    places = {text.place: str(text) for text in texts(QUESTIONNAIRE)}
    assert list(texts(localise(upper, lambda text: places[text.place]))) == list(texts(QUESTIONNAIRE))


def test_every_text_is_found_once_with_its_place():
    places = [text.place for text in texts(QUESTIONNAIRE)]
    assert len(places) == len(set(places))
    assert {f"questions.{question.id}.ask" for question in QUESTIONS} <= set(places)


@settings(max_examples=20)
@given(possible())
def test_the_language_changes_no_outcome(answers: Sent):
    mirrored = localise(QUESTIONNAIRE, lambda text: text[::-1])
    assert assess(mirrored, answers).outcome.id == outcome(answers)


# ── Rules that the shipped file does not use, but a later one may ────────────────────────────────────────


def test_the_order_of_the_outcomes_is_their_urgency():
    first, second, *others = QUESTIONNAIRE.outcomes
    questionnaire = replace(
        QUESTIONNAIRE, outcomes={name: QUESTIONNAIRE.outcomes[name] for name in (second, first, *others)}
    )
    alarms = {calls: {question: (option,)} for question, option, calls in reversed(CALLING) if calls in (first, second)}
    assert assess(QUESTIONNAIRE, harmless() | alarms[first] | alarms[second]).outcome.id == first
    assert assess(questionnaire, harmless() | alarms[first] | alarms[second]).outcome.id == second
    assert assess(questionnaire, alarms[second]).outcome.id == second


def test_notices_come_in_the_order_of_the_file():
    options = {q.id: tuple(o.id for o in q.options.values() if o.notices) for q in reversed(SEVERAL)}
    answers = harmless() | {question: ticks for question, ticks in options.items() if ticks}
    notices = [notice.id for notice in assess(QUESTIONNAIRE, answers).notices]
    assert notices == [notice for notice in QUESTIONNAIRE.notices if notice in notices]
    assert len(notices) > 1
