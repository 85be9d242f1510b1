"""From answers to advice: sums, levels, the grid, and a reason for everything that counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from webapp.questionnaire.model import NONE, Level, Notice, Option, Outcome, Question, Questionnaire, Score

Answers = Mapping[str, Sequence[str]]
"""The ids of the chosen options, by the id of the question."""


Chosen = Mapping[str, Sequence[Option]]
"""The chosen options in reading order, by the id of the question; every question is there."""


class Problem(Enum):
    """What can be wrong with the answer to one question."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    TWO_VALUES = "two_values"
    CONTRADICTION = "contradiction"


class AnswersError(ValueError):
    """The answers settle nothing yet. `problems` says what is wrong, by question id in reading order."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        self.problems = problems
        super().__init__(", ".join(f"{question}: {problem.value}" for question, problem in problems.items()))


class Tick(NamedTuple):
    """An option that was chosen, with its question."""

    question: Question
    option: Option


@dataclass(frozen=True, kw_only=True)
class Sum:
    """The points of one score and the level they reach."""

    score: Score
    points: int
    level: Level


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A question whose options together gave more points than it may count."""

    question: Question
    points: int
    """The points before the cap."""


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """An "I don't know", and the outcome if it turned out to be yes."""

    tick: Tick
    points: int
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What the rules say about a set of answers. A function of the answers and of nothing else."""

    outcome: Outcome
    called_by: tuple[Tick, ...]
    """The options that called for the outcome; empty where the grid decided."""
    sums: Mapping[str, Sum]
    """By score; empty where no score is shown."""
    counted: tuple[Tick, ...]
    """Everything that gave points; empty where no score is shown."""
    caps: tuple[Cap, ...]
    unknowns: tuple[Unknown, ...]
    if_all_unknown: Outcome
    """The outcome if every "I don't know" turned out to be yes."""
    notices: tuple[Notice, ...]
    mentions: tuple[Tick, ...]
    """What was ticked of the things a doctor should hear about."""

    @property
    def is_scored(self) -> bool:
        """Whether the sums decided the outcome, so that they are shown."""
        return bool(self.sums)


def problem_with(question: Question, chosen: Sequence[str]) -> Problem | None:
    """Say what is wrong with the answer to one question; None when it can be counted."""
    if not chosen:
        return Problem.MISSING
    if not question.options.keys() >= set(chosen):
        return Problem.UNKNOWN
    if len(set(chosen)) > 1:
        if question.kind == "one":
            return Problem.TWO_VALUES
        if NONE in chosen:
            return Problem.CONTRADICTION
    return None


def problems_in(questionnaire: Questionnaire, answers: Answers) -> Mapping[str, Problem]:
    """Say what is wrong with a set of answers, by question id in reading order; empty when all can be counted."""
    found = (
        (question.id, problem_with(question, answers.get(question.id, ())))
        for question in questionnaire.questions.values()
    )
    return {question: problem for question, problem in found if problem}


def assess(questionnaire: Questionnaire, answers: Answers) -> Assessment:
    """Apply the rules to a set of answers.

    An outcome that an option calls for needs no other answers than those that could call for a more urgent one:
    nobody has to finish a form to be told to call an ambulance. Everything else needs every question.

    Raises `AnswersError` with the problems that keep the outcome open.
    """
    problems = problems_in(questionnaire, answers)
    ticks = tuple(_ticks(questionnaire, answers, problems))
    called = questionnaire.most_urgent(tick.option.calls for tick in ticks if tick.option.calls)
    open_questions = {
        question: problem
        for question, problem in problems.items()
        if _may_call_for_more(questionnaire, questionnaire.questions[question], called)
    }
    if open_questions:
        raise AnswersError(open_questions)
    outcome, sums = (called, {}) if called else _by_the_grid(questionnaire, ticks)
    named = {notice for tick in ticks for notice in tick.option.notices}
    unknowns = tuple(_unknowns(questionnaire, ticks)) if sums else ()
    return Assessment(
        outcome=outcome,
        called_by=tuple(tick for tick in ticks if tick.option.calls == outcome.id),
        sums=sums,
        counted=tuple(tick for tick in ticks if tick.option.points) if sums else (),
        caps=tuple(_caps(ticks)) if sums else (),
        unknowns=unknowns,
        if_all_unknown=_by_the_grid(questionnaire, _resolved(ticks, unknowns))[0] if unknowns else outcome,
        notices=tuple(notice for notice in questionnaire.notices.values() if notice.id in named),
        mentions=tuple(tick for tick in ticks if tick.question.mention and (tick.option.points or tick.option.notices)),
    )


def chosen_options(questionnaire: Questionnaire, answers: Answers) -> Chosen:
    """Return what was chosen; what does not exist is left out."""
    return {id: _chosen(question, answers.get(id, ())) for id, question in questionnaire.questions.items()}


def _chosen(question: Question, ids: Sequence[str]) -> tuple[Option, ...]:
    if len(ids) == 1:
        return (question.options[ids[0]],) if ids[0] in question.options else ()
    return tuple([option for id, option in question.options.items() if id in ids])


def _ticks(questionnaire: Questionnaire, answers: Answers, problems: Mapping[str, Problem]) -> Iterator[Tick]:
    """Yield what was chosen in reading order, leaving out answers that cannot be counted."""
    for question in questionnaire.questions.values():
        if question.id not in problems:
            for option in _chosen(question, answers[question.id]):
                yield Tick(question, option)


def _may_call_for_more(questionnaire: Questionnaire, question: Question, called: Outcome | None) -> bool:
    """Whether some answer to the question could lead to something more urgent than what is called for already."""
    if called is None:
        return True
    calls = {option.calls for option in question.options.values() if option.calls}
    urgency = list(questionnaire.outcomes)
    return any(urgency.index(call) < urgency.index(called.id) for call in calls)


def _by_the_grid(questionnaire: Questionnaire, ticks: Iterable[Tick]) -> tuple[Outcome, Mapping[str, Sum]]:
    points = dict.fromkeys(questionnaire.scores, 0)
    for question, options in _by_question(tick for tick in ticks if tick.option.points):
        if question.score:
            points[question.score] += question.points_for(options)
    sums = {
        score.id: Sum(score=score, points=points[score.id], level=score.level(points[score.id]))
        for score in questionnaire.scores.values()
    }
    grid = questionnaire.grid
    square = grid.outcomes[sums[grid.rows].level.id][sums[grid.columns].level.id]
    return questionnaire.outcomes[square], sums


def _by_question(ticks: Iterable[Tick]) -> Iterator[tuple[Question, tuple[Option, ...]]]:
    chosen: dict[str, list[Tick]] = {}
    for tick in ticks:
        chosen.setdefault(tick.question.id, []).append(tick)
    for own in chosen.values():
        yield own[0].question, tuple(tick.option for tick in own)


def _caps(ticks: Iterable[Tick]) -> Iterator[Cap]:
    for question, options in _by_question(tick for tick in ticks if tick.question.at_most is not None):
        points = sum(option.points for option in options)
        if points > question.points_for(options):
            yield Cap(question=question, points=points)


def _unknowns(questionnaire: Questionnaire, ticks: tuple[Tick, ...]) -> Iterator[Unknown]:
    for tick in ticks:
        if tick.option.stands_for:
            points = tick.question.options[tick.option.stands_for].points
            outcome, _ = _by_the_grid(questionnaire, _resolved(ticks, (tick,)))
            yield Unknown(tick=tick, points=points, outcome=outcome)


def _resolved(ticks: Iterable[Tick], unknowns: Iterable[Tick | Unknown]) -> Iterator[Tick]:
    """Yield the ticks as they would be if these unknowns turned out to be what they stand for."""
    resolved = {(unknown.tick if isinstance(unknown, Unknown) else unknown).question.id for unknown in unknowns}
    for tick in ticks:
        if tick.question.id in resolved and tick.option.stands_for:
            yield Tick(tick.question, tick.question.options[tick.option.stands_for])
        else:
            yield tick
