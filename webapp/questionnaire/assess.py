"""From answers to advice: sums, levels, the grid, and a reason for everything that counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from webapp.questionnaire.model import (
    NONE,
    Level,
    Notice,
    Option,
    Outcome,
    Part,
    Question,
    Questionnaire,
    Score,
    capped,
)

Answers = Mapping[str, Sequence[str]]
"""The ids of the chosen options, by the id of the question."""


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


class Answered(NamedTuple):
    """A question with what was chosen."""

    question: Question
    options: tuple[Option, ...]
    """In reading order; empty where nothing was answered that can be counted, and nothing was needed."""
    points: int
    """As they count for the question, its cap applied."""

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return tuple([Tick(self.question, option) for option in self.options])


class Call(NamedTuple):
    """An outcome that options call for, whatever the points."""

    outcome: Outcome
    ticks: tuple[Tick, ...]


class Sum(NamedTuple):
    """The points of one score and the level they reach."""

    score: Score
    points: int
    level: Level


class Cap(NamedTuple):
    """A question, or a part, that gave more points than it may count."""

    of: Question | Part
    points: int
    """The points before this cap."""


class Unknown(NamedTuple):
    """An "I don't know", and what it would change if it turned out to be yes."""

    tick: Tick
    points: int
    """By how many points the sum would rise, caps applied."""
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What the rules say about a set of answers. A function of the answers and of nothing else."""

    outcome: Outcome
    calls: tuple[Call, ...]
    """Every outcome that options call for, most urgent first; empty where the grid decided."""
    sums: Mapping[str, Sum]
    """By score; empty where no score is shown."""
    answered: tuple[Answered, ...]
    """Every question, in reading order."""
    caps: tuple[Cap, ...]
    unknowns: tuple[Unknown, ...]
    if_all_unknown: Outcome
    """The outcome if every "I don't know" turned out to be yes."""
    notices: tuple[Notice, ...]

    @property
    def is_scored(self) -> bool:
        """Whether the sums decided the outcome, so that they are shown."""
        return bool(self.sums)

    @property
    def called_by(self) -> tuple[Tick, ...]:
        """The options that called for the outcome."""
        return self.calls[0].ticks if self.calls else ()

    @property
    def also_called(self) -> tuple[Call, ...]:
        """The other outcomes that were called for: less urgent, and not to be lost."""
        return self.calls[1:]

    @property
    def counted(self) -> tuple[Tick, ...]:
        """Everything that gave points; empty where no score is shown."""
        ticks = (tick for one in self.answered for tick in one.ticks)
        return tuple([tick for tick in ticks if tick.option.points]) if self.is_scored else ()


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
    found = {id: problem_with(question, answers.get(id, ())) for id, question in questionnaire.questions.items()}
    return {id: problem for id, problem in found.items() if problem}


def assess(questionnaire: Questionnaire, answers: Answers) -> Assessment:
    """Apply the rules to a set of answers.

    An outcome that an option calls for needs no other answers than those that could call for a more urgent one:
    nobody has to finish a form to be told to call an ambulance. Everything else needs every question.

    Raises `AnswersError` with the problems that keep the outcome open.
    """
    problems = problems_in(questionnaire, answers)
    by_id = {
        id: _answered(question, question.chosen(answers[id]) if id not in problems else ())
        for id, question in questionnaire.questions.items()
    }
    calls = _calls(questionnaire, by_id)
    called = calls[0].outcome if calls else None
    open_questions = {
        id: problem
        for id, problem in problems.items()
        if called is None or _may_call_for_more(questionnaire, questionnaire.questions[id], called)
    }
    if open_questions:
        raise AnswersError(open_questions)
    outcome, sums = (called, {}) if called else _by_the_grid(questionnaire, by_id)
    unknowns = tuple(_unknowns(questionnaire, by_id, sums)) if sums else ()
    all_as_yes = _as_yes(by_id, [unknown.tick for unknown in unknowns])
    named = {notice for one in by_id.values() for option in one.options for notice in option.notices}
    return Assessment(
        outcome=outcome,
        calls=calls,
        sums=sums,
        answered=tuple(by_id.values()),
        caps=tuple(_caps(questionnaire, by_id)) if sums else (),
        unknowns=unknowns,
        if_all_unknown=_by_the_grid(questionnaire, all_as_yes)[0] if unknowns else outcome,
        notices=tuple([notice for notice in questionnaire.notices.values() if notice.id in named]),
    )


_ById = Mapping[str, Answered]
"""Every question with what was chosen, by its id."""


def _answered(question: Question, options: tuple[Option, ...]) -> Answered:
    points = sum([option.points for option in options])
    return Answered(question, options, capped(points, question.at_most))


def _by_the_grid(questionnaire: Questionnaire, by_id: _ById) -> tuple[Outcome, Mapping[str, Sum]]:
    """Return the outcome that the sums of what was chosen lead to, and the sums, caps applied."""
    points = dict.fromkeys(questionnaire.scores, 0)
    for part in questionnaire.parts.values():
        own = dict.fromkeys(questionnaire.scores, 0)
        for question in part.questions:
            if question.score:
                own[question.score] += by_id[question.id].points
        for score, gathered in own.items():  # a part with a cap has one score
            points[score] += capped(gathered, part.at_most)
    sums = {id: Sum(score, points[id], score.level(points[id])) for id, score in questionnaire.scores.items()}
    return questionnaire.decide(points), sums


def _calls(questionnaire: Questionnaire, by_id: _ById) -> tuple[Call, ...]:
    """Return what was called for, most urgent first."""
    ticks: dict[str, list[Tick]] = {}
    for one in by_id.values():
        for option in one.options:
            if option.calls:
                ticks.setdefault(option.calls, []).append(Tick(one.question, option))
    return tuple([Call(questionnaire.outcomes[id], tuple(ticks[id])) for id in questionnaire.outcomes if id in ticks])


def _may_call_for_more(questionnaire: Questionnaire, question: Question, called: Outcome) -> bool:
    """Whether some answer to the question could lead to something more urgent than what is called for already."""
    calls = [option.calls for option in question.options.values()]
    return questionnaire.most_urgent([called.id, *calls]) is not called


def _caps(questionnaire: Questionnaire, by_id: _ById) -> Iterator[Cap]:
    for part in questionnaire.parts.values():
        for question in part.questions:
            points = sum([option.points for option in by_id[question.id].options])
            if points > by_id[question.id].points:
                yield Cap(question, points)
        points = sum([by_id[question.id].points for question in part.questions])
        if points > capped(points, part.at_most):
            yield Cap(part, points)


def _unknowns(questionnaire: Questionnaire, by_id: _ById, sums: Mapping[str, Sum]) -> Iterator[Unknown]:
    for one in by_id.values():
        if one.options and one.options[0].stands_for:
            (tick,) = one.ticks
            outcome, others = _by_the_grid(questionnaire, _as_yes(by_id, [tick]))
            points = sum(others[score].points - own.points for score, own in sums.items())
            yield Unknown(tick, points, outcome)


def _as_yes(by_id: _ById, ticks: Iterable[Tick]) -> _ById:
    """Return what is chosen if each of these "I don't know" turns out to be what it stands for."""
    turned = {q.id: _answered(q, (q.options[option.stands_for or ""],)) for q, option in ticks}
    return {**by_id, **turned}
