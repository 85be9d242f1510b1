"""The proof over all answers: every way to fill in the check leads to exactly one outcome."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations, product
from math import prod
from typing import TypeVar

import pytest

from tests.answers import QUESTIONNAIRE, SECOND
from webapp.questionnaire import Questionnaire, assess
from webapp.questionnaire.model import NONE, Option, Part, Question
from webapp.questionnaire.ways import count_ways

WAYS = count_ways(QUESTIONNAIRE)

T = TypeVar("T", Question, Part)

CHANGES: Mapping[str, Callable[[Questionnaire], Questionnaire]] = {
    "as it is": lambda one: one,
    "no caps": lambda one: with_caps(one, None),
    "caps that take nearly everything": lambda one: with_caps(one, 1),
    "two answers that call": lambda one: with_calls(one, wine="change", often="ask"),
}
"""What is tried besides the second questionnaire itself, which is small enough to list every way."""


def changed(questionnaire: Questionnaire, question: Callable[[Question], Question]) -> Questionnaire:
    parts = {
        id: replace(part, questions=tuple(question(own) for own in part.questions))
        for id, part in questionnaire.parts.items()
    }
    return replace(questionnaire, parts=parts)


def with_caps(questionnaire: Questionnaire, at_most: int | None) -> Questionnaire:
    """Give every cap of a question or a part another value, or take it away."""

    def other(of: T) -> T:
        return replace(of, at_most=at_most) if of.at_most is not None else of

    parts = {id: other(part) for id, part in changed(questionnaire, other).parts.items()}
    return replace(questionnaire, parts=parts)


def with_calls(questionnaire: Questionnaire, **calls: str) -> Questionnaire:
    """Let some options call for an outcome."""

    def calling(option: Option) -> Option:
        return replace(option, calls=calls[option.id], points=0) if option.id in calls else option

    def question(own: Question) -> Question:
        return replace(own, options={id: calling(option) for id, option in own.options.items()})

    return changed(questionnaire, question)


def every_answer(question: Question) -> Iterator[tuple[str, ...]]:
    if question.kind == "one":
        return ((option,) for option in question.options)
    ticks = [option for option in question.options if option != NONE]
    return chain([(NONE,)], *(combinations(ticks, size) for size in range(1, len(ticks) + 1)))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_counting_agrees_with_listing_every_way(change: Callable[[Questionnaire], Questionnaire]):
    questionnaire = change(SECOND)
    outcomes: Counter[str] = Counter()
    squares: Counter[tuple[str, str]] = Counter()
    grid = questionnaire.grid
    for answers in product(*(every_answer(question) for question in questionnaire.questions.values())):
        assessment = assess(questionnaire, dict(zip(questionnaire.questions, answers, strict=True)))
        outcomes[assessment.outcome.id] += 1
        if assessment.is_scored:
            squares[assessment.sums[grid.rows].level.id, assessment.sums[grid.columns].level.id] += 1
    ways = count_ways(questionnaire)
    assert ways.total == outcomes.total()
    assert {outcome: number for outcome, number in ways.by_outcome.items() if number} == outcomes
    assert {square: number for square, number in ways.by_square.items() if number} == squares


def test_every_way_leads_to_exactly_one_outcome():
    """The ways by outcome are together as many as there are: the product of the answers to each question."""
    total = prod(sum(1 for _ in every_answer(question)) for question in QUESTIONNAIRE.questions.values())
    assert WAYS.total == sum(WAYS.by_outcome.values()) == total


def test_every_scored_way_lands_in_exactly_one_square():
    scored = [outcome.id for outcome in QUESTIONNAIRE.scored_outcomes]
    assert sum(WAYS.by_square.values()) == sum(WAYS.by_outcome[id] for id in scored)


def test_every_outcome_can_be_reached():
    assert list(WAYS.by_outcome) == list(QUESTIONNAIRE.outcomes)
    assert all(WAYS.by_outcome.values())


def test_every_square_of_the_grid_can_be_reached():
    grid = QUESTIONNAIRE.grid
    assert list(WAYS.by_square) == [(row, column) for row, line in grid.outcomes.items() for column in line]
    assert all(WAYS.by_square.values())


def test_counting_prints_nothing(capsys):
    count_ways(QUESTIONNAIRE)
    assert capsys.readouterr() == ("", "")
