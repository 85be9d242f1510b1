"""The proof over all answers: in how many ways the check can be filled in, and where each of them leads."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import product
from math import prod
from types import MappingProxyType
from typing import NamedTuple

from webapp.questionnaire.model import NONE, Question, Questionnaire, capped

Square = tuple[str, str]
"""A square of the grid: the level of the row score and the level of the column score."""


class Ways(NamedTuple):
    """How many of all complete sets of answers lead where.

    Only whole numbers, so that nothing is lost to rounding. Not a forecast: no way is likelier than another here.
    """

    by_outcome: Mapping[str, int]
    """Every outcome, most urgent first."""
    by_square: Mapping[Square, int]
    """Every square of the grid, in reading order."""

    @property
    def total(self) -> int:
        """The number of ways to fill in the check."""
        return sum(self.by_outcome.values())


def count_ways(questionnaire: Questionnaire) -> Ways:
    """Count all ways of filling in the check, without listing them.

    What calls for an outcome: by how many ways fewer there are without it. What gives points: score by score, two
    questions combined by multiplying their numbers for every pair of points. That takes milliseconds, not years.
    """
    by_outcome: dict[str, int] = {}
    for outcome in questionnaire.outcomes:
        more_urgent = set(by_outcome)
        by_outcome[outcome] = _ways_without(questionnaire, more_urgent)
        by_outcome[outcome] -= _ways_without(questionnaire, more_urgent | {outcome})
    by_square = {(row, column): 0 for row, line in questionnaire.grid.outcomes.items() for column in line}
    unscored = _points(questionnaire, None).total()
    for sums in product(*[sorted(_points(questionnaire, score).items()) for score in questionnaire.scores]):
        points, ways = tuple(own for own, _ in sums), unscored * prod(number for _, number in sums)
        row, column = questionnaire.square(dict(zip(questionnaire.scores, points, strict=True)))
        by_square[row, column] += ways
        by_outcome[questionnaire.grid.outcomes[row][column]] += ways
    return Ways(MappingProxyType(by_outcome), MappingProxyType(by_square))


def _ways_without(questionnaire: Questionnaire, outcomes: Collection[str]) -> int:
    """Count the ways in which nothing calls for one of these outcomes."""
    return prod(_answers(question, outcomes).total() for question in questionnaire.questions.values())


def _points(questionnaire: Questionnaire, score: str | None) -> Counter[int]:
    """Count the ways to answer the questions of a score by their points, where nothing calls for an outcome."""
    parts = []
    for part in questionnaire.parts.values():
        own = [_answers(one, questionnaire.outcomes) for one in part.questions if one.score == score]
        parts.append(_capped(_together(own), part.at_most))
    return _together(parts)


def _answers(question: Question, without: Collection[str]) -> Counter[int]:
    """Count the answers to a question by their points; without those that call for one of some outcomes."""
    options = [option for option in question.options.values() if option.calls not in without]
    if question.kind == "one":
        return Counter(option.points for option in options)
    # Each tick is there or is not. The set without any is counted in the place of `none`.
    return _capped(_together(Counter([0, one.points]) for one in options if one.id != NONE), question.at_most)


def _together(several: Iterable[Counter[int]]) -> Counter[int]:
    """Count the ways of answering several things one after the other, by their points together."""
    before = Counter({0: 1})
    for counter in several:
        after: Counter[int] = Counter()
        for (one, ways), (other, more) in product(before.items(), counter.items()):
            after[one + other] += ways * more
        before = after
    return before


def _capped(counter: Counter[int], at_most: int | None) -> Counter[int]:
    counted: Counter[int] = Counter()
    for points, ways in counter.items():
        counted[capped(points, at_most)] += ways
    return counted
