"""The proof over all answers: in how many ways the check can be filled in, and where each of them leads."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

from webapp.questionnaire.model import NONE, Option, Question, Questionnaire, capped

Square = tuple[str, str]
"""A square of the grid: the level of the row score and the level of the column score."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How many of all complete sets of answers lead where.

    Only whole numbers, so that nothing is lost to rounding. Not a forecast: no way is likelier than another here.
    """

    total: int
    by_outcome: Mapping[str, int]
    """Every outcome, most urgent first; together they are the total."""
    by_square: Mapping[Square, int]
    """Every square of the grid, in reading order; together they are the ways that are scored."""
    by_sums: Mapping[tuple[int, ...], int]
    """The scored ways by their points, in the order of the scores."""

    @property
    def scored(self) -> int:
        """The number of ways in which the grid decides."""
        return sum(self.by_square.values())


class _Standing(NamedTuple):
    """Where some answers have led so far: the outcome they call for, or else the points of each score."""

    calls: str | None
    points: tuple[int, ...]


def count_ways(questionnaire: Questionnaire) -> Ways:
    """Count all ways of filling in the check, without listing them.

    Each question is counted by itself; two questions are then combined by multiplying their numbers for every
    pair of standings. This takes milliseconds, where listing every way would take years.
    """
    parts = (
        _capped(
            _combined(questionnaire, (_answers(questionnaire, question) for question in part.questions)), part.at_most
        )
        for part in questionnaire.parts.values()
    )
    return _ways(questionnaire, _combined(questionnaire, parts))


def _combined(questionnaire: Questionnaire, counters: Iterable[Mapping[_Standing, int]]) -> Mapping[_Standing, int]:
    """Count the ways of answering several things one after the other, by what they lead to together."""
    combined = Counter({_nowhere(questionnaire): 1})
    for counter in counters:
        before, combined = combined, Counter()
        for (one, ways), (other, more) in product(before.items(), counter.items()):
            combined[_together(questionnaire, one, other)] += ways * more
    return combined


def _answers(questionnaire: Questionnaire, question: Question) -> Mapping[_Standing, int]:
    """Count the valid answers to one question by what they lead to."""
    if question.kind == "one":
        return Counter(_standing(questionnaire, question, option) for option in question.options.values())
    # `none` leads nowhere and excludes all others, so the set without any tick is counted in its place.
    answers = Counter({_nowhere(questionnaire): 1})
    for option in question.options.values():
        if option.id != NONE:
            ticked = _standing(questionnaire, question, option)
            for before, ways in list(answers.items()):
                answers[_together(questionnaire, before, ticked)] += ways
    return _capped(answers, question.at_most)


def _capped(standings: Mapping[_Standing, int], at_most: int | None) -> Mapping[_Standing, int]:
    """Apply the cap of a question or a part, whose points are all of one score."""
    counted: Counter[_Standing] = Counter()
    for standing, ways in standings.items():
        counted[_Standing(standing.calls, tuple(capped(points, at_most) for points in standing.points))] += ways
    return counted


def _nowhere(questionnaire: Questionnaire) -> _Standing:
    return _Standing(None, tuple(0 for _ in questionnaire.scores))


def _standing(questionnaire: Questionnaire, question: Question, option: Option) -> _Standing:
    points = tuple(option.points if question.score == score else 0 for score in questionnaire.scores)
    return _Standing(option.calls, points)


def _together(questionnaire: Questionnaire, one: _Standing, other: _Standing) -> _Standing:
    """Combine two standings: the most urgent outcome wins, and with it the points no longer matter."""
    if called := questionnaire.most_urgent((one.calls, other.calls)):
        return _Standing(called.id, tuple(0 for _ in one.points))
    return _Standing(None, tuple(a + b for a, b in zip(one.points, other.points, strict=True)))


def _ways(questionnaire: Questionnaire, standings: Mapping[_Standing, int]) -> Ways:
    grid = questionnaire.grid
    by_outcome = dict.fromkeys(questionnaire.outcomes, 0)
    by_square = {(row, column): 0 for row, columns in grid.outcomes.items() for column in columns}
    by_sums: dict[tuple[int, ...], int] = {}
    for standing, ways in standings.items():
        outcome = standing.calls
        if outcome is None:
            row, column = questionnaire.square(dict(zip(questionnaire.scores, standing.points, strict=True)))
            outcome = grid.outcomes[row][column]
            by_square[row, column] += ways
            by_sums[standing.points] = ways
        by_outcome[outcome] += ways
    return Ways(
        total=sum(standings.values()),
        by_outcome=MappingProxyType(by_outcome),
        by_square=MappingProxyType(by_square),
        by_sums=MappingProxyType(dict(sorted(by_sums.items()))),
    )
