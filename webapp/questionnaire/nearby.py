"""What would have to be different for another outcome: the smallest change that leads up, and one that leads down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from webapp.questionnaire.assess import Answers, Assessment
from webapp.questionnaire.model import Option, Outcome, Question, Questionnaire

Direction = Literal[1, -1]
"""1: towards more urgent outcomes; -1: towards milder ones."""


class Step(NamedTuple):
    """One answer that is different: an option chosen instead (`one`), or a tick more or less (`several`)."""

    question: Question
    option: Option
    is_chosen: bool
    """False where the step is that the option is not ticked."""


@dataclass(frozen=True, kw_only=True)
class Nearby:
    """The fewest steps that lead to another outcome, and the outcome they lead to."""

    outcome: Outcome
    steps: tuple[Step, ...]


class _Gain(NamedTuple):
    """How far choosing some options moves one sum, or unticking them, in the direction that is looked in."""

    points: int
    options: tuple[tuple[Question, Option], ...]


_NOTHING = _Gain(0, ())


def nearby(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment
) -> tuple[Nearby | None, Nearby | None]:
    """Return the smallest change to a more urgent outcome of the grid and to a milder one; None where there is none.

    `answers` are those that the assessment was made of. Only the sums are moved: alarm questions and "I don't know"
    play no part. An assessment without sums has nothing nearby.
    """
    if not assessment.is_scored:
        return None, None
    up, down = (_Search(questionnaire, answers, assessment, direction) for direction in (1, -1))
    return up.nearest(), down.nearest()


class _Search:
    """Looks for another outcome in one direction."""

    def __init__(
        self, questionnaire: Questionnaire, answers: Answers, assessment: Assessment, direction: Direction
    ) -> None:
        self.questionnaire, self.answers, self.assessment = questionnaire, answers, assessment
        self.direction = direction
        self.scored = [question for question in questionnaire.questions.values() if question.score]
        self.ranks = {outcome.id: rank for rank, outcome in enumerate(questionnaire.scored_outcomes)}
        self.rank = self.ranks[assessment.outcome.id]
        self.led: dict[tuple[int, int], Outcome | None] = {}

    def nearest(self) -> Nearby | None:
        """Try single steps first: the closest outcome is the clearest example. Then as many steps as it takes."""
        if self.rank == (0 if self.direction == 1 else len(self.ranks) - 1):
            return None
        found = list(self.by_one_step())
        if not found:
            return next(self.by_many_steps(), None)
        return min(found, key=lambda one: abs(self.ranks[one.outcome.id] - self.rank))

    def by_one_step(self) -> Iterator[Nearby]:
        for question in self.scored:
            is_row = question.score == self.questionnaire.grid.rows
            before = self.points(question)
            for option in self.movable(question):
                gain = self.gain(question, before, option.points)
                outcome = self.lead(gain, 0) if is_row else self.lead(0, gain)
                if outcome:
                    yield self.nearby(outcome, (question, option))

    def by_many_steps(self) -> Iterator[Nearby]:
        """Yield what some steps lead to, the fewest first.

        Every question gives points to one sum only, so each sum has a best gain for each number of steps.
        """
        grid = self.questionnaire.grid
        rows, columns = self.ladder(grid.rows), self.ladder(grid.columns)
        for count in range(len(rows) + len(columns) - 1):
            for row, column in _pairs(rows, columns, count):
                outcome = self.lead(row.points, column.points)
                if outcome:
                    yield self.nearby(outcome, *row.options, *column.options)

    def nearby(self, outcome: Outcome, *options: tuple[Question, Option]) -> Nearby:
        steps = (Step(question, one, question.kind == "one" or self.direction == 1) for question, one in options)
        return Nearby(outcome=outcome, steps=tuple(steps))

    def lead(self, row_gain: int, column_gain: int) -> Outcome | None:
        """Return the outcome after a gain of each sum, if it lies in the direction; None otherwise."""
        gains = row_gain, column_gain
        if gains not in self.led:
            self.led[gains] = self._lead(row_gain, column_gain)
        return self.led[gains]

    def _lead(self, row_gain: int, column_gain: int) -> Outcome | None:
        grid = self.questionnaire.grid
        row, column = self.assessment.sums[grid.rows], self.assessment.sums[grid.columns]
        row_level = row.score.level(row.points + row_gain * self.direction)
        column_level = column.score.level(column.points + column_gain * self.direction)
        outcome = self.questionnaire.outcomes[grid.outcomes[row_level.id][column_level.id]]
        return outcome if (self.rank - self.ranks[outcome.id]) * self.direction > 0 else None

    def ladder(self, score: str) -> Sequence[_Gain]:
        """Return the most that a sum can be moved by no step, by one, by two and so on, to the outermost level."""
        ladder: Sequence[_Gain] = [_NOTHING]
        enough = self.to_outermost_level(score)
        for question in self.scored:
            if question.score == score:
                ladder = _combined(ladder, self.best_by_steps(question), enough)
        return ladder

    def to_outermost_level(self, score: str) -> int:
        """Return by how many points a sum must move to reach the last level in the direction."""
        own = self.assessment.sums[score]
        first, *_, last = own.score.levels.values()
        most = own.score.last_points(first)
        return last.start - own.points if self.direction == 1 else own.points - (most or 0)

    def best_by_steps(self, question: Question) -> Sequence[_Gain]:
        """Return, for one question, the best gain by the number of steps; the heaviest ticks come first."""
        before = self.points(question)
        heaviest = sorted(self.movable(question), key=lambda option: -self.gain(question, before, option.points))
        if question.kind == "one":
            heaviest = heaviest[:1]
        sums = accumulate(option.points for option in heaviest)
        gains = (max(0, self.gain(question, before, points)) for points in sums)
        steps = tuple((question, option) for option in heaviest)
        return [_NOTHING, *(_Gain(gain, steps[:count]) for count, gain in enumerate(gains, 1))]

    def points(self, question: Question) -> int:
        """Return the points of what was chosen, without the cap."""
        chosen = self.answers[question.id]
        return sum([option.points for option in question.movable if option.id in chosen])

    def movable(self, question: Question) -> list[Option]:
        """The options that a step could choose, or untick."""
        chosen = self.answers[question.id]
        is_unticked = question.kind == "several" and self.direction == -1
        return [option for option in question.movable if (option.id in chosen) == is_unticked]

    def gain(self, question: Question, before: int, points: int) -> int:
        """Return how far the sum moves if options with so many points are chosen, or unticked; the cap applied."""
        after = points if question.kind == "one" else before + points * self.direction
        return (question.capped(after) - question.capped(before)) * self.direction


def _combined(ladder: Sequence[_Gain], gains: Sequence[_Gain], enough: int) -> Sequence[_Gain]:
    """Return the best of both together by the number of steps, until it is enough.

    Each item has as many steps as its index.
    """
    combined: list[_Gain] = []
    for count in range(len(ladder) + len(gains) - 1):
        one, other = max(_pairs(ladder, gains, count), key=lambda pair: pair[0].points + pair[1].points)
        combined.append(_Gain(one.points + other.points, one.options + other.options))
        if combined[-1].points >= enough:
            break
    return combined


def _pairs(ladder: Sequence[_Gain], gains: Sequence[_Gain], count: int) -> Iterator[tuple[_Gain, _Gain]]:
    """Return the items of both that have so many steps together."""
    first, last = max(0, count - len(gains) + 1), min(count, len(ladder) - 1)
    return zip(ladder[first : last + 1], reversed(gains[count - last : count - first + 1]), strict=True)
