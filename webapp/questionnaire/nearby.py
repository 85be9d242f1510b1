"""What would have to be different for another outcome: one other answer that leads up, and one that leads down."""

from collections.abc import Iterator
from typing import NamedTuple

from webapp.questionnaire.assess import Answered, Assessment
from webapp.questionnaire.model import NONE, Option, Outcome, Question, Questionnaire, capped


class Step(NamedTuple):
    """One answer that is different: an option chosen instead (`one`), or a tick more or less (`several`)."""

    question: Question
    option: Option
    is_chosen: bool
    """False where the step is that the option is not ticked."""


class Nearby(NamedTuple):
    """A step that leads to another outcome of the grid."""

    outcome: Outcome
    step: Step


def nearby(questionnaire: Questionnaire, assessment: Assessment) -> tuple[Nearby | None, Nearby | None]:
    """Return a step to the closest more urgent outcome of the grid, and one to the closest milder one.

    None where no single step leads there, and where no sums decided. Of several steps it is the first in reading order.
    Only the sums are moved: no step chooses an alarm or an "I don't know".
    """
    if not assessment.is_scored:
        return None, None
    points = {score: own.points for score, own in assessment.sums.items()}
    first: dict[tuple[str, int], Step] = {}
    for step, score, gain in _steps(questionnaire, assessment):
        first.setdefault((score, gain), step)
    found: dict[Outcome, Nearby] = {}
    for (score, gain), step in first.items():
        outcome = questionnaire.decide(points | {score: points[score] + gain})
        found.setdefault(outcome, Nearby(outcome, step))
    ranked = questionnaire.scored_outcomes
    here = ranked.index(assessment.outcome)
    up = next((found[outcome] for outcome in reversed(ranked[:here]) if outcome in found), None)
    return up, next((found[outcome] for outcome in ranked[here + 1 :] if outcome in found), None)


def _steps(questionnaire: Questionnaire, assessment: Assessment) -> Iterator[tuple[Step, str, int]]:
    """Yield every step that moves a sum, with the score and by how many points, all caps applied."""
    answered = {one.question: one for one in assessment.answered}
    for part in questionnaire.parts.values():
        before = sum([answered[question].points for question in part.questions])
        for own in [answered[question] for question in part.questions if question.score]:
            for option, is_chosen, points in _other_answers(own):
                gain = capped(before - own.points + points, part.at_most) - capped(before, part.at_most)
                if gain:
                    yield Step(own.question, option, is_chosen), own.question.score or "", gain


def _other_answers(own: Answered) -> Iterator[tuple[Option, bool, int]]:
    """Yield the steps at one question, each with the points that the question then gives."""
    question, before = own.question, sum([option.points for option in own.options])
    for option in question.options.values():
        if option.calls or option.stands_for or option.id == NONE:
            continue
        is_chosen = question.kind == "one" or option not in own.options
        points = 0 if question.kind == "one" else before
        points += option.points if is_chosen else -option.points
        yield option, is_chosen, capped(points, question.at_most)
