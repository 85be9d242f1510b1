"""The proof over all answers: every way to fill in the check leads to exactly one outcome."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, product

import pytest

from tests.answers import QUESTIONNAIRE
from webapp.questionnaire import Questionnaire, assess
from webapp.questionnaire.model import NONE, Option, Part, Question
from webapp.questionnaire.ways import count_ways

WAYS = count_ways(QUESTIONNAIRE)

CUTS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "alarms and a cap": {
        "alarm_now": ("seizure", "collapse", "none"),
        "alarm_today": ("fluids", "dark_thoughts", "none"),
        "age": ("under_18", "18_64", "65_plus"),
        "pregnant": ("yes", "no"),
        "health": ("acid_tablets", "water_tablets", "diarrhoea", "kidney", "none"),
        "trembling": ("never", "sometimes", "often"),
    },
    "the grid": {
        "conditions": ("coeliac", "dairy", "infection", "none"),
        "health": ("diabetes", "alcohol", "bowel_surgery", "none"),
        "weakness": ("never", "sometimes", "often"),
        "trembling": ("never", "sometimes", "often"),
        "minerals": ("yes", "no", "unknown"),
    },
}


def cut(options: Mapping[str, Sequence[str]], alarm: str = "") -> Questionnaire:
    """Return the questionnaire with only some questions and options; one option may become an alarm."""

    def calling(option: Option) -> Option:
        return replace(option, calls="today", points=0) if option.id == alarm else option

    def smaller(question: Question) -> Question:
        return replace(question, options={name: calling(question.options[name]) for name in options[question.id]})

    def with_fewer(part: Part) -> Part:
        return replace(part, questions=tuple(smaller(own) for own in part.questions if own.id in options))

    return replace(QUESTIONNAIRE, parts={name: with_fewer(part) for name, part in QUESTIONNAIRE.parts.items()})


def every_answer(question: Question) -> Iterator[tuple[str, ...]]:
    if question.kind == "one":
        return ((option,) for option in question.options)
    ticks = [option for option in question.options if option != NONE]
    return chain([(NONE,)], *(combinations(ticks, size) for size in range(1, len(ticks) + 1)))


@pytest.mark.parametrize(
    ("name", "alarm"), [("alarms and a cap", ""), ("alarms and a cap", "diarrhoea"), ("the grid", "")]
)
def test_counting_agrees_with_listing_every_way(name: str, alarm: str):
    questionnaire = cut(CUTS[name], alarm)
    outcomes: Counter[str] = Counter()
    squares: Counter[tuple[str, str]] = Counter()
    sums: Counter[tuple[int, ...]] = Counter()
    grid = questionnaire.grid
    for answers in product(*(every_answer(question) for question in questionnaire.questions.values())):
        assessment = assess(questionnaire, dict(zip(questionnaire.questions, answers, strict=True)))
        outcomes[assessment.outcome.id] += 1
        if assessment.is_scored:
            squares[assessment.sums[grid.rows].level.id, assessment.sums[grid.columns].level.id] += 1
            sums[tuple(own.points for own in assessment.sums.values())] += 1
    ways = count_ways(questionnaire)
    assert ways.total == outcomes.total()
    assert {outcome: number for outcome, number in ways.by_outcome.items() if number} == outcomes
    assert {square: number for square, number in ways.by_square.items() if number} == squares
    assert ways.by_sums == sums
    assert list(ways.by_sums) == sorted(sums)
    assert ways.scored == squares.total()


def test_the_number_of_ways_is_the_product_of_the_answers_to_each_question():
    total = 1
    for question in QUESTIONNAIRE.questions.values():
        total *= sum(1 for _ in every_answer(question))
    assert WAYS.total == total


def test_the_shipped_file_can_be_filled_in_in_so_many_ways():
    assert WAYS.total == 2_282_521_714_753_536


def test_every_way_leads_to_exactly_one_outcome():
    assert sum(WAYS.by_outcome.values()) == WAYS.total


def test_every_scored_way_lands_in_exactly_one_square():
    assert WAYS.scored == sum(WAYS.by_sums.values())
    assert WAYS.scored == sum(WAYS.by_outcome[outcome.id] for outcome in QUESTIONNAIRE.scored_outcomes)


def test_every_outcome_can_be_reached():
    assert list(WAYS.by_outcome) == list(QUESTIONNAIRE.outcomes)
    assert all(WAYS.by_outcome.values())


def test_every_square_of_the_grid_can_be_reached():
    grid = QUESTIONNAIRE.grid
    assert list(WAYS.by_square) == [(row, column) for row, line in grid.outcomes.items() for column in line]
    assert all(WAYS.by_square.values())


def test_every_number_of_points_up_to_the_heaviest_can_be_reached():
    causes, complaints = ({points[index] for points in WAYS.by_sums} for index in (0, 1))
    assert (causes, complaints) == (set(range(22)), set(range(15)))


def test_counting_prints_nothing(capsys):
    count_ways(QUESTIONNAIRE)
    assert capsys.readouterr() == ("", "")
