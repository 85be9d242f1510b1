"""What would have to be different for another outcome: the smallest change that leads up, and one that leads down."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

from webapp.questionnaire.assess import Answers, Assessment
from webapp.questionnaire.model import NONE, Option, Outcome, Question, Questionnaire

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
    """How far some steps move one sum."""

    points: int
    steps: tuple[Step, ...]


def nearby(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment
) -> tuple[Nearby | None, Nearby | None]:
    """Return the smallest change to a more urgent outcome of the grid and to a milder one; None where there is none.

    `answers` are those that the assessment was made of. Only the sums are moved: alarm questions and "I don't know"
    play no part. An assessment without sums has nothing nearby.
    """
    if not assessment.is_scored:
        return None, None
    return _nearest(questionnaire, answers, assessment, 1), _nearest(questionnaire, answers, assessment, -1)


def _nearest(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment, direction: Direction
) -> Nearby | None:
    """Try single steps first: the closest outcome is the clearest example. Then as many steps as it takes."""
    found = list(_by_one_step(questionnaire, answers, assessment, direction))
    if not found:
        return next(_by_many_steps(questionnaire, answers, assessment, direction), None)
    urgency = list(questionnaire.outcomes)
    here = urgency.index(assessment.outcome.id)
    return min(found, key=lambda one: abs(urgency.index(one.outcome.id) - here))


def _by_one_step(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment, direction: Direction
) -> Iterator[Nearby]:
    for question in questionnaire.questions.values():
        if question.score:
            for gain in _single_steps(question, answers.get(question.id, ()), direction):
                outcome = _lead(questionnaire, assessment, {question.score: gain}, direction)
                if outcome:
                    yield Nearby(outcome=outcome, steps=gain.steps)


def _by_many_steps(
    questionnaire: Questionnaire, answers: Answers, assessment: Assessment, direction: Direction
) -> Iterator[Nearby]:
    """Yield what some steps lead to, the fewest first.

    Every question gives points to one sum only, so each sum has a best gain for each number of steps.
    """
    rows, columns = questionnaire.grid.rows, questionnaire.grid.columns
    ladders = (_ladder(questionnaire, answers, score, direction) for score in (rows, columns))
    pairs = sorted(product(*ladders), key=lambda pair: len(pair[0].steps) + len(pair[1].steps))
    for row, column in pairs:
        outcome = _lead(questionnaire, assessment, {rows: row, columns: column}, direction)
        if outcome:
            yield Nearby(outcome=outcome, steps=row.steps + column.steps)


def _lead(
    questionnaire: Questionnaire, assessment: Assessment, gains: Mapping[str, _Gain], direction: Direction
) -> Outcome | None:
    """Return the outcome after some gains, if it lies in the direction; None otherwise."""
    level = {
        id: sum.score.level(sum.points + (gains[id].points * direction if id in gains else 0)).id
        for id, sum in assessment.sums.items()
    }
    grid, urgency = questionnaire.grid, list(questionnaire.outcomes)
    outcome = questionnaire.outcomes[grid.outcomes[level[grid.rows]][level[grid.columns]]]
    is_further = (urgency.index(assessment.outcome.id) - urgency.index(outcome.id)) * direction > 0
    return outcome if is_further else None


def _ladder(questionnaire: Questionnaire, answers: Answers, score: str, direction: Direction) -> list[_Gain]:
    """Return the most that a sum can be moved by no step, by one, by two and so on."""
    ladder = [_Gain(0, ())]
    for question in questionnaire.questions.values():
        if question.score == score:
            ladder = _combined(ladder, _best_by_steps(question, answers.get(question.id, ()), direction))
    return ladder


def _combined(ladder: Sequence[_Gain], gains: Sequence[_Gain]) -> list[_Gain]:
    best: dict[int, _Gain] = {}
    for before in ladder:
        for gain in gains:
            both = _Gain(before.points + gain.points, before.steps + gain.steps)
            steps = len(both.steps)
            if steps not in best or both.points > best[steps].points:
                best[steps] = both
    return [best[steps] for steps in sorted(best)]


def _best_by_steps(question: Question, chosen: Sequence[str], direction: Direction) -> list[_Gain]:
    """Return, for one question, the best gain by the number of steps; the heaviest ticks come first."""
    gains = [_Gain(0, ())]
    if question.kind == "one":
        return gains + sorted(_single_steps(question, chosen, direction), key=lambda gain: -gain.points)[:1]
    movable = [option for option in _movable(question) if (option.id in chosen) != (direction == 1)]
    heaviest = sorted(movable, key=lambda option: -option.points)
    for count in range(1, len(heaviest) + 1):
        steps = tuple(Step(question, option, direction == 1) for option in heaviest[:count])
        gains.append(_Gain(_moved(question, chosen, steps), steps))
    return gains


def _single_steps(question: Question, chosen: Sequence[str], direction: Direction) -> Iterator[_Gain]:
    """Yield every single step in a question that moves its sum in the direction."""
    for option in _movable(question):
        is_step = option.id not in chosen if question.kind == "one" else (option.id in chosen) != (direction == 1)
        if is_step:
            step = Step(question, option, question.kind == "one" or direction == 1)
            gain = _moved(question, chosen, (step,)) * (direction if question.kind == "one" else 1)
            if gain > 0:
                yield _Gain(gain, (step,))


def _movable(question: Question) -> list[Option]:
    """The options that a sum can be moved by."""
    fixed = (option.calls or option.stands_for or option.id == NONE for option in question.options.values())
    return [option for option, is_fixed in zip(question.options.values(), fixed, strict=True) if not is_fixed]


def _moved(question: Question, chosen: Sequence[str], steps: Sequence[Step]) -> int:
    """Return by how many points steps in one question move its sum, the cap applied; always upwards for `several`."""
    before = {id for id in chosen if id in question.options}
    changed = {step.option.id for step in steps}
    after = changed if question.kind == "one" else before ^ changed
    points = [question.points_for(tuple(question.options[id] for id in ids)) for ids in (before, after)]
    return points[1] - points[0] if question.kind == "one" else abs(points[1] - points[0])
